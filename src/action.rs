//! Actions: everything a person can do by button, menu or key, each in one place.

use archlab_engine::Life;
use archlab_model::{Fault, GroupId, InstanceId, Layout, MachineId, Point};

use crate::editor::input::{Input, Piece};
use crate::editor::scene::Part;
use crate::playback::{MAX_SPEED, MIN_SPEED};
use crate::session::Session;

/// How much one press on a zoom button zooms.
const ZOOM_STEP: f64 = 1.25;
/// How much one press on a speed key changes the speed.
const SPEED_STEP: f64 = 2.0;
/// How far an arrow key moves, in canvas units; Shift makes it one.
const NUDGE: f64 = 10.0;

/// Something a person can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    PlayPause,
    Step,
    Restart,
    Slower,
    Faster,
    Undo,
    Redo,
    Delete,
    Fit,
    ZoomIn,
    ZoomOut,
    Nudge(Point),
    Escape,
    Add(Piece, Option<GroupId>),
    PowerOff(MachineId),
    PowerOn(MachineId),
    Crash(InstanceId),
    StartAgain(InstanceId),
    TakeOut(MachineId),
    SetLayout(GroupId, Layout),
    Compare(GroupId, Layout),
}

/// A key press, apart from the browser: the key's name and what was held with it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyPress<'a> {
    /// As `KeyboardEvent.key` names it.
    pub key: &'a str,
    /// Control or Command.
    pub control: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or Option.
    pub alt: bool,
}

impl Action {
    /// The action that a key asks for.
    pub fn of_key(press: &KeyPress<'_>) -> Option<Action> {
        let far = if press.shift { 1.0 } else { NUDGE };
        let key = press.key.to_lowercase();
        Some(match (key.as_str(), press.control, press.shift) {
            _ if press.alt => return None,
            ("z", true, false) => Action::Undo,
            ("z", true, true) | ("y", true, false) => Action::Redo,
            ("+" | "=", true, _) => Action::ZoomIn,
            ("-", true, _) => Action::ZoomOut,
            ("0", true, _) => Action::Fit,
            (_, true, _) => return None,
            (" ", ..) => Action::PlayPause,
            ("s", ..) => Action::Step,
            ("!" | "1", _, true) => Action::Fit,
            ("delete" | "backspace", ..) => Action::Delete,
            ("escape", ..) => Action::Escape,
            ("," | "<", ..) => Action::Slower,
            ("." | ">", ..) => Action::Faster,
            ("arrowleft", ..) => Action::Nudge(Point::new(-far, 0.0)),
            ("arrowright", ..) => Action::Nudge(Point::new(far, 0.0)),
            ("arrowup", ..) => Action::Nudge(Point::new(0.0, -far)),
            ("arrowdown", ..) => Action::Nudge(Point::new(0.0, far)),
            _ => return None,
        })
    }

    /// Whether it would do something now.
    pub fn is_enabled(&self, session: &Session) -> bool {
        let (done, undone) = session.editor.steps();
        match self {
            Action::Undo => done > 0,
            Action::Redo => undone > 0,
            Action::Delete => matches!(session.editor.selection, Some(Part::Machine(_) | Part::Group(_))),
            Action::PowerOff(machine) => is_on(session, machine),
            Action::PowerOn(machine) => !is_on(session, machine),
            Action::Crash(instance) => {
                matches!(life(session, instance), Some(Life::Up | Life::Starting { .. }))
            }
            Action::StartAgain(instance) => life(session, instance) == Some(Life::Crashed),
            Action::Slower => session.playback.speed > MIN_SPEED,
            Action::Faster => session.playback.speed < MAX_SPEED,
            _ => true,
        }
    }

    /// Does it.
    pub fn run(&self, session: &mut Session) {
        match self {
            Action::PlayPause => session.toggle_play(),
            Action::Step => session.step(),
            Action::Restart => session.restart(),
            Action::Slower => change_speed(session, 1.0 / SPEED_STEP),
            Action::Faster => change_speed(session, SPEED_STEP),
            Action::Undo => session.edit(|editor| {
                editor.undo();
            }),
            Action::Redo => session.edit(|editor| {
                editor.redo();
            }),
            Action::Delete => session.edit(|editor| editor.remove_selected()),
            Action::Fit => session.editor.fit(),
            Action::ZoomIn => zoom(session, ZOOM_STEP),
            Action::ZoomOut => zoom(session, 1.0 / ZOOM_STEP),
            Action::Nudge(by) => session.edit(|editor| editor.nudge(*by)),
            Action::Escape => escape(session),
            Action::Add(piece, group) => {
                session.on(Input::Pick(*piece));
                session.on(Input::Put(group.clone()));
            }
            Action::PowerOff(machine) => session.inflict(Fault::PowerOff(machine.clone())),
            Action::PowerOn(machine) => session.inflict(Fault::PowerOn(machine.clone())),
            Action::Crash(instance) => session.inflict(Fault::Crash(instance.clone())),
            Action::StartAgain(instance) => session.inflict(Fault::Restart(instance.clone())),
            Action::TakeOut(machine) => session.edit(|editor| editor.move_machine(machine, None)),
            Action::SetLayout(group, layout) => session.edit(|editor| editor.set_layout(group, *layout)),
            Action::Compare(group, layout) => session.edit(|editor| editor.compare(group, *layout)),
        }
    }
}

/// Escape gives up the gesture; with nothing in hand it lets go of the selection.
fn escape(session: &mut Session) {
    let resting = session.editor.tool == crate::editor::tools::Tool::Idle;
    session.on(Input::Cancel);
    if resting {
        session.editor.selection = None;
    }
}

fn change_speed(session: &mut Session, factor: f64) {
    session.playback.speed = (session.playback.speed * factor).clamp(MIN_SPEED, MAX_SPEED);
}

fn zoom(session: &mut Session, factor: f64) {
    let view = session.editor.view;
    session.on(Input::Zoom { at: Point::new(view.w / 2.0, view.h / 2.0), factor });
}

fn is_on(session: &Session, machine: &MachineId) -> bool {
    session.frame().machines.iter().find(|frame| frame.id == *machine).is_none_or(|frame| frame.on)
}

fn life(session: &Session, instance: &InstanceId) -> Option<Life> {
    session.frame().instances.iter().find(|frame| frame.id == *instance).map(|frame| frame.life)
}
