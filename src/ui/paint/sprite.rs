//! Stamps: marks rasterised once, with anti-aliased edges, to be set down many times.
//!
//! There is a stamp for each shape, tone, size (in steps of a quarter device pixel) and each of 4 × 4 places of the
//! centre within a pixel, so that slow marks glide instead of hopping from pixel to pixel.

use super::Palette;
use super::shape::{Outline, Shape};

/// Steps of a mark's centre within one device pixel, on each axis.
pub(super) const STEPS_PER_PIXEL: i32 = 4;
/// Steps of a mark's size within one device pixel.
const SIZES_PER_PIXEL: f32 = 4.0;
/// The largest size that is drawn, in device pixels; larger marks are drawn at this size.
pub(super) const LARGEST_SIZE: f32 = 64.0;
/// How much of what lies beneath a mark's halo it hides.
pub(super) const HALO_COVERAGE: f32 = 0.7;
/// Width of a halo in CSS pixels.
pub(super) const HALO_WIDTH_CSS: f32 = 1.0;
/// Lines per pixel along which coverage is measured; along a line it is exact.
const LINES_PER_PIXEL: i32 = 16;
/// The largest size in steps.
const LARGEST_SIZE_STEP: usize = (LARGEST_SIZE * SIZES_PER_PIXEL) as usize;
/// Places a centre can have within its pixel.
const STEPS: i32 = STEPS_PER_PIXEL * STEPS_PER_PIXEL;
/// How many different stamps there can be.
const PLACES: usize = Shape::ALL.len() * LARGEST_SIZE_STEP * STEPS as usize;
/// How many pixels of stamps are kept, of four bytes each. A drawing has few sizes at a time, with some ten thousand
/// pixels for each tone, but a smooth zoom passes through many.
const MOST_PIXELS: usize = 2 << 20;

/// The colours of a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink {
    pub tone: [u8; 3],
    pub halo: [u8; 3],
}

/// The part of a stamp's row that covers anything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// First column, counted from the stamp's left edge.
    pub first: i32,
    /// Where the row's pixels lie within [`Stamp::pixels`].
    range: (u32, u32),
}

/// A rasterised mark, centred somewhere within the pixel `reach` right of and below its corner.
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    /// Pixels from the stamp's left or top edge to the pixel that holds the centre.
    pub reach: i32,
    pub rows: Vec<Row>,
    /// Red, green, blue and alpha, the colours multiplied by alpha.
    pixels: Vec<[u8; 4]>,
}

impl Stamp {
    /// Rasterises `outline` with its centre at (`dx`, `dy`) within its pixel, both in 0..1.
    fn new(outline: Outline, halo_width: f32, ink: Ink, (dx, dy): (f32, f32)) -> Self {
        let halo_outline = outline.grown(halo_width);
        let reach = halo_outline.outer.ceil() as i32;
        let side = 2 * reach + 1;
        let center = (reach as f32 + dx, reach as f32 + dy);

        let mut body = vec![0.0; (side * side) as usize];
        let mut halo = body.clone();
        add_coverage(&mut body, side, outline, outline.outer, center, 1.0);
        add_coverage(&mut body, side, outline, outline.inner, center, -1.0);
        add_coverage(&mut halo, side, halo_outline, halo_outline.outer, center, HALO_COVERAGE);

        let all: Vec<_> = body.iter().zip(&halo).map(|(&body, &halo)| pixel(body, halo, ink)).collect();
        let mut stamp = Stamp { reach, rows: Vec::with_capacity(side as usize), pixels: Vec::new() };
        for row in all.chunks_exact(side as usize) {
            let covers = |pixel: &[u8; 4]| pixel[3] != 0;
            let first = row.iter().position(covers).unwrap_or(0);
            let end = row.iter().rposition(covers).map_or(first, |last| last + 1);
            let start = stamp.pixels.len() as u32;
            stamp.pixels.extend_from_slice(&row[first..end]);
            stamp.rows.push(Row { first: first as i32, range: (start, stamp.pixels.len() as u32) });
        }
        stamp
    }

    /// The pixels of `row`.
    pub fn pixels_of(&self, row: Row) -> &[[u8; 4]] {
        &self.pixels[row.range.0 as usize..row.range.1 as usize]
    }
}

