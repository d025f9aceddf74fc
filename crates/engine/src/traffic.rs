//! Traffic: who asks for what, and when.
//!
//! An open client's arrivals and kinds are drawn once and copied to each of its groups, so that the same
//! traffic meets different architectures. A closed client has users of its own for each group, because
//! when they ask depends on the answers they get.

mod people;
mod rates;
mod schedule;

use archlab_model::{SimTime, Span};

use crate::event::{Event, Kind};
use crate::plan::LoadPlan;
use crate::random::{Sampler, Stream};
use crate::request::Asking;
use crate::timers::Wait;
use crate::work::NONE;
use crate::world::World;

pub use people::People;
pub use rates::Rates;
pub use schedule::Schedule;

/// The least time a user's round takes: without work, way and thought there would be no end of rounds in
/// an instant.
const MIN_ROUND: Span = Span::from_millis(1);

/// A population of clients.
#[derive(Debug, Clone)]
pub struct Client {
    pub load: LoadPlan,
    pub patience: Wait,
    /// How many times the usual it asks for.
    pub spike: f64,
    /// When its next request arrives, if it is open. Any other arrival is void.
    pub next: SimTime,
    /// Its random streams.
    pub arrivals: u32,
    pub kinds: u32,
    /// How many people it is, if it is open and that matters to somebody; and the random stream of who asks.
    pub population: u32,
    pub users: u32,
    /// The groups it sends to.
    pub groups: Vec<u32>,
    /// How it asks, if that is simple.
    pub steady: Option<Steady>,
}

/// A client that asks one group, at one rate that nobody has changed, and it does not matter which of its people asks.
#[derive(Debug, Clone, Copy)]
pub struct Steady {
    gap: Sampler,
    group: u32,
}

impl Client {
    /// Looks whether it is simple how it asks: to be done whenever that changes.
    pub fn review(&mut self) {
        self.steady = match (&*self.groups, &self.load, self.population) {
            (&[group], &LoadPlan::Open { gap }, 0) if self.spike == 1.0 => Some(Steady { gap, group }),
            _ => None,
        };
    }
}

/// The users of a closed client that send to one group.
#[derive(Debug, Clone)]
pub struct Crowd {
    pub client: u32,
    pub group: u32,
    pub think: Sampler,
    /// Its random streams.
    pub thoughts: u32,
    pub kinds: u32,
    /// Users there should be, and users there are. One too many leaves when it would send again.
    pub wanted: u32,
    pub present: u32,
    pub people: People,
}

impl World {
    /// Plans the next arrival of an open client.
    pub fn plan_arrival(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let LoadPlan::Open { gap } = &client.load else { return self.plan_shaped_arrival(index) };
        let gap = self.streams[client.arrivals as usize].draw(gap, &self.ziggurat);
        client.next = self.now + if client.spike == 1.0 { gap } else { hastened(gap, client.spike) };
        self.agenda.schedule(client.next, Event::new(Kind::Arrival, index));
    }

    /// Plans the next arrival, if any, of a client whose load has a shape in time.
    #[cold]
    fn plan_shaped_arrival(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        client.next = SimTime::NEVER;
        let next = match &client.load {
            LoadPlan::Varying(rates) => {
                let area = self.ziggurat.draw(&mut self.streams[client.arrivals as usize]);
                rates.after(self.now, area)
            }
            LoadPlan::Listed(schedule) => schedule.from(self.now),
            LoadPlan::Silent | LoadPlan::Open { .. } | LoadPlan::Closed { .. } => None,
        };
        if let Some(next) = next {
            client.next = next;
            self.agenda.schedule(next, Event::new(Kind::Arrival, index));
        }
    }

    /// An open client asks for `factor` times the usual from now on: what was to come next comes sooner or later.
    pub fn hasten_arrivals(&mut self, index: u32, factor: f64) {
        let client = &mut self.clients[index as usize];
        let before = std::mem::replace(&mut client.spike, factor);
        client.review();
        if before == factor || !matches!(client.load, LoadPlan::Open { .. }) {
            return;
        }
        if before == 0.0 || client.next == SimTime::NEVER {
            return self.plan_arrival(index);
        }
        client.next = self.now + hastened(client.next.since(self.now), factor / before);
        self.agenda.schedule(client.next, Event::new(Kind::Arrival, index));
    }

    /// A request arrives from an open client: one to each of its groups.
    #[inline(always)]
    pub fn on_arrival(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.next != self.now {
            return;
        }
        let Some(Steady { gap, group }) = &client.steady else { return self.on_other_arrival(index) };
        let gap = self.streams[client.arrivals as usize].draw(gap, &self.ziggurat);
        client.next = self.now + gap;
        // Put in its place only when the request has been seen to.
        let next = self.agenda.rank(client.next, Event::new(Kind::Arrival, index));
        let (group, kinds, patience) = (*group, client.kinds, client.patience);
        if let Some(kind) = self.choose_kind(kinds) {
            self.issue(Asking { client: index, group, kind, crowd: NONE, user: 0 }, patience);
        }
        self.agenda.put(next);
    }

