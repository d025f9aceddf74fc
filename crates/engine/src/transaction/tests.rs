//! Transactions, played: messages that are late or lost, coordinators and branches that die at any moment.

use super::branch::{Manner, Stage, Verb};
use super::course::{Course, End, Phase};
use crate::random::Stream;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Message {
    Order(u8, Verb),
    Answer(u8, Verb, bool),
    /// The work of a branch ends.
    Work(u8),
    /// A decision is in the log of a majority of the coordinator's copies.
    Kept,
}

/// A transaction whose branches work one after another.
struct Play {
    course: Course,
    wire: Vec<Message>,
    steps: u8,
    begun: u8,
    compensations: Vec<u8>,
    draws: Stream,
    /// Whether the leader has proposed its decision; and whether one was ever kept.
    proposed: bool,
    kept: bool,
    elected: bool,
}

impl Play {
    fn new(manner: Manner, logged: bool, guarded: bool, steps: u8, seed: u64) -> Play {
        Play {
            course: Course::new(manner, logged, guarded),
            wire: Vec::new(),
            steps,
            begun: 0,
            compensations: Vec::new(),
            draws: Stream::new(seed, "transaction", "play"),
            proposed: false,
            kept: false,
            elected: false,
        }
    }

    /// The same, with a coordinator that has copies.
    fn elected(mut self) -> Play {
        (self.course, self.elected) = (self.course.elected(), true);
        self
    }

    /// The coordinator is back, or another copy leads: with what was proposed in its log, or not.
    fn back(&mut self) {
        if self.elected {
            self.course.coordinator_died();
            let under_way = self.wire.iter().position(|message| *message == Message::Kept);
            if let Some(place) = under_way {
                self.wire.remove(place);
                if self.draws.happens(0.5) {
                    self.keep();
                }
            }
            self.proposed = false;
        }
        self.course.coordinator_back();
    }

    fn keep(&mut self) {
        self.kept |= self.course.phase() == Phase::Deciding;
        self.course.decided();
    }

    fn below(&mut self, count: usize) -> usize {
        ((self.draws.unit() * count as f64) as usize).min(count - 1)
    }

    /// The next branch begins; after the last the coordinator goes on to agreement.
    fn go_on(&mut self) {
        if self.course.phase() != Phase::Working {
            return;
        }
        if self.begun == self.steps {
            self.course.finish();
        } else if let Some(branch) = self.course.enlist(u32::from(self.begun)) {
            self.begun += 1;
            self.wire.push(Message::Work(branch));
        }
        self.send();
    }

    fn send(&mut self) {
        while let Some((branch, verb)) = self.course.next_order() {
            self.wire.push(Message::Order(branch, verb));
        }
        if self.course.phase() == Phase::Deciding && !self.proposed {
            self.proposed = true;
            self.wire.push(Message::Kept);
        }
    }

    fn deliver(&mut self, message: Message, failing: f64) {
        match message {
            Message::Work(branch) => {
                if self.course.branches()[usize::from(branch)].stage == Stage::Working
                    && self.draws.happens(failing)
                {
                    self.course.refused(branch);
                    self.course.fail();
                } else if self.course.worked(branch) {
                    self.go_on();
                }
            }
            Message::Order(branch, verb) => {
                let agreed = self.course.does(branch, verb);
                if verb == Verb::Undo && agreed {
                    self.compensations.push(branch);
                }
                self.wire.push(Message::Answer(branch, verb, agreed));
            }
            Message::Answer(branch, verb, agreed) => self.course.heard(branch, verb, agreed),
            Message::Kept => self.keep(),
        }
        self.send();
    }

    /// Everything arrives, in order.
    fn calm(&mut self, failing: f64) {
        while !self.wire.is_empty() {
            let message = self.wire.remove(0);
            self.deliver(message, failing);
        }
    }

    /// So many things happen, none of them kind.
    fn storm(&mut self, happenings: u64, failing: f64) {
        for _ in 0..happenings {
            match self.below(12) {
                0 => {
                    self.course.coordinator_died();
                    // Messages to the dead are lost; branches work on.
                    self.wire.retain(|message| !matches!(message, Message::Answer(..)));
                }
                1 => self.back(),
                2 => self.course.ask_again(),
                3 if self.begun > 0 => {
                    let branch = self.below(usize::from(self.begun)) as u8;
                    self.course.died(branch);
                }
                4 if !self.wire.is_empty() => {
                    let lost = self.below(self.wire.len());
                    if !matches!(self.wire[lost], Message::Work(_) | Message::Kept) {
                        self.wire.remove(lost);
                    }
                }
                5 => self.course.fail(),
                _ => self.advance(failing),
            }
            self.send();
        }
    }

