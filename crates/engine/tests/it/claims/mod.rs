//! What is claimed of clusters, distributed systems and microservices, each claim as a test that would fail if it
//! were not true here. `docs/claims.md` has them in a table.

mod cluster;
mod contradictions;
mod distributed;
mod microservice;
mod sizing;
