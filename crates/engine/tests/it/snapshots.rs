//! Snapshots: what follows one is what would have followed without it, to the bit.

use archlab_engine::{Intervention, Simulation};
use archlab_model::{Fault, SimTime, Span};

use crate::shops;

fn at(millis: u64) -> SimTime {
    SimTime::START + Span::from_millis(millis)
}

/// Everything that happens until `until`, as text.
fn told(simulation: &mut Simulation, until: SimTime) -> Vec<String> {
    let mut facts = Vec::new();
    simulation.run_until_with(until, &mut |at, fact| facts.push(format!("{at:?} {fact:?}")));
    facts
}

#[test]
fn what_follows_a_snapshot_is_what_would_have_followed() {
    for (name, _) in shops::SHOPS {
        let design = shops::shop(name);
        let mut unbroken = Simulation::new(&design);
        unbroken.run_until(at(5_000));
        let mut other = Simulation::new(&design);
        other.run_until(at(5_000));
        let snapshot = other.snapshot();
        other.run_until(at(9_000));
        other.restore(&snapshot);
        assert_eq!(other.now(), at(5_000));
        assert_eq!(told(&mut other, at(12_000)), told(&mut unbroken, at(12_000)));
        assert_eq!(other.frame(), unbroken.frame());
    }
}

#[test]
fn going_back_repeats_what_was_done_until_something_else_is_done() {
    let design = shops::shop("shop-cluster");
    let machine = design.machines.keys().next().unwrap().clone();
    let mut simulation = Simulation::new(&design);
    simulation.remember(Span::from_secs(1), 8);
    simulation.run_until(at(4_500));
    simulation.intervene(Intervention::Fault(Fault::PowerOff(machine.clone())));
    let first = told(&mut simulation, at(12_000));
    assert!(simulation.rewind(at(4_500)));
    assert_eq!(told(&mut simulation, at(12_000)), first);
    assert!(simulation.rewind(at(3_000)));
    simulation.run_until(at(4_500));
    assert_eq!(simulation.journal().len(), 1);

    assert!(simulation.rewind(at(4_000)));
    simulation.intervene(Intervention::Fault(Fault::PowerOff(machine.clone())));
    simulation.run_until(at(12_000));
    assert_eq!(simulation.journal().len(), 1, "the later one is forgotten: this run took another way");
    assert_eq!(simulation.journal()[0].0, at(4_000));
}

#[test]
fn a_run_that_diverges_meets_other_chances_and_those_of_its_seed() {
    for (name, _) in shops::SHOPS {
        let mut simulation = Simulation::new(&shops::shop(name));
        simulation.run_until(at(5_000));
        let snapshot = simulation.snapshot();
        let mut after = |seed: Option<u64>| {
            simulation.restore(&snapshot);
            seed.into_iter().for_each(|seed| simulation.diverge(seed));
            told(&mut simulation, at(8_000))
        };
        let unbroken = after(None);
        assert!(after(Some(1)) == after(Some(1)), "{name}: the same seed");
        assert!(after(Some(1)) != after(Some(2)) && after(Some(1)) != unbroken, "{name}: another seed");
        assert!(after(None) == unbroken, "{name}: the snapshot itself is as it was");
    }
}

#[test]
fn a_bounded_number_of_snapshots_covers_the_whole_run() {
    let design = shops::shop("shop-cluster");
    let mut simulation = Simulation::new(&design);
    simulation.remember(Span::from_millis(100), 5);
    simulation.run_until(at(20_000));
    for millis in [0, 1, 7_000, 19_999, 20_000] {
        assert!(simulation.rewind(at(millis)), "back to {millis} ms");
        assert_eq!(simulation.now(), at(millis));
    }
    assert!(!Simulation::new(&design).rewind(at(0)), "nothing was to be remembered");
}
