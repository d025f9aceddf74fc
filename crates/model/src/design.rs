//! A whole design: what one document holds.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::business::Business;
use crate::client::Client;
use crate::group::Group;
use crate::id::{ClientId, GroupId, MachineId, NoteId};
use crate::machine::Machine;
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
    /// Every machine, in a group or not. A machine is in at most one group.
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
    /// The group a machine is in, and its seat there.
    pub fn seat_of(&self, machine: &MachineId) -> Option<(&GroupId, usize)> {
        self.groups.iter().find_map(|(id, group)| {
            let seat = group.seats.iter().position(|seat| seat.as_ref() == Some(machine))?;
            Some((id, seat))
        })
    }
}
