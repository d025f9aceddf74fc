//! What a step did, for the history list.

use archlab_model::command::{Command, Lockable, Place};
use archlab_model::{GroupId, Text};

use crate::editor::scene::Part;

/// What a step did, to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// What was done.
    pub verb: Verb,
    /// To what; the first of several.
    pub part: Option<Part>,
    /// What that is called, if it is called something: it may be gone by now.
    pub title: Option<Text>,
    /// The group it was done with.
    pub group: Option<GroupId>,
    /// To how many.
    pub count: usize,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Add,
    Remove,
    Move,
    Into,
    Out,
    Seat,
    Rename,
    Write,
    Lock,
    Unlock,
    Group,
    Ungroup,
    Layout,
    Policies,
    Hardware,
    Load,
    Connect,
    Disconnect,
    Business,
    Network,
    Scenario,
    Open,
    ByHand,
    Other,
}

impl Verb {
    const fn is_about_seats(self) -> bool {
        matches!(self, Verb::Into | Verb::Out)
    }

    /// The key of its words, for one part or for several.
    pub const fn key(self, several: bool) -> &'static str {
        match (self, several) {
            (Verb::Add, false) => "history.add",
            (Verb::Add, true) => "history.add_several",
            (Verb::Remove, false) => "history.remove",
            (Verb::Remove, true) => "history.remove_several",
            (Verb::Move, false) => "history.move",
            (Verb::Move, true) => "history.move_several",
            (Verb::Into, false) => "history.into",
            (Verb::Into, true) => "history.into_several",
            (Verb::Out, false) => "history.out",
            (Verb::Out, true) => "history.out_several",
            (Verb::Lock, false) => "history.lock",
            (Verb::Lock, true) => "history.lock_several",
            (Verb::Unlock, false) => "history.unlock",
            (Verb::Unlock, true) => "history.unlock_several",
            (Verb::Seat, false) => "history.seat",
            (Verb::Rename, false) => "history.rename",
            (Verb::Write, false) => "history.write",
            (Verb::Group, _) => "history.group",
            (Verb::Ungroup, _) => "history.ungroup",
            (Verb::Layout, false) => "history.layout",
            (Verb::Policies, false) => "history.policies",
            (Verb::Hardware, false) => "history.hardware",
            (Verb::Load, false) => "history.load",
            (Verb::Connect, false) => "history.connect",
            (Verb::Disconnect, false) => "history.disconnect",
            (Verb::Business, _) => "history.business",
            (Verb::Network, _) => "history.network",
            (Verb::Scenario, _) => "history.scenario",
            (Verb::Open, _) => "history.open",
            (Verb::ByHand, _) => "history.by_hand",
            (Verb::Other, false) => "history.other",
            (_, true) => "history.other_several",
        }
    }
}

impl Deed {
    /// What a command did.
    pub fn of(command: &Command) -> Deed {
        let mut deeds = Vec::new();
        collect(command, &mut deeds);
        // Faults to come, links, and what was changed by hand that go with a part are not told.
        if deeds.iter().any(|deed| !is_aside(deed)) {
            deeds.retain(|deed| !is_aside(deed));
        }
        let has = |verb: Verb, deeds: &[Deed]| deeds.iter().any(|deed| deed.verb == verb);
        let is_group = |deed: &Deed| matches!(deed.part, Some(Part::Group(_)));
        let adds_group = deeds.iter().any(|deed| deed.verb == Verb::Add && is_group(deed));
        let removes_group = deeds.iter().any(|deed| deed.verb == Verb::Remove && is_group(deed));
        // What a group brings along, or takes with it, is not told.
        if adds_group && has(Verb::Into, &deeds) {
            deeds.retain(|deed| deed.verb == Verb::Add && is_group(deed));
            deeds.iter_mut().for_each(|deed| deed.verb = Verb::Group);
        } else if removes_group && has(Verb::Out, &deeds) {
            deeds.retain(|deed| deed.verb == Verb::Remove && is_group(deed));
            deeds.iter_mut().for_each(|deed| deed.verb = Verb::Ungroup);
        } else if let Some(seat) = deeds.iter().position(|deed| deed.verb.is_about_seats() && is_group(deed))
        {
            // Clients that send to it no longer, or again, and the place it comes to: all that is one thing.
            deeds = vec![deeds.swap_remove(seat)];
        } else {
            let groups: Vec<GroupId> =
                deeds.iter().filter(|deed| is_group(deed)).filter_map(|deed| deed.group.clone()).collect();
            deeds.retain(|deed| {
                is_group(deed) || !deed.group.as_ref().is_some_and(|group| groups.contains(group))
            });
        }
        let count = deeds.len();
        let verb = deeds.first().map_or(Verb::Other, |deed| deed.verb);
        let one_kind = deeds.iter().all(|deed| deed.verb == verb);
        match deeds.into_iter().next() {
            Some(first) if one_kind => Deed { count, ..first },
            first => Deed {
                verb: Verb::Other,
                count: count.max(1),
                part: None,
                title: None,
                group: first.and_then(|deed| deed.group),
            },
        }
    }
}

fn is_aside(deed: &Deed) -> bool {
    matches!(deed.verb, Verb::Scenario | Verb::Network | Verb::ByHand)
}

