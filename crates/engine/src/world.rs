//! The world: everything that a run consists of, and what each event does to it.
//!
//! The parts of its behaviour lie where their words are: traffic, requests, calls, tasks, health, faults, adoption.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use archlab_model::{Placement, PlannedFault, Shutdown, SimTime, Span};
use slab::Slab;

use crate::agenda::Agenda;
use crate::balancing::Pool;
use crate::event::{Control, Event, Kind};
use crate::fact::Fact;
use crate::fault::Faults;
use crate::flights::Recorder;
use crate::health::HealthPlan;
use crate::health::registry::Registry;
use crate::instance::Instance;
use crate::intervention::Intervention;
use crate::machine::Machine;
use crate::measure::Measures;
use crate::messaging::channel::{Channel, Handed};
use crate::network::{LOST, Network};
use crate::operation::Operation;
use crate::plan::names::Names;
use crate::plan::program::{Function, Op};
use crate::plan::{CallPlan, Entry};
use crate::random::{Stream, Ziggurat};
use crate::request::Request;
use crate::resilience::guard::{Guards, SheddingPlan};
use crate::resilience::memory::Memory;
use crate::session::keeping::Keeper;
use crate::station::Station;
use crate::store::edge::Edge;
use crate::store::keeping::Keeping;
use crate::table::Table;
use crate::traffic::{Client, Crowd};
use crate::transaction::live::Transacting;
use crate::work::Work;

/// Most requests whose work is under way. One more fails with `LimitReached`.
pub const MAX_REQUESTS: u32 = 1_500_000;
/// Most pieces of work under way: attempts of calls, and what is executed beside them. One more fails with
/// `LimitReached`.
pub const MAX_WORKS: usize = 3_000_000;
/// Most reads and writes waiting at a store. One more is rejected.
pub const STORE_QUEUE: u32 = 10_000;

/// A group at run time.
#[derive(Debug, Clone)]
pub struct Group {
    /// Whether the design still has it.
    pub present: bool,
    pub layout: archlab_model::Layout,
    pub pools: Vec<u32>,
    pub stores: Vec<u32>,
    /// In seat order.
    pub machines: Vec<u32>,
    pub entries: Vec<Option<Entry>>,
    /// Whether there is a limit at its entry, a guard behind it, or deadlines that go with calls.
    pub careful: bool,
    /// Whether its entry answers some requests by itself.
    pub keeps: bool,
    /// The guards behind its entry, by kind.
    pub entry_guards: Vec<u32>,
    /// How its instances turn work away.
    pub shedding: Option<SheddingPlan>,
    pub placed_again: bool,
    pub placement: Placement,
    pub startup: Span,
    pub health: HealthPlan,
    pub registry: Option<Registry>,
    pub shutdown: Shutdown,
    pub calls: CallPlan,
}

/// A store at run time.
#[derive(Debug, Clone)]
pub struct Store {
    pub present: bool,
    pub group: u32,
    pub station: Station,
    /// Whether its process lives.
    pub up: bool,
    /// A start that was planned under another number is void.
    pub epoch: u32,
    /// The system it is the first member of, and that accesses therefore go through; else [`crate::work::NONE`].
    pub system: u32,
}

/// The state of a run.
#[derive(Debug, Clone)]
pub struct World {
    pub now: SimTime,
    pub agenda: Agenda,
    /// Events due at once, in order: what would be scheduled for now, without the way through the agenda.
    pub immediate: VecDeque<Event>,
    /// How many ends of work have followed from one another just now.
    pub nesting: u8,
    /// Rare things to come, with which the agenda's events can't be burdened.
    pub controls: Slab<Control>,
    /// How many have been handled, up to the last stretch.
    pub events: u64,

