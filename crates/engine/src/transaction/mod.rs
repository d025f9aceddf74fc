//! Transactions: writes of several functions that are to happen all or not at all.
//!
//! A [`course::Course`] is what becomes of one transaction: which branches it has, what the coordinator knows and
//! asks, and what is left when either dies. It knows nothing of a world and is driven by messages. [`locks::Locks`]
//! are the locks on one set of data.

pub mod agreeing;
pub mod branch;
pub mod course;
pub mod electing;
pub mod live;
pub mod locks;
pub mod running;

#[cfg(test)]
mod tests;