/// The pixel where a mark covers `body`, and its halo beneath it `halo`; its colours are multiplied by its alpha.
fn pixel(body: f32, halo: f32, ink: Ink) -> [u8; 4] {
    let body = body.clamp(0.0, 1.0);
    let halo = (1.0 - body) * halo;
    let color = |channel: usize| {
        (body * f32::from(ink.tone[channel]) + halo * f32::from(ink.halo[channel])).round() as u8
    };
    [color(0), color(1), color(2), ((body + halo) * 255.0).round() as u8]
}

/// Adds to each pixel of a square of `side` how much of it the form of `outline` out to `radius` covers.
fn add_coverage(
    pixels: &mut [f32],
    side: i32,
    outline: Outline,
    radius: f32,
    center: (f32, f32),
    weight: f32,
) {
    if radius <= 0.0 {
        return;
    }
    let line_weight = weight / LINES_PER_PIXEL as f32;
    for line in 0..side * LINES_PER_PIXEL {
        let y = (line as f32 + 0.5) / LINES_PER_PIXEL as f32;
        let half_width = outline.half_width(radius, y - center.1);
        if half_width <= 0.0 {
            continue;
        }
        let (left, right) = (center.0 - half_width, center.0 + half_width);
        let row_start = line / LINES_PER_PIXEL * side;
        for column in (left as i32).max(0)..(right.ceil() as i32).min(side) {
            let overlap = right.min(column as f32 + 1.0) - left.max(column as f32);
            pixels[(row_start + column) as usize] += overlap.max(0.0) * line_weight;
        }
    }
}

/// The stamps made so far, each made when first asked for.
#[derive(Debug, Clone)]
pub(super) struct Stamps {
    halo_width: f32,
    palette: Palette,
    /// For each tone one more than a stamp's index, or 0 where none is made yet, by size, shape and step.
    places: Vec<Vec<u32>>,
    stamps: Vec<Stamp>,
    /// Pixels of all stamps together.
    pixel_count: usize,
}

impl Default for Stamps {
    fn default() -> Self {
        Stamps::new(HALO_WIDTH_CSS)
    }
}

impl Stamps {
    /// An empty collection; halos will be `halo_width` device pixels wide.
    pub fn new(halo_width: f32) -> Self {
        Stamps {
            halo_width,
            palette: Palette::default(),
            places: Vec::new(),
            stamps: Vec::new(),
            pixel_count: 0,
        }
    }

    /// Makes stamps in these colours from now on.
    pub fn use_palette(&mut self, palette: &Palette) {
        if self.palette != *palette {
            self.forget();
            self.palette = palette.clone();
            self.places.resize_with(palette.tones.len(), || vec![0; PLACES]);
        }
    }

    /// The stamp of a mark of `shape`, `tone` and `size` (device pixels) whose centre is `step_x`, `step_y` steps
    /// within its pixel. A missing tone becomes the last one; without tones there is no stamp.
    pub fn stamp(
        &mut self,
        shape: Shape,
        tone: u8,
        size: f32,
        (step_x, step_y): (i32, i32),
    ) -> Option<&Stamp> {
        let tone = usize::from(tone).min(self.places.len().checked_sub(1)?);
        let size_step = ((size * SIZES_PER_PIXEL).round() as usize).clamp(1, LARGEST_SIZE_STEP);
        let step = (step_y * STEPS_PER_PIXEL + step_x) as usize;
        let place = ((size_step - 1) * Shape::ALL.len() + shape as usize) * STEPS as usize + step;
        if self.places[tone][place] == 0 {
            let outline = shape.outline(size_step as f32 / SIZES_PER_PIXEL);
            let ink = Ink { tone: self.palette.tones[tone], halo: self.palette.halo };
            let within = |step: i32| step as f32 / STEPS_PER_PIXEL as f32;
            let stamp = Stamp::new(outline, self.halo_width, ink, (within(step_x), within(step_y)));
            self.places[tone][place] = self.add(stamp);
        }
        Some(&self.stamps[self.places[tone][place] as usize - 1])
    }

