//! Every text a person reads is there in both languages, and every text that is there is read.
//!
//! Texts live in `static/locales/NAME.{en,zh}.yml`; sources name them by string literals such as `"story.crash"`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

const LANGUAGES: [&str; 2] = ["en", "zh"];

/// All texts of a language, by key.
type Catalogue = BTreeMap<String, String>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the workspace can be read");
    entries.map(|entry| entry.expect("an entry can be read").path()).collect()
}

fn catalogue(language: &str) -> Catalogue {
    let ending = format!(".{language}.yml");
    let mut catalogue = Catalogue::new();
    for path in entries(&root().join("static/locales")) {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if name.ends_with(&ending) {
            let text = fs::read_to_string(&path).expect("a locale file is text");
            let tree: Value = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            flatten("", &tree, &mut catalogue);
        }
    }
    catalogue
}

fn flatten(key: &str, value: &Value, into: &mut Catalogue) {
    let Value::Object(children) = value else {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let earlier = into.insert(key.to_owned(), text);
        assert!(earlier.is_none(), "`{key}` stands in two files");
        return;
    };
    for (name, child) in children {
        let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        if key != "_version" {
            flatten(&key, child, into);
        }
    }
}

/// The names in `%{name}`.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let after = text.split("%{").skip(1);
    after.filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

/// The Rust sources of some folders of the workspace, by their paths in it.
fn sources(folders: &[&str]) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                let name = path.strip_prefix(root()).expect("it lies in the workspace");
                sources.insert(name.display().to_string(), text);
            }
        }
    }
    sources
}

/// What stands between the quotes of every plain string literal in the Rust sources, tests included: a key is
/// told by its shape, so reading a comment or half a literal by mistake does no harm.
fn literals() -> BTreeSet<String> {
    let sources = sources(&["src", "crates"]);
    let lines = sources.values().flat_map(|text| text.lines());
    lines.flat_map(|line| line.split('"').skip(1)).filter(is_key).map(str::to_owned).collect()
}

/// Attributes that a person reads or hears.
const READ_ATTRIBUTES: [&str; 9] = [
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
];
/// The same in every language: our name, and what stands on a key.
const NAMES: [&str; 2] = ["archlab", "Esc"];

/// The literals of a line of a component that a person would read as they stand: text between tags, an attribute that
/// is read, anything in Chinese.
fn texts_in(line: &str) -> Vec<&str> {
    let is_han = |one: char| ('\u{4e00}'..='\u{9fff}').contains(&one);
    let pieces: Vec<&str> = line.split('"').collect();
    // Every other piece stands between quotes.
    let quoted = pieces.windows(3).step_by(2).map(|around| (around[0].trim_end(), around[1], around[2]));
    let is_read = |(before, literal, after): &(&str, &str, &str)| {
        let between_tags = || {
            let Some(before) = before.strip_suffix('{').map(str::trim_end) else { return false };
            let behind_tag = before.ends_with('>') && !before.ends_with("=>") && !before.ends_with("->");
            after.trim_start().starts_with('}') && (behind_tag || before.is_empty())
        };
        let attribute = || {
            let name = before.strip_suffix('=').and_then(|before| before.split_whitespace().last());
            name.is_some_and(|name| READ_ATTRIBUTES.contains(&name))
        };
        literal.contains(is_han) || literal.contains(char::is_alphabetic) && (between_tags() || attribute())
    };
    quoted.filter(is_read).map(|(_, literal, _)| literal).filter(|literal| !NAMES.contains(literal)).collect()
}

/// Two or more words of lower-case letters, digits and underscores, joined by dots.
fn is_key(text: &&str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
    };
    text.contains('.') && text.split('.').all(word)
}

fn check(violations: Vec<String>, rule: &str) {
    assert!(violations.is_empty(), "{rule}\n{}\n", violations.join("\n"));
}

#[test]
fn every_text_is_there_in_both_languages() {
    let [english, chinese] = LANGUAGES.map(catalogue);
    assert!(!english.is_empty(), "static/locales holds texts");
    let missing = |from: &Catalogue, in_other: &Catalogue, language: &str| {
        let keys = from.keys().filter(|key| !in_other.contains_key(*key));
        keys.map(|key| format!("{key} is missing in {language}")).collect::<Vec<_>>()
    };
    let violations =
        [missing(&english, &chinese, "Chinese"), missing(&chinese, &english, "English")].concat();
    check(violations, "each key stands in both languages:");
}

#[test]
fn no_text_is_empty() {
    for language in LANGUAGES {
        let empty =
            catalogue(language).into_iter().filter(|(_, text)| text.trim().is_empty() || text == "null");
        check(empty.map(|(key, _)| key).collect(), &format!("these have no text in {language}:"));
    }
}

#[test]
fn both_languages_have_the_same_placeholders() {
    let [english, chinese] = LANGUAGES.map(catalogue);
    let differing = english.iter().filter(|(key, text)| {
        chinese.get(*key).is_some_and(|translated| placeholders(text) != placeholders(translated))
    });
    check(differing.map(|(key, _)| key.clone()).collect(), "these fill in other values in one language:");
}

#[test]
fn every_text_is_read_somewhere() {
    let literals = literals();
    let unread = catalogue("en").into_keys().filter(|key| !literals.contains(key));
    check(unread.collect(), "no source names these keys (write a key whole, as one string literal):");
}

#[test]
fn every_key_named_in_a_source_has_its_text() {
    let texts = catalogue("en");
    let areas: BTreeSet<&str> = texts.keys().filter_map(|key| key.split('.').next()).collect();
    let mut missing = Vec::new();
    for literal in literals() {
        let area = literal.split('.').next().unwrap_or_default();
        if areas.contains(area) && !texts.contains_key(&literal) {
            missing.push(literal);
        }
    }
    check(missing, "static/locales has no text for these keys:");
}

#[test]
fn components_hold_no_text_of_their_own() {
    let seen = [
        r#"<p>{ "Hello" }</p>"#,
        r#"{ "Hello" }"#,
        r#"<button aria-label="Close" class="plain">"#,
        r#"let name = "服务器";"#,
        r#"<b>{ words.t("a.key") }</b><i>{ "there" }</i>"#,
    ];
    for line in seen {
        assert_eq!(texts_in(line).len(), 1, "{line}");
    }
    let fine = [
        r#"<span>{ "archlab" }</span>"#,
        r#"<img alt="" class="big" />"#,
        r#"Some(way) => { "up" }"#,
        r#"let class = if on { "on" } else { "off" };"#,
        r#"<p title={words.t("a.key")}>{ "· " }</p>"#,
    ];
    for line in fine {
        assert!(texts_in(line).is_empty(), "{line}");
    }
    let mut violations = Vec::new();
    for (path, text) in sources(&["src"]) {
        // Tests stand at the end, and name what a person would read.
        let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").enumerate();
        for (number, line) in lines.filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let texts = texts_in(line).into_iter();
            violations.extend(texts.map(|literal| format!("{path}:{}: \"{literal}\"", number + 1)));
        }
    }
    check(violations, "texts belong into static/locales, in both languages:");
}
