//! Messaging: topics as a broker keeps them, and the consumers that take from them.
//!
//! A [`topic::Topic`] knows nothing of a world. It is told what was published, which consumers came and died and
//! what became of each delivery, and it says which message goes to which consumer next.

pub mod assignment;
pub mod channel;
pub mod consuming;
pub mod group;
pub mod keeping;
pub mod member;
pub mod message;
pub mod outbox;
pub mod publishing;
pub mod report;
pub mod tally;
pub mod topic;

#[cfg(test)]
mod tests;
