//! Where what was changed by hand has the wrong form.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Parts::{self, Entries, Fields};
use super::{POINT, TEXT, check, form, plain};
use crate::by_hand::{Places, ServiceByHand, StoreByHand};
use crate::id::{DataId, FunctionId, GroupId, MachineId, ServiceId, StoreId};
use crate::machine::Point;
use crate::text::Text;

pub(super) static BY_HAND: Parts = Fields(&[
    ("functions", form::<IndexMap<FunctionId, ServiceId>>(&FUNCTIONS)),
    ("services", form::<IndexMap<ServiceId, ServiceByHand>>(&SERVICES)),
    ("data", form::<IndexMap<DataId, StoreId>>(&DATA)),
    ("stores", form::<IndexMap<StoreId, StoreByHand>>(&STORES)),
    ("places", form::<Places>(&PLACES)),
]);
static FUNCTIONS: Parts = Entries(check::<FunctionId>, plain::<ServiceId>());
static SERVICES: Parts = Entries(check::<ServiceId>, form::<ServiceByHand>(&SERVICE));
static SERVICE: Parts = Fields(&[
    ("title", form::<Option<Text>>(&TEXT)),
    ("replicas", plain::<Option<u32>>()),
    ("machines", plain::<BTreeMap<u32, MachineId>>()),
]);
static DATA: Parts = Entries(check::<DataId>, plain::<StoreId>());
static STORES: Parts = Entries(check::<StoreId>, form::<StoreByHand>(&STORE));
static STORE: Parts = Fields(&[("title", form::<Option<Text>>(&TEXT))]);
static PLACES: Parts = Fields(&[
    ("entry", form::<Option<Point>>(&POINT)),
    ("machines", form::<IndexMap<MachineId, Point>>(&MACHINES)),
    ("groups", form::<IndexMap<GroupId, Point>>(&GROUPS)),
    ("stores", form::<IndexMap<StoreId, Point>>(&PLACED_STORES)),
]);
static MACHINES: Parts = Entries(check::<MachineId>, form::<Point>(&POINT));
static GROUPS: Parts = Entries(check::<GroupId>, form::<Point>(&POINT));
static PLACED_STORES: Parts = Entries(check::<StoreId>, form::<Point>(&POINT));
