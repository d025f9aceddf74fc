//! Machines: cores, speed and a failure zone.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A place on the canvas, in canvas units (CSS pixels at zoom 1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f64, f64)", into = "(f64, f64)")]
pub struct Point {
    /// Rightwards.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl Point {
    /// The point at (`x`, `y`).
    pub const fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }
}

impl From<(f64, f64)> for Point {
    fn from((x, y): (f64, f64)) -> Point {
        Point { x, y }
    }
}

impl From<Point> for (f64, f64) {
    fn from(point: Point) -> (f64, f64) {
        (point.x, point.y)
    }
}

impl std::ops::Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point::new(self.x + other.x, self.y + other.y)
    }
}

impl std::ops::Sub for Point {
    type Output = Point;
    fn sub(self, other: Point) -> Point {
        Point::new(self.x - other.x, self.y - other.y)
    }
}

/// A machine. Instances on it share its cores and die with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// What it is called; its id if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Processor cores.
    #[serde(default = "four")]
    pub cores: u32,
    /// How fast a core is, relative to a core of speed 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub speed: f64,
    /// Its share of the traffic, relative to the others behind its balancer. Zero: it gets nothing new (it is
    /// drained), but for users who stick to it.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub weight: u32,
    /// Machines of a higher number get what those of a lower one are not healthy enough for (Envoy's priorities;
    /// nginx's `backup`).
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub priority: u32,
    /// The failure zone it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Where it lies on the canvas while it is in no group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    /// Whether it stays where it is on the canvas.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub locked: bool,
}

fn four() -> u32 {
    4
}

fn one() -> f64 {
    1.0
}

fn whole() -> u32 {
    1
}

fn is_whole(weight: &u32) -> bool {
    *weight == 1
}

fn is_one(speed: &f64) -> bool {
    *speed == 1.0
}

impl Default for Machine {
    fn default() -> Self {
        Machine {
            title: None,
            cores: four(),
            speed: one(),
            weight: whole(),
            priority: 0,
            zone: None,
            at: None,
            locked: false,
        }
    }
}
