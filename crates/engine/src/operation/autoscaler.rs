//! The autoscaler: how many copies the load of those that run asks for.
//!
//! It decides as Kubernetes' HorizontalPodAutoscaler does (`replica_calculator.go` and `horizontal.go`), given
//! the load of each copy. It neither starts nor ends anything.

use std::collections::VecDeque;

use archlab_model::{Autoscaling, SimTime, Span};

/// Most recommendations remembered. The shortest rhythm and the longest stabilisation a document allows could
/// ask for more; then the oldest are forgotten.
pub const MAX_RECOMMENDATIONS: usize = 4_096;
/// The most that a step may add: this share of what there was, or [`STEP_COUNT`], whichever is more
/// (HorizontalPodAutoscaler's default policies for growth).
pub const STEP_SHARE: f64 = 1.0;
/// See [`STEP_SHARE`].
pub const STEP_COUNT: u32 = 4;
/// Over how long a step is counted.
pub const STEP_PERIOD: Span = Span::from_secs(15);

/// The load of a copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Whether it is in service and warm. Of others it is not known what they will do.
    pub ready: bool,
    /// Its load as a share of the target.
    pub ratio: f64,
}

/// An autoscaler of one service.
#[derive(Debug, Clone, Default)]
pub struct Autoscaler {
    /// What was asked for, before stabilisation, oldest first.
    recommendations: VecDeque<(SimTime, u32)>,
    /// Copies added within the last [`STEP_PERIOD`].
    added: VecDeque<(SimTime, u32)>,
}

impl Autoscaler {
    /// How many copies should run, when `current` are wanted now and those there are have `loads`.
    pub fn decide(&mut self, policy: &Autoscaling, now: SimTime, current: u32, loads: &[Load]) -> u32 {
        let wanted = recommend(policy, current, loads);
        let least = policy.least.max(1);
        let most = policy.most.max(least);
        let decided = match current {
            // Switched off by hand, as a Deployment of no replicas.
            0 => 0,
            _ if current > most => most,
            _ if current < least => least,
            _ => {
                let stable = self.stabilise(policy, now, current, wanted);
                let grown = self.growth_limit(now, current);
                stable.min(grown).clamp(least, most)
            }
        };
        if decided > current {
            self.added.push_back((now, decided - current));
        }
        decided
    }

    /// Grows to the least, and shrinks to the most, that was asked for lately.
    fn stabilise(&mut self, policy: &Autoscaling, now: SimTime, current: u32, wanted: u32) -> u32 {
        let longest = policy.growth_stabilisation.max(policy.shrink_stabilisation);
        while self.recommendations.front().is_some_and(|(at, _)| now.since(*at) > longest)
            || self.recommendations.len() >= MAX_RECOMMENDATIONS
        {
            self.recommendations.pop_front();
        }
        if self.recommendations.is_empty() {
            // As in Kubernetes: what runs when it first looks counts as asked for.
            self.recommendations.push_back((now, current));
        }
        let within = |window: Span| {
            let lately = self.recommendations.iter().filter(move |(at, _)| now.since(*at) < window);
            lately.map(|(_, wanted)| *wanted).chain([wanted])
        };
        let up = within(policy.growth_stabilisation).min().unwrap_or(wanted);
        let down = within(policy.shrink_stabilisation).max().unwrap_or(wanted);
        self.recommendations.push_back((now, wanted));
        current.max(up).min(down.max(up))
    }

    /// The most that the next step may lead to.
    fn growth_limit(&mut self, now: SimTime, current: u32) -> u32 {
        while self.added.front().is_some_and(|(at, _)| now.since(*at) >= STEP_PERIOD) {
            self.added.pop_front();
        }
        let lately: u32 = self.added.iter().map(|(_, count)| *count).sum();
        let before = current.saturating_sub(lately);
        let share = (f64::from(before) * (1.0 + STEP_SHARE)).ceil() as u32;
        share.max(before.saturating_add(STEP_COUNT)).max(current)
    }
}

