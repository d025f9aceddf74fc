//! Compiling: from a design, however nonsensical, to a plan.
//!
//! Nothing here fails. What is unknown is deployed nowhere; what is out of range is clamped to a named
//! bound.

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::business::{Access, Call, Step};
use archlab_model::deployment::{Deployment, Service};
use archlab_model::document::WEIGHTS;
use archlab_model::policy::Resilience;
use archlab_model::{
    DataId, Design, Distribution, FunctionId, Group, GroupId, Policies, Span, StoreId, layout,
};

use crate::balancing::{PRIORITIES, Rules};
use crate::health::HealthPlan;
use crate::network::Network;
use crate::plan::clients::compile_client;
use crate::plan::flow::TopicPlan;
use crate::plan::names::{Form, Names};
use crate::plan::program::{CallOp, NOWHERE, Op};
use crate::plan::resilience;
use crate::plan::storing::{SessionPlan, asks_for_the_user, compile_stores};
use crate::plan::transacting::Transacting;
use crate::plan::{
    CallPlan, Entry, FunctionPlan, GroupPlan, InstancePlan, MAX_ATTEMPTS, MAX_PARALLEL, MAX_QUEUE,
    MAX_REPLICAS, MAX_ROUND_TRIPS, MachinePlan, Plan, PoolPlan, put,
};
use crate::random::Sampler;
use crate::resilience::guard::GuardPlan;
use crate::store::edge::EdgePlan;

/// How long a store works on reading a session: the order of one look-up in memory.
pub const SESSION_READ: Distribution = Distribution::Constant(Span::from_micros(200));

/// Compiles `design`, giving out indices for the names that have none yet.
pub fn compile(design: &Design, names: &mut Names) -> Plan {
    let mut plan = Plan {
        machines: vec![None; names.machines.len()],
        groups: vec![None; names.groups.len()],
        pools: vec![None; names.pools.len()],
        instances: vec![None; names.instances.len()],
        stores: vec![None; names.stores.len()],
        systems: Vec::new(),
        sessions: vec![None; names.pools.len()],
        functions: vec![None; names.functions.len()],
        topics: vec![None; names.topics.len()],
        transactions: vec![None; names.transactions.len()],
        branches: vec![None; names.branches.len()],
        lock_count: 0,
        clients: vec![None; names.clients.len()],
        guards: vec![None; names.guards.len()],
        limits: vec![None; names.pools.len()],
        shares: vec![0.0; names.kinds.len()],
        network: Network::default(),
        faults: design.scenario.faults.clone(),
        releases: design.scenario.releases.clone(),
        group_order: Vec::new(),
        machine_order: Vec::new(),
    };
    for (id, kind) in &design.business.requests {
        let (index, new) = names.kinds.index(id.clone());
        if new {
            names.roster.kinds.push(id.clone());
        }
        put(&mut plan.shares, index, if kind.share > 0.0 { kind.share.min(1e9) } else { 0.0 });
    }
    let in_groups: BTreeSet<_> = design.groups.values().flat_map(|group| group.machines()).collect();
    for (id, machine) in design.machines.iter().filter(|(id, _)| in_groups.contains(id)) {
        let (index, new) = names.machines.index(id.clone());
        if new {
            names.roster.machines.push(id.clone());
        }
        let speed = if machine.speed > 0.0 { machine.speed.clamp(1e-6, 1e6) } else { 1.0 };
        let cores = machine.cores.clamp(1, MAX_PARALLEL);
        let weight = machine.weight.min(*WEIGHTS.end());
        let priority = machine.priority.min(PRIORITIES as u32 - 1);
        put(&mut plan.machines, index, Some(MachinePlan { cores, speed, weight, priority }));
        plan.machine_order.push(index);
    }
    for (id, group) in design.outer_groups() {
        compile_group(design, id, group, names, &mut plan);
    }
    for (id, client) in &design.clients {
        compile_client(id, client, names, &mut plan);
    }
    plan.network = Network::compile(&design.network, names);
    plan
}

