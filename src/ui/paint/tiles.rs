//! Tiles: which parts of the canvas a frame touched.
//!
//! The next frame clears those and no others, and the browser is handed those and the newly touched ones.

/// How many of the latest rectangles a run may be joined to. Missing a join only makes one rectangle more.
const MOST_NEIGHBORS: usize = 64;

/// A rectangle of device pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rectangle {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Rectangle {
    /// How many pixels are within.
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The smallest rectangle around both.
    pub fn around(self, other: Rectangle) -> Rectangle {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let right = (self.left + self.width).max(other.left + other.width);
        let bottom = (self.top + self.height).max(other.top + other.height);
        Rectangle { left, top, width: right - left, height: bottom - top }
    }
}

/// The square tiles of a surface: touched, or not.
#[derive(Debug, Clone, Default)]
pub(super) struct Tiles {
    /// A tile's side is two to the power of this.
    side_bits: u32,
    width: u32,
    height: u32,
    columns: usize,
    touched: Vec<bool>,
}

impl Tiles {
    /// The tiles of a surface of `width` × `height` device pixels, none touched.
    pub fn new(side_bits: u32, width: u32, height: u32) -> Self {
        let count = |length: u32| length.div_ceil(1 << side_bits) as usize;
        let columns = count(width);
        Tiles { side_bits, width, height, columns, touched: vec![false; columns * count(height)] }
    }

    /// Touches the tiles that hold any of the pixels from (`left`, `top`) up to, without, (`right`, `bottom`).
    /// The pixels lie on the surface.
    pub fn touch(&mut self, left: u32, top: u32, right: u32, bottom: u32) {
        let tile = |pixel: u32| (pixel >> self.side_bits) as usize;
        for row in tile(top)..=tile(bottom - 1) {
            for column in tile(left)..=tile(right - 1) {
                self.touched[row * self.columns + column] = true;
            }
        }
    }

    /// Forgets every touch.
    pub fn forget(&mut self) {
        self.touched.fill(false);
    }

    /// Covers the touched tiles, and nothing else, with one rectangle for each run along a row.
    pub fn runs(&self, into: &mut Vec<Rectangle>) {
        into.clear();
        self.each_run(|run| into.push(run));
    }

    /// Covers them with fewer rectangles: runs are joined downwards where the next row has the same run.
    pub fn rectangles(&self, into: &mut Vec<Rectangle>) {
        into.clear();
        self.each_run(|run| {
            let above = into.iter_mut().rev().take(MOST_NEIGHBORS).find(|known| {
                known.left == run.left && known.width == run.width && known.top + known.height == run.top
            });
            match above {
                Some(above) => above.height += run.height,
                None => into.push(run),
            }
        });
    }

    fn each_run(&self, mut action: impl FnMut(Rectangle)) {
        if self.columns == 0 {
            return;
        }
        for (row, tiles) in self.touched.chunks_exact(self.columns).enumerate() {
            let mut column = 0;
            while let Some(skipped) = tiles[column..].iter().position(|&touched| touched) {
                let first = column + skipped;
                let length = tiles[first..].iter().take_while(|&&touched| touched).count();
                column = first + length;
                action(self.run(row, first, column));
            }
        }
    }

    /// The pixels of the tiles from `first` up to, without, `end` of a row.
    fn run(&self, row: usize, first: usize, end: usize) -> Rectangle {
        let pixel = |tile: usize| (tile as u32) << self.side_bits;
        let (left, top) = (pixel(first), pixel(row));
        let (right, bottom) = (pixel(end).min(self.width), pixel(row + 1).min(self.height));
        Rectangle { left, top, width: right - left, height: bottom - top }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rectangles after touching some boxes on a surface of 200 × 150 with tiles of 64 × 64.
    fn check(boxes: &[(u32, u32, u32, u32)], expected: &[(u32, u32, u32, u32)]) {
        let mut tiles = Tiles::new(6, 200, 150);
        for &(left, top, right, bottom) in boxes {
            tiles.touch(left, top, right, bottom);
        }
        let mut rectangles = Vec::new();
        tiles.rectangles(&mut rectangles);
        let found: Vec<_> = rectangles.iter().map(|one| (one.left, one.top, one.width, one.height)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn nothing_touched_gives_no_rectangle() {
        check(&[], &[]);
    }

    #[test]
    fn a_box_across_a_border_touches_both_sides() {
        check(&[(60, 10, 66, 16)], &[(0, 0, 128, 64)]);
        check(&[(10, 60, 16, 66)], &[(0, 0, 64, 128)]);
        check(&[(10, 58, 16, 64)], &[(0, 0, 64, 64)]);
    }

    #[test]
    fn the_last_tiles_end_with_the_surface() {
        check(&[(199, 149, 200, 150)], &[(192, 128, 8, 22)]);
    }

    #[test]
    fn equal_runs_join_downwards_and_others_do_not() {
        check(&[(0, 0, 60, 70), (150, 0, 151, 1)], &[(0, 0, 64, 128), (128, 0, 64, 64)]);
    }

    #[test]
    fn an_empty_surface_has_no_tiles() {
        let mut rectangles = vec![Rectangle { left: 0, top: 0, width: 1, height: 1 }];
        Tiles::new(6, 0, 0).rectangles(&mut rectangles);
        assert_eq!(rectangles, []);
    }
}
