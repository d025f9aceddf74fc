//! Episodes: each fault and what became of it, the failover story.

use archlab_model::{Fault, InstanceId, SimTime, Span, Trouble};

use crate::balancing::Pool;
use crate::fact::Reason;
use crate::instance::{Instance, Process};
use crate::measure::latencies::Coarse;
use crate::measure::report::Episode;

/// Most episodes told of a group; later faults happen all the same.
pub const MAX_EPISODES: usize = 64;
/// Over how long latency is compared before and after.
const COMPARED: Span = Span::from_secs(10);

/// The episodes of a group, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Episodes {
    tales: Vec<Tale>,
    /// How many still change: most of the time none, and then nothing costs anything.
    unsettled: usize,
}

/// An episode as it unfolds.
#[derive(Debug, Clone)]
struct Tale {
    fault: Fault,
    trouble: Option<Trouble>,
    /// Whether what it struck suffers until it is repaired, though it lives.
    lingers: bool,
    at: SimTime,
    /// What it took down, with the service of each.
    lost: Vec<(u32, u32)>,
    /// Those of them still believed up, and those not started elsewhere.
    undetected: Vec<u32>,
    unplaced: Vec<u32>,
    first_failure: Option<SimTime>,
    detected: Option<SimTime>,
    placed_again: Option<SimTime>,
    repaired: Option<SimTime>,
    recovered: Option<SimTime>,
    failed: [u64; Reason::COUNT],
    retried: u64,
    p99_before: Option<Span>,
    /// Latencies of requests issued since recovery.
    after: Option<Coarse>,
    settled: bool,
}

impl Episodes {
    /// A fault took down `lost`, each with its service.
    pub fn begin(
        &mut self,
        now: SimTime,
        fault: Fault,
        lost: Vec<(u32, u32)>,
        p99_before: Option<Span>,
        instances: &[Instance],
    ) {
        if self.tales.len() == MAX_EPISODES {
            return;
        }
        let unplaced: Vec<u32> = lost.iter().map(|(instance, _)| *instance).collect();
        let believed = |instance: &u32| instances[*instance as usize].health.believed_up;
        let undetected: Vec<u32> = unplaced.iter().copied().filter(believed).collect();
        let detected = (undetected.is_empty() && !lost.is_empty()).then_some(now);
        self.unsettled += 1;
        self.tales.push(Tale {
            trouble: fault.trouble(),
            lingers: !matches!(fault, Fault::Crash(_) | Fault::PowerOff(_) | Fault::ZoneDown(_)),
            fault,
            at: now,
            lost,
            undetected,
            unplaced,
            first_failure: None,
            detected,
            placed_again: None,
            repaired: None,
            recovered: None,
            failed: [0; Reason::COUNT],
            retried: 0,
            p99_before,
            after: None,
            settled: false,
        });
    }

    /// A trouble was repaired.
    pub fn repaired(&mut self, now: SimTime, trouble: &Trouble) {
        if let Some(tale) = self.tales.iter_mut().rfind(|tale| tale.trouble.as_ref() == Some(trouble)) {
            tale.repaired.get_or_insert(now);
        }
    }

    /// An attempt failed at an instance.
    pub fn attempt_failed(&mut self, now: SimTime, instance: u32, retried: bool) {
        for tale in self.open() {
            tale.retried += u64::from(retried);
            if tale.lost.iter().any(|(lost, _)| *lost == instance) {
                tale.first_failure.get_or_insert(now);
            }
        }
    }

    /// A call found none of `instances` believed up.
    pub fn nobody_healthy(&mut self, now: SimTime, instances: &[u32]) {
        for tale in self.open() {
            if tale.lost.iter().any(|(lost, _)| instances.contains(lost)) {
                tale.first_failure.get_or_insert(now);
            }
        }
    }

    /// A request failed.
    pub fn failed(&mut self, now: SimTime, reason: Reason) {
        for tale in self.open() {
            if tale.lost.is_empty() {
                tale.first_failure.get_or_insert(now);
            }
            tale.failed[reason.index()] += 1;
        }
    }

