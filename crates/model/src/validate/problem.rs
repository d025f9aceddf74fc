//! A problem: what is wrong with which part.

use super::risk::Risk;
use crate::document::DocumentError;
use crate::id::{ClientId, DataId, FunctionId, GroupId, KindId, MachineId, ModuleId, ServiceId, StoreId};
use crate::time::Span;

/// Something that is wrong with a design. As text it names the part and says what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The part it is about.
    pub part: Part,
    /// What is wrong.
    pub what: What,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The design does not say what its maker means; requests fail because of it.
    Error,
    /// The design runs; its maker may want to know.
    Warning,
    /// The design does as its maker says; that may still hurt.
    Risk,
}

/// A part of a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The design as a whole.
    Design,
    /// A function.
    Function(FunctionId),
    /// A request kind.
    Kind(KindId),
    /// A set of data.
    Data(DataId),
    /// A module.
    Module(ModuleId),
    /// A service.
    Service(ServiceId),
    /// A machine.
    Machine(MachineId),
    /// A group.
    Group(GroupId),
    /// A population of clients.
    Client(ClientId),
}

impl Part {
    /// The part's name; empty for the design.
    pub fn name(&self) -> &str {
        match self {
            Part::Design => "",
            Part::Function(id) => id.as_str(),
            Part::Kind(id) => id.as_str(),
            Part::Data(id) => id.as_str(),
            Part::Module(id) => id.as_str(),
            Part::Service(id) => id.as_str(),
            Part::Machine(id) => id.as_str(),
            Part::Group(id) => id.as_str(),
            Part::Client(id) => id.as_str(),
        }
    }
}

/// What is wrong with a part.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A request kind enters by a function that is not there.
    UnknownEntry {
        /// The function.
        function: FunctionId,
    },
    /// A function calls one that is not there.
    UnknownCall {
        /// The one called.
        function: FunctionId,
    },
    /// A function that is not there is to be a transaction.
    UnknownTransaction {
        /// The function.
        function: FunctionId,
    },
    /// A group has settings for the topic of a function that is not there.
    UnknownTopic {
        /// The function.
        function: FunctionId,
    },
    /// A function reads or writes data that is not there.
    UnknownData {
        /// The data.
        data: DataId,
    },
    /// A module holds a function that is not there.
    UnknownInModule {
        /// The function.
        function: FunctionId,
    },
    /// A service holds a function that is not there.
    UnknownInService {
        /// The function.
        function: FunctionId,
    },
    /// A group seats a machine that is not there.
    UnknownMachine {
        /// The machine.
        machine: MachineId,
    },
    /// Clients send to a group that is not there.
    UnknownGroup {
        /// The group.
        group: GroupId,
    },
    /// A planned release is of something that is not there.
    UnknownReleaseTarget {
        /// When it is planned.
        at: Span,
        /// What it names.
        target: String,
    },
    /// A planned fault hits something that is not there.
    UnknownFaultTarget {
        /// When it is planned.
        at: Span,
        /// The part, or the function.
        target: String,
    },
    /// A planned fault is for something that it cannot strike.
    UnfitFaultTarget {
        /// When it is planned.
        at: Span,
        /// The part.
        target: String,
    },
    /// Faults at random are for something that is not there, or that they cannot strike.
    UnknownVictim {
        /// The part, or the group of parts.
        target: String,
    },
    /// A link leads to something that is not there.
    UnknownLinkEnd {
        /// A machine, a client or `group/store`.
        target: String,
    },
    /// A function is in two modules.
    InTwoModules {
        /// The one.
        first: ModuleId,
        /// The other.
        second: ModuleId,
    },
    /// A function is in two services.
    InTwoServices {
        /// The one.
        first: ServiceId,
        /// The other.
        second: ServiceId,
    },
    /// A store holds data that is not there.
    UnknownInStore {
        /// The store.
        store: StoreId,
    },
    /// A set of data is in two stores.
    InTwoStores {
        /// The one.
        first: StoreId,
        /// The other.
        second: StoreId,
    },
    /// A quorum of more answers than there are members.
    QuorumTooLarge {
        /// Answers.
        needed: u32,
        /// Members.
        members: u32,
    },
    /// The entry keeps answers to a kind of request that is not there.
    UnknownKindAtEdge {
        /// The kind.
        kind: KindId,
    },
    /// A machine has two seats.
    SeatedTwice {
        /// The group of the one.
        first: GroupId,
        /// The group of the other.
        second: GroupId,
    },
    /// There are clients, and nothing they could ask for.
    NoRequests,
    /// No request kind has any share of the traffic.
    NoShare,
    /// Calls lead back to where they began, and happen each time.
    EndlessCalls {
        /// The functions along the circle; the last is the first.
        circle: Vec<FunctionId>,
    },
    /// A step that makes no calls at once.
    EmptyParallel {
        /// Its number in its function, from 1.
        step: usize,
    },
    /// A probability that is none.
    Probability {
        /// The number of its step, from 1.
        step: usize,
        /// What stands there.
        given: f64,
    },
    /// A uniform distribution from the longer to the shorter.
    UniformBackwards {
        /// The longer.
        from: Span,
        /// The shorter.
        to: Span,
    },
    /// A hyperexponential distribution that varies less than an exponential one.
    ScvBelowOne {
        /// Variance / mean².
        scv: f64,
    },
    /// A call waits longer than anybody waits for its caller.
    DeadlineTooLong {
        /// The function called.
        function: FunctionId,
        /// How long the call waits.
        deadline: Span,
        /// The longest response timeout of any group.
        timeout: Span,
    },
    /// Instances without workers.
    NoWorkers,
    /// A machine without cores.
    NoCores,
    /// A group without machines.
    NoMachines,
    /// A group has a seat for a group that does not exist.
    UnknownMember {
        /// The group that is not there.
        member: GroupId,
    },
    /// A group has seats in two groups.
    HeldTwice {
        /// The one group.
        first: GroupId,
        /// The other group.
        second: GroupId,
    },
    /// A group that is within itself.
    HoldsItself {
        /// The group that holds it.
        holder: GroupId,
    },
    /// A group within a group that has a layout of its own, which is not asked.
    LayoutWithin {
        /// The group that holds it.
        holder: GroupId,
    },
    /// Clients that send to a group within a group.
    SendsWithin {
        /// The group.
        group: GroupId,
        /// The group that holds it.
        holder: GroupId,
    },
    /// A cluster of one machine.
    SingleMachine,
    /// A group of machines that all weigh nothing.
    NoWeight,
    /// A group in which nobody learns of dead instances.
    NobodyLooks,
    /// Modules that run nowhere.
    ModulesWithoutMachine {
        /// Which.
        modules: Vec<ServiceId>,
    },
    /// Clients that send to no group.
    SendsNowhere,
    /// Clients whose ramp or recording says nothing.
    EmptyLoad,
    /// Clients whose ramp or recording is not in order of time, or begins again before it ends.
    LoadBackwards,
    /// Bursts of clients that begin again before they end.
    BurstTooLong {
        /// How long one lasts.
        length: Span,
        /// When the next one begins.
        every: Span,
    },
    /// Nothing is wrong; something may hurt.
    Risk(Risk),
    /// A number or a count beyond what a document may hold.
    OutOfBounds {
        /// What a document would say.
        error: DocumentError,
    },
}

