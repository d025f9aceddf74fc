//! Clients and notes: they come and go; and what stays where it is.

use crate::client::Client;
use crate::command::{Command, Lockable};
use crate::design::Design;
use crate::id::{ClientId, NoteId};
use crate::intent::{fresh_client, fresh_note};
use crate::note::Note;

/// Adds clients of a fresh name.
pub fn add_client(design: &Design, value: Client) -> (ClientId, Command) {
    let client = fresh_client(design);
    (client.clone(), Command::AddClient { client, value, index: design.clients.len() })
}

/// Removes clients. `None` if they are not in the design.
pub fn remove_client(design: &Design, client: &ClientId) -> Option<Command> {
    let (index, _, value) = design.clients.get_full(client)?;
    Some(Command::RemoveClient { client: client.clone(), value: value.clone(), index })
}

/// Adds a note of a fresh name.
pub fn add_note(design: &Design, value: Note) -> (NoteId, Command) {
    let note = fresh_note(design);
    (note.clone(), Command::AddNote { note, value, index: design.notes.len() })
}

/// Removes a note. `None` if it is not in the design.
pub fn remove_note(design: &Design, note: &NoteId) -> Option<Command> {
    let (index, _, value) = design.notes.get_full(note)?;
    Some(Command::RemoveNote { note: note.clone(), value: value.clone(), index })
}

/// Changes a note. `None` if it is not in the design, or is like that already.
pub fn set_note(design: &Design, note: &NoteId, to: Note) -> Option<Command> {
    let from = design.notes.get(note)?;
    (*from != to).then(|| Command::SetNote { note: note.clone(), from: from.clone(), to })
}

/// Keeps a part where it is, or no longer. `None` if it is not in the design, or is like that already.
pub fn set_locked(design: &Design, part: Lockable, to: bool) -> Option<Command> {
    let from = match &part {
        Lockable::Group(group) => design.groups.get(group)?.locked,
        Lockable::Machine(machine) => design.machines.get(machine)?.locked,
        Lockable::Client(client) => design.clients.get(client)?.locked,
        Lockable::Note(note) => design.notes.get(note)?.locked,
    };
    (from != to).then_some(Command::SetLocked { part, from, to })
}
