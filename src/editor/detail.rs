//! How much of a part is shown, by how large it is seen: from afar machines and their health, close by
//! workers, queues and functions.

/// Below this zoom only machines and their health are shown.
const FAR: f64 = 0.34;
/// Below this one, names but no numbers.
const BRIEF: f64 = 0.7;
/// From this one on, everything.
const NEAR: f64 = 1.45;
/// Words are never smaller than their size on the canvas at this zoom.
const READABLE: f64 = 0.88;
/// Zoom steps between two sizes of words: so many to an octave.
const STEPS: f64 = 4.0;

/// How much is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Machines and their health.
    Far,
    /// What runs on them, by name.
    Brief,
    /// What they are doing.
    #[default]
    Full,
    /// Workers, queues and functions.
    Near,
}

/// How things are drawn at a zoom: it changes in steps, so that zooming does not draw all the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// How much is shown.
    pub detail: Detail,
    /// How much larger than usual words are drawn, so that they can be read.
    pub grow: f64,
}

impl Default for Look {
    fn default() -> Self {
        Look { detail: Detail::Full, grow: 1.0 }
    }
}

impl Look {
    /// How things are drawn at a zoom.
    pub fn at(zoom: f64) -> Look {
        let detail = match zoom {
            _ if zoom < FAR => Detail::Far,
            _ if zoom < BRIEF => Detail::Brief,
            _ if zoom < NEAR => Detail::Full,
            _ => Detail::Near,
        };
        let step = ((zoom.max(1e-3)).log2() * STEPS).floor() / STEPS;
        Look { detail, grow: (READABLE / step.exp2()).max(1.0) }
    }
}

impl Look {
    /// About the zoom that this is the look at, where words are enlarged; else 1.
    pub fn zoom(&self) -> f64 {
        if self.grow > 1.0 { READABLE / self.grow } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_readable_from_afar() {
        for zoom in [0.15, 0.2, 0.3, 0.45, 0.6, 0.69, 0.8, 1.0, 2.0] {
            let seen = Look::at(zoom).grow * zoom * 13.0;
            assert!(seen >= 9.0 && (zoom > 1.0 || seen < 14.5), "{seen} at {zoom}");
        }
    }

    #[test]
    fn more_is_shown_the_closer_one_looks() {
        let details = [0.2, 0.5, 1.0, 2.0].map(|zoom| Look::at(zoom).detail);
        assert_eq!(details, [Detail::Far, Detail::Brief, Detail::Full, Detail::Near]);
    }
}
