//! What lies in stores, caches and sessions of a document, for naming the place of a mistake.

use indexmap::IndexMap;

use super::place::Parts::{self, Entries, Fields, Items, None as Nothing, Variants};
use super::place::{DISTRIBUTION, TEXT, check, form, plain};
use crate::business::{StoreSpec, StoreUse};
use crate::distribution::Distribution;
use crate::id::{DataId, KindId, StoreId};
use crate::policy::{
    Cache, ConnectionPool, Contact, Durability, EdgeKind, Failover, Keys, MissingSession, ReadFrom, Refresh,
    Replication, ReplicationMode, SessionScheme, Storage,
};
use crate::text::Text;
use crate::time::Span;

pub(super) static STORES: Parts = Entries(check::<StoreId>, form::<StoreSpec>(&STORE));
static STORE: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("data", form::<Vec<DataId>>(&Items(plain::<DataId>()))),
    ("kind", plain::<StoreUse>()),
    ("connections", plain::<Option<u32>>()),
    ("storage", form::<Option<Storage>>(&STORAGE)),
]);

pub(super) static SESSIONS: Parts = Fields(&[
    ("scheme", plain::<SessionScheme>()),
    ("changes", plain::<f64>()),
    ("idle", plain::<Span>()),
    ("missing", plain::<MissingSession>()),
    ("verification", plain::<Span>()),
    ("storage", form::<Option<Storage>>(&STORAGE)),
]);

pub(super) static STORAGE: Parts = Fields(&[
    ("replication", form::<Replication>(&REPLICATION)),
    ("shards", plain::<u32>()),
    ("keys", form::<Keys>(&KEYS)),
    ("pool", form::<Option<ConnectionPool>>(&POOL)),
    ("cache", form::<Option<Cache>>(&CACHE)),
    ("durability", plain::<Durability>()),
]);
static REPLICATION: Parts = Variants(&[
    ("single", Nothing),
    (
        "primary",
        Fields(&[
            ("replicas", plain::<u32>()),
            ("mode", plain::<ReplicationMode>()),
            ("lag", form::<Distribution>(&DISTRIBUTION)),
            ("semi_sync_timeout", plain::<Span>()),
            ("strict", plain::<bool>()),
            ("reads", plain::<ReadFrom>()),
            ("failover", form::<Failover>(&FAILOVER)),
        ]),
    ),
    (
        "quorum",
        Fields(&[
            ("members", plain::<u32>()),
            ("read", plain::<u32>()),
            ("write", plain::<u32>()),
            ("contact", plain::<Contact>()),
            ("repair", plain::<Span>()),
        ]),
    ),
    (
        "consensus",
        Fields(&[
            ("members", plain::<u32>()),
            ("heartbeat", plain::<Span>()),
            ("election_from", plain::<Span>()),
            ("election_to", plain::<Span>()),
        ]),
    ),
]);
static FAILOVER: Parts = Variants(&[
    ("none", Nothing),
    ("patroni", Nothing),
    ("sentinel", Nothing),
    ("mongo-db", Nothing),
    ("rds", Nothing),
    (
        "custom",
        Fields(&[
            ("heartbeat", plain::<Span>()),
            ("timeout", plain::<Span>()),
            ("discovery", plain::<Span>()),
            ("fencing", plain::<bool>()),
        ]),
    ),
]);
static KEYS: Parts =
    Fields(&[("count", plain::<u32>()), ("skew", plain::<f64>()), ("by_user", plain::<bool>())]);
static POOL: Parts = Fields(&[("size", plain::<u32>()), ("wait", plain::<Span>())]);
static CACHE: Parts = Fields(&[
    ("ttl", plain::<Span>()),
    ("jitter", plain::<f64>()),
    ("size", plain::<u32>()),
    ("time", form::<Distribution>(&DISTRIBUTION)),
    ("refresh", form::<Refresh>(&REFRESH)),
]);
static REFRESH: Parts = Variants(&[
    ("everybody", Nothing),
    ("lock", Fields(&[("wait", plain::<Span>())])),
    ("stale-while-revalidate", Fields(&[("grace", plain::<Span>())])),
    ("early", Fields(&[("beta", plain::<f64>())])),
]);

pub(super) static EDGE: Parts = Fields(&[
    ("kinds", form::<IndexMap<KindId, EdgeKind>>(&EDGE_KINDS)),
    ("lock", plain::<bool>()),
    ("lock_timeout", plain::<Span>()),
]);
static EDGE_KINDS: Parts = Entries(
    check::<KindId>,
    form::<EdgeKind>(&Fields(&[
        ("share", plain::<f64>()),
        ("things", plain::<u32>()),
        ("ttl", plain::<Span>()),
    ])),
);
