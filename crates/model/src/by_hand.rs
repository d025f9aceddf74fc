//! What a person changed by hand of what a layout made.
//!
//! The layout does its work first; these are then laid over it. An entry that names something the
//! layout, the business or the group no longer has does nothing.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::design::is_default;
use crate::id::{DataId, FunctionId, GroupId, MachineId, ServiceId, StoreId};
use crate::machine::Point;
use crate::text::Text;

/// What a person changed by hand in one group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ByHand {
    /// The service that each of these functions is in. A service that the layout does not make is made,
    /// on the machines of the one that its first function came from; one that is left without a function
    /// is no more.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub functions: IndexMap<FunctionId, ServiceId>,
    /// What else was changed of services.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub services: IndexMap<ServiceId, ServiceByHand>,
    /// The store that each of these sets of data lies in. A store that the layout does not make is made;
    /// one that is left without data is no more.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub data: IndexMap<DataId, StoreId>,
    /// What else was changed of stores.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub stores: IndexMap<StoreId, StoreByHand>,
    /// Where things stand in a group that arranges nothing.
    #[serde(skip_serializing_if = "is_default")]
    pub places: Places,
}

/// What a person changed of a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ServiceByHand {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How many copies of it run. In a cluster there is one on each machine, whatever this says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// The machine of a copy, by the copy's number.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub machines: BTreeMap<u32, MachineId>,
}

/// What a person changed of a store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct StoreByHand {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
}

/// Where things stand in a group that arranges nothing, from the group's own place on the canvas. The box
/// of the group is drawn round them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Places {
    /// Of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Point>,
    /// Of machines.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub machines: IndexMap<MachineId, Point>,
    /// Of groups within it.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub groups: IndexMap<GroupId, Point>,
    /// Of stores.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub stores: IndexMap<StoreId, Point>,
}

impl ByHand {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        *self == ByHand::default()
    }

    /// Whether nothing was changed of what runs where, however things stand and are called.
    pub fn leaves_the_run(&self) -> bool {
        let of_service = |service: &ServiceByHand| service.replicas.is_none() && service.machines.is_empty();
        self.functions.is_empty() && self.data.is_empty() && self.services.values().all(of_service)
    }

    /// Whether a run cannot tell this from `other`: they differ in titles and places only.
    pub fn runs_like(&self, other: &ByHand) -> bool {
        let services = |hand: &ByHand| -> BTreeMap<ServiceId, (Option<u32>, BTreeMap<u32, MachineId>)> {
            let named = hand.services.iter();
            let kept = named.map(|(id, service)| (id.clone(), (service.replicas, service.machines.clone())));
            kept.filter(|(_, (replicas, machines))| replicas.is_some() || !machines.is_empty()).collect()
        };
        self.functions.iter().eq(other.functions.iter())
            && self.data.iter().eq(other.data.iter())
            && services(self) == services(other)
    }
}
