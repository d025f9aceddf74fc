//! Trust: what a chooser learns of its instances from what becomes of their requests.

use archlab_model::{Balancing, SimTime, Span};

use crate::balancing::chooser::Chooser;
use crate::balancing::rules::Rules;
use crate::health::outlier;
use crate::plan::MIN_CHECK;

/// How an attempt at an instance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With the answer.
    Answered,
    /// With an answer that says that it failed.
    Erred,
    /// Without an answer.
    Failed,
}

/// What the end of an attempt has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The instance is not trusted any more.
    Out,
    /// It is again.
    In,
}

impl Chooser {
    /// Notes how an attempt ended that took so long.
    pub fn note(&mut self, now: SimTime, instance: u32, ending: Ending, took: Span) -> Option<Change> {
        let all = self.seats.len();
        let place = self.seats.iter().position(|seat| seat.part.instance == instance)?;
        let out = self.seats.iter().filter(|seat| seat.record.is_out()).count();
        let seat = &mut self.seats[place];
        if self.rules.balancing == Balancing::LeastResponseTime {
            seat.response.observe(now, took, self.rules.balancer.decay);
        }
        let mut change = None;
        if let Some(passive) = self.rules.passive.as_ref().filter(|_| all > 1) {
            if ending == Ending::Failed {
                seat.turn.lower(passive.max_fails);
                change = seat.fails.failed(passive, now).then_some(Change::Out);
            } else {
                change = seat.fails.succeeded(passive).then_some(Change::In);
            }
        }
        if let Some(outliers) = &self.rules.outliers
            && seat.record.note(outliers, ending == Ending::Answered)
            && outlier::has_room(outliers, out, all)
        {
            seat.record.eject(now);
            change = Some(Change::Out);
        }
        if change.is_some() {
            self.count();
        }
        change
    }

    /// The regular look at outliers: who may return, who stands out. Tells which instances that changed.
    pub fn sweep(&mut self, now: SimTime) -> Vec<(u32, Change)> {
        let Some(outliers) = self.rules.outliers.clone() else { return Vec::new() };
        let mut changes = Vec::new();
        for seat in &mut self.seats {
            if seat.record.review(&outliers, now) {
                changes.push((seat.part.instance, Change::In));
            }
        }
        if let Some(rate) = &outliers.success_rate
            && let Some(limit) = outlier::threshold(rate, self.seats.iter().map(|seat| &seat.record))
        {
            let all = self.seats.len();
            for place in 0..all {
                let out = self.seats.iter().filter(|seat| seat.record.is_out()).count();
                let seat = &mut self.seats[place];
                if outlier::stands_out(rate, &seat.record, limit) && outlier::has_room(&outliers, out, all) {
                    seat.record.eject(now);
                    changes.push((seat.part.instance, Change::Out));
                }
            }
        }
        for seat in &mut self.seats {
            seat.record.turn_over();
        }
        self.count();
        changes
    }

    /// How often outliers are to be looked for.
    pub fn look_interval(&self) -> Option<Span> {
        self.rules.outliers.as_ref().map(|outliers| outliers.interval.max(MIN_CHECK))
    }

    /// Whether it needs to hear how attempts end.
    pub fn listens(&self) -> bool {
        let Rules { balancing, passive, outliers, .. } = &self.rules;
        *balancing == Balancing::LeastResponseTime || passive.is_some() || outliers.is_some()
    }

    /// Whether an instance is trusted, as far as what it did with its requests goes.
    pub fn trusts(&self, instance: u32) -> bool {
        let seat = self.seats.iter().find(|seat| seat.part.instance == instance);
        let passive = self.rules.passive.as_ref().filter(|_| self.seats.len() > 1);
        seat.is_none_or(|seat| {
            !seat.record.is_out() && !passive.is_some_and(|plan| seat.fails.is_suspect(plan))
        })
    }
}
