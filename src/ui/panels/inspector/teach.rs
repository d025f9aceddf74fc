//! What the present settings mean, in numbers, as sentences.

use archlab_model::property::{Section, Subject};
use archlab_model::{Balancing, NobodyHealthy, Policies, Rhythm, Span};

use super::section::Sheet;
use super::teach_more;
use crate::ui::i18n::Words;
use crate::ui::panels::field::said::{length, number};

/// What the settings in a section mean; nothing of several groups at once.
pub(super) fn sentences(sheet: &Sheet<'_>, section: &Section) -> Vec<String> {
    let [Subject::Group(id) | Subject::Store(id, _) | Subject::Service(id, _)] =
        sheet.hands.subjects.as_slice()
    else {
        return Vec::new();
    };
    let Some(group) = sheet.names.design.groups.get(id) else { return Vec::new() };
    of(sheet.names.words, &section.path, &group.policies, group.machines().count() as u32)
}

/// What the settings at `path` mean in a group of so many machines.
pub(super) fn of(words: Words, path: &str, policies: &Policies, machines: u32) -> Vec<String> {
    let say = |span: Span| length(words, span);
    match path {
        "entry/balancing" => balancing(words, policies, machines),
        "entry/balancing/slow_start" => {
            let Some(start) = &policies.balancer.slow_start else { return Vec::new() };
            let half = 100.0 * 0.5f64.powf(1.0 / start.aggression).max(f64::from(start.least) / 100.0);
            let half = number(half.round());
            let values: [(&str, &dyn std::fmt::Display); 4] = [
                ("least", &start.least),
                ("half", &say(Span::from_nanos(start.window.as_nanos() / 2))),
                ("share", &half),
                ("window", &say(start.window)),
            ];
            vec![words.fill("teach.slow_start", &values)]
        }
        "entry/health" => health(words, policies),
        "entry/health/passive" => {
            let Some(passive) = &policies.health.passive else { return Vec::new() };
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("fails", &passive.max_fails), ("time", &say(passive.fail_timeout))];
            vec![words.fill("teach.passive", &values)]
        }
        "entry/health/outliers" => {
            let Some(outliers) = &policies.health.outliers else { return Vec::new() };
            let most = (u64::from(machines) * u64::from(outliers.most) / 100).max(1);
            let values: [(&str, &dyn std::fmt::Display); 5] = [
                ("fails", &outliers.consecutive),
                ("first", &say(outliers.base)),
                ("second", &say(outliers.base * 2)),
                ("longest", &say(outliers.longest)),
                ("most", &most),
            ];
            vec![words.fill("teach.outliers", &values)]
        }
        "entry/discovery" => {
            let Some(discovery) = &policies.discovery else { return Vec::new() };
            let copies = discovery.copies.iter().fold(Span::ZERO, |sum, copy| sum + *copy);
            let soonest = discovery.lease - discovery.heartbeat;
            let latest = discovery.lease + discovery.sweep + copies;
            vec![words.fill(
                "teach.discovery",
                &[("soonest", &say(soonest)), ("latest", &say(latest)), ("copies", &say(copies))],
            )]
        }
        "calls/timeouts" => {
            let timeouts = &policies.timeouts;
            let whole = timeouts.connect + timeouts.response;
            vec![words.fill("teach.timeouts", &[("connect", &say(timeouts.connect)), ("whole", &say(whole))])]
        }
        "calls/retry" => retry(words, policies),
        _ => teach_more::of(words, path, policies, machines),
    }
}

fn balancing(words: Words, policies: &Policies, machines: u32) -> Vec<String> {
    let mut said = Vec::new();
    if machines > 0 && policies.balancing == Balancing::ConsistentHash {
        let moved = number((100.0 / f64::from(machines)).round());
        said.push(words.fill("teach.consistent_hash", &[("count", &machines), ("share", &moved)]));
    }
    if machines > 1 && policies.balancing == Balancing::SourceHash {
        let moved = number((100.0 - 100.0 / f64::from(machines)).round());
        said.push(words.fill("teach.source_hash", &[("count", &machines), ("share", &moved)]));
    }
    if let NobodyHealthy::Panic(percent) = policies.balancer.nobody_healthy {
        let fewer = (u64::from(percent) * u64::from(machines)).div_ceil(100);
        said.push(words.fill("teach.panic", &[("fewer", &fewer), ("count", &machines)]));
    }
    said
}

