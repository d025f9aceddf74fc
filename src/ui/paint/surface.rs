//! The surface: marks rasterised into a buffer of pixels. Plain Rust, no browser.
//!
//! A pixel is red, green, blue and alpha. Where there is no mark it is all zero. While a frame is painted, colours
//! are multiplied by alpha, which makes setting down a stamp cheap and without fringes where marks overlap; when it
//! is done they are divided again, as `ImageData` wants them. In a steady state painting allocates nothing.

use super::sprite::{HALO_WIDTH_CSS, LARGEST_SIZE, STEPS_PER_PIXEL, Stamp, Stamps};
use super::tiles::{Rectangle, Tiles};
use super::{MOST_MARKS, Mark, Palette};

/// The most pixels a surface has; beyond, it is made coarser. A 4K screen has 8.3 million.
const MOST_PIXELS: f64 = 16e6;
/// Side of the tiles that are cleared and finished, as a power of two: about the size of a mark.
const FINE_TILE: u32 = 4;
/// Side of the tiles that are handed over, as a power of two.
const COARSE_TILE: u32 = 5;
/// If the dirty tiles fill this share of the box around them, the whole box is handed over in one go.
const ONE_BOX_SHARE: f64 = 0.7;
/// More rectangles than this are handed over as one box: each costs a call into the browser.
const MOST_RECTANGLES: usize = 200;

/// How many device pixels a canvas layer has and how CSS pixels map to them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Extent {
    pub width: u32,
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: f32,
}

impl Extent {
    /// The extent of a layer of `width_css` × `height_css`. Senseless numbers give an extent of nothing.
    pub fn new(width_css: f64, height_css: f64, device_pixel_ratio: f64) -> Self {
        let area = width_css * height_css * device_pixel_ratio * device_pixel_ratio;
        let sensible = width_css > 0.0 && height_css > 0.0 && device_pixel_ratio > 0.0 && area.is_finite();
        if !sensible {
            return Extent::default();
        }
        let scale = device_pixel_ratio * (MOST_PIXELS / area).sqrt().min(1.0);
        let pixels = |css: f64| (css * scale).round().clamp(1.0, MOST_PIXELS.sqrt() * 4.0) as u32;
        Extent { width: pixels(width_css), height: pixels(height_css), scale: scale as f32 }
    }

    /// Where a mark's centre is and how large the mark, in device pixels; nothing if that makes no sense or if no
    /// part of the mark can be seen.
    pub fn place(&self, mark: &Mark) -> Option<(f32, f32, f32)> {
        if !(mark.size.is_finite() && mark.size > 0.0 && mark.alpha > 0) {
            return None;
        }
        let (x, y) = (mark.x * self.scale, mark.y * self.scale);
        let size = (mark.size * self.scale).min(LARGEST_SIZE);
        // No shape with its halo reaches further than twice its size and two halo widths.
        let reach = 2.0 * size + 2.0 * HALO_WIDTH_CSS * self.scale + 1.0;
        let seen = |at: f32, length: u32| -reach < at && at < length as f32 + reach;
        // Comparisons with what is not a number fail, so such marks end here too.
        (seen(x, self.width) && seen(y, self.height)).then_some((x, y, size))
    }
}

/// A buffer of pixels and what the latest frame did to it.
#[derive(Debug, Clone, Default)]
pub struct Surface {
    extent: Extent,
    pixels: Vec<[u8; 4]>,
    stamps: Stamps,
    /// Fine tiles with marks on them.
    painted: Tiles,
    /// Coarse tiles changed by the latest frame: cleared, painted or both.
    changed: Tiles,
    /// Runs of painted tiles, while going through them.
    runs: Vec<Rectangle>,
    dirty: Vec<Rectangle>,
}

impl Surface {
    /// Makes the surface as large as the layer; says whether it had another size before. Its pixels are then all
    /// zero and no tile is dirty, as on a canvas whose size was set.
    pub fn resize(&mut self, width_css: f64, height_css: f64, device_pixel_ratio: f64) -> bool {
        let extent = Extent::new(width_css, height_css, device_pixel_ratio);
        if extent == self.extent {
            return false;
        }
        if extent.scale != self.extent.scale {
            self.stamps = Stamps::new(HALO_WIDTH_CSS * extent.scale);
        }
        self.pixels.clear();
        self.pixels.resize(extent.width as usize * extent.height as usize, [0; 4]);
        self.painted = Tiles::new(FINE_TILE, extent.width, extent.height);
        self.changed = Tiles::new(COARSE_TILE, extent.width, extent.height);
        self.dirty.clear();
        self.extent = extent;
        true
    }

