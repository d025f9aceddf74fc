//! Orderly shutdown: an instance that is asked to end, as against one that is killed.
//!
//! It asks to be taken off the list, goes on taking requests for a while, then refuses new ones and ends when it has
//! done those it has, or when its time is up.

use archlab_model::Span;

use crate::event::Control;
use crate::instance::Process;
use crate::world::World;

/// How often an instance that is asked to end looks whether it has anything left to do.
const LOOK: Span = Span::from_millis(100);

impl World {
    /// Asks an instance to end.
    pub fn stop(&mut self, index: u32) {
        let Some(instance) = self.instances.get(index as usize) else { return };
        if instance.process != Process::Up {
            return;
        }
        let (epoch, linger) = (instance.epoch, self.groups[instance.group as usize].shutdown.linger);
        self.deregister(index);
        self.schedule(self.now + linger, Control::Stop { instance: index, epoch });
    }

    /// It refuses new requests from now on.
    pub fn on_stop(&mut self, index: u32, epoch: u32) {
        let instance = &mut self.instances[index as usize];
        if instance.epoch == epoch && instance.process == Process::Up {
            let grace = self.groups[instance.group as usize].shutdown.grace;
            instance.process = Process::Stopping { until: self.now + grace };
            self.consumer_leaves(index);
            self.on_stopping(index, epoch);
        }
    }

    /// It looks whether it has anything left to do.
    pub fn on_stopping(&mut self, index: u32, epoch: u32) {
        let instance = &self.instances[index as usize];
        let Process::Stopping { until } = instance.process else { return };
        if instance.epoch != epoch {
            return;
        }
        if instance.station.load() == 0 || self.now >= until {
            self.end_process(index, Process::Crashed);
            self.depart_if_leaving(index);
            self.review_recovery();
        } else {
            let next = (self.now + LOOK).min(until);
            self.schedule(next, Control::Stopping { instance: index, epoch });
        }
    }
}
