//! Rules of the house that a compiler does not know.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no source of ours.
const FOREIGN: &[&str] = &["target", "dist", "node_modules", "artefacts", ".git", ".tools"];

/// Past this a file is probably two things.
const LONGEST_FILE: usize = 450;

/// Files that may be longer, each with its reason.
const LONG_FOR_A_REASON: &[(&str, &str)] = &[
    ("tests/gestures.rs", "short tests over one helper that plays a gesture"),
    ("tests/session.rs", "short tests over one helper that plays a session"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// Files of the workspace with one of these endings, as paths from its root with forward slashes, and their text.
fn sources(endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().expect("an entry has a name").to_string_lossy();
            if path.is_dir() {
                if !FOREIGN.contains(&&*name) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = fs::read_to_string(&path).expect("a source is text");
                found.push((relative(&path), text));
            }
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the workspace can be read");
    entries.map(|entry| entry.expect("an entry can be read").path()).collect()
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("lies in the workspace");
    path.to_string_lossy().replace('\\', "/")
}

/// Fails with all violations at once, one a line.
fn check(violations: Vec<String>, rule: &str) {
    assert!(violations.is_empty(), "{rule}\n{}\n", violations.join("\n"));
}

#[test]
fn every_module_says_in_its_first_line_what_it_is() {
    let silent = sources(&[".rs"]).into_iter().filter(|(_, text)| !text.starts_with("//! "));
    check(silent.map(|(path, _)| path).collect(), "each .rs file starts with a `//! ` line; these do not:");
}

#[test]
fn nothing_is_left_for_later() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimplemented", "!(")];
    let mut left = Vec::new();
    for (path, text) in sources(&[".rs", ".mjs", ".js", ".css", ".html", ".toml", ".yml", ".md"]) {
        for (line, content) in text.lines().enumerate() {
            if marks.iter().any(|mark| content.contains(mark)) {
                left.push(format!("{path}:{}: {}", line + 1, content.trim()));
            }
        }
    }
    check(left, "do it now, or write it down where plans live:");
}

#[test]
fn files_are_short_enough_to_be_one_thing() {
    let reason = |path: &str| LONG_FOR_A_REASON.iter().any(|(known, _)| *known == path);
    let mut long = Vec::new();
    for (path, text) in sources(&[".rs", ".mjs", ".js"]) {
        let lines = text.lines().count();
        if LONGEST_FILE < lines && !reason(&path) {
            long.push(format!("{path}: {lines} lines"));
        }
    }
    check(long, "split these, or list each with its reason in LONG_FOR_A_REASON:");
}

#[test]
fn a_reason_for_a_long_file_is_still_needed() {
    let mut idle = Vec::new();
    for (path, _) in LONG_FOR_A_REASON {
        let lines = fs::read_to_string(root().join(path)).map_or(0, |text| text.lines().count());
        if lines <= LONGEST_FILE {
            idle.push(format!("{path}: {lines} lines"));
        }
    }
    check(idle, "these are short now, or gone; take them out of LONG_FOR_A_REASON:");
}

#[test]
fn the_architecture_page_names_every_folder() {
    let Ok(page) = fs::read_to_string(root().join("docs/architecture.md")) else {
        return;
    };
    let mut unnamed = Vec::new();
    let mut folders =
        vec![root().join("src"), root().join("crates"), root().join("xtask"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        let name = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        // A package's `src` goes by the package's name. Goldens, examples and a crate's own tests are one folder
        // each, not a part each.
        let has_a_name_of_its_own = name != "src" || folder.parent() == Some(root());
        if has_a_name_of_its_own
            && name != "examples"
            && !page.contains(&format!("{name}/"))
            && !page.contains(&format!("`{name}`"))
        {
            unnamed.push(relative(&folder));
        }
        let is_one_thing = ["golden", "fixtures", "snapshots", "examples"].contains(&&*name)
            || name == "tests" && folder.parent() != Some(root());
        if !is_one_thing {
            folders.extend(entries(&folder).into_iter().filter(|path| path.is_dir()));
        }
    }
    check(unnamed, "docs/architecture.md does not name these folders (as `name/`):");
}

#[test]
fn the_npm_lock_file_names_no_registry() {
    let lock = fs::read_to_string(root().join("package-lock.json")).expect("package-lock.json can be read");
    let named: Vec<String> =
        lock.lines().filter(|line| line.contains("\"resolved\"")).map(str::to_owned).collect();
    check(named, "package-lock.json was written without .npmrc: `npm install --package-lock-only` mends it;");
}
