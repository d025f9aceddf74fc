//! Properties: everything the model can say has one, every one takes its whole range, and gives back what it got.

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::property::{
    Change, Kind, Label, Nature, Node, Property, Refusal, Subject, Value, change, nodes, presets,
};
use archlab_model::{Design, Span, document, schema};
use serde_json::Value as Json;

use crate::open;

/// The shop as microservices with a zone, a named store, a module and somebody to strike.
fn rich() -> Design {
    let mut design = open("shop-microservice");
    design.machines[0].zone = Some("east".to_owned());
    let data = design.business.data.keys().next().expect("the shop keeps data").clone();
    let store = archlab_model::StoreSpec { data: vec![data], ..archlab_model::StoreSpec::default() };
    design.business.stores.insert("archive".into(), store);
    let empty = archlab_model::Group { seats: Vec::new(), ..design.groups[0].clone() };
    design.groups.insert("second".into(), empty);
    design.clients.insert("others".into(), archlab_model::Client::default());
    design
}

fn subjects(design: &Design) -> Vec<Subject> {
    let group = design.groups.keys().next().expect("there is a group").clone();
    let service = archlab_model::layout::services(&design.business)[0].0.clone();
    vec![
        Subject::Group(group.clone()),
        Subject::Service(group.clone(), service),
        Subject::Store(group, "archive".into()),
        Subject::Machine(design.machines.keys().next().expect("there is a machine").clone()),
        Subject::Client(design.clients.keys().next().expect("there are clients").clone()),
        Subject::Surroundings,
    ]
}

pub fn flat(nodes: &[Node]) -> (Vec<Property>, Vec<(String, Nature)>) {
    let (mut properties, mut sections) = (Vec::new(), Vec::new());
    for node in nodes {
        match node {
            Node::Property(property) => properties.push(property.clone()),
            Node::Section(section) => {
                sections.push((section.path.clone(), section.nature));
                let (inner, deeper) = flat(&section.nodes);
                properties.extend(inner);
                sections.extend(deeper);
            }
        }
    }
    (properties, sections)
}

/// Changes `design`, and checks that the way back leads back and that the document still opens.
fn set(design: &mut Design, subject: &Subject, path: &str, what: Change) {
    let changes = [(subject.clone(), path.to_owned(), what.clone())];
    let command = change(design, &changes).unwrap_or_else(|refusal| panic!("{path} {what:?}: {refusal:?}"));
    let Some(command) = command else { return };
    let before = design.clone();
    command.apply(design);
    assert_ne!(*design, before, "{path}: a command changes something");
    let mut back = design.clone();
    command.inverse().apply(&mut back);
    assert_eq!(back, before, "{path}: undone");
}

fn now(design: &Design, subject: &Subject, path: &str) -> Option<Value> {
    flat(&nodes(design, subject)).0.into_iter().find(|it| it.path == path).map(|it| it.value)
}

/// Values at both ends of the range, and one between that is no default.
fn values(property: &Property) -> Vec<Value> {
    match &property.kind {
        Kind::Length { least, most } => {
            let between = |part: u64| least.as_nanos() + (most.as_nanos() - least.as_nanos()) / part;
            let between = |part| Value::Length(Span::from_nanos(between(part)));
            vec![Value::Length(*least), Value::Length(*most), between(3)]
        }
        Kind::Count { least, most, .. } => {
            let mut values: Vec<u64> = vec![*least, *most, least + (most - least) / 3];
            if property.path.contains("replicas") {
                // A thousand copies of twelve services are more than a run survives.
                values = vec![*least, 700, 2];
            }
            values.into_iter().filter(|it| (least..=most).contains(&it)).map(Value::Count).collect()
        }
        Kind::Number { least, most, .. } => {
            let between = |part: f64| Value::Number(least + (most - least) / part);
            vec![Value::Number(*least), Value::Number(*most), between(3.0)]
        }
        Kind::Choice(options) => (0..options.len()).map(Value::Choice).collect(),
        Kind::Switch => vec![Value::Switch(false), Value::Switch(true)],
        Kind::Text { .. } => vec![Value::Text("west".to_owned()), Value::Text("north".to_owned())],
        Kind::Lengths { .. } => {
            vec![Value::Lengths(vec![Span::from_secs(1)]), Value::Lengths(vec![Span::from_secs(2); 2])]
        }
    }
}

