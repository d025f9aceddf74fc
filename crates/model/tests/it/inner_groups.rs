//! Properties of a group that another holds: what it decides, and nothing else.

use std::collections::BTreeSet;

use archlab_model::Design;
use archlab_model::property::{Change, Kind, Node, Subject, Value, change, nodes};

use crate::open;
use crate::properties::flat;

#[test]
fn an_inner_group_tells_how_it_balances_and_nothing_that_it_does_not_decide() {
    let mut design = open("shop-nested");
    let topics = |design: &Design, id: &'static str| -> BTreeSet<String> {
        let told = nodes(design, &Subject::Group(id.into()));
        let section = |node: &Node| match node {
            Node::Section(section) => format!("{:?}", section.label),
            Node::Property(property) => property.path.clone(),
        };
        told.iter().map(section).collect()
    };
    assert!(
        topics(&design, "shop").len() > 2,
        "the outer one decides everything else: {:?}",
        topics(&design, "shop")
    );
    assert_eq!(topics(&design, "orders").len(), 1, "{:?}", topics(&design, "orders"));
    let told = flat(&nodes(&design, &Subject::Group("orders".into()))).0;
    let policy = told.into_iter().find(|it| matches!(it.kind, Kind::Choice(_))).expect("how it balances");
    let changes = [(Subject::Group("orders".into()), policy.path, Change::Set(Value::Choice(2)))];
    change(&design, &changes).expect("it can be set").expect("it changes something").apply(&mut design);
    assert_ne!(design.groups["orders"].policies, design.groups["shop"].policies);

    // Where no machine is, nothing is balanced, and so there is nothing to decide.
    let orders = design.groups.get_mut("orders").expect("there is an inner group");
    orders.seats.clear();
    assert_eq!(nodes(&design, &Subject::Group("orders".into())).len(), 0, "{:?}", topics(&design, "orders"));
}
