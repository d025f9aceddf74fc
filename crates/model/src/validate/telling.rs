//! Telling: what fills the sentences of problems.

use std::fmt;

use super::problem::{Problem, What};

impl Problem {
    /// What fills the placeholders of its sentence; `name` is always the part's.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let mut arguments = match &self.what {
            What::UnknownEntry { function }
            | What::UnknownCall { function }
            | What::UnknownTransaction { function }
            | What::UnknownTopic { function }
            | What::UnknownInModule { function }
            | What::UnknownInService { function } => vec![("function", function.to_string())],
            What::UnknownInStore { store } => vec![("store", store.to_string())],
            What::InTwoStores { first, second } => {
                vec![("first", first.to_string()), ("second", second.to_string())]
            }
            What::QuorumTooLarge { needed, members } => {
                vec![("needed", needed.to_string()), ("members", members.to_string())]
            }
            What::UnknownKindAtEdge { kind } => vec![("kind", kind.to_string())],
            What::UnknownData { data } => vec![("data", data.to_string())],
            What::UnknownMachine { machine } => vec![("machine", machine.to_string())],
            What::UnknownGroup { group } => vec![("group", group.to_string())],
            What::UnknownFaultTarget { at, target }
            | What::UnfitFaultTarget { at, target }
            | What::UnknownReleaseTarget { at, target } => {
                vec![("at", at.to_string()), ("target", target.clone())]
            }
            What::UnknownLinkEnd { target } | What::UnknownVictim { target } => {
                vec![("target", target.clone())]
            }
            What::InTwoModules { first, second } => {
                vec![("first", first.to_string()), ("second", second.to_string())]
            }
            What::InTwoServices { first, second } => {
                vec![("first", first.to_string()), ("second", second.to_string())]
            }
            What::SeatedTwice { first, second } => {
                vec![("first", first.to_string()), ("second", second.to_string())]
            }
            What::UnknownMember { member } => vec![("group", member.to_string())],
            What::HeldTwice { first, second } => {
                vec![("first", first.to_string()), ("second", second.to_string())]
            }
            What::HoldsItself { holder } | What::LayoutWithin { holder } => {
                vec![("holder", holder.to_string())]
            }
            What::SendsWithin { group, holder } => {
                vec![("group", group.to_string()), ("holder", holder.to_string())]
            }
            What::EndlessCalls { circle } => vec![("circle", joined(circle, " → "))],
            What::EmptyParallel { step } => vec![("step", step.to_string())],
            What::Probability { step, given } => {
                vec![("step", step.to_string()), ("given", given.to_string())]
            }
            What::UniformBackwards { from, to } => {
                vec![("from", from.to_string()), ("to", to.to_string())]
            }
            What::ScvBelowOne { scv } => vec![("scv", scv.to_string())],
            What::DeadlineTooLong { function, deadline, timeout } => vec![
                ("function", function.to_string()),
                ("deadline", deadline.to_string()),
                ("timeout", timeout.to_string()),
            ],
            What::ModulesWithoutMachine { modules } => vec![("modules", joined(modules, ", "))],
            What::Risk(risk) => risk.arguments(),
            What::OutOfBounds { error } => error.arguments(),
            What::NoRequests
            | What::NoShare
            | What::NoWorkers
            | What::NoCores
            | What::NoMachines
            | What::SingleMachine
            | What::NoWeight
            | What::NobodyLooks
            | What::EmptyLoad
            | What::LoadBackwards
            | What::SendsNowhere => Vec::new(),
            What::BurstTooLong { length, every } => {
                vec![("length", length.to_string()), ("every", every.to_string())]
            }
        };
        arguments.push(("name", self.part.name().to_owned()));
        arguments
    }
}

pub(super) fn joined(names: &[impl fmt::Display], separator: &str) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::sentence::write(f, self.key(), &self.arguments())
    }
}