/// The number that would bring the load of each copy to its target.
pub fn recommend(policy: &Autoscaling, current: u32, loads: &[Load]) -> u32 {
    let ready = loads.iter().filter(|load| load.ready);
    let (count, sum) = ready.fold((0_u32, 0.0), |(count, sum), load| (count + 1, sum + load.ratio));
    if count == 0 {
        return current;
    }
    let near = |ratio: f64| (ratio - 1.0).abs() <= policy.tolerance;
    // As in Kubernetes, a hair below a whole number is that number.
    let copies = |ratio: f64, of: u32| (ratio * f64::from(of) - 1e-9).ceil().max(0.0) as u32;
    let ratio = sum / f64::from(count);
    let cold = (loads.len() as u32).saturating_sub(count);
    if cold == 0 || ratio <= 1.0 {
        return if near(ratio) { current } else { copies(ratio, count) };
    }
    // Those that are not ready will take their part: as long as it is not known, they have none.
    let damped = sum / f64::from(count + cold);
    if near(damped) || damped < 1.0 {
        return current;
    }
    let wanted = copies(damped, count + cold);
    if wanted < current { current } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is recommended, and what the first step makes of it, for `replicas` ready copies of which each has
    /// the load `metric`.
    fn check(replicas: u32, metric: f64, target: f64, recommended: u32, first_step: u32) {
        let policy = Autoscaling { most: 100, ..Autoscaling::default() };
        let loads = vec![Load { ready: true, ratio: metric / target }; replicas as usize];
        assert_eq!(recommend(&policy, replicas, &loads), recommended);
        let decided = Autoscaler::default().decide(&policy, SimTime::START, replicas, &loads);
        assert_eq!(decided, first_step);
    }

    #[test]
    fn the_rows_of_the_validation_table() {
        check(10, 150.0, 50.0, 30, 20); // hpa-10-150-50
        check(4, 54.0, 50.0, 4, 4); // hpa-4-54-50
        check(4, 56.0, 50.0, 5, 5); // hpa-4-56-50
        check(1, 500.0, 50.0, 10, 5); // hpa-1-500-50
        check(3, 90.0, 50.0, 6, 6); // more of the family
        check(4, 45.0, 50.0, 4, 4);
        // What runs when it first looks counts as asked for, so that it does not shrink at once.
        check(8, 50.0, 100.0, 4, 8);
    }

    fn ready(count: usize, ratio: f64) -> Vec<Load> {
        vec![Load { ready: true, ratio }; count]
    }

    #[test]
    fn copies_that_warm_up_count_as_idle_when_more_are_asked_for() {
        let policy = Autoscaling::default();
        let mut loads = ready(2, 2.0);
        assert_eq!(recommend(&policy, 2, &loads), 4);
        // Two more have been started for that; they must not be asked for again.
        loads.extend(vec![Load { ready: false, ratio: 0.0 }; 2]);
        assert_eq!(recommend(&policy, 4, &loads), 4);
        loads[0].ratio = 4.0;
        assert_eq!(recommend(&policy, 4, &loads), 6);
        // Nothing is known, nothing is done.
        assert_eq!(recommend(&policy, 3, &[Load { ready: false, ratio: 9.0 }; 3]), 3);
    }

    #[test]
    fn it_shrinks_only_to_the_most_that_was_asked_for_in_five_minutes() {
        let policy = Autoscaling::default();
        let mut scaler = Autoscaler::default();
        let at = |seconds: u64| SimTime::START + Span::from_secs(seconds);
        assert_eq!(scaler.decide(&policy, at(0), 8, &ready(8, 1.0)), 8);
        for second in (15..300).step_by(15) {
            assert_eq!(scaler.decide(&policy, at(second), 8, &ready(8, 0.25)), 8, "at {second} s");
        }
        assert_eq!(scaler.decide(&policy, at(300), 8, &ready(8, 0.25)), 2);
    }

    #[test]
    fn it_grows_at_once_but_no_more_than_double_in_fifteen_seconds() {
        let policy = Autoscaling { most: 100, interval: Span::from_secs(5), ..Autoscaling::default() };
        let mut scaler = Autoscaler::default();
        let at = |seconds: u64| SimTime::START + Span::from_secs(seconds);
        let grown: Vec<u32> = [0, 5, 10, 15, 20, 30]
            .iter()
            .scan(6, |count, second| {
                *count = scaler.decide(&policy, at(*second), *count, &ready(*count as usize, 10.0));
                Some(*count)
            })
            .collect();
        assert_eq!(grown, [12, 12, 12, 24, 24, 48]);
    }

    #[test]
    fn it_keeps_to_its_bounds_and_leaves_what_is_switched_off() {
        let policy = Autoscaling { least: 2, most: 5, ..Autoscaling::default() };
        let decide = |current, ratio| {
            let loads = ready(current as usize, ratio);
            Autoscaler::default().decide(&policy, SimTime::START, current, &loads)
        };
        assert_eq!(
            [decide(4, 9.0), decide(9, 1.0), decide(1, 0.0), decide(3, 0.0), decide(0, 1.0)],
            [5, 5, 2, 3, 0]
        );
    }
}
