//! Sessions in the world: a request looks for its own where it has come to, and its changes are sent to others.

use archlab_model::{MissingSession, Span};

use crate::event::{Control, Event, Kind};
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::measure::report::SessionCounts;
use crate::plan::Plan;
use crate::plan::storing::SessionPlan;
use crate::session::table::{Found, Loss, MAX_PLACES, Table};
use crate::work::{Flags, State};
use crate::world::World;

/// The sessions of a service at run time.
#[derive(Debug, Clone)]
pub struct Keeper {
    plan: SessionPlan,
    table: Table,
    /// By place: the instance, or the store, that keeps sessions there.
    places: Vec<u32>,
    pub counts: SessionCounts,
}

/// A change of a session reaches another place.
#[derive(Debug, Clone, Copy)]
pub struct Delta {
    pool: u32,
    user: u32,
    place: u16,
    version: u32,
}

impl Keeper {
    /// The place of an instance or a store, a new one if it has none. Of too many, some share one.
    fn place_of(&mut self, keeper: u32) -> u16 {
        let known = self.places.iter().position(|known| *known == keeper);
        let place = known.unwrap_or_else(|| {
            if self.places.len() < MAX_PLACES {
                self.places.push(keeper);
                self.table.widen(self.places.len());
            }
            self.places.len() - 1
        });
        place as u16
    }
}

impl World {
    /// Brings the sessions of services in line with a plan.
    pub fn take_on_sessions(&mut self, plan: &Plan) {
        for (pool, plan) in plan.sessions.iter().enumerate() {
            if self.sessions.len() <= pool {
                self.sessions.resize_with(pool + 1, || None);
            }
            let known = &mut self.sessions[pool];
            match (plan, known) {
                (None, known) => *known = None,
                (Some(plan), Some(known)) => {
                    known.table.set(plan.scheme, plan.idle);
                    known.plan = plan.clone();
                }
                (Some(plan), known) => {
                    let table = Table::new(plan.scheme, plan.idle);
                    let counts = SessionCounts::default();
                    *known = Some(Keeper { plan: plan.clone(), table, places: Vec::new(), counts });
                }
            }
            // All that may keep a session are known from the start, so that a copy may go to any of them.
            if let Some(keeper) = &mut self.sessions[pool] {
                match keeper.plan.store {
                    Some(store) => {
                        keeper.place_of(store);
                    }
                    None => {
                        for &instance in self.pools.get(pool).map_or(&[][..], |pool| &pool.instances) {
                            keeper.place_of(instance);
                        }
                    }
                }
            }
        }
    }

    /// A request looks for its session. How long it has to wait for it, if it lies elsewhere.
    pub fn find_session(&mut self, index: u32, pool: u32) -> Result<Span, Reason> {
        let work = &self.works[index as usize];
        let (request, at) = (work.request, work.at);
        let (Some(instance), user) = (at.instance(), self.user_of(request)) else { return Ok(Span::ZERO) };
        let Some(Some(keeper)) = self.sessions.get(pool as usize) else { return Ok(Span::ZERO) };
        // Whether it has expired is told by the clock of whoever keeps it, or reads the token.
        let kept_by = keeper.plan.store.map_or(Place::Instance(instance), Place::Store);
        let now = self.clock(kept_by).shows(self.now);
        let Some(Some(keeper)) = self.sessions.get_mut(pool as usize) else { return Ok(Span::ZERO) };
        let place = keeper.place_of(keeper.plan.store.unwrap_or(instance));
        let found = keeper.table.find(now, user, place);
        let Loss { sessions, .. } = keeper.table.go_on(now, user, place);
        let counts = &mut keeper.counts;
        counts.lost_sessions += sessions;
        match found {
            Found::Here { stale } => {
                counts.found += 1;
                counts.stale += u64::from(stale);
                Ok(Span::ZERO)
            }
            Found::There { from } => {
                counts.found += 1;
                counts.fetched += 1;
                let from = Place::Instance(keeper.places[from as usize]).into();
                let there = self.copy_message(at, from, MessageKind::Copy, request);
                let back = self.way(from, at);
                Ok(there.zip(back).map_or(Span::ZERO, |(there, back)| there.since(self.now) + back))
            }
            Found::Nothing | Found::Gone { .. } => {
                let again = found != Found::Nothing;
                let fails = again && keeper.plan.missing == MissingSession::Fail;
                if again {
                    counts.logins_again += 1;
                } else {
                    counts.logins += 1;
                }
                let version = keeper.table.version(user);
                if again {
                    self.tell(Fact::SessionMissing { instance });
                }
                self.send_session(index, (pool, user, place, version));
                if fails { Err(Reason::SessionLost) } else { Ok(Span::ZERO) }
            }
        }
    }

