//! What a person wants with machines and groups, as the command that does it.
//!
//! A seat is a machine's standing in its group: the module it runs in a distributed layout, the number
//! of its copy in a cluster. So a machine that leaves leaves a gap, which the next one takes, and the
//! others stay what they are. A switch of the layout closes the gaps.

mod copies;
mod dependents;
mod draft;
mod groups;
mod hand;
mod machines;
mod nesting;
mod parts;
mod stores;
mod wiring;

use crate::command::Place;
use crate::design::Design;
use crate::id::{ClientId, GroupId, MachineId, NoteId};
use crate::machine::Point;

pub use copies::{Pasted, group_machines, paste, ungroup};
pub use dependents::with_dependents;
use draft::Draft;
pub use groups::{add_group, copy_group, remove_group, set_layout};
pub use hand::{
    add_replica, arrange_again, merge_services, move_function, pin, remove_replica, rename_service,
    set_places, set_replicas, split_service, unpin,
};
pub use machines::{add_machine, move_machine, remove_machine, remove_machines};
pub use nesting::{can_seat, dissolve_group, may_hold, nest_machines, seat_group, unseat_group};
pub use parts::{add_client, add_note, remove_client, remove_note, set_locked, set_note};
pub use stores::{move_data, own_store, own_stores, share_store};
pub use wiring::{
    LineCall, LineKind, attach_store, calls_between, calls_in, connect_client, disconnect_client,
    draw_access, draw_call, draw_request, open_access, open_call, open_request, remove_calls, set_call_kind,
    set_line_kind,
};

/// Where a person lets go of a machine.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// On the canvas, in no group.
    Canvas(Point),
    /// Somewhere in a group: it takes the first empty seat, else a new one at the end.
    Group(GroupId),
    /// On a seat of a group. If somebody sits there: in a distributed layout two machines of the
    /// group change seats, and a stranger is treated as let go of somewhere in the group; in the other
    /// layouts the row opens there.
    Seat {
        /// The group.
        group: GroupId,
        /// The seat's number, from 0; one beyond the last is the end.
        seat: usize,
    },
    /// On a machine that has a seat in a group: both become a group within that group, in its place. If
    /// it is in such a group already, it takes a seat there.
    With(MachineId),
}

/// Where a machine is. `None` if it is not in the design.
pub fn place_of(design: &Design, machine: &MachineId) -> Option<Place> {
    let value = design.machines.get(machine)?;
    Some(match design.seat_of(machine) {
        Some((group, seat)) => Place::Seat { group: group.clone(), seat },
        None => Place::Loose(value.at.unwrap_or_default()),
    })
}

/// A name that no machine has: `machine-1`, or the first number that is free.
pub fn fresh_machine(design: &Design) -> MachineId {
    fresh("machine", |name: &MachineId| design.machines.contains_key(name) || design.seat_of(name).is_some())
}

/// The same, looked for from a number on; `next` is then the number after it. Many names in a row are found
/// without looking at the first ones again and again.
fn next_machine(design: &Design, next: &mut u64) -> MachineId {
    let taken = |name: &MachineId| design.machines.contains_key(name) || design.seat_of(name).is_some();
    let numbers = (*next..).filter_map(|number| Some((number, format!("machine-{number}").parse().ok()?)));
    let (number, name) = numbers.into_iter().find(|(_, name)| !taken(name)).expect("a design is finite");
    *next = number + 1;
    name
}

/// A name that no group has, and no client sends to.
pub fn fresh_group(design: &Design) -> GroupId {
    let awaited = |name: &GroupId| design.clients.values().any(|client| client.to.contains(name));
    fresh("group", |name: &GroupId| design.groups.contains_key(name) || awaited(name))
}

/// A name that no clients have.
pub fn fresh_client(design: &Design) -> ClientId {
    fresh("client", |name: &ClientId| design.clients.contains_key(name))
}

/// A name that no note has.
pub fn fresh_note(design: &Design) -> NoteId {
    fresh("note", |name: &NoteId| design.notes.contains_key(name))
}

fn fresh<T: std::str::FromStr>(stem: &str, taken: impl Fn(&T) -> bool) -> T {
    (1u64..)
        .filter_map(|number| format!("{stem}-{number}").parse().ok())
        .find(|name| !taken(name))
        .expect("a design is finite")
}
