//! Tests of the library on a shelf of paper.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Keeping, Library, Shelf, name_of};

/// A shelf that several pages share, with so much room.
#[derive(Clone)]
struct Paper {
    texts: Rc<RefCell<BTreeMap<String, String>>>,
    room: Rc<Cell<usize>>,
}

impl Paper {
    fn with_room(room: usize) -> Paper {
        Paper { texts: Rc::default(), room: Rc::new(Cell::new(room)) }
    }
}

impl Shelf for Paper {
    fn names(&self) -> Vec<String> {
        self.texts.borrow().keys().cloned().collect()
    }

    fn load(&self, name: &str) -> Option<String> {
        self.texts.borrow().get(name).cloned()
    }

    fn keep(&self, name: &str, text: &str) -> bool {
        let others: usize =
            self.texts.borrow().iter().filter(|(other, _)| *other != name).map(|(_, text)| text.len()).sum();
        let fits = others + text.len() <= self.room.get();
        if fits {
            self.texts.borrow_mut().insert(name.to_owned(), text.to_owned());
        }
        fits
    }

    fn forget(&self, name: &str) {
        self.texts.borrow_mut().remove(name);
    }
}

#[test]
fn what_is_kept_is_found_the_last_changed_first() {
    let library = Library::of(Paper::with_room(10_000));
    assert_eq!(library.keep("a", "first", 1, "x"), Keeping::Done);
    assert_eq!(library.keep("b", "second", 2, "x"), Keeping::Done);
    assert_eq!(library.keep("a", "first, changed\nonce", 3, "x"), Keeping::Done);
    let all: Vec<(String, String)> = library.all().into_iter().map(|kept| (kept.id, kept.text)).collect();
    let expected = [("a", "first, changed\nonce"), ("b", "second")];
    assert_eq!(all, expected.map(|(id, text)| (id.to_owned(), text.to_owned())));
}

#[test]
fn two_pages_do_not_write_over_each_other() {
    let paper = Paper::with_room(10_000);
    let (here, there) = (Library::of(paper.clone()), Library::of(paper));
    here.keep("a", "begun", 1, "x");
    assert_eq!(there.load("a").expect("it is kept").text, "begun");
    assert_eq!(there.keep("a", "changed there", 2, "y"), Keeping::Done);
    assert!(here.is_changed_elsewhere("a"));
    assert_eq!(here.keep("a", "changed here", 3, "x"), Keeping::Beside("x".to_owned()));
    assert_eq!(here.load("a").expect("it is kept").text, "changed there");
    assert_eq!(here.load("x").expect("it is kept").text, "changed here");
    assert_eq!(here.keep("x", "and again", 4, "z"), Keeping::Done);
}

#[test]
fn a_design_of_another_page_is_no_room_for_a_new_one() {
    let paper = Paper::with_room(10_000);
    let (here, there) = (Library::of(paper.clone()), Library::of(paper));
    there.keep("a", "theirs", 1, "y");
    assert_eq!(here.keep("a", "ours", 2, "b"), Keeping::Beside("b".to_owned()));
}

#[test]
fn what_is_deleted_can_be_brought_back() {
    let library = Library::of(Paper::with_room(10_000));
    library.keep("a", "text", 1, "x");
    library.delete("a", 5);
    assert_eq!(library.all()[0].deleted, Some(5));
    library.restore("a");
    assert_eq!((library.all()[0].deleted, library.all()[0].changed), (None, 1));
    library.forget("a");
    assert_eq!(library.all(), []);
}

#[test]
fn what_another_page_deletes_is_kept_beside() {
    let paper = Paper::with_room(10_000);
    let (here, there) = (Library::of(paper.clone()), Library::of(paper));
    here.keep("a", "text", 1, "x");
    there.delete("a", 2);
    assert_eq!(here.keep("a", "changed", 3, "x"), Keeping::Beside("x".to_owned()));
}

#[test]
fn the_longest_deleted_give_their_room() {
    let library = Library::of(Paper::with_room(340));
    for (id, now) in [("a", 1), ("b", 2), ("c", 3)] {
        assert_eq!(library.keep(id, &"t".repeat(80), now, "x"), Keeping::Done);
    }
    assert_eq!(library.keep("d", &"t".repeat(80), 4, "x"), Keeping::Refused, "nothing that is kept is lost");
    library.delete("b", 6);
    library.delete("a", 5);
    assert_eq!(library.keep("d", &"t".repeat(60), 7, "x"), Keeping::Done);
    let left: Vec<String> = library.all().into_iter().map(|kept| kept.id).collect();
    assert_eq!(left, ["d", "c", "b"], "`a` was deleted first");
}

#[test]
fn what_is_no_record_is_passed_over() {
    let paper = Paper::with_room(10_000);
    for (id, text) in
        [("a", "no header"), ("b", "{}\ntext"), ("c", "1\n"), ("d", "1 -1\ntext"), ("Not-an-id", "1 0\ntext")]
    {
        paper.keep(&name_of(id), text);
    }
    paper.keep("archlab.language", "zh");
    let library = Library::of(paper);
    assert_eq!(library.all(), []);
    assert_eq!(library.load("../a"), None);
}