    /// A request changes its session, perhaps; who keeps copies is told.
    pub fn change_session(&mut self, index: u32, pool: u32) {
        let work = &self.works[index as usize];
        let (Some(instance), user) = (work.at.instance(), self.user_of(work.request)) else { return };
        let Some(Some(keeper)) = self.sessions.get_mut(pool as usize) else { return };
        if keeper.plan.store.is_some()
            || !self.streams[keeper.plan.changes_stream as usize].happens(keeper.plan.changes)
        {
            return;
        }
        let place = keeper.place_of(instance);
        let version = keeper.table.change(user, place);
        self.send_session(index, (pool, user, place, version));
    }

    /// Sends a change to all that keep a copy.
    fn send_session(&mut self, index: u32, (pool, user, place, version): (u32, u32, u16, u32)) {
        let work = &self.works[index as usize];
        let (from, request) = (work.at, work.request);
        let mut last = None;
        loop {
            let Some(Some(keeper)) = self.sessions.get_mut(pool as usize) else { return };
            let stream = &mut self.streams[keeper.plan.backups as usize];
            let Some(next) = keeper.table.next_copy(user, place, last, stream) else { return };
            last = Some(next);
            let to = Place::Instance(keeper.places[next as usize]).into();
            if let Some(at) = self.copy_message(from, to, MessageKind::Copy, request) {
                self.schedule(at, Control::Session(Delta { pool, user, place: next, version }));
            }
        }
    }

    /// A change of a session reaches another place.
    pub fn on_session(&mut self, delta: Delta) {
        let Delta { pool, user, place, version } = delta;
        if let Some(Some(keeper)) = self.sessions.get_mut(pool as usize) {
            let regained = keeper.table.receive(user, place, version);
            keeper.counts.lost_changes = keeper.counts.lost_changes.saturating_sub(regained);
        }
    }

    /// A task waits for its session to be fetched.
    pub fn pause(&mut self, index: u32, length: Span) {
        let work = &mut self.works[index as usize];
        work.state = State::Ready;
        debug_assert!(!work.flags.has(Flags::INSIDE), "an entry function is no part of another");
        self.agenda.schedule(self.now + length, Event::new(Kind::Resume, index));
    }

    /// The process of an instance has ended, and the sessions in its memory with it.
    pub fn lose_sessions(&mut self, instance: u32) {
        let pool = self.instances[instance as usize].pool;
        self.lose_sessions_of(pool, instance, Place::Instance(instance));
    }

    /// A store of sessions has forgotten all it had.
    pub fn lose_stored_sessions(&mut self, store: u32) {
        for pool in 0..self.sessions.len() as u32 {
            if self.sessions[pool as usize].as_ref().is_some_and(|keeper| keeper.plan.store == Some(store)) {
                self.lose_sessions_of(pool, store, Place::Store(store));
                self.regain_sessions_of(pool, store);
            }
        }
    }

    fn lose_sessions_of(&mut self, pool: u32, keeper: u32, at: Place) {
        let Some(Some(known)) = self.sessions.get_mut(pool as usize) else { return };
        if known.plan.store.is_some() != matches!(at, Place::Store(_)) {
            return;
        }
        let place = known.place_of(keeper);
        let Loss { sessions, changes } = known.table.kill(place);
        known.counts.lost_sessions += sessions;
        known.counts.lost_changes += changes;
        if sessions + changes > 0 {
            self.tell(Fact::SessionsLost { at, sessions, changes });
        }
    }

    /// The process of an instance answers again.
    pub fn regain_sessions(&mut self, instance: u32) {
        let pool = self.instances[instance as usize].pool;
        self.regain_sessions_of(pool, instance);
    }

    fn regain_sessions_of(&mut self, pool: u32, keeper: u32) {
        if let Some(Some(known)) = self.sessions.get_mut(pool as usize) {
            let place = known.place_of(keeper);
            known.table.revive(place);
        }
    }

    /// What became of the sessions of a group.
    pub fn session_counts(&self, group: u32) -> SessionCounts {
        let pools = &self.groups[group as usize].pools;
        let keepers = pools.iter().filter_map(|pool| self.sessions.get(*pool as usize)?.as_ref());
        keepers.fold(SessionCounts::default(), |sum, keeper| sum.plus(&keeper.counts))
    }
}