fn compile_group(design: &Design, id: &GroupId, group: &Group, names: &mut Names, plan: &mut Plan) {
    let (index, new) = names.groups.index(id.clone());
    if new {
        names.roster.groups.push(id.clone());
    }
    let deployment = deploy(design, id, group);
    let stores = compile_stores(index, &deployment, names, plan);
    let pools = compile_pools(design, index, &deployment, names, plan);
    super::scaling::compile(design, group, &deployment, &pools, plan);

    let own_rules = pools.iter().filter_map(|pool| plan.pools[*pool as usize].as_ref()?.rules.as_ref());
    let asks_for_the_user =
        asks_for_the_user(&group.policies, &deployment) || own_rules.into_iter().any(Rules::ask_for_the_user);
    let mut scope = Scope {
        design,
        deployment: &deployment,
        group: index,
        pools: &pools,
        resilience: &group.policies.resilience,
        names,
        functions: Vec::new(),
        guards: Vec::new(),
        topics: Vec::new(),
        sessions: Vec::new(),
        transacting: Transacting::default(),
    };
    scope.find_transactions();
    let entries = scope.entries();
    let entry_guards = scope.entry_guards();
    let (functions, guards, topics) = (scope.functions, scope.guards, scope.topics);
    let sessions = scope.sessions;
    for (pool, compiled) in sessions {
        put(&mut plan.sessions, pool, Some(compiled));
    }
    let Transacting { transactions, branches, .. } = scope.transacting;
    for (guard, compiled) in guards {
        put(&mut plan.guards, guard, Some(compiled));
    }
    for (function, compiled) in functions {
        put(&mut plan.functions, function, Some(compiled));
    }
    for (topic, compiled) in topics {
        put(&mut plan.topics, topic, Some(compiled));
    }
    for (transaction, compiled) in transactions {
        put(&mut plan.transactions, transaction, Some(compiled));
    }
    for (branch, compiled) in branches {
        put(&mut plan.branches, branch, Some(compiled));
    }
    plan.lock_count = names.locks.len();

    let mut machines = Vec::new();
    for machine in design.machines_in(group).into_iter().filter_map(|machine| names.machines.find(machine)) {
        if !machines.contains(&machine) {
            machines.push(machine);
        }
    }
    for &pool in &pools {
        let limit =
            resilience::policies_for(&group.policies.resilience, &names.services[pool as usize]).limit;
        put(&mut plan.limits, pool, limit);
    }
    let policies = &group.policies;
    let resilience = &policies.resilience;
    let compiled = GroupPlan {
        layout: group.layout,
        pools,
        stores,
        machines,
        entries,
        entry_guards,
        entry_limit: resilience.entry_limit,
        shedding: resilience::shedding(names, index, resilience),
        placed_again: deployment.placed_again,
        placement: policies.placement.clone(),
        startup: policies.startup,
        health: HealthPlan::of(&policies.health),
        rules: Rules::of(policies),
        discovery: policies.discovery.clone(),
        shutdown: policies.shutdown.clone(),
        calls: CallPlan {
            connect: names.wait(policies.timeouts.connect),
            response: names.wait(policies.timeouts.response),
            attempts: policies.retry.attempts.clamp(1, MAX_ATTEMPTS as u32),
            after_timeout: policies.retry.after_timeout,
            balancing: policies.balancing,
            retry_errors: resilience.retry_errors,
            retry_same: resilience.retry_same,
            backoff: resilience
                .backoff
                .map(|backoff| (backoff, names.stream(Some(index), "pauses", id.as_str()))),
            deadlines: resilience::deadlines(names, resilience),
        },
        edge: policies.edge.as_ref().map(|edge| EdgePlan::compile(index, edge, names)),
        asks_for_the_user,
    };
    put(&mut plan.groups, index, Some(compiled));
    plan.group_order.push(index);
}

/// What the layout makes of the group, with replicas clamped first.
fn deploy(design: &Design, id: &GroupId, group: &Group) -> Deployment {
    let too_many = |replicas: u32| replicas > MAX_REPLICAS;
    let specs = design.business.services.values().filter_map(|spec| spec.replicas);
    let by_hand = group.by_hand.services.values().filter_map(|service| service.replicas);
    if !too_many(group.policies.replicas) && !specs.chain(by_hand).any(too_many) {
        return layout::deploy(design, id, group);
    }
    let (mut design, mut group) = (design.clone(), group.clone());
    group.policies.replicas = group.policies.replicas.min(MAX_REPLICAS);
    let specs = design.business.services.values_mut().map(|spec| &mut spec.replicas);
    let by_hand = group.by_hand.services.values_mut().map(|service| &mut service.replicas);
    for replicas in specs.chain(by_hand) {
        *replicas = replicas.map(|replicas| replicas.min(MAX_REPLICAS));
    }
    layout::deploy(&design, id, &group)
}

