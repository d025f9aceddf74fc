//! A task: a function being executed in an instance, step by step.
//!
//! A call that stays within the instance is a task of its own that its caller waits for; so are branches
//! and what is let run in the background. Nothing here recurses: who has to go on is put on the list of
//! immediate events.

use crate::call::{Caller, MAX_DEPTH, Target};
use crate::event::{Event, JobKey, RequestKey, TaskKey};
use crate::fact::{Place, Reason};
use crate::plan::program::{CallOp, NOWHERE, Op};
use crate::world::{MAX_TASKS, World};

/// What a task is to others.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    /// The function that a job asked for.
    Main(JobKey),
    /// Something that another task waits for.
    Child {
        /// Who waits.
        parent: TaskKey,
        /// Whether failure is borne.
        soft: bool,
    },
    /// Something nobody waits for.
    Background,
}

/// A function being executed, or a part of one.
#[derive(Debug, Clone)]
pub struct Task {
    pub instance: u32,
    request: RequestKey,
    role: Role,
    /// The op to execute next, and the one past the last.
    next: u32,
    end: u32,
    /// How often the next op has been done already.
    repeated: u32,
    /// Children it waits for.
    awaited: u32,
    depth: u16,
}

/// How a task goes on after a step.
enum Step {
    On,
    Waits,
    Fails(Reason),
}

impl World {
    /// Creates a task for a function; `None` if there are too many.
    pub fn begin_task(
        &mut self,
        instance: u32,
        request: RequestKey,
        function: u32,
        depth: u16,
        role: Role,
    ) -> Option<TaskKey> {
        let function = self.functions[function as usize];
        let task = Task {
            instance,
            request,
            role,
            next: function.first,
            end: function.end,
            repeated: 0,
            awaited: 0,
            depth,
        };
        self.add_task(task)
    }

    fn add_task(&mut self, task: Task) -> Option<TaskKey> {
        if self.tasks.len() >= MAX_TASKS || task.depth > MAX_DEPTH {
            return None;
        }
        self.hold(task.request);
        Some(self.tasks.insert(task))
    }

    /// Executes a task until it waits or ends.
    pub fn run(&mut self, key: TaskKey) {
        loop {
            let Some(task) = self.tasks.get(key) else { return };
            if task.next >= task.end {
                self.end_task(key);
                return;
            }
            let step = match self.ops[task.next as usize] {
                Op::Work { sampler, stream } => {
                    let instance = task.instance;
                    self.go_past(key, 1);
                    let work = self.draw(&sampler, stream);
                    if work.is_zero() {
                        Step::On
                    } else {
                        self.begin_burst(instance, key, work.as_nanos() as f64)
                    }
                }
                Op::Call(call) => self.step_call(key, &call),
                Op::Parallel { branches } => self.step_parallel(key, branches),
                Op::Access { store, count, chance, choices, .. } => {
                    self.step_access(key, store, count, chance, choices)
                }
            };
            match step {
                Step::On => {}
                Step::Waits => return,
                Step::Fails(reason) => {
                    self.fail_task(key, reason);
                    return;
                }
            }
        }
    }

    fn begin_burst(&mut self, instance: u32, key: TaskKey, nanos: f64) -> Step {
        let index = self.instances[instance as usize].machine;
        let machine = &mut self.machines[index as usize];
        if let Some(at) = machine.begin(self.now, key, nanos) {
            let epoch = machine.wake_epoch;
            self.agenda.schedule(at, Event::Burst { machine: index, epoch });
        }
        Step::Waits
    }

    /// A machine may have finished a piece of work.
    pub fn on_burst(&mut self, index: u32, epoch: u32) {
        let machine = &mut self.machines[index as usize];
        if machine.wake_epoch != epoch {
            return;
        }
        let ended = machine.end(self.now);
        self.wake_machine(index);
        if let Some(task) = ended {
            self.run(task);
        }
    }

    /// Schedules the next end of work on a machine, if that has changed.
    pub fn wake_machine(&mut self, index: u32) {
        let machine = &mut self.machines[index as usize];
        if let Some(at) = machine.wake(self.now) {
            let epoch = machine.wake_epoch;
            self.agenda.schedule(at, Event::Burst { machine: index, epoch });
        }
    }

    /// Begins one more repetition of the present op, of `count`. `None` when all are done.
    #[inline]
    fn repeat(&mut self, key: TaskKey, count: u32) -> Option<(RequestKey, bool)> {
        let task = self.tasks.get_mut(key)?;
        if task.repeated >= count {
            task.repeated = 0;
            task.next += 1;
            return None;
        }
        task.repeated += 1;
        let request = task.request;
        Some((request, self.spend_step(request)))
    }

    fn step_call(&mut self, key: TaskKey, call: &CallOp) -> Step {
        let Some((_, within_bounds)) = self.repeat(key, call.count) else { return Step::On };
        if !within_bounds {
            return Step::Fails(Reason::LimitReached);
        }
        if !self.streams[call.choices as usize].happens(call.chance) {
            return Step::On;
        }
        match self.make_call(key, call) {
            Ok(true) => {
                self.wait_for(key, 1);
                Step::Waits
            }
            Ok(false) => Step::On,
            Err(_) if call.soft => Step::On,
            Err(reason) => Step::Fails(reason),
        }
    }