    /// Shared with the snapshots of the run.
    pub names: Arc<Names>,
    pub seed: u64,
    pub network: Network,
    /// Programs, one after another. Only ever appended to, by programs not yet in it: work under way may be
    /// anywhere.
    pub ops: Vec<Op>,
    pub functions: Vec<Function>,
    pub group_order: Vec<u32>,
    pub machine_order: Vec<u32>,
    pub planned: Vec<PlannedFault>,
    pub planned_epoch: u32,
    /// Whatever is wrong now.
    pub faults: Faults,

    pub machines: Vec<Machine>,
    pub groups: Vec<Group>,
    pub pools: Vec<Pool>,
    pub instances: Vec<Instance>,
    pub stores: Vec<Store>,
    /// Topics of brokers.
    pub channels: Vec<Channel>,
    /// Transactions, their branches and locks.
    pub transacting: Transacting,
    /// Messages that are worked on, by the work.
    pub handed: BTreeMap<u32, Handed>,
    /// How stores of several members keep data together, and who waits for them.
    pub keeping: Keeping,
    /// By group: what its entry answers by itself.
    pub edges: BTreeMap<u32, Edge>,
    /// By pool: who is logged in.
    pub sessions: Vec<Option<Keeper>>,
    pub clients: Vec<Client>,
    pub crowds: Vec<Crowd>,
    /// Kinds that are asked for: the sum of shares up to and including each, and its index.
    pub shares: Vec<(f64, u32)>,

    pub streams: Vec<Stream>,
    /// The random stream of each instance's check phase.
    pub phases: Vec<Stream>,
    pub ziggurat: Ziggurat,

    pub requests: Table<Request>,
    pub request_count: u64,
    /// Requests whose work is under way, whether they are written down for themselves or not.
    pub under_way: u32,
    pub works: Table<Work>,
    /// What calls remember that were tried again, or are guarded.
    pub memories: Slab<Memory>,
    /// Guards between callers and services, and limits.
    pub resilience: Guards,
    /// Whether a balancer wants to hear how attempts end.
    pub listening: bool,
    /// Whether some function has been called over connections of their own.
    pub connects: bool,
    /// Whether nothing is going on that each piece of work would have to be asked about: nobody is told facts or
    /// listens, no fault ails anybody, nothing is measured for an autoscaler. Looked at anew by
    /// [`World::take_stock`].
    pub usual: bool,
    /// Whether somebody wants to know of messages.
    pub watched: bool,
    /// Whether only the kind of a link counts for a message: no link is an exception or disturbed, and nobody wants to
    /// know. Looked at anew by [`World::take_stock`]; whatever may change it makes it false until then.
    pub plain_links: bool,
    /// Whether, besides, messages take no time, all is as usual, no connection has to be opened first, and no entry
    /// answers by itself: a request is at its instance as soon as it is issued, and its client has what comes of it as
    /// soon as that is done. Looked at anew and made false with the one before.
    pub instant: bool,

    /// What the platform makes of its services.
    pub operation: Operation,
    pub measures: Measures,
    pub flights: Option<Recorder>,
    /// Whether somebody listens; then facts are kept in `told` until the event is over.
    pub telling: bool,
    pub told: Vec<Fact>,
}

impl World {
    /// Every random stream goes on in another way.
    pub fn diverge(&mut self, seed: u64) {
        let pools = self.pools.iter_mut().flat_map(|pool| pool.streams());
        let streams =
            self.streams.iter_mut().chain(&mut self.phases).chain(pools).chain(self.faults.streams());
        streams.chain(self.network.disturbances.streams()).for_each(|stream| stream.diverge(seed));
    }

