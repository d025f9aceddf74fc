//! Every design that comes with the page opens, makes sense, and runs.

use archlab_model::*;

use crate::common::secs;
use crate::shelf::{measured, names_in, shelf, text_of};

/// All designs, by name, but those that are there to be timed.
fn all() -> Vec<String> {
    let claims = names_in("claims").into_iter().map(|name| format!("claims/{name}"));
    let is_workload = |name: &String| name.len() == 2 && name.starts_with('w');
    names_in("").into_iter().filter(|name| !is_workload(name)).chain(claims).collect()
}

fn assert_both(place: &str, text: &Text) {
    // Names stay as they are, but for the width of what stands around them.
    let is_chinese = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let has_chinese = text.chinese().chars().any(is_chinese);
    let is_a_name = text.english() == text.chinese();
    assert!(!text.english().is_empty() && (has_chinese || is_a_name), "{place} is called {text:?}");
    let is_english = text.english().is_ascii();
    assert!(is_english, "{place}: {}", text.english());
}

#[test]
fn every_design_opens_without_problems_and_is_saved_as_it_was() {
    for name in all() {
        let design = shelf(&name);
        let problems: Vec<String> = validate(&design).iter().map(ToString::to_string).collect();
        assert_eq!(problems, [""; 0], "{name}");
        assert_eq!(document::open(&document::save(&design)).as_ref(), Ok(&design), "{name}");
    }
}

#[test]
fn every_design_names_its_schema() {
    for name in all() {
        let up = "../".repeat(name.matches('/').count() + 1);
        let line = format!("\"$schema\": \"{up}schema/design-1.json\"");
        assert!(text_of(&name).contains(&line), "{name}: {line}");
    }
}

#[test]
fn every_title_is_in_both_languages() {
    for name in all() {
        let design = shelf(&name);
        let business = &design.business;
        assert_both(&name, &design.title);
        assert_both(&name, &business.title);
        design.groups.values().for_each(|group| assert_both(&name, &group.title));
        let functions = business.functions.values().map(|function| &function.title);
        let kinds = business.requests.values().map(|kind| &kind.title);
        let data = business.data.values().map(|data| &data.title);
        let modules = business.modules.values().map(|module| &module.title);
        let services = business.services.values().map(|service| &service.title);
        let clients = design.clients.values().map(|client| &client.title);
        for title in functions.chain(kinds).chain(data).chain(modules).chain(services).chain(clients) {
            let title = title.as_ref().unwrap_or_else(|| panic!("{name}: everything has a title"));
            assert_both(&name, title);
        }
    }
}

#[test]
fn every_design_runs_and_serves_its_clients() {
    for name in all() {
        let design = shelf(&name);
        if name.contains("task-") || !design.scenario.faults.is_empty() {
            continue;
        }
        let mut quiet = design.clone();
        quiet.groups.truncate(1);
        quiet.clients.retain(|_, client| client.to.iter().any(|to| quiet.groups.contains_key(to)));
        let report = measured(&quiet, secs(20));
        assert!(report.total.succeeded > 20, "{name}: {:?}", report.total);
    }
}