/// Sets everything that can be reached, in every way that it can be set, and tells what that changed.
fn explore(design: &mut Design, subject: &Subject) -> Seen {
    let mut seen = Seen::default();
    loop {
        let (mut properties, mut sections) = flat(&nodes(design, subject));
        // What is told of every service, function and kind alike is looked at once.
        for of in ["calls/guards_of/", "messages/topics/", "entry/edge/kinds/"] {
            let name = |path: &str| {
                path.strip_prefix(of).map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
            };
            let first = sections.iter().find_map(|(path, _)| name(path));
            let is_first = |path: &str| name(path).is_none() || name(path) == first;
            sections.retain(|(path, _)| is_first(path));
            properties.retain(|it| is_first(&it.path));
        }
        let switched = sections.iter().find(|(path, nature)| {
            matches!(nature, Nature::Optional { on: false, .. }) && !seen.sections.contains(path)
                || matches!(nature, Nature::List { room: true }) && !seen.sections.contains(path)
        });
        if let Some((path, nature)) = switched {
            let is_list = matches!(nature, Nature::List { .. });
            let what = if is_list { Change::Add } else { Change::Set(Value::Switch(true)) };
            set(design, subject, path, what);
            seen.sections.insert(path.clone());
            continue;
        }
        let is_fresh = |it: &&Property| {
            !seen.properties.contains(&(shape_of(&properties, it), it.path.clone())) && !is_choice(it)
        };
        let fresh: Vec<(String, String)> = properties
            .iter()
            .filter(is_fresh)
            .map(|it| (shape_of(&properties, it), it.path.clone()))
            .collect();
        let found_some = !fresh.is_empty();
        for (shape, path) in &fresh {
            // The range of one may hang on the value of another.
            let all = flat(&nodes(design, subject)).0;
            let property = all.iter().find(|it| it.path == *path).expect("it is still there");
            let mut before = None;
            for value in values(property) {
                set(design, subject, &property.path, Change::Set(value.clone()));
                assert_eq!(now(design, subject, &property.path), Some(value), "{}", property.path);
                let after = serde_json::to_value(&*design).expect("it is JSON");
                if let Some(before) = before.replace(after.clone()) {
                    seen.note(&before, &after, false);
                }
            }
            seen.properties.insert((shape.clone(), path.clone()));
        }
        if found_some {
            continue;
        }
        // Then every choice once, to see what lies behind it; what lies behind others first.
        let choice = properties.iter().rev().filter(|it| is_choice(it)).find_map(|it| {
            let Kind::Choice(options) = &it.kind else { return None };
            let parts = options.iter().any(|option| !matches!(option, Label::Key(_)));
            let last = if parts { options.len().min(2) } else { options.len() };
            let next = (0..last).find(|place| {
                !seen.choices.contains(&(shape_of(&properties, it), it.path.clone(), *place))
            })?;
            Some((shape_of(&properties, it), it.path.clone(), next))
        });
        let Some((shape, path, place)) = choice else { return seen };
        let before = serde_json::to_value(&*design).expect("it is JSON");
        set(design, subject, &path, Change::Set(Value::Choice(place)));
        assert_eq!(now(design, subject, &path), Some(Value::Choice(place)), "{path}");
        seen.note(&before, &serde_json::to_value(&*design).expect("it is JSON"), true);
        seen.choices.insert((shape, path, place));
    }
}

