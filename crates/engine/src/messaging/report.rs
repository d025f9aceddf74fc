//! What the topics of a group amount to, in numbers.

use crate::measure::report::TopicReport;
use crate::world::World;

impl World {
    /// The measures of the topics of a group.
    pub fn topic_reports(&self, group: u32) -> Vec<TopicReport> {
        let there = (0..).zip(&self.channels).filter(|(_, channel)| channel.present);
        let here = there.filter(|(_, channel)| channel.plan.group == group);
        here.map(|(index, _)| self.topic_report(index)).collect()
    }

    fn topic_report(&self, index: u32) -> TopicReport {
        let channel = &self.channels[index as usize];
        let (tally, backlog) = (channel.topic.tally, &channel.topic.backlog);
        TopicReport {
            function: self.names.roster.topics[index as usize].1.clone(),
            published: tally.published,
            unsent: tally.unsent,
            full: tally.full,
            deliveries: tally.deliveries,
            redeliveries: tally.redeliveries,
            failed: tally.failed,
            done: tally.done,
            duplicates: tally.duplicates,
            recognised: tally.recognised,
            dead: tally.dead,
            lost: tally.lost,
            backlog: backlog.now,
            mean_backlog: backlog.mean(self.now),
            most_backlog: backlog.most,
            outbox: channel.outbox.len() as u64,
            blocked: channel.blocked.len() as u32,
            oldest: channel.topic.oldest(self.now),
            mean_delay: backlog.mean_delay(tally.done),
            longest_delay: backlog.longest_delay(),
        }
    }

    /// Messages in the topics that a store is the broker of.
    pub fn backlog_of(&self, store: u32) -> u32 {
        let here = self.channels.iter().filter(|channel| channel.present && channel.plan.broker == store);
        here.map(|channel| channel.topic.backlog.now).sum()
    }
}
