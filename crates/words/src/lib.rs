//! Everything a person reads.
