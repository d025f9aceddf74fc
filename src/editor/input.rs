//! What a hand does to the canvas, apart from any browser. Points are CSS pixels of the stage.

use archlab_model::{FunctionId, GroupId, InstanceId, Point};

/// What can be taken from the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A machine of the usual size.
    Machine,
    /// A machine with fewer cores.
    SmallMachine,
    /// A machine with more cores.
    LargeMachine,
    /// A group: a cluster.
    Group,
    /// A note.
    Note,
    /// A group: one module on each machine.
    DistributedGroup,
    /// A group: small services on whatever machines there are.
    MicroserviceGroup,
    /// A group that a person arranges.
    FreeGroup,
    /// Clients whose requests come at random.
    OpenClients,
    /// Clients who come in bursts.
    BurstyClients,
    /// Users who wait for an answer before they ask again.
    Users,
    /// A database of its own for some of the data.
    Database,
    /// Copies for the databases of a group.
    ReplicatedDatabase,
    /// The databases of a group divided into parts.
    ShardedDatabase,
    /// A cache before the databases of a group.
    CacheStore,
}

/// The keys that are held while the hand does something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Shift: more is chosen, or less.
    pub shift: bool,
    /// Alt or Option: what is dragged is copied.
    pub alt: bool,
    /// Control or Command: nothing snaps.
    pub control: bool,
}

/// Something the hand does.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Other keys are held than before.
    Hold(Held),
    /// A button or a finger goes down.
    Press(Point),
    /// The same on a function that an instance shows: the page knows where it writes its name.
    Seize(InstanceId, FunctionId, Point),
    /// The same with the middle button, or while Space is held: takes hold of the canvas.
    Grip(Point),
    /// It moves.
    Move(Point),
    /// It goes up.
    Release(Point),
    /// The wheel zooms by a factor at a point.
    Zoom {
        /// Where.
        at: Point,
        /// By how much; above 1 enlarges.
        factor: f64,
    },
    /// The wheel or two fingers move the canvas.
    Pan(Point),
    /// A piece was picked in the palette.
    Pick(Piece),
    /// The picked piece goes where it makes sense: into this group, or the likeliest.
    Put(Option<GroupId>),
    /// The gesture is given up.
    Cancel,
}
