//! The camera: which part of the canvas is seen, and how large.

use archlab_model::Point;

use crate::editor::geometry::Rect;

/// The smallest zoom.
pub const MIN_ZOOM: f64 = 0.06;
/// The largest zoom.
pub const MAX_ZOOM: f64 = 3.0;
/// Fitting never enlarges beyond this.
const MAX_FIT: f64 = 1.15;

/// Where a camera can be sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Destination {
    /// To where everything is seen.
    Everything,
    /// To where this area of the canvas is seen.
    Area(Rect),
}

/// A view of the canvas: a canvas point `p` is seen at `p * zoom + offset`, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Where the canvas origin is seen.
    pub offset: Point,
    /// CSS pixels per canvas unit.
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Camera { offset: Point::new(0.0, 0.0), zoom: 1.0 }
    }
}

impl Camera {
    /// The canvas point that is seen at `screen`.
    pub fn to_canvas(&self, screen: Point) -> Point {
        Point::new((screen.x - self.offset.x) / self.zoom, (screen.y - self.offset.y) / self.zoom)
    }

    /// Where the canvas point is seen.
    pub fn to_screen(&self, canvas: Point) -> Point {
        Point::new(canvas.x * self.zoom + self.offset.x, canvas.y * self.zoom + self.offset.y)
    }

    /// The camera after zooming by `factor` while `screen` keeps showing what it shows.
    #[must_use]
    pub fn zoomed_at(&self, screen: Point, factor: f64) -> Camera {
        let held = self.to_canvas(screen);
        let zoom = (self.zoom * factor).clamp(MIN_ZOOM, MAX_ZOOM);
        Camera { zoom, offset: Point::new(screen.x - held.x * zoom, screen.y - held.y * zoom) }
    }

    /// The camera moved by `by` CSS pixels.
    #[must_use]
    pub fn panned(&self, by: Point) -> Camera {
        Camera { offset: self.offset + by, zoom: self.zoom }
    }

    /// The camera that shows `bounds` whole, in the middle of `view`, a rectangle of the screen.
    pub fn fitting(bounds: Rect, view: Rect) -> Camera {
        let zoom = (view.w / bounds.w.max(1.0)).min(view.h / bounds.h.max(1.0)).clamp(MIN_ZOOM, MAX_FIT);
        let (middle, held) = (view.centre(), bounds.centre());
        Camera { zoom, offset: Point::new(middle.x - held.x * zoom, middle.y - held.y * zoom) }
    }

    /// The camera on the way from this one to `other`.
    #[must_use]
    pub fn towards(&self, other: Camera, share: f64) -> Camera {
        let mix = |from: f64, to: f64| from + (to - from) * share;
        Camera {
            zoom: mix(self.zoom, other.zoom),
            offset: Point::new(mix(self.offset.x, other.offset.x), mix(self.offset.y, other.offset.y)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let camera = Camera { offset: Point::new(40.0, -7.0), zoom: 0.8 };
        let pointer = Point::new(300.0, 200.0);
        let held = camera.to_canvas(pointer);
        for factor in [0.01, 0.5, 1.1, 90.0] {
            let seen = camera.zoomed_at(pointer, factor).to_screen(held);
            assert!((seen.x - pointer.x).abs() < 1e-9 && (seen.y - pointer.y).abs() < 1e-9);
        }
    }

    #[test]
    fn fitting_shows_everything() {
        let view = Rect::new(200.0, 50.0, 900.0, 500.0);
        let bounds = Rect::new(-300.0, 20.0, 4000.0, 900.0);
        let camera = Camera::fitting(bounds, view);
        for corner in [bounds.corner(), Point::new(bounds.right(), bounds.bottom())] {
            assert!(view.grown(1e-6).contains(camera.to_screen(corner)));
        }
    }
}
