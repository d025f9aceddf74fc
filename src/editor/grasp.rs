//! What a hand takes of what a layout made, where it lets go of it, and what that does: a copy of a service
//! goes to another machine or into another service, a function to another service, a call from port to port.

use archlab_model::command::Command;
use archlab_model::{
    ClientId, FunctionId, GroupId, InstanceId, MachineId, Point, Service, ServiceId, Step, Store, StoreId,
    intent,
};

use crate::editor::Editor;
use crate::editor::input::Piece;
use crate::editor::scene::{Line, Part};
use crate::editor::tools::Tool;

/// What a hand holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grasp {
    /// A copy of a service, or the whole service.
    Instance(InstanceId),
    /// A function that an instance serves.
    Function(InstanceId, FunctionId),
    /// The end of a call that leaves a part.
    Port(Part),
}

/// What letting go of it does.
#[derive(Debug, Clone, PartialEq)]
pub enum HandEffect {
    /// An instance goes to another machine.
    Seats {
        /// Which instance.
        instance: InstanceId,
        /// Which machine.
        machine: MachineId,
    },
    /// A service becomes part of another one.
    Merges {
        /// Of which group.
        group: GroupId,
        /// The one that is no more.
        from: ServiceId,
        /// The one that takes its functions.
        into: ServiceId,
    },
    /// A service takes a function.
    Takes {
        /// Of which group.
        group: GroupId,
        /// The service.
        service: ServiceId,
        /// The function.
        function: FunctionId,
    },
    /// A function becomes a service of its own.
    Splits {
        /// The function.
        function: FunctionId,
    },
    /// A function is a service of its own already.
    Alone {
        /// The function.
        function: FunctionId,
    },
    /// Clients send to a group, too.
    Sends {
        /// The clients.
        client: ClientId,
        /// The group.
        group: GroupId,
    },
    /// Clients ask for a function directly.
    Asks {
        /// The function.
        function: FunctionId,
    },
    /// A function calls another one.
    Calls {
        /// The one that calls.
        caller: FunctionId,
        /// The one that is called.
        callee: FunctionId,
    },
    /// A function reads from a store.
    Reads {
        /// The function.
        function: FunctionId,
        /// Of which group.
        group: GroupId,
        /// The store.
        store: StoreId,
    },
    /// No further call leads there.
    NoCall,
    /// A store is attached to a service.
    Attaches {
        /// Of which group.
        group: GroupId,
        /// The service.
        service: ServiceId,
    },
    /// The service has a store of its own.
    HasStore {
        /// Of which group.
        group: GroupId,
        /// The service.
        service: ServiceId,
    },
    /// The data of one store lies in another one.
    Shares {
        /// Of which group.
        group: GroupId,
        /// The store that is no more.
        from: StoreId,
        /// The store that takes its data.
        into: StoreId,
    },
}

/// What letting go does, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What, to be told before it is done.
    pub effect: HandEffect,
    /// The part that it is done to.
    pub target: Part,
    /// The change; none if there is nothing to do.
    pub command: Option<Command>,
}

impl Editor {
    /// What letting go now would do to what a layout made; nothing if something else is held, or nothing.
    pub fn outcome(&self) -> Option<Outcome> {
        let at = self.tool.over()?;
        if let Tool::Placing { piece: Piece::Database, .. } = self.tool {
            return self.attached_at(at);
        }
        let grasp = self.grasp()?;
        self.outcome_at(&grasp, at)
    }

    /// What of a layout's work the hand holds.
    pub fn grasp(&self) -> Option<Grasp> {
        match &self.tool {
            Tool::Dragging { part: Part::Instance(instance), .. } => Some(Grasp::Instance(instance.clone())),
            Tool::Handing { grasp, .. } => Some(grasp.clone()),
            _ => None,
        }
    }

    /// The same, of a thing let go of at a point.
    pub(super) fn outcome_at(&self, grasp: &Grasp, at: Point) -> Option<Outcome> {
        let over = self.seen_scene().hit(at)?.clone();
        self.outcome_on(grasp, &over)
    }

    /// What letting go of something on a part does.
    pub fn outcome_on(&self, grasp: &Grasp, over: &Part) -> Option<Outcome> {
        match grasp {
            Grasp::Instance(instance) => self.instance_on(instance, over),
            Grasp::Function(instance, function) => self.function_on(instance, function, over),
            Grasp::Port(from) => self.call_to(from, over),
        }
    }

    /// What a service becomes if one of its copies is let go of on a part.
    fn instance_on(&self, instance: &InstanceId, over: &Part) -> Option<Outcome> {
        let home = self.scene.host(instance)?;
        let machine = match over {
            Part::Instance(other) if other.group == instance.group && other.service != instance.service => {
                let (group, from, into) = (&instance.group, &instance.service, &other.service);
                let command = intent::merge_services(&self.design, group, from, into);
                let effect =
                    HandEffect::Merges { group: group.clone(), from: from.clone(), into: into.clone() };
                return Some(Outcome { effect, target: over.clone(), command });
            }
            Part::Instance(other) if other.group == instance.group => self.scene.host(other)?,
            Part::Machine(machine) => machine,
            _ => return None,
        };
        if machine == home {
            return None;
        }
        let command = intent::pin(&self.design, instance, machine)?;
        let effect = HandEffect::Seats { instance: instance.clone(), machine: machine.clone() };
        Some(Outcome { effect, target: Part::Machine(machine.clone()), command: Some(command) })
    }

