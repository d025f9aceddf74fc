//! Messaging: what goes through a queue, who works on it, and what becomes of it when something dies.

use crate::common::*;

use archlab_engine::Outcome::{Failed, Succeeded};
use archlab_engine::measure::report::TopicReport;
use archlab_engine::{Fact, Reason, Simulation};
use archlab_model::*;

/// A call of `to` through its topic.
fn queued(to: &'static str) -> Call {
    Call { queue: Some(Queue::Broker), ..call(to) }
}

/// A front that publishes to `back`, whose `consumers` copies work for `work` on a message; each on a machine of its
/// own.
fn shop(work: Distribution, consumers: u32, step: Call) -> Design {
    let mut business = business_of(&[("front", Span::ZERO, vec![Step::Call(step)])]);
    function(&mut business, "back", work, Vec::new());
    for (id, replicas) in [("front", 1), ("back", consumers)] {
        let spec =
            ServiceSpec { functions: vec![id.into()], replicas: Some(replicas), ..ServiceSpec::default() };
        business.services.insert(id.into(), spec);
    }
    let mut design = design(business, Layout::Microservice, consumers as usize + 1, 4);
    policies(&mut design).health.interval = secs(1_000);
    policies(&mut design).messaging.publish = Distribution::Constant(Span::ZERO);
    design
}

fn topic(design: &mut Design) -> &mut Topic {
    &mut policies(design).messaging.topic
}

fn report(simulation: &Simulation) -> TopicReport {
    simulation.report().groups[0].topics[0].clone()
}

fn run(design: &Design, until: Span) -> TopicReport {
    let mut simulation = Simulation::new(design);
    simulation.run_until(at(until));
    report(&simulation)
}

fn constant(millis: u64) -> Distribution {
    Distribution::Constant(ms(millis))
}

#[test]
fn who_publishes_goes_on_once_the_broker_has_the_message() {
    let mut design = shop(constant(100), 1, queued("back"));
    policies(&mut design).messaging.publish = constant(3);
    user(&mut design, secs(1));
    let (simulation, facts) = play(&design, ms(1_050));
    assert_eq!(ends(&facts), [(1.003, Succeeded)]);
    let topic = report(&simulation);
    assert_eq!((topic.published, topic.deliveries, topic.done, topic.backlog), (1, 1, 0, 1));
    let topic = run(&design, ms(1_110));
    assert_eq!((topic.done, topic.backlog, topic.mean_delay), (1, 0, ms(100)));
}

#[test]
fn a_message_takes_the_way_to_the_broker_and_the_way_to_its_consumer() {
    let mut design = shop(constant(100), 1, queued("back"));
    design.network.local = ms(10);
    user(&mut design, secs(1));
    let (_, facts) = play(&design, ms(1_300));
    // To the front and back to the entry, to the broker and back.
    assert!((ends(&facts)[0].0 - 1.040).abs() < 1e-5, "{:?}", ends(&facts));
    let sent: Vec<_> = facts
        .iter()
        .filter_map(|(now, fact)| match fact {
            Fact::Sent { from: archlab_engine::Place::Store(_), to, .. } => Some((now.as_secs_f64(), *to)),
            _ => None,
        })
        .collect();
    assert!(sent.iter().any(|(_, to)| matches!(to, archlab_engine::Place::Instance(_))), "{sent:?}");
    assert_eq!(run(&design, ms(1_131)).done, 1);
    assert_eq!(run(&design, ms(1_129)).done, 0);
}

#[test]
fn consumers_that_are_down_are_a_backlog_and_no_errors() {
    let mut design = shop(constant(5), 1, queued("back"));
    open(&mut design, 50.0);
    fault(&mut design, secs(10), Fault::Crash(instance("back", 1)));
    fault(&mut design, secs(40), Fault::Restart(instance("back", 1)));
    let (mut simulation, _) = play(&design, secs(40));
    let down = report(&simulation);
    assert!((1_300..1_700).contains(&down.backlog), "{}", down.backlog);
    simulation.run_until(at(secs(120)));
    let (all, topic) = (simulation.report().groups[0].total, report(&simulation));
    assert_eq!(all.failures(), 0);
    assert_eq!(topic.published, topic.done + u64::from(topic.backlog));
    assert!(topic.backlog < 10 && topic.most_backlog >= down.backlog, "{topic:?}");
}

