//! The same design, seed and interventions are the same run, however it is sliced or looked at.

use crate::common::*;

use archlab_engine::{Fact, Intervention, Progress, Simulation};
use archlab_model::policy::WarmUp;
use archlab_model::*;

/// A run with a bit of everything.
fn busy(layout: Layout) -> Design {
    let read = Step::Access(Access { data: "goods".into(), write: false, count: 2, probability: 0.7 });
    let soft = Call { soft: true, deadline: Some(ms(30)), probability: 0.5, ..call("advert") };
    let mut business = business_of(&[
        (
            "front",
            ms(4),
            vec![Step::Parallel(vec![call("cart"), soft, call("list")]), Step::Call(call("pay"))],
        ),
        ("cart", ms(6), vec![read.clone()]),
        ("advert", ms(20), vec![]),
        ("list", ms(3), vec![Step::Call(Call { count: 2, ..call("cart") }), read]),
        ("pay", ms(5), vec![Step::Call(Call { asynchronous: true, ..call("mail") })]),
        ("mail", ms(10), vec![]),
    ]);
    business.functions[&FunctionId::from("cart")].work = Distribution::Exponential(ms(6));
    let data =
        Data { title: None, read: Distribution::Exponential(ms(2)), write: Distribution::Constant(ms(5)) };
    business.data.insert("goods".into(), data);
    let mut design = design(business, layout, 4, 2);
    design.network = Network::default();
    policies(&mut design).retry = Retry { attempts: 3, after_timeout: true };
    policies(&mut design).balancing = Balancing::LeastConnections;
    policies(&mut design).replicas = 2;
    open(&mut design, 60.0);
    fault(&mut design, secs(4), Fault::PowerOff("m2".into()));
    fault(&mut design, secs(20), Fault::PowerOn("m2".into()));
    design
}

type Facts = Vec<(SimTime, Fact)>;

fn journal(layout: Layout) -> Vec<(SimTime, Intervention)> {
    let mut wider = busy(layout);
    wider.machines.insert("m5".into(), Machine::default());
    wider.groups[&GroupId::from("g")].seats.push(Some("m5".into()));
    let crash = Fault::PowerOff("m1".into());
    vec![(at(secs(7)), Intervention::Fault(crash)), (at(ms(9_500)), adopt(&wider))]
}

/// Plays the journal, and between its entries lets `slice` bring the run to the next instant.
fn played(
    layout: Layout,
    mut slice: impl FnMut(&mut Simulation, SimTime, &mut Facts),
) -> (Simulation, Facts) {
    let mut simulation = Simulation::new(&busy(layout));
    let mut facts = Vec::new();
    for (at, intervention) in journal(layout) {
        slice(&mut simulation, at, &mut facts);
        simulation.intervene_with(intervention, &mut |now, fact| facts.push((now, *fact)));
    }
    slice(&mut simulation, at(secs(30)), &mut facts);
    (simulation, facts)
}

fn whole(simulation: &mut Simulation, until: SimTime, facts: &mut Facts) {
    simulation.run_until_with(until, &mut |now, fact| facts.push((now, *fact)));
}

fn check(slice: impl Fn(&mut Simulation, SimTime, &mut Facts)) {
    for layout in Layout::ALL {
        let (reference, expected) = played(layout, whole);
        let (simulation, facts) = played(layout, &slice);
        assert!(expected.len() > 10_000, "{layout:?}: too few facts to say anything");
        assert!(expected == facts, "{layout:?}: other facts");
        assert_eq!(reference.report(), simulation.report(), "{layout:?}");
        assert_eq!(reference.frame(), simulation.frame(), "{layout:?}");
        let group = GroupId::from("g");
        assert_eq!(reference.series(&group), simulation.series(&group), "{layout:?}");
    }
}

#[test]
fn two_runs_are_equal() {
    check(whole);
}

#[test]
fn a_run_in_slices_is_the_same_run() {
    check(|simulation, until, facts| {
        while simulation.now() < until {
            let next = (simulation.now() + ms(137)).min(until);
            whole(simulation, next, facts);
        }
    });
}

#[test]
fn a_run_with_a_budget_of_events_is_the_same_run() {
    check(|simulation, until, facts| {
        let mut tell = |now, fact: &Fact| facts.push((now, *fact));
        while simulation.run_for_with(until, 7, &mut tell) == Progress::OutOfEvents {}
    });
}

