//! Reworking a business: what refers to a part goes with it, and every change can be taken back.

use archlab_model::business::{Access, Call, Step};
use archlab_model::fault::{Bug, Errors};
use archlab_model::policy::Queue;
use archlab_model::rework::{self, Home, Way};
use archlab_model::{
    Business, CallKind, Command, Deployment, Design, Fault, FunctionId, PlannedFault, Span, StoreUse, Text,
    document, layout, validate,
};
use proptest::prelude::*;

use crate::{SHOPS, open};

const SHOP: &str = "shop-microservice";

fn done(design: &mut Design, command: Option<Command>) {
    command.expect("it changes something").apply(design);
}

fn steps(design: &Design, function: &str) -> String {
    let word = |call: &Call| call.to.to_string();
    let words = design.business.functions[function].steps.iter().map(|step| match step {
        Step::Call(call) => word(call),
        Step::Parallel(calls) => format!("({})", calls.iter().map(word).collect::<Vec<_>>().join(" ")),
        Step::Access(access) => format!("{}{}", if access.write { '>' } else { '<' }, access.data),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What a business refers to and does not have.
fn dangling(business: &Business) -> Vec<String> {
    let known = |function: &FunctionId| business.functions.contains_key(function);
    let mut missing = Vec::new();
    for function in business.functions.values() {
        for step in &function.steps {
            if let Step::Access(access) = step
                && !business.data.contains_key(&access.data)
            {
                missing.push(access.data.to_string());
            }
            assert_ne!(step, &Step::Parallel(Vec::new()), "nothing at once");
            for call in step.calls() {
                missing.extend((!known(&call.to)).then(|| call.to.to_string()));
                missing.extend(call.fallback.iter().filter(|it| !known(it)).map(ToString::to_string));
            }
        }
    }
    let homes = business.modules.values().flat_map(|it| &it.functions);
    let homes = homes.chain(business.services.values().flat_map(|it| &it.functions));
    let named = homes.chain(&business.transactions).chain(business.requests.values().map(|it| &it.entry));
    missing.extend(named.filter(|function| !known(function)).map(ToString::to_string));
    let held = business.stores.values().flat_map(|it| &it.data);
    missing.extend(held.filter(|data| !business.data.contains_key(*data)).map(ToString::to_string));
    missing
}

fn deployments(design: &Design) -> Vec<Deployment> {
    design.groups.iter().map(|(id, group)| layout::deploy(design, id, group)).collect()
}

#[test]
fn a_new_function_is_called_at_the_end_of_its_caller_and_runs_in_every_layout() {
    for shop in SHOPS {
        let mut design = open(shop);
        let (id, command) =
            rework::add_function(&design, "Send invoice", Some(&"checkout".into())).expect("a function");
        assert_eq!(id.as_str(), "send-invoice");
        command.apply(&mut design);
        assert_eq!(design.business.functions[&id].title, Some(Text::from("Send invoice")));
        assert!(steps(&design, "checkout").ends_with(" send-invoice"));
        let deployment = layout::deploy(&design, &"shop".into(), &design.groups["shop"]);
        assert!(deployment.service_of(&id).is_some(), "{shop}: somebody runs it");
    }
}

#[test]
fn names_for_documents_are_free_and_fit() {
    let mut design = open(SHOP);
    for (words, name) in [
        ("Catalog", "catalog-2"),
        ("发票", "发票"),
        ("", "function-1"),
        ("  ", "function-2"),
        ("a/b", "a-b"),
        ("\u{7}", "function-3"),
    ] {
        let (id, command) = rework::add_function(&design, words, None).expect("a function");
        assert_eq!(id.as_str(), name, "{words:?}");
        command.apply(&mut design);
    }
    let (long, _) = rework::add_function(&design, &"x".repeat(300), None).expect("a function");
    assert!(long.as_str().len() <= 64);
}

#[test]
fn what_refers_to_a_function_goes_with_it() {
    let mut design = open("shop-microservice");
    design.business.transactions.push("payment".into());
    let fallen_back = rework::set_call(&design, &"home".into(), (4, 0), |call| {
        call.fallback = Some("payment".into());
    });
    done(&mut design, fallen_back);
    let before = document::save(&design);
    let command = rework::remove_function(&design, &"payment".into()).expect("it is there");
    command.apply(&mut design);
    assert_eq!(dangling(&design.business), Vec::<String>::new());
    assert!(!document::save(&design).contains("payment"));
    command.inverse().apply(&mut design);
    assert_eq!(document::save(&design), before);
}

#[test]
fn faults_to_come_go_with_what_they_are_for() {
    let mut design = open(SHOP);
    for fault in [
        Fault::Crash("shop/payment/1".parse().expect("an instance")),
        Fault::Errors(Errors { of: Bug::Function("payment".into()), rate: 0.5 }),
    ] {
        design.scenario.faults.push(PlannedFault::new(Span::from_secs(5), fault));
    }
    let before = document::save(&design);
    let command = rework::remove_function(&design, &"payment".into()).expect("it is there");
    command.apply(&mut design);
    assert_eq!(design.scenario.faults, []);
    command.inverse().apply(&mut design);
    assert_eq!(document::save(&design), before);
}

#[test]
fn the_kinds_that_enter_by_a_function_go_with_it() {
    let mut design = open(SHOP);
    let removed = rework::remove_function(&design, &"checkout-page".into());
    done(&mut design, removed);
    assert!(!design.business.requests.contains_key("checkout"));
    assert_eq!(rework::remove_function(&design, &"checkout-page".into()), None);
}

#[test]
fn data_goes_with_its_reads_and_writes() {
    let mut design = open(SHOP);
    let removed = rework::remove_data(&design, &"carts".into());
    done(&mut design, removed);
    assert_eq!(steps(&design, "update-cart"), "");
    assert_eq!(dangling(&design.business), Vec::<String>::new());
}

#[test]
fn calls_are_joined_to_happen_at_once_and_parted_again() {
    let mut design = open(SHOP);
    let id: FunctionId = "add-to-cart".into();
    let step = |design: &mut Design, at, once| {
        let command = rework::set_parallel(design, &"add-to-cart".into(), at, once);
        done(design, command);
    };
    assert_eq!(steps(&design, "add-to-cart"), "catalog update-cart cart-page");
    step(&mut design, (1, 0), true);
    assert_eq!(steps(&design, "add-to-cart"), "(catalog update-cart) cart-page");
    step(&mut design, (1, 0), true);
    assert_eq!(steps(&design, "add-to-cart"), "(catalog update-cart cart-page)");
    step(&mut design, (0, 1), false);
    assert_eq!(steps(&design, "add-to-cart"), "catalog (update-cart cart-page)");
    let moved = rework::move_step(&design, &id, 1, 0);
    done(&mut design, moved);
    assert_eq!(steps(&design, "add-to-cart"), "(update-cart cart-page) catalog");
    let removed = rework::remove_call(&design, &id, (0, 0));
    done(&mut design, removed);
    assert_eq!(steps(&design, "add-to-cart"), "cart-page catalog");
    assert_eq!(rework::set_parallel(&design, &id, (0, 0), true), None, "there is none before the first");
    assert_eq!(rework::set_parallel(&design, &"update-cart".into(), (1, 0), true), None, "not with a read");
}

#[test]
fn a_call_through_a_queue_is_no_fallback_any_more() {
    let mut design = open(SHOP);
    let (id, at) = (FunctionId::from("checkout"), (8, 0));
    let fallback = rework::set_call(&design, &id, at, |call| call.fallback = Some("ad".into()));
    done(&mut design, fallback);
    let queued = rework::set_way(&design, &id, at, Way::Queued(Queue::Broker));
    done(&mut design, queued);
    let call = design.business.functions[&id].steps[8].calls()[0].clone();
    assert_eq!((Way::of(&call), call.fallback), (Way::Queued(Queue::Broker), None));
}

#[test]
fn modules_and_services_take_functions_and_let_go_of_them() {
    let mut design = open(SHOP);
    let payment: FunctionId = "payment".into();
    let moved = rework::set_module(&design, &payment, &Home::In("catalog".into()));
    done(&mut design, moved);
    let made = rework::set_service(&design, &payment, &Home::New("Money".to_owned()));
    done(&mut design, made);
    assert_eq!(design.business.modules["catalog"].functions.last(), Some(&payment));
    assert_eq!(design.business.services["money"].functions, std::slice::from_ref(&payment));
    assert_eq!(rework::set_module(&design, &payment, &Home::In("catalog".into())), None);
    let alone = rework::set_service(&design, &payment, &Home::Alone);
    done(&mut design, alone);
    assert!(design.business.services["money"].functions.is_empty());
    let gone = rework::remove_service(&design, &"money".into());
    done(&mut design, gone);
    assert!(!validate(&design).iter().any(|it| it.severity() == archlab_model::Severity::Error));
}

#[test]
fn stores_take_data_and_let_go_of_it_in_every_layout() {
    for shop in SHOPS {
        let mut design = open(shop);
        let first = design.business.data.keys().next().cloned().expect("the shop keeps data");
        let (store, made) = rework::add_store(&design, "Archive").expect("there is room");
        done(&mut design, Some(made));
        let before = deployments(&design);
        assert!(!before.iter().any(|it| it.stores.iter().any(|it| it.id == store)), "empty, it is not built");
        let moved = rework::set_store(&design, &first, &Home::In(store.clone()));
        done(&mut design, moved);
        assert_eq!(rework::set_store(&design, &first, &Home::In(store.clone())), None);
        let memory = rework::set_store_use(&design, &store, StoreUse::Memory);
        done(&mut design, memory);
        let after = deployments(&design);
        let built = after.iter().flat_map(|it| &it.stores).find(|it| it.id == store).expect("it is built");
        assert_eq!(built.data, std::slice::from_ref(&first));
        assert_eq!(dangling(&design.business), Vec::<String>::new());
        let elsewhere = rework::set_store(&design, &first, &Home::New("Other".to_owned()));
        done(&mut design, elsewhere);
        assert!(design.business.stores[&store].data.is_empty(), "data lies in one store");
        let gone = rework::remove_store(&design, &"other".into());
        done(&mut design, gone);
        let alone = deployments(&design);
        let holders = alone[0].stores.iter().filter(|it| it.data.contains(&first)).count();
        assert_eq!(holders, 1, "the layout finds it a place again");
        assert!(!validate(&design).iter().any(|it| it.severity() == archlab_model::Severity::Error));
    }
}

#[test]
fn a_new_title_is_no_matter_to_a_run_and_keeps_the_other_language() {
    let mut design = open(SHOP);
    let renamed = rework::change(&design, |business| {
        let function = &mut business.functions["payment"];
        function.title = Some(rework::retitled(function.title.as_ref(), "Pay", false));
    });
    let renamed = renamed.expect("another title");
    assert!(renamed.is_cosmetic());
    renamed.apply(&mut design);
    let title = design.business.functions["payment"].title.clone().expect("a title");
    assert_eq!((title.english(), title.chinese()), ("Pay", "支付"));
    let moved = rework::move_kind(&design, &"home".into(), 2).expect("another place");
    moved.apply(&mut design);
    assert_eq!(design.business.requests.get_index_of("home"), Some(2));
    moved.inverse().apply(&mut design);
    assert_eq!(design.business.requests.get_index_of("home"), Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_business_stays_whole_whatever_is_done_to_it(
        deeds in proptest::collection::vec((0..18usize, 0..30usize, 0..30usize, 0..9usize), 1..60),
    ) {
        let mut design = open(SHOP);
        let first = document::save(&design);
        let mut done = Vec::new();
        for (deed, one, other, place) in deeds {
            let Some(command) = reworked(&design, deed, one, other, place) else { continue };
            command.apply(&mut design);
            prop_assert_eq!(dangling(&design.business), Vec::<String>::new());
            done.push(command);
        }
        let last = document::save(&design);
        prop_assert_eq!(&document::save(&document::open(&last).expect("a document")), &last);
        for command in done.iter().rev() {
            command.inverse().apply(&mut design);
        }
        prop_assert_eq!(document::save(&design), first);
    }
}

/// One of all the changes, with numbers that are taken modulo what there is.
fn reworked(design: &Design, deed: usize, one: usize, other: usize, place: usize) -> Option<Command> {
    let business = &design.business;
    let nth =
        |n: usize| business.functions.get_index(n.checked_rem(business.functions.len())?).map(|it| it.0);
    let (function, callee) = (nth(one)?, nth(other)?);
    let at = (place, other % 3);
    let data = business.data.keys().next();
    let home =
        |n: usize| business.modules.get_index(n % business.modules.len().max(1)).map(|it| it.0.clone());
    match deed {
        0 => Some(rework::add_function(design, "New", Some(function))?.1),
        1 => rework::remove_function(design, function),
        2 => rework::add_step(design, function, Step::Call(Call::to(callee.clone()))),
        3 => rework::add_step(
            design,
            function,
            Step::Access(Access {
                data: data?.clone(),
                write: other.is_multiple_of(2),
                count: 1,
                probability: 1.0,
            }),
        ),
        4 => rework::remove_step(design, function, place),
        5 => rework::move_step(design, function, place, other % 9),
        6 | 7 => rework::set_parallel(design, function, at, deed == 6),
        8 => rework::remove_call(design, function, at),
        9 => rework::set_way(design, function, at, Way::Asynchronous(Some(CallKind::Rpc))),
        10 => rework::set_module(design, function, &home(other).map_or(Home::Alone, Home::In)),
        11 => rework::set_service(design, function, &Home::New("Home".to_owned())),
        12 => rework::set_transaction(design, function, other.is_multiple_of(2)),
        13 => Some(rework::add_kind(design, "Asked", function)?.1),
        14 => rework::remove_kind(design, business.requests.get_index(one)?.0),
        15 => rework::set_store(design, data?, &Home::New("Kept".to_owned())),
        16 => rework::remove_store(design, business.stores.get_index(other % 3)?.0),
        _ if other.is_multiple_of(8) => rework::remove_data(design, data?),
        _ => Some(rework::add_data(design, "Data")?.1),
    }
}
