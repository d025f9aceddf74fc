//! Tells cargo that the words lie outside of the crate: a changed word is a changed program. Writes down
//! how the Chinese characters of our words are spelled, so that a search can go by sound without the
//! weight of a whole dictionary.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

use pinyin::ToPinyinMulti;

/// Where our words lie.
const PLACES: [&str; 2] = ["../../static/locales", "../../static/designs"];

fn main() -> io::Result<()> {
    let mut spelled: BTreeMap<char, BTreeSet<&'static str>> = BTreeMap::new();
    for place in PLACES {
        println!("cargo:rerun-if-changed={place}");
        for character in characters(Path::new(place))? {
            let readings = character.to_pinyin_multi().into_iter().flatten();
            let readings: BTreeSet<&'static str> = readings.map(|reading| reading.plain()).collect();
            if !readings.is_empty() {
                spelled.insert(character, readings);
            }
        }
    }
    let mut table = String::from("&[\n");
    for (character, readings) in spelled {
        let readings: Vec<&str> = readings.into_iter().collect();
        // Writing to a string cannot fail.
        let _ = writeln!(table, "({character:?}, {:?}),", readings.join(" "));
    }
    table.push(']');
    let place = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo says where to write"))?;
    fs::write(Path::new(&place).join("pinyin.rs"), table)
}

fn characters(folder: &Path) -> io::Result<BTreeSet<char>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(characters(&path)?);
        } else {
            found.extend(fs::read_to_string(&path)?.chars().filter(|character| !character.is_ascii()));
        }
    }
    Ok(found)
}
