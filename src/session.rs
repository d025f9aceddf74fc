//! One open document: the editor, the run and its playing, wired. No browser, so that it can be
//! tested whole.

use std::collections::BTreeMap;

use archlab_engine::measure::series;
use archlab_engine::{Belief, Flight, Frame, Intervention, Life, Reason, Report, Roster, Simulation};
use archlab_model::command::Command;
use archlab_model::{Design, DocumentError, Fault, GroupId, InstanceId, MachineId, SimTime, Text, document};

use crate::action::Wish;
use crate::desk::Desk;
use crate::editor::Editor;
use crate::editor::input::Input;
use crate::editor::scene::Part;
use crate::playback::{Playback, Transport};

/// Messages remembered between two frames, for their marks.
const MAX_FLIGHTS: usize = 6_000;

/// What the page looks like, as far as actions ask for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageState {
    /// Whether it is dark.
    pub dark: bool,
    /// Whether moving marks are drawn.
    pub marks: bool,
    /// Whether it is a guest in another page: it keeps nothing, opens nothing.
    pub guest: bool,
}

impl Default for PageState {
    fn default() -> Self {
        PageState { dark: false, marks: true, guest: false }
    }
}

/// One open document and its run.
#[derive(Debug)]
pub struct Session {
    /// The hand.
    pub editor: Editor,
    /// Speed, play and pause.
    pub playback: Playback,
    /// What lies open beside the canvas.
    pub desk: Desk,
    simulation: Simulation,
    frame: Frame,
    report: Report,
    /// What failed on each machine since its last fault.
    wounds: BTreeMap<MachineId, Wound>,
    wishes: Vec<Wish>,
    /// What the page looks like, as far as actions ask for it.
    pub page: PageState,
    seen_changes: u64,
    runs: u64,
    opened: u64,
    steps: u64,
}

impl Session {
    /// A session of `design`, at the start of its run.
    pub fn of(design: Design) -> Session {
        let simulation = started(&design);
        let (frame, report) = (simulation.frame(), simulation.report());
        Session {
            editor: Editor::of(design),
            playback: Playback::default(),
            desk: Desk::default(),
            simulation,
            frame,
            report,
            wounds: BTreeMap::new(),
            wishes: Vec::new(),
            page: PageState::default(),
            seen_changes: 0,
            runs: 0,
            opened: 0,
            steps: 0,
        }
    }

    /// Opens a document in place of this one, kept under `name` from now on, as one step. A wrong one
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn open(&mut self, text: &str, name: &str) -> Result<(), DocumentError> {
        let design = document::open(text)?;
        self.edit(|editor| editor.open(name.to_owned(), design));
        Ok(())
    }

    /// Gives the design another title.
    pub fn rename_design(&mut self, title: &str) {
        let from = self.editor.design().title.clone();
        let to = Text::Plain(title.to_owned());
        if from != to {
            self.perform(Command::RenameDesign { from, to });
        }
    }

    /// The document as text.
    pub fn save(&self) -> String {
        document::save(self.editor.design())
    }

    /// Takes what the hand did; the run goes on with what it changed.
    pub fn on(&mut self, input: Input) {
        self.editor.on(input);
        self.adopt();
    }

    /// Edits by other ways than the hand's.
    pub fn edit(&mut self, edit: impl FnOnce(&mut Editor)) {
        edit(&mut self.editor);
        self.adopt();
    }

    /// Changes the design, as one step.
    pub fn perform(&mut self, command: Command) {
        self.edit(|editor| editor.perform(command));
    }

    /// Asks the page for what only it can do.
    pub fn wish(&mut self, wish: Wish) {
        self.wishes.push(wish);
    }

