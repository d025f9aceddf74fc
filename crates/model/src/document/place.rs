//! Where in a document a part has the wrong form.
//!
//! A deserialiser tells what is wrong but not where. One that keeps its path is all deserialisers
//! compiled once more; instead, only once a document has been refused, its parts are tried one by one.

mod balancing;
mod by_hand;
mod faults;
mod flow;
mod load;
mod operation;
mod resilience;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::{Error, Value, from_value};

use super::store_parts::{EDGE, SESSIONS, STORAGE, STORES};
use crate::business::{
    Business, Data, Function, Module, RequestKind, ServiceSpec, Step, StepForm, StoreSpec,
};
use crate::by_hand::ByHand;
use crate::client::{Client, Load};
use crate::distribution::Distribution;
use crate::group::{Capacity, Group, Layout, Placement, Policies, Retry, Timeouts};
use crate::id::{
    ClientId, DataId, FunctionId, GroupId, KindId, MachineId, ModuleId, NoteId, ServiceId, StoreId,
};
use crate::machine::{Machine, Point};
use crate::member::Member;
use crate::network::{LinkLatency, Network};
use crate::note::Note;
use crate::policy::{
    Autoscaling, Balancer, Balancing, Discovery, EdgeCache, HealthCheck, Messaging, Queue, Resilience,
    Sessions, Shutdown, Storage, Transactions,
};
use crate::protocol::{CallCost, CallCosts, CallKind};
use crate::scenario::Scenario;
use crate::text::Text;
use crate::time::Span;
use faults::{PROCESS, SCENARIO};

/// What is wrong with a value that should have some form.
pub(super) type Check = fn(Value) -> Option<Error>;

/// The form of a value, and of what lies in it.
pub(super) struct Form {
    check: Check,
    parts: &'static Parts,
}

/// What lies in a value.
pub(super) enum Parts {
    /// Nothing that has a path of its own.
    None,
    /// Fields, each of its own form.
    Fields(&'static [(&'static str, Form)]),
    /// One of these, under its name.
    Variants(&'static [(&'static str, Parts)]),
    /// Names of one kind, and under each the same form.
    Entries(Check, Form),
    /// The same form again and again.
    Items(Form),
}

use Parts::{Entries, Fields, Items, None as Nothing, Variants};

pub(super) fn check<T: DeserializeOwned>(value: Value) -> Option<Error> {
    from_value::<T>(value).err()
}

pub(super) const fn plain<T: DeserializeOwned>() -> Form {
    form::<T>(&Nothing)
}

pub(super) const fn form<T: DeserializeOwned>(parts: &'static Parts) -> Form {
    Form { check: check::<T>, parts }
}

/// The path of the part for which `design` is not a design: the first in its order that has not its
/// form, and within it as deep as a part can be blamed alone.
pub(super) fn of_failure(design: &Value) -> String {
    let mut path = String::new();
    descend(&DESIGN, design, &mut path);
    path
}

fn descend(parts: &Parts, value: &Value, path: &mut String) {
    match (parts, value) {
        (Fields(fields), Value::Object(entries)) => {
            for (name, value) in entries {
                let field = fields.iter().find(|(known, _)| known == name);
                if field.is_none_or(|(_, form)| form.refuses(value)) {
                    push_name(path, name);
                    return field.map_or((), |(_, form)| descend(form.parts, value, path));
                }
            }
        }
        (Variants(variants), Value::Object(entries)) if entries.len() == 1 => {
            for (name, parts) in *variants {
                if let Some(value) = entries.get(*name) {
                    push_name(path, name);
                    descend(parts, value, path);
                }
            }
        }
        (Entries(check_name, form), Value::Object(entries)) => {
            for (name, value) in entries {
                let has_no_name = check_name(name.as_str().into()).is_some();
                if has_no_name || form.refuses(value) {
                    push_name(path, name);
                    if !has_no_name {
                        descend(form.parts, value, path);
                    }
                    return;
                }
            }
        }
        (Items(form), Value::Array(items)) => {
            if let Some(place) = items.iter().position(|item| form.refuses(item)) {
                path.push_str(&format!("[{place}]"));
                descend(form.parts, &items[place], path);
            }
        }
        _ => {}
    }
}

