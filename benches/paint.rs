//! How long a frame of moving marks takes on the pixel back end, without a browser.
//!
//! `cargo bench --bench paint`. A frame at 60 Hz has 16 ms, of which painting may take half. The same frames in a
//! browser: `tests/paint/README.md`.

use std::f32::consts::TAU;

use archlab::ui::paint::{Mark, Palette, Shape, Surface};

/// The canvas layer of an ordinary window, in CSS pixels.
const LAYER: (f64, f64) = (1440.0, 900.0);
/// How many marks are on their way.
const COUNTS: [usize; 4] = [1_000, 5_000, 20_000, 100_000];

fn main() {
    divan::main();
}

/// Marks on 120 links between places on a ring, `time` of the way along, as a busy drawing has them.
fn marks(count: usize, time: f32) -> Vec<Mark> {
    let place = |index: usize| {
        let angle = index as f32 / 60.0 * TAU;
        (720.0 + 640.0 * angle.cos(), 450.0 + 400.0 * angle.sin())
    };
    let one = |index: usize| {
        let link = index % 120;
        let (from, to) = (place(link), place(link * 7 + 13));
        let way = (index as f32 * 0.618_034 + time).fract();
        let (x, y) = (from.0 + (to.0 - from.0) * way, from.1 + (to.1 - from.1) * way);
        let shape = match index % 20 {
            0 => Shape::Ring,
            1 => Shape::Diamond,
            kind if kind < 11 => Shape::Disc,
            _ => Shape::Dot,
        };
        Mark::new(x, y, shape, (index % 5) as u8)
    };
    (0..count).map(one).collect()
}

fn frame(bencher: divan::Bencher, count: usize, device_pixel_ratio: f64) {
    let palette = Palette {
        tones: vec![[59, 91, 219], [214, 51, 108], [230, 119, 0], [112, 72, 232], [139, 137, 128]],
        halo: [247, 247, 245],
    };
    let mut surface = Surface::default();
    surface.resize(LAYER.0, LAYER.1, device_pixel_ratio);
    let frames: Vec<_> = (0..8).map(|step| marks(count, step as f32 * 0.003)).collect();
    let mut turn = 0;
    bencher.counter(divan::counter::ItemsCount::new(count)).bench_local(|| {
        turn = (turn + 1) % frames.len();
        surface.paint(&frames[turn], &palette);
    });
}

#[divan::bench(args = COUNTS)]
fn ordinary_screen(bencher: divan::Bencher, count: usize) {
    frame(bencher, count, 1.0);
}

#[divan::bench(args = COUNTS)]
fn fine_screen(bencher: divan::Bencher, count: usize) {
    frame(bencher, count, 2.0);
}