    /// An empty world, to be filled by adopting a plan.
    pub fn empty(seed: u64) -> World {
        World {
            now: SimTime::START,
            agenda: Agenda::default(),
            immediate: VecDeque::new(),
            nesting: 0,
            controls: Slab::new(),
            events: 0,
            names: Arc::default(),
            seed,
            network: Network::default(),
            ops: Vec::new(),
            functions: Vec::new(),
            group_order: Vec::new(),
            machine_order: Vec::new(),
            planned: Vec::new(),
            planned_epoch: 0,
            faults: Faults::default(),
            machines: Vec::new(),
            groups: Vec::new(),
            pools: Vec::new(),
            instances: Vec::new(),
            stores: Vec::new(),
            channels: Vec::new(),
            transacting: Transacting::default(),
            handed: BTreeMap::new(),
            keeping: Keeping::default(),
            edges: BTreeMap::new(),
            sessions: Vec::new(),
            clients: Vec::new(),
            crowds: Vec::new(),
            shares: Vec::new(),
            streams: Vec::new(),
            phases: Vec::new(),
            ziggurat: Ziggurat::default(),
            requests: Table::default(),
            request_count: 0,
            under_way: 0,
            works: Table::default(),
            memories: Slab::new(),
            resilience: Guards::default(),
            listening: false,
            connects: false,
            usual: false,
            watched: false,
            plain_links: false,
            instant: false,
            operation: Operation::default(),
            measures: Measures::default(),
            flights: None,
            telling: false,
            told: Vec::new(),
        }
    }

    /// Handles the next thing due by `deadline`. `false` if there is none.
    pub fn advance(&mut self, deadline: SimTime) -> bool {
        self.advance_by(1, deadline) > 0
    }

    /// Handles what is due by `deadline`, up to so many events. How many there were.
    #[inline(never)]
    pub fn advance_by(&mut self, most: u64, deadline: SimTime) -> u64 {
        self.agenda.reach(deadline);
        let mut left = most;
        while left > 0 {
            let event = match self.immediate.pop_front() {
                Some(event) => event,
                None => {
                    let Some((at, event)) = self.take(deadline) else { break };
                    self.now = at;
                    event
                }
            };
            self.handle(event);
            left -= 1;
            #[cfg(debug_assertions)]
            self.check_conservation(self.events + (most - left));
        }
        self.events += most - left;
        most - left
    }

    /// Takes the next event due by `deadline` from the agenda, which reaches no further.
    #[inline(always)]
    fn take(&mut self, deadline: SimTime) -> Option<(SimTime, Event)> {
        if let Some(taken) = self.agenda.take_few() {
            return Some(taken);
        }
        let taken = self.agenda.take_any(deadline)?;
        self.prepare();
        Some(taken)
    }

    #[inline(always)]
    fn handle(&mut self, event: Event) {
        let index = event.index();
        match event.kind() {
            Kind::Arrival => self.on_arrival(index),
            Kind::Thought => self.on_thought(index),
            Kind::AtEntry => self.on_entry(index),
            Kind::AtClient => self.on_answer(index),
            Kind::Patience => self.on_patience_over(index),
            Kind::Leave => self.on_lone_patience_over(index),
            Kind::Arrive => self.on_arrive(index),
            Kind::Begin => self.on_begin(index),
            Kind::Resume => self.on_resume(index),
            Kind::Done => self.on_done(index),
            Kind::Return => self.on_return(index),
            Kind::Timeout => self.on_timeout(index),
            Kind::Burst => self.on_burst(index),
            Kind::Control => {
                if let Some(control) = self.controls.try_remove(index as usize) {
                    self.on_control(control);
                    self.take_stock();
                }
            }
        }
    }

