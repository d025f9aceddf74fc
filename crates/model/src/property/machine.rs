//! What a machine is, and how far its messages travel.

use crate::document::{CORES, MAX_LINKS, MAX_TITLE_CHARS, PRIORITIES, SPEEDS, WEIGHTS};
use crate::machine::Machine;
use crate::network::{LinkLatency, Network};
use crate::property::form::Form;
use crate::property::group::DAY;
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::{Label, Unit};

pub(super) fn machine(form: &mut Form, machine: &mut Machine) {
    form.count("property.cores", &mut machine.cores, CORES, Ours);
    form.number("property.speed", &mut machine.speed, SPEEDS, Unit::Factor, Ours);
    let mut zone = machine.zone.clone().unwrap_or_default();
    form.text("property.zone", &mut zone, MAX_TITLE_CHARS);
    machine.zone = Some(zone).filter(|zone| !zone.is_empty());
    form.count("property.weight", &mut machine.weight, WEIGHTS, Product("nginx, HAProxy"));
    form.count("property.priority", &mut machine.priority, PRIORITIES, Product("Envoy"));
}

/// `ends` are the parts that a link can lie between.
pub(super) fn network(form: &mut Form, network: &mut Network, ends: &[(String, Label)]) {
    form.section("property.network", |form| {
        form.length("property.internet", &mut network.internet, DAY, Ours);
        form.length("property.local", &mut network.local, DAY, Ours);
        form.length("property.loopback", &mut network.loopback, DAY, Ours);
        let local = network.local;
        let fresh = |_: Option<&LinkLatency>| {
            let [(one, _), (other, _), ..] = ends else { return None };
            Some(LinkLatency { between: (one.clone(), other.clone()), latency: local })
        };
        form.list("property.links", "property.link", &mut network.links, MAX_LINKS, fresh, |form, link| {
            form.part("property.link_from", &mut link.between.0, ends);
            form.part("property.link_to", &mut link.between.1, ends);
            form.length("property.latency", &mut link.latency, DAY, Ours);
        });
    });
}
