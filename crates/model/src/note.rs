//! Notes: texts that a person leaves on the canvas.

use serde::{Deserialize, Serialize};

use crate::machine::Point;
use crate::text::Text;

/// A text on the canvas. It changes nothing in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What it says.
    pub text: Text,
    /// Where its upper left corner lies on the canvas.
    #[serde(default)]
    pub at: Point,
    /// Width and height, in canvas units.
    #[serde(default = "usual_size", skip_serializing_if = "is_usual_size")]
    pub size: Point,
    /// Whether it stays where it is.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub locked: bool,
}

fn usual_size() -> Point {
    Point::new(200.0, 120.0)
}

fn is_usual_size(size: &Point) -> bool {
    *size == usual_size()
}

impl Default for Note {
    /// A blank one.
    fn default() -> Self {
        Note { text: Text::default(), at: Point::default(), size: usual_size(), locked: false }
    }
}
