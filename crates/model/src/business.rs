//! The business: functions, what they call and keep, and what clients ask for.
//!
//! A business says nothing of machines. A layout (`crate::layout`) turns it, together with some
//! machines, into a deployment.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::distribution::Distribution;
use crate::group::Capacity;
use crate::id::{DataId, FunctionId, KindId, ModuleId, ServiceId, StoreId};
use crate::policy::{Autoscaling, Queue, Storage};
use crate::protocol::{CallCosts, CallKind};
use crate::text::Text;
use crate::time::Span;

/// A business, apart from how it is deployed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// What it is called.
    #[serde(default)]
    pub title: Text,
    /// What clients ask for.
    pub requests: IndexMap<KindId, RequestKind>,
    /// The pieces it is made of.
    pub functions: IndexMap<FunctionId, Function>,
    /// The sets of data it keeps.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub data: IndexMap<DataId, Data>,
    /// How a distributed layout cuts it. A function in no module makes a module of its own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub modules: IndexMap<ModuleId, Module>,
    /// Microservices that hold more than one function or want their own capacity. A function in none
    /// of them is a microservice of its own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub services: IndexMap<ServiceId, ServiceSpec>,
    /// Stores that hold certain data, or keep it in a way of their own. Data in none of them lies where the
    /// layout puts it: in the one database, or with the service that owns it.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub stores: IndexMap<StoreId, StoreSpec>,
    /// Functions whose writes, with those of all that they call and wait for, are to happen all or not at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<FunctionId>,
    /// What calls between services cost, in each protocol that a call may name.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub calls: CallCosts,
}

impl Business {
    /// Whether it is the same as `other` but for what things are called.
    pub fn differs_in_titles_only(&self, other: &Business) -> bool {
        fn nameless(business: &Business) -> Business {
            let mut business = business.clone();
            business.title = Text::default();
            business.requests.values_mut().for_each(|it| it.title = None);
            business.functions.values_mut().for_each(|it| it.title = None);
            business.data.values_mut().for_each(|it| it.title = None);
            business.modules.values_mut().for_each(|it| it.title = None);
            business.services.values_mut().for_each(|it| it.title = None);
            business.stores.values_mut().for_each(|it| it.title = None);
            business
        }
        nameless(self) == nameless(other)
    }

    /// The functions that call `function`, or fall back on it, in the order of the business.
    pub fn callers<'a>(&'a self, function: &'a FunctionId) -> impl Iterator<Item = &'a FunctionId> {
        let calls = move |call: &Call| call.to == *function || call.fallback.as_ref() == Some(function);
        let all = self.functions.iter();
        all.filter(move |(_, value)| value.steps.iter().flat_map(Step::calls).any(calls)).map(|(id, _)| id)
    }
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestKind {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The function it enters by.
    pub entry: FunctionId,
    /// Its weight in the traffic, relative to the other kinds.
    pub share: f64,
    /// Whether the person asking has to be recognised: the session is read before anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub session: bool,
}

/// The smallest piece of business: first its own work, then its steps, one after another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Processor time on a core of speed 1.
    pub work: Distribution,
    /// What it does after its own work, in sequence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// One step of a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "crate::business::StepForm", into = "crate::business::StepForm")]
pub enum Step {
    /// Calls another function.
    Call(Call),
    /// Makes several calls at once and goes on when all have ended.
    Parallel(Vec<Call>),
    /// Reads or writes data.
    Access(Access),
}

impl Step {
    /// The calls it makes.
    pub fn calls(&self) -> &[Call] {
        match self {
            Step::Call(call) => std::slice::from_ref(call),
            Step::Parallel(calls) => calls,
            Step::Access(_) => &[],
        }
    }
}

/// A call to another function.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function called.
    pub to: FunctionId,
    /// How many times, one after another.
    pub count: u32,
    /// The chance that it happens at all, drawn once for each of the `count` times.
    pub probability: f64,
    /// A soft call may fail without failing its caller; a hard one may not.
    pub soft: bool,
    /// An asynchronous call is sent and forgotten: its caller goes on at once.
    pub asynchronous: bool,
    /// How long the caller waits for it, instead of the group's response timeout.
    pub deadline: Option<Span>,
    /// What the caller calls instead when this fails: the answer is worth less, and counts as degraded. The
    /// caller fails only if the fallback does, too. A soft call without one falls back on a value at hand.
    pub fallback: Option<FunctionId>,
    /// Through what it goes; absent, directly. What goes through a queue is worked on later, when a consumer
    /// takes it; its deadline is how long the caller waits for the broker to have room.
    pub queue: Option<Queue>,
    /// In what protocol, if it leaves its service and goes through no queue; absent, in one that costs nothing.
    pub by: Option<CallKind>,
}

impl Call {
    /// One hard call that always happens.
    pub fn to(function: FunctionId) -> Call {
        Call {
            to: function,
            count: 1,
            probability: 1.0,
            soft: false,
            asynchronous: false,
            deadline: None,
            fallback: None,
            queue: None,
            by: None,
        }
    }

