//! The buffer of pixels, looked at pixel by pixel.

use super::*;
use crate::ui::paint::Shape;

const RATIOS: [f64; 4] = [1.0, 1.5, 2.0, 3.0];

fn palette() -> Palette {
    Palette { tones: vec![[59, 91, 219], [214, 51, 108], [230, 119, 0]], halo: [247, 247, 245] }
}

fn surface(width: f64, height: f64, ratio: f64) -> Surface {
    let mut surface = Surface::default();
    surface.resize(width, height, ratio);
    surface
}

/// Marks from a seed: everywhere on and around a layer of 300 × 200, some of them without sense.
fn marks(seed: u64, count: usize) -> Vec<Mark> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) % below
    };
    let senseless = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 0.0, -3.0, f32::MIN_POSITIVE];
    let one = |_| {
        let mut mark = Mark {
            x: random(34_000) as f32 / 100.0 - 20.0,
            y: random(24_000) as f32 / 100.0 - 20.0,
            shape: Shape::ALL[random(4) as usize],
            tone: random(5) as u8,
            size: 1.0 + random(13) as f32 / 2.0,
            alpha: random(256) as u8,
        };
        let strange = senseless[random(8) as usize];
        match random(20) {
            0 => mark.x = strange,
            1 => mark.y = strange,
            2 => mark.size = strange,
            _ => {}
        }
        mark
    };
    (0..count).map(one).collect()
}

#[test]
fn a_frame_leaves_no_trace_of_the_frame_before() {
    for ratio in RATIOS {
        let mut lived = surface(300.0, 200.0, ratio);
        for seed in 1..20 {
            let frame = marks(seed, seed as usize * 3);
            lived.paint(&frame, &palette());
            let mut fresh = surface(300.0, 200.0, ratio);
            fresh.paint(&frame, &palette());
            assert!(lived.bytes() == fresh.bytes(), "seed {seed} at ratio {ratio}");
        }
    }
}

#[test]
fn a_canvas_given_only_the_dirty_rectangles_shows_every_frame() {
    for ratio in RATIOS {
        let mut surface = surface(300.0, 200.0, ratio);
        let mut canvas = surface.bytes().to_vec();
        let row_bytes = surface.size().0 as usize * 4;
        for seed in 1..30 {
            surface.paint(&marks(seed, seed as usize % 7), &palette());
            for one in surface.dirty() {
                for row in one.top..one.top + one.height {
                    let start = row as usize * row_bytes + one.left as usize * 4;
                    let range = start..start + one.width as usize * 4;
                    canvas[range.clone()].copy_from_slice(&surface.bytes()[range]);
                }
            }
            assert!(canvas == surface.bytes(), "seed {seed} at ratio {ratio}");
        }
    }
}

#[test]
fn no_marks_leave_an_empty_surface() {
    let mut surface = surface(300.0, 200.0, 2.0);
    surface.paint(&marks(7, 500), &palette());
    assert!(surface.bytes().iter().any(|&byte| byte != 0));
    surface.paint(&[], &palette());
    assert!(surface.bytes().iter().all(|&byte| byte == 0));
    assert!(!surface.dirty().is_empty());
    surface.paint(&[], &palette());
    assert!(surface.dirty().is_empty(), "what is empty already need not be copied");
}

#[test]
fn a_mark_in_a_corner_dirties_little() {
    let mut surface = surface(1440.0, 900.0, 1.0);
    let corners = [Mark::new(2.0, 2.0, Shape::Disc, 0), Mark::new(1438.0, 898.0, Shape::Disc, 0)];
    surface.paint(&corners, &palette());
    let area: u64 = surface.dirty().iter().map(|one| one.area()).sum();
    assert!(area <= 2 * 64 * 64, "{area} pixels are dirty");
}

