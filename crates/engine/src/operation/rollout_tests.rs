//! Rollouts played through: copies take a while to start, and nothing else happens.

use archlab_model::{Canary, Portion, Rolling, SimTime, Span, Strategy};

use super::rollout::{Copies, End, Phase, Rollout, Side, Step, Stock, Traffic, fence};

/// How long a copy takes to start, in steps of a second.
const STARTUP: u32 = 5;

/// The copies of one version: when each came into service, or will.
#[derive(Default)]
struct Version(Vec<u32>);

impl Version {
    fn copies(&self, second: u32) -> Copies {
        let ready = self.0.iter().filter(|ready| **ready <= second).count() as u32;
        Copies { all: self.0.len() as u32, ready, proven: ready }
    }
}

struct Film {
    second: u32,
    wanted: u32,
    old: Version,
    new: Version,
    rollout: Rollout,
    /// The most copies that ever ran, the fewest that were ever in service, and the share of calls of the new
    /// version, second by second.
    most: u32,
    least: u32,
    traffic: Vec<Traffic>,
}

impl Film {
    fn new(strategy: Strategy, wanted: u32, watch: u64, train: bool) -> Film {
        let rollout = Rollout::new(strategy, Span::from_secs(watch), train, SimTime::START);
        let old = Version(vec![0; wanted as usize]);
        let (most, least) = (wanted, wanted);
        Film { second: 0, wanted, old, new: Version::default(), rollout, most, least, traffic: Vec::new() }
    }

    fn stock(&self) -> Stock {
        let (old, new) = (self.old.copies(self.second), self.new.copies(self.second));
        Stock { wanted: self.wanted, old, new }
    }

    fn play(&mut self, seconds: u32) {
        for _ in 0..seconds {
            let now = SimTime::START + Span::from_secs(self.second.into());
            let stock = self.stock();
            let Step { start, stop, traffic } = self.rollout.step(now, &stock);
            if let Some((side, count)) = start {
                let ready = self.second + STARTUP;
                self.side(side).0.extend(std::iter::repeat_n(ready, count as usize));
            }
            let running = (self.old.0.len() + self.new.0.len()) as u32;
            self.most = self.most.max(running);
            if let Some((side, count)) = stop {
                let copies = &mut self.side(side).0;
                copies.sort_unstable();
                copies.truncate(copies.len() - count as usize);
            }
            let stock = self.stock();
            self.least = self.least.min(stock.old.ready + stock.new.ready);
            self.traffic.push(traffic);
            self.second += 1;
        }
    }

    fn side(&mut self, side: Side) -> &mut Version {
        match side {
            Side::Old => &mut self.old,
            Side::New => &mut self.new,
        }
    }

    fn bad(&mut self) {
        self.rollout.roll_back(SimTime::START + Span::from_secs(self.second.into()));
    }

    fn ends(&mut self, end: End, old: usize, new: usize) {
        self.play(600);
        assert_eq!(self.rollout.phase(), Phase::Over(end));
        assert_eq!((self.old.0.len(), self.new.0.len()), (old, new));
    }
}

#[test]
fn a_rolling_release_keeps_within_its_fence() {
    for wanted in 1..=30 {
        let rolling = Rolling::default();
        let (most, least) = fence(&rolling, wanted);
        let mut film = Film::new(Strategy::Rolling(rolling), wanted, 0, false);
        film.ends(End::Released, 0, wanted as usize);
        assert!(film.most <= most && film.least >= least, "{wanted}: {} {}", film.most, film.least);
        assert_eq!(film.most, most, "the surge is made use of");
    }
}

#[test]
fn the_rows_of_the_validation_table() {
    let fence = |wanted| fence(&Rolling::default(), wanted);
    assert_eq!(fence(1), (2, 1)); // rolling-1
    assert_eq!(fence(3), (4, 3)); // rolling-3
    assert_eq!((fence(4), fence(10)), ((5, 3), (13, 8)));
}

