//! Faults at random: parts that fail and are repaired again and again.

use std::collections::VecDeque;

use archlab_model::{Fault, SimTime, Span, Trouble};

use crate::random::{Sampler, Stream, Ziggurat};

/// Most parts that fail at random. Further ones never fail.
pub const MAX_VICTIMS: usize = 20_000;
/// The shortest mean time: shorter ones would be all that a run does.
const SHORTEST: Span = Span::from_millis(1);

/// A part that fails at random.
#[derive(Debug, Clone)]
pub struct Victim {
    /// How it fails.
    pub fault: Fault,
    /// What that is, and what a repair of it ends.
    pub trouble: Trouble,
    /// Which entry of the scenario it belongs to.
    pub entry: usize,
    up: Sampler,
    down: Sampler,
    stream: Stream,
    state: State,
    /// Whether the scenario still has it. One that it has not is repaired a last time.
    pub kept: bool,
    /// An event of an older number is void.
    pub epoch: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It will fail.
    Up,
    /// It will be repaired.
    Down,
    /// It waits for a crew.
    Waiting,
    /// It is left alone.
    Spared,
}

/// What is to be done now, and when to ask again.
#[derive(Debug, Clone, PartialEq)]
pub enum Stroke {
    /// This fault strikes.
    Fails(Fault),
    /// This is repaired.
    Repaired(Trouble),
}

/// Crews that repair the parts of one entry.
#[derive(Debug, Clone, Default)]
struct Crews {
    /// How many there are; `None`: as many as are needed.
    count: Option<u32>,
    busy: u32,
    waiting: VecDeque<u32>,
}

/// All that fails at random.
#[derive(Debug, Clone, Default)]
pub struct Chaos {
    pub victims: Vec<Victim>,
    crews: Vec<Crews>,
}

/// An entry of the scenario, with each of its parts.
#[derive(Debug, Clone)]
pub struct Entry {
    pub faults: Vec<Fault>,
    pub mttf: Span,
    pub mttr: Span,
    pub crews: Option<u32>,
}

/// When a victim is to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub victim: u32,
    pub at: SimTime,
    pub epoch: u32,
}

impl Chaos {
    /// The random streams of what fails.
    pub fn streams(&mut self) -> impl Iterator<Item = &mut Stream> {
        self.victims.iter_mut().map(|victim| &mut victim.stream)
    }

    /// Takes on the entries of a scenario. A part that was there goes on as it was, unless its times have changed
    /// and it is up; one that is gone is repaired in its time and then spared. What is to be scheduled.
    pub fn take_on(&mut self, now: SimTime, seed: u64, ziggurat: &Ziggurat, entries: &[Entry]) -> Vec<Due> {
        let mut dues = Vec::new();
        for victim in &mut self.victims {
            victim.kept = false;
        }
        // Crews know their victims by index, which stays; entries may have moved.
        let crews: Vec<Crews> = entries
            .iter()
            .map(|entry| Crews { count: entry.crews, busy: 0, waiting: VecDeque::new() })
            .collect();
        for (place, entry) in entries.iter().enumerate() {
            let up = exponential(entry.mttf);
            let down = exponential(entry.mttr);
            for fault in &entry.faults {
                let Some(trouble) = fault.trouble() else { continue };
                let known = self.victims.iter().position(|victim| victim.trouble == trouble);
                let index = match known {
                    Some(index) if self.victims[index].kept => continue,
                    Some(index) => index,
                    None if self.victims.len() < MAX_VICTIMS => {
                        let name =
                            trouble.sites().iter().map(ToString::to_string).collect::<Vec<_>>().join("~");
                        let part = format!("{}:{name}", trouble.kind());
                        self.victims.push(Victim {
                            fault: fault.clone(),
                            trouble,
                            entry: place,
                            up,
                            down,
                            stream: Stream::new(seed, "chaos", &part),
                            state: State::Spared,
                            kept: true,
                            epoch: 0,
                        });
                        self.victims.len() - 1
                    }
                    None => continue,
                };
                let victim = &mut self.victims[index];
                let same = victim.up == up;
                (victim.kept, victim.entry, victim.up, victim.down) = (true, place, up, down);
                victim.fault = fault.clone();
                if victim.state == State::Spared || (victim.state == State::Up && !same) {
                    victim.state = State::Up;
                    dues.push(victim.due(index, now, ziggurat));
                }
            }
        }
        for (index, victim) in self.victims.iter_mut().enumerate() {
            if !victim.kept && victim.state == State::Up {
                victim.state = State::Spared;
                victim.epoch = victim.epoch.wrapping_add(1);
            } else if victim.state == State::Waiting {
                // The crews are as the scenario has them now: whoever waited is seen to by the next free one.
                victim.state = State::Down;
                dues.push(victim.due(index, now, ziggurat));
            }
        }
        self.crews = crews;
        for victim in self.victims.iter().filter(|victim| victim.kept && victim.state == State::Down) {
            self.crews[victim.entry].busy += 1;
        }
        dues
    }

