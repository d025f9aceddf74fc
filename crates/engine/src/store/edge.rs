//! The cache at the entry: what it answers by itself, and who waits there for another's answer.

use std::collections::BTreeMap;

use archlab_model::{EdgeCache, Refresh, Span};

use crate::event::Control;
use crate::fact::Outcome;
use crate::measure::report::EdgeCounts;
use crate::plan::names::Names;
use crate::store::cache::{Entries, Look, MAX_ENTRIES};
use crate::store::keeping::Due;
use crate::work::NONE;
use crate::world::World;

/// What the cache of an entry may answer.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgePlan {
    /// By kind: the share of its requests, the first of their things, how many there are, for how long.
    kinds: Vec<Option<(f64, u32, u32, Span)>>,
    refresh: Refresh,
    chances: u32,
}

/// The cache of an entry.
#[derive(Debug, Clone)]
pub struct Edge {
    plan: EdgePlan,
    entries: Entries,
    /// Requests whose answer is to be kept, by their index: their number, and for which thing.
    fills: BTreeMap<u32, (u64, u32)>,
    /// Requests that wait for another's answer, each with the one behind it, and whether it still waits.
    waiting: BTreeMap<u32, (u32, bool)>,
    pub counts: EdgeCounts,
}

impl EdgePlan {
    /// That of a group, whose kinds have their names.
    pub fn compile(group: u32, policy: &EdgeCache, names: &mut Names) -> EdgePlan {
        let mut kinds = vec![None; names.kinds.len()];
        let mut first = 0u32;
        for (id, kind) in &policy.kinds {
            let (Some(index), things) = (names.kinds.find(id), kind.things.max(1)) else { continue };
            if kind.share > 0.0 && first.saturating_add(things) <= MAX_ENTRIES {
                kinds[index as usize] = Some((kind.share, first, things, kind.ttl));
                first += things;
            }
        }
        let refresh = match policy.lock {
            true => Refresh::Lock { wait: policy.lock_timeout },
            false => Refresh::Everybody,
        };
        EdgePlan { kinds, refresh, chances: names.stream(Some(group), "edge", "cache") }
    }
}

impl World {
    /// Brings the cache of an entry in line with a plan.
    pub fn take_on_edge(&mut self, group: u32, plan: Option<&EdgePlan>) {
        match (plan, self.edges.get_mut(&group)) {
            (None, _) => drop(self.edges.remove(&group)),
            (Some(plan), Some(known)) if known.plan.kinds == plan.kinds => {
                known.entries.resize(MAX_ENTRIES, plan.refresh);
                known.plan = plan.clone();
            }
            (Some(plan), _) => {
                let edge = Edge {
                    plan: plan.clone(),
                    entries: Entries::new(MAX_ENTRIES, plan.refresh),
                    fills: BTreeMap::new(),
                    waiting: BTreeMap::new(),
                    counts: EdgeCounts::default(),
                };
                self.edges.insert(group, edge);
            }
        }
    }

    /// Whether the entry answers a request by itself, now or once another is answered.
    #[cold]
    pub fn is_answered_at_edge(&mut self, index: u32, group: u32, kind: u32) -> bool {
        let now = self.now;
        let Some(edge) = self.edges.get_mut(&group) else { return false };
        let Some(Some((share, first, things, _))) = edge.plan.kinds.get(kind as usize).copied() else {
            return false;
        };
        let stream = &mut self.streams[edge.plan.chances as usize];
        if !stream.happens(share) {
            edge.counts.passed += 1;
            return false;
        }
        let thing = first + stream.below(u64::from(things)) as u32;
        match edge.entries.look(now, thing, stream) {
            Look::Hit { .. } => {
                edge.counts.hits += 1;
                self.answer(index, Outcome::Succeeded);
                true
            }
            Look::Miss => {
                edge.counts.misses += 1;
                edge.fills.insert(index, (self.requests[index as usize].number, thing));
                false
            }
            Look::Wait => {
                edge.counts.misses += 1;
                if let Ok(Some(before)) = edge.entries.queue(thing, index)
                    && let Some((behind, _)) = edge.waiting.get_mut(&before)
                {
                    *behind = index;
                }
                edge.waiting.insert(index, (NONE, true));
                // Held by the queue, and by its own patience.
                self.requests[index as usize].holders += 2;
                let at = now + edge.entries.patience();
                self.schedule(at, Control::Store(Due::Edge { group, request: index }));
                true
            }
        }
    }

    /// A request has its answer: it is kept, if it is to be, and those who waited for it have it too.
    #[cold]
    pub fn keep_at_edge(&mut self, index: u32, group: u32, outcome: Outcome) {
        let (now, number, kind) =
            (self.now, self.requests[index as usize].number, self.requests[index as usize].kind);
        let Some(edge) = self.edges.get_mut(&group) else { return };
        let Some((of, thing)) = edge.fills.remove(&index) else { return };
        // The one it was meant for may have left, and its place been taken by another.
        if of != number {
            return;
        }
        let filled = outcome == Outcome::Succeeded;
        if let Some(Some((.., ttl))) = edge.plan.kinds.get(kind as usize).copied().filter(|_| filled) {
            edge.entries.fill(now, thing, 0, Span::ZERO, ttl);
        }
        let mut next = edge.entries.end_lease(thing).unwrap_or(NONE);
        while next != NONE {
            let request = next;
            let Some(edge) = self.edges.get_mut(&group) else { return };
            let (behind, waits) = edge.waiting.remove(&request).unwrap_or((NONE, false));
            next = behind;
            if waits && filled {
                edge.counts.coalesced += 1;
                self.answer(request, outcome);
                self.release_request(request);
            } else if waits {
                self.go_on_past_edge(request);
            } else {
                self.release_request(request);
            }
        }
    }

    /// A request may have waited long enough for another's answer: it goes on, and what comes is not kept.
    pub fn on_edge_due(&mut self, group: u32, request: u32) {
        let waits = self.edges.get_mut(&group).and_then(|edge| edge.waiting.get_mut(&request));
        match waits {
            Some((_, waits)) if *waits => {
                *waits = false;
                self.go_on_past_edge(request);
            }
            _ => self.release_request(request),
        }
    }
}
