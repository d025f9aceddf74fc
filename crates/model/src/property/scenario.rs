//! What happens while a design runs: the seed, faults in time and at random, releases.

use std::ops::RangeInclusive;

use crate::document::{MAX_CHAOS, MAX_FAULTS, MAX_TITLE_CHARS, MIN_MEAN_TIME, REPLICAS};
use crate::id::GroupId;
use crate::policy::{Canary, Defect, Guard, PlannedRelease, Portion, Release, Rolling, Strategy, Version};
use crate::property::fault::{fault, first};
use crate::property::form::Form;
use crate::property::group::DAY;
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::Unit;
use crate::property::place::Places;
use crate::scenario::{Chaos, PlannedFault, Scenario, Victims};
use crate::time::Span;

/// Any instant of a run, any mean time.
const ANY: RangeInclusive<Span> = Span::ZERO..=Span::MAX;
/// The largest seed: JSON has no larger whole number that every reader keeps.
const MAX_SEED: u64 = (1 << 53) - 1;
/// Releases that can be planned.
const MAX_RELEASES: usize = 1_000;
/// How many times as long something takes.
const SLOWNESS: RangeInclusive<f64> = 0.01..=1_000.0;

pub(super) fn scenario(form: &mut Form, scenario: &mut Scenario, places: &Places) {
    form.section("property.scenario", |form| {
        form.seed("property.seed", &mut scenario.seed, MAX_SEED);
        let next = |last: Option<&PlannedFault>| {
            let at = last.map_or(Span::from_secs(10), |last| last.at + Span::from_secs(10));
            first(places).map(|fault| PlannedFault::new(at, fault))
        };
        let faults = &mut scenario.faults;
        form.list("property.faults", "property.planned_fault", faults, MAX_FAULTS, next, |form, planned| {
            form.length("property.at", &mut planned.at, ANY, Ours);
            fault(form, &mut planned.fault, places);
            let minute = || Span::from_secs(60);
            form.optional("property.repaired", &mut planned.lasts, minute, |form, lasts| {
                form.length("property.lasts", lasts, ANY, Ours);
            });
        });
        let next = |_: Option<&Chaos>| {
            let (group, _) = places.groups.first()?;
            let (mttf, mttr) = (Span::from_secs(600), Span::from_secs(30));
            Some(Chaos { of: Victims::Machines(group.clone()), mttf, mttr, crews: None })
        };
        let random = &mut scenario.chaos;
        form.list("property.chaos", "property.random_fault", random, MAX_CHAOS, next, |form, it| {
            chaos(form, it, places);
        });
        let next = |last: Option<&PlannedRelease>| {
            let at = last.map_or(Span::from_secs(10), |last| last.at + Span::from_secs(60));
            places.groups.first().map(|(group, _)| PlannedRelease { at, release: blank(group) })
        };
        let releases = &mut scenario.releases;
        form.list("property.releases", "property.release", releases, MAX_RELEASES, next, |form, planned| {
            form.length("property.at", &mut planned.at, ANY, Ours);
            release(form, &mut planned.release, places);
        });
    });
}

fn chaos(form: &mut Form, chaos: &mut Chaos, places: &Places) {
    let mut shapes = Vec::new();
    if let Some((group, _)) = places.groups.first() {
        shapes.push((Victims::Machines(group.clone()), "choice.victim_machines"));
        shapes.push((Victims::Instances(group.clone()), "choice.victim_instances"));
    }
    if let Some(fault) = first(places) {
        shapes.push((Victims::Fault(fault), "choice.victim_fault"));
    }
    form.shape("property.victims", &mut chaos.of, &shapes, Ours, |form, victims| match victims {
        Victims::Machines(group) | Victims::Instances(group) => {
            form.part("property.in_group", group, &places.groups);
        }
        Victims::Fault(it) => fault(form, it, places),
    });
    let mean_times = MIN_MEAN_TIME..=Span::MAX;
    form.length("property.mttf", &mut chaos.mttf, mean_times.clone(), Ours);
    form.length("property.mttr", &mut chaos.mttr, mean_times, Ours);
    form.optional(
        "property.few_crews",
        &mut chaos.crews,
        || 1,
        |form, crews| {
            form.count("property.crews", crews, 1..=10_000, Ours);
        },
    );
}

fn blank(group: &GroupId) -> Release {
    Release {
        group: group.clone(),
        services: Vec::new(),
        version: Version::default(),
        strategy: Strategy::default(),
        together: false,
        guard: None,
    }
}

fn release(form: &mut Form, release: &mut Release, places: &Places) {
    form.part("property.in_group", &mut release.group, &places.groups);
    form.text("property.version", &mut release.version.name, MAX_TITLE_CHARS);
    let shapes = [
        (Strategy::Rolling(Rolling::default()), "choice.rolling"),
        (Strategy::BlueGreen, "choice.blue_green"),
        (Strategy::Canary(Canary::default()), "choice.canary"),
        (Strategy::AllAtOnce, "choice.all_at_once"),
    ];
    let source = Product("Kubernetes Deployment");
    form.shape(
        "property.strategy",
        &mut release.strategy,
        &shapes,
        source,
        |form, strategy| match strategy {
            Strategy::Rolling(rolling) => {
                portion(form, "property.surge", &mut rolling.surge);
                portion(form, "property.unavailable", &mut rolling.unavailable);
                form.length(
                    "property.ready_for",
                    &mut rolling.ready_for,
                    DAY,
                    Product("Kubernetes minReadySeconds"),
                );
                let source = Product("Kubernetes progressDeadlineSeconds");
                form.length("property.progress_deadline", &mut rolling.deadline, DAY, source);
            }
            Strategy::Canary(canary) => {
                form.share("property.canary_share", &mut canary.share, Product("Flagger, Argo"));
                form.count("property.canary_copies", &mut canary.copies, 1..=1_000, Ours);
            }
            Strategy::BlueGreen | Strategy::AllAtOnce => {}
        },
    );
    form.optional("property.defect", &mut release.version.defect, Defect::default, |form, defect| {
        form.share("property.defect_chance", &mut defect.chance, Ours);
        form.share("property.error_rate", &mut defect.errors, Ours);
        form.number("property.slowness", &mut defect.slowness, SLOWNESS, Unit::Factor, Ours);
    });
    form.optional("property.guard", &mut release.guard, Guard::default, |form, guard| {
        form.length("property.watch", &mut guard.watch, DAY, Product("Flagger"));
        form.count("property.guard_calls", &mut guard.calls, 0..=1_000_000, Ours);
        form.share("property.guard_errors", &mut guard.errors, Product("Flagger"));
        form.number("property.guard_slowness", &mut guard.slowness, SLOWNESS, Unit::Factor, Ours);
    });
    form.switch("property.together", &mut release.together, Ours);
    form.members("property.released", &mut release.services, &places.services);
}

fn portion(form: &mut Form, key: &'static str, portion: &mut Portion) {
    let shapes =
        [(Portion::Share(0.25), "choice.portion_share"), (Portion::Count(1), "choice.portion_count")];
    form.section(key, |form| {
        let source = Product("Kubernetes Deployment");
        form.shape("property.portion", portion, &shapes, source, |form, portion| match portion {
            Portion::Share(share) => form.share("property.portion_share", share, source),
            Portion::Count(count) => form.count("property.portion_count", count, REPLICAS, Ours),
        });
    });
}