/// Of which shapes a property is a part: several have properties of the same name.
fn shape_of(all: &[Property], property: &Property) -> String {
    const SHAPES: [&str; 7] = [
        "fault",
        "distribution",
        "limit_kind",
        "budget_kind",
        "concurrency_kind",
        "load_kind",
        "replication_kind",
    ];
    let is_shape = |it: &&Property| {
        let (section, name) = it.path.rsplit_once('/').unwrap_or(("", &it.path));
        let inside = property.path.strip_prefix(section).is_some_and(|rest| rest.starts_with('/'));
        SHAPES.contains(&name) && inside && it.path != property.path
    };
    all.iter().filter(is_shape).map(|it| format!("{:?}", it.value)).collect()
}

fn is_choice(property: &Property) -> bool {
    matches!(property.kind, Kind::Choice(_))
}

/// What was set, and where that shows in a document.
#[derive(Default)]
struct Seen {
    properties: BTreeSet<(String, String)>,
    sections: BTreeSet<String>,
    choices: BTreeSet<(String, String, usize)>,
    leaves: BTreeSet<String>,
}

impl Seen {
    fn note(&mut self, before: &Json, after: &Json, words_only: bool) {
        differences("", before, after, words_only, &mut self.leaves);
    }
}

/// The paths of what differs. A whole that appears or goes is no leaf: its parts were not set one by one.
fn differences(path: &str, before: &Json, after: &Json, words_only: bool, found: &mut BTreeSet<String>) {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                let of =
                    |fields: &serde_json::Map<String, Json>| fields.get(name).cloned().unwrap_or(Json::Null);
                differences(&format!("{path}/{name}"), &of(before), &of(after), words_only, found);
            }
        }
        (Json::Array(before), Json::Array(after)) => {
            for place in 0..before.len().max(after.len()) {
                let of = |items: &[Json]| items.get(place).cloned().unwrap_or(Json::Null);
                differences(&format!("{path}/*"), &of(before), &of(after), words_only, found);
            }
        }
        (before, after) if before != after => {
            let whole = |value: &Json| value.is_object() || value.is_array();
            let word = |value: &Json| value.is_string();
            let appears = before.is_null() && whole(after) || whole(before) && after.is_null();
            if (words_only && (word(before) || word(after))) || !(words_only || appears) {
                found.insert(path.to_owned());
            }
        }
        _ => {}
    }
}

/// The leaves that the schema knows below `start`, with a star for each name or place that a person chooses.
fn leaves(start: &str) -> BTreeSet<String> {
    fn walk(root: &Json, node: &Json, path: &str, depth: usize, found: &mut BTreeSet<String>) {
        if depth > 40 {
            return;
        }
        if let Some(name) = node.get("$ref").and_then(Json::as_str) {
            let target = root.pointer(name.trim_start_matches('#')).expect("a definition is there");
            walk(root, target, path, depth + 1, found);
            return;
        }
        let mut inner = false;
        for several in ["oneOf", "anyOf"] {
            for one in node.get(several).and_then(Json::as_array).into_iter().flatten() {
                walk(root, one, path, depth + 1, found);
                inner = true;
            }
        }
        for (name, field) in node.get("properties").and_then(Json::as_object).into_iter().flatten() {
            walk(root, field, &format!("{path}/{name}"), depth + 1, found);
            inner = true;
        }
        for field in node.get("patternProperties").and_then(Json::as_object).into_iter().flatten() {
            walk(root, field.1, &format!("{path}/*"), depth + 1, found);
            inner = true;
        }
        for key in ["additionalProperties", "items"] {
            if let Some(field) = node.get(key).filter(|it| it.is_object()) {
                walk(root, field, &format!("{path}/*"), depth + 1, found);
                inner = true;
            }
        }
        for field in node.get("prefixItems").and_then(Json::as_array).into_iter().flatten() {
            walk(root, field, &format!("{path}/*"), depth + 1, found);
            inner = true;
        }
        if !inner && node.get("type").and_then(Json::as_str) != Some("null") {
            found.insert(path.to_owned());
        }
    }
    let schema = schema::document();
    let root = schema.as_value();
    let mut found = BTreeSet::new();
    walk(root, root, "", 0, &mut found);
    found.retain(|path| path.starts_with(start));
    found
}