fn push_name(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

impl Form {
    fn refuses(&self, value: &Value) -> bool {
        (self.check)(value.clone()).is_some()
    }
}

static DESIGN: Parts = Fields(&[
    ("title", form::<Text>(&TEXT)),
    ("clients", form::<IndexMap<ClientId, Client>>(&CLIENTS)),
    ("groups", form::<IndexMap<GroupId, Group>>(&GROUPS)),
    ("machines", form::<IndexMap<MachineId, Machine>>(&MACHINES)),
    ("notes", form::<IndexMap<NoteId, Note>>(&NOTES)),
    ("network", form::<Network>(&NETWORK)),
    ("business", form::<Business>(&BUSINESS)),
    ("scenario", form::<Scenario>(&SCENARIO)),
]);

pub(super) static TEXT: Parts = Fields(&[("en", plain::<String>()), ("zh", plain::<String>())]);
pub(super) static POINT: Parts = Items(plain::<f64>());

static CLIENTS: Parts = Entries(check::<ClientId>, form::<Client>(&CLIENT));
static CLIENT: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("load", form::<Load>(&load::LOAD)),
    ("to", form::<Vec<GroupId>>(&Items(plain::<GroupId>()))),
    ("users", plain::<u32>()),
    ("patience", plain::<Span>()),
    ("at", form::<Point>(&POINT)),
    ("locked", plain::<bool>()),
]);
pub(super) static DISTRIBUTION: Parts = Variants(&[
    ("constant", Nothing),
    ("exponential", Nothing),
    ("uniform", Fields(&[("from", plain::<Span>()), ("to", plain::<Span>())])),
    ("erlang", Fields(&[("mean", plain::<Span>()), ("stages", plain::<u32>())])),
    ("lognormal", Fields(&[("mean", plain::<Span>()), ("scv", plain::<f64>())])),
    ("hyperexponential", Fields(&[("mean", plain::<Span>()), ("scv", plain::<f64>())])),
]);

static GROUPS: Parts = Entries(check::<GroupId>, form::<Group>(&GROUP));
static GROUP: Parts = Fields(&[
    ("title", form::<Text>(&TEXT)),
    ("layout", plain::<Layout>()),
    ("machines", form::<Vec<Option<Member>>>(&Items(plain::<Option<Member>>()))),
    ("at", form::<Point>(&POINT)),
    ("policies", form::<Policies>(&POLICIES)),
    ("locked", plain::<bool>()),
    ("by_hand", form::<ByHand>(&by_hand::BY_HAND)),
]);
static POLICIES: Parts = Fields(&[
    ("balancing", plain::<Balancing>()),
    ("balancer", form::<Balancer>(&balancing::BALANCER)),
    ("health", form::<HealthCheck>(&balancing::HEALTH_CHECK)),
    ("discovery", form::<Option<Discovery>>(&balancing::DISCOVERY)),
    ("shutdown", form::<Shutdown>(&balancing::SHUTDOWN)),
    ("timeouts", form::<Timeouts>(&TIMEOUTS)),
    ("retry", form::<Retry>(&RETRY)),
    ("capacity", form::<Capacity>(&CAPACITY)),
    ("nonblocking", plain::<bool>()),
    ("replicas", plain::<u32>()),
    ("startup", plain::<Span>()),
    ("placement", form::<Placement>(&operation::PLACEMENT)),
    ("autoscaling", form::<Option<Autoscaling>>(&operation::AUTOSCALING)),
    ("store_connections", plain::<u32>()),
    ("process", PROCESS),
    ("sessions", form::<Option<Sessions>>(&SESSIONS)),
    ("storage", form::<Storage>(&STORAGE)),
    ("edge", form::<Option<EdgeCache>>(&EDGE)),
    ("resilience", form::<Resilience>(&resilience::RESILIENCE)),
    ("messaging", form::<Messaging>(&flow::MESSAGING)),
    ("transactions", form::<Transactions>(&flow::TRANSACTIONS)),
]);
static TIMEOUTS: Parts = Fields(&[("connect", plain::<Span>()), ("response", plain::<Span>())]);
static RETRY: Parts = Fields(&[("attempts", plain::<u32>()), ("after_timeout", plain::<bool>())]);
static CAPACITY: Parts = Fields(&[("workers", plain::<u32>()), ("queue", plain::<u32>())]);

static MACHINES: Parts = Entries(check::<MachineId>, form::<Machine>(&MACHINE));
static MACHINE: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("cores", plain::<u32>()),
    ("speed", plain::<f64>()),
    ("weight", plain::<u32>()),
    ("priority", plain::<u32>()),
    ("zone", plain::<Option<String>>()),
    ("at", form::<Option<Point>>(&POINT)),
    ("locked", plain::<bool>()),
]);

static NOTES: Parts = Entries(check::<NoteId>, form::<Note>(&NOTE));
static NOTE: Parts = Fields(&[
    ("text", form::<Text>(&TEXT)),
    ("at", form::<Point>(&POINT)),
    ("size", form::<Point>(&POINT)),
    ("locked", plain::<bool>()),
]);

static NETWORK: Parts = Fields(&[
    ("internet", plain::<Span>()),
    ("local", plain::<Span>()),
    ("loopback", plain::<Span>()),
    ("links", form::<Vec<LinkLatency>>(&Items(form::<LinkLatency>(&LINK)))),
]);
static LINK: Parts =
    Fields(&[("between", form::<(String, String)>(&Items(plain::<String>()))), ("latency", plain::<Span>())]);

