//! Messaging and transactions in a document.

use archlab_model::*;

/// Two modules, of which the first calls the second through a queue.
const SHOP: &str = r#"{
  "archlab": 1,
  "title": "Shop",
  "clients": {},
  "groups": {
    "shop": {
      "title": "Shop",
      "layout": "microservice",
      "machines": ["m1"],
      "policies": {
        "messaging": {
          "topic": { "acknowledge": { "every": "5s" }, "redelivery": null },
          "topics": { "ship": { "partitions": 6, "acknowledge": "before-work" } }
        },
        "transactions": { "protocol": "two-phase", "coordinator": "server", "conflict": 0.01 }
      }
    }
  },
  "machines": { "m1": { "cores": 4 } },
  "business": {
    "title": "Shop",
    "requests": { "order": { "entry": "order", "share": 1 } },
    "functions": {
      "order": {
        "work": { "constant": "1ms" },
        "steps": [
          { "call": "pay" },
          { "call": "ship", "queue": "broker" },
          { "call": "ship", "async": true, "queue": "broker" },
          { "call": "ship", "queue": "outbox" }
        ]
      },
      "pay": { "work": { "constant": "1ms" } },
      "ship": { "work": { "constant": "1ms" } }
    },
    "transactions": ["order"]
  }
}"#;

fn shop() -> Design {
    document::open(SHOP).expect("a document")
}

fn stores(design: &Design) -> Vec<(String, StoreKind)> {
    let (id, group) = design.groups.first().expect("a group");
    let deployment = layout::deploy(design, id, group);
    deployment.stores.into_iter().map(|store| (store.id.to_string(), store.kind)).collect()
}

#[test]
fn what_a_queue_and_a_transaction_are_set_to_is_kept() {
    let design = shop();
    let steps = &design.business.functions[0].steps;
    let queues: Vec<_> = steps.iter().flat_map(|step| step.calls()).map(|call| call.queue).collect();
    assert_eq!(queues, [None, Some(Queue::Broker), Some(Queue::Broker), Some(Queue::Outbox)]);
    let messaging = &design.groups[0].policies.messaging;
    assert_eq!(messaging.of(&"ship".into()).partitions, Some(6));
    assert_eq!(messaging.of(&"pay".into()).acknowledge, Acknowledge::Every(Span::from_secs(5)));
    let saved = document::save(&design);
    let opened = document::open(&saved).expect("what was saved");
    assert_eq!(opened, design);
    assert_eq!(document::save(&opened), saved);
    assert_eq!(validate(&design), []);
}

#[test]
fn a_broker_and_a_coordinator_are_deployed_where_they_are_needed() {
    let mut design = shop();
    let both = [("broker".to_owned(), StoreKind::Broker), ("coordinator".to_owned(), StoreKind::Coordinator)];
    assert_eq!(stores(&design), both);
    // Where everything is one process and one database there is nothing to coordinate.
    design.groups[0].layout = Layout::Cluster;
    assert_eq!(stores(&design), both[..1]);
    design.business.functions[0].steps.truncate(1);
    assert_eq!(stores(&design), []);
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    for (right, wrong) in [
        ("\"partitions\": 6", "\"partitions\": 0"),
        ("\"conflict\": 0.01", "\"conflict\": 1.01"),
        ("\"partitions\": 6", "\"prefetch\": 0"),
    ] {
        let text = SHOP.replace(right, wrong);
        assert!(matches!(document::open(&text), Err(DocumentError::OutOfBounds { .. })), "{wrong}");
    }
}

#[test]
fn what_names_no_function_is_told() {
    let mut design = shop();
    design.business.transactions.push("refund".into());
    let topics = &mut design.groups[0].policies.messaging.topics;
    topics.insert("mail".into(), Topic::default());
    let problems: Vec<_> = validate(&design).into_iter().map(|problem| problem.what).collect();
    let expected = [
        validate::What::UnknownTransaction { function: "refund".into() },
        validate::What::UnknownTopic { function: "mail".into() },
    ];
    assert_eq!(problems, expected);
}
