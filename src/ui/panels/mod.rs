//! The panels round the canvas.

pub mod charts;
pub mod field;
pub mod inspector;
pub mod palette;
pub mod story;
pub mod transport;
