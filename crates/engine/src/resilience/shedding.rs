//! Load shedding: what an instance turns away before its queue is full.

use archlab_model::policy::{QueueOrder, Shedding};
use archlab_model::{SimTime, Span};

use crate::event::Control;
use crate::fact::{Place, Reason};
use crate::resilience::Care;
use crate::resilience::codel::Codel;
use crate::resilience::concurrency::Limit;
use crate::resilience::guard::SheddingPlan;
use crate::station::Station;
use crate::work::{Answer, Flags, State};
use crate::world::World;

/// The shortest time until a queue is looked at again whose first is never told.
const LEAST_LOOK: Span = Span::from_millis(1);

/// What turns work away at a station.
#[derive(Debug, Clone)]
pub struct Shedder {
    codel: Option<Codel>,
    limit: Option<Limit>,
    queue_timeout: Option<Span>,
    stream: u32,
    /// Whether it is planned that those who have waited too long are told.
    timeout_planned: bool,
}

impl Shedder {
    /// Whether one more may come in when `inside` are there already.
    pub fn lets_in(&self, inside: u32) -> bool {
        self.limit.as_ref().is_none_or(|limit| inside < limit.value())
    }

    /// Nobody waits.
    pub fn stands_empty(&mut self, now: SimTime) {
        if let Some(codel) = &mut self.codel {
            codel.empty(now);
        }
    }

    /// Whether one whose turn has come after `waited` is turned away. `last`: nobody waits behind it.
    fn turns_away(&mut self, now: SimTime, waited: Span, last: bool) -> bool {
        let Some(codel) = &mut self.codel else { return false };
        let turned_away = codel.turns_away(now, waited, last);
        if last {
            codel.empty(now);
        }
        turned_away
    }
}

impl Station {
    /// From now on it turns work away by this plan. State that still makes sense is kept.
    pub fn shed_by(&mut self, now: SimTime, plan: Option<SheddingPlan>) {
        self.last_in = plan.is_some_and(|plan| plan.policy.order == QueueOrder::LastIn);
        let Some(SheddingPlan { policy, stream }) = plan.filter(|plan| turns_away_at_all(&plan.policy))
        else {
            self.shedder = None;
            return;
        };
        let before = self.shedder.take().map(|shedder| *shedder);
        let (codel, limit, timeout_planned) =
            before.map_or((None, None, false), |before| (before.codel, before.limit, before.timeout_planned));
        let codel = policy.codel.map(|policy| match codel {
            Some(mut codel) => {
                codel.change(policy);
                codel
            }
            None => Codel::new(policy, now),
        });
        let limit = policy.limit.map(|policy| match limit {
            Some(mut limit) => {
                limit.change(policy, now);
                limit
            }
            None => Limit::new(policy, now),
        });
        let queue_timeout = policy.queue_timeout;
        self.shedder = Some(Box::new(Shedder { codel, limit, queue_timeout, stream, timeout_planned }));
    }
}

/// Whether a policy turns anything away, besides an order.
fn turns_away_at_all(policy: &Shedding) -> bool {
    policy.codel.is_some() || policy.limit.is_some() || policy.queue_timeout.is_some()
}

impl World {
    /// A piece of work waits in a queue that may turn it away.
    #[cold]
    pub fn queue_for_now(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        (work.state, work.due) = (State::Queued, self.now);
        work.flags.set(Flags::QUEUED_FOR_NOW);
        let Some(instance) = work.at.instance() else { return };
        if let Some(shedder) = &mut self.instances[instance as usize].station.shedder
            && let Some(timeout) = shedder.queue_timeout
            && !std::mem::replace(&mut shedder.timeout_planned, true)
        {
            let care = Care::QueueTimeout { instance };
            self.schedule(self.now + timeout, Control::Care(care));
        }
    }

    /// The limit of an instance learns how long a piece of work took. (Seen from its caller, the way there
    /// included: that is the same for all.) What nobody wanted any more took too long.
    #[cold]
    pub fn learn_load(&mut self, index: u32, wanted: bool) {
        let work = &self.works[index as usize];
        let took = self.now.since(work.sent);
        let Some(instance) = work.at.instance() else { return };
        let station = &mut self.instances[instance as usize].station;
        let inside = station.busy + station.waiting() + 1;
        if let Some(shedder) = &mut station.shedder
            && let Some(limit) = &mut shedder.limit
        {
            let stream = &mut self.streams[shedder.stream as usize];
            limit.record(self.now, took, inside, !wanted, stream);
        }
    }

    /// Tells those who have waited too long in the queue of an instance.
    pub fn on_queue_timeout(&mut self, instance: u32) {
        loop {
            let station = &mut self.instances[instance as usize].station;
            let first = station.first_waiting();
            let Some(shedder) = &mut station.shedder else { return };
            let (Some(timeout), Some(first)) = (shedder.queue_timeout, first) else {
                shedder.timeout_planned = false;
                return;
            };
            let work = &mut self.works[first as usize];
            // One that has been here before, and waits for a worker again, is not told.
            let due = match work.flags.has(Flags::QUEUED_FOR_NOW) {
                true => work.due + timeout,
                false => self.now + timeout.max(LEAST_LOOK),
            };
            if due > self.now {
                return self.schedule(due, Control::Care(Care::QueueTimeout { instance }));
            }
            work.flags.clear(Flags::QUEUED_FOR_NOW);
            station.withdraw(self.now, first);
            self.reply(first, Answer::Undone(Reason::Shed));
        }
    }

    /// A server has been given a piece of work: whether that is turned away instead of begun, because its
    /// deadline has passed or it has waited too long.
    #[cold]
    pub fn lapses(&mut self, index: u32) -> bool {
        let work = &mut self.works[index as usize];
        let late = work.flags.has(Flags::DEADLINE) && work.deadline <= self.now;
        let queued = work.flags.has(Flags::QUEUED_FOR_NOW);
        work.flags.clear(Flags::QUEUED_FOR_NOW);
        let waited = self.now.since(work.due);
        let (station, group) = match work.at.place() {
            Place::Instance(place) => {
                let instance = &mut self.instances[place as usize];
                (&mut instance.station, instance.group)
            }
            Place::Store(place) => {
                let store = &mut self.stores[place as usize];
                (&mut store.station, store.group)
            }
            Place::Entry(_) | Place::Client(_) => return false,
        };
        let last = station.waiting() == 0;
        let shed = queued
            && station.shedder.as_mut().is_some_and(|shedder| shedder.turns_away(self.now, waited, last));
        if !late && !shed {
            return false;
        }
        work.flags.clear(Flags::SERVED);
        let next = station.free(self.now);
        self.serve_next(next);
        self.measures.care(group).expired += u64::from(late);
        let reason = if late { Reason::DeadlineExceeded } else { Reason::Shed };
        self.reply(index, Answer::Undone(reason));
        true
    }
}
