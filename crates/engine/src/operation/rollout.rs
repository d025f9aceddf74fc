//! The rollout of a version: which copies to start and end next, and which version gets the calls.
//!
//! It is told what copies there are and says what to do, again and again, whenever one of them changes or
//! some time has passed. It knows no instance by name.

use archlab_model::{Canary, Rolling, SimTime, Span, Strategy};

/// Which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one that ran before.
    Old,
    /// The one that is released.
    New,
}

/// Copies of one version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copies {
    /// All that run or start.
    pub all: u32,
    /// Those in service.
    pub ready: u32,
    /// Those that have been in service for as long as the release asks.
    pub proven: u32,
}

/// What there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    /// How many copies are wanted.
    pub wanted: u32,
    /// Copies of the old version.
    pub old: Copies,
    /// Copies of the new version.
    pub new: Copies,
}

/// Which version gets the calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Traffic {
    /// Both, as their copies come.
    Mixed,
    /// One of them only.
    Only(Side),
    /// This share goes to the new version, the others to the old one.
    Share(f64),
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// So many copies of a version to start.
    pub start: Option<(Side, u32)>,
    /// So many copies of a version to end, those not in service first.
    pub stop: Option<(Side, u32)>,
    /// Which version gets the calls.
    pub traffic: Traffic,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// New copies are prepared, and the old ones serve.
    Preparing,
    /// Everything is ready to be switched; it waits for the others of its train.
    Prepared,
    /// A canary serves its share and is watched.
    Canary {
        /// Until when.
        until: SimTime,
    },
    /// Copies are replaced.
    Replacing,
    /// The new version serves alone and is watched; for ever, if it is told no more.
    Watched {
        /// Until when.
        until: SimTime,
    },
    /// It is content with the new version, and waits for the others of its train.
    Content,
    /// The last copies of the side that lost are ended.
    Ending(End),
    /// It is over.
    Over(End),
}

/// How it ended, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The new version runs.
    Released,
    /// The old version runs again.
    RolledBack,
}

/// The rollout of a version of one service.
#[derive(Debug, Clone)]
pub struct Rollout {
    strategy: Strategy,
    phase: Phase,
    /// How long the new version is watched.
    watch: Span,
    /// Whether it waits for the others of its train: before the switch, and before it is content for good.
    train: bool,
    /// When something last changed, and what there was then.
    progress: (SimTime, Stock),
}

impl Rollout {
    /// A rollout that begins at `now`.
    pub fn new(strategy: Strategy, watch: Span, train: bool, now: SimTime) -> Rollout {
        let phase = match strategy {
            Strategy::BlueGreen | Strategy::Canary(_) => Phase::Preparing,
            Strategy::Rolling(_) | Strategy::AllAtOnce => Phase::Replacing,
        };
        Rollout { strategy, phase, watch, train, progress: (now, Stock::default()) }
    }

    /// How far it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How long a copy must be in service until it counts.
    pub fn ready_for(&self) -> Span {
        match self.strategy {
            Strategy::Rolling(rolling) => rolling.ready_for,
            _ => Span::ZERO,
        }
    }

    /// When it looks again by itself.
    pub fn due(&self) -> Option<SimTime> {
        match self.phase {
            Phase::Canary { until } | Phase::Watched { until } => Some(until),
            _ => None,
        }
    }

    /// Whether nothing has changed for so long that it counts as stuck.
    pub fn is_stuck(&self, now: SimTime) -> bool {
        let deadline = match self.strategy {
            Strategy::Rolling(rolling) => rolling.deadline,
            _ => Rolling::default().deadline,
        };
        let moves = matches!(self.phase, Phase::Preparing | Phase::Replacing | Phase::Ending(_));
        moves && now.since(self.progress.0) >= deadline
    }

    /// The new version is bad: the old one comes back. Nothing happens if it is over.
    pub fn roll_back(&mut self, now: SimTime) {
        if !matches!(self.phase, Phase::Over(_)) {
            self.phase = Phase::Ending(End::RolledBack);
            self.progress.0 = now;
        }
    }

    /// All of its train are as far as it is.
    pub fn go_on(&mut self, now: SimTime) {
        match self.phase {
            Phase::Prepared => self.begin_watch(now),
            Phase::Content => self.phase = Phase::Ending(End::Released),
            _ => {}
        }
    }

    /// What to do at `now`, given what there is.
    pub fn step(&mut self, now: SimTime, stock: &Stock) -> Step {
        if self.progress.1 != *stock {
            self.progress = (now, *stock);
        }
        // A phase may be over as soon as it has begun; there are few, and they go one way.
        while let Some(next) = self.next(now, stock) {
            self.phase = next;
        }
        match self.phase {
            Phase::Preparing | Phase::Prepared => {
                let wanted = match self.strategy {
                    Strategy::Canary(canary) => canaries(&canary, stock.wanted),
                    _ => stock.wanted,
                };
                let start = missing(Side::New, wanted, &stock.new);
                Step { start, stop: None, traffic: Traffic::Only(Side::Old) }
            }
            Phase::Canary { .. } => {
                let Strategy::Canary(canary) = self.strategy else { return Step::nothing(Traffic::Mixed) };
                let start = missing(Side::New, canaries(&canary, stock.wanted), &stock.new);
                Step { start, stop: None, traffic: Traffic::Share(canary.share) }
            }
            Phase::Replacing => match self.strategy {
                Strategy::AllAtOnce if stock.old.all > 0 => {
                    Step { start: None, stop: Some((Side::Old, stock.old.all)), traffic: Traffic::Mixed }
                }
                Strategy::AllAtOnce => Step {
                    start: missing(Side::New, stock.wanted, &stock.new),
                    stop: None,
                    traffic: Traffic::Mixed,
                },
                Strategy::Rolling(rolling) => roll(&rolling, Side::New, stock),
                _ => roll(&Rolling::default(), Side::New, stock),
            },
            Phase::Watched { .. } | Phase::Content => {
                let traffic = match self.strategy {
                    Strategy::BlueGreen => Traffic::Only(Side::New),
                    _ => Traffic::Mixed,
                };
                Step { start: missing(Side::New, stock.wanted, &stock.new), stop: None, traffic }
            }
            Phase::Ending(End::Released) => {
                let stop = (stock.old.all > 0).then_some((Side::Old, stock.old.all));
                Step { start: None, stop, traffic: Traffic::Only(Side::New) }
            }
            Phase::Ending(End::RolledBack) => self.back(stock),
            Phase::Over(_) => Step::nothing(Traffic::Mixed),
        }
    }

