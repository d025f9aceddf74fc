//! What the business says of single services and stores.

use crate::business::{Module, ServiceSpec, StoreSpec, StoreUse};
use crate::document::{CONNECTIONS, MAX_TITLE_CHARS, REPLICAS};
use crate::group::{Capacity, Policies};
use crate::policy::{Autoscaling, Storage};
use crate::property::form::Form;
use crate::property::instances::{autoscaling, capacity};
use crate::property::kind::Source::Ours;
use crate::property::storage::storage;

/// A microservice. What it doesn't say is as its group has it.
pub(super) fn service(form: &mut Form, service: &mut ServiceSpec, policies: &Policies) {
    let of_group = || policies.replicas;
    form.optional("property.own_replicas", &mut service.replicas, of_group, |form, replicas| {
        form.count("property.replicas", replicas, REPLICAS, Ours);
    });
    own_capacity(form, &mut service.capacity, policies);
    let of_group = || !policies.nonblocking;
    form.optional("property.own_nonblocking", &mut service.nonblocking, of_group, |form, nonblocking| {
        form.switch("property.nonblocking", nonblocking, Ours);
    });
    let of_group = || policies.autoscaling.clone().unwrap_or_default();
    form.optional(
        "property.autoscaling",
        &mut service.autoscaling,
        of_group,
        |form, own: &mut Autoscaling| {
            autoscaling(form, own);
        },
    );
    team(form, &mut service.team);
}

/// A module of a distributed layout.
pub(super) fn module(form: &mut Form, module: &mut Module, policies: &Policies) {
    own_capacity(form, &mut module.capacity, policies);
    team(form, &mut module.team);
}

fn own_capacity(form: &mut Form, own: &mut Option<Capacity>, policies: &Policies) {
    form.optional("property.own_capacity", own, || policies.capacity, capacity);
}

fn team(form: &mut Form, team: &mut Option<String>) {
    let mut name = team.clone().unwrap_or_default();
    form.text("property.team", &mut name, MAX_TITLE_CHARS);
    *team = Some(name).filter(|name| !name.is_empty());
}

/// A store that the business names.
pub(super) fn store(form: &mut Form, store: &mut StoreSpec, policies: &Policies) {
    let options = [
        (StoreUse::Database, "choice.database"),
        (StoreUse::Memory, "choice.in_memory"),
        (StoreUse::Files, "choice.files"),
    ];
    form.choice("property.store_kind", &mut store.kind, &options, Ours);
    let of_group = || policies.store_connections;
    form.optional("property.own_connections", &mut store.connections, of_group, |form, connections| {
        form.count("property.connections", connections, CONNECTIONS, Ours);
    });
    let of_group = || policies.storage.clone();
    form.optional("property.own_storage", &mut store.storage, of_group, |form, own: &mut Storage| {
        storage(form, own);
    });
}
