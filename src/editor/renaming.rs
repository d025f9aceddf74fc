//! Renaming in place: a group, a machine, clients, a note's text, the design.

use archlab_model::command::Command;
use archlab_model::document::{MAX_NOTE_CHARS, MAX_TITLE_CHARS};
use archlab_model::{Note, Text, intent};

use crate::editor::Editor;
use crate::editor::scene::Part;

/// What is renamed in place, or written.
#[derive(Debug, Clone, PartialEq)]
pub enum Renaming {
    /// The design.
    Design,
    /// A part.
    Part(Part),
}

impl Editor {
    /// Begins to rename what is chosen, if it is one part that has a name of its own. A note is written.
    pub fn rename_selected(&mut self) {
        if let Some(part) = self.selection.single().cloned() {
            self.rename(&part);
        }
    }

    /// Begins to rename a part, or what it belongs to. A note is written.
    pub fn rename(&mut self, part: &Part) {
        let named = match part {
            Part::Entry(group) | Part::Store(group, _) => Part::Group(group.clone()),
            Part::Instance(instance) => match self.scene.host(instance) {
                Some(machine) => Part::Machine(machine.clone()),
                None => return,
            },
            own => own.clone(),
        };
        self.renaming = Some(Renaming::Part(named));
    }

    /// Whether what is chosen can be renamed in place.
    pub fn can_rename(&self) -> bool {
        self.selection.single().is_some()
    }

    /// The words that are renamed, as the design holds them; none if they are none.
    pub fn renamed_text(&self) -> Option<&Text> {
        match self.renaming.as_ref()? {
            Renaming::Design => Some(&self.design.title),
            Renaming::Part(Part::Group(id)) => self.design.groups.get(id).map(|it| &it.title),
            Renaming::Part(Part::Machine(id)) => self.design.machines.get(id)?.title.as_ref(),
            Renaming::Part(Part::Client(id)) => self.design.clients.get(id)?.title.as_ref(),
            Renaming::Part(Part::Note(id)) => self.design.notes.get(id).map(|it| &it.text),
            Renaming::Part(_) => None,
        }
    }

    /// Ends the renaming: with a text, that is what it is called from now on, in every language. Without
    /// one, or with the same one, nothing changes. A name that is blank is none; a note may be blank.
    pub fn end_renaming(&mut self, text: Option<&str>, shown: &str) {
        let (Some(renaming), Some(text)) = (self.renaming.take(), text) else { return };
        if text == shown {
            return;
        }
        if let Some(command) = self.renamed(&renaming, text) {
            self.perform(command);
        }
    }

    fn renamed(&self, renaming: &Renaming, text: &str) -> Option<Command> {
        let cut = |longest: usize| text.trim().chars().take(longest).collect::<String>();
        let title = cut(MAX_TITLE_CHARS);
        let optional = (!title.is_empty()).then(|| Text::Plain(title.clone()));
        let named = Text::Plain(title);
        match renaming {
            Renaming::Design => Some(Command::RenameDesign { from: self.design.title.clone(), to: named }),
            Renaming::Part(Part::Group(group)) => {
                let from = self.design.groups.get(group)?.title.clone();
                Some(Command::RenameGroup { group: group.clone(), from, to: named })
            }
            Renaming::Part(Part::Machine(machine)) => {
                let from = self.design.machines.get(machine)?.title.clone();
                Some(Command::RenameMachine { machine: machine.clone(), from, to: optional })
            }
            Renaming::Part(Part::Client(client)) => {
                let from = self.design.clients.get(client)?.title.clone();
                Some(Command::RenameClient { client: client.clone(), from, to: optional })
            }
            Renaming::Part(Part::Note(note)) => {
                let text = Text::Plain(cut(MAX_NOTE_CHARS));
                let to = Note { text, ..self.design.notes.get(note)?.clone() };
                intent::set_note(&self.design, note, to)
            }
            Renaming::Part(_) => None,
        }
    }
}