    /// Any message arrives; if there is none, the transaction goes on.
    fn advance(&mut self, failing: f64) {
        if self.wire.is_empty() {
            return self.go_on();
        }
        let next = self.below(self.wire.len());
        let message = self.wire.remove(next);
        self.deliver(message, failing);
    }

    /// The storm is over: the coordinator comes back and asks until it has heard everybody.
    fn recover(&mut self) {
        self.back();
        for _ in 0..200 {
            self.course.ask_again();
            self.send();
            self.calm(0.0);
            if matches!(self.course.phase(), Phase::Ended(_)) {
                break;
            }
            if self.course.phase() == Phase::Working {
                self.course.fail();
            }
            // A promise that nobody can keep: its branch died before.
            if self.course.phase() == Phase::Preparing {
                self.course.fail();
            }
        }
        self.calm(0.0);
    }

    fn stages(&self) -> Vec<Stage> {
        self.course.branches().iter().map(|branch| branch.stage).collect()
    }
}

const ALL: [Manner; 6] = [
    Manner::Local,
    Manner::Unprotected,
    Manner::TwoPhase,
    Manner::AutomaticUndo,
    Manner::TryConfirmCancel,
    Manner::Saga,
];

#[test]
fn without_trouble_everything_is_done_for_good() {
    for manner in ALL {
        let mut play = Play::new(manner, true, true, 4, 1);
        play.go_on();
        play.calm(0.0);
        assert_eq!(play.course.phase(), Phase::Ended(End::Committed), "{manner:?}");
        assert_eq!(play.stages(), [Stage::Committed; 4]);
    }
}

#[test]
fn what_can_be_undone_is_undone_after_a_failure_whenever_that_comes() {
    for manner in ALL.into_iter().filter(|manner| *manner != Manner::Unprotected) {
        for seed in 0..200 {
            let mut play = Play::new(manner, true, true, 4, seed);
            play.go_on();
            play.calm(0.3);
            let stages = play.stages();
            match play.course.phase() {
                Phase::Ended(End::Committed) => {
                    assert!(stages.iter().all(|stage| *stage == Stage::Committed))
                }
                Phase::Ended(End::Undone) => assert!(stages.iter().all(|stage| *stage == Stage::Undone)),
                phase => panic!("{manner:?} {seed}: {phase:?} {stages:?}"),
            }
        }
    }
}

#[test]
fn a_saga_completes_as_often_as_all_its_steps_and_compensates_as_often_as_they_had_been_done() {
    // `saga-success`, `saga-comp`: four steps at 0.95.
    const RUNS: u32 = 40_000;
    let (mut completed, mut compensations) = (0, 0);
    for seed in 0..RUNS {
        let mut play = Play::new(Manner::Saga, true, true, 4, u64::from(seed));
        play.go_on();
        play.calm(0.05);
        completed += u32::from(play.course.phase() == Phase::Ended(End::Committed));
        let undone = u32::from(play.begun).saturating_sub(1);
        compensations += if play.compensations.is_empty() { 0 } else { undone };
        let mut sorted = play.compensations.clone();
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(play.compensations, sorted, "the last first");
    }
    let success = f64::from(completed) / f64::from(RUNS);
    let mean = f64::from(compensations) / f64::from(RUNS);
    // Four standard errors.
    assert!((success - 0.8145062).abs() < 0.0078, "{success}");
    assert!((mean - 0.2663563).abs() < 0.0140, "{mean}");
}

#[test]
fn two_phases_that_lose_their_coordinator_leave_their_branches_in_doubt_until_it_is_back() {
    let mut play = Play::new(Manner::TwoPhase, true, true, 3, 1);
    play.go_on();
    while play.course.phase() != Phase::Committing {
        let message = play.wire.remove(0);
        play.deliver(message, 0.0);
    }
    assert!(play.course.coordinator_died());
    play.wire.clear();
    assert_eq!((play.course.unsettled().prepared, play.course.is_in_doubt()), (3, true));
    // A branch that dies comes back with its promise.
    play.course.died(1);
    assert_eq!(play.course.unsettled().prepared, 3);
    play.course.coordinator_back();
    play.send();
    play.calm(0.0);
    assert_eq!((play.course.phase(), play.course.is_in_doubt()), (Phase::Ended(End::Committed), false));

    // Before it had decided, it is all taken back.
    let mut play = Play::new(Manner::TwoPhase, true, true, 3, 1);
    play.go_on();
    while play.course.unsettled().prepared < 2 {
        let message = play.wire.remove(0);
        play.deliver(message, 0.0);
    }
    assert!(play.course.coordinator_died());
    play.wire.clear();
    play.course.coordinator_back();
    play.send();
    play.calm(0.0);
    assert_eq!(play.course.phase(), Phase::Ended(End::Undone));
}

