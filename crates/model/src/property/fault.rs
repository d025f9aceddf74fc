//! A fault: what it is, whom it strikes, how hard.

use std::fmt::Display;

use crate::document::{CHANCES, CLOCK_RATES, LEAKS, MAX_SIDE, SLOWNESS, SPIKES};
use crate::fault::{
    Bug, Cut, Delay, Errors, Fault, Hang, Leak, Loss, Lost, Partition, Site, Skew, Slow, Spike,
};
use crate::property::form::Form;
use crate::property::group::DAY;
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::{Label, Unit};
use crate::property::place::Places;
use crate::time::Span;

/// A fault to begin with: the first machine loses power.
pub(super) fn first(places: &Places) -> Option<Fault> {
    shapes(places).into_iter().find(|(fault, _)| matches!(fault, Fault::PowerOff(_))).map(|(fault, _)| fault)
}

/// The faults that can strike some part there is, each at the first of them.
fn shapes(places: &Places) -> Vec<(Fault, &'static str)> {
    let mut shapes: Vec<(Fault, &'static str)> = Vec::new();
    if let Some((machine, _)) = places.machines.first() {
        shapes.push((Fault::PowerOff(machine.clone()), "choice.power_off"));
        shapes.push((Fault::PowerOn(machine.clone()), "choice.power_on"));
    }
    if let Some((id, _)) = places.instances.first() {
        shapes.push((Fault::Crash(id.clone()), "choice.crash"));
        shapes.push((Fault::Restart(id.clone()), "choice.start"));
        shapes.push((Fault::Stop(id.clone()), "choice.stop"));
        shapes.push((Fault::Hang(Hang { of: id.clone(), checks_pass: false }), "choice.hang"));
        shapes.push((Fault::Leak(Leak { of: id.clone(), requests: 10_000 }), "choice.leak"));
        shapes.push((Fault::FullQueue(id.clone()), "choice.full_queue"));
    }
    if let Some((function, _)) = places.functions.first() {
        let errors = Errors { of: Bug::Function(function.clone()), rate: 0.5 };
        shapes.push((Fault::Errors(errors), "choice.errors"));
    }
    if let Some((site, _)) = places.sites.first() {
        shapes.push((Fault::Slow(Slow { of: site.clone(), factor: 10.0 }), "choice.slow"));
        let skew = Skew { ahead: Span::from_secs(5), ..Skew::none(site.clone()) };
        shapes.push((Fault::Skew(skew), "choice.skew"));
        let sides = (vec![site.clone()], Vec::new());
        shapes.push((Fault::Partition(Partition { sides, one_way: false }), "choice.partition"));
    }
    if let [(one, _), (other, _), ..] = places.sites.as_slice() {
        let between = || (one.clone(), other.clone());
        let (extra, jitter) = (Span::from_millis(100), Span::ZERO);
        let delay = Delay { between: between(), extra, jitter, one_way: false };
        let loss = Loss { between: between(), probability: 0.01, one_way: false, lost: Lost::default() };
        shapes.push((Fault::Cut(Cut { between: between(), one_way: false }), "choice.cut"));
        shapes.push((Fault::Loss(loss), "choice.loss"));
        shapes.push((Fault::Delay(delay), "choice.delay"));
    }
    if let Some((zone, _)) = places.zones.first() {
        shapes.push((Fault::ZoneDown(zone.clone()), "choice.zone_down"));
        shapes.push((Fault::ZoneUp(zone.clone()), "choice.zone_up"));
    }
    if let Some((client, _)) = places.clients.first() {
        shapes.push((Fault::Spike(Spike { of: client.clone(), factor: 5.0 }), "choice.spike"));
    }
    if let Some((store, _)) = places.stores.first() {
        shapes.push((Fault::LostPrimary(store.clone()), "choice.lost_primary"));
        shapes.push((Fault::StoreCrash(store.clone()), "choice.store_crash"));
    }
    shapes
}

/// Tells of `fault`. What ends a trouble that only a document can name is kept as it is.
pub(super) fn fault(form: &mut Form, fault: &mut Fault, places: &Places) {
    let mut shapes = shapes(places);
    let same = |shape: &Fault| std::mem::discriminant(shape) == std::mem::discriminant(fault);
    if !shapes.iter().any(|(shape, _)| same(shape)) {
        let key = if let Fault::Repair(_) = fault { "choice.repair" } else { "choice.unknown_part" };
        shapes.push((fault.clone(), key));
    }
    form.shape("property.fault", fault, &shapes, Ours, |form, fault| target(form, fault, places));
}

fn target(form: &mut Form, fault: &mut Fault, places: &Places) {
    match fault {
        Fault::PowerOff(machine) | Fault::PowerOn(machine) => of(form, machine, &places.machines),
        Fault::Crash(id) | Fault::Stop(id) | Fault::Restart(id) | Fault::FullQueue(id) => {
            of(form, id, &places.instances);
        }
        Fault::ZoneDown(zone) | Fault::ZoneUp(zone) => of(form, zone, &places.zones),
        Fault::LostPrimary(store) | Fault::StoreCrash(store) => of(form, store, &places.stores),
        Fault::Slow(slow) => {
            of(form, &mut slow.of, &places.sites);
            form.number("property.slowness", &mut slow.factor, SLOWNESS, Unit::Factor, Ours);
        }
        Fault::Errors(errors) => {
            bug(form, &mut errors.of, places);
            form.number("property.error_rate", &mut errors.rate, CHANCES, Unit::Percent, Ours);
        }
        Fault::Hang(hang) => {
            of(form, &mut hang.of, &places.instances);
            form.switch("property.checks_pass", &mut hang.checks_pass, Ours);
        }
        Fault::Leak(leak) => {
            of(form, &mut leak.of, &places.instances);
            form.count("property.leak_requests", &mut leak.requests, LEAKS, Ours);
        }
        Fault::Spike(spike) => {
            of(form, &mut spike.of, &places.clients);
            form.number("property.spike", &mut spike.factor, SPIKES, Unit::Factor, Ours);
        }
        Fault::Skew(skew) => {
            of(form, &mut skew.of, &places.sites);
            form.length("property.clock_ahead", &mut skew.ahead, DAY, Ours);
            form.length("property.clock_behind", &mut skew.behind, DAY, Ours);
            form.number("property.clock_rate", &mut skew.rate, CLOCK_RATES, Unit::Factor, Ours);
        }
        Fault::Cut(cut) => between(form, &mut cut.between, &mut cut.one_way, places),
        Fault::Loss(loss) => {
            between(form, &mut loss.between, &mut loss.one_way, places);
            form.number("property.loss", &mut loss.probability, CHANCES, Unit::Percent, Ours);
            let options = [(Lost::Retransmitted, "choice.retransmitted"), (Lost::ForGood, "choice.for_good")];
            form.choice("property.lost", &mut loss.lost, &options, Product("TCP"));
        }
        Fault::Delay(delay) => {
            between(form, &mut delay.between, &mut delay.one_way, places);
            form.length("property.extra", &mut delay.extra, DAY, Ours);
            form.length("property.delay_jitter", &mut delay.jitter, DAY, Ours);
        }
        Fault::Partition(partition) => {
            let next = |_: Option<&Site>| places.sites.first().map(|(site, _)| site.clone());
            let mut side = |key, side: &mut Vec<Site>| {
                form.list(key, "property.side_part", side, MAX_SIDE, next, |form, site| {
                    of(form, site, &places.sites);
                });
            };
            side("property.side_one", &mut partition.sides.0);
            side("property.side_other", &mut partition.sides.1);
            form.switch("property.one_way", &mut partition.one_way, Ours);
        }
        Fault::Repair(_) => {}
    }
}

fn of<T: Clone + PartialEq + Display>(form: &mut Form, part: &mut T, parts: &[(T, Label)]) {
    form.part("property.of", part, parts);
}

fn bug(form: &mut Form, bug: &mut Bug, places: &Places) {
    let function = places.functions.first().map(|(id, _)| (Bug::Function(id.clone()), "choice.bug_function"));
    let instance = places.instances.first().map(|(id, _)| (Bug::Instance(id.clone()), "choice.bug_instance"));
    let shapes: Vec<(Bug, &'static str)> = function.into_iter().chain(instance).collect();
    form.shape("property.bug", bug, &shapes, Ours, |form, bug| match bug {
        Bug::Function(id) => of(form, id, &places.functions),
        Bug::Instance(id) => of(form, id, &places.instances),
    });
}

fn between(form: &mut Form, ends: &mut (Site, Site), one_way: &mut bool, places: &Places) {
    form.part("property.link_from", &mut ends.0, &places.sites);
    form.part("property.link_to", &mut ends.1, &places.sites);
    form.switch("property.one_way", one_way, Ours);
}
