//! Slow start: what part of its weight an instance has that was taken in a while ago.

use archlab_model::{SimTime, SlowStart};

/// The whole of a weight.
pub const WHOLE: u32 = 1_000;

/// Parts in a thousand, at least one; [`WHOLE`] once the window is over. Linear for HAProxy and AWS; Envoy's formula is
/// `max(least, (t / window) ^ (1 / aggression))`.
pub fn part(slow_start: &SlowStart, since: SimTime, now: SimTime) -> u32 {
    let (age, window) = (now.since(since), slow_start.window);
    if age >= window {
        return WHOLE;
    }
    let passed = age.as_nanos() as f64 / window.as_nanos() as f64;
    let risen = if slow_start.aggression == 1.0 {
        passed
    } else {
        // What is not a number, or is none at all, is as good as linear.
        let bend = if slow_start.aggression > 0.0 { 1.0 / slow_start.aggression } else { 1.0 };
        libm::pow(passed, bend)
    };
    let least = f64::from(slow_start.least.min(100)) / 100.0;
    ((risen.max(least) * f64::from(WHOLE)) as u32).clamp(1, WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlab_model::Span;

    fn at(secs: u64) -> SimTime {
        SimTime::START + Span::from_secs(secs)
    }

    #[test]
    fn the_share_grows_linearly_or_with_envoys_bend() {
        let linear = SlowStart { window: Span::from_secs(60), aggression: 1.0, least: 10 };
        let parts = [0, 3, 15, 30, 59, 60, 90].map(|secs| part(&linear, at(0), at(secs)));
        assert_eq!(parts, [100, 100, 250, 500, 983, 1_000, 1_000]);
        let quick = SlowStart { aggression: 2.0, ..linear };
        assert_eq!(part(&quick, at(0), at(15)), 500);
        let nonsense = SlowStart { aggression: f64::NAN, least: 0, window: Span::ZERO };
        assert_eq!(part(&nonsense, at(0), at(0)), WHOLE);
    }
}
