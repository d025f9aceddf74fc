//! What a piece of work is to others, in a word.

/// What a piece of work is to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(u16);

impl Flags {
    pub const NONE: Flags = Flags(0);
    /// Its caller counts on it, and holds it.
    pub const CLAIMED: Flags = Flags(1);
    /// The caller bears its failure.
    pub const SOFT: Flags = Flags(2);
    /// The caller has gone on.
    pub const BACKGROUND: Flags = Flags(4);
    /// A part of other work in the same instance: it has no message and no server of its own.
    pub const INSIDE: Flags = Flags(8);
    /// The caller's timer is for the connection: nothing answers there.
    pub const CONNECTING: Flags = Flags(16);
    /// It has a server of its station.
    pub const SERVED: Flags = Flags(32);
    /// It had one, and let it go while it waits for calls.
    pub const YIELDED: Flags = Flags(64);
    /// Parts of it are executed beside it.
    pub const DIVIDED: Flags = Flags(128);
    /// A deadline goes with it: it is not begun after that, nor is anything that it calls.
    pub const DEADLINE: Flags = Flags(256);
    /// It waits in a queue that may turn it away; it has been there since its `due`.
    pub const QUEUED_FOR_NOW: Flags = Flags(512);
    /// Either: whether it is still to be begun has to be looked at.
    pub const MAY_LAPSE: Flags = Flags(256 | 512);
    /// Its caller's guard has to hear of its end.
    pub const GUARDED: Flags = Flags(1024);
    /// It has a place in the bulkhead of that guard.
    pub const SLOT: Flags = Flags(2048);
    /// It brings a message to a broker.
    pub const PUBLISH: Flags = Flags(16384);
    /// It asks a branch of a transaction, and its coordinator hears the answer.
    pub const PHASE: Flags = Flags(8192);
    /// It is work on a message of a broker: nobody calls.
    pub const MESSAGE: Flags = Flags(32768);
    /// It has to do with a store of several members: inside an instance a read or write as a whole, whose target is
    /// an entry in the table of those; else what one member is asked for it.
    pub const KEEPING: Flags = Flags(4096);

    #[inline]
    pub const fn and(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// These if `condition` holds, otherwise none.
    #[inline]
    pub const fn when(self, condition: bool) -> Flags {
        if condition { self } else { Flags::NONE }
    }

    /// Those that every attempt of a call has.
    #[inline]
    pub const fn only_of_the_call(self) -> Flags {
        Flags(self.0 & (Flags::SOFT.0 | Flags::BACKGROUND.0 | Flags::DEADLINE.0 | Flags::PHASE.0))
    }

    /// Whether a deadline goes with it.
    #[inline]
    pub const fn only_deadline(self) -> Flags {
        Flags(self.0 & Flags::DEADLINE.0)
    }

    /// Whether it is nothing but a call that its caller waits for.
    #[inline]
    pub const fn is_plain(self) -> bool {
        let beside = Flags::SOFT.0 | Flags::SERVED.0 | Flags::YIELDED.0;
        self.0 & !beside == Flags::CLAIMED.0
    }

    #[inline]
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    pub fn set(&mut self, other: Flags) {
        self.0 |= other.0;
    }

    #[inline]
    pub fn clear(&mut self, other: Flags) {
        self.0 &= !other.0;
    }
}