    fn step_parallel(&mut self, key: TaskKey, branches: u32) -> Step {
        let Some(task) = self.tasks.get(key) else { return Step::Waits };
        let Task { next: at, request, instance, depth, .. } = *task;
        self.go_past(key, 1 + branches);
        let mut begun = 0;
        for branch in at + 1..=at + branches {
            let Op::Call(call) = self.ops[branch as usize] else { continue };
            if !self.spend_step(request) {
                return Step::Fails(Reason::LimitReached);
            }
            if call.count != 1 {
                // Several calls one after another, beside the other branches: a small task of its own.
                let task = Task {
                    instance,
                    request,
                    role: Role::Child { parent: key, soft: false },
                    next: branch,
                    end: branch + 1,
                    repeated: 0,
                    awaited: 0,
                    depth: depth + 1,
                };
                match self.add_task(task) {
                    Some(task) => self.immediate.push_back(Event::Resume(task)),
                    None => return Step::Fails(Reason::LimitReached),
                }
                begun += 1;
            } else if self.streams[call.choices as usize].happens(call.chance) {
                match self.make_call(key, &call) {
                    Ok(waits) => begun += u32::from(waits),
                    Err(_) if call.soft => {}
                    Err(reason) => return Step::Fails(reason),
                }
            }
        }
        if begun == 0 {
            return Step::On;
        }
        self.wait_for(key, begun);
        Step::Waits
    }

    fn step_access(&mut self, key: TaskKey, store: u32, count: u32, chance: f64, choices: u32) -> Step {
        let Some((request, within_bounds)) = self.repeat(key, count) else { return Step::On };
        if !within_bounds {
            return Step::Fails(Reason::LimitReached);
        }
        if !self.streams[choices as usize].happens(chance) {
            return Step::On;
        }
        if store == NOWHERE {
            return Step::Fails(Reason::NotDeployed);
        }
        let Some(task) = self.tasks.get(key) else { return Step::Waits };
        let Task { next: op, instance, depth, .. } = *task;
        let caller = Caller::Task { task: key, soft: false };
        let from = Place::Instance(instance);
        match self.call(request, caller, Target::Store { store, op }, from, depth + 1, None) {
            Ok(_) => {
                self.wait_for(key, 1);
                Step::Waits
            }
            Err(reason) => Step::Fails(reason),
        }
    }

    /// Makes the call that an op describes. Whether the task has to wait for it.
    fn make_call(&mut self, key: TaskKey, call: &CallOp) -> Result<bool, Reason> {
        let Some(task) = self.tasks.get(key) else { return Ok(false) };
        let Task { instance, request, depth, .. } = *task;
        if call.function == NOWHERE {
            return if call.asynchronous { Ok(false) } else { Err(Reason::NotDeployed) };
        }
        if call.inside {
            let role = match call.asynchronous {
                true => Role::Background,
                false => Role::Child { parent: key, soft: call.soft },
            };
            return match self.begin_task(instance, request, call.function, depth + 1, role) {
                Some(task) => {
                    self.immediate.push_back(Event::Resume(task));
                    Ok(!call.asynchronous)
                }
                None if call.asynchronous => Ok(false),
                None => Err(Reason::LimitReached),
            };
        }
        let caller = match call.asynchronous {
            true => Caller::Nobody,
            false => Caller::Task { task: key, soft: call.soft },
        };
        let from = Place::Instance(instance);
        match self.call(request, caller, Target::Function(call.function), from, depth + 1, call.deadline) {
            Ok(_) => Ok(!call.asynchronous),
            Err(_) if call.asynchronous => Ok(false),
            Err(reason) => Err(reason),
        }
    }

    /// Something that a task waits for has ended.
    pub fn child_ended(&mut self, parent: TaskKey, soft: bool, result: Result<(), Reason>) {
        let Some(task) = self.tasks.get_mut(parent) else { return };
        match result {
            Err(reason) if !soft => self.fail_task(parent, reason),
            _ => {
                task.awaited -= 1;
                if task.awaited == 0 {
                    self.immediate.push_back(Event::Resume(parent));
                }
            }
        }
    }

    fn end_task(&mut self, key: TaskKey) {
        match self.remove_task(key) {
            Some(Role::Main(job)) => self.finish(job, Ok(())),
            Some(Role::Child { parent, soft }) => self.child_ended(parent, soft, Ok(())),
            Some(Role::Background) | None => {}
        }
    }

    /// A task fails, and with it all that wait for it, up to one that bears it.
    fn fail_task(&mut self, mut key: TaskKey, reason: Reason) {
        loop {
            match self.remove_task(key) {
                Some(Role::Main(job)) => return self.finish(job, Err(reason)),
                Some(Role::Child { parent, soft: true }) => {
                    return self.child_ended(parent, true, Err(reason));
                }
                Some(Role::Child { parent, soft: false }) => key = parent,
                Some(Role::Background) | None => return,
            }
        }
    }

    /// Forgets a task, and says what it was to others.
    pub fn remove_task(&mut self, key: TaskKey) -> Option<Role> {
        let task = self.tasks.remove(key)?;
        self.release(task.request);
        Some(task.role)
    }

    fn go_past(&mut self, key: TaskKey, ops: u32) {
        if let Some(task) = self.tasks.get_mut(key) {
            task.next += ops;
        }
    }

    fn wait_for(&mut self, key: TaskKey, children: u32) {
        if let Some(task) = self.tasks.get_mut(key) {
            task.awaited += children;
        }
    }
}
