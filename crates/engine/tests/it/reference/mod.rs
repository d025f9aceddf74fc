//! The reference systems: real applications and worked examples as designs, and the figures published of them.

mod boutique;
mod monolith;
mod sound;
mod systems;
mod task;
