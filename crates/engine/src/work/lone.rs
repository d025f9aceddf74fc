//! Requests that are not written down for themselves: where messages take no time, a request is one piece of work from
//! the instant it is issued to the instant it has its answer, and all there is to know of it has room in the record of
//! that. It is written out as soon as something happens to it that is not plain.
//!
//! Such work is found in four places only: in the queue of an instance, by the events of its beginning and of its end, by
//! its timers, and by searching the table. Whoever takes it from there may look where it is, how far it has come and who
//! calls it, and lets it begin as others do. Before anything else is done with it, and before anybody else holds it,
//! [`World::write_out`] is called.
//!
//! Of its request, [`Work::deadline`] tells the number, [`Work::awaited`] the kind, [`Work::memory`] the client or the
//! crowd, [`Work::parent`] the user, and [`Work::repeated`] the timer of the client's patience.

use archlab_model::SimTime;

use super::{Answer, Flags, NONE, State, Work};
use crate::event::{Event, Kind};
use crate::fact::Place;
use crate::request::{Asking, Request};
use crate::timers::TimerKey;
use crate::world::World;

/// In [`Work::memory`] of such work, instead of what its call remembers: that it is from a crowd, whose index the other
/// bits are. Without it they are its client's.
const CROWD: u32 = 1 << 31;

/// What a lone piece of work knows of its request, besides what it has in common with it.
pub struct Lone {
    pub kind: u32,
    /// The crowd that it is from, if it is from one, and whose request it is among them.
    pub asked_by: Option<(u32, u32)>,
    /// The client's patience.
    pub patience: Option<TimerKey>,
}

impl Work {
    /// Request `number`, issued now, in the queue of an instance: as the attempt of the entry to call a function there.
    /// Its kind has 16 bits. With the timers of its client and its caller.
    #[inline(always)]
    pub fn new_lone(
        number: u64,
        now: SimTime,
        asking: &Asking,
        function: u32,
        instance: u32,
        [patience, timer]: [Option<TimerKey>; 2],
    ) -> Work {
        let &Asking { client, group, kind, crowd, user } = asking;
        Work {
            sent: now,
            due: SimTime::NEVER,
            deadline: SimTime::from_nanos(number),
            next: NONE,
            end: NONE,
            machine: NONE,
            memory: if crowd == NONE { client } else { crowd | CROWD },
            repeated: TimerKey::bits(patience),
            timer,
            request: NONE,
            parent: user,
            target: function,
            at: Place::Instance(instance).into(),
            from: Place::Entry(group).into(),
            awaited: kind as u16,
            holders: 2,
            depth: 0,
            attempt: 1,
            lane: 0,
            state: State::Queued,
            flags: Flags::CLAIMED,
            answer: Answer::Done,
        }
    }

    /// Whether its request is not written down for itself.
    #[inline(always)]
    pub fn is_lone(&self) -> bool {
        self.request == NONE
    }

    /// What it knows of its request, if it is alone.
    #[inline(always)]
    pub fn lone(&self) -> Lone {
        let crowd = self.memory & !CROWD;
        Lone {
            kind: u32::from(self.awaited),
            asked_by: (self.memory & CROWD != 0).then_some((crowd, self.parent)),
            patience: TimerKey::from_bits(self.repeated),
        }
    }
}

impl World {
    /// Writes down the request of a piece of work that has been alone so far, and makes the work one like any other.
    #[cold]
    #[inline(never)]
    pub fn write_out(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if !work.is_lone() {
            return;
        }
        let Lone { kind, asked_by, patience } = work.lone();
        let (client, crowd) = match asked_by {
            Some((crowd, _)) => (self.crowds[crowd as usize].client, crowd),
            None => (work.memory, NONE),
        };
        let asking = Asking { client, group: work.from.index(), kind, crowd, user: work.parent };
        let mut request = Request::new(work.deadline.as_nanos(), work.sent, &asking, patience);
        (request.call, request.holders) = (index, 2);
        (work.deadline, work.memory, work.parent) = (SimTime::NEVER, NONE, NONE);
        (work.repeated, work.awaited) = (0, 0);
        // It is counted already.
        work.request = self.requests.insert(request) as u32;
        if let Some(patience) = patience {
            self.agenda.rename_timer(patience, Event::new(Kind::Patience, work.request));
        }
    }

    /// The client of a lone piece of work leaves.
    #[cold]
    pub fn on_lone_patience_over(&mut self, index: u32) {
        // It has rung, and is no more.
        self.works[index as usize].repeated = TimerKey::bits(None);
        self.write_out(index);
        self.on_patience_over(self.works[index as usize].request);
    }
}
