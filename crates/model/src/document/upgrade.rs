//! Older forms of the document, brought up to date one version at a time.

use serde_json::{Map, Value};

use super::VERSION_FIELD;
use super::error::DocumentError;

/// One step: it turns the fields of a document of some version into those of the next.
type Upgrade = fn(&mut Map<String, Value>) -> Result<(), DocumentError>;

/// The n-th entry (from 1) turns version n into version n + 1.
const UPGRADES: [Upgrade; 0] = [];

/// The version that is written.
pub const NEWEST_VERSION: u64 = 1 + UPGRADES.len() as u64;

/// Brings the fields of a document of any version up to date.
pub(super) fn to_newest(fields: &mut Map<String, Value>) -> Result<(), DocumentError> {
    through(&UPGRADES, fields)
}

fn through(upgrades: &[Upgrade], fields: &mut Map<String, Value>) -> Result<(), DocumentError> {
    let newest = 1 + upgrades.len() as u64;
    let found = fields.get(VERSION_FIELD).ok_or(DocumentError::VersionMissing)?;
    let unknown = || DocumentError::VersionUnknown { found: found.to_string().chars().take(40).collect() };
    let version = found.as_u64().filter(|version| 1 <= *version).ok_or_else(unknown)?;
    if version > newest {
        return Err(DocumentError::VersionTooNew { found: version, newest });
    }
    let steps = upgrades.iter().skip(usize::try_from(version - 1).unwrap_or(usize::MAX));
    for upgrade in steps {
        upgrade(fields)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(version: Value) -> Map<String, Value> {
        Map::from_iter([(VERSION_FIELD.to_owned(), version)])
    }

    #[test]
    fn each_version_takes_the_steps_it_still_needs() {
        let first: Upgrade = |fields| {
            fields.insert("first".to_owned(), true.into());
            Ok(())
        };
        let second: Upgrade = |fields| {
            fields.insert("second".to_owned(), true.into());
            Ok(())
        };
        let taken = |version: u64| {
            let mut fields = fields(version.into());
            through(&[first, second], &mut fields).expect("a version we know");
            (fields.contains_key("first"), fields.contains_key("second"))
        };
        assert_eq!(taken(1), (true, true));
        assert_eq!(taken(2), (false, true));
        assert_eq!(taken(3), (false, false));
    }

    #[test]
    fn a_version_we_do_not_know_is_said_so() {
        let error = |version: Value| to_newest(&mut fields(version)).expect_err("not a version of ours");
        assert_eq!(error(2.into()), DocumentError::VersionTooNew { found: 2, newest: 1 });
        for odd in [Value::from("1"), Value::Null, 0.into(), (-1).into(), 1.5.into()] {
            assert!(matches!(error(odd), DocumentError::VersionUnknown { .. }));
        }
        assert_eq!(to_newest(&mut Map::new()), Err(DocumentError::VersionMissing));
    }
}