    fn on_control(&mut self, control: Control) {
        self.expect_change();
        match control {
            Control::Probe { instance, epoch } => self.on_probe(instance, epoch),
            Control::Probed { instance, epoch } => self.on_probed(instance, epoch),
            Control::Lease { instance, epoch } => self.on_lease(instance, epoch),
            Control::Listed { instance, listed } => self.on_listed(instance, listed),
            Control::Outliers { pool, number } => self.on_outliers(pool, number),
            Control::Stop { instance, epoch } => self.on_stop(instance, epoch),
            Control::Stopping { instance, epoch } => self.on_stopping(instance, epoch),
            Control::Ready { instance, epoch } => self.on_ready(instance, epoch),
            Control::Moved { instance, epoch } => self.on_moved(instance, epoch),
            Control::PlaceAgain { machine, group, epoch } => self.on_place_again(machine, group, epoch),
            Control::Care(care) => self.on_care(care),
            Control::Post { topic, post } => self.on_post(topic, post),
            Control::Store(due) => self.on_store_due(due),
            Control::Session(delta) => self.on_session(delta),
            Control::Scale { pool, number } => self.on_scale(pool, number),
            Control::Rollout { pool, train } => self.on_rollout(pool, train),
            Control::Departed { instance, epoch } => self.on_departed(instance, epoch),
            Control::Release { number, epoch } => self.on_planned_release(number, epoch),
            Control::Transaction(due) => self.on_transaction_due(due),
            Control::Planned { number, epoch } => {
                if epoch == self.planned_epoch
                    && let Some(planned) = self.planned.get(number as usize)
                {
                    let PlannedFault { fault, lasts, .. } = planned.clone();
                    self.apply_planned(&fault, lasts);
                }
            }
            Control::Repair { number } => self.on_repair_due(number),
            Control::RepairOf { trouble } => self.repair_if_broken(&trouble),
            Control::Chaos { victim, epoch } => self.on_chaos(victim, epoch),
            Control::OutOfMemory { instance, epoch } => self.on_out_of_memory(instance, epoch),
            Control::StartAgain { instance, epoch } => self.on_start_again(instance, epoch),
        }
    }

    /// Does something to the run.
    pub fn intervene(&mut self, intervention: &Intervention) {
        self.take_stock();
        self.expect_change();
        match intervention {
            Intervention::Fault(fault) => self.apply_fault(fault),
            Intervention::Release(release) => self.begin_release(release),
            Intervention::Adopt(design) => self.adopt(design),
        }
        self.take_stock();
    }

    /// Schedules something rare.
    pub fn schedule(&mut self, at: SimTime, control: Control) {
        let index = self.controls.insert(control) as u32;
        self.agenda.schedule(at, Event::new(Kind::Control, index));
    }

    /// Tells a fact to whoever listens.
    #[inline]
    pub fn tell(&mut self, fact: Fact) {
        if self.telling {
            self.told.push(fact);
        }
    }

    /// Schedules `event` after the `delay` of a link; at once if that is nothing.
    #[inline]
    pub fn send(&mut self, delay: Span, event: Event) {
        if delay.is_zero() {
            self.immediate.push_back(event);
        } else if self.network.disturbances.is_empty() {
            self.agenda.delay(self.now, delay, event);
        } else if delay == LOST {
            self.lose(event);
        } else {
            self.agenda.schedule(self.now + delay, event);
        }
    }

    /// Nothing that was issued may be forgotten. Looked at now and then, for it means counting.
    #[cfg(debug_assertions)]
    fn check_conservation(&self, events: u64) {
        assert!(!self.usual || self.is_usual(), "something unusual began unnoticed");
        assert!(self.has_plain_links() || !self.plain_links, "something about the links changed unnoticed");
        assert!(!self.instant || self.is_instant(), "something that takes time began unnoticed");
        if !events.is_multiple_of(64.max(self.requests.places().max(self.works.places()) as u64)) {
            return;
        }
        let lone = self.works.iter().filter(|(_, work)| work.is_lone()).count();
        assert_eq!(
            self.under_way as usize,
            self.requests.iter().count() + lone,
            "requests under way are counted wrongly"
        );
        let open = self.requests.iter().filter(|(_, request)| !request.has_ended()).count() + lone;
        let open = open as u64;
        let (mut in_flight, mut balance) = (0, 0);
        for measure in &self.measures.groups {
            let tally = measure.total();
            in_flight += tally.in_flight;
            balance += tally.issued - tally.succeeded - tally.failures();
        }
        assert_eq!((in_flight, balance), (open, open), "a request was lost or counted twice");
    }
}

#[cfg(test)]
mod tests;
