//! Releasing: versions of services take the place of others, watched and, if they are bad, taken back.
//!
//! The platform looks at a release once a second; what it then does, the rollout says.

use std::collections::BTreeMap;

use archlab_model::{Guard, Release, SimTime, Span, Strategy};

use crate::balancing::Pool;
use crate::event::Control;
use crate::fact::Fact;
use crate::fault::ailment::Defect;
use crate::operation::fleet::operated_mut;
use crate::operation::guard::{Experience, Verdict, judge};
use crate::operation::rollout::{Copies, End, Phase, Rollout, Side, Step, Stock, Traffic};
use crate::random::Stream;
use crate::world::World;

/// How often the platform looks at a release. Kubernetes acts on every change of a pod; a second is less than
/// anything takes to start.
const LOOK: Span = Span::from_secs(1);
/// Releases told of each service. Later ones happen, and are not told.
pub const MAX_TOLD: usize = 64;
/// Most releases of a run. A further one does nothing.
pub const MAX_RELEASES: usize = 10_000;

/// A release, of one service or of several.
#[derive(Debug, Clone)]
pub(super) struct Train {
    guard: Option<Guard>,
    together: bool,
    /// Its services.
    pools: Vec<u32>,
}

/// The release of a service that is under way.
#[derive(Debug, Clone)]
pub(super) struct Active {
    rollout: Rollout,
    train: usize,
    /// The version released.
    version: u32,
    /// Since when copies have been in service.
    ready: BTreeMap<u32, SimTime>,
    /// What calls of either version met since it began.
    met: [Experience; 2],
    traffic: Traffic,
    /// Where its entry among those told lies.
    told: Option<usize>,
    stuck: bool,
}

/// A release of a service and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The number of its version; the design's own has 0.
    pub version: u32,
    /// What the version is called.
    pub name: String,
    pub began: SimTime,
    pub ended: Option<(SimTime, End)>,
    /// Why it was taken back, if it was.
    pub verdict: Verdict,
    /// What calls of the old and the new version met while it went on.
    pub met: [Experience; 2],
}

impl Active {
    /// Whether it is the one told of there.
    pub fn is_told_at(&self, place: usize) -> bool {
        self.told == Some(place)
    }

    /// What calls of the old and the new version met so far.
    pub fn met(&self) -> [Experience; 2] {
        self.met
    }
}

impl World {
    /// Releases a version. What is being released already stays as it is.
    pub fn begin_release(&mut self, release: &Release) {
        let Some(group) = self.names.groups.find(&release.group) else { return };
        let Some(known) = self.groups.get(group as usize).filter(|group| group.present) else { return };
        if self.operation.releases.len() >= MAX_RELEASES {
            return;
        }
        let is_meant = |pool: &u32| {
            let service = &self.names.services[*pool as usize];
            release.services.is_empty() || release.services.contains(service)
        };
        let pools: Vec<u32> = known.pools.iter().copied().filter(is_meant).collect();
        let is_free = |pool: &u32| {
            self.operation.pools.get(pool).is_none_or(|operated| operated.active.is_none())
                && !self.pools[*pool as usize].instances.is_empty()
        };
        let pools: Vec<u32> = pools.into_iter().filter(is_free).collect();
        let guard = match release.strategy {
            Strategy::Canary(_) => Some(release.guard.unwrap_or_default()),
            _ => release.guard,
        };
        let train = self.operation.releases.len();
        self.operation.releases.push(Train { guard, together: release.together, pools: pools.clone() });
        for &pool in &pools {
            self.begin_rollout(pool, train, release);
        }
        self.review_watching();
        for pool in pools {
            self.on_rollout(pool, train as u32);
        }
    }

    fn begin_rollout(&mut self, pool: u32, train: usize, release: &Release) {
        self.operate(pool);
        let Train { guard, together, .. } = self.operation.releases[train];
        let watch = guard.map_or(Span::ZERO, |guard| guard.watch);
        let rollout = Rollout::new(release.strategy, watch, together, self.now);
        let Some(operated) = self.operation.pools.get_mut(&pool) else { return };
        operated.versions += 1;
        let version = operated.versions;
        let id = format!("{}/{}/{version}", release.group, self.names.services[pool as usize]);
        let mut luck = Stream::new(self.seed, "defect", &id);
        let defect = release.version.defect.filter(|defect| luck.happens(defect.chance));
        let name = match release.version.name.as_str() {
            "" => (version + 1).to_string(),
            name => name.to_owned(),
        };
        operated.defects.push(defect.map_or((0.0, 1.0), |defect| (defect.errors, defect.slowness)));
        let told = (operated.told.len() < MAX_TOLD).then(|| {
            operated.told.push(Told {
                version,
                name,
                began: self.now,
                ended: None,
                verdict: Verdict::Open,
                met: Default::default(),
            });
            operated.told.len() - 1
        });
        operated.active = Some(Active {
            rollout,
            train,
            version,
            ready: BTreeMap::new(),
            met: Default::default(),
            traffic: Traffic::Mixed,
            told,
            stuck: false,
        });
        self.tell(Fact::ReleaseBegan { service: pool, version });
    }

