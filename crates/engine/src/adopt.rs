//! Adopting a design: at the start of a run, and whenever the design is changed while it runs.
//!
//! Parts are known by their names. What is still there goes on; what is new begins; what is gone takes no
//! new requests and ends those it has. The seed of a run is that of its first design.

mod instances;

use std::sync::Arc;

use archlab_model::{Design, SimTime};

use crate::event::Control;
use crate::fact::{Fact, Place};
use crate::health::HealthPlan;
use crate::health::registry::Registry;
use crate::machine::Machine;
use crate::plan::compile::compile;
use crate::plan::program::{Function, Op, Opening};
use crate::plan::{CallPlan, GroupPlan, LoadPlan, Plan, StorePlan};
use crate::random::{Sampler, Stream};
use crate::station::Station;
use crate::timers::Wait;
use crate::traffic::{Client, Crowd, People};
use crate::work::NONE;
use crate::world::{Group, STORE_QUEUE, Store, World};

/// What a group was before it adopted a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// It is new, or had another layout: everything in it is prepared before traffic is switched to it.
    Another,
    /// It had the same layout: a new copy of a service that is already there starts cold.
    Same,
}

impl World {
    /// A run of `design` at its start.
    pub fn new(design: &Design) -> World {
        let mut world = World::empty(design.scenario.seed);
        world.take_on(design);
        world.take_stock();
        world
    }

    /// Goes on with another design.
    pub fn adopt(&mut self, design: &Design) {
        self.expect_change();
        self.take_on(design);
        self.house_the_homeless();
        self.mind_dead_machines();
        self.tell(Fact::Adopted);
        self.review_recovery();
        self.take_stock();
    }

    /// The platform will find the machines without power that the changed design counts on.
    fn mind_dead_machines(&mut self) {
        for group in 0..self.groups.len() as u32 {
            let known = &self.groups[group as usize];
            if !known.present || !known.placed_again {
                continue;
            }
            for machine in known.machines.clone() {
                let Machine { on, epoch, .. } = self.machines[machine as usize];
                if !on {
                    let due = self.placement_due(group, machine);
                    self.schedule(due, Control::PlaceAgain { machine, group, epoch });
                }
            }
        }
    }

    fn take_on(&mut self, design: &Design) {
        let mut plan = compile(design, Arc::make_mut(&mut self.names));
        self.amend_fleet(&mut plan);
        self.measures.widen(self.names.groups.len(), self.names.kinds.len());
        self.agenda.widen_timers(self.names.lane_count());
        for (purpose, part) in self.names.stream_names.iter().skip(self.streams.len()) {
            self.streams.push(Stream::new(self.seed, purpose, part));
        }
        let disturbances = std::mem::take(&mut self.network.disturbances);
        self.network = std::mem::take(&mut plan.network);
        self.network.disturbances = disturbances;
        self.group_order = std::mem::take(&mut plan.group_order);
        self.machine_order = std::mem::take(&mut plan.machine_order);
        self.take_on_shares(&plan);
        self.take_on_machines(&plan);
        let before = self.take_on_groups(&plan);
        self.take_on_stores(&plan);
        self.take_on_systems(&plan);
        self.take_on_instances(&plan, &before);
        self.take_on_functions(&plan);
        self.take_on_resilience(&plan);
        self.take_on_topics(&plan);
        self.take_on_sessions(&plan);
        for (group, plan) in (0u32..).zip(&plan.groups) {
            self.take_on_edge(group, plan.as_ref().and_then(|plan| plan.edge.as_ref()));
        }
        self.take_on_transactions(&plan);
        self.review_room();
        self.take_on_clients(&plan);
        self.take_on_faults(design);

        // Faults of the scenario that lie in the future of the run.
        self.planned_epoch = self.planned_epoch.wrapping_add(1);
        let started = self.events > 0 || self.planned_epoch > 1;
        self.planned = std::mem::take(&mut plan.faults);
        for number in 0..self.planned.len() as u32 {
            let at = SimTime::START + self.planned[number as usize].at;
            if at > self.now || !started {
                self.schedule(at, Control::Planned { number, epoch: self.planned_epoch });
            }
        }
        self.plan_releases(started);
    }

    fn take_on_shares(&mut self, plan: &Plan) {
        self.shares.clear();
        let mut sum = 0.0;
        for (share, kind) in plan.shares.iter().zip(0..) {
            if *share > 0.0 {
                sum += share;
                self.shares.push((sum, kind));
            }
        }
    }

