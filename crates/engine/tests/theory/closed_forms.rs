//! The closed forms that the engine offers for a design, against the table: what the page draws as theory is what
//! the table says, wherever a row speaks of a mean that a closed form gives.

use archlab_engine::measure::theory::{self, GroupTheory, NoTheory};

use crate::cases::{Case, Check, Join, Judge};
use crate::families;
use crate::study::Ask;
use crate::table::{self, Entry};
use crate::watch::{mean, tail};

/// What the engine's theory says to a check, in the units of its study.
fn told(check: &Check) -> Option<Result<f64, NoTheory>> {
    let part = &check.parts[0];
    let (design, unit) = part.study.design(1)?;
    let unit = unit * 1e-9;
    let theory: GroupTheory = theory::of_group(&design, &"g".into())?;
    let of = |place: usize| theory.services[place].1;
    Some(match part.ask {
        Ask::Mean(mean::SOJOURN) => theory.response.map(|response| response / unit),
        Ask::Mean(mean::WAIT) => of(0).map(|theory| theory.mean_wait / unit),
        Ask::Mean(mean::IN_SYSTEM) => of(0).map(|theory| theory.mean_number),
        Ask::Mean(mean::IN_QUEUE) => of(0).map(|theory| theory.mean_queue),
        Ask::Share(mean::WAITED) => match of(0) {
            Ok(theory) => Ok(theory.wait_probability?),
            Err(reason) => Err(reason),
        },
        Ask::Share(mean::FAILED) => of(0).map(|theory| theory.rejected),
        Ask::Mean(mean::THROUGHPUT) => of(0).map(|theory| theory.throughput * unit),
        Ask::Mean(mean::UTILISATION) => of(0).map(|theory| theory.load),
        Ask::Mean(place) if place >= mean::AT_SERVICE => {
            of(place - mean::AT_SERVICE).map(|theory| theory.mean_number)
        }
        Ask::Quantile(tail::SOJOURN, p) => match of(0) {
            Ok(theory) => Ok(theory.sojourn_quantile(p)? / unit),
            Err(reason) => Err(reason),
        },
        _ => return None,
    })
}

fn checks(entry: &Entry) -> Vec<Check> {
    match families::case(entry) {
        Ok(Case::Measured(checks)) => checks,
        _ => Vec::new(),
    }
}

#[test]
fn closed_forms_of_a_design_are_those_of_the_table() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for entry in table::all() {
        for check in checks(&entry) {
            if check.judge != Judge::Equal || !matches!(check.join, Join::Only) {
                continue;
            }
            let Some(Ok(told)) = told(&check) else { continue };
            compared += 1;
            if (told - check.expected).abs() > 2e-6 * check.expected.abs() {
                wrong.push(format!(
                    "{} {}: {} in the table, {told} from the design",
                    entry.id, check.variant, check.expected
                ));
            }
        }
    }
    println!("{compared} rows compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 150, "only {compared} rows have a closed form");
}

#[test]
fn where_no_closed_form_applies_it_is_said_why() {
    let reason = |id: &str| {
        let entry =
            table::all().into_iter().find(|entry| entry.id.starts_with(id)).expect("a row of the table");
        told(&checks(&entry)[0]).expect("a mean of a design").expect_err("no closed form")
    };
    assert_eq!(reason("lb-jsq-n2"), NoTheory::Balancing);
    assert_eq!(reason("max-exp-mean-3"), NoTheory::NotPoisson);
    assert_eq!(reason("fj2-rho"), NoTheory::ForkJoin);
}