    /// Takes what was wished for since the last time.
    pub fn take_wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes)
    }

    /// Chooses a part, brings it into view, and takes the focus there.
    pub fn go_to(&mut self, part: Part) {
        if self.editor.scene().boxes.contains_key(&part) {
            self.editor.reveal(&part);
            self.editor.selection = part.clone().into();
            self.editor.attention = Some(part);
        }
    }

    /// Lets the run go on with the design as it is now.
    fn adopt(&mut self) {
        if self.opened != self.editor.opened() {
            self.opened = self.editor.opened();
            self.seen_changes = self.editor.run_changes();
            self.playback = self.playback.afresh();
            self.restart();
            return;
        }
        if self.seen_changes == self.editor.run_changes() {
            return;
        }
        self.seen_changes = self.editor.run_changes();
        if self.simulation.now() == SimTime::START && self.simulation.journal().is_empty() {
            self.simulation = started(self.editor.design());
        } else {
            let design = Box::new(self.editor.design().clone());
            self.simulation.intervene(Intervention::Adopt(design));
        }
        self.refresh();
    }

    /// Does a fault or a repair to the run, now.
    pub fn inflict(&mut self, fault: Fault) {
        if let Fault::Crash(_) | Fault::PowerOff(_) = &fault {
            for instance in &self.frame.instances {
                let hit = match &fault {
                    Fault::Crash(id) => instance.id == *id,
                    Fault::PowerOff(machine) => instance.machine == *machine,
                    _ => false,
                };
                if hit {
                    let wound = self.wounds.entry(instance.machine.clone()).or_default();
                    wound.before.insert(instance.id.clone(), instance.failed);
                }
            }
        }
        self.simulation.intervene(Intervention::Fault(fault));
        self.refresh();
    }

    /// Begins the run anew.
    pub fn restart(&mut self) {
        self.simulation = started(self.editor.design());
        self.wounds.clear();
        self.runs += 1;
        self.refresh();
    }

    /// Plays or pauses.
    pub fn toggle_play(&mut self) {
        self.playback.transport = match self.playback.transport {
            Transport::Playing => Transport::Paused,
            Transport::Paused => Transport::Playing,
        };
    }

    /// Pauses, and handles the next event.
    pub fn step(&mut self) {
        self.playback.transport = Transport::Paused;
        self.simulation.step();
        self.steps += 1;
        self.refresh();
    }

    /// Lets `wall_ms` of wall time pass, spending at most `budget_ms` on it; see [`Playback::tick`].
    pub fn tick(&mut self, wall_ms: f64, budget_ms: f64, spent_ms: &dyn Fn() -> f64) {
        self.playback.tick(&mut self.simulation, wall_ms, budget_ms, spent_ms);
    }

    /// Looks at the run again: state, measures, and where instances run.
    pub fn refresh(&mut self) {
        self.frame = self.simulation.frame();
        self.report = self.simulation.report();
        let placed =
            self.frame.instances.iter().map(|instance| (instance.id.clone(), instance.machine.clone()));
        self.editor.set_placed(placed.collect());
        let frame = &self.frame;
        self.wounds.retain(|machine, wound| {
            wound.look(machine, frame);
            !healed(machine, frame)
        });
    }

    /// The state of the run when it was last looked at.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The measures of the run when it was last looked at.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The instant of the run.
    pub fn now(&self) -> SimTime {
        self.simulation.now()
    }

    /// The names behind the run's indices.
    pub fn roster(&self) -> &Roster {
        self.simulation.roster()
    }

    /// A group's history.
    pub fn series(&self, group: &GroupId) -> Vec<series::Point> {
        self.simulation.series(group)
    }

    /// Takes the messages that left since the last time; gives the share that was recorded.
    pub fn take_flights(&mut self, flights: &mut Vec<Flight>) -> f64 {
        self.simulation.take_flights(flights)
    }

    /// A number that grows each time the run begins anew.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How many single steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// How many times another document took this one's place.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Attempts that failed on a machine since its last fault, by [`Reason`] index, until everything
    /// on it is well again.
    pub fn failed_since_fault(&self, machine: &MachineId) -> [u64; Reason::COUNT] {
        let mut sum = [0; Reason::COUNT];
        for counted in self.wounds.get(machine).into_iter().flat_map(|wound| wound.since.values()) {
            for (sum, counted) in sum.iter_mut().zip(counted) {
                *sum += counted;
            }
        }
        sum
    }

    /// The group that panels show: the chosen one, or that of the chosen part, or the first.
    pub fn shown_group(&self) -> Option<GroupId> {
        let design = self.editor.design();
        let chosen = match self.editor.selection.last() {
            Some(Part::Group(group) | Part::Entry(group) | Part::Store(group, _)) => Some(group.clone()),
            Some(Part::Instance(instance)) => Some(instance.group.clone()),
            Some(Part::Machine(machine)) => design.seat_of(machine).map(|(group, _)| group.clone()),
            Some(Part::Client(_) | Part::Note(_)) | None => None,
        };
        // What a group within a group does is told of the outermost one.
        let outer = chosen.map(|group| self.editor.scene().outermost(&group).clone());
        outer.or_else(|| design.outer_groups().next().map(|(id, _)| id.clone()))
    }
}

/// What a fault did to a machine, as counts of failed attempts at the instances that it hit.
#[derive(Debug, Clone, Default)]
struct Wound {
    /// When the fault came.
    before: BTreeMap<InstanceId, [u64; Reason::COUNT]>,
    /// Since then; of an instance that was placed elsewhere, until it was.
    since: BTreeMap<InstanceId, [u64; Reason::COUNT]>,
}

impl Wound {
    fn look(&mut self, machine: &MachineId, frame: &Frame) {
        for instance in frame.instances.iter().filter(|instance| instance.machine == *machine) {
            if let Some(before) = self.before.get(&instance.id) {
                let mut since = instance.failed;
                for (count, before) in since.iter_mut().zip(before) {
                    *count = count.saturating_sub(*before);
                }
                self.since.insert(instance.id.clone(), since);
            }
        }
    }
}

/// Whether a machine has power and everything on it lives and is believed to.
fn healed(machine: &MachineId, frame: &Frame) -> bool {
    let on = frame.machines.iter().any(|of| of.id == *machine && of.on);
    let mut here = frame.instances.iter().filter(|instance| instance.machine == *machine);
    on && here.all(|instance| instance.life == Life::Up && matches!(instance.belief, Belief::Up { .. }))
}

fn started(design: &Design) -> Simulation {
    let mut simulation = Simulation::new(design);
    simulation.record_flights(MAX_FLIGHTS);
    simulation
}
