//! Faults of the network: cut links, partitions, loss, delay.

use archlab_model::Fault;
use archlab_model::fault::{Cut, Delay, Loss, Lost, Partition, Site};

use crate::network::disturbance::{Disturbance, Effect};
use crate::random::Stream;
use crate::world::World;

impl World {
    /// A disturbance of the network begins, unless it names nobody.
    pub(super) fn begin_disturbance(&mut self, number: u64, fault: &Fault) -> bool {
        let (one, other, one_way, effect) = match fault {
            Fault::Cut(Cut { between: (one, other), one_way }) => {
                (vec![one.clone()], vec![other.clone()], *one_way, Effect::Cut)
            }
            Fault::Partition(Partition { sides: (one, other), one_way }) => {
                (one.clone(), other.clone(), *one_way, Effect::Cut)
            }
            Fault::Loss(Loss { between: (one, other), probability, one_way, lost }) => {
                let chance = if *probability > 0.0 { probability.min(1.0) } else { 0.0 };
                let effect = Effect::Loss { chance, retransmitted: *lost == Lost::Retransmitted };
                (vec![one.clone()], vec![other.clone()], *one_way, effect)
            }
            Fault::Delay(Delay { between: (one, other), extra, jitter, one_way }) => {
                let effect = Effect::Delay { extra: *extra, jitter: *jitter };
                (vec![one.clone()], vec![other.clone()], *one_way, effect)
            }
            _ => return false,
        };
        let ends = |sites: &[Site]| sites.iter().flat_map(|site| self.ends_of(site)).collect::<Vec<_>>();
        let (from, to) = (ends(&one), ends(&other));
        let nobody = |sites: &[Site], ends: &[_]| !sites.is_empty() && ends.is_empty();
        if nobody(&one, &from) || nobody(&other, &to) || (from.is_empty() && to.is_empty()) {
            return false;
        }
        let names = [&one, &other].map(|side| side.iter().map(Site::to_string).collect::<Vec<_>>().join(","));
        let stream = Stream::new(self.seed, "link", &names.join("~"));
        let mut disturbance = Disturbance::new(from, to, one_way, effect, stream);
        if other.is_empty() {
            disturbance = disturbance.against_others();
        } else if one.is_empty() {
            disturbance = disturbance.with_others_first();
        }
        self.network.disturbances.begin(number, disturbance)
    }
}