#[test]
fn everything_that_can_be_said_has_a_property_that_takes_its_whole_range() {
    let subjects = subjects(&rich());
    let seen: BTreeSet<String> = std::thread::scope(|scope| {
        let explored: Vec<_> = subjects.iter().map(|subject| scope.spawn(|| leaves_of(subject))).collect();
        explored.into_iter().flat_map(|leaves| leaves.join().expect("every value was taken")).collect()
    });
    let mut wanted = BTreeSet::new();
    for start in ["/groups/*/policies", "/machines", "/clients", "/network", "/scenario", "/business/stores"]
    {
        wanted.extend(leaves(start));
    }
    wanted.extend(leaves("/business/services").into_iter().chain(leaves("/business/requests")));
    let elsewhere = [
        // Names and places have their own commands; the business its own editor.
        "/title",
        "/at/*",
        "/machines/*/at",
        "/machines/*/locked",
        "/clients/*/locked",
        "/services/*/functions/*",
        "/stores/*/data/*",
        "/requests/*/entry",
        "/requests/*/session",
        // One copy is the default, which is not written.
        "/storage/replication",
        // What ends a trouble is chosen by choosing how long a fault lasts.
        "/fault/repair/",
    ];
    let missing: Vec<String> = wanted
        .into_iter()
        .filter(|path| !seen.contains(path))
        .filter(|path| !elsewhere.iter().any(|known| path.ends_with(known) || path.contains("/repair/")))
        .filter(|path| !path.contains("/title/"))
        .collect();
    assert!(missing.is_empty(), "no property reaches these:\n{}", missing.join("\n"));
}