    /// The platform looks at a release.
    pub fn on_rollout(&mut self, pool: u32, train: u32) {
        let is_this = |active: &Active| active.train == train as usize;
        let active = self.operation.pools.get(&pool).and_then(|operated| operated.active.as_ref());
        if !active.is_some_and(is_this) {
            return;
        }
        self.judge_release(pool, train as usize);
        self.couple(train as usize);
        let stock = self.stock(pool);
        let now = self.now;
        let step = operated_mut(&mut self.operation, pool, |operated| {
            let active = operated.active.as_mut()?;
            Some((active.rollout.step(now, &stock), active.version, operated.version))
        });
        let Some(Some((step, new, old))) = step else { return };
        self.take_step(pool, &step, new, old);
        self.tell_stuck(pool);
        let phase = self.operation.pools[&pool].active.as_ref().map(|active| active.rollout.phase());
        match phase {
            Some(Phase::Over(end)) => self.end_release(pool, end),
            _ => self.schedule(now + LOOK, Control::Rollout { pool, train }),
        }
    }

    /// Takes a bad version back, and with it its train.
    fn judge_release(&mut self, pool: u32, train: usize) {
        let Train { guard, together, .. } = self.operation.releases[train];
        let Some(guard) = guard else { return };
        let Some(active) = self.operation.pools[&pool].active.as_ref() else { return };
        if matches!(active.rollout.phase(), Phase::Ending(_) | Phase::Over(_)) {
            return;
        }
        let verdict = judge(&guard, &active.met[0], &active.met[1]);
        if !verdict.is_bad() {
            return;
        }
        let pools = if together { self.operation.releases[train].pools.clone() } else { vec![pool] };
        let now = self.now;
        for member in pools {
            operated_mut(&mut self.operation, member, |operated| {
                let Some(active) = operated.active.as_mut().filter(|active| active.train == train) else {
                    return;
                };
                active.rollout.roll_back(now);
                if let (Some(told), true) = (active.told, member == pool) {
                    operated.told[told].verdict = verdict;
                }
            });
        }
    }

    /// Lets a train go on, if all of it are where they wait for each other.
    fn couple(&mut self, train: usize) {
        if !self.operation.releases[train].together {
            return;
        }
        let pools = self.operation.releases[train].pools.clone();
        let phase = |pool: &u32| {
            let active = self.operation.pools.get(pool).and_then(|operated| operated.active.as_ref());
            active.filter(|active| active.train == train).map(|active| active.rollout.phase())
        };
        let phases: Vec<Phase> = pools.iter().filter_map(phase).collect();
        let all = |waiting: Phase| phases.iter().all(|phase| *phase == waiting);
        if !(all(Phase::Prepared) || all(Phase::Content)) {
            return;
        }
        let now = self.now;
        for pool in pools {
            operated_mut(&mut self.operation, pool, |operated| {
                if let Some(active) = operated.active.as_mut().filter(|active| active.train == train) {
                    active.rollout.go_on(now);
                }
            });
        }
    }

    /// What copies there are of a service that is released.
    fn stock(&mut self, pool: u32) -> Stock {
        let copies = self.copies(pool);
        let serving: Vec<u32> = copies.iter().copied().filter(|index| self.is_in_service(*index)).collect();
        let now = self.now;
        let versions: Vec<u32> = copies.iter().map(|index| self.operation.version_of(*index)).collect();
        let stock = operated_mut(&mut self.operation, pool, |operated| {
            let wanted = operated.wanted;
            let Some(active) = &mut operated.active else { return Stock::default() };
            active.ready.retain(|index, _| serving.contains(index));
            for index in &serving {
                active.ready.entry(*index).or_insert(now);
            }
            let count = |side: bool| {
                let mut count = Copies::default();
                for (index, version) in copies.iter().zip(&versions) {
                    if (*version == active.version) == side {
                        let since = active.ready.get(index);
                        count.all += 1;
                        count.ready += u32::from(since.is_some());
                        let proven =
                            since.is_some_and(|since| now.since(*since) >= active.rollout.ready_for());
                        count.proven += u32::from(proven);
                    }
                }
                count
            };
            Stock { wanted, old: count(false), new: count(true) }
        });
        stock.unwrap_or_default()
    }

    fn take_step(&mut self, pool: u32, step: &Step, new: u32, old: u32) {
        let version = |side: Side| if side == Side::New { new } else { old };
        self.route(pool, step.traffic);
        if let Some((side, count)) = step.start {
            for _ in 0..count {
                if !self.start_copy(pool, version(side)) {
                    break;
                }
            }
        }
        if let Some((side, count)) = step.stop {
            let mut copies = self.copies(pool);
            copies.retain(|index| (self.operation.version_of(*index) == new) == (side == Side::New));
            self.end_copies(&copies, count as usize);
        }
    }

