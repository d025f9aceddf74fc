//! Adopting a design: at the start of a run, and whenever the design is changed while it runs.
//!
//! Parts are known by their names. What is still there goes on; what is new begins; what is gone takes no
//! new requests and ends those it has. The seed of a run is that of its first design.

use archlab_model::Design;

use crate::balancing::Pool;
use crate::event::Event;
use crate::fact::Fact;
use crate::instance::{Instance, Process};
use crate::machine::Machine;
use crate::plan::compile::compile;
use crate::plan::program::Op;
use crate::plan::{CallPlan, GroupPlan, HealthPlan, InstancePlan, LoadPlan, Plan, StorePlan};
use crate::random::{Sampler, Stream};
use crate::station::Station;
use crate::timers::Wait;
use crate::traffic::{Client, Crowd};
use crate::world::{Function, Group, STORE_QUEUE, Store, World};

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
        world
    }

    /// Goes on with another design.
    pub fn adopt(&mut self, design: &Design) {
        self.take_on(design);
        self.house_the_homeless();
        self.tell(Fact::Adopted);
        self.review_recovery();
    }

    fn take_on(&mut self, design: &Design) {
        let mut plan = compile(design, &mut self.names);
        self.measures.widen(self.names.groups.len(), self.names.kinds.len());
        self.timers.widen(self.names.lane_count());
        for (purpose, part) in self.names.stream_names.iter().skip(self.streams.len()) {
            self.streams.push(Stream::new(self.seed, purpose, part));
        }
        self.network = std::mem::take(&mut plan.network);
        self.group_order = std::mem::take(&mut plan.group_order);
        self.machine_order = std::mem::take(&mut plan.machine_order);
        self.take_on_shares(&plan);
        self.take_on_machines(&plan);
        let before = self.take_on_groups(&plan);
        self.take_on_stores(&plan);
        self.take_on_instances(&plan, &before);
        self.take_on_functions(&plan);
        self.take_on_clients(&plan);

        // Faults of the scenario that lie in the future of the run.
        self.planned_epoch = self.planned_epoch.wrapping_add(1);
        let started = self.events > 0 || self.planned_epoch > 1;
        self.planned = std::mem::take(&mut plan.faults);
        for (planned, number) in self.planned.iter().zip(0..) {
            let at = archlab_model::SimTime::START + planned.at;
            if at > self.now || !started {
                self.agenda.schedule(at, Event::Planned { number, epoch: self.planned_epoch });
            }
        }
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
                    if (known.cores, known.speed) != (plan.cores, plan.speed) {
                        known.resize(self.now, plan.cores, plan.speed);
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
            let in_flight = known.map_or(0, |known| known.in_flight);
            match group {
                Some(group) => {
                    let group = Group::new(group, in_flight);
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
                    while let Some(next) = known.station.take_waiting() {
                        self.immediate.push_back(Event::Begin(next));
                    }
                }
                (plan, None) => {
                    let StorePlan { group, connections } =
                        plan.unwrap_or(StorePlan { group: 0, connections: 1 });
                    let station = Station::new(self.now, connections, STORE_QUEUE);
                    self.stores.push(Store { present: plan.is_some(), group, station });
                }
                (None, Some(known)) => known.present = false,
            }
        }
    }

    fn take_on_instances(&mut self, plan: &Plan, before: &[Before]) {
        let pools_before = self.pools.len();
        for (index, pool) in plan.pools.iter().enumerate() {
            let known = match self.pools.get_mut(index) {
                Some(known) => known,
                None => {
                    self.pools.push(Pool::default());
                    &mut self.pools[index]
                }
            };
            known.present = pool.is_some();
            if let Some(pool) = pool {
                known.group = pool.group;
                known.instances.clone_from(&pool.instances);
            }
        }
        // All have their place in the table before anything is asked about any of them.
        let known = self.instances.len();
        for (index, instance) in plan.instances.iter().enumerate().skip(known) {
            let Some(instance) = instance else { continue };
            let id = &self.names.roster.instances[index];
            self.phases.push(Stream::new(self.seed, "check phase", &id.to_string()));
            let group = self.pools[instance.pool as usize].group;
            self.instances.push(Instance::new(self.now, group, instance));
        }
        for (index, instance) in (0..).zip(&plan.instances) {
            let Some(instance) = instance else {
                let gone = &mut self.instances[index as usize];
                (gone.present, gone.homeless) = (false, false);
                continue;
            };
            let before = before[self.pools[instance.pool as usize].group as usize];
            if self.instances[index as usize].present {
                self.keep_instance(index, instance, before);
            } else {
                // A service that is new itself has no traffic yet to be kept from: it is prepared, too.
                let joins = before == Before::Same && (instance.pool as usize) < pools_before;
                self.add_instance(index, instance, joins);
            }
        }
    }

    /// An instance of the design before is one of this design, too.
    fn keep_instance(&mut self, index: u32, plan: &InstancePlan, before: Before) {
        self.resize_instance(index, plan);
        let target = plan.machine;
        let instance = &mut self.instances[index as usize];
        let wanted_before = std::mem::replace(&mut instance.planned, target);
        if wanted_before == target || instance.machine == target || !self.machines[target as usize].on {
            return;
        }
        match (instance.process, before) {
            // Prepared there before traffic is switched to it.
            (Process::Up, Before::Another) => instance.machine = target,
            // It serves where it is until its successor has started.
            (Process::Up, Before::Same) => {
                let ready = self.now + self.groups[instance.group as usize].startup;
                let epoch = instance.epoch;
                self.tell(Fact::InstanceStarting { instance: index, machine: target });
                self.agenda.schedule(ready, Event::Moved { instance: index, epoch });
            }
            _ => self.move_to(index, target),
        }
    }

    /// The successor of an instance has started on the machine that the layout wants it on now. What the
    /// instance is at work on ends where it began.
    pub fn on_moved(&mut self, index: u32, epoch: u32) {
        let instance = &mut self.instances[index as usize];
        if instance.epoch == epoch && instance.present && self.machines[instance.planned as usize].on {
            instance.machine = instance.planned;
            self.tell(Fact::InstanceUp { instance: index });
        }
    }

    /// An instance begins; `joins` if it does so among others that already serve.
    fn add_instance(&mut self, index: u32, plan: &InstancePlan, joins: bool) {
        self.resize_instance(index, plan);
        let instance = &mut self.instances[index as usize];
        (instance.present, instance.planned) = (true, plan.machine);
        (instance.health.believed_up, instance.health.against) = (!joins, 0);
        if joins || !self.machines[plan.machine as usize].on {
            self.move_to(index, plan.machine);
        } else {
            instance.machine = plan.machine;
            if instance.process != Process::Up {
                instance.epoch = instance.epoch.wrapping_add(1);
                instance.process = Process::Up;
                self.tell(Fact::InstanceUp { instance: index });
            }
        }
        self.begin_checks(index);
    }

    /// Ends the process of an instance where it is, and starts it on `machine`, cold.
    fn move_to(&mut self, index: u32, machine: u32) {
        self.end_process(index, Process::Crashed);
        let instance = &mut self.instances[index as usize];
        (instance.machine, instance.homeless) = (machine, false);
        if self.machines[machine as usize].on {
            self.start(index);
        } else {
            instance.process = Process::Off;
        }
    }

    fn resize_instance(&mut self, index: u32, plan: &InstancePlan) {
        let station = &mut self.instances[index as usize].station;
        if (station.servers, station.room) == (plan.workers, plan.queue) {
            return;
        }
        station.resize(self.now, plan.workers, plan.queue);
        while let Some(next) = station.take_waiting() {
            self.immediate.push_back(Event::Begin(next));
        }
    }

    fn take_on_functions(&mut self, plan: &Plan) {
        for (index, function) in plan.functions.iter().enumerate() {
            // What is gone stays: requests under way may still call it.
            let Some(function) = function else {
                if index >= self.functions.len() {
                    self.functions.push(Function { pool: 0, first: 0, end: 0 });
                }
                continue;
            };
            let known = self.functions.get(index).copied();
            let same = |known: Function| -> bool {
                let old: &[Op] = &self.ops[known.first as usize..known.end as usize];
                old == function.program.as_slice()
            };
            if known.is_some_and(|known| known.pool == function.pool && same(known)) {
                continue;
            }
            let first = self.ops.len() as u32;
            self.ops.extend_from_slice(&function.program);
            let function = Function { pool: function.pool, first, end: self.ops.len() as u32 };
            match self.functions.get_mut(index) {
                Some(known) => *known = function,
                None => self.functions.push(function),
            }
        }
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
                        gone.epoch = gone.epoch.wrapping_add(1);
                    }
                    None => self.clients.push(Client::silent()),
                }
                continue;
            };
            let goes_on = known.as_ref().is_some_and(|known| known.load == plan.load);
            let epoch =
                known.map_or(0, |known| if goes_on { known.epoch } else { known.epoch.wrapping_add(1) });
            let client = Client {
                load: plan.load,
                patience: plan.patience,
                epoch,
                arrivals: plan.arrivals,
                kinds: plan.kinds,
                groups: plan.targets.iter().map(|target| target.group).collect(),
            };
            match self.clients.get_mut(index as usize) {
                Some(known) => *known = client,
                None => self.clients.push(client),
            }
            if !goes_on {
                self.plan_arrival(index);
            }
            for target in &plan.targets {
                let (users, think) = match plan.load {
                    LoadPlan::Closed { users, think } => (users, think),
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
                };
                self.fill_crowd(target.crowd);
            }
        }
    }
}

impl Group {
    fn new(plan: &GroupPlan, in_flight: u64) -> Group {
        Group {
            present: true,
            layout: plan.layout,
            pools: plan.pools.clone(),
            stores: plan.stores.clone(),
            machines: plan.machines.clone(),
            entries: plan.entries.clone(),
            placed_again: plan.placed_again,
            placement_detection: plan.placement_detection,
            startup: plan.startup,
            health: plan.health,
            calls: plan.calls,
            in_flight,
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
            placed_again: false,
            placement_detection: second,
            startup: second,
            health: HealthPlan { interval: second, timeout: second, fall: 1, rise: 1 },
            calls: CallPlan {
                connect: wait,
                response: wait,
                attempts: 1,
                after_timeout: false,
                balancing: archlab_model::Balancing::RoundRobin,
            },
            in_flight: 0,
        }
    }
}

impl Client {
    /// A client of which there is only the name.
    fn silent() -> Client {
        Client {
            load: LoadPlan::Silent,
            patience: Wait { length: archlab_model::Span::ZERO, lane: 0 },
            epoch: 0,
            arrivals: 0,
            kinds: 0,
            groups: Vec::new(),
        }
    }
}