fn collect(command: &Command, deeds: &mut Vec<Deed>) {
    let deed = |verb, part: Option<Part>, title: Option<&Text>, group: Option<&GroupId>| Deed {
        verb,
        part,
        title: title.cloned(),
        group: group.cloned(),
        count: 1,
    };
    let group_part = |group: &GroupId| Some(Part::Group(group.clone()));
    let done = match command {
        Command::Batch(commands) => return commands.iter().for_each(|command| collect(command, deeds)),
        // They come with something else.
        Command::OpenSeat { .. } | Command::CloseSeat { .. } => return,
        Command::AddMachine { machine, value, place, .. } => {
            deed(Verb::Add, Some(Part::Machine(machine.clone())), value.title.as_ref(), group_of(place))
        }
        Command::RemoveMachine { machine, value, place, .. } => {
            deed(Verb::Remove, Some(Part::Machine(machine.clone())), value.title.as_ref(), group_of(place))
        }
        Command::MoveMachine { machine, from, to } => {
            let verb = match (group_of(from), group_of(to)) {
                (None, None) => Verb::Move,
                (Some(_), None) => Verb::Out,
                (Some(from), Some(to)) if from == to => Verb::Seat,
                (_, Some(_)) => Verb::Into,
            };
            let part = Part::Machine(machine.clone());
            // Two machines change seats by way of a third one: that is one thing to the person.
            if verb == Verb::Seat && deeds.iter().any(|deed| deed.verb == Verb::Seat) {
                return;
            }
            deed(verb, Some(part), None, group_of(to).or(group_of(from)))
        }
        Command::SetHardware { machine, .. } | Command::SetMachine { machine, .. } => {
            deed(Verb::Hardware, Some(Part::Machine(machine.clone())), None, None)
        }
        Command::AddGroup { group, value, .. } => {
            deed(Verb::Add, group_part(group), Some(&value.title), Some(group))
        }
        Command::RemoveGroup { group, value, .. } => {
            deed(Verb::Remove, group_part(group), Some(&value.title), Some(group))
        }
        Command::MoveGroup { group, .. } => deed(Verb::Move, group_part(group), None, Some(group)),
        Command::SetLayout { group, .. } => deed(Verb::Layout, group_part(group), None, Some(group)),
        Command::SetPolicies { group, .. } => deed(Verb::Policies, group_part(group), None, Some(group)),
        Command::AddClient { client, value, .. } => {
            deed(Verb::Add, Some(Part::Client(client.clone())), value.title.as_ref(), None)
        }
        Command::RemoveClient { client, value, .. } => {
            deed(Verb::Remove, Some(Part::Client(client.clone())), value.title.as_ref(), None)
        }
        Command::MoveClient { client, .. } => {
            deed(Verb::Move, Some(Part::Client(client.clone())), None, None)
        }
        Command::SetLoad { client, .. } | Command::SetClient { client, .. } => {
            deed(Verb::Load, Some(Part::Client(client.clone())), None, None)
        }
        Command::Connect { client, group, .. } => {
            deed(Verb::Connect, Some(Part::Client(client.clone())), None, Some(group))
        }
        Command::Disconnect { client, group, .. } => {
            deed(Verb::Disconnect, Some(Part::Client(client.clone())), None, Some(group))
        }
        Command::RenameDesign { to, .. } => deed(Verb::Rename, None, Some(to), None),
        Command::RenameGroup { group, to, .. } => deed(Verb::Rename, group_part(group), Some(to), None),
        Command::RenameMachine { machine, to, .. } => {
            deed(Verb::Rename, Some(Part::Machine(machine.clone())), to.as_ref(), None)
        }
        Command::RenameClient { client, to, .. } => {
            deed(Verb::Rename, Some(Part::Client(client.clone())), to.as_ref(), None)
        }
        Command::AddNote { note, .. } => deed(Verb::Add, Some(Part::Note(note.clone())), None, None),
        Command::RemoveNote { note, .. } => deed(Verb::Remove, Some(Part::Note(note.clone())), None, None),
        Command::SetNote { note, from, to } => {
            let verb = if from.text == to.text { Verb::Move } else { Verb::Write };
            deed(verb, Some(Part::Note(note.clone())), None, None)
        }
        Command::SetLocked { part, to, .. } => {
            let verb = if *to { Verb::Lock } else { Verb::Unlock };
            deed(verb, Some(part_of(part)), None, None)
        }
        Command::SetByHand { group, .. } => deed(Verb::ByHand, group_part(group), None, Some(group)),
        Command::SeatGroup { group, to: Some(to), .. } => {
            deed(Verb::Into, group_part(group), None, Some(&to.group))
        }
        Command::SeatGroup { group, from, .. } => {
            deed(Verb::Out, group_part(group), None, from.as_ref().map(|from| &from.group))
        }
        Command::SetBusiness { .. } => deed(Verb::Business, None, None, None),
        Command::SetNetwork { .. } => deed(Verb::Network, None, None, None),
        Command::SetScenario { .. } => deed(Verb::Scenario, None, None, None),
        Command::Open { to, .. } => deed(Verb::Open, None, Some(&to.design.title), None),
    };
    deeds.push(done);
}

fn group_of(place: &Place) -> Option<&GroupId> {
    match place {
        Place::Seat { group, .. } => Some(group),
        Place::Loose(_) => None,
    }
}

fn part_of(part: &Lockable) -> Part {
    match part {
        Lockable::Group(id) => Part::Group(id.clone()),
        Lockable::Machine(id) => Part::Machine(id.clone()),
        Lockable::Client(id) => Part::Client(id.clone()),
        Lockable::Note(id) => Part::Note(id.clone()),
    }
}
