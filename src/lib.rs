//! archlab, the page: a design under a hand, its run, and their face.

#![allow(missing_docs, reason = "the page publishes nothing; what needs words has them")]

pub mod action;
pub mod desk;
pub mod editor;
pub mod library;
pub mod playback;
pub mod search;
pub mod session;
pub mod ui;
