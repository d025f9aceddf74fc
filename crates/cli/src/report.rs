//! The report of a run, for a person.

use std::fmt::Write;

use archlab_engine::measure::report::{Episode, GroupReport, Tally};
use archlab_engine::{Reason, Report};
use archlab_model::{Design, Fault, InstanceId, Layout, MachineId, Site, Span};
use archlab_words::story::{Names, duration, reason, story};
use archlab_words::{Lang, fill, of, text};

use crate::table::Table;

/// The report of a run of `design`.
pub fn write(lang: Lang, design: &Design, report: &Report) -> String {
    let mut out = String::new();
    let title = of(lang, &design.title);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("title", &title), ("elapsed", &duration(lang, report.elapsed)), ("seed", &design.scenario.seed)];
    let _ = writeln!(out, "{}", fill(lang, "cli.run.title", &values).trim_start());
    for group in &report.groups {
        write_group(&mut out, lang, design, report, group);
    }
    write_machines(&mut out, lang, design, report);
    out
}

/// `1234567` as `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn write_group(out: &mut String, lang: Lang, design: &Design, report: &Report, group: &GroupReport) {
    let layout = design.groups.get(&group.group).map(|group| group.layout).unwrap_or_default();
    let layout = match layout {
        Layout::Cluster => text(lang, "cli.layout.cluster"),
        Layout::Distributed => text(lang, "cli.layout.distributed"),
        Layout::Microservice => text(lang, "cli.layout.microservice"),
        Layout::Free => text(lang, "cli.layout.free"),
    };
    let _ =
        writeln!(out, "\n{}", fill(lang, "cli.run.group", &[("group", &group.group), ("layout", &layout)]));
    write_requests(out, lang, report, group);
    write_kinds(out, lang, design, group);
    write_services(out, lang, group);
    write_stores(out, lang, group);
    write_story(out, lang, design, group);
}

fn write_requests(out: &mut String, lang: Lang, report: &Report, group: &GroupReport) {
    heading(out, lang, "cli.run.requests");
    let total = &group.total;
    let mut table = Table::headed(&[text(lang, "cli.run.issued"), count(total.issued)], 1);
    table.row(vec![text(lang, "cli.run.succeeded"), count(total.succeeded)]);
    table.row(vec![text(lang, "cli.run.failed"), count(total.failures())]);
    for (why, failed) in failures(total) {
        table.row(vec![format!("  {}", reason(lang, why)), count(failed)]);
    }
    table.row(vec![text(lang, "cli.run.in_flight"), count(total.in_flight)]);
    table.row(vec![text(lang, "cli.run.availability"), availability(total)]);
    let per_second = total.succeeded as f64 / report.elapsed.as_secs_f64().max(1e-9);
    table.row(vec![text(lang, "cli.run.throughput"), format!("{per_second:.1} /s")]);
    table.row(vec![text(lang, "cli.run.retries"), count(group.retries)]);
    table.row(vec![text(lang, "cli.run.wasted"), count(group.wasted)]);
    table.write(out);

    heading(out, lang, "cli.run.latency");
    let latency = &group.latency;
    let headings =
        [text(lang, "cli.run.mean"), "p50".into(), "p95".into(), "p99".into(), text(lang, "cli.run.max")];
    let mut table = Table::headed(&headings, 0);
    let values = [latency.mean, latency.p50, latency.p95, latency.p99, latency.max];
    table.row(
        values.iter().map(|span| if total.succeeded > 0 { duration(lang, *span) } else { none() }).collect(),
    );
    table.write(out);
}

fn write_kinds(out: &mut String, lang: Lang, design: &Design, group: &GroupReport) {
    heading(out, lang, "cli.run.kinds");
    let headings = [
        text(lang, "cli.run.kind"),
        text(lang, "cli.run.issued"),
        text(lang, "cli.run.succeeded"),
        text(lang, "cli.run.failed"),
        text(lang, "cli.run.availability"),
    ];
    let mut table = Table::headed(&headings, 1);
    for (kind, tally) in &group.kinds {
        let title = design.business.requests.get(kind).and_then(|kind| kind.title.as_ref());
        let name = title.map_or(kind.as_str().into(), |title| of(lang, title));
        let counts = [tally.issued, tally.succeeded, tally.failures()].map(count);
        table.row([name.into_owned()].into_iter().chain(counts).chain([availability(tally)]).collect());
    }
    table.write(out);
}

