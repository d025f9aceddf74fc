//! The pieces of the palette: what each of them is, and what it does to a group.

use archlab_model::command::Command;
use archlab_model::{
    Cache, Client, DataId, Design, Distribution, GroupId, Layout, Load, Machine, Point, Policies, Primary,
    Replication, Span, StoreId, StoreSpec,
};

use crate::editor::input::Piece;

/// How many requests a second clients send to begin with.
const RATE: f64 = 100.0;
/// The parts that a sharded store is divided into to begin with.
const SHARDS: u32 = 3;

impl Piece {
    /// The machine that it is.
    pub fn machine(self) -> Option<Machine> {
        let cores = match self {
            Piece::SmallMachine => 2,
            Piece::Machine => 4,
            Piece::LargeMachine => 16,
            _ => return None,
        };
        Some(Machine { cores, ..Machine::default() })
    }

    /// The layout of the group that it is.
    pub fn layout(self) -> Option<Layout> {
        match self {
            Piece::Group => Some(Layout::Cluster),
            Piece::DistributedGroup => Some(Layout::Distributed),
            Piece::MicroserviceGroup => Some(Layout::Microservice),
            Piece::FreeGroup => Some(Layout::Free),
            _ => None,
        }
    }

    /// The clients that it is, who send to `to`.
    pub fn clients(self, to: Vec<GroupId>, at: Point) -> Option<Client> {
        let load = match self {
            Piece::OpenClients => Load::Poisson { rate: RATE },
            Piece::BurstyClients => Load::Bursts {
                rate: RATE / 2.0,
                peak: RATE * 5.0,
                length: Span::from_secs(5),
                every: Span::from_secs(20),
            },
            Piece::Users => Load::Users { count: 100, think: Distribution::Exponential(Span::from_secs(1)) },
            _ => return None,
        };
        Some(Client { load, to, at, ..Client::default() })
    }

    /// Whether it changes a group, and can't stand by itself.
    pub fn is_for_a_group(self) -> bool {
        matches!(
            self,
            Piece::Database | Piece::ReplicatedDatabase | Piece::ShardedDatabase | Piece::CacheStore
        )
    }

    /// What it does to a group; nothing if the group has it already.
    pub fn given_to(self, design: &Design, group: &GroupId) -> Option<Command> {
        let policies = &design.groups.get(group)?.policies;
        let changed = |change: &dyn Fn(&mut Policies)| {
            let mut to = policies.clone();
            change(&mut to);
            let (from, to) = (Box::new(policies.clone()), Box::new(to));
            (from != to).then(|| Command::SetPolicies { group: group.clone(), from, to })
        };
        match self {
            Piece::Database => database_of_its_own(design),
            Piece::ReplicatedDatabase => changed(&|policies| {
                if policies.storage.replication == Replication::Single {
                    policies.storage.replication = Replication::Primary(Primary::default());
                }
            }),
            Piece::ShardedDatabase => changed(&|policies| {
                if policies.storage.shards == 1 {
                    policies.storage.shards = SHARDS;
                }
            }),
            Piece::CacheStore => changed(&|policies| {
                policies.storage.cache.get_or_insert_with(Cache::default);
            }),
            _ => None,
        }
    }
}

/// A store for the first data that has none of its own; nothing if all of it has.
fn database_of_its_own(design: &Design) -> Option<Command> {
    let business = &design.business;
    let has_own = |data: &DataId| business.stores.values().any(|store| store.data.contains(data));
    let data = business.data.keys().find(|data| !has_own(data))?;
    let title = business.data[data].title.clone();
    let mut names = std::iter::once(data.to_string()).chain((2..).map(|number| format!("{data}-{number}")));
    let id: StoreId =
        names.find_map(|name| name.parse().ok().filter(|id| !business.stores.contains_key(id)))?;
    let mut to = business.clone();
    to.stores.insert(id, StoreSpec { title, data: vec![data.clone()], ..StoreSpec::default() });
    Some(Command::SetBusiness { from: Box::new(business.clone()), to: Box::new(to) })
}
