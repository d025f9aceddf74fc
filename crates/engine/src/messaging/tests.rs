//! Topics, played: publishers, consumers with a time of work and a way to the broker, and crashes.

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::{Acknowledge, SimTime, Span, Topic as Rules};

use super::message::{Letter, Ticket};
use super::topic::{Answer, Delivery, Ended, Taken, Topic};
use crate::random::Stream;

#[derive(Debug, Clone, Copy)]
enum Event {
    Publish,
    Arrive(Delivery),
    End { instance: u32, epoch: u32, ticket: Ticket, number: u64, failed: bool },
    Hear(Answer, Ticket),
    Die { instance: u32, silent: bool },
    Join(u32),
    Due,
}

/// What is to come, earliest first, in the order it was scheduled among equals.
#[derive(Default)]
struct Coming {
    events: BTreeMap<(SimTime, u64), Event>,
    scheduled: u64,
}

impl Coming {
    fn schedule(&mut self, at: SimTime, event: Event) {
        self.events.insert((at, self.scheduled), event);
        self.scheduled += 1;
    }

    fn next_due(&self) -> Option<SimTime> {
        self.events.first_key_value().map(|((at, _), _)| *at)
    }

    fn take(&mut self) -> Option<(SimTime, Event)> {
        self.events.pop_first().map(|((at, _), event)| (at, event))
    }
}

/// A topic with its publishers and consumers.
struct Play {
    topic: Topic,
    agenda: Coming,
    now: SimTime,
    /// When it is looked at by the clock next.
    due: SimTime,
    draws: Stream,
    /// How often each consumer has died: what it did before is void.
    epochs: Vec<u32>,
    work: Span,
    way: Span,
    failing: f64,
    published: u64,
    refused: u64,
    /// Numbers of the messages worked on, in order.
    worked: Vec<u64>,
}

impl Play {
    fn new(rules: Rules, consumers: u32, work: Span) -> Play {
        let mut play = Play {
            topic: Topic::new(&rules),
            agenda: Coming::default(),
            now: SimTime::START,
            due: SimTime::NEVER,
            draws: Stream::new(7, "play", "topic"),
            epochs: vec![0; consumers as usize],
            work,
            way: Span::ZERO,
            failing: 0.0,
            published: 0,
            refused: 0,
            worked: Vec::new(),
        };
        for instance in 0..consumers {
            let phase = play.draws.unit();
            play.topic.join(play.now, instance, phase);
        }
        play
    }

    /// Messages at regular intervals from now on.
    fn publish_every(&mut self, period: Span, count: u64) {
        (0..count).for_each(|turn| self.agenda.schedule(self.now + period * turn, Event::Publish));
    }

    fn run_until(&mut self, until: SimTime) {
        while self.agenda.next_due().is_some_and(|due| due <= until) {
            let Some((at, event)) = self.agenda.take() else { return };
            self.now = at;
            self.handle(event);
            while let Some(delivery) = self.topic.next_delivery(self.now) {
                self.agenda.schedule(self.now + self.way, Event::Arrive(delivery));
            }
            (0..self.epochs.len() as u32).for_each(|instance| self.take_up(instance));
            if let Some(due) = self.topic.next_due().filter(|due| *due < self.due) {
                self.due = due.max(self.now);
                self.agenda.schedule(self.due, Event::Due);
            }
        }
        self.now = until;
    }

    fn handle(&mut self, event: Event) {
        let now = self.now;
        match event {
            Event::Publish => {
                let letter = Letter { number: self.published, kind: 0, depth: 0 };
                match self.topic.publish(now, letter, &mut self.draws) {
                    true => self.published += 1,
                    false => self.refused += 1,
                }
            }
            Event::Arrive(delivery) => self.topic.arrived(&delivery),
            Event::End { instance, epoch, ticket, number, failed } => {
                if self.epochs[instance as usize] != epoch {
                    return;
                }
                if !failed {
                    self.worked.push(number);
                }
                let how = if failed { Ended::Failed } else { Ended::Done };
                let answer = self.topic.ended(now, instance, ticket, how);
                self.agenda.schedule(now + self.way, Event::Hear(answer, ticket));
            }
            Event::Hear(Answer::Acknowledge, ticket) => self.topic.acknowledged(ticket),
            Event::Hear(Answer::Refuse, ticket) => self.topic.refused(now, ticket),
            Event::Hear(Answer::Nothing, _) => {}
            Event::Die { instance, silent } => {
                self.epochs[instance as usize] += 1;
                self.topic.died(now, instance, silent);
            }
            Event::Join(instance) => {
                let phase = self.draws.unit();
                self.topic.join(now, instance, phase);
            }
            Event::Due => {
                self.due = SimTime::NEVER;
                self.topic.on_due(now);
            }
        }
    }

