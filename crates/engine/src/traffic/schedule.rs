//! Requests at given instants: batches, and what was recorded somewhere.

use archlab_model::{SimTime, Span};

/// Instants, each with the number of requests at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// In order, nanoseconds after the start of the run (or of a round).
    instants: Vec<(u64, u32)>,
    /// After how long all begins again.
    round: Option<u64>,
}

impl Schedule {
    /// `count` requests at `at`, and again each `every`.
    pub fn batch(count: u32, at: Span, every: Option<Span>) -> Schedule {
        let every = every.map(|every| every.as_nanos().max(1));
        let (first, begins) = (at.as_nanos(), u64::from(count > 0));
        Schedule { instants: vec![(first, count); begins as usize], round: every }
    }

    /// A request at each instant `at`.
    pub fn recorded(at: &[Span], every: Option<Span>) -> Schedule {
        let mut sorted: Vec<u64> = at.iter().map(|at| at.as_nanos()).collect();
        sorted.sort_unstable();
        let mut instants: Vec<(u64, u32)> = Vec::new();
        for at in sorted {
            match instants.last_mut() {
                Some((last, count)) if *last == at => *count += 1,
                _ => instants.push((at, 1)),
            }
        }
        // Beginning again before the end would mix the rounds.
        let last = instants.last().map_or(0, |(last, _)| *last);
        Schedule { instants, round: every.map(|every| every.as_nanos().max(last + 1)) }
    }

    /// The first instant at `from` or later.
    pub fn from(&self, from: SimTime) -> Option<SimTime> {
        let &(first, _) = self.instants.first()?;
        let from = from.as_nanos();
        let begin = match self.round {
            // The round begins with the first instant.
            Some(round) if from > first => (from - first) / round * round,
            _ => 0,
        };
        let place = self.instants.partition_point(|(at, _)| begin.saturating_add(*at) < from);
        let at = match (self.instants.get(place), self.round) {
            (Some((at, _)), _) => begin.checked_add(*at)?,
            (None, Some(round)) => begin.checked_add(round)?.checked_add(first)?,
            (None, None) => return None,
        };
        Some(SimTime::from_nanos(at))
    }

    /// How many requests there are at `at`.
    pub fn count_at(&self, at: SimTime) -> u32 {
        let Some(&(first, _)) = self.instants.first() else { return 0 };
        let Some(since) = at.as_nanos().checked_sub(first) else { return 0 };
        let place = first + self.round.map_or(since, |round| since % round);
        let found = self.instants.binary_search_by_key(&place, |(at, _)| *at);
        found.map_or(0, |found| self.instants[found].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> SimTime {
        SimTime::START + Span::from_secs(secs)
    }

    /// What a schedule does from `from` on until 100 s: instants in seconds, with their numbers.
    fn play(schedule: &Schedule, from: u64) -> Vec<(u64, u32)> {
        let mut played = Vec::new();
        let mut next = schedule.from(secs(from));
        while let Some(at) = next.filter(|at| *at < secs(100)) {
            played.push((at.as_nanos() / 1_000_000_000, schedule.count_at(at)));
            next = schedule.from(at + Span::from_nanos(1));
        }
        played
    }

    #[test]
    fn a_batch_comes_once_or_again_and_again() {
        let once = Schedule::batch(10, Span::from_secs(5), None);
        assert_eq!(play(&once, 0), [(5, 10)]);
        assert_eq!(play(&once, 5), [(5, 10)]);
        assert_eq!(play(&once, 6), []);
        let again = Schedule::batch(3, Span::from_secs(5), Some(Span::from_secs(40)));
        assert_eq!(play(&again, 0), [(5, 3), (45, 3), (85, 3)]);
        assert_eq!(play(&again, 45), [(45, 3), (85, 3)]);
        assert_eq!(play(&again, 46), [(85, 3)]);
        assert_eq!(play(&Schedule::batch(0, Span::ZERO, Some(Span::from_secs(1))), 0), []);
    }

    #[test]
    fn a_recording_is_played_as_it_was() {
        let at = [2, 1, 2, 30].map(Span::from_secs);
        assert_eq!(play(&Schedule::recorded(&at, None), 0), [(1, 1), (2, 2), (30, 1)]);
        let again = Schedule::recorded(&at, Some(Span::from_secs(50)));
        assert_eq!(play(&again, 0), [(1, 1), (2, 2), (30, 1), (51, 1), (52, 2), (80, 1)]);
        assert_eq!(play(&again, 31), [(51, 1), (52, 2), (80, 1)]);
        assert_eq!(play(&Schedule::recorded(&[], Some(Span::from_secs(50))), 0), []);
    }

    #[test]
    fn rounds_that_would_overlap_follow_one_another() {
        let at = [0, 10].map(Span::from_secs);
        let schedule = Schedule::recorded(&at, Some(Span::from_secs(5)));
        // 0, 10, just after 10, just after 20, ... just after 90.
        assert_eq!(play(&schedule, 0).len(), 19);
    }
}