    /// The time of a victim has come. What happens, and what is to be scheduled.
    pub fn strike(
        &mut self,
        now: SimTime,
        ziggurat: &Ziggurat,
        index: u32,
        epoch: u32,
    ) -> (Option<Stroke>, Vec<Due>) {
        let Some(victim) = self.victims.get_mut(index as usize).filter(|victim| victim.epoch == epoch) else {
            return (None, Vec::new());
        };
        let mut dues = Vec::new();
        match victim.state {
            State::Up => {
                let stroke = Stroke::Fails(victim.fault.clone());
                let crews = self.crews.get_mut(victim.entry);
                match crews.filter(|crews| crews.count.is_some_and(|count| crews.busy >= count)) {
                    Some(crews) => {
                        victim.state = State::Waiting;
                        crews.waiting.push_back(index);
                    }
                    None => dues.push(self.repair(now, ziggurat, index)),
                }
                (Some(stroke), dues)
            }
            State::Down => {
                let stroke = Stroke::Repaired(victim.trouble.clone());
                let entry = victim.entry;
                if victim.kept {
                    victim.state = State::Up;
                    dues.push(victim.due(index as usize, now, ziggurat));
                    if let Some(crews) = self.crews.get_mut(entry) {
                        crews.busy = crews.busy.saturating_sub(1);
                        if let Some(next) = crews.waiting.pop_front() {
                            dues.push(self.repair(now, ziggurat, next));
                        }
                    }
                } else {
                    victim.state = State::Spared;
                }
                (Some(stroke), dues)
            }
            State::Waiting | State::Spared => (None, dues),
        }
    }

    /// A crew begins with a victim.
    fn repair(&mut self, now: SimTime, ziggurat: &Ziggurat, index: u32) -> Due {
        let victim = &mut self.victims[index as usize];
        victim.state = State::Down;
        if let Some(crews) = self.crews.get_mut(victim.entry) {
            crews.busy += 1;
        }
        victim.due(index as usize, now, ziggurat)
    }
}

impl Victim {
    fn due(&mut self, index: usize, now: SimTime, ziggurat: &Ziggurat) -> Due {
        let sampler = if self.state == State::Down { &self.down } else { &self.up };
        self.epoch = self.epoch.wrapping_add(1);
        let at = now + self.stream.draw(sampler, ziggurat);
        Due { victim: index as u32, at, epoch: self.epoch }
    }
}

fn exponential(mean: Span) -> Sampler {
    Sampler::Exponential { mean: mean.max(SHORTEST).as_nanos() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shares of time with 0, 1, 2, ... of `count` parts down, over `hours`.
    fn shares(count: usize, crews: Option<u32>, hours: u64, seed: u64) -> Vec<f64> {
        let hour = |n: u64| Span::from_secs(3600 * n);
        let faults = (1..=count)
            .map(|number| Fault::PowerOff(format!("m{number}").parse().expect("a name")))
            .collect();
        let entries = [Entry { faults, mttf: hour(99), mttr: hour(1), crews }];
        let (mut chaos, ziggurat) = (Chaos::default(), Ziggurat::default());
        let mut dues = chaos.take_on(SimTime::START, seed, &ziggurat, &entries);
        let (mut now, mut down) = (SimTime::START, 0);
        let mut spent = vec![0.0; count + 1];
        while now < SimTime::START + hour(hours) {
            let next = dues.iter().enumerate().min_by_key(|(_, due)| due.at).expect("somebody fails").0;
            let due = dues.swap_remove(next);
            spent[down] += due.at.since(now).as_secs_f64();
            now = due.at;
            let (stroke, more) = chaos.strike(now, &ziggurat, due.victim, due.epoch);
            match stroke {
                Some(Stroke::Fails(_)) => down += 1,
                Some(Stroke::Repaired(_)) => down -= 1,
                None => panic!("nothing is void here"),
            }
            dues.extend(more);
        }
        let total: f64 = spent.iter().sum();
        spent.iter().map(|spent| spent / total).collect()
    }

    /// Whether `expected` lies within four standard errors of the mean of ten replications.
    fn check(expected: f64, of: impl Fn(&[f64]) -> f64, count: usize, crews: Option<u32>) {
        let seen: Vec<f64> = (1..=10).map(|seed| of(&shares(count, crews, 2_000_000, seed))).collect();
        let mean = seen.iter().sum::<f64>() / 10.0;
        let variance = seen.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 9.0;
        let error = (variance / 10.0).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error}, not {expected}");
        assert!(error < 0.1 * expected);
    }

    #[test]
    fn a_part_is_up_for_its_mttf_of_each_mttf_and_mttr() {
        check(0.01, |down| down[1], 1, None);
    }

    #[test]
    fn with_a_crew_for_each_parts_fail_independently() {
        check(0.0001, |down| down[2], 2, None);
    }

    #[test]
    fn with_one_crew_both_are_down_nearly_twice_as_often() {
        check(0.00019998, |down| down[2], 2, Some(1));
    }

    #[test]
    fn a_part_that_leaves_the_scenario_is_repaired_a_last_time() {
        let fault = Fault::PowerOff("m1".into());
        let entry =
            Entry { faults: vec![fault], mttf: Span::from_secs(1), mttr: Span::from_secs(1), crews: None };
        let (mut chaos, ziggurat) = (Chaos::default(), Ziggurat::default());
        let first = chaos.take_on(SimTime::START, 1, &ziggurat, &[entry])[0];
        let (stroke, dues) = chaos.strike(first.at, &ziggurat, first.victim, first.epoch);
        assert!(matches!(stroke, Some(Stroke::Fails(_))));
        assert_eq!(chaos.take_on(first.at, 1, &ziggurat, &[]), []);
        let (stroke, more) = chaos.strike(dues[0].at, &ziggurat, dues[0].victim, dues[0].epoch);
        assert_eq!(stroke, Some(Stroke::Repaired(Trouble::PowerOff("m1".into()))));
        assert_eq!(more, []);
    }
}