/// The leaves of a document that the properties of a subject write. The names of groups, machines, services and
/// functions are a person's: a star stands for any.
fn leaves_of(subject: &Subject) -> BTreeSet<String> {
    let mut design = rich();
    let found = explore(&mut design, subject);
    let text = document::save(&design);
    let opened = document::open(&text).map_err(|error| error.to_string());
    assert_eq!(opened, Ok(design.clone()), "what is set can be saved and opened: {subject:?}");
    let names: Vec<String> = names_of(&design);
    let known = |part: &str| names.iter().any(|name| name == part);
    let starred = |leaf: String| {
        let parts = leaf.split('/').map(|part| if known(part) { "*" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    found.leaves.into_iter().map(starred).collect()
}

fn names_of(design: &Design) -> Vec<String> {
    let business = &design.business;
    let mut names: Vec<String> = design.groups.keys().map(ToString::to_string).collect();
    names.extend(design.machines.keys().map(ToString::to_string));
    names.extend(design.clients.keys().map(ToString::to_string));
    names.extend(business.functions.keys().map(ToString::to_string));
    names.extend(business.requests.keys().map(ToString::to_string));
    names.extend(business.services.keys().map(ToString::to_string));
    names.extend(business.stores.keys().map(ToString::to_string));
    names.extend(archlab_model::layout::services(business).into_iter().map(|(id, _)| id.to_string()));
    names
}

#[test]
fn what_is_not_touched_is_not_changed_and_has_its_default() {
    let design = Design {
        groups: [("shop".into(), archlab_model::Group::default())].into_iter().collect(),
        machines: [("machine-1".into(), archlab_model::Machine::default())].into_iter().collect(),
        ..Design::default()
    };
    for subject in
        [Subject::Group("shop".into()), Subject::Machine("machine-1".into()), Subject::Surroundings]
    {
        let (properties, _) = flat(&nodes(&design, &subject));
        for property in &properties {
            assert!(!property.is_changed(), "{}", property.path);
            assert!(property.default.is_some(), "{} has a default", property.path);
            assert!(property.kind.accepts(&property.value), "{} is in its range", property.path);
        }
        let mut paths = BTreeMap::new();
        for property in properties {
            *paths.entry(property.path).or_insert(0) += 1;
        }
        assert!(paths.values().all(|count| *count == 1), "no two properties have one path");
    }
}

#[test]
fn a_property_back_at_its_default_is_not_changed_any_more() {
    let mut design = open("shop-cluster");
    let subject = Subject::Group(design.groups[0..].keys().next().expect("one").clone());
    let path = "entry/health/passive";
    set(&mut design, &subject, path, Change::Set(Value::Switch(true)));
    let path = "entry/health/passive/max_fails";
    let find = |design: &Design| flat(&nodes(design, &subject)).0.into_iter().find(|it| it.path == path);
    assert!(!find(&design).expect("it is there").is_changed(), "what is switched on has defaults of its own");
    set(&mut design, &subject, path, Change::Set(Value::Count(4)));
    let property = find(&design).expect("it is there");
    assert!(property.is_changed());
    set(&mut design, &subject, path, Change::Set(property.default.expect("it has one")));
    assert!(!find(&design).expect("it is there").is_changed());
}

#[test]
fn what_may_not_be_is_refused_and_changes_nothing() {
    let mut design = rich();
    design.groups["second"].policies.replicas = 1_000;
    let group = Subject::Group(design.groups.keys().next().expect("one").clone());
    let refused = |path: &str, what: Change| change(&design, &[(group.clone(), path.to_owned(), what)]);
    let zero = Change::Set(Value::Count(0));
    assert!(matches!(refused("entry/health/fall", zero.clone()), Err(Refusal::OutOfRange(_))));
    assert!(matches!(refused("entry/health/fall", Change::Add), Err(Refusal::OutOfRange(_))));
    assert!(matches!(refused("entry/health/nothing", zero), Err(Refusal::NotThere(_))));
    let many = Change::Set(Value::Count(1_000));
    assert!(matches!(refused("instances/capacity/replicas", many), Err(Refusal::TooMuch(_))));
}

#[test]
fn several_are_changed_in_one_command() {
    let mut design = open("shop-cluster");
    let machines: Vec<Subject> = design.machines.keys().cloned().map(Subject::Machine).collect();
    let changes: Vec<_> =
        machines.iter().map(|it| (it.clone(), "cores".to_owned(), Change::Set(Value::Count(16)))).collect();
    let command = change(&design, &changes).expect("it can be").expect("it changes something");
    command.apply(&mut design);
    assert!(design.machines.values().all(|machine| machine.cores == 16));
}

#[test]
fn a_preset_sets_what_it_says_and_is_then_in_force() {
    for preset in presets() {
        let mut design = open("shop-microservice");
        let subject = Subject::Group(design.groups.keys().next().expect("one").clone());
        let name = format!("{} ({})", preset.product, preset.topic);
        assert!(!preset.source.is_empty() && !preset.set.is_empty(), "{name}");
        assert!(preset.set.keys().all(|path| path.starts_with(&preset.topic)), "{name} keeps to its topic");
        let before = design.clone();
        let changes = preset.changes(&design, &subject).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        if let Some(command) =
            change(&design, &changes).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
        {
            command.apply(&mut design);
            let mut back = design.clone();
            command.inverse().apply(&mut back);
            assert_eq!(back, before, "{name} is one step");
        }
        assert!(preset.is_in_force(&nodes(&design, &subject)), "{name} is in force");
        let others = presets().iter().filter(|it| it.topic == preset.topic && it.product != preset.product);
        let alike: Vec<&str> =
            others.filter(|it| it.set == preset.set).map(|it| it.product.as_str()).collect();
        assert!(alike.is_empty(), "{name} sets the same as {alike:?}");
    }
}
