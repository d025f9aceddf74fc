//! The reference systems: real applications and worked examples as designs, and the figures published of them.

#[path = "../common/mod.rs"]
mod common;
#[path = "../shelf/mod.rs"]
mod shelf;

mod boutique;
mod monolith;
mod sound;
mod systems;
mod task;
