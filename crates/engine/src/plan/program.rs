//! Programs: what a function does, step by step, as a run executes it.

use crate::random::Sampler;
use crate::timers::Wait;
use crate::transaction::branch::Verb;

/// No function, no store: what a design names but nothing deploys.
pub const NOWHERE: u32 = u32::MAX;

/// A function in a pool: where its current program lies.
#[derive(Debug, Clone, Copy, Default)]
pub struct Function {
    pub pool: u32,
    /// Round trips before each call of it, for a connection.
    pub round_trips: u32,
    pub first: u32,
    pub end: u32,
    /// The computation that it begins with, if it does.
    pub opening: Option<Opening>,
}

/// A computation that a function begins with, as its first op says.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// How long, on a core of speed 1.
    pub sampler: Sampler,
    /// Its random stream.
    pub stream: u32,
}

impl Opening {
    /// That of a program.
    pub fn of(program: &[Op]) -> Option<Opening> {
        match *program.first()? {
            Op::Work { sampler, stream } => Some(Opening { sampler, stream }),
            _ => None,
        }
    }
}

/// One step of a function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// A piece of work on a core of the instance's machine.
    Work {
        /// How long, on a core of speed 1.
        sampler: Sampler,
        /// Its random stream.
        stream: u32,
    },
    /// A call, or several one after another.
    Call(CallOp),
    /// A message for whoever consumes a topic, or several one after another.
    Publish(PublishOp),
    /// Something about a transaction.
    Transact(TransactOp),
    /// The `branches` ops that follow, all of them calls, at once.
    Parallel {
        /// How many.
        branches: u32,
    },
    /// A look for the user's session, or, at the end, perhaps a change of it.
    Session {
        /// The service that keeps it.
        pool: u32,
        /// Whether the function has done everything else.
        ends: bool,
    },
    /// Reads or writes of a store.
    Access {
        /// The store, or [`NOWHERE`].
        store: u32,
        /// Whether it is written.
        write: bool,
        /// How long one keeps the store busy.
        sampler: Sampler,
        /// Its random stream.
        stream: u32,
        /// How many, one after another.
        count: u32,
        /// The chance of each.
        chance: f64,
        /// The random stream of chances.
        choices: u32,
    },
}

/// What a function does about a transaction, beside its work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransactOp {
    /// A transaction begins.
    Begin(u32),
    /// A branch begins, and waits for its locks.
    Branch(u32),
    /// A branch has done its work.
    Branched,
    /// All work is done; the branches are to agree.
    Agree,
    /// A branch does what its coordinator asks.
    Does(u32, Verb),
}

/// A call through a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PublishOp {
    /// The topic, or [`NOWHERE`].
    pub topic: u32,
    /// How many, one after another.
    pub count: u32,
    /// The chance of each.
    pub chance: f64,
    /// The random stream of chances.
    pub choices: u32,
    /// Whether failure is borne: the message is lost then.
    pub soft: bool,
    /// Whether the caller goes on before the broker has it.
    pub asynchronous: bool,
    /// Whether it is written beside the data, for a relay.
    pub outbox: bool,
    /// How long the caller waits for the broker to have room.
    pub patience: Wait,
}

/// A call of another function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallOp {
    /// The function, or [`NOWHERE`].
    pub function: u32,
    /// Whether it is held by the same service, so that the call stays within the instance.
    pub inside: bool,
    /// How many, one after another.
    pub count: u32,
    /// The chance of each.
    pub chance: f64,
    /// The random stream of chances.
    pub choices: u32,
    /// Whether its failure fails the caller.
    pub soft: bool,
    /// Whether the caller goes on at once.
    pub asynchronous: bool,
    /// How long the caller waits for all attempts together.
    pub deadline: Option<Wait>,
    /// What stands between the caller and the service, or [`NOWHERE`].
    pub guard: u32,
    /// The function that is called instead if this fails, or [`NOWHERE`].
    pub fallback: u32,
    /// Whether that is held by the same service.
    pub fallback_inside: bool,
}
