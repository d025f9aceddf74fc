//! A task: work that executes a function in an instance, step by step.
//!
//! A call that stays within the instance is work of its own, inside, that its caller waits for; so are
//! branches and what is let run in the background. Nothing here recurses: who has to go on is put on the list
//! of immediate events.

mod ending;

use archlab_model::Span;

use crate::call::{Caller, MAX_DEPTH, Target};
use crate::event::{Event, Kind};
use crate::fact::Reason;
use crate::machine::Begun;
use crate::plan::program::{CallOp, NOWHERE, Op};
use crate::work::{Flags, NONE, State, Work};
use crate::world::{MAX_WORKS, World};

/// How a task goes on after a step.
pub enum Step {
    On,
    Waits,
    /// Something else will let it go on.
    Pauses,
    Fails(Reason),
}

impl World {
    /// Executes a task until it waits or ends.
    #[inline]
    pub fn run(&mut self, index: u32) {
        if !self.usual && self.faults.hung > 0 && self.holds_still(index) {
            return;
        }
        loop {
            let work = &mut self.works[index as usize];
            if work.next >= work.end {
                return self.end_task(index);
            }
            if let Op::Work { sampler, stream } = &self.ops[work.next as usize] {
                work.next += 1;
                let length = self.streams[*stream as usize].draw(sampler, &self.ziggurat);
                if length.is_zero() {
                    continue;
                }
                if work.flags.has(Flags::YIELDED) {
                    return self.ask_again(index, length);
                }
                return self.begin_burst(index, length);
            }
            match self.step(index) {
                Step::On => {}
                Step::Waits => return self.wait(index),
                Step::Pauses => return,
                Step::Fails(reason) => return self.fail_task(index, reason),
            }
        }
    }

    /// Executes the next op of a task, which is not a piece of its own work.
    #[inline(never)]
    fn step(&mut self, index: u32) -> Step {
        let work = &mut self.works[index as usize];
        match &self.ops[work.next as usize] {
            Op::Work { .. } => Step::On,
            Op::Call(call) => {
                let call = *call;
                self.step_call(index, &call)
            }
            &Op::Transact(step) => self.step_transact(index, step),
            Op::Publish(publish) => {
                let publish = *publish;
                self.step_publish(index, &publish)
            }
            &Op::Session { pool, ends } => {
                work.next += 1;
                if ends {
                    self.change_session(index, pool);
                    return Step::On;
                }
                match self.find_session(index, pool) {
                    Ok(Span::ZERO) => Step::On,
                    Ok(length) => {
                        self.pause(index, length);
                        Step::Pauses
                    }
                    Err(reason) => Step::Fails(reason),
                }
            }
            &Op::Parallel { branches } => self.step_parallel(index, branches),
            &Op::Access { store, count, chance, choices, .. } => {
                self.step_access(index, store, count, chance, choices)
            }
        }
    }

    /// A task goes on, after it has waited.
    pub fn on_resume(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if work.state == State::Ready {
            work.flags.clear(Flags::DIVIDED);
            self.run(index);
        } else {
            self.release(index);
        }
    }

    #[inline(always)]
    fn begin_burst(&mut self, index: u32, length: Span) {
        let Some(instance) = self.works[index as usize].at.instance() else { return };
        let length = match self.instances[instance as usize].ailing {
            true => self.stretched(instance, length),
            false => length,
        };
        if self.operation.measuring {
            self.operation.note_burst(instance, length);
        }
        self.seize_core(index, instance, length);
    }

    /// Gives a task a core of its machine, or a share of the cores, for `length`.
    #[inline]
    pub fn seize_core(&mut self, index: u32, instance: u32, length: Span) {
        let work = &mut self.works[index as usize];
        let place = self.instances[instance as usize].machine;
        match self.machines[place as usize].begin(self.now, index, length) {
            Begun::Alone(length) => {
                let due = self.now + length;
                (work.state, work.due, work.machine) = (State::Alone, due, place);
                self.agenda.schedule(due, Event::new(Kind::Done, index));
            }
            Begun::Sharing(wake) => {
                work.state = State::Sharing;
                if let Some(at) = wake {
                    self.agenda.schedule(at, Event::new(Kind::Burst, place));
                }
            }
        }
    }