    /// Whether its caller waits until the function called has answered.
    pub fn is_awaited(&self) -> bool {
        !self.asynchronous && self.queue.is_none()
    }
}

/// Reads or writes of data.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// The data.
    pub data: DataId,
    /// Whether it is written.
    pub write: bool,
    /// How many times, one after another.
    pub count: u32,
    /// The chance that it happens at all, drawn once for each of the `count` times.
    pub probability: f64,
}

/// A step as a document writes it: one of `call`, `parallel`, `read`, `write`, with its details
/// beside it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<FunctionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<DataId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    write: Option<DataId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parallel: Option<Vec<StepForm>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    soft: bool,
    #[serde(default, rename = "async", skip_serializing_if = "std::ops::Not::not")]
    asynchronous: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fallback: Option<FunctionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<Queue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<CallKind>,
}

impl TryFrom<StepForm> for Step {
    type Error = String;

    fn try_from(form: StepForm) -> Result<Step, String> {
        let StepForm {
            call,
            read,
            write,
            parallel,
            count,
            probability,
            soft,
            asynchronous,
            deadline,
            fallback,
            queue,
            by,
        } = form;
        let (count, chance) = (count.unwrap_or(1), probability.unwrap_or(1.0));
        let only_for_calls = || {
            if soft
                || asynchronous
                || deadline.is_some()
                || fallback.is_some()
                || queue.is_some()
                || by.is_some()
            {
                return Err(
                    "\"soft\", \"async\", \"deadline\", \"fallback\", \"queue\" and \"by\" belong to a call"
                        .to_owned(),
                );
            }
            Ok(())
        };
        match (call, read, write, parallel) {
            (Some(to), None, None, None) => Ok(Step::Call(Call {
                to,
                count,
                probability: chance,
                soft,
                asynchronous,
                deadline,
                fallback,
                queue,
                by,
            })),
            (None, Some(data), None, None) => {
                only_for_calls()?;
                Ok(Step::Access(Access { data, write: false, count, probability: chance }))
            }
            (None, None, Some(data), None) => {
                only_for_calls()?;
                Ok(Step::Access(Access { data, write: true, count, probability: chance }))
            }
            (None, None, None, Some(steps)) => {
                only_for_calls()?;
                if count != 1 || probability.is_some() {
                    return Err(
                        "\"count\" and \"probability\" belong to the calls inside \"parallel\"".to_owned()
                    );
                }
                let calls = steps.into_iter().map(|step| match Step::try_from(step)? {
                    Step::Call(call) => Ok(call),
                    _ => Err("\"parallel\" holds calls only".to_owned()),
                });
                Ok(Step::Parallel(calls.collect::<Result<_, String>>()?))
            }
            _ => Err("a step is exactly one of \"call\", \"parallel\", \"read\" or \"write\"".to_owned()),
        }
    }
}

impl From<Call> for StepForm {
    fn from(call: Call) -> StepForm {
        StepForm {
            call: Some(call.to),
            count: (call.count != 1).then_some(call.count),
            probability: (call.probability != 1.0).then_some(call.probability),
            soft: call.soft,
            asynchronous: call.asynchronous,
            deadline: call.deadline,
            fallback: call.fallback,
            queue: call.queue,
            by: call.by,
            ..StepForm::default()
        }
    }
}

impl From<Step> for StepForm {
    fn from(step: Step) -> StepForm {
        match step {
            Step::Call(call) => call.into(),
            Step::Parallel(calls) => StepForm {
                parallel: Some(calls.into_iter().map(StepForm::from).collect()),
                ..StepForm::default()
            },
            Step::Access(Access { data, write, count, probability }) => StepForm {
                read: (!write).then(|| data.clone()),
                write: write.then_some(data),
                count: (count != 1).then_some(count),
                probability: (probability != 1.0).then_some(probability),
                ..StepForm::default()
            },
        }
    }
}

/// A set of data that the business keeps. Which store holds it is the layout's affair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How long a store works on one read.
    pub read: Distribution,
    /// How long a store works on one write.
    pub write: Distribution,
}

/// Several functions that a distributed layout deploys as one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The functions it holds.
    pub functions: Vec<FunctionId>,
    /// Workers and queue of each copy; the group's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// The team that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// A microservice that holds several functions, or wants its own capacity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceSpec {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The functions it holds.
    pub functions: Vec<FunctionId>,
    /// How many copies of it run; the group's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// Workers and queue of each copy; the group's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// Whether its workers are free while they wait for calls; the group's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonblocking: Option<bool>,
    /// How many copies of it run, as its load has it; the group's way if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<Autoscaling>,
    /// The team that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// A store that holds certain data, whoever uses it and however the business is laid out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StoreSpec {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The data it holds.
    pub data: Vec<DataId>,
    /// What it is.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub kind: StoreUse,
    /// How many reads and writes each member works on at once; the group's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// How it keeps its data; as the group's stores do if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// What a store is, to look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StoreUse {
    /// A database.
    #[default]
    Database,
    /// A store in memory.
    Memory,
    /// A file system that several services share.
    Files,
}
