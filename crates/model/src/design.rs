//! A whole design: what one document holds.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::business::Business;
use crate::client::Client;
use crate::group::Group;
use crate::id::{ClientId, GroupId, MachineId, NoteId};
use crate::machine::Machine;
use crate::member::Member;
use crate::network::Network;
use crate::note::Note;
use crate::scenario::Scenario;
use crate::text::Text;

/// A business, the machines there are, the groups that deploy it on them, and its clients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// What it is called.
    #[serde(default)]
    pub title: Text,
    /// Who uses it.
    #[serde(default)]
    pub clients: IndexMap<ClientId, Client>,
    /// The groups on the canvas. Each deploys the same business in its own layout.
    #[serde(default)]
    pub groups: IndexMap<GroupId, Group>,
    /// Every machine, in a group or not. A machine is in at most one group, and so is a group.
    #[serde(default)]
    pub machines: IndexMap<MachineId, Machine>,
    /// Texts on the canvas.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub notes: IndexMap<NoteId, Note>,
    /// The network between them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub network: Network,
    /// The business.
    #[serde(default)]
    pub business: Business,
    /// The seed and the faults to come.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scenario: Scenario,
}

/// Whether `value` needs no word in a document.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Design {
    /// The group a machine has a seat in, and its seat there.
    pub fn seat_of(&self, machine: &MachineId) -> Option<(&GroupId, usize)> {
        self.groups.iter().find_map(|(id, group)| {
            let here = |seat: &Option<Member>| seat.as_ref().and_then(Member::machine) == Some(machine);
            Some((id, group.seats.iter().position(here)?))
        })
    }

    /// The group that a group has a seat in, and its seat there.
    pub fn holder_of(&self, group: &GroupId) -> Option<(&GroupId, usize)> {
        self.groups.iter().find_map(|(id, holder)| {
            let here = |seat: &Option<Member>| seat.as_ref().and_then(Member::group) == Some(group);
            Some((id, holder.seats.iter().position(here)?))
        })
    }

    /// The groups that no other group holds: those that deploy the business, and that clients send to.
    pub fn outer_groups(&self) -> impl Iterator<Item = (&GroupId, &Group)> {
        let held: BTreeSet<&GroupId> = self.groups.values().flat_map(Group::groups).collect();
        self.groups.iter().filter(move |(id, _)| !held.contains(id))
    }

    /// The outermost group around `group`: itself, if no other holds it. `None` if they hold each other.
    pub fn outermost<'a>(&'a self, group: &'a GroupId) -> Option<&'a GroupId> {
        let mut outer = group;
        for _ in 0..=self.groups.len() {
            match self.holder_of(outer) {
                Some((holder, _)) => outer = holder,
                None => return Some(outer),
            }
        }
        None
    }

    /// The group whose layout decides what runs on a machine: the outermost one around it.
    pub fn host_group(&self, machine: &MachineId) -> Option<&GroupId> {
        self.outermost(self.seat_of(machine)?.0)
    }

    /// All machines of a group and of the groups within it, in seat order.
    pub fn machines_in<'a>(&'a self, group: &'a Group) -> Vec<&'a MachineId> {
        let berths = crate::layout::berths(self, group);
        berths.into_iter().flat_map(|berth| berth.machines).flatten().collect()
    }
}