    /// A task waits for what it has begun. Where workers don't block, its worker is free.
    #[inline]
    fn wait(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        work.state = State::Waiting;
        if let Some(instance) = work.at.instance()
            && work.flags.has(Flags::SERVED)
            && !work.flags.has(Flags::DIVIDED)
            && self.pools[self.instances[instance as usize].pool as usize].nonblocking
        {
            work.flags.clear(Flags::SERVED);
            work.flags.set(Flags::YIELDED);
            let next = self.instances[instance as usize].station.free(self.now);
            self.serve_next(next);
        }
    }

    /// A task that has let go of its worker has something to compute, and wants one again.
    #[cold]
    fn ask_again(&mut self, index: u32, length: Span) {
        let work = &mut self.works[index as usize];
        let Some(instance) = work.at.instance() else { return };
        work.flags.clear(Flags::YIELDED);
        if self.instances[instance as usize].station.admit_again(self.now, index) {
            work.flags.set(Flags::SERVED);
            self.begin_burst(index, length);
        } else {
            // The length is drawn anew when it is its turn.
            work.next -= 1;
            work.state = State::Queued;
        }
    }

    /// Begins the present op, which is to be done `count` times, once more: where it lies. `None` when it has been done
    /// as often; an error if its request has had all the steps it may have.
    #[inline]
    pub fn repeat(&mut self, index: u32, count: u32) -> Option<Result<u32, Reason>> {
        let work = &mut self.works[index as usize];
        let op = work.next;
        if work.repeated >= count {
            work.repeated = 0;
            work.next += 1;
            return None;
        }
        match count {
            // Nobody needs to look at it again.
            1 => work.next += 1,
            _ => work.repeated += 1,
        }
        let request = work.request;
        Some(if self.spend_step(request) { Ok(op) } else { Err(Reason::LimitReached) })
    }

    /// Whether something of probability `chance` happens, by what is drawn from a stream, which is looked up only then:
    /// certain things cost no draw.
    #[inline]
    pub fn happens(&mut self, stream: u32, chance: f64) -> bool {
        chance >= 1.0 || self.streams[stream as usize].happens(chance)
    }

    fn step_call(&mut self, index: u32, call: &CallOp) -> Step {
        let op = match self.repeat(index, call.count) {
            Some(Ok(op)) => op,
            Some(Err(reason)) => return Step::Fails(reason),
            None => return Step::On,
        };
        if !self.happens(call.choices, call.chance) {
            return Step::On;
        }
        match self.make_call(index, op, call) {
            Ok(true) => {
                self.works[index as usize].awaited += 1;
                Step::Waits
            }
            Ok(false) => Step::On,
            Err(_) if call.soft => {
                self.degrade(index);
                Step::On
            }
            Err(reason) => Step::Fails(reason),
        }
    }

    fn step_parallel(&mut self, index: u32, branches: u32) -> Step {
        let work = &mut self.works[index as usize];
        let (at, request) = (work.next, work.request);
        work.next += 1 + branches;
        let mut begun = 0;
        for branch in at + 1..=at + branches {
            let call = match self.ops[branch as usize] {
                Op::Call(call) if call.count == 1 => Some(call),
                Op::Call(_) | Op::Publish(_) => None,
                _ => continue,
            };
            if !self.spend_step(request) {
                return Step::Fails(Reason::LimitReached);
            }
            let Some(call) = call else {
                // Several calls one after another, beside the other branches: a small task of its own.
                if self.begin_inside(index, (branch, branch + 1), Flags::NONE).is_none() {
                    return Step::Fails(Reason::LimitReached);
                }
                begun += 1;
                continue;
            };
            if self.happens(call.choices, call.chance) {
                match self.make_call(index, branch, &call) {
                    Ok(waits) => begun += u16::from(waits),
                    Err(_) if call.soft => self.degrade(index),
                    Err(reason) => return Step::Fails(reason),
                }
            }
        }
        if begun == 0 {
            return Step::On;
        }
        self.works[index as usize].awaited += begun;
        Step::Waits
    }

