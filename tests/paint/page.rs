//! The page of `tests/paint`: marks on their way, to be watched and timed in a browser.
//!
//! The times are taken by `index.html`; how to run it is told in `README.md`.

use std::f32::consts::TAU;

use archlab::ui::paint::{GpuPainter, Mark, Painter, Palette, PixelPainter, Shape, painter_for};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// Marks moving on 120 links, and a painter for them.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Course {
    painter: Box<dyn Painter>,
    marks: Vec<Mark>,
    palette: Palette,
    width: f32,
    height: f32,
}

#[wasm_bindgen]
impl Course {
    /// A course on `canvas`, painted by "pixels", by "webgl2" whatever runs it, or by the one that the page would take.
    #[wasm_bindgen(constructor)]
    pub fn new(
        canvas: &HtmlCanvasElement,
        painter: &str,
        width: f32,
        height: f32,
        device_pixel_ratio: f64,
    ) -> Result<Course, JsError> {
        let mut painter: Box<dyn Painter> = match painter {
            "pixels" => Box::new(PixelPainter::new(canvas)?),
            "webgl2" => Box::new(GpuPainter::new(canvas)?),
            _ => painter_for(canvas)?,
        };
        painter.resize(width.into(), height.into(), device_pixel_ratio);
        let palette = Palette {
            tones: vec![[59, 91, 219], [112, 72, 232], [139, 137, 128], [230, 119, 0], [214, 51, 108]],
            halo: [247, 247, 245],
        };
        Ok(Course { painter, marks: Vec::new(), palette, width, height })
    }

    /// What paints.
    pub fn painter(&self) -> String {
        self.painter.name().to_owned()
    }

    /// Moves `count` marks to where they are at `seconds`.
    pub fn advance(&mut self, count: usize, seconds: f32) {
        let (half_width, half_height) = (self.width / 2.0, self.height / 2.0);
        let place = |index: usize| {
            let angle = index as f32 / 60.0 * TAU;
            (half_width * (1.0 + 0.9 * angle.cos()), half_height * (1.0 + 0.9 * angle.sin()))
        };
        self.marks.clear();
        self.marks.extend((0..count).map(|index| {
            let link = index % 120;
            let (from, to) = (place(link), place(link * 7 + 13));
            let way = (index as f32 * 0.618_034 + seconds * 0.2).fract();
            let (x, y) = (from.0 + (to.0 - from.0) * way, from.1 + (to.1 - from.1) * way);
            match index % 20 {
                0 => Mark::new(x, y, Shape::Ring, 3),
                1 => Mark::new(x, y, Shape::Diamond, 4),
                kind if kind < 11 => Mark::new(x, y, Shape::Disc, (kind % 2) as u8),
                _ => Mark::new(x, y, Shape::Dot, 2),
            }
        }));
    }

    /// Paints the marks where they are.
    pub fn paint(&mut self) {
        self.painter.paint(&self.marks, &self.palette);
    }
}

fn main() {}
