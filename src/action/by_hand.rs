//! Actions on what a layout made: copies, services, calls and stores, changed by hand.

use archlab_model::intent::{self, LineKind};
use archlab_model::{Command, InstanceId};

use super::keys::Keys;
use super::{Action, Kind, Section, actions};
use crate::editor::errand::Errand;
use crate::editor::scene::{Line, Part};
use crate::session::Session;
use crate::ui::icon::Icon;

const BY_HAND: Action = Action { section: Section::Layout, on: &[Kind::Instance], ..Action::ROW };
const LINE: Action = Action {
    section: Section::Layout,
    icon: Icon::Connect,
    enabled: |session, _| matches!(session.editor.line(), Some(Line::Calls { .. })),
    ..Action::ROW
};

actions! {
    /// Moves a copy of a service to another machine.
    MOVE_TO = Action {
        name: "action.move_to",
        icon: Icon::Leave,
        enabled: |session, parts| can(session, errand_of(parts, Errand::Move)),
        act: |session, parts| ask(session, errand_of(parts, Errand::Move)),
        ..BY_HAND
    };
    /// Lets the layout choose the machine of a copy again.
    LET_GO = Action {
        name: "action.let_go",
        icon: Icon::Undo,
        enabled: |session, parts| let_go(session, parts).is_some(),
        act: |session, parts| perform(session, let_go(session, parts)),
        ..BY_HAND
    };
    /// Makes a service of its own of some functions of a service.
    SPLIT = Action {
        name: "action.split",
        icon: Icon::Ungroup,
        enabled: |session, parts| can(session, errand_of(parts, Errand::Split)),
        act: |session, parts| ask(session, errand_of(parts, Errand::Split)),
        ..BY_HAND
    };
    /// Makes a service part of another one.
    MERGE = Action {
        name: "action.merge",
        icon: Icon::Merge,
        enabled: |session, parts| can(session, errand_of(parts, Errand::Merge)),
        act: |session, parts| ask(session, errand_of(parts, Errand::Merge)),
        ..BY_HAND
    };
    /// Lets a part call another one.
    CONNECT = Action {
        name: "action.connect",
        icon: Icon::Connect,
        keys: &[Keys::plain("c")],
        on: &[Kind::Client, Kind::Entry, Kind::Instance],
        enabled: |session, parts| can(session, connecting(parts)),
        act: |session, parts| ask(session, connecting(parts)),
        ..BY_HAND
    };
    /// Gives a service a store of its own.
    OWN_STORE = Action {
        name: "action.own_store",
        icon: Icon::Database,
        enabled: |session, parts| own_store(session, parts).is_some(),
        act: |session, parts| perform(session, own_store(session, parts)),
        ..BY_HAND
    };
    /// Lets the data of a store lie in another one.
    SHARE_STORE = Action {
        name: "action.share_store",
        icon: Icon::Merge,
        on: &[Kind::Store, Kind::Instance],
        enabled: |session, parts| can(session, sharing(session, parts)),
        act: |session, parts| ask(session, sharing(session, parts)),
        ..BY_HAND
    };
    /// Gives each service of a group a store of its own.
    OWN_STORES = Action {
        name: "action.own_stores",
        icon: Icon::Database,
        on: &[Kind::Group, Kind::Entry, Kind::Store],
        enabled: |session, parts| own_stores(session, parts).is_some(),
        act: |session, parts| perform(session, own_stores(session, parts)),
        ..BY_HAND
    };
    /// Makes the calls of the chosen line plain ones.
    LINE_PLAIN = Action {
        name: "action.line_plain",
        act: |session, _| set_kind(session, LineKind::Plain),
        ..LINE
    };
    /// Makes them REST.
    LINE_REST = Action {
        name: "action.line_rest",
        act: |session, _| set_kind(session, LineKind::Rest),
        ..LINE
    };
    /// Makes them RPC.
    LINE_RPC = Action {
        name: "action.line_rpc",
        act: |session, _| set_kind(session, LineKind::Rpc),
        ..LINE
    };
    /// Sends them through a queue.
    LINE_QUEUE = Action {
        name: "action.line_queue",
        act: |session, _| set_kind(session, LineKind::Queue),
        ..LINE
    };
    /// Takes the chosen line away.
    REMOVE_LINE = Action {
        name: "action.remove_line",
        icon: Icon::Delete,
        section: Section::Remove,
        keys: &[Keys::plain("delete"), Keys::plain("backspace")],
        is_danger: true,
        enabled: |session, _| session.editor.line().is_some(),
        act: |session, _| perform(session, without_line(session)),
        ..Action::ROW
    };
}

/// The action that gives the chosen line a kind.
pub fn of_kind(kind: LineKind) -> &'static Action {
    match kind {
        LineKind::Plain => &LINE_PLAIN,
        LineKind::Rest => &LINE_REST,
        LineKind::Rpc => &LINE_RPC,
        LineKind::Queue => &LINE_QUEUE,
    }
}

fn instance(parts: &[Part]) -> Option<&InstanceId> {
    match parts {
        [Part::Instance(instance)] => Some(instance),
        _ => None,
    }
}

fn errand_of(parts: &[Part], errand: fn(InstanceId) -> Errand) -> Option<Errand> {
    instance(parts).cloned().map(errand)
}

fn connecting(parts: &[Part]) -> Option<Errand> {
    match parts {
        [part @ (Part::Client(_) | Part::Entry(_) | Part::Instance(_))] => {
            Some(Errand::Connect(part.clone()))
        }
        _ => None,
    }
}

/// A store to share: the chosen one, or the first that the chosen service touches.
fn sharing(session: &Session, parts: &[Part]) -> Option<Errand> {
    match parts {
        [Part::Store(group, store)] => Some(Errand::Share(group.clone(), store.clone())),
        [Part::Instance(of)] => {
            let store = session.editor.store_used_by(of)?;
            Some(Errand::Share(of.group.clone(), store))
        }
        _ => None,
    }
}

fn can(session: &Session, errand: Option<Errand>) -> bool {
    errand.is_some_and(|errand| session.editor.can_ask(&errand))
}

fn ask(session: &mut Session, errand: Option<Errand>) {
    session.editor.errand = errand;
}

fn let_go(session: &Session, parts: &[Part]) -> Option<Command> {
    intent::unpin(session.editor.design(), instance(parts)?)
}

fn own_store(session: &Session, parts: &[Part]) -> Option<Command> {
    let instance = instance(parts)?;
    intent::attach_store(session.editor.design(), &instance.group, &instance.service)
}

fn own_stores(session: &Session, parts: &[Part]) -> Option<Command> {
    let [part] = parts else { return None };
    intent::own_stores(session.editor.design(), &session.editor.group_holding(part)?)
}

fn set_kind(session: &mut Session, kind: LineKind) {
    if let Some(Line::Calls { group, from, to }) = session.editor.line().cloned() {
        perform(session, intent::set_line_kind(session.editor.design(), &group, &from, &to, kind));
    }
}

fn without_line(session: &Session) -> Option<Command> {
    let design = session.editor.design();
    match session.editor.line()? {
        Line::Calls { group, from, to } => intent::remove_calls(design, group, from, to),
        Line::Sends { client, group } => intent::disconnect_client(design, client, group),
    }
}

fn perform(session: &mut Session, command: Option<Command>) {
    if let Some(command) = command {
        session.perform(command);
    }
}
