//! Risks: each is told where it is, not told where it is not, and ended by the change that is offered.

use archlab_model::policy::{Queue, Rhythm, SessionScheme, Sessions};
use archlab_model::validate::{Part, Problem, Risk, What, examine, mend, risks};
use archlab_model::{
    Call, Command, Design, Distribution, Function, Load, Severity, Span, Step, StoreSpec, document, intent,
    rework, validate,
};

use crate::{SHOPS, open, static_file};

const CLUSTER: &str = "shop-cluster";
const MICRO: &str = "shop-microservice";
const MODULES: &str = "shop-distributed";

fn policies(design: &mut Design) -> &mut archlab_model::Policies {
    &mut design.groups[0].policies
}

/// The risk that `is` finds, in a shop that was changed; it was not there before, and its mending ends it.
fn arises(shop: &str, change: impl FnOnce(&mut Design), is: impl Fn(&Risk) -> bool) -> Problem {
    let mut design = open(shop);
    let found = |design: &Design| {
        risks(design).into_iter().find(|problem| matches!(&problem.what, What::Risk(risk) if is(risk)))
    };
    assert_eq!(found(&design), None, "not there yet");
    change(&mut design);
    let problem = found(&design).unwrap_or_else(|| panic!("it is told: {:#?}", risks(&design)));
    assert_eq!(problem.severity(), Severity::Risk);
    ends(&design, &problem);
    problem
}

/// What is offered ends the problem, as one step that can be taken back.
fn ends(design: &Design, problem: &Problem) {
    let before = document::save(design);
    let command = mend(design, problem).unwrap_or_else(|| panic!("a change for {problem}"));
    let mut after = design.clone();
    command.apply(&mut after);
    let same = |other: &Problem| {
        let kind = |what: &What| match what {
            What::Risk(risk) => risk.key(),
            _ => "",
        };
        other.part == problem.part
            && (other.what == problem.what
                || !kind(&other.what).is_empty() && kind(&other.what) == kind(&problem.what))
    };
    assert!(!examine(&after).iter().any(same), "{problem} is ended; {:#?}", examine(&after));
    let text = document::save(&after);
    assert_eq!(document::open(&text).map(|it| document::save(&it)), Ok(text), "what it leaves is a document");
    command.inverse().apply(&mut after);
    assert_eq!(document::save(&after), before, "and it can be taken back");
}

fn told(shop: &str) -> Vec<&'static str> {
    risks(&open(shop)).iter().map(Problem::key).collect()
}

#[test]
fn the_shops_are_told_what_there_is_one_of() {
    assert_eq!(told(CLUSTER), ["problem.risk_single_copy"]);
    assert_eq!(told(MODULES), ["problem.risk_single_point", "problem.risk_single_copy"]);
    assert_eq!(told(MICRO), ["problem.risk_single_point", "problem.risk_single_copy"]);
    for shop in SHOPS {
        let design = open(shop);
        for problem in risks(&design) {
            ends(&design, &problem);
        }
    }
    assert_eq!(risks(&Design::default()), []);
}

