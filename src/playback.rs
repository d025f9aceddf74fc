//! Playback: wall time in, simulated time out.

use archlab_engine::{Progress, Simulation};
use archlab_model::{SimTime, Span};

/// The slowest speed: simulated seconds per wall second.
pub const MIN_SPEED: f64 = 0.01;
/// The fastest speed.
pub const MAX_SPEED: f64 = 100.0;
/// A frame never asks for more wall time than this: after a pause of the page the run goes on, it
/// doesn't leap.
const LONGEST_FRAME_MS: f64 = 100.0;
/// Events handled between two looks at the clock.
const EVENTS_PER_SLICE: u64 = 4_000;

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transport {
    /// It stands still.
    #[default]
    Paused,
    /// It goes on.
    Playing,
}

/// Speed and state of a run's playing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Playback {
    /// Whether it plays.
    pub transport: Transport,
    /// Simulated seconds per wall second, as asked for.
    pub speed: f64,
    /// What is really reached, as a share of `speed`: below 1 when the computer is too slow for it.
    pub reached: f64,
    /// Simulated time that was asked for and not reached yet, in seconds below one nanosecond's worth.
    remainder: f64,
}

impl Default for Playback {
    fn default() -> Self {
        Playback { transport: Transport::Paused, speed: 1.0, reached: 1.0, remainder: 0.0 }
    }
}

impl Playback {
    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.transport == Transport::Playing
    }

    /// The same speed and state, for another run.
    #[must_use]
    pub fn afresh(&self) -> Playback {
        Playback { transport: self.transport, speed: self.speed, ..Playback::default() }
    }

    /// Lets `wall_ms` of wall time pass. `spent_ms` tells how much of this frame's time has been used;
    /// no more than `budget_ms` of it goes into simulating.
    pub fn tick(
        &mut self,
        simulation: &mut Simulation,
        wall_ms: f64,
        budget_ms: f64,
        spent_ms: &dyn Fn() -> f64,
    ) {
        if self.transport == Transport::Paused {
            return;
        }
        let asked = wall_ms.clamp(0.0, LONGEST_FRAME_MS) / 1e3 * self.speed + self.remainder;
        let nanos = (asked * 1e9).floor();
        self.remainder = asked - nanos / 1e9;
        let start = simulation.now();
        let deadline: SimTime = start + Span::from_nanos(nanos as u64);
        while simulation.run_for(deadline, EVENTS_PER_SLICE) == Progress::OutOfEvents {
            if budget_ms <= spent_ms() {
                break;
            }
        }
        if deadline > start {
            let share = simulation.now().since(start).as_secs_f64() / deadline.since(start).as_secs_f64();
            self.reached += (share - self.reached) * 0.1;
        }
    }

    /// The speed at `place` of a slider from 0 to 1, on a log scale.
    pub fn speed_at(place: f64) -> f64 {
        let (low, high) = (MIN_SPEED.ln(), MAX_SPEED.ln());
        (low + (high - low) * place.clamp(0.0, 1.0)).exp()
    }

    /// The slider's place for a speed.
    pub fn place_of(speed: f64) -> f64 {
        let (low, high) = (MIN_SPEED.ln(), MAX_SPEED.ln());
        ((speed.clamp(MIN_SPEED, MAX_SPEED).ln() - low) / (high - low)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slider_is_logarithmic_with_real_time_in_the_middle() {
        assert!((Playback::speed_at(0.5) - 1.0).abs() < 1e-9);
        assert!((Playback::place_of(MIN_SPEED)).abs() < 1e-9);
        assert!((Playback::place_of(MAX_SPEED) - 1.0).abs() < 1e-9);
        for place in [0.0, 0.2, 0.75, 1.0] {
            assert!((Playback::place_of(Playback::speed_at(place)) - place).abs() < 1e-9);
        }
    }
}
