//! The panels round the canvas.

pub mod blank;
pub mod business;
pub mod charts;
pub mod desk;
pub mod field;
pub mod inspector;
pub mod palette;
pub mod problems;
pub mod story;
pub mod transport;