fn write_services(out: &mut String, lang: Lang, group: &GroupReport) {
    heading(out, lang, "cli.run.services");
    let headings = [
        text(lang, "cli.run.service"),
        text(lang, "cli.run.machine"),
        text(lang, "cli.run.workers_busy"),
        text(lang, "cli.run.mean_queue"),
        text(lang, "cli.run.finished"),
        text(lang, "cli.run.attempts_failed"),
    ];
    let mut table = Table::headed(&headings, 2);
    for service in &group.services {
        let finished = service.instances.iter().map(|instance| instance.finished).sum();
        let failed = |failed: &[u64; Reason::COUNT]| failed.iter().sum::<u64>();
        let all_failed = service.instances.iter().map(|instance| failed(&instance.failed)).sum();
        // A service of one instance is that instance.
        let lone = match service.instances.as_slice() {
            [] => text(lang, "cli.run.nowhere"),
            [instance] => instance.machine.to_string(),
            _ => String::new(),
        };
        table.row(vec![
            service.service.to_string(),
            lone,
            percent(service.utilisation),
            queue(service.mean_queue),
            count(finished),
            count(all_failed),
        ]);
        if service.instances.len() > 1 {
            for instance in &service.instances {
                table.row(vec![
                    format!("  {}/{}", instance.instance.service, instance.instance.number),
                    instance.machine.to_string(),
                    percent(instance.utilisation),
                    queue(instance.mean_queue),
                    count(instance.finished),
                    count(failed(&instance.failed)),
                ]);
            }
        }
    }
    table.write(out);
}

fn write_stores(out: &mut String, lang: Lang, group: &GroupReport) {
    let headings = [
        text(lang, "cli.run.store"),
        text(lang, "cli.run.connections_busy"),
        text(lang, "cli.run.mean_queue"),
        text(lang, "cli.run.finished"),
    ];
    let mut table = Table::headed(&headings, 1);
    for store in &group.stores {
        table.row(vec![
            store.store.to_string(),
            percent(store.utilisation),
            queue(store.mean_queue),
            count(store.finished),
        ]);
    }
    if !table.is_empty() {
        heading(out, lang, "cli.run.stores");
        table.write(out);
    }
}

fn write_machines(out: &mut String, lang: Lang, design: &Design, report: &Report) {
    heading(out, lang, "cli.run.machines");
    let headings = [
        text(lang, "cli.run.machine"),
        text(lang, "cli.run.cores"),
        text(lang, "cli.run.cores_busy"),
        text(lang, "cli.run.mean_queue"),
    ];
    let mut table = Table::headed(&headings, 1);
    for machine in &report.machines {
        let cores = design.machines.get(&machine.machine).map_or(0, |machine| machine.cores);
        table.row(vec![
            machine.machine.to_string(),
            cores.to_string(),
            percent(machine.utilisation),
            queue(machine.mean_queue),
        ]);
    }
    table.write(out);
}

/// What its faults did to a group, in sentences.
fn write_story(out: &mut String, lang: Lang, design: &Design, group: &GroupReport) {
    // A machine that had nothing on it is no story; a link or a store that is at fault is one.
    let idle = |fault: &Fault| matches!(fault, Fault::PowerOff(_) | Fault::ZoneDown(_));
    let told = |episode: &&Episode| !episode.instances.is_empty() || !idle(&episode.fault);
    for episode in group.episodes.iter().filter(told) {
        heading(out, lang, "cli.run.story");
        for line in story(lang, episode, &Titles { lang, design }) {
            let at = line.at.map(|at| clock(at.since(archlab_model::SimTime::START)));
            let _ = writeln!(out, "  {:>9}  {}", at.unwrap_or_default(), line.words);
        }
    }
}

/// Parts called by their titles, where they have one.
struct Titles<'a> {
    lang: Lang,
    design: &'a Design,
}

impl Names for Titles<'_> {
    fn machine(&self, id: &MachineId) -> String {
        let title = self.design.machines.get(id).and_then(|machine| machine.title.as_ref());
        title.map_or_else(|| id.to_string(), |title| of(self.lang, title).into_owned())
    }
    fn instance(&self, id: &InstanceId) -> String {
        format!("{}/{}", id.service, id.number)
    }
    fn site(&self, site: &Site) -> String {
        match site {
            Site::Instance(id) => self.instance(id),
            Site::Store(name) => name.store.to_string(),
            Site::Named(name) => match self.design.machines.get_key_value(name.as_str()) {
                Some((id, _)) => self.machine(id),
                None => name.to_string(),
            },
        }
    }
}

fn heading(out: &mut String, lang: Lang, key: &str) {
    let _ = writeln!(out, "\n{}", text(lang, key));
}

/// Why requests failed and how many each time, without the reasons that did not occur.
fn failures(tally: &Tally) -> impl Iterator<Item = (Reason, u64)> {
    Reason::ALL.into_iter().zip(tally.failed).filter(|(_, failed)| *failed > 0)
}

fn availability(tally: &Tally) -> String {
    tally.availability().map_or_else(none, |share| {
        // Rounded down: what is not quite all is not written as all.
        format!("{:.2} %", (share * 1e4).floor() / 100.0)
    })
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn queue(mean: f64) -> String {
    format!("{mean:.2}")
}

fn none() -> String {
    "-".to_owned()
}

/// A time of the run: `20.00 s`.
fn clock(since_start: Span) -> String {
    format!("{:.2} s", since_start.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 999, 1_000, 12_345, 1_234_567].map(count);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
