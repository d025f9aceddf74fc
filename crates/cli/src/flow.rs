//! Topics, transactions, kept data and sessions in the report of a run, for programs.

use archlab_engine::measure::report::{
    DataReport, EdgeCounts, SessionCounts, TopicReport, TransactionReport,
};
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

/// A store of several members, or with a cache or a pool before it.
pub fn data(report: &DataReport) -> Value {
    let counts = &report.counts;
    json!({
        "store": report.store,
        "reads": counts.reads,
        "writes": counts.writes,
        "hits": counts.hits,
        "misses": counts.misses,
        "coalesced": counts.coalesced,
        "refreshes": counts.refreshes,
        "stale_reads": counts.stale_reads,
        "lost_writes": counts.lost_writes,
        "split_writes": counts.split_writes,
        "promotions": counts.promotions,
        "pool_timeouts": counts.pool_timeouts,
    })
}

/// What became of sessions; `null` if nothing did.
pub fn sessions(counts: &SessionCounts) -> Value {
    if *counts == SessionCounts::default() {
        return Value::Null;
    }
    json!({
        "found": counts.found,
        "fetched": counts.fetched,
        "stale": counts.stale,
        "logins": counts.logins,
        "logins_again": counts.logins_again,
        "lost_sessions": counts.lost_sessions,
        "lost_changes": counts.lost_changes,
    })
}

/// What the entry answered by itself; `null` if nothing came to its cache.
pub fn edge(counts: &EdgeCounts) -> Value {
    if *counts == EdgeCounts::default() {
        return Value::Null;
    }
    json!({
        "hits": counts.hits,
        "misses": counts.misses,
        "coalesced": counts.coalesced,
        "passed": counts.passed,
    })
}
