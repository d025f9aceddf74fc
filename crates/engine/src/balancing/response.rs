//! Peak EWMA: how long an instance takes to answer, quick to rise and slow to fall (Finagle's `PeakEwma`, Linkerd).

use archlab_model::{SimTime, Span};

/// What an instance costs that nobody has had an answer from, while somebody waits for one.
const PENALTY: f64 = 1e30;

/// The response time of an instance, as its balancer remembers it.
#[derive(Debug, Clone, Copy)]
pub struct Response {
    /// In nanoseconds.
    cost: f64,
    seen: SimTime,
}

impl Response {
    /// Nothing is known yet.
    pub fn unknown() -> Response {
        Response { cost: 0.0, seen: SimTime::START }
    }

    /// An answer took so long.
    pub fn observe(&mut self, now: SimTime, took: Span, decay: Span) {
        let took = took.as_nanos() as f64;
        self.cost = if took > self.cost {
            took
        } else {
            let kept = kept(now.since(self.seen), decay);
            self.cost * kept + took * (1.0 - kept)
        };
        self.seen = now;
    }

    /// What one more request would cost with so many under way.
    pub fn cost(&self, now: SimTime, outstanding: u32, decay: Span) -> f64 {
        let cost = self.cost * kept(now.since(self.seen), decay);
        if cost == 0.0 && outstanding > 0 {
            return PENALTY + f64::from(outstanding);
        }
        cost * (f64::from(outstanding) + 1.0)
    }
}

/// How much of what was known `age` ago still counts.
fn kept(age: Span, decay: Span) -> f64 {
    libm::exp(-(age.as_nanos() as f64) / decay.as_nanos().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SimTime {
        SimTime::START + Span::from_secs(secs)
    }

    #[test]
    fn a_peak_counts_at_once_and_fades() {
        let decay = Span::from_secs(10);
        let ms = |millis: f64| millis * 1e6;
        let mut response = Response::unknown();
        response.observe(at(0), Span::from_millis(10), decay);
        assert_eq!(response.cost(at(0), 0, decay), ms(10.0));
        assert_eq!(response.cost(at(0), 3, decay), ms(40.0));
        response.observe(at(1), Span::from_millis(100), decay);
        assert_eq!(response.cost(at(1), 0, decay), ms(100.0));
        response.observe(at(11), Span::from_millis(10), decay);
        let expected = 100.0 * libm::exp(-1.0) + 10.0 * (1.0 - libm::exp(-1.0));
        assert!((response.cost(at(11), 0, decay) - ms(expected)).abs() < 1.0);
    }

    #[test]
    fn who_has_not_answered_yet_is_asked_once() {
        let decay = Span::from_secs(10);
        assert_eq!(Response::unknown().cost(at(1), 0, decay), 0.0);
        assert!(Response::unknown().cost(at(1), 1, decay) > 1e20);
    }
}
