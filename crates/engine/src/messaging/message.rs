//! Messages, and the room a broker has for them.

use archlab_model::SimTime;

/// What a message is about, for whoever works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The number of the request that it came of.
    pub number: u64,
    /// And its kind.
    pub kind: u32,
    /// How deep the work on it is nested in calls and messages.
    pub depth: u16,
}

/// One delivery of one message. It is void once the message is forgotten, given back or delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    slot: u32,
    version: u32,
    delivery: u32,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nowhere: there is none.
    Free,
    /// It waits in its partition.
    Ready,
    /// It failed, and waits to be delivered again.
    Delayed,
    /// A consumer has it, or it is on the way there.
    Held {
        /// Which consumer.
        member: u32,
    },
    /// A consumer works on it.
    InWork {
        /// Which consumer.
        member: u32,
    },
    /// A consumer failed, and said nothing.
    Dropped,
    /// A consumer is done with it; the broker has not heard yet.
    Done {
        /// Which consumer.
        member: u32,
    },
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    pub letter: Letter,
    pub published: SimTime,
    /// Its place in the order of all messages of the topic.
    pub sequence: u64,
    pub partition: u32,
    pub stage: Stage,
    /// Deliveries that count against its limit.
    pub attempts: u32,
    /// Whether it was worked on to the end, at least once.
    pub done: bool,
    /// The consumer among whose outstanding messages it counts.
    pub counted: Option<u32>,
    version: u32,
    deliveries: u32,
}

impl Message {
    /// Whether somebody has it in hand.
    pub fn is_out(&self) -> bool {
        matches!(self.stage, Stage::Held { .. } | Stage::InWork { .. } | Stage::Dropped | Stage::Done { .. })
    }
}

/// The messages of a topic, by slot.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    slots: Vec<Message>,
    free: Vec<u32>,
    sequence: u64,
}

impl Messages {
    /// Keeps a new message, and says in which slot.
    pub fn insert(&mut self, letter: Letter, partition: u32, now: SimTime) -> u32 {
        let sequence = self.sequence;
        self.sequence += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            let stage = Stage::Free;
            self.slots.push(Message {
                letter,
                published: now,
                sequence,
                partition,
                stage,
                attempts: 0,
                done: false,
                counted: None,
                version: 0,
                deliveries: 0,
            });
            (self.slots.len() - 1) as u32
        });
        let version = self.slots[slot as usize].version;
        self.slots[slot as usize] = Message {
            letter,
            published: now,
            sequence,
            partition,
            stage: Stage::Ready,
            attempts: 0,
            done: false,
            counted: None,
            version,
            deliveries: 0,
        };
        slot
    }

    /// Forgets the message in a slot.
    pub fn remove(&mut self, slot: u32) {
        let message = &mut self.slots[slot as usize];
        message.stage = Stage::Free;
        message.version = message.version.wrapping_add(1);
        self.free.push(slot);
    }

    /// Hands out a message: earlier tickets of it are void.
    pub fn deliver(&mut self, slot: u32, member: u32) -> Ticket {
        let message = &mut self.slots[slot as usize];
        message.stage = Stage::Held { member };
        message.attempts += 1;
        message.deliveries = message.deliveries.wrapping_add(1);
        Ticket { slot, version: message.version, delivery: message.deliveries }
    }

    /// The message in a slot.
    pub fn at(&self, slot: u32) -> &Message {
        &self.slots[slot as usize]
    }

    /// The message in a slot.
    pub fn at_mut(&mut self, slot: u32) -> &mut Message {
        &mut self.slots[slot as usize]
    }

    /// The slot of a message of which this is a ticket, however old; `None` once it is forgotten.
    pub fn known(&self, ticket: Ticket) -> Option<u32> {
        let message = self.slots.get(ticket.slot as usize)?;
        (message.version == ticket.version && message.stage != Stage::Free).then_some(ticket.slot)
    }

    /// The slot of a message that is out by this very ticket.
    pub fn current(&self, ticket: Ticket) -> Option<u32> {
        let slot = self.known(ticket)?;
        let message = &self.slots[slot as usize];
        (message.deliveries == ticket.delivery && message.is_out()).then_some(slot)
    }

    /// The ticket by which the message in a slot was handed out last.
    pub fn ticket(&self, slot: u32) -> Ticket {
        let message = &self.slots[slot as usize];
        Ticket { slot, version: message.version, delivery: message.deliveries }
    }

    /// Slots that hold a message, with it.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Message)> {
        let slots = (0..).zip(&self.slots);
        slots.filter(|(_, message)| message.stage != Stage::Free)
    }
}