#[test]
fn a_mark_is_where_it_was_put_at_every_ratio() {
    for ratio in RATIOS {
        let mut surface = surface(100.0, 80.0, ratio);
        surface.paint(&[Mark::new(40.25, 30.5, Shape::Diamond, 1)], &palette());
        let width = surface.size().0 as usize;
        let (mut sum, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
        for (index, pixel) in surface.pixels.iter().enumerate() {
            let weight = f64::from(pixel[3]);
            sum += weight;
            x_sum += weight * ((index % width) as f64 + 0.5);
            y_sum += weight * ((index / width) as f64 + 0.5);
        }
        let (x, y) = (x_sum / sum / ratio, y_sum / sum / ratio);
        assert!((x - 40.25).abs() < 0.13 / ratio && (y - 30.5).abs() < 0.13 / ratio, "{x}, {y} at {ratio}");
    }
}

#[test]
fn overlapping_marks_of_one_colour_have_that_colour_everywhere() {
    let color = [200, 100, 50];
    let palette = Palette { tones: vec![color], halo: color };
    let mut surface = surface(300.0, 200.0, 1.5);
    surface.paint(&marks(3, 4000), &palette);
    for pixel in &surface.pixels {
        for (found, expected) in pixel.iter().zip(color) {
            let seen = (f64::from(*found) - f64::from(expected)) * f64::from(pixel[3]) / 255.0;
            assert!(seen.abs() <= 4.0, "a fringe: {pixel:?}");
        }
    }
}

#[test]
fn compositing_agrees_with_the_reference() {
    let multiplied = |color: [u8; 3], alpha: u8| {
        let times = |channel: u8| (f64::from(channel) * f64::from(alpha) / 255.0).round() as u8;
        [times(color[0]), times(color[1]), times(color[2]), alpha]
    };
    for upper_alpha in 0..=255 {
        for lower_alpha in 0..=255 {
            let upper = multiplied([59, 91, 255], upper_alpha);
            let lower = multiplied([247, 0, 130], lower_alpha);
            let found = over(u32::from_le_bytes(upper), u32::from_le_bytes(lower)).to_le_bytes();
            for channel in 0..4 {
                // Porter and Duff's "over".
                let left_over = 1.0 - f64::from(upper_alpha) / 255.0;
                let expected = f64::from(upper[channel]) + f64::from(lower[channel]) * left_over;
                let error = f64::from(found[channel]) - expected;
                assert!(error.abs() <= 1.0, "{upper:?} over {lower:?}: {found:?}");
            }
        }
    }
}

#[test]
fn dividing_by_alpha_undoes_multiplying_as_far_as_an_eye_can_tell() {
    for alpha in 0..=255_u8 {
        for color in 0..=alpha {
            let mut pixel = [color, color, color, alpha];
            divide_by_alpha(&mut pixel);
            let shown = f64::from(pixel[0]) * f64::from(alpha) / 255.0;
            assert!((shown - f64::from(color)).abs() <= 0.501, "{color} at alpha {alpha} became {pixel:?}");
        }
    }
}

#[test]
fn a_senseless_layer_has_no_pixels_and_takes_marks() {
    for (width, height, ratio) in
        [(0.0, 100.0, 1.0), (100.0, -1.0, 1.0), (f64::NAN, 9.0, 1.0), (9.0, 9.0, f64::INFINITY)]
    {
        let mut surface = surface(width, height, ratio);
        surface.paint(&marks(1, 50), &palette());
        assert_eq!(surface.size(), (0, 0));
    }
    let mut surface = surface(10.0, 10.0, 1.0);
    surface.paint(&marks(1, 50), &Palette::default());
    assert!(surface.bytes().iter().all(|&byte| byte == 0), "no tones, no marks");
}

#[test]
fn a_huge_layer_is_made_coarser() {
    let mut surface = surface(8000.0, 4000.0, 3.0);
    let (width, height) = surface.size();
    let pixels = f64::from(width) * f64::from(height);
    assert!((0.99 * MOST_PIXELS..1.01 * MOST_PIXELS).contains(&pixels));
    surface.paint(&[Mark::new(7990.0, 3990.0, Shape::Disc, 0)], &palette());
    assert!(surface.dirty().iter().any(|one| one.left + one.width == width), "marks keep their places");
}

#[test]
fn resizing_to_the_same_size_changes_nothing() {
    let mut surface = surface(300.0, 200.0, 1.5);
    assert_eq!(surface.size(), (450, 300));
    surface.paint(&marks(5, 20), &palette());
    assert!(!surface.resize(300.0, 200.0, 1.5));
    assert!(surface.bytes().iter().any(|&byte| byte != 0));
    assert!(surface.resize(300.0, 200.0, 1.0));
    assert!(surface.bytes().iter().all(|&byte| byte == 0));
}