    fn function_on(&self, from: &InstanceId, function: &FunctionId, over: &Part) -> Option<Outcome> {
        let group = &from.group;
        match over {
            Part::Instance(to) if to.group == *group => {
                let command = intent::move_function(&self.design, group, function, &to.service)?;
                let effect = HandEffect::Takes {
                    group: group.clone(),
                    service: to.service.clone(),
                    function: function.clone(),
                };
                Some(Outcome { effect, target: over.clone(), command: Some(command) })
            }
            Part::Group(id) if self.scene.outermost(id) == group => self.split_off(from, function, over),
            Part::Machine(machine) if self.scene.group_of.get(machine) == Some(group) => {
                self.split_off(from, function, over)
            }
            _ => None,
        }
    }

    /// Makes a function a service of its own.
    fn split_off(&self, from: &InstanceId, function: &FunctionId, over: &Part) -> Option<Outcome> {
        let leaving = std::slice::from_ref(function);
        let split = intent::split_service(&self.design, &from.group, &from.service, leaving);
        let effect = match split {
            Some(_) => HandEffect::Splits { function: function.clone() },
            None => HandEffect::Alone { function: function.clone() },
        };
        Some(Outcome { effect, target: over.clone(), command: split.map(|(_, command)| command) })
    }

    /// What a call from one part to another is in the business.
    fn call_to(&self, from: &Part, over: &Part) -> Option<Outcome> {
        let design = &self.design;
        let told = |effect, command| Some(Outcome { effect, target: over.clone(), command: Some(command) });
        let none = || Some(Outcome { effect: HandEffect::NoCall, target: over.clone(), command: None });
        match (from, over) {
            (Part::Client(client), _) => {
                let group = self.group_holding(over)?;
                let target = Part::Entry(group.clone());
                let effect = HandEffect::Sends { client: client.clone(), group: group.clone() };
                match intent::connect_client(design, client, &group) {
                    Some(command) => Some(Outcome { effect, target, command: Some(command) }),
                    None => Some(Outcome { effect: HandEffect::NoCall, target, command: None }),
                }
            }
            (Part::Entry(group), Part::Instance(to)) if to.group == *group => {
                match intent::draw_request(design, group, &to.service) {
                    Some((function, command)) => told(HandEffect::Asks { function }, command),
                    None => none(),
                }
            }
            (Part::Instance(from), Part::Instance(to))
                if from.group == to.group && from.service != to.service =>
            {
                match intent::draw_call(design, &from.group, &from.service, &to.service) {
                    Some((line, command)) => {
                        told(HandEffect::Calls { caller: line.caller, callee: line.callee }, command)
                    }
                    None => none(),
                }
            }
            (Part::Instance(from), Part::Store(group, store)) if from.group == *group => {
                match intent::draw_access(design, group, &from.service, store) {
                    Some((function, command)) => {
                        let (group, store) = (group.clone(), store.clone());
                        told(HandEffect::Reads { function, group, store }, command)
                    }
                    None => none(),
                }
            }
            _ => None,
        }
    }

    /// What a database from the palette does to the service under it.
    pub(super) fn attached_at(&self, at: Point) -> Option<Outcome> {
        let target = self.scene.hit(at)?.clone();
        let Part::Instance(InstanceId { group, service, .. }) = &target else { return None };
        let command = intent::attach_store(&self.design, group, service);
        let (group, service) = (group.clone(), service.clone());
        let effect = match command {
            Some(_) => HandEffect::Attaches { group, service },
            None => HandEffect::HasStore { group, service },
        };
        Some(Outcome { effect, target, command })
    }

    /// Does what letting go does, and chooses what came of it.
    pub fn carry_out(&mut self, outcome: Outcome) {
        let Some(command) = outcome.command else { return };
        let leading = match &outcome.target {
            Part::Instance(instance) => Some(instance.clone()),
            _ => None,
        };
        self.perform(command);
        let first_of = |editor: &Editor, group: &GroupId, service: &ServiceId| {
            let there = editor.scene.deployments.get(group)?;
            let service = there.services.iter().find(|known| known.id == *service)?;
            service.instances.first().map(|instance| Part::Instance(instance.id.clone()))
        };
        let chosen = match outcome.effect {
            HandEffect::Seats { instance, .. } => Some(Part::Instance(instance)),
            HandEffect::Merges { group, into: service, .. } | HandEffect::Takes { group, service, .. } => {
                leading.map(Part::Instance).or_else(|| first_of(self, &group, &service))
            }
            HandEffect::Splits { function } => {
                let all = self.scene.deployments.values();
                let mut made = all.filter_map(|there| Some((&there.group, there.service_of(&function)?)));
                let made = made.rfind(|(_, service)| service.functions.len() == 1);
                made.and_then(|(group, service)| first_of(self, group, &service.id))
            }
            HandEffect::Calls { caller, callee } => {
                self.choose_call(&caller, &callee, leading.map(|it| it.group));
                None
            }
            HandEffect::Attaches { group, service } => self.store_of(&group, &service),
            HandEffect::Shares { group, into, .. } => Some(Part::Store(group, into)),
            _ => None,
        };
        if let Some(chosen) = chosen.filter(|part| self.scene.boxes.contains_key(part)) {
            self.selection = chosen.into();
        }
    }

