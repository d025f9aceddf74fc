//! Members: what may have a seat in a group.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{GroupId, MachineId, NameError};

/// The field that names a group among the members.
const GROUP_FIELD: &str = "group";

/// What has a seat in a group: a machine, or a group of machines that stands for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A machine; a document writes its name.
    Machine(MachineId),
    /// A group, whose machines each run what a machine on this seat would run; a document writes
    /// `{ "group": "its name" }`.
    Group(GroupId),
}

impl Member {
    /// The machine, unless it is a group.
    pub fn machine(&self) -> Option<&MachineId> {
        match self {
            Member::Machine(machine) => Some(machine),
            Member::Group(_) => None,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Member::Machine(machine) => machine.as_str(),
            Member::Group(group) => group.as_str(),
        }
    }

    /// The group, unless it is a machine.
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Member::Machine(_) => None,
            Member::Group(group) => Some(group),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<MachineId> for Member {
    fn from(machine: MachineId) -> Member {
        Member::Machine(machine)
    }
}

impl From<GroupId> for Member {
    fn from(group: GroupId) -> Member {
        Member::Group(group)
    }
}

impl From<&'static str> for Member {
    /// A machine whose name is known when the program is written; panics if it is not a name.
    fn from(machine: &'static str) -> Member {
        Member::Machine(machine.into())
    }
}

impl std::str::FromStr for Member {
    type Err = NameError;
    fn from_str(machine: &str) -> Result<Member, NameError> {
        machine.parse().map(Member::Machine)
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Member::Machine(machine) => machine.serialize(serializer),
            Member::Group(group) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(GROUP_FIELD, group)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a machine, or { \"group\": \"the name of a group\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member, A::Error> {
        let mut group = None;
        while let Some(field) = map.next_key::<String>()? {
            if field != GROUP_FIELD {
                return Err(A::Error::unknown_field(&field, &[GROUP_FIELD]));
            }
            group = Some(map.next_value()?);
        }
        group.map(Member::Group).ok_or_else(|| A::Error::missing_field(GROUP_FIELD))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Member {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Member".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (machine, group) = (generator.subschema_for::<MachineId>(), generator.subschema_for::<GroupId>());
        schemars::json_schema!({
            "description": "What has a seat in a group: a machine, or a group of machines that stands for one.",
            "anyOf": [
                machine,
                {
                    "type": "object",
                    "properties": { "group": group },
                    "required": ["group"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}
