//! A canary: a few instances of another version, which get a share of a pool's calls.

use crate::instance::Instance;
use crate::random::Stream;

/// Instances that get a share of a pool's calls, and only that. Among them calls go in turn.
#[derive(Debug, Clone)]
pub struct Canary {
    share: f64,
    instances: Vec<u32>,
    /// Those believed up.
    up: Vec<u32>,
    turn: usize,
    stream: Stream,
}

impl Canary {
    /// Instances that get `share` of the calls, by the chances of `stream`.
    pub fn new(share: f64, instances: Vec<u32>, stream: Stream) -> Canary {
        Canary { share, instances, up: Vec::new(), turn: 0, stream }
    }

    /// The random stream that it draws from.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// From now on these get the share.
    pub fn adopt(&mut self, share: f64, instances: Vec<u32>) {
        (self.share, self.instances) = (share, instances);
    }

    /// Looks anew which of them are believed up.
    pub fn review(&mut self, instances: &[Instance]) {
        self.up.clear();
        self.up.extend(self.instances.iter().filter(|index| {
            let health = &instances[**index as usize].health;
            health.listed && health.checked_up && health.trusted
        }));
    }

    /// The instance that gets a call, if it is one of theirs.
    pub fn pick(&mut self, tried: &[u32]) -> Option<u32> {
        if !self.stream.happens(self.share) || self.up.is_empty() {
            return None;
        }
        self.turn = (self.turn + 1) % self.up.len();
        let (early, late) = self.up.split_at(self.turn);
        late.iter().chain(early).copied().find(|index| !tried.contains(index))
    }
}
