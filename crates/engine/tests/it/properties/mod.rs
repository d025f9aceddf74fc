//! Laws that hold in every run of every design, whatever is done to it: nothing is lost or made of nothing, nothing is
//! less than nothing or more than all, and the same is the same.
#![cfg(not(target_arch = "wasm32"))]

mod generator;

use std::collections::BTreeMap;

use self::generator::{Film, LENGTH, films};
use archlab_engine::{Fact, Intervention, Report, Simulation};
use archlab_model::{SimTime, Span};
use proptest::prelude::*;

type Facts = Vec<(SimTime, Fact)>;

fn at(millis: u64) -> SimTime {
    SimTime::START + Span::from_millis(millis)
}

/// Plays a film; between its interventions `slice` brings the run to the next instant.
fn play(film: &Film, mut slice: impl FnMut(&mut Simulation, SimTime, &mut Facts)) -> (Simulation, Facts) {
    let (mut simulation, mut facts) = (Simulation::new(&film.design), Vec::new());
    for (millis, intervention) in &film.done {
        slice(&mut simulation, at(*millis), &mut facts);
        let intervention: Intervention = intervention.clone();
        simulation.intervene_with(intervention, &mut |now, fact| facts.push((now, *fact)));
    }
    slice(&mut simulation, at(LENGTH), &mut facts);
    (simulation, facts)
}

fn whole(simulation: &mut Simulation, until: SimTime, facts: &mut Facts) {
    simulation.run_until_with(until, &mut |now, fact| facts.push((now, *fact)));
}

/// Every request that ends was issued, once, and ends once; who has not ended is in flight.
fn conserves(facts: &Facts, report: &Report) -> Result<(), TestCaseError> {
    let mut open: BTreeMap<u64, u32> = BTreeMap::new();
    let (mut issued, mut ended) = (0, 0);
    for (_, fact) in facts {
        match fact {
            Fact::Issued { request, group, .. } => {
                prop_assert_eq!(open.insert(*request, *group), None, "issued twice");
                issued += 1;
            }
            Fact::Ended { request, group, .. } => {
                prop_assert_eq!(open.remove(request), Some(*group), "ended without being there");
                ended += 1;
            }
            _ => {}
        }
    }
    let mut told = (0, 0, 0);
    for group in &report.groups {
        for tally in std::iter::once(&group.total).chain(group.kinds.iter().map(|(_, tally)| tally)) {
            prop_assert_eq!(
                tally.issued,
                tally.succeeded + tally.failures() + tally.in_flight,
                "of {:?}",
                tally
            );
        }
        let kinds = |read: fn(&archlab_engine::measure::report::Tally) -> u64| -> u64 {
            group.kinds.iter().map(|(_, tally)| read(tally)).sum()
        };
        prop_assert_eq!(group.total.issued, kinds(|tally| tally.issued));
        prop_assert_eq!(group.total.in_flight, kinds(|tally| tally.in_flight));
        told.0 += group.total.issued;
        told.1 += group.total.succeeded + group.total.failures();
        told.2 += group.total.in_flight;
    }
    prop_assert_eq!(told, (issued, ended, open.len() as u64), "the report tells of what happened");
    Ok(())
}

/// Shares lie between nothing and all; nothing is negative or not a number.
fn is_sane(report: &Report) -> Result<(), TestCaseError> {
    let share = |what: &str, value: f64| {
        prop_assert!((0.0..=1.0 + 1e-9).contains(&value), "{} is {}", what, value);
        Ok(())
    };
    let amount = |what: &str, value: f64| {
        prop_assert!(value >= 0.0 && value.is_finite(), "{} is {}", what, value);
        Ok(())
    };
    for group in &report.groups {
        for service in &group.services {
            share("a service's utilisation", service.utilisation)?;
            amount("a service's queue", service.mean_queue)?;
            for instance in &service.instances {
                share("an instance's utilisation", instance.utilisation)?;
                amount("an instance's queue", instance.mean_queue)?;
            }
        }
        for store in &group.stores {
            share("a store's utilisation", store.utilisation)?;
            amount("a store's queue", store.mean_queue)?;
        }
    }
    for machine in &report.machines {
        share("a machine's utilisation", machine.utilisation)?;
        amount("a machine's queue", machine.mean_queue)?;
    }
    Ok(())
}

fn same(one: &(Simulation, Facts), other: &(Simulation, Facts)) -> Result<(), TestCaseError> {
    let differs = one.1.iter().zip(&other.1).position(|(one, other)| one != other);
    prop_assert_eq!(differs, None, "{:?}", differs.map(|place| (one.1[place], other.1[place])));
    prop_assert_eq!(one.1.len(), other.1.len());
    prop_assert_eq!(one.0.report(), other.0.report());
    prop_assert_eq!(one.0.frame(), other.0.frame());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_less_than_nothing(film in films()) {
        let (mut simulation, mut facts) = (Simulation::new(&film.design), Vec::new());
        let mut done = film.done.iter().peekable();
        // Looked at now and then, not only in the end.
        for millis in (0..=LENGTH).step_by(250) {
            while let Some((then, intervention)) = done.next_if(|(then, _)| *then <= millis) {
                whole(&mut simulation, at(*then), &mut facts);
                simulation.intervene_with(intervention.clone(), &mut |now, fact| facts.push((now, *fact)));
            }
            whole(&mut simulation, at(millis), &mut facts);
            is_sane(&simulation.report())?;
        }
        conserves(&facts, &simulation.report())?;
    }

    #[test]
    fn the_same_run_twice_and_in_slices_is_the_same_run(film in films(), slice in 1_u64..400) {
        let reference = play(&film, whole);
        same(&reference, &play(&film, whole))?;
        let sliced = play(&film, |simulation, until, facts| {
            while simulation.now() < until {
                let next = (simulation.now() + Span::from_millis(slice)).min(until);
                whole(simulation, next, facts);
            }
        });
        same(&reference, &sliced)?;
    }

    #[test]
    fn a_run_that_nobody_listens_to_is_the_same_run(film in films()) {
        let (told, _) = play(&film, whole);
        let mut silent = Simulation::new(&film.design);
        for (millis, intervention) in &film.done {
            silent.run_until(at(*millis));
            silent.intervene(intervention.clone());
        }
        silent.run_until(at(LENGTH));
        prop_assert_eq!(told.report(), silent.report());
        prop_assert_eq!(told.frame(), silent.frame());
    }

    #[test]
    fn what_follows_a_snapshot_is_what_would_have_followed(film in films(), cut in 0_u64..LENGTH) {
        let reference = play(&film, whole);
        // The same run, that at `cut` goes on a little, and comes back.
        let returned = play(&film, |simulation, until, facts| {
            if simulation.now() <= at(cut) && at(cut) < until {
                whole(simulation, at(cut), facts);
                let snapshot = simulation.snapshot();
                simulation.run_until(until.min(at(cut) + Span::from_millis(500)));
                simulation.restore(&snapshot);
            }
            whole(simulation, until, facts);
        });
        same(&reference, &returned)?;
    }
}