#[test]
fn a_fence_without_any_room_lets_one_be_missing() {
    let rolling =
        Rolling { surge: Portion::Count(0), unavailable: Portion::Share(0.1), ..Rolling::default() };
    assert_eq!(fence(&rolling, 3), (3, 2));
    let mut film = Film::new(Strategy::Rolling(rolling), 3, 0, false);
    film.ends(End::Released, 0, 3);
    assert_eq!((film.most, film.least), (3, 2));
}

#[test]
fn all_at_once_has_nobody_in_service_for_a_while() {
    let mut film = Film::new(Strategy::AllAtOnce, 4, 0, false);
    film.ends(End::Released, 0, 4);
    assert_eq!((film.most, film.least), (4, 0));
}

#[test]
fn blue_green_switches_when_all_are_ready_and_switches_back_at_once() {
    let mut film = Film::new(Strategy::BlueGreen, 4, 60, false);
    film.play(30);
    assert_eq!((film.most, film.least), (8, 4));
    let switched = film.traffic.iter().position(|traffic| *traffic == Traffic::Only(Side::New));
    assert_eq!(switched, Some(STARTUP as usize));
    film.bad();
    film.play(1);
    assert_eq!(film.traffic.last(), Some(&Traffic::Only(Side::Old)));
    film.ends(End::RolledBack, 4, 0);

    let mut film = Film::new(Strategy::BlueGreen, 4, 60, false);
    film.ends(End::Released, 0, 4);
}

#[test]
fn a_canary_serves_its_share_until_it_is_judged() {
    let canary = Canary { share: 0.2, copies: 1 };
    let mut film = Film::new(Strategy::Canary(canary), 4, 60, false);
    film.play(30);
    assert_eq!((film.new.0.len(), film.old.0.len()), (1, 4));
    assert_eq!(film.traffic.last(), Some(&Traffic::Share(0.2)));
    film.ends(End::Released, 0, 4);
    assert_eq!(film.least, 4 - 1, "the others follow as a rolling release");

    let mut film = Film::new(Strategy::Canary(canary), 4, 60, false);
    film.play(30);
    film.bad();
    film.ends(End::RolledBack, 4, 0);
    assert_eq!(film.least, 4);
}

#[test]
fn a_rolling_release_rolls_back_from_anywhere() {
    for seconds in 1..40 {
        let mut film = Film::new(Strategy::default(), 6, 0, true);
        film.play(seconds);
        film.bad();
        film.ends(End::RolledBack, 6, 0);
        assert!(film.least >= 5, "{seconds}");
    }
}

#[test]
fn a_train_waits_before_the_switch_and_before_it_is_content() {
    let mut film = Film::new(Strategy::BlueGreen, 2, 10, true);
    film.play(100);
    assert_eq!(film.rollout.phase(), Phase::Prepared);
    film.rollout.go_on(SimTime::START + Span::from_secs(100));
    film.play(100);
    assert_eq!(film.rollout.phase(), Phase::Content);
    assert_eq!(film.stock().old.ready, 2, "the way back is open");
    film.rollout.go_on(SimTime::START + Span::from_secs(200));
    film.ends(End::Released, 0, 2);
}

#[test]
fn a_release_whose_copies_never_come_up_is_stuck_after_ten_minutes() {
    let mut rollout = Rollout::new(Strategy::default(), Span::ZERO, false, SimTime::START);
    let copies = |all, ready| Copies { all, ready, proven: ready };
    let at = |seconds| SimTime::START + Span::from_secs(seconds);
    rollout.step(at(0), &Stock { wanted: 3, old: copies(3, 3), new: copies(0, 0) });
    rollout.step(at(10), &Stock { wanted: 3, old: copies(3, 3), new: copies(1, 0) });
    rollout.step(at(300), &Stock { wanted: 3, old: copies(3, 3), new: copies(1, 0) });
    assert!(!rollout.is_stuck(at(609)) && rollout.is_stuck(at(610)));
}
