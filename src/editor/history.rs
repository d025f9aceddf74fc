//! What was done, for undo and redo.

use archlab_model::Design;
use archlab_model::command::Command;

/// How many steps can be undone.
pub const MAX_STEPS: usize = 1_000;

/// How many of them may hold a whole document.
pub const MAX_OPENED: usize = 24;

/// The steps done and undone.
#[derive(Debug, Clone, Default)]
pub struct History {
    done: Vec<Command>,
    undone: Vec<Command>,
}

impl History {
    /// Applies `command` to `design` and keeps it.
    pub fn perform(&mut self, command: Command, design: &mut Design) {
        command.apply(design);
        self.undone.clear();
        self.done.push(command);
        if self.done.len() > MAX_STEPS {
            self.done.remove(0);
        }
        let opens = |command: &Command| matches!(command, Command::Open { .. });
        if self.done.iter().filter(|command| opens(command)).count() > MAX_OPENED
            && let Some(first) = self.done.iter().position(opens)
        {
            self.done.drain(..=first);
        }
    }

    /// Takes the last step back, and tells which it was.
    pub fn undo(&mut self, design: &mut Design) -> Option<&Command> {
        let command = self.done.pop()?;
        command.inverse().apply(design);
        self.undone.push(command);
        self.undone.last()
    }

    /// Does the last undone step again, and tells which it was.
    pub fn redo(&mut self, design: &mut Design) -> Option<&Command> {
        let command = self.undone.pop()?;
        command.apply(design);
        self.done.push(command);
        self.done.last()
    }

    /// The steps that are done, the first one first, and those that are undone, the last one first.
    pub fn steps(&self) -> (&[Command], &[Command]) {
        (&self.done, &self.undone)
    }

    /// How many steps can be undone.
    pub fn depth(&self) -> usize {
        self.done.len()
    }

    /// How many steps can be done again.
    pub fn undone(&self) -> usize {
        self.undone.len()
    }
}
