//! Properties: everything a person can set about a part of a design, each with a name, a range, a default and its
//! source.
//!
//! A part describes itself once, to a [`Form`]: what it tells is what an inspector shows, and the same description
//! makes a change. So there is nothing that can be seen and not set, nor the other way round.

mod balancing;
mod business;
mod calls;
mod client;
mod fault;
mod field;
mod flow;
mod form;
mod group;
mod instances;
mod kind;
mod machine;
mod place;
mod preset;
mod quantity;
mod scenario;
mod storage;
mod subject;

pub use form::{Form, Nature, Node, Property, Section};
pub use kind::{Kind, Label, Source, Unit, Value};
pub use preset::{Found, Preset, find, presets};
pub use quantity::unit_of;
pub use subject::{Change, Refusal, Subject, change, nodes};