/// How fast the backlog of a topic with partitions grows, in messages a second.
fn growth(partitions: u32, consumers: u32, rate: f64) -> f64 {
    let mut design = shop(Distribution::Exponential(ms(10)), consumers, queued("back"));
    topic(&mut design).partitions = Some(partitions);
    open(&mut design, rate);
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(50)));
    let before = report(&simulation).backlog;
    simulation.run_until(at(secs(250)));
    f64::from(report(&simulation).backlog) / 200.0 - f64::from(before) / 200.0
}

#[test]
fn a_group_of_consumers_sustains_what_its_fullest_member_does() {
    // `mq-capacity-*`: P * mu / ceil(P / C), here at 100 messages a second for each consumer.
    for (partitions, consumers, capacity) in [(1, 4, 100.0), (6, 3, 300.0), (6, 4, 300.0), (6, 8, 600.0)] {
        let below = growth(partitions, consumers, 0.93 * capacity);
        assert!(below.abs() < 0.01 * capacity, "{partitions} {consumers}: {below}");
        // What is too much for the fullest members piles up, at those members.
        let above = growth(partitions, consumers, 1.2 * capacity);
        let most = f64::from(partitions.div_ceil(consumers));
        let busy = consumers.min(partitions);
        let full = f64::from(if partitions % busy == 0 { busy } else { partitions % busy });
        let expected = full * (1.2 * capacity * most / f64::from(partitions) - 100.0);
        assert!(
            (above - expected).abs() < 0.25 * expected,
            "{partitions} {consumers}: {above}, not {expected}"
        );
    }
}

#[test]
fn a_backlog_grows_by_what_is_too_much_and_drains_by_what_is_left() {
    // `mq-backlog`, `mq-drain`: 120 a second for a minute to a consumer of 100 a second, then 80 a second.
    let mut design = shop(constant(10), 1, queued("back"));
    open(&mut design, 120.0);
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(60)));
    let backlog = f64::from(report(&simulation).backlog);
    // Four standard deviations of a Poisson number.
    assert!((backlog - 1_200.0).abs() < 340.0, "{backlog}");
    // The newest waits for all before it: the oldest has waited nearly as long.
    let oldest = report(&simulation).oldest.as_secs_f64();
    assert!((oldest - backlog / 120.0).abs() < 0.15 * backlog / 100.0, "{oldest} {backlog}");
    open(&mut design, 80.0);
    simulation.intervene(adopt(&design));
    let mut now = secs(60);
    while report(&simulation).backlog > 5 {
        now = now + ms(100);
        simulation.run_until(at(now));
    }
    let drained = (now - secs(60)).as_secs_f64();
    assert!((drained - backlog / 20.0).abs() < 0.25 * backlog / 20.0, "{drained} {backlog}");
}

/// A consumer that fails with probability one half.
fn failing(mut design: Design) -> Design {
    let broken = Call { probability: 0.5, ..call("nobody") };
    design.business.functions[1].steps.push(Step::Call(broken));
    design
}

#[test]
fn what_fails_too_often_becomes_a_dead_letter() {
    // `mq-dlq`, `mq-deliveries`.
    let mut design = failing(shop(constant(1), 2, queued("back")));
    topic(&mut design).deliveries = 5;
    open(&mut design, 200.0);
    let topic = run(&design, secs(200));
    let ended = (topic.done + topic.dead) as f64;
    let (dead, deliveries) = (topic.dead as f64 / ended, topic.deliveries as f64 / ended);
    // Four standard errors.
    assert!((dead - 0.03125).abs() < 4.0 * (0.03125 * 0.96875 / ended).sqrt(), "{dead}");
    assert!((deliveries - 1.9375).abs() < 4.0 * (1.5 / ended).sqrt(), "{deliveries}");
    assert!(topic.failed <= topic.deliveries - topic.done);
}

