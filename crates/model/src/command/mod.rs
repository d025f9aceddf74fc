//! Changes to a design, as values.

mod apply;

use crate::business::Business;
use crate::by_hand::ByHand;
use crate::client::{Client, Load};
use crate::design::Design;
use crate::group::{Group, Layout, Policies};
use crate::id::{ClientId, GroupId, MachineId, NoteId};
use crate::machine::{Machine, Point};
use crate::network::Network;
use crate::note::Note;
use crate::scenario::Scenario;
use crate::text::Text;

/// One change to a design. It carries both ends, so its inverse is itself, turned round.
///
/// What a person wants ("take this machine out") is often several of them; [`crate::intent`] makes
/// those. A command that names a part the design does not have, or a seat that is not as it says, is
/// a bug in its maker, and panics.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A machine appears.
    AddMachine {
        /// Its name.
        machine: MachineId,
        /// What it is.
        value: Machine,
        /// Where.
        place: Place,
        /// Its number among the machines of the design, from 0.
        index: usize,
    },
    /// A machine disappears; its seat stays, empty.
    RemoveMachine {
        /// Its name.
        machine: MachineId,
        /// What it was.
        value: Machine,
        /// Where.
        place: Place,
        /// Its number among the machines of the design, from 0.
        index: usize,
    },
    /// A machine goes from one place to another; the seat it leaves stays, empty.
    MoveMachine {
        /// Which.
        machine: MachineId,
        /// From where.
        from: Place,
        /// To where.
        to: Place,
    },
    /// A machine is made larger or smaller.
    SetHardware {
        /// Which.
        machine: MachineId,
        /// From what.
        from: Hardware,
        /// To what.
        to: Hardware,
    },
    /// A machine becomes another in everything but its name and place.
    SetMachine {
        /// Which.
        machine: MachineId,
        /// From what.
        from: Machine,
        /// To what.
        to: Machine,
    },
    /// An empty seat appears in a group; those from there on move up by one.
    OpenSeat {
        /// The group.
        group: GroupId,
        /// Its number, from 0.
        seat: usize,
    },
    /// An empty seat disappears from a group; those after it move down by one.
    CloseSeat {
        /// The group.
        group: GroupId,
        /// Its number, from 0.
        seat: usize,
    },
    /// A group appears.
    AddGroup {
        /// Its name.
        group: GroupId,
        /// What it is.
        value: Group,
        /// Its number among the groups, from 0.
        index: usize,
    },
    /// A group disappears.
    RemoveGroup {
        /// Its name.
        group: GroupId,
        /// What it was.
        value: Group,
        /// Its number among the groups, from 0.
        index: usize,
    },
    /// A group goes to another place on the canvas.
    MoveGroup {
        /// Which.
        group: GroupId,
        /// From where.
        from: Point,
        /// To where.
        to: Point,
    },
    /// A group gets another layout.
    SetLayout {
        /// Which.
        group: GroupId,
        /// From what.
        from: Layout,
        /// To what.
        to: Layout,
    },
    /// A group gets other policies.
    SetPolicies {
        /// Which.
        group: GroupId,
        /// From what.
        from: Box<Policies>,
        /// To what.
        to: Box<Policies>,
    },
    /// Clients appear.
    AddClient {
        /// Their name.
        client: ClientId,
        /// What they are.
        value: Client,
        /// Their number among the clients, from 0.
        index: usize,
    },
    /// Clients disappear.
    RemoveClient {
        /// Their name.
        client: ClientId,
        /// What they were.
        value: Client,
        /// Their number among the clients, from 0.
        index: usize,
    },
    /// A person changes other things of what a group's layout makes.
    SetByHand {
        /// Which group.
        group: GroupId,
        /// From what.
        from: Box<ByHand>,
        /// To what.
        to: Box<ByHand>,
    },
    /// A group takes a seat in another group, or leaves it; the seat it leaves stays, empty.
    SeatGroup {
        /// Which.
        group: GroupId,
        /// From which seat; absent, from the canvas.
        from: Option<Seat>,
        /// To which seat; absent, to the canvas.
        to: Option<Seat>,
    },
    /// Clients go to another place on the canvas.
    MoveClient {
        /// Which.
        client: ClientId,
        /// From where.
        from: Point,
        /// To where.
        to: Point,
    },
    /// Clients send differently.
    SetLoad {
        /// Which.
        client: ClientId,
        /// From what.
        from: Load,
        /// To what.
        to: Load,
    },
    /// Clients become others in everything but their name and place.
    SetClient {
        /// Which.
        client: ClientId,
        /// From what.
        from: Box<Client>,
        /// To what.
        to: Box<Client>,
    },
    /// The network becomes another.
    SetNetwork {
        /// From what.
        from: Network,
        /// To what.
        to: Network,
    },
    /// Other things are to happen in a run.
    SetScenario {
        /// From what.
        from: Box<Scenario>,
        /// To what.
        to: Box<Scenario>,
    },
    /// Clients begin to send to a group.
    Connect {
        /// Which.
        client: ClientId,
        /// The group.
        group: GroupId,
        /// Its number among those they send to, from 0.
        index: usize,
    },
    /// Clients cease to send to a group.
    Disconnect {
        /// Which.
        client: ClientId,
        /// The group.
        group: GroupId,
        /// Its number among those they send to, from 0.
        index: usize,
    },
    /// The design is called something else.
    RenameDesign {
        /// From what.
        from: Text,
        /// To what.
        to: Text,
    },
    /// A group is called something else.
    RenameGroup {
        /// Which.
        group: GroupId,
        /// From what.
        from: Text,
        /// To what.
        to: Text,
    },
    /// A machine is called something else; by its id, if by nothing.
    RenameMachine {
        /// Which.
        machine: MachineId,
        /// From what.
        from: Option<Text>,
        /// To what.
        to: Option<Text>,
    },
    /// Clients are called something else; by their id, if by nothing.
    RenameClient {
        /// Which.
        client: ClientId,
        /// From what.
        from: Option<Text>,
        /// To what.
        to: Option<Text>,
    },
    /// A note appears.
    AddNote {
        /// Its name.
        note: NoteId,
        /// What it is.
        value: Note,
        /// Its number among the notes, from 0.
        index: usize,
    },
    /// A note disappears.
    RemoveNote {
        /// Its name.
        note: NoteId,
        /// What it was.
        value: Note,
        /// Its number among the notes, from 0.
        index: usize,
    },
    /// A note says something else, or lies elsewhere, or is larger or smaller.
    SetNote {
        /// Which.
        note: NoteId,
        /// From what.
        from: Note,
        /// To what.
        to: Note,
    },
    /// A part stays where it is, or no longer.
    SetLocked {
        /// Which.
        part: Lockable,
        /// From what.
        from: bool,
        /// To what.
        to: bool,
    },
    /// The business is another one; see [`crate::rework`].
    SetBusiness {
        /// From what.
        from: Box<Business>,
        /// To what.
        to: Box<Business>,
    },
    /// Another document takes the place of the whole design.
    Open {
        /// What was open.
        from: Box<Sheet>,
        /// What is opened.
        to: Box<Sheet>,
    },
    /// Several, one after another: one gesture, one step back.
    Batch(Vec<Command>),
}

/// An open document: a design, and under which name it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The name under which it is kept; whoever keeps it gives it its meaning.
    pub name: String,
    /// The design.
    pub design: Design,
}

/// Where a machine is.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// On the canvas, in no group.
    Loose(Point),
    /// In a group.
    Seat {
        /// The group.
        group: GroupId,
        /// The seat's number, from 0.
        seat: usize,
    },
}

/// A part that can be kept where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lockable {
    /// A group, with everything in it.
    Group(GroupId),
    /// A machine.
    Machine(MachineId),
    /// Clients.
    Client(ClientId),
    /// A note.
    Note(NoteId),
}

/// A seat of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The group.
    pub group: GroupId,
    /// The seat's number, from 0.
    pub seat: usize,
}

/// What a machine is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Hardware {
    /// Processor cores.
    pub cores: u32,
    /// How fast a core is, relative to a core of speed 1.
    pub speed: f64,
    /// The failure zone it stands in.
    pub zone: Option<String>,
}

impl Hardware {
    /// What `machine` is made of.
    pub fn of(machine: &Machine) -> Hardware {
        Hardware { cores: machine.cores, speed: machine.speed, zone: machine.zone.clone() }
    }
}
