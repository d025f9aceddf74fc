//! What a person changed, laid over what the layout made.

use crate::business::Business;
use crate::group::{Group, Layout};
use crate::id::{FunctionId, MachineId, ServiceId};
use crate::layout::draft::{Berth, Copy, Draft};

/// Lays what a person changed in `group` over `drafts`. What names nothing that is there does nothing.
pub(super) fn apply(business: &Business, group: &Group, berths: &[Berth], drafts: &mut Vec<Draft>) {
    let hand = &group.by_hand;
    for (function, target) in &hand.functions {
        if business.functions.contains_key(function) {
            move_function(business, group, function, target, drafts);
        }
    }
    for (id, changed) in &hand.services {
        let Some(place) = drafts.iter().position(|draft| draft.id == *id) else { continue };
        if let Some(title) = &changed.title {
            drafts[place].title = Some(title.clone());
        }
        if let Some(replicas) = changed.replicas.filter(|_| group.layout != Layout::Cluster) {
            set_replicas(place, replicas as usize, berths, drafts);
        }
    }
    for (id, changed) in &hand.services {
        let Some(draft) = drafts.iter_mut().find(|draft| draft.id == *id) else { continue };
        for (number, machine) in &changed.machines {
            let copy = draft.copies.iter_mut().find(|copy| copy.number == *number);
            if let (Some(copy), Some(seat)) = (copy, berth_of(machine, berths)) {
                (copy.seat, copy.by_hand) = (seat, true);
            }
        }
    }
}

/// The seat of a machine, or of the group it is in.
fn berth_of(machine: &MachineId, berths: &[Berth]) -> Option<usize> {
    berths.iter().position(|berth| berth.machines.iter().flatten().any(|here| *here == machine))
}

fn move_function(
    business: &Business,
    group: &Group,
    function: &FunctionId,
    target: &ServiceId,
    drafts: &mut Vec<Draft>,
) {
    let Some(from) = drafts.iter().position(|draft| draft.functions.contains(function)) else { return };
    if drafts[from].id == *target {
        return;
    }
    if !drafts.iter().any(|draft| draft.id == *target) {
        // On the machines that the function comes from.
        let copies = drafts[from].copies.iter();
        let made = Draft {
            id: target.clone(),
            title: business.functions[function].title.clone(),
            functions: Vec::new(),
            capacity: group.policies.capacity,
            nonblocking: group.policies.nonblocking,
            team: drafts[from].team.clone(),
            copies: copies.map(|copy| Copy { by_hand: false, ..copy.clone() }).collect(),
            by_hand: true,
        };
        drafts.insert(from + 1, made);
    }
    let left = &mut drafts[from];
    left.functions.retain(|other| other != function);
    left.by_hand = true;
    let is_left_empty = left.functions.is_empty();
    if let Some(entered) = drafts.iter_mut().find(|draft| draft.id == *target) {
        entered.functions.push(function.clone());
        entered.by_hand = true;
    }
    if is_left_empty {
        drafts.remove(from);
    }
}

/// Lets a service have so many copies: the last ones go; new ones come where there is most room, on a
/// seat without a copy of the same service if there is one.
fn set_replicas(place: usize, replicas: usize, berths: &[Berth], drafts: &mut [Draft]) {
    if drafts[place].copies.len() == replicas {
        return;
    }
    drafts[place].by_hand = true;
    drafts[place].copies.truncate(replicas);
    let mut here = vec![0usize; berths.len()];
    let mut all = vec![0usize; berths.len()];
    for (index, draft) in drafts.iter().enumerate() {
        for copy in &draft.copies {
            all[copy.seat] += 1;
            here[copy.seat] += usize::from(index == place);
        }
    }
    while drafts[place].copies.len() < replicas {
        let open = (0..berths.len()).filter(|seat| !berths[*seat].is_empty());
        let Some(seat) = open.min_by_key(|&seat| (here[seat], all[seat])) else { return };
        let last = drafts[place].copies.iter().map(|copy| copy.number).max().unwrap_or(0);
        drafts[place].copies.push(Copy::on(last as usize + 1, seat));
        here[seat] += 1;
        all[seat] += 1;
    }
}