#[test]
fn a_message_nobody_refuses_comes_back_when_its_visibility_ends() {
    let mut design = shop(constant(1), 1, queued("back"));
    design.business.functions[1].steps.push(Step::Call(call("nobody")));
    *topic(&mut design) = Topic { redelivery: None, deliveries: 5, ..Topic::default() };
    clients(&mut design, Load::Batch { count: 1, at: secs(1), every: None });
    let before = run(&design, ms(150_999));
    assert_eq!((before.deliveries, before.dead), (5, 0));
    assert_eq!(run(&design, secs(152)).dead, 1);
}

#[test]
fn the_partitions_of_a_consumer_that_dies_stand_still_for_its_session() {
    // `mq-rebalance-*`: 42 to 45 s, 43.5 s on average, from the death to the next delivery.
    let (mut sum, mut runs) = (0.0, 0.0);
    for seed in 0..24 {
        let mut design = shop(constant(1), 2, queued("back"));
        topic(&mut design).partitions = Some(2);
        design.scenario.seed = seed;
        open(&mut design, 20.0);
        fault(&mut design, secs(10), Fault::Crash(instance("back", 2)));
        let mut simulation = Simulation::new(&design);
        let mut now = ms(10_100);
        simulation.run_until(at(now));
        loop {
            now = now + ms(50);
            let before = report(&simulation).backlog;
            simulation.run_until(at(now));
            if report(&simulation).backlog + 20 < before {
                break;
            }
            assert!(now < secs(60), "nobody took over");
        }
        let pause = (now - secs(10)).as_secs_f64();
        assert!((41.9..=45.2).contains(&pause), "{pause}");
        sum += pause;
        runs += 1.0;
    }
    // The standard deviation of the mean is 0.87 s / sqrt(24).
    assert!((sum / runs - 43.5).abs() < 0.75, "{}", sum / runs);
}

#[test]
fn the_death_of_a_consumer_of_a_queue_is_noticed_at_once_and_its_messages_go_to_another() {
    let mut design = shop(constant(200), 2, queued("back"));
    clients(&mut design, Load::Batch { count: 2, at: secs(1), every: None });
    fault(&mut design, ms(1_100), Fault::Crash(instance("back", 2)));
    let (simulation, facts) = play(&design, ms(1_450));
    let topic = report(&simulation);
    assert_eq!((topic.done, topic.redeliveries, topic.duplicates), (2, 1, 0));
    assert!(
        facts.iter().any(|(now, fact)| *now == at(ms(1_100)) && matches!(fact, Fact::Redelivered { .. }))
    );
}

#[test]
fn who_commits_now_and_then_does_again_what_it_had_not_committed() {
    // `mq-dup-mean`: at 100 messages a second committed every 5 s, 250 on average and 500 at most.
    let mut sum = 0;
    for seed in 0..40 {
        let mut design = shop(constant(1), 1, queued("back"));
        *topic(&mut design) = Topic {
            partitions: Some(1),
            acknowledge: Acknowledge::Every(secs(5)),
            session_timeout: secs(6),
            ..Topic::default()
        };
        design.scenario.seed = seed;
        open(&mut design, 100.0);
        fault(&mut design, secs(12), Fault::Crash(instance("back", 1)));
        fault(&mut design, secs(20), Fault::Restart(instance("back", 1)));
        let topic = run(&design, secs(30));
        assert!(topic.duplicates < 600, "{topic:?}");
        sum += topic.duplicates;
    }
    // A uniform number from 0 to 500 has a standard deviation of 144; forty runs.
    let mean = sum as f64 / 40.0;
    assert!((mean - 250.0).abs() < 80.0, "{mean}");
}

#[test]
fn at_most_once_loses_what_its_consumer_had_in_hand_and_never_works_twice() {
    let mut design = shop(constant(20), 1, queued("back"));
    topic(&mut design).acknowledge = Acknowledge::BeforeWork;
    open(&mut design, 45.0);
    for turn in 0..10 {
        fault(&mut design, secs(10 + 10 * turn), Fault::Crash(instance("back", 1)));
        fault(&mut design, secs(12 + 10 * turn), Fault::Restart(instance("back", 1)));
    }
    let topic = run(&design, secs(130));
    assert!(topic.lost >= 10, "{topic:?}");
    assert_eq!((topic.duplicates, topic.redeliveries), (0, 0));
    assert_eq!(topic.published, topic.done + topic.lost + u64::from(topic.backlog));
}

