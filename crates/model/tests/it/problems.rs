//! Problems: what a person is told about a design.

use std::collections::BTreeSet;

use archlab_model::validate::{MAX_PROBLEMS, What};
use archlab_model::{
    Call, Design, Distribution, Fault, Load, PlannedFault, Problem, RatePoint, Severity, Span, Step,
    document, intent, validate,
};
use proptest::prelude::*;

use crate::{SHOPS, open, static_file};

/// The problems of the distributed shop after `change`, as sentences.
fn check(change: impl FnOnce(&mut Design)) -> Vec<String> {
    let mut design = open("shop-distributed");
    change(&mut design);
    validate(&design).iter().map(ToString::to_string).collect()
}

fn step(design: &mut Design, function: &str, step: Step) {
    design.business.functions.get_mut(function).expect("a function").steps.push(step);
}

#[test]
fn the_shops_have_no_problems() {
    for shop in SHOPS {
        assert_eq!(validate(&open(shop)), [], "{shop}");
    }
    assert_eq!(validate(&Design::default()), []);
}

#[test]
fn a_balancer_without_anybody_to_ask_or_any_way_to_know_is_told() {
    let told = check(|design| {
        design.machines.values_mut().for_each(|machine| machine.weight = 0);
        design.groups[0].policies.health.rhythm = archlab_model::Rhythm::Never;
    });
    assert!(told[0].contains("weigh nothing") && told[1].contains("nobody learns"), "{told:?}");
    let told = check(|design| {
        let health = &mut design.groups[0].policies.health;
        health.rhythm = archlab_model::Rhythm::Never;
        health.passive = Some(archlab_model::PassiveChecks::default());
    });
    assert_eq!(told, [""; 0]);
}

#[test]
fn what_is_named_and_not_there_is_told() {
    assert_eq!(
        check(|design| step(design, "ad", Step::Call(Call::to("nowhere".into())))),
        ["Function “ad” calls “nowhere”, which does not exist. Add that function or remove the call."]
    );
    let told = check(|design| {
        design.business.functions.shift_remove("email");
        design.business.data.shift_remove("carts");
        design.machines.shift_remove("machine-3");
        design.clients[0].to.push("elsewhere".into());
        design.business.requests[0].entry = "nowhere".into();
        for fault in
            [Fault::PowerOff("machine-9".into()), Fault::Crash("shop/app/1".parse().expect("a name"))]
        {
            design.scenario.faults.push(PlannedFault::new(Span::from_secs(20), fault));
        }
        let between = ("machine-1".to_owned(), "shop/nothing".to_owned());
        let link = archlab_model::network::LinkLatency { between, latency: Span::ZERO };
        design.network.links.push(link);
    });
    for words in [
        "calls “email”",
        "“carts”",
        "Module “orders” holds function “email”",
        "Service “email” holds function “email”",
        "machine “machine-3”",
        "group “elsewhere”",
        "enters by function “nowhere”",
        "The fault planned at 20s is for “machine-9”",
        "“shop/app/1”",
        "“shop/nothing”",
    ] {
        assert!(told.iter().any(|sentence| sentence.contains(words)), "{words}: {told:#?}");
    }
}

#[test]
fn a_function_has_one_home() {
    assert_eq!(
        check(|design| design.business.modules[1].functions.push("ad".into())),
        ["Function “ad” is in two modules, “storefront” and “catalog”. Keep it in one."]
    );
    assert_eq!(
        check(|design| design.business.services[0].functions.push("ad".into())),
        ["Function “ad” is in two services, “frontend” and “ad”. Keep it in one."]
    );
}

#[test]
fn a_machine_has_one_seat() {
    let told = check(|design| design.groups[0].seats.push(Some("machine-1".into())));
    assert_eq!(told, ["Machine “machine-1” has two seats, in “shop” and in “shop”. Leave it in one."]);
}