    /// A request succeeded.
    #[inline]
    pub fn succeeded(&mut self, now: SimTime, latency: Span) {
        if self.unsettled > 0 {
            self.compare(now, latency);
        }
    }

    fn compare(&mut self, now: SimTime, latency: Span) {
        for tale in self.tales.iter_mut().filter(|tale| !tale.settled) {
            if let (Some(recovered), Some(after)) = (tale.recovered, &mut tale.after) {
                if now < recovered + COMPARED {
                    // Requests issued before recovery bear the fault's own delays.
                    if latency <= now.since(recovered) {
                        after.record(latency);
                    }
                } else {
                    tale.settled = true;
                    self.unsettled -= 1;
                }
            }
        }
    }

    /// The balancer took an instance out.
    pub fn taken_out(&mut self, now: SimTime, instance: u32) {
        for tale in self.open() {
            if strike(&mut tale.undetected, instance) {
                tale.detected = Some(now);
            }
        }
    }

    /// An instance was started on another machine.
    pub fn placed_again(&mut self, now: SimTime, instance: u32) {
        for tale in self.open() {
            if matches!(tale.fault, Fault::PowerOff(_) | Fault::ZoneDown(_))
                && strike(&mut tale.unplaced, instance)
            {
                tale.placed_again = Some(now);
            }
        }
    }

    /// Looks which episodes are over: every service that lost an instance has one that lives and is
    /// believed to, and no dead one is believed to live. While a fault lingers, what it struck counts as dead;
    /// one that struck no instance is over when it is repaired.
    pub fn review(&mut self, now: SimTime, instances: &[Instance], pools: &[Pool]) {
        for tale in self.open() {
            let suffers = tale.lingers && tale.repaired.is_none();
            if suffers && tale.lost.is_empty() {
                continue;
            }
            let served = tale.lost.iter().all(|(_, pool)| {
                let pool = &pools[*pool as usize];
                let there = || pool.instances.iter().copied();
                let struck = |index: u32| suffers && tale.lost.iter().any(|(lost, _)| *lost == index);
                let lives = |index: u32| instances[index as usize].process == Process::Up && !struck(index);
                let believed = |index: u32| instances[index as usize].health.believed_up;
                !pool.present
                    || there().any(|one| lives(one) && believed(one))
                        && !there().any(|one| believed(one) && !lives(one))
            });
            if served {
                tale.recovered = Some(now);
                tale.after = Some(Coarse::default());
            }
        }
    }

    /// The tales that have not come to recovery.
    fn open(&mut self) -> impl Iterator<Item = &mut Tale> {
        let any = self.unsettled > 0;
        self.tales.iter_mut().filter(move |tale| any && tale.recovered.is_none())
    }

    /// What is to be told at `now`.
    pub fn report(&self, now: SimTime, names: &[InstanceId]) -> Vec<Episode> {
        let told = self.tales.iter().map(|tale| {
            let over = tale.recovered.is_some_and(|recovered| recovered + COMPARED <= now);
            let after = tale.after.as_ref().filter(|_| over);
            Episode {
                fault: tale.fault.clone(),
                at: tale.at,
                instances: tale.lost.iter().map(|(lost, _)| names[*lost as usize].clone()).collect(),
                first_failure: tale.first_failure,
                detected: tale.detected,
                placed_again: tale.placed_again,
                repaired: tale.repaired,
                recovered: tale.recovered,
                failed: tale.failed,
                retried: tale.retried,
                p99_before: tale.p99_before,
                p99_after: after.and_then(|latencies| latencies.quantile(0.99)),
            }
        });
        told.collect()
    }
}

/// Strikes `instance` off `list`; whether it was the last on it.
fn strike(list: &mut Vec<u32>, instance: u32) -> bool {
    let before = list.len();
    list.retain(|listed| *listed != instance);
    list.is_empty() && before > 0
}