    fn choose_call(&mut self, caller: &FunctionId, callee: &FunctionId, group: Option<GroupId>) {
        let Some(there) = group.as_ref().and_then(|group| self.scene.deployments.get(group)) else { return };
        if let (Some(from), Some(to)) = (there.service_of(caller), there.service_of(callee)) {
            let line = Line::Calls { group: there.group.clone(), from: from.id.clone(), to: to.id.clone() };
            self.choose_line(line);
        }
    }

    /// The first store that a service reads or writes.
    pub fn store_used_by(&self, instance: &InstanceId) -> Option<StoreId> {
        let there = self.scene.deployments.get(&instance.group)?;
        let service = there.services.iter().find(|known| known.id == instance.service)?;
        let functions = service.functions.iter().filter_map(|id| self.design.business.functions.get(id));
        let mut data = functions.flat_map(|function| &function.steps).filter_map(|step| match step {
            Step::Access(access) => Some(&access.data),
            Step::Call(_) | Step::Parallel(_) => None,
        });
        data.find_map(|data| there.store_of(data)).map(|store| store.id.clone())
    }

    /// The store that holds data which only this service touches first.
    fn store_of(&self, group: &GroupId, service: &ServiceId) -> Option<Part> {
        let there = self.scene.deployments.get(group)?;
        let title = there.services.iter().find(|known| known.id == *service)?.title.clone();
        let own = there.stores.iter().rev().find(|store| {
            store.id.as_str() == service.as_str() || store.title.is_some() && store.title == title
        })?;
        Some(Part::Store(group.clone(), own.id.clone()))
    }

    /// The group that a part is, or stands in.
    pub fn group_holding(&self, part: &Part) -> Option<GroupId> {
        match part {
            Part::Group(group) | Part::Entry(group) | Part::Store(group, _) => Some(group.clone()),
            Part::Instance(instance) => Some(instance.group.clone()),
            Part::Machine(machine) => self.scene.group_of.get(machine).cloned(),
            Part::Client(_) | Part::Note(_) => None,
        }
    }

    /// The parts that a call from a part may lead to: of each service its first copy, of what a group is its
    /// entry. And what it would be.
    pub fn landings(&self, from: &Part) -> Vec<(Part, HandEffect)> {
        let business = &self.design.business;
        let first = |service: &Service| Some(Part::Instance(service.instances.first()?.id.clone()));
        let calling = match from {
            Part::Client(client) => {
                let Some(value) = self.design.clients.get(client) else { return Vec::new() };
                let groups = self.scene.deployments.keys().filter(|group| !value.to.contains(group));
                let sends =
                    |group: &GroupId| HandEffect::Sends { client: client.clone(), group: group.clone() };
                return groups.map(|group| (Part::Entry(group.clone()), sends(group))).collect();
            }
            Part::Entry(_) => None,
            Part::Instance(instance) => Some(&instance.service),
            _ => return Vec::new(),
        };
        let Some(group) = self.group_holding(from) else { return Vec::new() };
        let Some(there) = self.scene.deployments.get(&group) else { return Vec::new() };
        let Some(calling) = calling else {
            let asked = |service: &Service| {
                let function = intent::open_request(business, there, &service.id)?;
                Some((first(service)?, HandEffect::Asks { function }))
            };
            return there.services.iter().filter_map(asked).collect();
        };
        let called = |service: &Service| {
            let line = intent::open_call(business, there, calling, &service.id)?;
            Some((first(service)?, HandEffect::Calls { caller: line.caller, callee: line.callee }))
        };
        let read = |store: &Store| {
            let (function, _) = intent::open_access(business, there, calling, &store.id)?;
            let (group, store) = (group.clone(), store.id.clone());
            Some((Part::Store(group.clone(), store.clone()), HandEffect::Reads { function, group, store }))
        };
        let services = there.services.iter().filter_map(called);
        services.chain(there.stores.iter().filter_map(read)).collect()
    }

    /// Everything that lights up while a call is drawn: where it may lead to, every copy of it.
    pub(super) fn lights(&self, grasp: &Grasp) -> Vec<Part> {
        let Grasp::Port(from) = grasp else { return Vec::new() };
        let ends = self.landings(from);
        let lit = |part: &&Part| {
            match part {
            Part::Instance(copy) => ends.iter().any(|(end, _)| {
                matches!(end, Part::Instance(of) if of.group == copy.group && of.service == copy.service)
            }),
            part => ends.iter().any(|(end, _)| end == *part),
        }
        };
        self.scene.boxes.keys().filter(lit).cloned().collect()
    }
}
