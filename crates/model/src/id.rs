//! Names by which the parts of a design refer to each other.
//!
//! A name is what a person writes in a document: short, readable, unique among its kind. Cloning one
//! is cheap.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The longest name a part may have, in characters.
pub const MAX_NAME_CHARS: usize = 64;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError;

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a name has 1 to {MAX_NAME_CHARS} characters, none of them a control character or '/'")
    }
}

impl std::error::Error for NameError {}

fn checked(text: &str) -> Result<Arc<str>, NameError> {
    let length_is_fine = (1..=MAX_NAME_CHARS).contains(&text.chars().take(MAX_NAME_CHARS + 1).count());
    let characters_are_fine = text.chars().all(|c| !c.is_control() && c != '/');
    if length_is_fine && characters_are_fine && text.trim() == text {
        Ok(text.into())
    } else {
        Err(NameError)
    }
}

macro_rules! name {
    ($(#[doc = $doc:literal])* $type:ident) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Arc<str>);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        // A name is looked up by its text: it is equal, ordered and hashed as its text is.
        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                checked(text).map(Self)
            }
        }

        impl From<&'static str> for $type {
            /// A name known when the program is written; panics if it is not a name.
            fn from(text: &'static str) -> Self {
                text.parse().expect("a literal name is well formed")
            }
        }

        crate::serde_as_text!($type, "a name of 1 to 64 characters");

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::schema::name(concat!("The name of:", $($doc),*))
            }
        }
    };
}

name! {
    /// A function of the business.
    FunctionId
}
name! {
    /// A request kind of the business.
    KindId
}
name! {
    /// A set of data the business keeps.
    DataId
}
name! {
    /// A module: several functions that a distributed layout deploys together.
    ModuleId
}
name! {
    /// A service within one group.
    ServiceId
}
name! {
    /// A store within one group.
    StoreId
}
name! {
    /// A machine.
    MachineId
}
name! {
    /// A failure zone: machines that share a building, a power supply or a switch.
    ZoneId
}
name! {
    /// Some part of a design: a machine, a client, a group or a failure zone.
    PartName
}
name! {
    /// A group on the canvas.
    GroupId
}
name! {
    /// A population of clients.
    ClientId
}
name! {
    /// A note on the canvas.
    NoteId
}

/// One running copy of a service: the `number`-th of it (from 1) in its group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId {
    /// The group whose layout made the instance.
    pub group: GroupId,
    /// The service it is a copy of.
    pub service: ServiceId,
    /// Its number among the copies, from 1.
    pub number: u32,
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.group, self.service, self.number)
    }
}

impl FromStr for InstanceId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut parts = text.split('/');
        let (Some(group), Some(service), Some(number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NameError);
        };
        Ok(InstanceId {
            group: group.parse()?,
            service: service.parse()?,
            number: number.parse().map_err(|_| NameError)?,
        })
    }
}

crate::serde_as_text!(InstanceId, "an instance: group/service/number");