/// From when to when a dead instance is found out, refused or silent.
pub(super) fn detection(policies: &Policies) -> [(Span, Span); 2] {
    let health = &policies.health;
    let rounds = u64::from(health.fall);
    let before = health.interval * rounds.saturating_sub(1);
    match health.rhythm {
        Rhythm::Fixed => [
            (before, health.interval * rounds),
            (before + health.timeout, health.interval * rounds + health.timeout),
        ],
        _ => {
            let silent = before + health.timeout * rounds;
            [(before, health.interval * rounds), (silent, silent + health.interval)]
        }
    }
}

fn health(words: Words, policies: &Policies) -> Vec<String> {
    let health = &policies.health;
    if health.rhythm == Rhythm::Never {
        let key = match (&health.passive, &health.outliers) {
            (None, None) => "teach.no_checks",
            _ => "teach.no_active_checks",
        };
        return vec![words.t(key)];
    }
    let [refused, silent] = detection(policies);
    let say = |span: Span| length(words, span);
    let back = health.interval * u64::from(health.rise);
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("refused_from", &say(refused.0)),
        ("refused_to", &say(refused.1)),
        ("silent_from", &say(silent.0)),
        ("silent_to", &say(silent.1)),
        ("back", &say(back)),
    ];
    vec![words.fill("teach.health", &values)]
}

fn retry(words: Words, policies: &Policies) -> Vec<String> {
    let attempts = policies.retry.attempts;
    let mut said = Vec::new();
    if attempts == 1 {
        return vec![words.t("teach.no_retries")];
    }
    let worst = policies.timeouts.connect * u64::from(attempts);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("retries", &(attempts - 1)), ("attempts", &attempts), ("worst", &length(words, worst))];
    said.push(words.fill("teach.retry", &values));
    let layers = u64::from(attempts).pow(3);
    said.push(words.fill("teach.layers", &[("attempts", &attempts), ("calls", &number(layers as f64))]));
    said
}

#[cfg(test)]
mod tests {
    use archlab_model::HealthCheck;
    use archlab_words::Lang;

    use super::*;

    fn told(path: &str, policies: &Policies) -> String {
        of(Words { lang: Lang::En }, path, policies, 4).join(" ")
    }

    #[test]
    fn detection_is_told_as_it_is_measured() {
        let with = |health| Policies { health, ..Policies::default() };
        let secs = |from, to| (Span::from_secs(from), Span::from_secs(to));
        assert_eq!(detection(&Policies::default()), [secs(4, 6), secs(10, 12)], "HAProxy");
        assert_eq!(detection(&with(HealthCheck::aws())), [secs(30, 60), secs(35, 65)]);
        assert_eq!(detection(&with(HealthCheck::kubernetes())), [secs(20, 30), secs(21, 31)]);
        let said = told("entry/health", &Policies::default());
        assert!(said.contains("4 s to 6 s") && said.contains("10 s to 12 s"), "{said}");
    }

    #[test]
    fn every_sentence_has_its_numbers_filled_in() {
        let mut policies = crate::ui::panels::inspector::teach_more::everything_on();
        let places = [
            "entry/balancing",
            "entry/balancing/slow_start",
            "entry/health",
            "entry/health/passive",
            "entry/health/outliers",
            "entry/discovery",
            "calls/timeouts",
            "calls/retry",
            "calls/retry/backoff",
            "calls/guards/breaker",
            "calls/guards/bulkhead",
            "calls/guards/hedging",
            "calls/guards/retry_budget",
            "calls/guards/throttle",
            "entry/entry_limit",
            "instances/capacity",
            "instances/shedding/codel",
            "instances/process",
            "instances/process/warm_up",
            "instances/process/restart",
            "instances/shutdown",
            "instances/placement",
            "instances/autoscaling",
            "stores/sessions",
            "stores/replication",
            "stores/keys",
            "stores/pool",
            "stores/cache",
            "messages/topic",
            "messages/transactions",
            "messages/transactions/election",
        ];
        for lang in Lang::ALL {
            for path in places {
                let said = of(Words { lang }, path, &policies, 4);
                assert!(!said.is_empty(), "{path} says something");
                for sentence in said {
                    assert!(!sentence.contains("%{") && !sentence.contains("teach."), "{path}: {sentence}");
                }
            }
        }
        policies.retry.attempts = 4;
        assert!(told("calls/retry", &policies).contains("64"), "four attempts over three layers");
        policies.discovery = Some(archlab_model::Discovery::eureka());
        assert!(told("entry/discovery", &policies).contains("5 min"), "Eureka's worst case");
    }
}
