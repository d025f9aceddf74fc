//! The back end that works everywhere: a buffer of pixels, handed to a 2D canvas where it changed.

use js_sys::{Object, Reflect};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::{Mark, PaintError, Painter, Palette, Surface};

/// Paints into memory and copies the dirty rectangles to a 2D canvas.
#[derive(Debug)]
pub struct PixelPainter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    surface: Surface,
}

impl PixelPainter {
    /// A painter for `canvas`, which must not have a context of another kind.
    pub fn new(canvas: &HtmlCanvasElement) -> Result<Self, PaintError> {
        // Keeps the canvas in main memory, where we write it; there is nothing to gain from a graphics processor.
        let options = Object::new();
        let _ = Reflect::set(&options, &JsValue::from_str("willReadFrequently"), &JsValue::TRUE);
        let context = canvas
            .get_context_with_context_options("2d", &options)
            .ok()
            .flatten()
            .and_then(|context| context.dyn_into().ok())
            .ok_or(PaintError::NoContext("2d"))?;
        Ok(PixelPainter { canvas: canvas.clone(), context, surface: Surface::default() })
    }

    /// Copies the dirty rectangles to the canvas.
    fn put(&self) {
        if self.surface.dirty().is_empty() {
            return;
        }
        let (width, height) = self.surface.size();
        // A view of our memory, made anew each frame because growing memory invalidates it.
        let view = Clamped(self.surface.bytes());
        let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(view, width, height) else { return };
        for one in self.surface.dirty() {
            // It fails only for a view that is no longer valid, and this one is a few lines old.
            let _ = self.context.put_image_data_with_dirty_x_and_dirty_y_and_dirty_width_and_dirty_height(
                &image,
                0.0,
                0.0,
                one.left.into(),
                one.top.into(),
                one.width.into(),
                one.height.into(),
            );
        }
    }
}

impl Painter for PixelPainter {
    fn resize(&mut self, width_css: f64, height_css: f64, device_pixel_ratio: f64) {
        if self.surface.resize(width_css, height_css, device_pixel_ratio) {
            let (width, height) = self.surface.size();
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
    }

    fn paint(&mut self, marks: &[Mark], palette: &Palette) {
        self.surface.paint(marks, palette);
        self.put();
    }

    fn clear(&mut self) {
        self.paint(&[], &Palette::default());
    }

    fn name(&self) -> &'static str {
        "pixels"
    }
}
