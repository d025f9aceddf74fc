//! Request kinds and sets of data.

use crate::business::{Data, RequestKind, Step};
use crate::command::Command;
use crate::design::Design;
use crate::distribution::Distribution;
use crate::id::{DataId, FunctionId, KindId};
use crate::time::Span;

/// Adds a request kind that is called `words` and enters by `entry`.
pub fn add_kind(design: &Design, words: &str, entry: &FunctionId) -> Option<(KindId, Command)> {
    let known = &design.business.requests;
    let id = super::name_for(words, "request", |name: &KindId| known.contains_key(name));
    let title = super::title_for(words, id.as_str());
    let kind = RequestKind { title, entry: entry.clone(), share: 1.0, session: false };
    let command = super::change(design, |business| {
        business.requests.insert(id.clone(), kind);
    })?;
    Some((id, command))
}

/// Removes a request kind, and what the entries of groups say of it.
pub fn remove_kind(design: &Design, kind: &KindId) -> Option<Command> {
    let mut commands = super::set_policies(design, |policies| {
        if let Some(edge) = &mut policies.edge {
            edge.kinds.shift_remove(kind);
        }
    });
    commands.extend(super::change(design, |business| {
        business.requests.shift_remove(kind);
    }));
    super::together(commands)
}

/// Moves a request kind to another place in the order of the business.
pub fn move_kind(design: &Design, kind: &KindId, to: usize) -> Option<Command> {
    let from = design.business.requests.get_index_of(kind)?;
    let to = to.min(design.business.requests.len() - 1);
    if from == to {
        return None;
    }
    // Maps are equal whatever their order, so this is no change that could be seen by comparing.
    let mut business = design.business.clone();
    business.requests.move_index(from, to);
    Some(Command::SetBusiness { from: Box::new(design.business.clone()), to: Box::new(business) })
}

/// Adds a set of data that is called `words`.
pub fn add_data(design: &Design, words: &str) -> Option<(DataId, Command)> {
    let known = &design.business.data;
    let id = super::name_for(words, "data", |name: &DataId| known.contains_key(name));
    let title = super::title_for(words, id.as_str());
    let data = Data {
        title,
        read: Distribution::Exponential(Span::from_micros(300)),
        write: Distribution::Exponential(Span::from_micros(500)),
    };
    let command = super::change(design, |business| {
        business.data.insert(id.clone(), data);
    })?;
    Some((id, command))
}

/// Removes a set of data, the steps that read or write it, and its place in stores.
pub fn remove_data(design: &Design, data: &DataId) -> Option<Command> {
    let removed = super::change(design, |business| {
        business.data.shift_remove(data);
        for function in business.functions.values_mut() {
            function.steps.retain(|step| !matches!(step, Step::Access(access) if access.data == *data));
        }
        business.stores.values_mut().for_each(|store| store.data.retain(|it| it != data));
    });
    super::with_dependents(design, removed)
}