    fn step_access(&mut self, index: u32, store: u32, count: u32, chance: f64, choices: u32) -> Step {
        let op = match self.repeat(index, count) {
            Some(Ok(op)) => op,
            Some(Err(reason)) => return Step::Fails(reason),
            None => return Step::On,
        };
        if !self.happens(choices, chance) {
            return Step::On;
        }
        if store == NOWHERE {
            return Step::Fails(Reason::NotDeployed);
        }
        let system = self.stores[store as usize].system;
        let begun = if system == NONE {
            let caller = self.caller(index, Flags::NONE);
            self.call(caller, Target::Store { store, op }, None)
        } else {
            self.begin_keeping(index, system, op)
        };
        match begun {
            Ok(()) => {
                self.works[index as usize].awaited += 1;
                Step::Waits
            }
            Err(reason) => Step::Fails(reason),
        }
    }

    /// A task, as the caller of others.
    #[inline]
    pub fn caller(&self, index: u32, flags: Flags) -> Caller {
        let work = &self.works[index as usize];
        let parent = if flags.has(Flags::BACKGROUND) { NONE } else { index };
        let flags = flags.and(work.flags.only_deadline());
        Caller {
            request: work.request,
            parent,
            from: work.at,
            depth: work.depth + 1,
            flags,
            deadline: work.deadline,
            guard: NONE,
            fallback: NONE,
        }
    }

    /// Makes the call that an op describes, or the one it falls back on. Whether the task has to wait for it.
    fn make_call(&mut self, index: u32, op: u32, call: &CallOp) -> Result<bool, Reason> {
        match self.make_first_call(index, op, call) {
            Err(_) if call.fallback != NOWHERE => self.make_fallback(index, call),
            made => made,
        }
    }

    fn make_first_call(&mut self, index: u32, op: u32, call: &CallOp) -> Result<bool, Reason> {
        if call.function == NOWHERE {
            return if call.asynchronous { Ok(false) } else { Err(Reason::NotDeployed) };
        }
        let flags = Flags::SOFT.when(call.soft).and(Flags::BACKGROUND.when(call.asynchronous));
        if call.inside {
            if self.faults.any && self.function_errs(call.function) {
                return if call.asynchronous { Ok(false) } else { Err(Reason::Error) };
            }
            let function = self.functions[call.function as usize];
            let begun = self.begin_inside(index, (function.first, function.end), flags);
            if let Some(part) = begun
                && call.fallback != NOWHERE
            {
                self.remember_fallback(part, op);
            }
            return match (begun.is_some(), call.asynchronous) {
                (_, true) => Ok(false),
                (true, false) => Ok(true),
                (false, false) => Err(Reason::LimitReached),
            };
        }
        let mut caller = self.caller(index, flags);
        caller.guard = call.guard;
        if call.fallback != NOWHERE {
            caller.fallback = op;
        }
        match self.call(caller, Target::Function(call.function), call.deadline) {
            Ok(()) => Ok(!call.asynchronous),
            Err(_) if call.asynchronous => Ok(false),
            Err(reason) => Err(reason),
        }
    }

    /// Begins a part of a task beside it, in the same instance, unless that is too much.
    pub fn begin_inside(&mut self, index: u32, (first, end): (u32, u32), flags: Flags) -> Option<u32> {
        let Caller { request, parent, from, depth, flags, deadline, .. } =
            self.caller(index, flags.and(Flags::INSIDE));
        if self.works.is_full(MAX_WORKS) || depth > MAX_DEPTH {
            return None;
        }
        let mut work = Work::new(request, parent, NONE, from, from, flags);
        if flags.has(Flags::DEADLINE) {
            work.deadline = deadline;
        }
        (work.depth, work.next, work.end, work.state) = (depth, first, end, State::Ready);
        let part = self.keep(work);
        if parent != NONE {
            self.works[parent as usize].flags.set(Flags::DIVIDED);
        }
        self.immediate.push_back(Event::new(Kind::Resume, part));
        Some(part)
    }
}
