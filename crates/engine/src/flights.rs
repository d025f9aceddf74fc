//! Recording messages for the view to paint, thinned where there are too many.

use crate::frame::Flight;

/// Keeps messages since they were last taken: all, or every second, fourth, ... of them.
#[derive(Debug, Clone)]
pub struct Recorder {
    capacity: usize,
    flights: Vec<Flight>,
    /// Messages seen since the last taking.
    seen: u64,
    stride: u64,
}

impl Recorder {
    /// A recorder that keeps at most `capacity` messages.
    pub fn new(capacity: usize) -> Recorder {
        Recorder { capacity: capacity.max(1), flights: Vec::new(), seen: 0, stride: 1 }
    }

    /// Sees a message.
    #[inline]
    pub fn see(&mut self, flight: Flight) {
        let number = self.seen;
        self.seen += 1;
        if !number.is_multiple_of(self.stride) {
            return;
        }
        if self.flights.len() == self.capacity {
            self.stride *= 2;
            let mut kept = false;
            self.flights.retain(|_| {
                kept = !kept;
                kept
            });
            if !number.is_multiple_of(self.stride) {
                return;
            }
            // With a capacity of one, the one that is kept stays.
            if self.flights.len() == self.capacity {
                return;
            }
        }
        self.flights.push(flight);
    }

    /// Hands out what was kept, and the share of all that it is.
    pub fn take(&mut self, flights: &mut Vec<Flight>) -> f64 {
        flights.clear();
        flights.append(&mut self.flights);
        let share = if self.seen == 0 { 1.0 } else { flights.len() as f64 / self.seen as f64 };
        (self.seen, self.stride) = (0, 1);
        share
    }
}