    fn tell_stuck(&mut self, pool: u32) {
        let now = self.now;
        let stuck = operated_mut(&mut self.operation, pool, |operated| {
            let active = operated.active.as_mut()?;
            let first = !active.stuck && active.rollout.is_stuck(now);
            active.stuck |= first;
            first.then_some(active.version)
        });
        if let Some(Some(version)) = stuck {
            self.tell(Fact::ReleaseStuck { service: pool, version });
        }
    }

    fn end_release(&mut self, pool: u32, end: End) {
        self.route(pool, Traffic::Mixed);
        let now = self.now;
        let version = operated_mut(&mut self.operation, pool, |operated| {
            let active = operated.active.take()?;
            if end == End::Released {
                operated.version = active.version;
            }
            if let Some(told) = active.told {
                (operated.told[told].ended, operated.told[told].met) = (Some((now, end)), active.met);
            }
            Some(active.version)
        });
        if let Some(Some(version)) = version {
            self.tell(Fact::ReleaseEnded { service: pool, version, rolled_back: end == End::RolledBack });
        }
        self.review_watching();
        self.resize_fleet(pool);
    }

    /// Sends the calls of a service to one version, to both, or a share to the new one.
    fn route(&mut self, pool: u32, traffic: Traffic) {
        let known = operated_mut(&mut self.operation, pool, |operated| {
            let active = operated.active.as_mut()?;
            Some((std::mem::replace(&mut active.traffic, traffic), active.version))
        });
        let Some(Some((before, version))) = known else { return };
        if before == traffic && !matches!(traffic, Traffic::Share(_)) {
            return;
        }
        let canaries = match traffic {
            Traffic::Share(_) => {
                let mut copies = self.copies(pool);
                copies.retain(|index| self.operation.version_of(*index) == version);
                copies
            }
            _ => Vec::new(),
        };
        let share = if let Traffic::Share(share) = traffic { share } else { 0.0 };
        let seed = self.seed;
        let stream = || Stream::new(seed, "canary", &format!("{pool}/{version}"));
        self.pools[pool as usize].send_share(share, canaries, stream);
        for index in self.pools[pool as usize].instances.clone() {
            let routed = self.routes_to(pool, self.operation.version_of(index));
            self.instances[index as usize].health.routed = routed;
            self.sum_up(index);
        }
        self.pools[pool as usize].review(self.now, false, &self.instances);
    }

    /// Whether copies of a version get calls like all others.
    pub(super) fn routes_to(&self, pool: u32, version: u32) -> bool {
        let active = self.operation.pools.get(&pool).and_then(|operated| operated.active.as_ref());
        let Some(active) = active else { return true };
        let is_new = version == active.version;
        match active.traffic {
            Traffic::Mixed => true,
            Traffic::Only(side) => is_new == (side == Side::New),
            Traffic::Share(_) => !is_new,
        }
    }

    /// An attempt at a service that is released has ended, as far as its caller goes.
    #[cold]
    pub fn note_experience(&mut self, pool: u32, instance: u32, failed: bool, took: Span) {
        let version = self.operation.version_of(instance);
        operated_mut(&mut self.operation, pool, |operated| {
            if let Some(active) = &mut operated.active {
                let side = usize::from(version == active.version);
                active.met[side] += Experience { calls: 1, failures: u64::from(failed), time: took };
            }
        });
    }

    fn review_watching(&mut self) {
        self.operation.watching = self.operation.pools.values().any(|operated| operated.active.is_some());
        let listens = |pool: &Pool| pool.chooser.as_ref().is_some_and(|chooser| chooser.listens());
        self.listening = self.operation.watching || self.pools.iter().any(listens);
    }

    /// Schedules the releases of the scenario that lie in the future of the run.
    pub(crate) fn plan_releases(&mut self, started: bool) {
        for number in 0..self.operation.planned.len() as u32 {
            let at = SimTime::START + self.operation.planned[number as usize].at;
            if at > self.now || !started {
                self.schedule(at, Control::Release { number, epoch: self.planned_epoch });
            }
        }
    }

    /// A release of the scenario is due.
    pub fn on_planned_release(&mut self, number: u32, epoch: u32) {
        if epoch == self.planned_epoch
            && let Some(planned) = self.operation.planned.get(number as usize)
        {
            let release = planned.release.clone();
            self.begin_release(&release);
        }
    }

    /// Gives a copy what is wrong with its version.
    pub(super) fn suit_version(&mut self, index: u32) {
        let version = self.operation.version_of(index);
        let pool = self.instances[index as usize].pool;
        let defects = self.operation.pools.get(&pool).map(|operated| &operated.defects);
        let defect = match version {
            0 => None,
            version => defects.and_then(|defects| defects.get(version as usize - 1)),
        };
        let (errors, slow) = defect.copied().unwrap_or((0.0, 1.0));
        self.set_defect(index, Defect { slow, errors });
    }
}
