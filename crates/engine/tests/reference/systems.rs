//! The other reference systems: what each is known for.