#[test]
fn a_consumer_that_takes_longer_than_the_visibility_timeout_makes_others_do_its_work_again() {
    let slow = |idempotent| {
        let mut design = shop(constant(1_500), 2, queued("back"));
        *topic(&mut design) = Topic { visibility: secs(1), idempotent, ..Topic::default() };
        clients(&mut design, Load::Batch { count: 1, at: secs(1), every: None });
        run(&design, secs(30))
    };
    let topic = slow(false);
    assert!(topic.done == 1 && topic.duplicates >= 1, "{topic:?}");
    let topic = slow(true);
    assert!(topic.done == 1 && topic.recognised >= 1, "{topic:?}");
}

#[test]
fn a_full_topic_makes_its_publishers_wait_and_then_fail() {
    let mut step = queued("back");
    step.deadline = Some(ms(250));
    let mut design = shop(constant(100), 1, step);
    topic(&mut design).room = 2;
    clients(&mut design, Load::Batch { count: 6, at: secs(1), every: None });
    let (simulation, facts) = play(&design, secs(3));
    // Two are taken at once; each time one is done, one more; the others have waited long enough.
    let ends = ends(&facts);
    let failed = ends.iter().filter(|(_, outcome)| *outcome == Failed(Reason::BrokerFull)).count();
    assert_eq!((ends.len(), failed), (6, 2), "{ends:?}");
    assert!(ends.iter().all(|(at, outcome)| *outcome == Succeeded || (at - 1.25).abs() < 1e-3), "{ends:?}");
    let topic = report(&simulation);
    assert_eq!((topic.published, topic.full, topic.done, topic.unsent), (4, 2, 4, 0));
}

#[test]
fn a_soft_publisher_does_not_fail_when_its_message_is_lost() {
    let mut step = Call { soft: true, ..queued("back") };
    step.deadline = Some(ms(50));
    let mut design = shop(constant(1_000), 1, step);
    topic(&mut design).room = 1;
    clients(&mut design, Load::Batch { count: 3, at: secs(1), every: None });
    let (simulation, facts) = play(&design, secs(5));
    assert!(ends(&facts).iter().all(|(_, outcome)| *outcome == Succeeded));
    let topic = report(&simulation);
    assert_eq!((topic.published, topic.full, topic.unsent), (1, 2, 2));
}

#[test]
fn an_outbox_costs_the_caller_nothing_and_its_relay_publishes_later() {
    let step = Call { queue: Some(Queue::Outbox), ..call("back") };
    let mut design = shop(constant(10), 1, step);
    policies(&mut design).messaging.publish = constant(50);
    user(&mut design, ms(1_100));
    let (simulation, facts) = play(&design, ms(1_400));
    assert_eq!(ends(&facts), [(1.1, Succeeded)]);
    assert_eq!((report(&simulation).outbox, report(&simulation).published), (1, 0));
    let topic = run(&design, ms(1_520));
    assert_eq!((topic.outbox, topic.published, topic.done), (0, 1, 1));
}

#[test]
fn messages_go_round_in_circles_no_deeper_than_calls() {
    let mut design = shop(Distribution::Constant(Span::ZERO), 1, queued("back"));
    design.business.functions[1].steps.push(Step::Call(queued("back")));
    topic(&mut design).deliveries = 2;
    clients(&mut design, Load::Batch { count: 3, at: secs(1), every: None });
    let topic = run(&design, secs(20));
    assert!(topic.dead == 3 && topic.backlog == 0, "{topic:?}");
}

#[test]
fn a_run_with_messages_can_be_taken_back_and_goes_on_the_same() {
    let mut design = failing(shop(Distribution::Exponential(ms(20)), 3, queued("back")));
    topic(&mut design).partitions = Some(4);
    open(&mut design, 100.0);
    fault(&mut design, secs(4), Fault::Crash(instance("back", 2)));
    let mut whole = Simulation::new(&design);
    let first = go_on(&mut whole, secs(20));
    let mut sliced = Simulation::new(&design);
    let mut second = go_on(&mut sliced, secs(7));
    second.extend(go_on(&mut sliced, secs(20)));
    assert_eq!(first, second);
    assert_eq!(whole.report(), sliced.report());
}

