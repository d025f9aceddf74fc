//! Balancing: which instance of a service gets the next call.
//!
//! A pool is what everybody who calls a service in a group knows of it: one view, shared by the entry and
//! all callers. (In a real system each has its own; that is a simplification.)

use archlab_model::Balancing;

use crate::instance::Instance;

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
    /// Where the next turn begins.
    pub cursor: usize,
}

impl Pool {
    /// The instance whose turn it is, among those believed up and not in `tried`.
    #[inline]
    pub fn pick(&mut self, balancing: Balancing, instances: &[Instance], tried: &[u32]) -> Option<u32> {
        let count = self.instances.len();
        let mut place = if self.cursor < count { self.cursor } else { 0 };
        let mut best: Option<(u32, usize)> = None;
        for _ in 0..count {
            let index = self.instances[place];
            let instance = &instances[index as usize];
            if instance.health.believed_up && !tried.contains(&index) {
                match balancing {
                    Balancing::LeastConnections => {
                        if best.is_none_or(|(fewest, _)| instance.outstanding < fewest) {
                            best = Some((instance.outstanding, place));
                        }
                    }
                    _ => {
                        best = Some((0, place));
                        break;
                    }
                }
            }
            place = if place + 1 == count { 0 } else { place + 1 };
        }
        let (_, place) = best?;
        self.cursor = place + 1;
        Some(self.instances[place])
    }
}