#[test]
fn calls_that_never_end_are_told_once() {
    assert_eq!(
        check(|design| step(design, "catalog", Step::Call(Call::to("recommendation".into())))),
        ["Function “catalog” calls itself without end: catalog → recommendation → catalog. \
          Break the circle or make one of its calls less likely."]
    );
    let rarely = Call { probability: 0.5, ..Call::to("recommendation".into()) };
    assert_eq!(check(|design| step(design, "catalog", Step::Call(rarely))), [""; 0]);
    assert_eq!(check(|design| step(design, "ad", Step::Parallel(vec![Call::to("ad".into())]))).len(), 1);
}

#[test]
fn traffic_that_does_not_go_forward_is_told() {
    let seconds = Span::from_secs;
    let told = |load: Load| check(|design| design.clients[0].load = load);
    let point = |at, rate| RatePoint { at: seconds(at), rate };
    let fine = Load::Ramp { points: vec![point(0, 10.0), point(0, 20.0), point(9, 5.0)], repeat: true };
    assert_eq!(told(fine), [""; 0]);
    assert_eq!(
        told(Load::Ramp { points: vec![point(9, 10.0), point(0, 20.0)], repeat: false }),
        ["The ramp or recording of clients “shoppers” is not in order of time, or begins again before it \
          ends. Put it in order."]
    );
    let overlapping = Load::Recorded { at: vec![seconds(0), seconds(5)], every: Some(seconds(5)) };
    assert_eq!(told(overlapping).len(), 1);
    assert_eq!(
        told(Load::Recorded { at: vec![], every: None }),
        [
            "Clients “shoppers” have a ramp or a recording without any point, so they ask for nothing. Add one."
        ]
    );
    assert_eq!(
        told(Load::Bursts { rate: 1.0, peak: 9.0, length: seconds(9), every: seconds(5) }),
        ["Clients “shoppers” have bursts of 9s every 5s: they never end. Shorten them or let them come \
          less often."]
    );
    assert_eq!(told(Load::Batch { count: 10, at: seconds(0), every: Some(seconds(5)) }), [""; 0]);
    let flood = told(Load::Batch { count: 10, at: seconds(0), every: Some(Span::from_nanos(1)) });
    assert!(flood[0].contains("out of bounds"), "{flood:?}");
}

#[test]
fn numbers_that_mean_nothing_are_told() {
    let millis = Span::from_millis;
    assert_eq!(
        check(|design| {
            let rare = Call { probability: 1.5, ..Call::to("email".into()) };
            step(design, "ad", Step::Call(rare));
        }),
        ["Step 1 of function “ad” has a probability of 1.5. Choose one from 0 to 1."]
    );
    assert_eq!(
        check(|design| {
            design.business.data[0].read = Distribution::Uniform { from: millis(9), to: millis(3) };
        }),
        [
            "“carts”: a uniform distribution goes from the shorter to the longer, not from 9ms to 3ms. Swap them."
        ]
    );
    let narrow = Distribution::Hyperexponential { mean: millis(1), scv: 0.5 };
    assert_eq!(check(|design| design.business.functions[0].work = narrow).len(), 1);
    assert_eq!(
        check(|design| design.machines[0].cores = 0),
        ["Machine “machine-1” has no cores. Give it at least one."]
    );
    assert_eq!(check(|design| design.groups[0].policies.capacity.workers = 0).len(), 1);
    assert_eq!(
        check(|design| design.machines[0].speed = f64::NAN),
        ["machines.machine-1.speed: NaN is out of bounds; it may be from 0.001 to 1000."]
    );
    assert_eq!(
        check(|design| design.business.requests.values_mut().for_each(|kind| kind.share = 0.0)).len(),
        1
    );
    assert_eq!(check(|design| step(design, "ad", Step::Parallel(Vec::new()))).len(), 1);
}

#[test]
fn a_deadline_nobody_waits_for_is_told() {
    let slow = Call { deadline: Some(Span::from_secs(30)), ..Call::to("email".into()) };
    assert_eq!(
        check(|design| step(design, "ad", Step::Call(slow))),
        ["Function “ad” waits up to 30s for “email”, but whoever called it waits 5s at most. Shorten the \
          deadline."]
    );
}