fn compile_pools(
    design: &Design,
    group: u32,
    deployment: &Deployment,
    names: &mut Names,
    plan: &mut Plan,
) -> Vec<u32> {
    let mut pools = Vec::new();
    let mut namesakes: BTreeMap<&str, u32> = BTreeMap::new();
    for service in &deployment.services {
        let nth = namesakes.entry(service.id.as_str()).or_default();
        let (pool, new) = names.pools.index((group, service.id.clone(), *nth));
        *nth += 1;
        if new {
            names.services.push(service.id.clone());
            names.roster.services.push((deployment.group.clone(), service.id.clone()));
        }
        let mut instances = Vec::new();
        for instance in &service.instances {
            // A seat may name a machine that there is not: the copy runs nowhere.
            let Some(machine) = names.machines.find(&instance.machine) else { continue };
            if plan.machines.get(machine as usize).is_none_or(Option::is_none) {
                continue;
            }
            let (index, new) = names.instances.index((pool, instance.id.number));
            if new {
                names.roster.instances.push(instance.id.clone());
            }
            let workers = service.capacity.workers.clamp(1, MAX_PARALLEL);
            let queue = service.capacity.queue.min(MAX_QUEUE);
            put(&mut plan.instances, index, Some(InstancePlan { pool, machine, workers, queue }));
            instances.push(index);
        }
        // A service that runs in a group within the group is balanced as that group says; where sessions
        // lie is the affair of the group around it.
        let inner = service.balanced_by.as_ref().and_then(|inner| design.groups.get(inner));
        let sessions =
            || design.groups.get(&deployment.group).and_then(|group| group.policies.sessions.clone());
        let rules =
            inner.map(|inner| Rules::of(&Policies { sessions: sessions(), ..inner.policies.clone() }));
        let nonblocking = service.nonblocking;
        put(
            &mut plan.pools,
            pool,
            Some(PoolPlan { group, instances, nonblocking, rules, autoscaling: None }),
        );
        pools.push(pool);
    }
    pools
}

/// What compiling the functions of a group needs to know.
pub(super) struct Scope<'a> {
    pub(super) design: &'a Design,
    pub(super) deployment: &'a Deployment,
    pub(super) group: u32,
    /// By service of the deployment.
    pub(super) pools: &'a [u32],
    pub(super) names: &'a mut Names,
    pub(super) resilience: &'a Resilience,
    pub(super) functions: Vec<(u32, FunctionPlan)>,
    pub(super) guards: Vec<(u32, GuardPlan)>,
    pub(super) topics: Vec<(u32, TopicPlan)>,
    pub(super) sessions: Vec<(u32, SessionPlan)>,
    pub(super) transacting: Transacting,
}

impl<'a> Scope<'a> {
    /// Compiles all functions, and says by which one each kind enters.
    fn entries(&mut self) -> Vec<Option<Entry>> {
        let deployment = self.deployment;
        for (service, &pool) in deployment.services.iter().zip(self.pools) {
            for function in &service.functions {
                self.compile_function(service, pool, function, Form::Plain);
                for kind in self.spoken() {
                    self.compile_function(service, pool, function, Form::Called(kind));
                }
            }
        }
        let design = self.design;
        let mut entries = vec![None; self.names.kinds.len()];
        for (id, kind) in &design.business.requests {
            let Some(index) = self.names.kinds.find(id) else { continue };
            entries[index as usize] = self.place_of(&kind.entry).and_then(|(service, pool)| {
                let form = if kind.session { Form::WithSession } else { Form::Plain };
                let function = self.compile_function(service, pool, &kind.entry, form)?;
                Some(Entry { function, pool })
            });
        }
        entries
    }

    /// The first service that holds `function`, and its pool.
    pub(super) fn place_of(&self, function: &FunctionId) -> Option<(&'a Service, u32)> {
        let mut services = self.deployment.services.iter().zip(self.pools);
        services
            .find(|(service, _)| service.functions.contains(function))
            .map(|(service, pool)| (service, *pool))
    }