    fn next(&self, now: SimTime, stock: &Stock) -> Option<Phase> {
        match self.phase {
            Phase::Preparing => match self.strategy {
                Strategy::Canary(canary) if stock.new.proven >= canaries(&canary, stock.wanted) => {
                    Some(Phase::Canary { until: now + self.watch })
                }
                Strategy::BlueGreen if stock.new.proven >= stock.wanted => Some(if self.train {
                    Phase::Prepared
                } else {
                    Phase::Watched { until: now + self.watch }
                }),
                _ => None,
            },
            Phase::Canary { until } if until <= now => Some(Phase::Replacing),
            Phase::Replacing if stock.old.all == 0 && stock.new.proven >= stock.wanted => {
                Some(Phase::Watched { until: now + self.watch })
            }
            Phase::Watched { until } if until <= now => {
                Some(if self.train { Phase::Content } else { Phase::Ending(End::Released) })
            }
            Phase::Ending(End::Released) if stock.old.all == 0 => Some(Phase::Over(End::Released)),
            Phase::Ending(End::RolledBack) if stock.new.all == 0 && stock.old.proven >= stock.wanted => {
                Some(Phase::Over(End::RolledBack))
            }
            _ => None,
        }
    }

    fn begin_watch(&mut self, now: SimTime) {
        self.phase = Phase::Watched { until: now + self.watch };
    }

    /// Back to the old version: at once if its copies are still all there, by the same way otherwise.
    fn back(&self, stock: &Stock) -> Step {
        let there = match self.strategy {
            Strategy::Rolling(_) | Strategy::AllAtOnce => stock.old.ready,
            Strategy::BlueGreen | Strategy::Canary(_) => stock.old.all,
        };
        if there >= stock.wanted {
            let stop = (stock.new.all > 0).then_some((Side::New, stock.new.all));
            return Step { start: None, stop, traffic: Traffic::Only(Side::Old) };
        }
        match self.strategy {
            Strategy::AllAtOnce if stock.new.all > 0 => {
                Step { start: None, stop: Some((Side::New, stock.new.all)), traffic: Traffic::Mixed }
            }
            Strategy::AllAtOnce => Step {
                start: missing(Side::Old, stock.wanted, &stock.old),
                stop: None,
                traffic: Traffic::Mixed,
            },
            Strategy::Rolling(rolling) => roll(&rolling, Side::Old, stock),
            Strategy::BlueGreen | Strategy::Canary(_) => roll(&Rolling::default(), Side::Old, stock),
        }
    }
}

impl Step {
    fn nothing(traffic: Traffic) -> Step {
        Step { start: None, stop: None, traffic }
    }
}

impl Stock {
    fn side(&self, side: Side) -> &Copies {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }
}

impl Side {
    fn other(self) -> Side {
        match self {
            Side::Old => Side::New,
            Side::New => Side::Old,
        }
    }
}

fn canaries(canary: &Canary, wanted: u32) -> u32 {
    canary.copies.clamp(1, wanted.max(1))
}

fn missing(side: Side, wanted: u32, copies: &Copies) -> Option<(Side, u32)> {
    (copies.all < wanted).then(|| (side, wanted - copies.all))
}

/// How many copies a rolling release lets run at most, and be in service at least, when `wanted` are.
///
/// As Kubernetes: if neither more nor fewer were allowed, nothing could ever move; then one may be missing.
pub fn fence(rolling: &Rolling, wanted: u32) -> (u32, u32) {
    let surge = rolling.surge.rounded_up(wanted);
    let unavailable = rolling.unavailable.rounded_down(wanted).min(wanted);
    let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
    (wanted.saturating_add(surge), wanted.saturating_sub(unavailable))
}

/// One step of a rolling replacement by copies of `to`, as a Kubernetes Deployment takes it: first it grows
/// what is new, then it ends what is old.
fn roll(rolling: &Rolling, to: Side, stock: &Stock) -> Step {
    let (most, least) = fence(rolling, stock.wanted);
    let (new, old) = (stock.side(to), stock.side(to.other()));
    let running = new.all + old.all;
    let start = most.saturating_sub(running).min(stock.wanted.saturating_sub(new.all));
    // Old copies that are not in service go first, as far as new ones that are not yet leave room for it.
    let cold = new.all - new.proven.min(new.all);
    let lame = (old.all - old.ready.min(old.all)).min(running.saturating_sub(least).saturating_sub(cold));
    let spare = (old.ready + new.proven).saturating_sub(least).min(old.ready);
    let stop = lame + spare;
    Step {
        start: (start > 0).then_some((to, start)),
        stop: (stop > 0).then_some((to.other(), stop)),
        traffic: Traffic::Mixed,
    }
}
