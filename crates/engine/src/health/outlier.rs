//! Outlier ejection, after Envoy: who fails too often in a row, or far more often than the others, is out for a while.

use archlab_model::{OutlierEjection, SimTime, Span, SuccessRate};

/// What an instance has done with the requests it was given, and whether it is out for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Record {
    /// Failures since the last success.
    row: u32,
    /// Since the last look.
    requests: u32,
    successes: u32,
    /// How often it was ejected, less one for each look at which it was well.
    ejections: u32,
    /// Since when it is out.
    out_since: Option<SimTime>,
}

impl Record {
    /// Whether it is out.
    pub fn is_out(&self) -> bool {
        self.out_since.is_some()
    }

    /// Notes the end of a request. `true` if it was one failure too many in a row.
    pub fn note(&mut self, plan: &OutlierEjection, succeeded: bool) -> bool {
        self.requests = self.requests.saturating_add(1);
        if succeeded {
            self.successes = self.successes.saturating_add(1);
            self.row = 0;
            return false;
        }
        self.row = self.row.saturating_add(1);
        self.row >= plan.consecutive.max(1) && !self.is_out()
    }

    /// It is out from now on.
    pub fn eject(&mut self, now: SimTime) {
        self.ejections = self.ejections.saturating_add(1);
        (self.out_since, self.row) = (Some(now), 0);
    }

    /// At a look: `true` if its time is over and it is in again.
    pub fn review(&mut self, plan: &OutlierEjection, now: SimTime) -> bool {
        match self.out_since {
            Some(since) if now.since(since) >= sentence(plan, self.ejections) => {
                (self.out_since, self.row) = (None, 0);
                true
            }
            Some(_) => false,
            None => {
                self.ejections = self.ejections.saturating_sub(1);
                false
            }
        }
    }

    /// Begins a new interval.
    pub fn turn_over(&mut self) {
        (self.requests, self.successes) = (0, 0);
    }

    /// Its rate of success since the last look, in percent, if it had enough requests to tell.
    fn rate(&self, plan: &SuccessRate) -> Option<f64> {
        let enough = !self.is_out() && self.requests >= plan.requests.max(1);
        enough.then(|| 100.0 * f64::from(self.successes) / f64::from(self.requests))
    }
}

/// How long the n-th ejection lasts.
fn sentence(plan: &OutlierEjection, ejections: u32) -> Span {
    (plan.base * u64::from(ejections)).min(plan.longest.max(plan.base))
}

/// Whether one more of `all` may be out when `out` are: always the first.
pub fn has_room(plan: &OutlierEjection, out: usize, all: usize) -> bool {
    out == 0 || (out + 1) * 100 <= plan.most as usize * all
}

/// Below which rate of success, in percent, an instance stands out: so many standard deviations below the mean.
/// `None` if too few can be compared.
pub fn threshold<'a>(plan: &SuccessRate, records: impl Iterator<Item = &'a Record> + Clone) -> Option<f64> {
    let rates = records.filter_map(|record| record.rate(plan));
    let count = rates.clone().count();
    if count == 0 || count < plan.hosts as usize {
        return None;
    }
    let mean = rates.clone().sum::<f64>() / count as f64;
    let variance = rates.map(|rate| (rate - mean) * (rate - mean)).sum::<f64>() / count as f64;
    Some(mean - plan.deviations * variance.sqrt())
}

/// Whether a record stands out.
pub fn stands_out(plan: &SuccessRate, record: &Record, threshold: f64) -> bool {
    record.rate(plan).is_some_and(|rate| rate < threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SimTime {
        SimTime::START + Span::from_secs(secs)
    }

    #[test]
    fn five_failures_in_a_row_eject_and_each_time_for_longer() {
        let plan = OutlierEjection::default();
        let mut record = Record::default();
        for _ in 0..4 {
            assert!(!record.note(&plan, false));
        }
        assert!(!record.note(&plan, true), "a success ends the row");
        for _ in 0..4 {
            assert!(!record.note(&plan, false));
        }
        assert!(record.note(&plan, false));
        record.eject(at(100));
        assert!(!record.review(&plan, at(120)) && record.is_out());
        assert!(record.review(&plan, at(130)) && !record.is_out());
        record.eject(at(135));
        assert!(!record.review(&plan, at(165)), "the second lasts 60 s");
        assert!(record.review(&plan, at(195)));
        for sweep in 0..2 {
            assert!(!record.review(&plan, at(205 + 10 * sweep)));
        }
        record.eject(at(300));
        assert!(record.review(&plan, at(330)), "who was well is forgiven");
        assert_eq!(sentence(&plan, 100), Span::from_secs(300));
    }

    #[test]
    fn one_may_always_be_ejected_and_no_more_than_the_limit() {
        let plan = OutlierEjection::default();
        assert!(has_room(&plan, 0, 3));
        assert!(!has_room(&plan, 1, 19));
        assert!(has_room(&plan, 1, 20));
    }

    #[test]
    fn who_succeeds_far_less_often_than_the_others_stands_out() {
        let plan = SuccessRate::default();
        let record = |successes| Record { requests: 100, successes, ..Record::default() };
        let mut records = [record(99), record(100), record(98), record(100), record(60)];
        let limit = threshold(&plan, records.iter()).expect("five are enough");
        let out: Vec<bool> = records.iter().map(|one| stands_out(&plan, one, limit)).collect();
        assert_eq!(out, [false, false, false, false, true]);
        records[0].requests = 99;
        assert_eq!(threshold(&plan, records.iter()), None, "four cannot be compared");
    }
}