    /// Width and height in device pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.extent.width, self.extent.height)
    }

    /// All pixels, row by row.
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// The rectangles that hold every pixel changed by the latest frame.
    pub(super) fn dirty(&self) -> &[Rectangle] {
        &self.dirty
    }

    /// Replaces the frame before by `marks`, later ones over earlier ones.
    pub fn paint(&mut self, marks: &[Mark], palette: &Palette) {
        self.stamps.use_palette(palette);
        self.changed.forget();
        self.each_painted_row(|row| row.fill([0; 4]));
        self.painted.forget();
        for mark in &marks[..marks.len().min(MOST_MARKS)] {
            self.paint_one(mark);
        }
        self.each_painted_row(|row| row.iter_mut().for_each(divide_by_alpha));
        self.changed.rectangles(&mut self.dirty);
        self.join_dirty();
    }

    /// Does something to every row of pixels of the painted tiles, and notes that they changed.
    fn each_painted_row(&mut self, action: impl Fn(&mut [[u8; 4]])) {
        self.painted.runs(&mut self.runs);
        let width = self.extent.width as usize;
        for run in &self.runs {
            self.changed.touch(run.left, run.top, run.left + run.width, run.top + run.height);
            for row in run.top..run.top + run.height {
                let start = row as usize * width + run.left as usize;
                action(&mut self.pixels[start..start + run.width as usize]);
            }
        }
    }

    /// Makes one box of the dirty rectangles where that is cheaper.
    fn join_dirty(&mut self) {
        let Some(bounds) = self.dirty.iter().copied().reduce(Rectangle::around) else { return };
        let area: u64 = self.dirty.iter().map(|one| one.area()).sum();
        if self.dirty.len() > MOST_RECTANGLES || area as f64 >= bounds.area() as f64 * ONE_BOX_SHARE {
            self.dirty.clear();
            self.dirty.push(bounds);
        }
    }

    /// Sets down one mark's stamp.
    fn paint_one(&mut self, mark: &Mark) {
        let Some((x, y, size)) = self.extent.place(mark) else { return };
        let steps = |at: f32| (at * STEPS_PER_PIXEL as f32).round() as i32;
        let (x, y) = (steps(x), steps(y));
        let step = (x.rem_euclid(STEPS_PER_PIXEL), y.rem_euclid(STEPS_PER_PIXEL));
        let Some(stamp) = self.stamps.stamp(mark.shape, mark.tone, size, step) else { return };
        let left = x.div_euclid(STEPS_PER_PIXEL) - stamp.reach;
        let top = y.div_euclid(STEPS_PER_PIXEL) - stamp.reach;

        let side = stamp.rows.len() as i32;
        let (width, height) = (self.extent.width as i32, self.extent.height as i32);
        let (right, bottom) = ((left + side).min(width), (top + side).min(height));
        if right <= 0 || bottom <= 0 || left >= width || top >= height {
            return;
        }
        self.painted.touch(left.max(0) as u32, top.max(0) as u32, right as u32, bottom as u32);
        if mark.alpha == 255 {
            set_down(stamp, &mut self.pixels, (width, height), (left, top), |upper| upper);
        } else {
            let alpha = u32::from(mark.alpha);
            set_down(stamp, &mut self.pixels, (width, height), (left, top), |upper| scaled(upper, alpha));
        }
    }
}

/// Pixels from this number on hide what is beneath.
const OPAQUE: u32 = 255 << 24;

/// Composites `stamp`, its pixels changed by `fade`, with its corner at `corner` over `pixels`, a picture of `size`.
#[inline]
fn set_down(
    stamp: &Stamp,
    pixels: &mut [[u8; 4]],
    size: (i32, i32),
    corner: (i32, i32),
    fade: impl Fn(u32) -> u32,
) {
    let (width, height) = size;
    let (left, top) = corner;
    for y in (-top).max(0)..(height - top).min(stamp.rows.len() as i32) {
        let row = stamp.rows[y as usize];
        let uppers = stamp.pixels_of(row);
        let start = left + row.first;
        let hidden = (-start).clamp(0, uppers.len() as i32);
        let end = (width - start).clamp(hidden, uppers.len() as i32);
        if hidden == end {
            continue;
        }
        let uppers = &uppers[hidden as usize..end as usize];
        let at = ((top + y) * width + start + hidden) as usize;
        for (lower, upper) in pixels[at..at + uppers.len()].iter_mut().zip(uppers) {
            let upper = fade(u32::from_le_bytes(*upper));
            let opaque = upper >= OPAQUE;
            *lower = if opaque { upper } else { over(upper, u32::from_le_bytes(*lower)) }.to_le_bytes();
        }
    }
}

/// The pixel seen when `upper` lies over `lower`; the colours of all three are multiplied by alpha.
#[inline]
fn over(upper: u32, lower: u32) -> u32 {
    // No channel overflows into the next: none is larger than its pixel's alpha.
    upper + scaled(lower, 255 - (upper >> 24))
}

/// A pixel with every channel times `share` of 255, two channels at a time. It is off by one at most, and exact where
/// a channel or the share is 0 or 255.
#[inline]
fn scaled(pixel: u32, share: u32) -> u32 {
    const EVEN: u32 = 0x00FF_00FF;
    const HALF: u32 = 0x0080_0080;
    // A share of 256 instead of 255, so that dividing is shifting.
    let share = share + (share >> 7);
    let even = (pixel & EVEN) * share + HALF;
    let odd = ((pixel >> 8) & EVEN) * share + HALF;
    ((even >> 8) & EVEN) | (odd & !EVEN)
}

/// For each alpha 255 divided by it, in 65536ths.
const INVERSE_ALPHA: [u32; 256] = {
    let mut inverse = [0; 256];
    let mut alpha = 1;
    while alpha < 256 {
        inverse[alpha] = ((255 << 16) + alpha as u32 / 2) / alpha as u32;
        alpha += 1;
    }
    inverse
};

/// Undoes the multiplication of a pixel's colours by its alpha.
#[inline]
fn divide_by_alpha(pixel: &mut [u8; 4]) {
    // Most pixels are empty or opaque: one comparison finds the others.
    let value = u32::from_le_bytes(*pixel);
    if value.wrapping_sub(1 << 24) >= 254 << 24 {
        return;
    }
    let inverse = INVERSE_ALPHA[(value >> 24) as usize];
    for color in &mut pixel[..3] {
        *color = ((u32::from(*color) * inverse + 0x8000) >> 16).min(255) as u8;
    }
}

#[cfg(test)]
mod tests;