    fn take_on_machines(&mut self, plan: &Plan) {
        for (index, machine) in plan.machines.iter().enumerate() {
            match (machine, self.machines.get_mut(index)) {
                (Some(plan), Some(known)) => {
                    known.present = true;
                    if (known.cores, known.made_for) != (plan.cores, plan.speed) {
                        self.share_cores(index as u32);
                        let known = &mut self.machines[index];
                        known.made_for = plan.speed;
                        known.resize(self.now, plan.cores, plan.speed / known.slow);
                        self.wake_machine(index as u32);
                    }
                }
                (Some(plan), None) => self.machines.push(Machine::new(self.now, plan.cores, plan.speed)),
                (None, Some(known)) => known.present = false,
                (None, None) => {
                    let mut absent = Machine::new(self.now, 1, 1.0);
                    absent.present = false;
                    self.machines.push(absent);
                }
            }
        }
    }

    fn take_on_groups(&mut self, plan: &Plan) -> Vec<Before> {
        let mut before = Vec::new();
        for (index, group) in plan.groups.iter().enumerate() {
            let known = self.groups.get(index);
            let same = known
                .zip(group.as_ref())
                .is_some_and(|(known, plan)| known.present && known.layout == plan.layout);
            before.push(if same { Before::Same } else { Before::Another });
            let registry = known.and_then(|known| known.registry.clone());
            match group {
                Some(group) => {
                    let name = self.names.roster.groups[index].as_str();
                    let discovery = group.discovery.as_ref();
                    let registry = Registry::adopt(registry, discovery, self.seed, name);
                    let group = Group::new(group, registry);
                    if index < self.groups.len() {
                        self.groups[index] = group;
                    } else {
                        self.groups.push(group);
                    }
                }
                None => match self.groups.get_mut(index) {
                    Some(known) => known.present = false,
                    None => self.groups.push(Group::absent()),
                },
            }
        }
        before
    }

    fn take_on_stores(&mut self, plan: &Plan) {
        for (index, store) in plan.stores.iter().enumerate() {
            match (store, self.stores.get_mut(index)) {
                (Some(plan), Some(known)) => {
                    known.present = true;
                    known.station.resize(self.now, plan.connections, STORE_QUEUE);
                    self.serve_waiting(Place::Store(index as u32));
                }
                (plan, None) => {
                    let StorePlan { group, connections } =
                        plan.unwrap_or(StorePlan { group: 0, connections: 1 });
                    let station = Station::new(self.now, connections, STORE_QUEUE);
                    let present = plan.is_some();
                    self.stores.push(Store { present, group, station, up: true, epoch: 0, system: NONE });
                }
                (None, Some(known)) => known.present = false,
            }
        }
    }

    fn take_on_functions(&mut self, plan: &Plan) {
        for (index, function) in plan.functions.iter().enumerate() {
            // What is gone stays: requests under way may still call it.
            let Some(function) = function else {
                if index >= self.functions.len() {
                    self.functions.push(Function::default());
                }
                continue;
            };
            self.connects |= function.round_trips > 0;
            if spreads(&function.program) {
                self.pools[function.pool as usize].spreads = true;
            }
            let known = self.functions.get(index).copied();
            let same = |known: Function| -> bool {
                let old: &[Op] = &self.ops[known.first as usize..known.end as usize];
                old == function.program.as_slice()
            };
            if known.is_some_and(|known| {
                known.pool == function.pool && known.round_trips == function.round_trips && same(known)
            }) {
                continue;
            }
            let first = self.place_program(&function.program);
            let end = first + function.program.len() as u32;
            let opening = Opening::of(&function.program);
            let function =
                Function { pool: function.pool, round_trips: function.round_trips, first, end, opening };
            match self.functions.get_mut(index) {
                Some(known) => *known = function,
                None => self.functions.push(function),
            }
        }
    }

    /// Where a program lies, once it is there. One that was there before is found again: a hand that changes a
    /// design to and fro makes the table no longer.
    fn place_program(&mut self, program: &[Op]) -> u32 {
        let known = match program {
            [] => None,
            _ => self.ops.windows(program.len()).position(|ops| ops == program),
        };
        let first = known.unwrap_or(self.ops.len());
        if known.is_none() {
            self.ops.extend_from_slice(program);
        }
        first as u32
    }

