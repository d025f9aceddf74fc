//! Faults and repairs in words.

use archlab_model::fault::{Bug, Cut, Fault, Partition, Site, Skew, Trouble};

use crate::story::{Names, duration};
use crate::{Lang, fill, text};

/// What happens, in a sentence: a fault or a repair.
pub fn fault(lang: Lang, fault: &Fault, names: &dyn Names) -> String {
    let words = Writer { lang, names };
    match fault {
        Fault::Crash(id) => words.instance("story.crash", id),
        Fault::Stop(id) => words.instance("story.stop", id),
        Fault::PowerOff(id) => words.machine("story.power_off", id),
        Fault::ZoneDown(zone) => words.one("story.zone_down", "zone", zone.as_str()),
        Fault::Slow(slow) => {
            let values = [("part", names.site(&slow.of)), ("factor", number(slow.factor))];
            words.some("story.slow", &values)
        }
        Fault::Errors(errors) => {
            let values = [("part", words.bug(&errors.of)), ("percent", percent(errors.rate))];
            words.some("story.errors", &values)
        }
        Fault::Hang(hang) => {
            words.instance(if hang.checks_pass { "story.hang_gray" } else { "story.hang" }, &hang.of)
        }
        Fault::Cut(Cut { between, one_way }) => {
            words.between(if *one_way { "story.cut_one_way" } else { "story.cut" }, between, &[])
        }
        Fault::Partition(Partition { sides: (one, other), one_way }) => {
            let key = if *one_way { "story.partition_one_way" } else { "story.partition" };
            words.some(key, &[("one", words.side(one)), ("other", words.side(other))])
        }
        Fault::Loss(loss) => {
            words.between("story.loss", &loss.between, &[("percent", percent(loss.probability))])
        }
        Fault::Delay(delay) => {
            words.between("story.delay", &delay.between, &[("extra", duration(lang, delay.extra))])
        }
        Fault::Spike(spike) => {
            let client = names.site(&Site::named(spike.of.as_str()));
            words.some("story.spike", &[("client", client), ("factor", number(spike.factor))])
        }
        Fault::Leak(leak) => {
            let values = [("part", names.instance(&leak.of)), ("requests", leak.requests.to_string())];
            words.some("story.leak", &values)
        }
        Fault::FullQueue(id) => words.instance("story.full_queue", id),
        Fault::LostPrimary(store) => words.site("story.lost_primary", &Site::Store(store.clone())),
        Fault::StoreCrash(store) => words.site("story.store_crash", &Site::Store(store.clone())),
        Fault::Skew(skew) => words.skew(skew),
        Fault::Restart(_) | Fault::PowerOn(_) | Fault::ZoneUp(_) | Fault::Repair(_) => {
            fault.ends().map_or_else(String::new, |trouble| repair(lang, &trouble, names))
        }
    }
}

/// What the end of a trouble is, in a sentence.
pub fn repair(lang: Lang, trouble: &Trouble, names: &dyn Names) -> String {
    let words = Writer { lang, names };
    match trouble {
        Trouble::Crash(id) => words.instance("story.restart", id),
        Trouble::PowerOff(id) => words.machine("story.power_on", id),
        Trouble::ZoneDown(zone) => words.one("story.zone_up", "zone", zone.as_str()),
        Trouble::Slow(site) => words.site("story.slow_over", site),
        Trouble::Errors(bug) => words.one("story.errors_over", "part", &words.bug(bug)),
        Trouble::Hang(id) => words.instance("story.hang_over", id),
        Trouble::Cut(between) => words.between("story.cut_over", between, &[]),
        Trouble::Partition(_) => text(lang, "story.partition_over"),
        Trouble::Loss(between) => words.between("story.loss_over", between, &[]),
        Trouble::Delay(between) => words.between("story.delay_over", between, &[]),
        Trouble::Spike(id) => words.one("story.spike_over", "client", &names.site(&Site::named(id.as_str()))),
        Trouble::Leak(id) => words.instance("story.leak_over", id),
        Trouble::FullQueue(id) => words.instance("story.full_queue_over", id),
        Trouble::LostPrimary(store) => words.site("story.lost_primary_over", &Site::Store(store.clone())),
        Trouble::StoreCrash(store) => words.site("story.store_restart", &Site::Store(store.clone())),
        Trouble::Skew(site) => words.site("story.skew_over", site),
    }
}

struct Writer<'a> {
    lang: Lang,
    names: &'a dyn Names,
}

impl Writer<'_> {
    fn some(&self, key: &str, values: &[(&str, String)]) -> String {
        let values: Vec<(&str, &dyn std::fmt::Display)> =
            values.iter().map(|(name, value)| (*name, value as &dyn std::fmt::Display)).collect();
        fill(self.lang, key, &values)
    }

    fn one(&self, key: &str, name: &'static str, value: &str) -> String {
        fill(self.lang, key, &[(name, &value)])
    }

    fn instance(&self, key: &str, id: &archlab_model::InstanceId) -> String {
        let name = self.names.instance(id);
        fill(self.lang, key, &[("instance", &name), ("part", &name)])
    }

    fn machine(&self, key: &str, id: &archlab_model::MachineId) -> String {
        fill(self.lang, key, &[("machine", &self.names.machine(id))])
    }

    fn site(&self, key: &str, site: &Site) -> String {
        self.one(key, "part", &self.names.site(site))
    }

    fn between(&self, key: &str, between: &(Site, Site), more: &[(&str, String)]) -> String {
        let mut values = vec![("one", self.names.site(&between.0)), ("other", self.names.site(&between.1))];
        values.extend(more.iter().cloned());
        self.some(key, &values)
    }

    fn side(&self, side: &[Site]) -> String {
        /// Parts of a side that are named; of a longer one the number of the others.
        const NAMED: usize = 4;
        if side.is_empty() {
            return text(self.lang, "story.everything_else");
        }
        let mut named: Vec<String> = side.iter().take(NAMED).map(|site| self.names.site(site)).collect();
        if side.len() > NAMED {
            named.push(format!("+{}", side.len() - NAMED));
        }
        named.join(", ")
    }

    fn bug(&self, bug: &Bug) -> String {
        match bug {
            Bug::Instance(id) => self.names.instance(id),
            Bug::Function(id) => id.to_string(),
        }
    }

    fn skew(&self, skew: &Skew) -> String {
        let part = self.names.site(&skew.of);
        if skew.rate != 1.0 {
            return self.some("story.skew_rate", &[("part", part), ("rate", number(skew.rate))]);
        }
        if skew.behind > skew.ahead {
            let by = duration(self.lang, skew.behind - skew.ahead);
            return self.some("story.skew_behind", &[("part", part), ("by", by)]);
        }
        let by = duration(self.lang, skew.ahead - skew.behind);
        self.some("story.skew_ahead", &[("part", part), ("by", by)])
    }
}

fn number(value: f64) -> String {
    format!("{value}")
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1e4).round() / 100.0)
}