#[test]
fn missing_machines_are_warnings() {
    let mut design = open("shop-distributed");
    intent::remove_machine(&design, &"machine-2".into()).expect("a machine").apply(&mut design);
    let problems = validate(&design);
    assert_eq!(
        problems[0].to_string(),
        "In group “shop” no machine runs catalog; requests that need them fail. Drag in more machines."
    );
    assert_eq!(problems[0].severity(), Severity::Warning);

    let mut design = open("shop-cluster");
    for machine in ["machine-3", "machine-2", "machine-1"] {
        let machine = machine.parse().expect("a name");
        intent::remove_machine(&design, &machine).expect("a machine").apply(&mut design);
        let expected = match machine.as_str() {
            "machine-3" => None,
            "machine-2" => Some(What::SingleMachine),
            _ => Some(What::NoMachines),
        };
        assert_eq!(validate(&design).into_iter().next().map(|problem| problem.what), expected);
    }
}

#[test]
fn there_are_never_too_many_problems() {
    let told = check(|design| {
        let unknown = Step::Call(Call::to("nowhere".into()));
        for function in design.business.functions.values_mut() {
            function.steps = vec![unknown.clone(); 100];
        }
    });
    assert!(told.len() <= MAX_PROBLEMS + 1);
}

/// The texts of a locale file, by key, as far as our own files go: two spaces for each level.
fn locale(lang: &str) -> Vec<(String, String)> {
    let path = static_file(&format!("locales/problem.{lang}.yml"));
    let text = std::fs::read_to_string(path).expect("a locale file");
    let mut above = Vec::new();
    let mut texts = Vec::new();
    for line in text.lines().skip(1) {
        let (key, value) = line.split_once(':').expect("key: value");
        above.truncate((key.len() - key.trim_start().len()) / 2);
        above.push(key.trim());
        let value = value.trim();
        if !value.is_empty() {
            texts.push((above.join("."), serde_json::from_str(value).expect("a quoted text")));
        }
    }
    texts
}

#[test]
fn every_sentence_is_in_the_locale_files_and_says_the_same() {
    let problem = |what| Problem { part: archlab_model::Part::Machine("machine-1".into()), what };
    let filled = |problem: &Problem, texts: &[(String, String)]| {
        let (_, text) = texts.iter().find(|(key, _)| key == problem.key()).expect("a text for the key");
        problem
            .arguments()
            .iter()
            .fold(text.clone(), |text, (name, value)| text.replace(&format!("%{{{name}}}"), value))
    };
    let (english, chinese) = (locale("en"), locale("zh"));
    for what in [
        What::NoCores,
        What::UnknownCall { function: "cart".into() },
        What::Probability { step: 3, given: 7.0 },
        What::ModulesWithoutMachine { modules: vec!["a".into(), "b".into()] },
        What::OutOfBounds { error: document::open("{}").expect_err("no version") },
    ] {
        let problem = problem(what);
        assert_eq!(filled(&problem, &english), problem.to_string());
        assert!(!filled(&problem, &chinese).contains("%{"), "every placeholder is filled");
    }
    let keys = |texts: &[(String, String)]| texts.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>();
    assert_eq!(keys(&english), keys(&chinese));
}

proptest! {
    #[test]
    fn no_document_makes_validation_panic(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6)
    ) {
        // Names and numbers change places: the text stays a document more often than not.
        let text = crate::text_of("shop-microservice");
        let mut words: Vec<String> = text.split('"').map(str::to_owned).collect();
        for (one, other) in cuts {
            let (one, other) = (one.index(words.len() / 2) * 2, other.index(words.len() / 2) * 2);
            if one + 1 < words.len() && other + 1 < words.len() {
                words.swap(one + 1, other + 1);
            }
        }
        if let Ok(design) = document::open(&words.join("\"")) {
            for problem in validate(&design) {
                let unfilled = problem.to_string().contains("%{");
                prop_assert!(!unfilled);
            }
        }
    }
}
