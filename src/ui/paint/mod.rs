//! Painting the moving marks: requests and responses on their way along the links.
//!
//! Nodes and links are SVG; the marks lie on a canvas above them, because there may be tens of thousands. One
//! interface, [`Painter`], has two back ends that look alike: WebGL2 where there is a real graphics processor, and a
//! buffer of pixels in our own memory everywhere else, which beats a graphics processor acted by software by far.

mod gpu;
mod pixels;
mod shape;
mod sprite;
mod surface;
mod tiles;

pub use gpu::GpuPainter;
pub use pixels::PixelPainter;
pub use shape::Shape;
pub use surface::Surface;

use web_sys::HtmlCanvasElement;

/// The most marks painted in one frame; what is beyond is left out. Far fewer can be told apart on a screen.
pub const MOST_MARKS: usize = 1 << 20;

/// One moving mark, in CSS pixels of the canvas layer.
///
/// A mark that makes no sense (a place or size that is not a number, a size of zero) or that is off the layer is
/// not painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// The centre, from the layer's left edge.
    pub x: f32,
    /// The centre, from the layer's top edge.
    pub y: f32,
    /// What the mark stands for.
    pub shape: Shape,
    /// Index into [`Palette::tones`].
    pub tone: u8,
    /// Radius of a disc of this size; the other shapes look as large as that disc.
    pub size: f32,
    /// How opaque the mark is, halo included.
    pub alpha: u8,
}

impl Mark {
    /// The size of a mark nobody sized.
    pub const SIZE: f32 = 3.0;

    /// An opaque mark of the usual size.
    pub fn new(x: f32, y: f32, shape: Shape, tone: u8) -> Self {
        Mark { x, y, shape, tone, size: Mark::SIZE, alpha: 255 }
    }
}

/// The colours of marks, as red, green and blue. The caller reads them from the page's style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    /// The tones a mark can have. A mark whose tone is missing is painted in the last one.
    pub tones: Vec<[u8; 3]>,
    /// The page's background: a thin edge of it around each mark keeps it apart from links and other marks.
    pub halo: [u8; 3],
}

/// Paints marks on a canvas. Each frame replaces the one before.
pub trait Painter: std::fmt::Debug {
    /// Fits the canvas to its layer. If its number of pixels changes it is empty until the next
    /// [`Painter::paint`]. The layer's size on the page is set by the page's style, not here.
    fn resize(&mut self, width_css: f64, height_css: f64, device_pixel_ratio: f64);

    /// Replaces what is on the canvas by `marks`, later ones over earlier ones.
    fn paint(&mut self, marks: &[Mark], palette: &Palette);

    /// Empties the canvas.
    fn clear(&mut self);

    /// What does the painting, in a word: for the page's diagnostics.
    fn name(&self) -> &'static str;

    /// Whether this painter has stopped painting for good, because the browser took its context away. Then put a
    /// fresh canvas in the place of the old one and ask [`pixel_painter_for`] for another painter.
    fn is_lost(&self) -> bool {
        false
    }
}

/// Why there is no painter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaintError {
    /// The browser gave no drawing context of this kind: it has none, or the canvas already has another.
    NoContext(&'static str),
    /// The graphics processor refused something; what it said. The canvas can't be used for anything else then.
    Refused(String),
}

impl std::fmt::Display for PaintError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PaintError::NoContext(kind) => write!(formatter, "the canvas gave no {kind} context"),
            PaintError::Refused(reason) => write!(formatter, "the graphics processor refused: {reason}"),
        }
    }
}

impl std::error::Error for PaintError {}

/// The best painter for `canvas`, which nobody has asked for a context yet: WebGL2 on a real graphics processor,
/// else pixels. A canvas has one painter in its life.
pub fn painter_for(canvas: &HtmlCanvasElement) -> Result<Box<dyn Painter>, PaintError> {
    if !gpu::is_real(canvas) {
        return pixel_painter_for(canvas);
    }
    match GpuPainter::new(canvas) {
        Ok(painter) => Ok(Box::new(painter)),
        Err(PaintError::NoContext(_)) => pixel_painter_for(canvas),
        Err(refused) => Err(refused),
    }
}

/// The painter that works everywhere, for `canvas`, which nobody has asked for a context yet.
pub fn pixel_painter_for(canvas: &HtmlCanvasElement) -> Result<Box<dyn Painter>, PaintError> {
    Ok(Box::new(PixelPainter::new(canvas)?))
}
