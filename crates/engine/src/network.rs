//! The network: how long a message travels between two places, and whether it arrives.

pub mod disturbance;
mod message;

use archlab_model::Span;

use crate::fact::Place;
use crate::network::disturbance::Disturbances;
use crate::work::Spot;
use crate::world::World;

use crate::plan::names::Names;

/// An end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A client.
    Client(u32),
    /// The entry of a group.
    Entry(u32),
    /// A machine.
    Machine(u32),
    /// A store.
    Store(u32),
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// It arrives after this.
    After(Span),
    /// It never arrives.
    Lost,
}

/// The travel of a message that never arrives.
pub const LOST: Span = Span::from_nanos(u64::MAX);

/// Latencies, by the kind of link and by exception, and what disturbs them.
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub internet: Span,
    pub local: Span,
    pub loopback: Span,
    /// Links that differ, both ways, sorted by their ends; nearly always empty.
    exceptions: Vec<((End, End), Span)>,
    /// Empty while nothing is wrong.
    pub disturbances: Disturbances,
    recent: Recent,
}

/// How many links [`Recent`] knows.
const RECENT: usize = 128;

/// The latencies of links that were looked up lately, each where a hash of its ends says: an exception is found
/// by searching, and every message asks.
#[derive(Debug, Clone)]
struct Recent([(u64, Span); RECENT]);

impl Default for Recent {
    fn default() -> Recent {
        Recent([(u64::MAX, Span::ZERO); RECENT])
    }
}

impl Recent {
    /// Where a link would be.
    #[inline]
    fn place(link: u64) -> usize {
        (link.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as usize % RECENT
    }
}

impl Network {
    /// The network of a design whose names are known.
    pub fn compile(network: &archlab_model::Network, names: &Names) -> Network {
        let mut exceptions = Vec::new();
        for link in &network.links {
            let (one, other) = (ends(&link.between.0, names), ends(&link.between.1, names));
            for &one in &one {
                for &other in &other {
                    exceptions.push(((one, other), link.latency));
                    exceptions.push(((other, one), link.latency));
                }
            }
        }
        // The sort keeps the order of equals: the last mention of a link counts.
        exceptions.reverse();
        exceptions.sort_by_key(|(ends, _)| *ends);
        exceptions.dedup_by_key(|(ends, _)| *ends);
        Network {
            internet: network.internet,
            local: network.local,
            loopback: network.loopback,
            exceptions,
            disturbances: Disturbances::default(),
            recent: Recent::default(),
        }
    }

    /// What becomes of a message from one end to the other.
    #[inline]
    pub fn route(&mut self, from: End, to: End) -> Route {
        let delay = self.latency(from, to);
        if self.disturbances.is_empty() {
            return Route::After(delay);
        }
        let back = self.latency(to, from);
        self.disturbances.route(from, to, delay, back)
    }

    /// Whether only the kind of a link counts.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.exceptions.is_empty() && self.disturbances.is_empty()
    }

    /// By how much a message comes later than usual, if it comes at all.
    pub fn added(&mut self, from: End, to: End) -> Option<Span> {
        match self.route(from, to) {
            Route::After(travel) => Some(travel - self.latency(from, to)),
            Route::Lost => None,
        }
    }

    /// The latency from one end to the other.
    #[inline]
    pub fn latency(&self, from: End, to: End) -> Span {
        if !self.exceptions.is_empty()
            && let Ok(place) = self.exceptions.binary_search_by_key(&(from, to), |(ends, _)| *ends)
        {
            return self.exceptions[place].1;
        }
        match (from, to) {
            (End::Client(_), _) | (_, End::Client(_)) => self.internet,
            (End::Machine(one), End::Machine(other)) if one == other => self.loopback,
            _ => self.local,
        }
    }
}

/// All ends that go by `name`: a machine, a client, a group (its entry), or `group/store`.
fn ends(name: &str, names: &Names) -> Vec<End> {
    let mut ends = Vec::new();
    if let Some((group, store)) = name.split_once('/') {
        let of = |(g, s): &(archlab_model::GroupId, archlab_model::StoreId)| {
            g.as_str() == group && s.as_str() == store
        };
        ends.extend(names.roster.stores.iter().position(of).map(|index| End::Store(index as u32)));
        return ends;
    }
    let roster = &names.roster;
    ends.extend(
        roster.machines.iter().position(|id| id.as_str() == name).map(|index| End::Machine(index as u32)),
    );
    ends.extend(
        roster.clients.iter().position(|id| id.as_str() == name).map(|index| End::Client(index as u32)),
    );
    ends.extend(
        roster.groups.iter().position(|id| id.as_str() == name).map(|index| End::Entry(index as u32)),
    );
    ends
}

impl World {
    /// The latency between two places, as things run now; [`LOST`] if a message would not arrive.
    #[inline(always)]
    pub fn latency(&mut self, from: Spot, to: Spot) -> Span {
        if self.network.is_plain() { self.plain_latency(from, to) } else { self.latency_by_link(from, to) }
    }

    /// As [`World::latency`], where only the kind of a link counts.
    #[inline(always)]
    pub fn plain_latency(&self, from: Spot, to: Spot) -> Span {
        let plain = &self.network;
        if Spot::one_is_client(from, to) {
            return plain.internet;
        }
        if let Some((from, to)) = Spot::both_instances(from, to)
            && self.instances[from as usize].machine == self.instances[to as usize].machine
        {
            return plain.loopback;
        }
        plain.local
    }

    #[inline]
    pub fn latency_by_link(&mut self, from: Spot, to: Spot) -> Span {
        if !self.network.disturbances.is_empty() {
            return self.disturbed_latency(from, to);
        }
        // A machine in place of its instance: the same links for all that run there.
        let end = |spot: Spot| spot.instance().map_or(spot.bits(), |of| self.instances[of as usize].machine);
        let link = u64::from(end(from)) << 32 | u64::from(end(to));
        let (known, latency) = self.network.recent.0[Recent::place(link)];
        if known == link { latency } else { self.look_up_latency(link, from, to) }
    }

    #[cold]
    #[inline(never)]
    fn look_up_latency(&mut self, link: u64, from: Spot, to: Spot) -> Span {
        let latency = self.network.latency(self.end_of(from.place()), self.end_of(to.place()));
        self.network.recent.0[Recent::place(link)] = (link, latency);
        latency
    }

    #[inline(never)]
    fn disturbed_latency(&mut self, from: Spot, to: Spot) -> Span {
        let (from, to) = (self.end_of(from.place()), self.end_of(to.place()));
        match self.network.route(from, to) {
            Route::After(travel) => travel,
            Route::Lost => LOST,
        }
    }

    /// The end of a link that a place is, as things run now.
    pub fn end_of(&self, place: Place) -> End {
        match place {
            Place::Client(client) => End::Client(client),
            Place::Entry(group) => End::Entry(group),
            Place::Instance(instance) => End::Machine(self.instances[instance as usize].machine),
            Place::Store(store) => End::Store(store),
        }
    }
}