#[test]
fn every_design_that_comes_with_the_page_is_examined() {
    let folders = ["designs", "designs/claims"].map(static_file);
    for folder in folders {
        for entry in std::fs::read_dir(folder).expect("designs") {
            let path = entry.expect("a design").path();
            if path.extension().is_some_and(|it| it == "json") {
                let text = std::fs::read_to_string(&path).expect("a text");
                let design =
                    document::open(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                for problem in examine(&design) {
                    if mend(&design, &problem).is_some() {
                        ends(&design, &problem);
                    }
                }
            }
        }
    }
}

#[test]
fn copies_on_one_machine_fall_together() {
    let alone = |design: &mut Design| {
        policies(design).replicas = 2;
        for machine in ["machine-2", "machine-3"] {
            intent::remove_machine(design, &machine.into()).expect("a machine").apply(design);
        }
    };
    arises(MICRO, alone, |risk| matches!(risk, Risk::OneMachine { .. }));
}

#[test]
fn machines_in_one_zone_fall_together() {
    let same = |design: &mut Design| {
        design.machines.values_mut().for_each(|machine| machine.zone = Some("a".to_owned()));
    };
    arises(CLUSTER, same, |risk| matches!(risk, Risk::OneZone { .. }));
}

#[test]
fn a_store_that_many_services_share_is_told() {
    let mut design = open(MICRO);
    for function in ["currency", "shipping", "payment"] {
        let read = archlab_model::Access { data: "carts".into(), write: false, count: 1, probability: 1.0 };
        design.business.functions[function].steps.push(Step::Access(read));
    }
    let spec = StoreSpec { data: vec!["carts".into()], ..StoreSpec::default() };
    design.business.stores.insert("one".into(), spec);
    assert!(risks(&design).iter().any(|it| it.key() == "problem.risk_shared_store"));
}

#[test]
fn late_detection_is_told_unless_requests_themselves_tell() {
    let slow = |design: &mut Design| policies(design).health = archlab_model::HealthCheck::aws();
    arises(CLUSTER, slow, |risk| matches!(risk, Risk::SlowDetection { .. }));
    let mut design = open(CLUSTER);
    slow(&mut design);
    policies(&mut design).health.passive = Some(archlab_model::PassiveChecks::default());
    assert!(!risks(&design).iter().any(|it| it.key() == "problem.risk_slow_detection"));
}

#[test]
fn waiting_too_long_or_too_short_is_told() {
    let long = |design: &mut Design| policies(design).timeouts.response = Span::from_secs(60);
    arises(CLUSTER, long, |risk| matches!(risk, Risk::LongTimeout { .. }));
    let short = |design: &mut Design| policies(design).timeouts.response = Span::from_millis(30);
    arises(CLUSTER, short, |risk| matches!(risk, Risk::ShortTimeout { .. }));
    // One call that is waited for shorter than its work takes.
    let hurried = |design: &mut Design| {
        let call = Call { deadline: Some(Span::from_millis(2)), ..Call::to("payment".into()) };
        design.business.functions["checkout"].steps.push(Step::Call(call));
    };
    let problem = arises(MICRO, hurried, |risk| matches!(risk, Risk::ShortTimeout { .. }));
    assert!(problem.to_string().contains("payment"), "{problem}");
}

#[test]
fn a_timeout_shorter_than_the_one_beneath_it_is_told() {
    let outer = |design: &mut Design| {
        rework::set_call(design, &"checkout-page".into(), (0, 0), |call| {
            call.deadline = Some(Span::from_secs(1));
        })
        .expect("a call")
        .apply(design);
        design.business.functions["checkout"].steps.truncate(1);
    };
    let problem = arises(MICRO, outer, |risk| matches!(risk, Risk::InnerLonger { .. }));
    assert_eq!(problem.part, Part::Function("checkout".into()));
    let mut design = open(MICRO);
    outer(&mut design);
    policies(&mut design).resilience.deadlines = true;
    assert!(!risks(&design).iter().any(|it| it.key() == "problem.risk_inner_longer"));
}

#[test]
fn retries_that_multiply_are_counted_through_the_layers() {
    let stormy = |design: &mut Design| {
        policies(design).retry.attempts = 3;
        policies(design).resilience.retry_errors = true;
    };
    let problem = arises(MICRO, stormy, |risk| matches!(risk, Risk::RetryProduct { .. }));
    // Entry, front end, cart page's recommendation, catalog: 3 · 3 · 3; check-out is one deeper in no other service.
    let What::Risk(Risk::RetryProduct { attempts: 3, depth, product }) = problem.what else {
        panic!("{problem}");
    };
    assert_eq!(product, 3u64.pow(depth));
    assert_eq!(depth, 3);
    arises(MICRO, stormy, |risk| *risk == Risk::NoRetryBudget);
    arises(MICRO, stormy, |risk| *risk == Risk::NoBackoff);
}

#[test]
fn a_queue_without_consumers_or_with_too_few_is_told() {
    let queued = |design: &mut Design| {
        let way = rework::Way::Queued(Queue::Broker);
        rework::set_way(design, &"checkout".into(), (8, 0), way).expect("a call").apply(design);
    };
    let nobody = |design: &mut Design| {
        queued(design);
        intent::remove_machine(design, &"machine-3".into()).expect("a machine").apply(design);
    };
    arises(MODULES, nobody, |risk| matches!(risk, Risk::NoConsumer { .. }));
    let slow = |design: &mut Design| {
        queued(design);
        design.business.functions["email"].work = Distribution::Constant(Span::from_secs(1));
        policies(design).capacity.workers = 1000;
    };
    arises(MICRO, slow, |risk| matches!(risk, Risk::Backlog { .. }));
}

#[test]
fn more_work_than_there_is_room_for_is_told() {
    let busy = |design: &mut Design| design.clients[0].load = Load::Poisson { rate: 500.0 };
    for shop in [CLUSTER, MICRO] {
        let problem = arises(shop, busy, |risk| matches!(risk, Risk::Load { .. }));
        assert!(matches!(problem.what, What::Risk(Risk::Load { percent: 90.., .. })), "{problem}");
    }
    let few = |design: &mut Design| policies(design).capacity.workers = 2;
    arises(CLUSTER, few, |risk| matches!(risk, Risk::Workers { .. }));
    let narrow = |design: &mut Design| {
        policies(design).store_connections = 1;
        design.business.data["products"].read = Distribution::Constant(Span::from_millis(2));
    };
    arises(CLUSTER, narrow, |risk| matches!(risk, Risk::StoreLoad { .. }));
}

#[test]
fn sessions_in_the_memory_of_one_are_told() {
    let sticky = |design: &mut Design| {
        design.business.requests["home"].session = true;
        let sessions = Sessions { scheme: SessionScheme::Sticky, ..Sessions::default() };
        policies(design).sessions = Some(sessions);
    };
    arises(CLUSTER, sticky, |risk| *risk == Risk::SessionsInMemory);
    let mut design = open(CLUSTER);
    sticky(&mut design);
    policies(&mut design).sessions =
        Some(Sessions { scheme: SessionScheme::Replicated, ..Sessions::default() });
    assert!(!risks(&design).iter().any(|it| it.key() == "problem.risk_sessions_in_memory"));
}

#[test]
fn a_function_that_nobody_calls_is_told() {
    let idle = |design: &mut Design| {
        design.business.functions.insert("idle".into(), Function::default());
    };
    arises(CLUSTER, idle, |risk| *risk == Risk::Unused);
}

#[test]
fn what_is_wrong_can_be_mended_where_a_click_is_enough() {
    fn check(shop: &str, change: impl FnOnce(&mut Design), key: &str) {
        let mut design = open(shop);
        change(&mut design);
        let found = validate(&design).into_iter().find(|it| it.key() == key);
        let problem = found.unwrap_or_else(|| panic!("{key}: {:#?}", validate(&design)));
        ends(&design, &problem);
    }
    let call = |to: &'static str| Step::Call(Call::to(to.into()));
    check(
        MICRO,
        |design| design.business.functions["ad"].steps.push(call("nowhere")),
        "problem.unknown_call",
    );
    check(
        MICRO,
        |design| {
            design.business.data.shift_remove("carts");
        },
        "problem.unknown_data",
    );
    check(MICRO, |design| design.business.functions["ad"].steps.push(call("ad")), "problem.endless_calls");
    check(MICRO, |design| design.business.transactions.push("none".into()), "problem.unknown_transaction");
    check(
        MICRO,
        |design| design.business.functions["ad"].steps.push(Step::Parallel(Vec::new())),
        "problem.empty_parallel",
    );
    check(
        MODULES,
        |design| design.business.modules[0].functions.push("none".into()),
        "problem.unknown_in_module",
    );
    check(
        MODULES,
        |design| design.business.modules[0].functions.push("email".into()),
        "problem.in_two_modules",
    );
    check(
        MICRO,
        |design| design.business.requests.values_mut().for_each(|it| it.share = 0.0),
        "problem.no_share",
    );
    check(MICRO, |design| design.business.requests[0].entry = "none".into(), "problem.unknown_entry");
    check(
        MICRO,
        |design| {
            let from = Span::from_secs(2);
            design.business.functions["ad"].work = Distribution::Uniform { from, to: Span::from_secs(1) };
        },
        "problem.uniform_backwards",
    );
    check(CLUSTER, |design| policies(design).health.rhythm = Rhythm::Never, "problem.nobody_looks");
    check(CLUSTER, |design| design.machines[0].cores = 0, "problem.no_cores");
    check(CLUSTER, |design| design.clients[0].to.clear(), "problem.sends_nowhere");
    check(CLUSTER, |design| design.clients[0].to.push("none".into()), "problem.unknown_group");
    let without = |design: &mut Design, machines: &[&'static str]| {
        for machine in machines {
            let machine = archlab_model::MachineId::from(*machine);
            intent::remove_machine(design, &machine).expect("a machine").apply(design);
        }
    };
    check(CLUSTER, |design| without(design, &["machine-2", "machine-3"]), "problem.single_machine");
    for shop in SHOPS {
        check(
            shop,
            |design| without(design, &["machine-1", "machine-2", "machine-3"]),
            "problem.no_machines",
        );
    }
    check(MODULES, |design| without(design, &["machine-2"]), "problem.modules_without_machine");
}

#[test]
fn a_command_that_is_offered_changes_something() {
    for shop in SHOPS {
        let design = open(shop);
        for problem in examine(&design) {
            if let Some(command) = mend(&design, &problem) {
                assert_ne!(command, Command::Batch(Vec::new()));
            }
        }
    }
}
