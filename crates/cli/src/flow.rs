//! Topics and transactions in the report of a run, for programs.

use archlab_engine::measure::report::{TopicReport, TransactionReport};
use serde_json::{Value, json};

/// A topic. Always `published = done + dead + lost + backlog`.
pub fn topic(topic: &TopicReport) -> Value {
    json!({
        "function": topic.function,
        "published": topic.published,
        "unsent": topic.unsent,
        "full": topic.full,
        "deliveries": topic.deliveries,
        "redeliveries": topic.redeliveries,
        "failed": topic.failed,
        "done": topic.done,
        "duplicates": topic.duplicates,
        "recognised": topic.recognised,
        "dead": topic.dead,
        "lost": topic.lost,
        "backlog": topic.backlog,
        "mean_backlog": topic.mean_backlog,
        "most_backlog": topic.most_backlog,
        "outbox": topic.outbox,
        "blocked": topic.blocked,
        "oldest_s": topic.oldest.as_secs_f64(),
        "mean_delay_ms": topic.mean_delay.as_millis_f64(),
        "longest_delay_ms": topic.longest_delay.as_millis_f64(),
    })
}

/// What became of transactions; `null` if there were none.
pub fn transactions(report: &TransactionReport) -> Value {
    if report.begun == 0 {
        return Value::Null;
    }
    json!({
        "begun": report.begun,
        "committed": report.committed,
        "undone": report.undone,
        "half_done": report.half_done,
        "compensations": report.compensations,
        "refused": report.refused,
        "waited": report.waited,
        "blocked_in_doubt": report.blocked_in_doubt,
        "lock_timeouts": report.lock_timeouts,
        "in_doubt": report.in_doubt,
        "most_in_doubt": report.most_in_doubt,
        "mean_in_doubt": report.mean_in_doubt,
        "prepared": report.prepared,
        "reserved": report.reserved,
        "applied": report.applied,
        "suspended": report.suspended,
    })
}