#[test]
fn stepping_is_the_same_run() {
    check(|simulation, until, facts| {
        // A step looks no deadline in the face, so the last stretch is run.
        let early = SimTime::from_nanos(until.as_nanos().saturating_sub(2_000_000_000));
        while simulation.now() < early {
            simulation.step_with(&mut |now, fact| facts.push((now, *fact)));
        }
        whole(simulation, until, facts);
    });
}

#[test]
fn looking_changes_nothing() {
    check(|simulation, until, facts| {
        simulation.record_flights(50);
        let mut flights = Vec::new();
        while simulation.now() < until {
            let next = (simulation.now() + ms(50)).min(until);
            whole(simulation, next, facts);
            let _ = (simulation.frame(), simulation.report(), simulation.series(&"g".into()));
            let share = simulation.take_flights(&mut flights);
            assert!(flights.len() <= 50 && share > 0.0 && share <= 1.0);
        }
    });
}

#[test]
fn listening_changes_nothing() {
    let (told, _) = played(Layout::Microservice, whole);
    let (silent, _) = played(Layout::Microservice, |simulation, until, _| simulation.run_until(until));
    assert_eq!(told.report(), silent.report());
}

/// Where messages take no time a request goes a way of its own, as long as nothing unusual happens.
#[test]
fn listening_changes_nothing_where_messages_take_no_time() {
    let closed = Load::Users { count: 6, think: Distribution::Exponential(ms(20)) };
    for load in [Load::Poisson { rate: 150.0 }, closed] {
        let mut design = design(one_function(Distribution::Exponential(ms(15))), Layout::Cluster, 3, 2);
        clients(&mut design, load);
        design.clients[&ClientId::from("people")].patience = ms(400);
        policies(&mut design).timeouts.response = ms(120);
        policies(&mut design).retry = Retry { attempts: 2, after_timeout: true };
        policies(&mut design).process.warm_up = Some(WarmUp { factor: 3.0, over: secs(2) });
        fault(&mut design, secs(5), Fault::Restart(instance("app", 1)));
        fault(&mut design, secs(10), Fault::PowerOff("m2".into()));
        let (told, _) = play(&design, secs(30));
        let mut silent = Simulation::new(&design);
        silent.run_until(at(secs(30)));
        assert_eq!(told.report(), silent.report());
        let total = told.report().groups[0].total;
        assert!(total.succeeded > 1_000 && total.failures() > 0, "{total:?}");
    }
}

/// Plays it twice, with and without a listener; then its clients leave, and nobody has anything left to do.
fn comes_to_rest(design: &Design, done: &[(Span, Intervention)]) {
    let mut quiet = design.clone();
    quiet.clients.clear();
    quiet.scenario.faults.clear();
    let [told, silent] = [true, false].map(|listens| {
        let (mut simulation, mut facts) = (Simulation::new(design), 0);
        let mut until = |simulation: &mut Simulation, then: SimTime| match listens {
            true => simulation.run_until_with(then, &mut |_, _| facts += 1),
            false => simulation.run_until(then),
        };
        for (then, intervention) in done {
            until(&mut simulation, at(*then));
            simulation.intervene(intervention.clone());
        }
        let end = simulation.now() + secs(20);
        until(&mut simulation, end);
        let report = simulation.report();
        simulation.intervene(adopt(&quiet));
        until(&mut simulation, end + secs(60));
        let frame = simulation.frame();
        assert!(frame.instances.iter().all(|one| one.busy == 0 && one.waiting == 0), "{frame:?}");
        assert!(frame.machines.iter().all(|machine| machine.running == 0), "{frame:?}");
        assert_eq!(simulation.report().groups[0].total.in_flight, 0);
        (report, simulation.report())
    });
    assert!(told.0.groups[0].total.succeeded > 100, "{:?}", told.0);
    assert_eq!(told, silent);
}

#[test]
fn who_lets_go_of_a_worker_while_it_waits_gives_it_back_in_the_end() {
    for load in [Load::Poisson { rate: 60.0 }, Load::Poisson { rate: 300.0 }] {
        let mut design = design(one_function(Distribution::Exponential(ms(10))), Layout::Cluster, 2, 1);
        design.business.requests[0].session = true;
        clients(&mut design, load);
        policies(&mut design).capacity = Capacity { workers: 1, queue: 50 };
        policies(&mut design).nonblocking = true;
        comes_to_rest(&design, &[]);
    }
}

