//! Stores and sessions: copies, shards, keys, pools and caches.

use crate::document::{
    ASSEMBLIES, BETAS, CONNECTIONS, KEYS, MIN_HEARTBEAT, POOLS, QUORUMS, SHARDS, SKEWS, STORE_REPLICAS,
};
use crate::group::Policies;
use crate::policy::{
    Cache, ConnectionPool, Consensus, Contact, Detector, Durability, Failover, MissingSession, Primary,
    Quorum, ReadFrom, Refresh, Replication, ReplicationMode, SessionScheme, Sessions, Storage,
};
use crate::property::form::Form;
use crate::property::group::{DAY, HOUR};
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::Unit;
use crate::time::Span;

pub(super) fn data(form: &mut Form, policies: &mut Policies) {
    form.topic("property.stores", |form| {
        sessions(form, &mut policies.sessions);
        form.count("property.connections", &mut policies.store_connections, CONNECTIONS, Ours);
        storage(form, &mut policies.storage);
    });
}

/// What concerns the store of the sessions only.
pub(super) fn sessions_alone(form: &mut Form, policies: &mut Policies) {
    form.topic("property.stores", |form| sessions(form, &mut policies.sessions));
}

fn sessions(form: &mut Form, sessions: &mut Option<Sessions>) {
    form.optional("property.sessions", sessions, Sessions::default, |form, sessions| {
        let options = [
            (SessionScheme::SharedStore, "choice.shared_store"),
            (SessionScheme::Local, "choice.local"),
            (SessionScheme::Sticky, "choice.sticky"),
            (SessionScheme::Replicated, "choice.replicated"),
            (SessionScheme::Backup, "choice.backup"),
            (SessionScheme::Token, "choice.token"),
        ];
        form.choice("property.scheme", &mut sessions.scheme, &options, Product("Spring Session"));
        form.share("property.session_changes", &mut sessions.changes, Ours);
        let source = Product("Tomcat, Spring Session");
        form.length("property.idle", &mut sessions.idle, DAY, source);
        let options = [(MissingSession::LogIn, "choice.log_in"), (MissingSession::Fail, "choice.fail")];
        form.choice("property.missing", &mut sessions.missing, &options, Ours);
        form.length("property.verification", &mut sessions.verification, HOUR, Ours);
        form.optional("property.session_storage", &mut sessions.storage, Storage::default, storage);
    });
}

/// How a store keeps its data.
pub(super) fn storage(form: &mut Form, storage: &mut Storage) {
    form.section("property.replication", |form| {
        let shapes = [
            (Replication::Single, "choice.single"),
            (Replication::Primary(Primary::default()), "choice.primary"),
            (Replication::Quorum(Quorum::default()), "choice.quorum"),
            (Replication::Consensus(Consensus::default()), "choice.consensus"),
        ];
        form.shape(
            "property.replication_kind",
            &mut storage.replication,
            &shapes,
            Ours,
            |form, it| match it {
                Replication::Single => {}
                Replication::Primary(it) => primary(form, it),
                Replication::Quorum(it) => quorum(form, it),
                Replication::Consensus(it) => consensus(form, it),
            },
        );
        let options = [(Durability::Disk, "choice.disk"), (Durability::Memory, "choice.memory")];
        form.choice("property.durability", &mut storage.durability, &options, Ours);
    });
    form.section("property.keys", |form| {
        form.count("property.shards", &mut storage.shards, SHARDS, Ours);
        form.count("property.key_count", &mut storage.keys.count, KEYS, Ours);
        form.number("property.skew", &mut storage.keys.skew, SKEWS, Unit::Plain, Ours);
        form.switch("property.by_user", &mut storage.keys.by_user, Ours);
    });
    form.optional("property.pool", &mut storage.pool, ConnectionPool::default, |form, pool| {
        form.count("property.pool_size", &mut pool.size, POOLS, Product("HikariCP maximumPoolSize"));
        form.length("property.pool_wait", &mut pool.wait, HOUR, Product("HikariCP connectionTimeout"));
    });
    form.optional("property.cache", &mut storage.cache, Cache::default, cache);
}

