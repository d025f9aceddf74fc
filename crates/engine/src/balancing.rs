//! Balancing: which instance of a service gets the next call.
//!
//! A pool is what everybody who calls a service in a group knows of it: one view, shared by the entry and
//! all callers. (In a real system each has its own; that is a simplification.)

use archlab_model::Balancing;

use crate::instance::Instance;
use crate::timers::Wait;

/// The instances of a service, as its callers know them.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// Its group.
    pub group: u32,
    /// Whether the design still has the service.
    pub present: bool,
    /// Its instances. A service that is gone keeps the last it had, for the calls of requests that began
    /// before.
    pub instances: Vec<u32>,
    /// Those believed up, in the same order.
    candidates: Vec<u32>,
    /// The candidate whose turn it is.
    cursor: usize,
    /// How its callers choose, and how long they wait for an answer: their group's, close at hand.
    pub balancing: Balancing,
    pub response: Wait,
    /// Whether a worker of it may want several cores at once.
    pub spreads: bool,
    /// Whether its workers are free for others while their function waits for calls.
    pub nonblocking: bool,
}

impl Pool {
    /// Looks anew which instances are believed up.
    pub fn review(&mut self, instances: &[Instance]) {
        let turn = self.candidates.get(self.cursor).copied();
        self.candidates.clear();
        let up = self.instances.iter().filter(|index| instances[**index as usize].health.believed_up);
        self.candidates.extend(up);
        // It stays the same one's turn, if it is still there.
        let same = turn.and_then(|turn| self.candidates.iter().position(|index| *index == turn));
        self.cursor = same.unwrap_or(if self.cursor < self.candidates.len() { self.cursor } else { 0 });
    }

    /// The instance whose turn it is, among those believed up and not in `tried`, given the calls under way to
    /// each instance.
    #[inline]
    pub fn pick(&mut self, outstanding: &[u32], tried: &[u32]) -> Option<u32> {
        let place = match self.balancing {
            Balancing::LeastConnections => {
                let open = self.in_turn().filter(|place| !tried.contains(&self.candidates[*place]));
                open.min_by_key(|place| outstanding[self.candidates[*place] as usize])
            }
            _ if tried.is_empty() => (self.cursor < self.candidates.len()).then_some(self.cursor),
            _ => self.in_turn().find(|place| !tried.contains(&self.candidates[*place])),
        }?;
        self.cursor = if place + 1 == self.candidates.len() { 0 } else { place + 1 };
        Some(self.candidates[place])
    }

    /// The places of all candidates, from the one whose turn it is.
    #[inline]
    fn in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        (self.cursor..self.candidates.len()).chain(0..self.cursor)
    }
}