#[test]
fn what_is_held_up_and_let_go_within_an_instant_is_done_once() {
    let fault = |text: &str| Intervention::Fault(text.parse().expect(text));
    let mut slow = design(one_function(Distribution::Exponential(ms(15))), Layout::Cluster, 2, 1);
    open(&mut slow, 110.0);
    policies(&mut slow).capacity = Capacity { workers: 1, queue: 500 };
    policies(&mut slow).timeouts.response = Span::MAX;
    slow.clients[0].patience = Span::MAX;
    let mut shared = slow.clone();
    policies(&mut shared).capacity.workers = 3;
    for pair in [
        ["slow:g/app/1:4", "repair:slow:g/app/1"],
        ["hang:g/app/1:checks-pass", "repair:hang:g/app/1"],
        ["slow:m1:4", "repair:slow:m1"],
    ] {
        let mut done = Vec::new();
        for second in 1..10 {
            // Undone within the instant, or only later; in the end cores have to be shared by then.
            let later = ms(300) * (second % 2);
            done.push((secs(second), fault(pair[0])));
            if second == 9 {
                done.push((secs(second) + ms(100), adopt(&shared)));
            }
            done.push((secs(second) + later, fault(pair[1])));
        }
        comes_to_rest(&slow, &done);
    }
}

#[test]
fn a_journal_replays_to_the_same_state() {
    for layout in Layout::ALL {
        let (simulation, _) = played(layout, whole);
        let again = Simulation::replay(&busy(layout), simulation.journal(), simulation.now());
        assert_eq!(simulation.report(), again.report());
        assert_eq!(simulation.frame(), again.frame());
        assert_eq!(simulation.journal(), again.journal());
    }
}

#[test]
fn a_journal_replays_even_if_the_hand_acted_within_an_instant() {
    let mut simulation = Simulation::new(&busy(Layout::Cluster));
    for _ in 0..500 {
        simulation.step();
    }
    simulation.intervene(Intervention::Fault(Fault::PowerOff("m3".into())));
    for _ in 0..333 {
        simulation.step();
    }
    simulation.intervene(Intervention::Fault(Fault::PowerOn("m3".into())));
    simulation.run_until(at(secs(30)));
    let again = Simulation::replay(&busy(Layout::Cluster), simulation.journal(), simulation.now());
    assert_eq!(simulation.report(), again.report());
    assert_eq!(simulation.frame(), again.frame());
}

#[test]
fn another_seed_is_another_run() {
    let mut other = busy(Layout::Cluster);
    other.scenario.seed = 2;
    assert_ne!(report_at(&busy(Layout::Cluster), secs(5)), report_at(&other, secs(5)));
}

#[test]
fn groups_with_the_same_layout_meet_the_same_chances() {
    let mut design = busy(Layout::Cluster);
    design.scenario.faults.clear();
    let mut twin = design.groups[0].clone();
    for seat in twin.seats.iter_mut().flatten() {
        let id: MachineId = format!("{seat}-twin").parse().unwrap();
        design.machines.insert(id.clone(), Machine { cores: 2, ..Machine::default() });
        *seat = id.into();
    }
    design.groups.insert("twin".into(), twin);
    design.clients[0].to.push("twin".into());
    let report = report_at(&design, secs(20));
    assert_eq!(report.groups[0].total, report.groups[1].total);
    assert_eq!(report.groups[0].latency, report.groups[1].latency);
}

#[test]
fn work_that_takes_no_time_is_the_same_run_with_and_without_a_listener() {
    // Nearly all of it rounds to nothing: an end begins the next piece, which ends at once, and so on.
    let brief = Distribution::Lognormal { mean: Span::from_nanos(1), scv: 1e6 };
    for network in [no_network(), Network::default()] {
        let mut design = design(one_function(brief), Layout::Cluster, 2, 1);
        design.network = network;
        policies(&mut design).capacity = Capacity { workers: 1, queue: 1_000_000 };
        clients(&mut design, Load::Batch { count: 20_000, at: secs(1), every: Some(secs(1)) });
        let (mut alone, mut heard, mut facts) = (Simulation::new(&design), Simulation::new(&design), 0);
        alone.run_until(at(secs(5)));
        heard.run_until_with(at(secs(5)), &mut |_, _| facts += 1);
        let report = alone.report();
        assert!(report.groups[0].total.succeeded >= 60_000 && facts > 300_000, "{facts} facts, {report:?}");
        assert_eq!(report, heard.report());
        assert_eq!(alone.frame(), heard.frame());
    }
}