    /// Compiles `function` as `service` runs it; `None` if the business does not know it.
    fn compile_function(
        &mut self,
        service: &Service,
        pool: u32,
        function: &FunctionId,
        form: Form,
    ) -> Option<u32> {
        let design = self.design;
        let known = design.business.functions.get(function)?;
        let session = form == Form::WithSession;
        let index = self.names.functions.index((pool, function.clone(), form)).0;
        let scope = Some(self.group);
        let choices = self.names.stream(scope, "choices", function.as_str());
        let mut program = Vec::new();
        let mut round_trips = 0;
        if let Form::Called(kind) = form {
            let cost = design.business.calls.of(kind);
            round_trips = cost.round_trips.min(MAX_ROUND_TRIPS);
            program.extend(self.toll(cost.work));
        }
        let policy =
            self.design.groups.get(&self.deployment.group).and_then(|group| group.policies.sessions.as_ref());
        if session {
            self.begin_session(policy, pool, service, choices, &mut program);
        }
        let first = program.len();
        let sampler = Sampler::from(&known.work);
        if !sampler.is_nothing() {
            let stream = self.names.stream(scope, "work", function.as_str());
            program.push(Op::Work { sampler, stream });
        }
        for step in &known.steps {
            match step {
                Step::Call(call) => {
                    program.extend(self.toll_of(service, pool, std::slice::from_ref(call)));
                    program.push(self.call(service, pool, call, choices));
                }
                Step::Parallel(calls) => {
                    program.extend(self.toll_of(service, pool, calls));
                    program.push(Op::Parallel { branches: calls.len() as u32 });
                    program.extend(calls.iter().map(|call| self.call(service, pool, call, choices)));
                }
                Step::Access(access) => program.push(self.access(access, choices)),
            }
        }
        self.transact(pool, function, first, &mut program);
        if session {
            self.end_session(policy, pool, choices, &mut program);
        }
        self.functions.push((index, FunctionPlan { pool, round_trips, program }));
        Some(index)
    }

    fn call(&mut self, service: &Service, pool: u32, call: &Call, choices: u32) -> Op {
        if let Some(queue) = call.queue {
            return self.publish(call, queue, choices);
        }
        let (function, place) = self.callee(service, pool, &call.to, call.by);
        let guard = if place == pool || place == NOWHERE { NOWHERE } else { self.guard(Some(pool), place) };
        let (fallback, fallback_place) = match &call.fallback {
            Some(to) if !call.asynchronous => self.callee(service, pool, to, call.by),
            _ => (NOWHERE, NOWHERE),
        };
        Op::Call(CallOp {
            function,
            inside: place == pool,
            count: call.count,
            chance: chance(call.probability),
            choices,
            soft: call.soft,
            asynchronous: call.asynchronous,
            deadline: call.deadline.map(|length| self.names.wait(length)),
            guard,
            fallback,
            fallback_inside: fallback_place == pool,
        })
    }

    /// What a store does when a phase of a transaction writes data.
    pub(super) fn phase_write(&mut self, data: &DataId, choices: u32) -> Op {
        let access = Access { data: data.clone(), write: true, count: 1, probability: 1.0 };
        self.access(&access, choices)
    }

    fn access(&mut self, access: &Access, choices: u32) -> Op {
        let data = self.design.business.data.get(&access.data);
        let held = self.deployment.store_of(&access.data);
        let (store, work) = match (data, held) {
            (Some(data), Some(held)) => {
                (self.store(&held.id), if access.write { &data.write } else { &data.read })
            }
            _ => (NOWHERE, &SESSION_READ),
        };
        let purpose = if access.write { "write" } else { "read" };
        Op::Access {
            store,
            write: access.write,
            sampler: Sampler::from(work),
            stream: self.names.stream(Some(self.group), purpose, &format!("data/{}", access.data)),
            count: access.count,
            chance: chance(access.probability),
            choices,
        }
    }

    pub(super) fn store(&self, store: &StoreId) -> u32 {
        self.names.stores.find(&(self.group, store.clone())).unwrap_or(NOWHERE)
    }
}

/// `probability` between 0 and 1; 0 if it is not a number.
pub(super) fn chance(probability: f64) -> f64 {
    if probability > 0.0 { probability.min(1.0) } else { 0.0 }
}