impl Problem {
    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        match self.what {
            What::EmptyParallel { .. }
            | What::DeadlineTooLong { .. }
            | What::NoMachines
            | What::SingleMachine
            | What::NobodyLooks
            | What::ModulesWithoutMachine { .. }
            | What::EmptyLoad
            | What::LayoutWithin { .. }
            | What::SendsNowhere => Severity::Warning,
            What::Risk(_) => Severity::Risk,
            _ => Severity::Error,
        }
    }

    /// The key of its sentence in the locale files.
    pub const fn key(&self) -> &'static str {
        match &self.what {
            What::UnknownEntry { .. } => "problem.unknown_entry",
            What::UnknownCall { .. } => "problem.unknown_call",
            What::UnknownTransaction { .. } => "problem.unknown_transaction",
            What::UnknownTopic { .. } => "problem.unknown_topic",
            What::UnknownData { .. } => "problem.unknown_data",
            What::UnknownInModule { .. } => "problem.unknown_in_module",
            What::UnknownInService { .. } => "problem.unknown_in_service",
            What::UnknownMachine { .. } => "problem.unknown_machine",
            What::UnknownGroup { .. } => "problem.unknown_group",
            What::UnknownFaultTarget { .. } => "problem.unknown_fault_target",
            What::UnfitFaultTarget { .. } => "problem.unfit_fault_target",
            What::UnknownVictim { .. } => "problem.unknown_victim",
            What::UnknownReleaseTarget { .. } => "problem.unknown_release_target",
            What::UnknownLinkEnd { .. } => "problem.unknown_link_end",
            What::InTwoModules { .. } => "problem.in_two_modules",
            What::InTwoServices { .. } => "problem.in_two_services",
            What::UnknownInStore { .. } => "problem.unknown_in_store",
            What::InTwoStores { .. } => "problem.in_two_stores",
            What::QuorumTooLarge { .. } => "problem.quorum_too_large",
            What::UnknownKindAtEdge { .. } => "problem.unknown_kind_at_edge",
            What::SeatedTwice { .. } => "problem.seated_twice",
            What::UnknownMember { .. } => "problem.unknown_member",
            What::HeldTwice { .. } => "problem.held_twice",
            What::HoldsItself { .. } => "problem.holds_itself",
            What::LayoutWithin { .. } => "problem.layout_within",
            What::SendsWithin { .. } => "problem.sends_within",
            What::NoRequests => "problem.no_requests",
            What::NoShare => "problem.no_share",
            What::EndlessCalls { .. } => "problem.endless_calls",
            What::EmptyParallel { .. } => "problem.empty_parallel",
            What::Probability { .. } => "problem.probability",
            What::UniformBackwards { .. } => "problem.uniform_backwards",
            What::ScvBelowOne { .. } => "problem.scv_below_one",
            What::DeadlineTooLong { .. } => "problem.deadline_too_long",
            What::NoWorkers => "problem.no_workers",
            What::NoCores => "problem.no_cores",
            What::NoMachines => "problem.no_machines",
            What::SingleMachine => "problem.single_machine",
            What::NoWeight => "problem.no_weight",
            What::NobodyLooks => "problem.nobody_looks",
            What::ModulesWithoutMachine { .. } => "problem.modules_without_machine",
            What::SendsNowhere => "problem.sends_nowhere",
            What::EmptyLoad => "problem.empty_load",
            What::LoadBackwards => "problem.load_backwards",
            What::BurstTooLong { .. } => "problem.burst_too_long",
            What::Risk(risk) => risk.key(),
            What::OutOfBounds { error } => error.key(),
        }
    }
}
