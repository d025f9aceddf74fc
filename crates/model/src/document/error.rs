//! Why a text is not a document.

use std::fmt;

/// Why a text is not a document: what is wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub enum DocumentError {
    /// It is longer than anything we read.
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest we read.
        limit: usize,
    },
    /// It is not JSON.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1; 0 at the end of a line.
        column: usize,
        /// What was expected there.
        detail: String,
    },
    /// Objects and lists lie too deep within each other.
    TooDeep {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The deepest we read.
        limit: usize,
    },
    /// One object has the same name twice.
    Twice {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The name.
        name: String,
    },
    /// It is JSON, but not an object.
    NotADesign,
    /// It holds no parts that could be pasted.
    NotAFragment,
    /// It has no version.
    VersionMissing,
    /// Its version is not a version.
    VersionUnknown {
        /// What stands there.
        found: String,
    },
    /// It was written by a newer archlab.
    VersionTooNew {
        /// Its version.
        found: u64,
        /// The newest we know.
        newest: u64,
    },
    /// A part has the wrong form.
    Shape {
        /// Which part: `business.functions.home.steps[2]`.
        path: String,
        /// What was expected there.
        detail: String,
    },
    /// There are too many of something.
    TooMany {
        /// Of what: `business.functions`.
        path: String,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A number is too small or too large.
    OutOfBounds {
        /// Which: `machines.machine-1.cores`.
        path: String,
        /// What stands there.
        given: String,
        /// The smallest it may be.
        least: String,
        /// The largest it may be.
        most: String,
    },
}

impl DocumentError {
    /// The key of its sentence in the locale files.
    pub const fn key(&self) -> &'static str {
        match self {
            DocumentError::TooLarge { .. } => "problem.document.too_large",
            DocumentError::Syntax { .. } => "problem.document.syntax",
            DocumentError::TooDeep { .. } => "problem.document.too_deep",
            DocumentError::Twice { .. } => "problem.document.twice",
            DocumentError::NotADesign => "problem.document.not_a_design",
            DocumentError::NotAFragment => "problem.document.not_a_fragment",
            DocumentError::VersionMissing => "problem.document.version_missing",
            DocumentError::VersionUnknown { .. } => "problem.document.version_unknown",
            DocumentError::VersionTooNew { .. } => "problem.document.version_too_new",
            DocumentError::Shape { .. } => "problem.document.shape",
            DocumentError::TooMany { .. } => "problem.document.too_many",
            DocumentError::OutOfBounds { .. } => "problem.document.out_of_bounds",
        }
    }

    /// What fills the placeholders of its sentence.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            DocumentError::TooLarge { bytes, limit } => {
                vec![("kilobytes", bytes.div_ceil(1024).to_string()), ("limit", (limit / 1024).to_string())]
            }
            DocumentError::Syntax { line, column, detail } => {
                vec![("line", line.to_string()), ("column", column.to_string()), ("detail", detail.clone())]
            }
            DocumentError::TooDeep { line, column, limit } => {
                vec![("line", line.to_string()), ("column", column.to_string()), ("limit", limit.to_string())]
            }
            DocumentError::Twice { line, column, name } => {
                vec![("line", line.to_string()), ("column", column.to_string()), ("name", name.clone())]
            }
            DocumentError::NotADesign | DocumentError::NotAFragment | DocumentError::VersionMissing => {
                Vec::new()
            }
            DocumentError::VersionUnknown { found } => vec![("found", found.clone())],
            DocumentError::VersionTooNew { found, newest } => {
                vec![("found", found.to_string()), ("newest", newest.to_string())]
            }
            DocumentError::Shape { path, detail } => {
                vec![("path", path.clone()), ("detail", detail.clone())]
            }
            DocumentError::TooMany { path, count, limit } => {
                vec![("path", path.clone()), ("count", count.to_string()), ("limit", limit.to_string())]
            }
            DocumentError::OutOfBounds { path, given, least, most } => vec![
                ("path", path.clone()),
                ("given", given.clone()),
                ("least", least.clone()),
                ("most", most.clone()),
            ],
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::sentence::write(f, self.key(), &self.arguments())
    }
}

impl std::error::Error for DocumentError {}
