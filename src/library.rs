//! Where designs are kept between visits: several of them, each apart, the deleted ones too until the
//! room is needed. No browser: what keeps texts is handed in.
//!
//! A record is a line about the design and the document itself. There is no list of them that could
//! break or be out of date: what is there, is there. Two pages may work on one shelf: nobody writes over
//! what it has not seen.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use archlab_model::document::MAX_BYTES;

/// How the name of a record begins.
pub const PREFIX: &str = "archlab.design.";
/// How long a design's id may be.
const MAX_ID: usize = 24;
/// How many records are looked at.
const MAX_RECORDS: usize = 200;
/// The longest line about a design.
const MAX_HEADER: usize = 200;

/// What keeps texts under names.
pub trait Shelf {
    /// The names there are.
    fn names(&self) -> Vec<String>;
    /// What is kept under a name.
    fn load(&self, name: &str) -> Option<String>;
    /// Keeps a text under a name. `false` if it could not be kept.
    fn keep(&self, name: &str, text: &str) -> bool;
    /// Forgets what is kept under a name.
    fn forget(&self, name: &str);
}

/// The designs on a shelf.
#[derive(Debug, Default)]
pub struct Library<S> {
    shelf: S,
    /// What this page last saw or wrote of each record.
    seen: RefCell<BTreeMap<String, u64>>,
}

/// A design on the shelf.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// When it was last changed, in milliseconds since 1970.
    pub changed: u64,
    /// When it was deleted, if it was.
    pub deleted: Option<u64>,
    /// The document.
    pub text: String,
}

/// What became of a design that was to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// It is kept.
    Done,
    /// Another page changed it meanwhile: this one is kept beside it, under this id.
    Beside(String),
    /// There is no storage, or no room.
    Refused,
}

/// The line about a design: always equally long, so that there is room to delete where there is no room
/// for anything else.
#[derive(Debug, Clone, Copy)]
struct Header {
    changed: u64,
    deleted: Option<u64>,
}

impl Header {
    fn read(line: &str) -> Option<Header> {
        let (changed, deleted) = line.split_once(' ')?;
        let deleted: u64 = deleted.parse().ok()?;
        Some(Header { changed: changed.parse().ok()?, deleted: Some(deleted).filter(|at| *at > 0) })
    }

    fn write(self) -> String {
        format!("{:013} {:013}", self.changed, self.deleted.unwrap_or(0))
    }
}

impl<S: Shelf> Library<S> {
    /// The designs on `shelf`.
    pub fn of(shelf: S) -> Library<S> {
        Library { shelf, seen: RefCell::default() }
    }

    /// What is kept, the last changed first; the deleted ones too.
    pub fn all(&self) -> Vec<Kept> {
        let names = self.shelf.names().into_iter();
        let ids = names.filter_map(|name| name.strip_prefix(PREFIX).map(str::to_owned));
        let mut all: Vec<Kept> =
            ids.filter(|id| is_id(id)).take(MAX_RECORDS).filter_map(|id| self.peek(&id)).collect();
        all.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.id.cmp(&b.id)));
        all
    }

    /// A design, which this page goes on with.
    pub fn load(&self, id: &str) -> Option<Kept> {
        let kept = self.peek(id)?;
        self.see(id);
        Some(kept)
    }

    /// Keeps a design. If another page changed it since this one saw it, it is kept under `other`.
    pub fn keep(&self, id: &str, text: &str, now: u64, other: &str) -> Keeping {
        let there = self.shelf.load(&name_of(id)).as_deref().map(mark);
        let known = self.seen.borrow().get(id).copied();
        let is_ours = there.is_none() || there == known;
        let id = if is_ours { id } else { other };
        if !self.write(id, Header { changed: now, deleted: None }, text) {
            Keeping::Refused
        } else if is_ours {
            Keeping::Done
        } else {
            Keeping::Beside(id.to_owned())
        }
    }

    /// Whether another page changed a design since this one saw it.
    pub fn is_changed_elsewhere(&self, id: &str) -> bool {
        let there = self.shelf.load(&name_of(id)).as_deref().map(mark);
        there.is_some() && there != self.seen.borrow().get(id).copied()
    }

    /// Puts a design away: it can be brought back until the room is needed.
    pub fn delete(&self, id: &str, now: u64) {
        self.mark_deleted(id, Some(now));
    }

    /// Brings a deleted design back.
    pub fn restore(&self, id: &str) {
        self.mark_deleted(id, None);
    }

    /// Forgets a design for good.
    pub fn forget(&self, id: &str) {
        self.shelf.forget(&name_of(id));
        self.seen.borrow_mut().remove(id);
    }

    fn mark_deleted(&self, id: &str, deleted: Option<u64>) {
        let is_known = !self.is_changed_elsewhere(id);
        let Some(kept) = self.peek(id) else { return };
        let seen = self.seen.borrow().get(id).copied();
        self.write(id, Header { changed: kept.changed, deleted }, &kept.text);
        if !is_known {
            // Who did not know it before does not know it now.
            match seen {
                Some(seen) => self.seen.borrow_mut().insert(id.to_owned(), seen),
                None => self.seen.borrow_mut().remove(id),
            };
        }
    }

    /// A design, only to look at it.
    pub fn peek(&self, id: &str) -> Option<Kept> {
        let record = self.shelf.load(&name_of(id)).filter(|_| is_id(id))?;
        if record.len() > MAX_BYTES + MAX_HEADER {
            return None;
        }
        let (header, text) = record.split_once('\n')?;
        let header = Header::read(header)?;
        Some(Kept {
            id: id.to_owned(),
            changed: header.changed,
            deleted: header.deleted,
            text: text.to_owned(),
        })
    }

    /// Writes a record; where there is no room for it, the longest deleted give theirs.
    fn write(&self, id: &str, header: Header, text: &str) -> bool {
        let record = format!("{}\n{text}", header.write());
        while !self.shelf.keep(&name_of(id), &record) {
            let deleted = self.all().into_iter().filter(|kept| kept.deleted.is_some() && kept.id != id);
            let Some(oldest) = deleted.min_by_key(|kept| kept.deleted) else { return false };
            self.forget(&oldest.id);
        }
        self.seen.borrow_mut().insert(id.to_owned(), mark(&record));
        true
    }

    fn see(&self, id: &str) {
        if let Some(record) = self.shelf.load(&name_of(id)) {
            self.seen.borrow_mut().insert(id.to_owned(), mark(&record));
        }
    }
}

/// Under which name a design is kept.
pub fn name_of(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// Whether this is an id, and no name that something else has.
pub fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(fits)
}

fn mark(record: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
