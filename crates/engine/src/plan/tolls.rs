//! What calls cost the processors of both ends, by their protocol.

use std::collections::BTreeSet;

use archlab_model::business::{Call, Step};
use archlab_model::deployment::Service;
use archlab_model::{CallKind, Distribution, Span};

use crate::plan::compile::{Scope, chance};
use crate::plan::program::{NOWHERE, Op};
use crate::random::Sampler;

impl Scope<'_> {
    /// The protocols that calls of the business name.
    pub(super) fn spoken(&self) -> Vec<CallKind> {
        let functions = self.design.business.functions.values();
        let calls = functions.flat_map(|function| &function.steps).flat_map(Step::calls);
        let named: BTreeSet<CallKind> = calls.filter_map(|call| call.by).collect();
        named.into_iter().collect()
    }

    /// What the caller works for the calls of a step that leave the service: so much for each that happens on
    /// average, before the first.
    pub(super) fn toll_of(&mut self, service: &Service, pool: u32, calls: &[Call]) -> Option<Op> {
        let mut seconds = 0.0;
        for call in calls.iter().filter(|call| call.queue.is_none()) {
            let Some(kind) = call.by else { continue };
            let (_, place) = self.callee(service, pool, &call.to, None);
            if place != pool && place != NOWHERE {
                let times = f64::from(call.count) * chance(call.probability);
                seconds += self.design.business.calls.of(kind).work.as_secs_f64() * times;
            }
        }
        self.toll(Span::from_secs_f64(seconds))
    }

    /// Work that takes just so long.
    pub(super) fn toll(&mut self, work: Span) -> Option<Op> {
        let stream = self.names.stream(Some(self.group), "work", "calls");
        (!work.is_zero()).then(|| Op::Work { sampler: Sampler::from(&Distribution::Constant(work)), stream })
    }
}
