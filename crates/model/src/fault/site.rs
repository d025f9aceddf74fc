//! Where a fault strikes: a part of a design by its name.

use std::fmt;
use std::str::FromStr;

use crate::id::{GroupId, InstanceId, NameError, PartName, StoreId};

/// A part of a design, written as its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// A machine, a client, a group (its entry) or a failure zone (all its machines): whatever goes by the
    /// name.
    Named(PartName),
    /// A store: `group/store`.
    Store(StoreName),
    /// An instance: `group/service/number`. As the end of a link it is the machine that it runs on.
    Instance(InstanceId),
}

/// A store of a group: `group/store`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreName {
    /// The group whose layout made it.
    pub group: GroupId,
    /// Its name there.
    pub store: StoreId,
}

impl Site {
    /// The part that goes by the name of another, which is well formed.
    pub fn named(name: &str) -> Site {
        Site::Named(name.parse().expect("it is a name"))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Site::Named(name) => name.fmt(f),
            Site::Store(store) => store.fmt(f),
            Site::Instance(id) => id.fmt(f),
        }
    }
}

impl FromStr for Site {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Site, NameError> {
        match text.split('/').count() {
            1 => text.parse().map(Site::Named),
            2 => text.parse().map(Site::Store),
            _ => text.parse().map(Site::Instance),
        }
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.group, self.store)
    }
}

impl FromStr for StoreName {
    type Err = NameError;
    fn from_str(text: &str) -> Result<StoreName, NameError> {
        let (group, store) = text.split_once('/').ok_or(NameError)?;
        Ok(StoreName { group: group.parse()?, store: store.parse()? })
    }
}

crate::serde_as_text!(
    Site,
    "a part: a machine, a client, a group, a zone, group/store or group/service/number"
);
crate::serde_as_text!(StoreName, "a store: group/store");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_told_by_its_slashes() {
        let read = |text: &str| text.parse::<Site>();
        assert_eq!(read("machine-1"), Ok(Site::named("machine-1")));
        assert!(matches!(read("shop/database"), Ok(Site::Store(_))));
        assert!(matches!(read("shop/app/2"), Ok(Site::Instance(_))));
        for wrong in ["", "/", "shop/", "shop/app/two", "a/b/c/d"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        for text in ["machine-1", "shop/database", "shop/app/2"] {
            assert_eq!(read(text).map(|site| site.to_string()), Ok(text.to_owned()));
        }
    }
}