#[test]
fn without_a_protocol_or_without_a_log_a_crash_in_the_middle_leaves_a_half() {
    for (manner, logged) in [(Manner::Unprotected, true), (Manner::Saga, false)] {
        let mut play = Play::new(manner, logged, true, 3, 1);
        play.go_on();
        let message = play.wire.remove(0);
        play.deliver(message, 0.0);
        assert!(!play.course.coordinator_died());
        assert_eq!(play.course.phase(), Phase::Ended(End::HalfDone));
        assert_eq!(play.course.unsettled().applied, 1);
    }
}

#[test]
fn a_reservation_that_comes_after_its_cancelling_is_refused_only_by_those_who_remember() {
    for (guarded, left) in [(true, 0), (false, 1)] {
        let mut play = Play::new(Manner::TryConfirmCancel, true, guarded, 2, 1);
        play.go_on();
        // The try is late; the coordinator gives up and cancels; then it comes.
        let late = play.wire.remove(0);
        play.course.fail();
        play.send();
        play.calm(0.0);
        assert_eq!(play.course.phase(), Phase::Ended(End::Undone), "an empty cancelling succeeds");
        play.deliver(late, 0.0);
        assert_eq!(play.course.unsettled().suspended, left);
    }
}

#[test]
fn whatever_dies_whenever_nothing_is_half_done_after_recovery() {
    for manner in
        [Manner::Local, Manner::TwoPhase, Manner::AutomaticUndo, Manner::TryConfirmCancel, Manner::Saga]
    {
        for seed in 0..4_000 {
            let mut play = Play::new(manner, true, true, 1 + (seed % 5) as u8, seed);
            play.go_on();
            let happenings = play.below(60) as u64;
            play.storm(happenings, 0.05);
            // At no time is one branch committed and another undone.
            let stages = play.stages();
            let mixed = stages.contains(&Stage::Committed) && stages.contains(&Stage::Undone);
            assert!(!mixed, "{manner:?} {seed}: {stages:?}");
            play.recover();
            let stages = play.stages();
            let same = |one: Stage| stages.iter().all(|stage| *stage == one);
            assert!(same(Stage::Committed) || same(Stage::Undone), "{manner:?} {seed}: {stages:?}");
            let unsettled = play.course.unsettled();
            assert_eq!(unsettled, super::course::Unsettled::default(), "{manner:?} {seed}");
        }
    }
}

#[test]
fn a_decision_that_is_in_the_log_is_never_undone_and_none_is_told_before_that() {
    for manner in [Manner::TwoPhase, Manner::AutomaticUndo, Manner::TryConfirmCancel] {
        let (mut kept, mut undone) = (0, 0);
        for seed in 0..4_000 {
            let mut play = Play::new(manner, true, true, 1 + (seed % 5) as u8, seed).elected();
            play.go_on();
            for _ in 0..play.below(80) {
                // Bad weather more or less often, so that it also strikes after a decision.
                if seed % 7 == 0 || play.below(10) == 0 {
                    play.storm(1, 0.02);
                } else {
                    play.advance(0.02);
                    play.send();
                }
                let committed = play.stages().contains(&Stage::Committed);
                assert!(play.kept || !committed, "{manner:?} {seed}: told before it was decided");
                assert!(!play.kept || !play.stages().contains(&Stage::Undone), "{manner:?} {seed}: undone");
            }
            play.recover();
            let stages = play.stages();
            let all = |one: Stage| stages.iter().all(|stage| *stage == one);
            let end = if play.kept { Stage::Committed } else { Stage::Undone };
            assert!(all(end), "{manner:?} {seed}: {stages:?}");
            kept += u32::from(play.kept);
            undone += u32::from(!play.kept);
        }
        assert!(kept > 400 && undone > 400, "both happen: {kept} {undone}");
    }
}

#[test]
fn what_is_left_half_done_is_exactly_what_was_applied() {
    for seed in 0..4_000 {
        let mut play = Play::new(Manner::Unprotected, true, true, 4, seed);
        play.go_on();
        let happenings = play.below(30) as u64;
        play.storm(happenings, 0.1);
        if let Phase::Ended(end) = play.course.phase() {
            let stages = play.stages();
            let there = stages.iter().any(|stage| matches!(stage, Stage::Applied | Stage::Committed));
            let whole = stages.iter().all(|stage| *stage == Stage::Committed);
            let expected = match (whole, there) {
                (true, _) => End::Committed,
                (false, true) => End::HalfDone,
                (false, false) => End::Undone,
            };
            // A branch that was at work when its caller died may still apply itself.
            assert!(end == expected || play.course.end() == expected, "{seed}: {end:?} {stages:?}");
        }
    }
}