    /// As [`World::on_arrival`], for several groups, a load with a shape, or people who are told apart.
    #[cold]
    #[inline(never)]
    fn on_other_arrival(&mut self, index: u32) {
        match self.clients[index as usize].load {
            LoadPlan::Listed(_) => return self.on_listed_arrival(index),
            _ => self.plan_arrival(index),
        }
        let Some(kind) = self.choose_kind(self.clients[index as usize].kinds) else { return };
        let user = self.choose_user(index);
        self.ask_each(index, kind, user);
    }

    /// All requests of a batch or a recording arrive that are listed for this instant.
    #[cold]
    fn on_listed_arrival(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let LoadPlan::Listed(schedule) = &client.load else { return };
        let count = schedule.count_at(self.now);
        client.next = schedule.from(self.now + Span::from_nanos(1)).unwrap_or(SimTime::NEVER);
        if client.next != SimTime::NEVER {
            self.agenda.schedule(client.next, Event::new(Kind::Arrival, index));
        }
        let Client { kinds, .. } = *client;
        let count = if client.groups.is_empty() { 0 } else { count };
        for _ in 0..count {
            let Some(kind) = self.choose_kind(kinds) else { return };
            let user = self.choose_user(index);
            self.ask_each(index, kind, user);
        }
    }

    /// The same request arrives at each group of its client.
    fn ask_each(&mut self, client: u32, kind: u32, user: u32) {
        let mut place = 0;
        while let Some(&group) = self.clients[client as usize].groups.get(place) {
            place += 1;
            self.issue_again(Asking { client, group, kind, crowd: NONE, user });
        }
    }

    /// Which of an open client's people asks, where that matters to somebody.
    fn choose_user(&mut self, index: u32) -> u32 {
        let Client { population, users, .. } = self.clients[index as usize];
        match population {
            0 => 0,
            people => self.streams[users as usize].below(u64::from(people)) as u32,
        }
    }

    /// A user has thought, and sends.
    pub fn on_thought(&mut self, index: u32) {
        let crowd = &mut self.crowds[index as usize];
        if crowd.present > crowd.wanted {
            crowd.present -= 1;
            crowd.people.leave();
            return;
        }
        let Crowd { client, group, kinds, .. } = *crowd;
        match self.choose_kind(kinds) {
            Some(kind) => {
                let user = self.crowds[index as usize].people.ask();
                self.issue_again(Asking { client, group, kind, crowd: index, user });
            }
            None => {
                let crowd = &mut self.crowds[index as usize];
                crowd.present -= 1;
                crowd.people.leave();
            }
        }
    }

    #[inline(never)]
    fn issue_again(&mut self, asking: Asking) {
        let patience = self.clients[asking.client as usize].patience;
        self.issue(asking, patience);
    }

    /// A user got an answer, or gave up, `round` after it sent.
    pub fn think(&mut self, index: u32, user: u32, round: Span) {
        let crowd = &mut self.crowds[index as usize];
        crowd.people.think(user);
        let Crowd { think, thoughts, .. } = *crowd;
        let mut pause = self.draw(&think, thoughts);
        if (round + pause).is_zero() {
            pause = MIN_ROUND;
        }
        self.agenda.schedule(self.now + pause, Event::new(Kind::Thought, index));
    }

    /// Lets users come until there are as many as there should be; each thinks first.
    pub fn fill_crowd(&mut self, index: u32) {
        while self.crowds[index as usize].present < self.crowds[index as usize].wanted {
            let crowd = &mut self.crowds[index as usize];
            crowd.present += 1;
            crowd.people.come();
            let Crowd { think, thoughts, .. } = *crowd;
            let pause = self.draw(&think, thoughts);
            self.agenda.schedule(self.now + pause, Event::new(Kind::Thought, index));
        }
    }

    /// Draws a length of time.
    #[inline]
    pub fn draw(&mut self, sampler: &Sampler, stream: u32) -> Span {
        self.streams[stream as usize].draw(sampler, &self.ziggurat)
    }

    #[inline(always)]
    fn choose_kind(&mut self, stream: u32) -> Option<u32> {
        if let [(_, only)] = *self.shares {
            return Some(only);
        }
        self.choose_among_kinds(stream)
    }

    #[inline(never)]
    fn choose_among_kinds(&mut self, stream: u32) -> Option<u32> {
        let &(total, last) = self.shares.last()?;
        let stream: &mut Stream = &mut self.streams[stream as usize];
        let drawn = stream.unit() * total;
        let chosen = self.shares.iter().find(|(upto, _)| drawn <= *upto);
        Some(chosen.map_or(last, |&(_, kind)| kind))
    }
}

/// What is left of `gap` when all comes `factor` times as fast. Nothing comes at no speed, which is never.
fn hastened(gap: Span, factor: f64) -> Span {
    match factor {
        0.0 => Span::from_nanos(u64::MAX),
        _ => Span::from_nanos((gap.as_nanos() as f64 / factor + 0.5) as u64),
    }
}
