//! Service discovery: when callers learn what has become of an instance.
//!
//! Reports, looks and renewals happen at regular times, each with a phase of its own, so nothing of it needs to be
//! simulated before something changes: what counts can be computed then.

use archlab_model::{Discovery, SimTime, Span};

use crate::random::Stream;

/// The phases of a registry and of the copies of its list.
#[derive(Debug, Clone, Default)]
pub struct Phases {
    sweep: Span,
    copies: Vec<Span>,
}

impl Phases {
    /// Draws them.
    pub fn draw(plan: &Discovery, stream: &mut Stream) -> Phases {
        let sweep = phase(plan.sweep, stream);
        let copies = plan.copies.iter().take(Discovery::MAX_COPIES);
        Phases { sweep, copies: copies.map(|period| phase(*period, stream)).collect() }
    }

    /// The first look of the registry from `from` on.
    pub fn next_sweep(&self, plan: &Discovery, from: SimTime) -> SimTime {
        next(from, plan.sweep, self.sweep)
    }

    /// When callers see what stands in the registry from `from` on: each copy is renewed from the one before it.
    pub fn seen(&self, plan: &Discovery, from: SimTime) -> SimTime {
        let copies = plan.copies.iter().zip(&self.copies);
        copies.fold(from, |at, (period, phase)| next(at, *period, *phase))
    }
}

/// A moment within a period, drawn.
pub fn phase(period: Span, stream: &mut Stream) -> Span {
    Span::from_nanos((stream.unit() * period.as_nanos() as f64) as u64)
}

/// When the lease runs out of an instance that reports with `phase` and died at `died`.
pub fn lease_ends(plan: &Discovery, phase: Span, died: SimTime) -> SimTime {
    if plan.heartbeat.is_zero() {
        return died;
    }
    let since = died.since(SimTime::START + phase).as_nanos();
    let last = Span::from_nanos(since - since % plan.heartbeat.as_nanos());
    // Before its first report it had reported once, when it began.
    let last = if died < SimTime::START + phase { SimTime::START } else { SimTime::START + phase + last };
    (last + plan.lease).max(died)
}

/// The first of the moments `phase + n * period` from `from` on; `from` itself if there is no period.
fn next(from: SimTime, period: Span, phase: Span) -> SimTime {
    if period.is_zero() {
        return from;
    }
    let since = from.since(SimTime::START + phase).as_nanos();
    let first = SimTime::START + phase;
    if from <= first {
        first
    } else {
        first + Span::from_nanos(since.div_ceil(period.as_nanos()) * period.as_nanos())
    }
}

/// Whether the registry strikes off an instance whose lease has run out, when `reporting` of `listed` report.
pub fn strikes_off(plan: &Discovery, reporting: usize, listed: usize) -> bool {
    reporting * 100 >= plan.preservation as usize * listed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Least, mean and most of many, in seconds.
    fn spread(plan: &Discovery, lease_only: bool) -> (f64, f64, f64) {
        const DRAWS: u32 = 20_000;
        let mut stream = Stream::new(1, "test", "");
        let (mut least, mut sum, mut most) = (f64::MAX, 0.0, 0.0_f64);
        for _ in 0..DRAWS {
            let phases = Phases::draw(plan, &mut stream);
            let heartbeat = phase(plan.heartbeat, &mut stream);
            let died = SimTime::START + Span::from_secs(1_000);
            let mut at = lease_ends(plan, heartbeat, died);
            if !lease_only {
                at = phases.seen(plan, phases.next_sweep(plan, at));
            }
            let took = at.since(died).as_secs_f64();
            (least, most, sum) = (least.min(took), most.max(took), sum + took);
        }
        (least, sum / f64::from(DRAWS), most)
    }

    fn check((least, mean, most): (f64, f64, f64), expected: (f64, f64, f64)) {
        let scale = expected.2 - expected.0;
        assert!(least >= expected.0 && least < expected.0 + 0.02 * scale, "least {least}");
        assert!((mean - expected.1).abs() < 0.02 * scale, "mean {mean}");
        assert!(most <= expected.2 && most > expected.2 - 0.02 * scale, "most {most}");
    }

    #[test]
    fn leases_run_out_when_they_should() {
        check(spread(&Discovery::eureka(), true), (150.0, 165.0, 180.0));
        // A Kubernetes node: lease renewed every 10 s, grace period 40 s.
        let node =
            Discovery { heartbeat: Span::from_secs(10), lease: Span::from_secs(40), ..Discovery::default() };
        check(spread(&node, true), (30.0, 35.0, 40.0));
    }

    #[test]
    fn callers_hear_of_a_death_within_five_minutes_in_eureka() {
        let (least, mean, most) = spread(&Discovery::eureka(), false);
        assert!(least >= 150.0 && most <= 300.0 && most > 280.0, "{least} to {most}");
        assert!((mean - 225.0).abs() < 2.0, "lease 165, sweep 30, copies 15 each: {mean}");
    }

    #[test]
    fn a_name_is_stale_for_half_its_time_to_live_on_average() {
        check(spread(&Discovery::dns(Span::from_secs(60)), false), (0.0, 30.0, 60.0));
    }

    #[test]
    fn a_registry_that_misses_too_many_keeps_them_all() {
        let eureka = Discovery::eureka();
        assert!(!strikes_off(&eureka, 3, 4));
        assert!(strikes_off(&eureka, 9, 10));
        assert!(strikes_off(&Discovery::default(), 0, 1));
    }
}
