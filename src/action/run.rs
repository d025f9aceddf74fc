//! Actions on the run: play, pause, speed.

use super::keys::Keys;
use super::{Action, Kind, Section, actions};
use crate::playback::{MAX_SPEED, MIN_SPEED};
use crate::session::Session;
use crate::ui::icon::Icon;

/// How much one press on a speed key changes the speed.
const SPEED_STEP: f64 = 2.0;

const ROW: Action = Action { section: Section::Run, ..Action::ROW };

actions! {
    /// Plays or pauses.
    PLAY_PAUSE = Action {
        name: "action.play_pause",
        name_now: Some(|session| {
            if session.playback.is_playing() { "action.pause" } else { "action.play" }
        }),
        icon: Icon::Play,
        icon_now: Some(|session| if session.playback.is_playing() { Icon::Pause } else { Icon::Play }),
        keys: &[Keys::plain(" ")],
        act: |session, _| session.toggle_play(),
        ..ROW
    };
    /// Goes on by one event.
    STEP = Action {
        name: "action.step",
        icon: Icon::Step,
        keys: &[Keys::plain("s")],
        act: |session, _| session.step(),
        ..ROW
    };
    /// Begins the run anew.
    RESTART = Action {
        name: "action.restart",
        icon: Icon::Restart,
        on: &[Kind::Canvas],
        act: |session, _| session.restart(),
        ..ROW
    };
    /// Half the speed.
    SLOWER = Action {
        name: "action.slower",
        icon: Icon::Minus,
        keys: &[Keys::plain(","), Keys::plain("<")],
        enabled: |session, _| session.playback.speed > MIN_SPEED,
        act: |session, _| change_speed(session, 1.0 / SPEED_STEP),
        ..ROW
    };
    /// Twice the speed.
    FASTER = Action {
        name: "action.faster",
        icon: Icon::Plus,
        keys: &[Keys::plain("."), Keys::plain(">")],
        enabled: |session, _| session.playback.speed < MAX_SPEED,
        act: |session, _| change_speed(session, SPEED_STEP),
        ..ROW
    };
}

fn change_speed(session: &mut Session, factor: f64) {
    session.playback.speed = (session.playback.speed * factor).clamp(MIN_SPEED, MAX_SPEED);
}