    fn take_on_clients(&mut self, plan: &Plan) {
        for crowd in &mut self.crowds {
            crowd.wanted = 0;
        }
        for (index, client) in (0..).zip(&plan.clients) {
            let known = self.clients.get(index as usize).cloned();
            let Some(plan) = client else {
                match self.clients.get_mut(index as usize) {
                    Some(gone) => {
                        gone.load = LoadPlan::Silent;
                        gone.next = SimTime::NEVER;
                        gone.review();
                    }
                    None => self.clients.push(Client::silent()),
                }
                continue;
            };
            let goes_on = known.as_ref().is_some_and(|known| known.load == plan.load);
            let next = known.map_or(SimTime::NEVER, |known| known.next);
            let mut client = Client {
                load: plan.load.clone(),
                patience: plan.patience,
                spike: self.clients.get(index as usize).map_or(1.0, |known| known.spike),
                next,
                arrivals: plan.arrivals,
                kinds: plan.kinds,
                population: plan.population,
                users: plan.users,
                groups: plan.targets.iter().map(|target| target.group).collect(),
                steady: None,
            };
            client.review();
            match self.clients.get_mut(index as usize) {
                Some(known) => *known = client,
                None => self.clients.push(client),
            }
            if !goes_on {
                self.plan_arrival(index);
            }
            for target in &plan.targets {
                let (users, think) = match &plan.load {
                    LoadPlan::Closed { users, think } => (*users, *think),
                    _ => (0, Sampler::Constant(archlab_model::Span::ZERO)),
                };
                while self.crowds.len() <= target.crowd as usize {
                    self.crowds.push(Crowd {
                        client: index,
                        group: target.group,
                        think,
                        thoughts: target.thoughts,
                        kinds: target.kinds,
                        wanted: 0,
                        present: 0,
                        people: People::default(),
                    });
                }
                let crowd = &mut self.crowds[target.crowd as usize];
                *crowd = Crowd {
                    client: index,
                    group: target.group,
                    think,
                    thoughts: target.thoughts,
                    kinds: target.kinds,
                    wanted: users,
                    present: crowd.present,
                    people: std::mem::take(&mut crowd.people),
                };
                self.fill_crowd(target.crowd);
            }
        }
    }
}

/// Whether a program executes parts of it at once, in the same instance.
fn spreads(program: &[Op]) -> bool {
    let beside = |op: &Op| matches!(op, Op::Call(call) if call.inside && call.asynchronous);
    let branches = |op: &Op| matches!(op, Op::Parallel { .. });
    let inside = |op: &Op| match op {
        Op::Call(call) => call.inside,
        Op::Publish(_) => true,
        _ => false,
    };
    program.iter().any(beside) || program.iter().any(branches) && program.iter().any(inside)
}

impl Group {
    fn new(plan: &GroupPlan, registry: Option<Registry>) -> Group {
        Group {
            present: true,
            layout: plan.layout,
            pools: plan.pools.clone(),
            stores: plan.stores.clone(),
            machines: plan.machines.clone(),
            entries: plan.entries.clone(),
            keeps: plan.edge.is_some(),
            careful: plan.entry_limit.is_some()
                || !plan.entry_guards.is_empty()
                || plan.calls.deadlines.is_some(),
            entry_guards: plan.entry_guards.clone(),
            shedding: plan.shedding,
            placed_again: plan.placed_again,
            placement: plan.placement.clone(),
            startup: plan.startup,
            health: plan.health,
            registry,
            shutdown: plan.shutdown.clone(),
            calls: plan.calls,
        }
    }

    /// A group of which there is only the name.
    fn absent() -> Group {
        let second = archlab_model::Span::from_secs(1);
        let wait = Wait { length: second, lane: 0 };
        Group {
            present: false,
            layout: archlab_model::Layout::default(),
            pools: Vec::new(),
            stores: Vec::new(),
            machines: Vec::new(),
            entries: Vec::new(),
            careful: false,
            keeps: false,
            entry_guards: Vec::new(),
            shedding: None,
            placed_again: false,
            placement: archlab_model::Placement::default(),
            startup: second,
            health: HealthPlan::of(&archlab_model::HealthCheck::default()),
            registry: None,
            shutdown: archlab_model::Shutdown::default(),
            calls: CallPlan {
                connect: wait,
                response: wait,
                attempts: 1,
                after_timeout: false,
                balancing: archlab_model::Balancing::RoundRobin,
                retry_errors: false,
                retry_same: false,
                backoff: None,
                deadlines: None,
            },
        }
    }
}

impl Client {
    /// A client of which there is only the name.
    fn silent() -> Client {
        Client {
            load: LoadPlan::Silent,
            patience: Wait { length: archlab_model::Span::ZERO, lane: 0 },
            spike: 1.0,
            next: SimTime::NEVER,
            arrivals: 0,
            kinds: 0,
            population: 0,
            users: 0,
            groups: Vec::new(),
            steady: None,
        }
    }
}
