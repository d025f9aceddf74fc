//! The failover story in words.

use archlab_engine::Episode;
use archlab_engine::fact::Reason;
use archlab_model::{InstanceId, SimTime, Site, Span};

use crate::{Lang, fill, text};

/// What a line of the story is about; each has its own sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A fault.
    Fault,
    /// A request that failed or was tried again.
    Failure,
    /// The balancer noticed, or the platform acted.
    Detection,
    /// Back to normal.
    Recovery,
    /// A sum.
    Sum,
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When; a sum has no time of its own.
    pub at: Option<SimTime>,
    /// What it is about.
    pub sign: Sign,
    /// The sentence.
    pub words: String,
}

/// How parts are called by the person who reads.
pub trait Names {
    /// A machine.
    fn machine(&self, id: &archlab_model::MachineId) -> String;
    /// An instance.
    fn instance(&self, id: &InstanceId) -> String;
    /// Any part.
    fn site(&self, site: &Site) -> String {
        match site {
            Site::Instance(id) => self.instance(id),
            Site::Named(_) | Site::Store(_) => site.to_string(),
        }
    }
}

/// An episode, told line by line in the order of time.
pub fn story(lang: Lang, episode: &Episode, names: &dyn Names) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut tell = |at: SimTime, sign: Sign, words: String| lines.push(Line { at: Some(at), sign, words });

    let fault = crate::fault::fault(lang, &episode.fault, names);
    let trouble = episode.fault.trouble();
    let repair = trouble.map_or_else(String::new, |trouble| crate::fault::repair(lang, &trouble, names));
    tell(episode.at, Sign::Fault, fault);
    if let Some(at) = episode.first_failure {
        let key = if episode.retried > 0 { "story.first_failure_retried" } else { "story.first_failure" };
        tell(at, Sign::Failure, text(lang, key));
    }
    if let Some(at) = episode.detected {
        let after = duration(lang, at.since(episode.at));
        tell(at, Sign::Detection, fill(lang, "story.detected", &[("after", &after)]));
    }
    if let Some(at) = episode.placed_again {
        tell(at, Sign::Detection, text(lang, "story.placed_again"));
    }
    if let Some(at) = episode.repaired {
        tell(at, Sign::Detection, repair);
    }
    if let Some(at) = episode.recovered {
        let after = duration(lang, at.since(episode.at));
        let words = match (episode.p99_before, episode.p99_after) {
            (Some(before), Some(later)) => fill(
                lang,
                "story.recovered_with_latency",
                &[("after", &after), ("before", &duration(lang, before)), ("later", &duration(lang, later))],
            ),
            _ => fill(lang, "story.recovered", &[("after", &after)]),
        };
        tell(at, Sign::Recovery, words);
    }
    lines.sort_by_key(|line| line.at);
    lines.push(Line { at: None, sign: Sign::Sum, words: sum(lang, episode) });
    lines
}

/// What the episode cost.
fn sum(lang: Lang, episode: &Episode) -> String {
    let failed: u64 = episode.failed.iter().sum();
    let so_far = episode.recovered.is_none();
    match (failed, so_far) {
        (0, true) => fill(lang, "story.none_failed_so_far", &[("retried", &episode.retried)]),
        (0, false) => fill(lang, "story.none_failed", &[("retried", &episode.retried)]),
        (_, true) => fill(lang, "story.failed_so_far", &[("failed", &failed), ("retried", &episode.retried)]),
        (_, false) => fill(lang, "story.failed", &[("failed", &failed), ("retried", &episode.retried)]),
    }
}

/// A reason in a word or two.
pub fn reason(lang: Lang, reason: Reason) -> String {
    let key = match reason {
        Reason::Refused => "reason.refused",
        Reason::Unreachable => "reason.unreachable",
        Reason::Reset => "reason.reset",
        Reason::TimedOut => "reason.timed_out",
        Reason::QueueFull => "reason.queue_full",
        Reason::NoneHealthy => "reason.none_healthy",
        Reason::NotDeployed => "reason.not_deployed",
        Reason::LimitReached => "reason.limit_reached",
        Reason::Error => "reason.error",
        Reason::DeadlineExceeded => "reason.deadline_exceeded",
        Reason::RateLimited => "reason.rate_limited",
        Reason::CircuitOpen => "reason.circuit_open",
        Reason::BulkheadFull => "reason.bulkhead_full",
        Reason::Shed => "reason.shed",
        Reason::Throttled => "reason.throttled",
        Reason::PoolTimeout => "reason.pool_timeout",
        Reason::NoPrimary => "reason.no_primary",
        Reason::QuorumNotReached => "reason.quorum_not_reached",
        Reason::LockTimeout => "reason.lock_timeout",
        Reason::Aborted => "reason.aborted",
        Reason::BrokerFull => "reason.broker_full",
        Reason::SessionLost => "reason.session_lost",
    };
    text(lang, key)
}

/// A duration with a unit that suits it: `0.4 ms`, `24 ms`, `5.2 s`, `3 min 20 s`.
pub fn duration(lang: Lang, span: Span) -> String {
    let millis = span.as_millis_f64();
    let (key, value) = match millis {
        m if m < 10.0 => ("unit.ms", format!("{m:.1}")),
        m if m < 1000.0 => ("unit.ms", format!("{m:.0}")),
        m if m < 120_000.0 => ("unit.s", format!("{:.1}", m / 1e3)),
        m => {
            let seconds = (m / 1e3).round() as u64;
            return fill(lang, "unit.min_s", &[("minutes", &(seconds / 60)), ("seconds", &(seconds % 60))]);
        }
    };
    fill(lang, key, &[("value", &value)])
}