#[test]
fn consumers_come_and_go_with_the_design() {
    let mut design = shop(constant(10), 1, queued("back"));
    topic(&mut design).partitions = Some(6);
    open(&mut design, 180.0);
    let (mut simulation, _) = play(&design, secs(20));
    assert!(report(&simulation).backlog > 1_000);
    let mut wider = shop(constant(10), 4, queued("back"));
    topic(&mut wider).partitions = Some(6);
    open(&mut wider, 180.0);
    simulation.intervene(adopt(&wider));
    simulation.run_until(at(secs(60)));
    assert!(report(&simulation).backlog < 50, "{}", report(&simulation).backlog);
    assert_eq!(report(&simulation).duplicates, 0);
}

fn broker() -> archlab_model::fault::StoreName {
    archlab_model::fault::StoreName { group: "g".into(), store: "broker".into() }
}

/// Publishers at 50 messages a second; the broker is down from 10 s to 20 s.
fn without_broker(step: Call) -> (Simulation, usize, usize) {
    let mut design = shop(constant(5), 1, step);
    policies(&mut design).startup = ms(100);
    open(&mut design, 50.0);
    fault(&mut design, secs(10), Fault::StoreCrash(broker()));
    fault(&mut design, secs(20) - ms(100), Fault::Repair(Trouble::StoreCrash(broker())));
    let (simulation, facts) = play(&design, secs(60));
    let refused = ends(&facts).iter().filter(|(_, outcome)| *outcome == Failed(Reason::Refused)).count();
    let failed = ends(&facts).iter().filter(|(_, outcome)| *outcome != Succeeded).count();
    (simulation, refused, failed)
}

#[test]
fn a_publisher_that_insists_fails_while_the_broker_is_down() {
    let (simulation, refused, failed) = without_broker(queued("back"));
    assert!((400..600).contains(&refused) && failed - refused < 5, "{refused} {failed}");
    assert_eq!(report(&simulation).unsent, 0);
}

#[test]
fn accepting_anyway_loses_messages_without_a_word() {
    // Sock Shop's shipping: "Accepting anyway. Don't do this for real!"
    let anyway = [Call { soft: true, ..queued("back") }, Call { asynchronous: true, ..queued("back") }];
    for step in anyway {
        let (simulation, _, failed) = without_broker(step);
        let topic = report(&simulation);
        assert_eq!(failed, 0);
        assert!((400..600).contains(&topic.unsent), "{topic:?}");
        assert_eq!(topic.published, topic.done + u64::from(topic.backlog));
    }
}

#[test]
fn an_outbox_outlives_its_broker() {
    let (simulation, _, failed) = without_broker(Call { queue: Some(Queue::Outbox), ..call("back") });
    let topic = report(&simulation);
    assert_eq!((failed, topic.unsent), (0, 0));
    let issued = simulation.report().groups[0].total.issued;
    assert_eq!(topic.published + topic.outbox, issued);
    assert!(topic.most_backlog > 400, "{topic:?}");
}

#[test]
fn what_a_broker_did_not_hear_it_delivers_again() {
    let mut design = shop(constant(500), 1, queued("back"));
    policies(&mut design).startup = ms(100);
    topic(&mut design).visibility = secs(5);
    clients(&mut design, Load::Batch { count: 1, at: secs(1), every: None });
    fault(&mut design, ms(1_200), Fault::StoreCrash(broker()));
    fault(&mut design, secs(2), Fault::Repair(Trouble::StoreCrash(broker())));
    let topic = run(&design, secs(20));
    assert_eq!((topic.done, topic.duplicates, topic.redeliveries, topic.backlog), (1, 1, 1, 0));
}

#[test]
fn a_consumer_that_is_asked_to_end_hands_over_without_a_pause() {
    let mut design = shop(constant(20), 2, queued("back"));
    topic(&mut design).partitions = Some(4);
    open(&mut design, 40.0);
    fault(&mut design, secs(10), Fault::Stop(instance("back", 2)));
    let topic = run(&design, secs(40));
    assert!(topic.most_backlog < 25, "{topic:?}");
    assert_eq!((topic.duplicates, topic.redeliveries), (0, 0), "{topic:?}");
}
