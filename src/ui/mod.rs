//! The face: what a person sees. It reads the session and sends it inputs; nothing flows back.

pub mod app;
pub mod browser;
pub mod canvas;
mod clipboard;
pub mod commands;
pub mod dialog;
pub mod documents;
pub mod errands;
pub mod header;
pub mod hints;
mod history;
pub mod i18n;
pub mod icon;
pub mod keys;
pub mod menu;
pub mod names;
pub mod notice;
pub mod page;
pub mod paint;
pub mod panels;
pub mod shortcut;
pub mod store;
mod title;
