//! Versions of tools, as they print them.

use std::fmt;

/// Major, minor, patch; parts that are not printed count as zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// The first word of `text` that begins like a version, as in `trunk 0.21.14` or `v20.1.0`.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let word = word.trim_matches('"').trim_start_matches('v');
        let mut parts = word.split('.').map(|part| {
            let digits = part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse().ok()
        });
        let major = parts.next()??;
        let mut rest = parts.map(|part| part.unwrap_or(0));
        Some(Self(major, rest.next().unwrap_or(0), rest.next().unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn the_ways_tools_print_their_version_are_understood() {
        let check = |printed: &str, version| assert_eq!(Version::find_in(printed), version, "{printed}");
        check("trunk 0.21.14", Some(Version(0, 21, 14)));
        check("wasm-bindgen 0.2.130 (abcdef012)", Some(Version(0, 2, 130)));
        check("wasm-opt version 132 (version_132)", Some(Version(132, 0, 0)));
        check("v20.20.2", Some(Version(20, 20, 2)));
        check("trunk 0.22.0-beta.1", Some(Version(0, 22, 0)));
        check("\"0.2.130\"\nsource = ", Some(Version(0, 2, 130)));
        check("no number here", None);
    }
}
