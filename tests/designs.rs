//! The designs that come with the page, as they lie on the canvas.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use archlab::editor::geometry::Rect;
use archlab::editor::scene::{Part, Scene};
use archlab_model::document;

/// The files of all designs.
fn designs() -> Vec<PathBuf> {
    let shelf = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/designs");
    let files = |folder: PathBuf| {
        let entries = fs::read_dir(folder).expect("designs can be read");
        entries.map(|entry| entry.expect("an entry can be read").path()).collect::<Vec<_>>()
    };
    let all = files(shelf.clone()).into_iter().chain(files(shelf.join("claims")));
    all.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

fn overlap(one: &Rect, other: &Rect) -> bool {
    one.x < other.x + other.w
        && other.x < one.x + one.w
        && one.y < other.y + other.h
        && other.y < one.y + one.h
}

#[test]
fn nothing_lies_upon_anything_else() {
    for path in designs() {
        let text = fs::read_to_string(&path).expect("a design is text");
        let design = document::open(&text).expect("a design that comes with the page opens");
        let scene = Scene::of(&design, &BTreeMap::new());
        let free = |part: &&Part| match part {
            Part::Client(_) => true,
            Part::Group(_) | Part::Machine(_) => scene.home_of(part).is_none(),
            Part::Entry(_) | Part::Store(..) | Part::Instance(_) | Part::Note(_) => false,
        };
        let parts: Vec<(&Part, &Rect)> = scene.boxes.iter().filter(|(part, _)| free(part)).collect();
        for (place, (part, rect)) in parts.iter().enumerate() {
            for (other, beside) in &parts[..place] {
                assert!(!overlap(rect, beside), "{}: {part:?} lies upon {other:?}", path.display());
            }
        }
    }
}