    fn take_up(&mut self, instance: u32) {
        while let Some(taken) = self.topic.take_up(instance) {
            match taken {
                Taken::Recognised(ticket) => {
                    let answer = self.topic.ended(self.now, instance, ticket, Ended::Recognised);
                    self.agenda.schedule(self.now + self.way, Event::Hear(answer, ticket));
                }
                Taken::Work(ticket, letter) => {
                    let failed = self.draws.happens(self.failing);
                    let epoch = self.epochs[instance as usize];
                    let end = Event::End { instance, epoch, ticket, number: letter.number, failed };
                    self.agenda.schedule(self.now + self.work, end);
                }
            }
        }
    }
}

fn at(seconds: u64) -> SimTime {
    SimTime::START + Span::from_secs(seconds)
}

fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

#[test]
fn a_group_is_as_fast_as_its_fullest_consumer() {
    // `mq-capacity-*`: consumers that need 10 ms for a message, and far too many messages.
    for (partitions, consumers, capacity) in [(1, 4, 100), (6, 3, 300), (6, 4, 300), (6, 8, 600)] {
        let rules = Rules { partitions: Some(partitions), ..Rules::default() };
        let mut play = Play::new(rules, consumers, ms(10));
        play.publish_every(Span::from_micros(500), 20_000);
        play.run_until(at(10));
        let fullest = u64::from(partitions.div_ceil(consumers.min(partitions)));
        // Every consumer is busy all the time; the capacity is what an even stream can be kept up with.
        let busy = u64::from(consumers.min(partitions));
        assert!(play.topic.tally.done.abs_diff(busy * 1_000) <= busy, "{:?}", play.topic.tally);
        assert_eq!(u64::from(partitions) * 100 / fullest, capacity);
    }
}

#[test]
fn an_even_stream_just_below_the_capacity_is_kept_up_with_and_one_above_is_not() {
    for (period, kept_up) in [(Span::from_micros(3_450), true), (Span::from_micros(3_200), false)] {
        let rules = Rules { partitions: Some(6), ..Rules::default() };
        let mut play = Play::new(rules, 4, ms(10));
        play.publish_every(period, 40_000);
        play.run_until(at(100));
        assert_eq!(play.topic.backlog.now < 300, kept_up, "{}", play.topic.backlog.now);
    }
}

#[test]
fn a_backlog_grows_by_what_is_too_much_and_drains_by_what_is_left() {
    // `mq-backlog`, `mq-drain`: 120 a second for a minute to a consumer of 100 a second, then 80 a second.
    let mut play = Play::new(Rules::default(), 1, ms(10));
    play.publish_every(Span::from_nanos(8_333_333), 7_200);
    play.run_until(at(60));
    assert!(play.topic.backlog.now.abs_diff(1_200) <= 2, "{}", play.topic.backlog.now);
    // The newest waits for all before it.
    assert_eq!(play.topic.oldest(play.now).as_secs_f64().round(), 10.0);
    play.publish_every(Span::from_nanos(12_500_000), 4_800);
    play.run_until(at(119));
    assert!(play.topic.backlog.now > 10);
    play.run_until(at(121));
    assert!(play.topic.backlog.now <= 1);
    assert_eq!(play.topic.tally.done + u64::from(play.topic.backlog.now), play.topic.tally.published);
}