fn primary(form: &mut Form, primary: &mut Primary) {
    form.count("property.store_replicas", &mut primary.replicas, STORE_REPLICAS, Ours);
    let options = [
        (ReplicationMode::Asynchronous, "choice.asynchronous"),
        (ReplicationMode::SemiSynchronous, "choice.semi_synchronous"),
        (ReplicationMode::Synchronous, "choice.synchronous"),
    ];
    form.choice("property.mode", &mut primary.mode, &options, Product("PostgreSQL, MySQL"));
    let source = Product("MySQL rpl_semi_sync_source_timeout");
    form.length("property.semi_sync_timeout", &mut primary.semi_sync_timeout, DAY, source);
    form.switch("property.strict", &mut primary.strict, Product("Patroni synchronous_mode_strict"));
    let options = [
        (ReadFrom::Primary, "choice.read_primary"),
        (ReadFrom::Replicas, "choice.read_replicas"),
        (ReadFrom::ReplicasAfterOwnWrites, "choice.read_own_writes"),
    ];
    form.choice("property.reads", &mut primary.reads, &options, Ours);
    let shapes = [
        (Failover::None, "choice.failover_none"),
        (Failover::Patroni, "choice.patroni"),
        (Failover::Sentinel, "choice.sentinel"),
        (Failover::MongoDb, "choice.mongodb"),
        (Failover::Rds, "choice.rds"),
        (Failover::Custom(Detector::default()), "choice.custom"),
    ];
    form.shape("property.failover", &mut primary.failover, &shapes, Product("Patroni"), |form, failover| {
        if let Failover::Custom(detector) = failover {
            let rounds = MIN_HEARTBEAT..=*DAY.end();
            form.length("property.detector_heartbeat", &mut detector.heartbeat, rounds, Ours);
            form.length("property.detector_timeout", &mut detector.timeout, DAY, Ours);
            form.length("property.detector_discovery", &mut detector.discovery, DAY, Ours);
            form.switch("property.fencing", &mut detector.fencing, Ours);
        }
    });
    form.distribution("property.lag", &mut primary.lag);
}

fn quorum(form: &mut Form, quorum: &mut Quorum) {
    form.count("property.members", &mut quorum.members, QUORUMS, Product("Dynamo N"));
    form.count("property.read_answers", &mut quorum.read, QUORUMS, Product("Dynamo R"));
    form.count("property.write_answers", &mut quorum.write, QUORUMS, Product("Dynamo W"));
    let options = [(Contact::All, "choice.contact_all"), (Contact::Enough, "choice.contact_enough")];
    form.choice("property.contact", &mut quorum.contact, &options, Ours);
    form.length("property.repair", &mut quorum.repair, DAY, Ours);
}

pub(super) fn consensus(form: &mut Form, consensus: &mut Consensus) {
    form.count("property.members", &mut consensus.members, ASSEMBLIES, Product("etcd"));
    let rounds = MIN_HEARTBEAT..=*HOUR.end();
    let source = Product("etcd heartbeat-interval");
    form.length("property.leader_heartbeat", &mut consensus.heartbeat, rounds.clone(), source);
    let (least, most) = (consensus.election_from, consensus.election_to);
    let source = Product("etcd election-timeout");
    form.length("property.election_from", &mut consensus.election_from, MIN_HEARTBEAT..=most, source);
    form.length("property.election_to", &mut consensus.election_to, least..=*rounds.end(), source);
}

fn cache(form: &mut Form, cache: &mut Cache) {
    form.length("property.ttl", &mut cache.ttl, DAY, Ours);
    form.share("property.ttl_jitter", &mut cache.jitter, Ours);
    form.count("property.cache_size", &mut cache.size, KEYS, Ours);
    let shapes = [
        (Refresh::Everybody, "choice.refresh_everybody"),
        (Refresh::Lock { wait: Span::from_secs(5) }, "choice.refresh_lock"),
        (Refresh::StaleWhileRevalidate { grace: Span::from_secs(30) }, "choice.refresh_stale"),
        (Refresh::Early { beta: 1.0 }, "choice.refresh_early"),
    ];
    form.shape("property.refresh", &mut cache.refresh, &shapes, Ours, |form, refresh| match refresh {
        Refresh::Everybody => {}
        Refresh::Lock { wait } => form.length("property.refresh_wait", wait, HOUR, Ours),
        Refresh::StaleWhileRevalidate { grace } => form.length("property.refresh_grace", grace, DAY, Ours),
        Refresh::Early { beta } => {
            form.number("property.beta", beta, BETAS, Unit::Plain, Product("XFetch"));
        }
    });
    form.distribution("property.cache_time", &mut cache.time);
}