static BUSINESS: Parts = Fields(&[
    ("title", form::<Text>(&TEXT)),
    ("requests", form::<IndexMap<KindId, RequestKind>>(&REQUESTS)),
    ("functions", form::<IndexMap<FunctionId, Function>>(&FUNCTIONS)),
    ("data", form::<IndexMap<DataId, Data>>(&ALL_DATA)),
    ("modules", form::<IndexMap<ModuleId, Module>>(&MODULES)),
    ("services", form::<IndexMap<ServiceId, ServiceSpec>>(&SERVICES)),
    ("stores", form::<IndexMap<StoreId, StoreSpec>>(&STORES)),
    ("transactions", form::<Vec<FunctionId>>(&Items(plain::<FunctionId>()))),
    ("calls", form::<CallCosts>(&CALLS)),
]);
static CALLS: Parts =
    Fields(&[("rest", form::<CallCost>(&CALL_COST)), ("rpc", form::<CallCost>(&CALL_COST))]);
static CALL_COST: Parts = Fields(&[("work", plain::<Span>()), ("round_trips", plain::<u32>())]);
static REQUESTS: Parts = Entries(check::<KindId>, form::<RequestKind>(&REQUEST));
static REQUEST: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("entry", plain::<FunctionId>()),
    ("share", plain::<f64>()),
    ("session", plain::<bool>()),
]);
static FUNCTIONS: Parts = Entries(check::<FunctionId>, form::<Function>(&FUNCTION));
static FUNCTION: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("work", form::<Distribution>(&DISTRIBUTION)),
    ("steps", form::<Vec<Step>>(&Items(form::<Step>(&STEP)))),
]);
static STEP: Parts = Fields(&[
    ("call", plain::<Option<FunctionId>>()),
    ("read", plain::<Option<DataId>>()),
    ("write", plain::<Option<DataId>>()),
    ("parallel", form::<Option<Vec<StepForm>>>(&Items(form::<StepForm>(&STEP)))),
    ("count", plain::<Option<u32>>()),
    ("probability", plain::<Option<f64>>()),
    ("soft", plain::<bool>()),
    ("async", plain::<bool>()),
    ("deadline", plain::<Option<Span>>()),
    ("fallback", plain::<Option<FunctionId>>()),
    ("queue", plain::<Option<Queue>>()),
    ("by", plain::<Option<CallKind>>()),
]);
static ALL_DATA: Parts = Entries(check::<DataId>, form::<Data>(&DATA));
static DATA: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("read", form::<Distribution>(&DISTRIBUTION)),
    ("write", form::<Distribution>(&DISTRIBUTION)),
]);
static MODULES: Parts = Entries(check::<ModuleId>, form::<Module>(&MODULE));
static MODULE: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("functions", form::<Vec<FunctionId>>(&Items(plain::<FunctionId>()))),
    ("capacity", form::<Option<Capacity>>(&CAPACITY)),
    ("team", plain::<Option<String>>()),
]);
static SERVICES: Parts = Entries(check::<ServiceId>, form::<ServiceSpec>(&SERVICE));
static SERVICE: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("functions", form::<Vec<FunctionId>>(&Items(plain::<FunctionId>()))),
    ("replicas", plain::<Option<u32>>()),
    ("capacity", form::<Option<Capacity>>(&CAPACITY)),
    ("nonblocking", plain::<Option<bool>>()),
    ("autoscaling", form::<Option<Autoscaling>>(&operation::AUTOSCALING)),
    ("team", plain::<Option<String>>()),
]);

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that a deserialiser knows, by what it says of one it does not know.
    fn known_names(error: &Error) -> Vec<String> {
        let words = error.to_string();
        let (_, expected) = words.split_once(", expected ").expect("it says what it expected");
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// Compares the names in `parts` with those that `check` knows.
    fn compare(parts: &Parts, check: &dyn Fn(Value) -> Option<Error>, depth: usize) {
        let names: Vec<&str> = match parts {
            Fields(fields) => fields.iter().map(|(name, _)| *name).collect(),
            Variants(variants) => variants.iter().map(|(name, _)| *name).collect(),
            Nothing | Entries(..) | Items(_) => Vec::new(),
        };
        if !names.is_empty() {
            let error = check(serde_json::json!({ "?": 0 })).expect("nothing is called so");
            assert_eq!(names, known_names(&error), "{error}");
        }
        // A step has room for steps; once round is enough.
        if depth == 0 {
            return;
        }
        let compare_form = |form: &Form| compare(form.parts, &form.check, depth - 1);
        match parts {
            Nothing => {}
            Fields(fields) => fields.iter().for_each(|(_, form)| compare_form(form)),
            Entries(_, form) | Items(form) => compare_form(form),
            Variants(variants) => {
                for (name, parts) in *variants {
                    compare(parts, &|value| check(serde_json::json!({ *name: value })), depth - 1);
                }
            }
        }
    }

    #[test]
    fn the_parts_are_those_of_the_types() {
        compare(&DESIGN, &check::<crate::design::Design>, 12);
    }
}