#[test]
fn what_fails_too_often_is_a_dead_letter() {
    // `mq-dlq`, `mq-deliveries`.
    let mut play = Play::new(Rules { deliveries: 5, ..Rules::default() }, 4, ms(1));
    play.failing = 0.5;
    play.publish_every(ms(1), 100_000);
    play.run_until(at(200));
    let tally = play.topic.tally;
    assert_eq!((tally.published, play.topic.backlog.now, play.topic.held()), (100_000, 0, 0));
    let dead = tally.dead as f64 / 1e5;
    let deliveries = tally.deliveries as f64 / 1e5;
    // Three and a half standard errors.
    assert!((dead - 0.03125).abs() < 0.0020, "{dead}");
    assert!((deliveries - 1.9375).abs() < 0.0135, "{deliveries}");
}

#[test]
fn a_poison_message_comes_back_when_its_visibility_ends_until_it_is_given_up() {
    let rules = Rules { redelivery: None, deliveries: 5, ..Rules::default() };
    let mut play = Play::new(rules, 1, ms(10));
    play.failing = 1.0;
    play.publish_every(ms(1), 1);
    play.run_until(SimTime::START + ms(149_999));
    assert_eq!((play.topic.tally.deliveries, play.topic.tally.dead), (5, 0));
    play.run_until(at(150));
    assert_eq!((play.topic.tally.deliveries, play.topic.tally.dead), (5, 1));
}

/// How long the partitions of a consumer that dies stand still.
fn pause(died: u64) -> f64 {
    let rules = Rules { partitions: Some(2), ..Rules::default() };
    let mut play = Play::new(rules, 2, ms(10));
    play.publish_every(ms(50), 2_400);
    let died = SimTime::START + ms(died);
    play.agenda.schedule(died, Event::Die { instance: 0, silent: false });
    let mut now = died;
    while play.topic.members[0].presence != super::member::Presence::Gone && now < at(119) {
        now += ms(10);
        play.run_until(now);
    }
    // The backlog of one of two partitions, at ten messages a second.
    let stuck = f64::from(play.topic.backlog.now) / 10.0;
    let pause = now.since(died).as_secs_f64();
    assert!((stuck - pause).abs() < 6.0, "{stuck} s of messages after {pause} s");
    play.run_until(at(119));
    assert!(play.topic.backlog.now <= 2);
    pause
}

#[test]
fn the_partitions_of_a_dead_consumer_stand_still_for_its_session() {
    // `mq-rebalance-*`: 42 to 45 s.
    for died in [10_000, 11_100, 12_700] {
        let pause = pause(died);
        assert!((42.0..=45.01).contains(&pause), "{pause}");
    }
}

#[test]
fn a_consumer_that_commits_now_and_then_does_again_what_it_had_not_committed() {
    // `mq-dup-mean`: 100 messages a second, committed every 5 s, a crash at a random moment: 250 on average.
    let mut sum = 0;
    for run in 0..40_u64 {
        let rules = Rules {
            partitions: Some(1),
            acknowledge: Acknowledge::Every(Span::from_secs(5)),
            session_timeout: Span::from_secs(1),
            ..Rules::default()
        };
        let mut play = Play::new(rules, 1, ms(1));
        play.publish_every(ms(10), 3_000);
        play.agenda.schedule(at(12) + ms(125 * run), Event::Die { instance: 0, silent: false });
        play.agenda.schedule(at(28), Event::Join(0));
        play.run_until(at(60));
        let tally = play.topic.tally;
        assert_eq!((tally.done, play.topic.backlog.now), (3_000, 0));
        assert!(tally.duplicates <= 501);
        sum += tally.duplicates;
    }
    let mean = sum as f64 / 40.0;
    assert!((mean - 250.0).abs() < 8.0, "{mean}");
}

#[test]
fn a_full_topic_takes_nothing_more() {
    let mut play = Play::new(Rules { room: 5, ..Rules::default() }, 0, ms(1));
    play.publish_every(ms(1), 8);
    play.run_until(at(1));
    assert_eq!((play.published, play.refused, play.topic.held()), (5, 3, 5));
    play.epochs.push(0);
    play.agenda.schedule(at(2), Event::Join(0));
    play.run_until(at(3));
    assert!(play.topic.has_room(play.now) && play.topic.held() == 0);
}