    /// Keeps `stamp`, and forgets all others if there are too many; says how many there are now.
    fn add(&mut self, stamp: Stamp) -> u32 {
        if self.pixel_count + stamp.pixels.len() > MOST_PIXELS {
            self.forget();
        }
        self.pixel_count += stamp.pixels.len();
        self.stamps.push(stamp);
        self.stamps.len() as u32
    }

    /// Forgets every stamp.
    fn forget(&mut self) {
        self.places.iter_mut().for_each(|places| places.fill(0));
        self.stamps.clear();
        self.pixel_count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stamps whose red shows the mark and whose green shows the halo.
    fn stamps(halo_width: f32) -> Stamps {
        let mut stamps = Stamps::new(halo_width);
        stamps.use_palette(&Palette { tones: vec![[255, 0, 0]], halo: [0, 255, 0] });
        stamps
    }

    /// Sum, and centre of mass in pixels from the corner of the centre's pixel, of what the mark itself covers.
    fn weigh(stamp: &Stamp) -> (f64, f64, f64) {
        let (mut sum, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
        for (y, &row) in stamp.rows.iter().enumerate() {
            for (x, pixel) in stamp.pixels_of(row).iter().enumerate() {
                let weight = f64::from(pixel[0]) / 255.0;
                sum += weight;
                x_sum += weight * (f64::from(row.first - stamp.reach) + x as f64 + 0.5);
                y_sum += weight * (f64::from(y as i32 - stamp.reach) + 0.5);
            }
        }
        (sum, x_sum / sum, y_sum / sum)
    }

    #[test]
    fn a_stamp_covers_the_area_of_its_shape_and_sits_where_its_centre_is() {
        let mut stamps = stamps(1.0);
        for shape in Shape::ALL {
            for size in [1.0, 2.0, 3.0, 4.5, 6.0, 9.0, 40.0] {
                for step in [(0, 0), (1, 0), (2, 3), (3, 3)] {
                    let (sum, x, y) = weigh(stamps.stamp(shape, 0, size, step).expect("there is a tone"));
                    let area = f64::from(shape.outline(size).area());
                    let what = format!("{shape:?} of {size} at {step:?}");
                    assert!((sum / area - 1.0).abs() < 0.01, "{what} covers {sum}, not {area}");
                    // Pixels half covered weigh in at their middle, so a small mark's centre is a little off.
                    let close = |found: f64, step: i32| (found - f64::from(step) / 4.0).abs() < 0.05;
                    assert!(close(x, step.0) && close(y, step.1), "{what} is at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn a_halo_hides_most_of_what_is_around_a_mark_and_fills_a_ring() {
        let mut stamps = stamps(2.0);
        let stamp = stamps.stamp(Shape::Ring, 0, 12.0, (0, 0)).expect("there is a tone");
        let middle = stamp.pixels_of(stamp.rows[stamp.reach as usize]);
        let hole = middle[stamp.reach as usize - 1];
        assert_eq!((hole[0], hole[1]), (0, hole[3]), "the hole shows the halo alone");
        assert!((f32::from(hole[3]) - HALO_COVERAGE * 255.0).abs() <= 1.0, "{hole:?}");
        assert!(middle.contains(&[255, 0, 0, 255]), "the ring itself hides everything");
    }

    #[test]
    fn a_long_zoom_keeps_a_bounded_number_of_pixels() {
        let mut stamps = stamps(1.0);
        stamps.pixel_count = MOST_PIXELS - 1000;
        for quarter in 4..60 {
            stamps.stamp(Shape::Disc, 0, quarter as f32 / 4.0, (0, 0));
            assert!(stamps.pixel_count <= MOST_PIXELS);
        }
        let kept: usize = stamps.stamps.iter().map(|stamp| stamp.pixels.len()).sum();
        assert_eq!(stamps.pixel_count, kept, "the count starts anew with the collection");
    }

    #[test]
    fn sizes_and_tones_without_sense_still_give_a_stamp() {
        let mut stamps = stamps(1.0);
        for size in [0.0, 1e-9, 1e9, f32::INFINITY] {
            assert!(stamps.stamp(Shape::Diamond, 200, size, (0, 0)).is_some());
        }
        stamps.use_palette(&Palette::default());
        assert!(stamps.stamp(Shape::Diamond, 0, 3.0, (0, 0)).is_none(), "no tones, no stamp");
    }
}
