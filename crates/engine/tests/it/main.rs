//! Tests of the engine from outside: designs are made or opened, runs are played, and what came of them is asked. One
//! program, for each takes long to build; what wants a program of its own (another allocator, another profile, another
//! target) lies beside it.

mod adoption;
mod balancing;
mod caches;
mod calls;
mod chaos;
mod claims;
mod common;
mod coordinators;
mod detection;
mod determinism;
mod elections;
mod failures;
mod faults;
mod health;
mod links;
mod messaging;
mod nonsense;
mod operation;
mod properties;
mod queues;
mod reference;
mod releases;
mod resilience;
mod sessions;
mod shelf;
mod shops;
mod snapshots;
mod stores;
mod traffic;
mod transactions;