#[test]
fn what_comes_back_under_other_rules_takes_room_again() {
    let rules = |acknowledge| Rules { acknowledge, redelivery: Some(ms(5)), ..Rules::default() };
    let mut play = Play::new(rules(Acknowledge::AfterWork), 1, ms(1));
    (play.way, play.failing) = (ms(10), 1.0);
    play.publish_every(ms(1), 20);
    // Some have failed and come back later; others are at the consumer, or on the way.
    play.run_until(at(0) + ms(15));
    play.topic.set_rules(play.now, &rules(Acknowledge::BeforeWork));
    play.failing = 0.0;
    play.run_until(at(10));
    assert_eq!((play.published, play.topic.held(), play.topic.backlog.now), (20, 0, 0));
}

#[test]
fn messages_of_one_partition_are_worked_on_in_order_whatever_happens() {
    let rules = Rules {
        partitions: Some(1),
        session_timeout: Span::from_secs(2),
        heartbeat: Span::from_secs(1),
        redelivery: Some(ms(30)),
        ..Rules::default()
    };
    let mut play = Play::new(rules, 3, ms(5));
    play.way = ms(1);
    play.failing = 0.2;
    play.publish_every(ms(10), 1_000);
    for second in 1..12_u64 {
        let instance = (second % 3) as u32;
        play.agenda.schedule(at(second), Event::Die { instance, silent: second % 2 == 0 });
        play.agenda.schedule(at(second) + ms(700), Event::Join(instance));
    }
    play.run_until(at(120));
    let mut first: Vec<u64> = Vec::new();
    let mut seen = BTreeSet::new();
    first.extend(play.worked.iter().filter(|number| seen.insert(**number)));
    assert_eq!(first, (0..1_000).collect::<Vec<_>>());
}

#[test]
fn whatever_dies_whenever_no_message_is_forgotten_or_done_twice_against_the_rules() {
    for run in 0..400_u64 {
        let mut draws = Stream::new(run, "crashes", "topic");
        let mut chance = |of: u64| (draws.unit() * of as f64) as u64 % of;
        let acknowledge = match chance(3) {
            0 => Acknowledge::AfterWork,
            1 => Acknowledge::BeforeWork,
            _ => Acknowledge::Every(ms(200)),
        };
        let hasty = chance(3) == 0;
        let rules = Rules {
            partitions: (chance(2) == 0).then(|| 1 + chance(5) as u32),
            prefetch: 1 + chance(6) as u32,
            concurrency: 1 + chance(3) as u32,
            acknowledge,
            visibility: ms(if hasty { 12 } else { 500 }),
            redelivery: (chance(2) == 0).then(|| ms(20)),
            // Who takes longer than the visibility timeout gets the message again and again.
            deliveries: if hasty || chance(2) == 0 { 3 } else { 1_000 },
            idempotent: chance(2) == 0,
            session_timeout: ms(300),
            heartbeat: ms(100),
            ..Rules::default()
        };
        let idempotent = rules.idempotent;
        let mut play = Play::new(rules, 3, ms(1 + chance(20)));
        play.way = ms(chance(4));
        play.failing = if chance(2) == 0 { 0.1 } else { 0.0 };
        play.publish_every(ms(7), 150);
        for _ in 0..chance(8) {
            let (when, instance) = (SimTime::START + ms(chance(1_100)), chance(3) as u32);
            play.agenda.schedule(when, Event::Die { instance, silent: chance(2) == 0 });
            play.agenda.schedule(when + ms(chance(600)), Event::Join(instance));
        }
        play.agenda.schedule(at(2), Event::Join(0));
        play.run_until(at(300));
        let tally = play.topic.tally;
        let about = format!("run {run}: {:?} {tally:?}", play.topic.rules);
        assert_eq!(tally.published, tally.done + tally.dead + tally.lost, "{about}");
        play.topic.commit_all(at(301));
        assert_eq!((play.topic.held(), play.topic.backlog.now), (0, 0), "{about}");
        assert!(play.topic.members.iter().all(|member| member.outstanding == 0), "{about}");
        assert_eq!(tally.done + tally.duplicates, play.worked.len() as u64, "{about}");
        match acknowledge {
            Acknowledge::BeforeWork => assert_eq!((tally.duplicates, tally.redeliveries), (0, 0), "{about}"),
            _ => assert_eq!(tally.lost, 0, "{about}"),
        }
        if idempotent && play.topic.rules.visibility == ms(500) {
            assert_eq!(tally.duplicates, 0, "{about}");
        }
    }
}
