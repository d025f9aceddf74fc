//! Several commands that are to be one step, each made for the design as the ones before leave it.

use archlab_model::Design;
use archlab_model::command::Command;

use crate::editor::Editor;

/// Commands, and the design as they leave it.
#[derive(Debug, Clone)]
pub struct Draft {
    design: Design,
    commands: Vec<Command>,
}

impl Draft {
    /// A draft over `design` in which nothing is done yet.
    pub fn of(design: &Design) -> Draft {
        Draft { design: design.clone(), commands: Vec::new() }
    }

    /// The design as it is by now.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Does something more, unless it is nothing.
    pub fn perform(&mut self, command: Option<Command>) {
        if let Some(command) = command {
            command.apply(&mut self.design);
            self.commands.push(command);
        }
    }

    /// All of it as one command; none if it is nothing.
    pub fn finish(mut self) -> Option<Command> {
        match self.commands.len() {
            0 | 1 => self.commands.pop(),
            _ => Some(Command::Batch(self.commands)),
        }
    }
}

impl Editor {
    /// A draft in which nothing is done yet.
    pub(super) fn draft(&self) -> Draft {
        Draft::of(&self.design)
    }
}
