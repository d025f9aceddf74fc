//! The English sentences of errors and problems.
//!
//! The locale files hold the same sentences, for a reader of either language; a test holds the two
//! together. The model keeps its own so that an error can be printed without them.

use std::fmt;

/// Key and sentence; `%{name}` stands for an argument.
pub(crate) const SENTENCES: [(&str, &str); 11] = [
    ("problem.document.too_large", "The file has %{kilobytes} KiB; at most %{limit} KiB are read."),
    ("problem.document.syntax", "Line %{line}, column %{column}: this is not JSON: %{detail}."),
    (
        "problem.document.too_deep",
        "Line %{line}, column %{column}: more than %{limit} objects and lists lie within each other.",
    ),
    (
        "problem.document.twice",
        "Line %{line}, column %{column}: the name “%{name}” stands twice in one object. Rename or remove one.",
    ),
    (
        "problem.document.not_a_design",
        "The file is not a design: a design is an object that begins with { \"archlab\": 1.",
    ),
    (
        "problem.document.version_missing",
        "The file does not say which version it is. Begin it with \"archlab\": 1.",
    ),
    (
        "problem.document.version_unknown",
        "“archlab” is the version of the file, a whole number from 1; %{found} is none.",
    ),
    (
        "problem.document.version_too_new",
        "The file has version %{found}; this archlab reads up to version %{newest}. Use a newer one.",
    ),
    ("problem.document.shape", "%{path}: %{detail}."),
    ("problem.document.too_many", "%{path}: there are %{count}; at most %{limit} are allowed."),
    (
        "problem.document.out_of_bounds",
        "%{path}: %{given} is out of bounds; it may be from %{least} to %{most}.",
    ),
];

/// Writes the sentence of `key` with its placeholders filled.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    arguments: &[(&'static str, String)],
) -> fmt::Result {
    let sentence = SENTENCES.iter().find(|(name, _)| *name == key).map_or(key, |(_, sentence)| *sentence);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("%{") {
        f.write_str(before)?;
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = arguments.iter().find(|(argument, _)| *argument == name) {
            f.write_str(value)?;
        }
        rest = after;
    }
    f.write_str(rest)
}
