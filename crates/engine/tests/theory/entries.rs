//! The entries of the validation table.

use serde::Deserialize;

/// One row of the table.
#[derive(Debug, Deserialize)]
pub struct Entry {
    pub id: String,
    pub params: Params,
    pub value: f64,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
pub struct Params {
    #[serde(default)]
    lam: f64,
    pub servers: u32,
    #[serde(default)]
    rho: Option<f64>,
}

/// What a row tells of a queue. Times are in mean service times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// Mean time from arrival to departure.
    Sojourn,
    /// Mean time from arrival to the start of service.
    Wait,
    /// Requests there, averaged over time.
    InSystem,
    /// Requests waiting, averaged over time.
    InQueue,
    /// The chance of having to wait at all.
    WaitProbability,
    SojournQuantile(f64),
    WaitQuantile(f64),
    /// Mean wait in separate queues over mean wait in a shared one.
    PoolRatio,
}

/// All entries.
pub fn all() -> Vec<Entry> {
    serde_json::from_str(include_str!("queues.json")).expect("a table of entries with finite values")
}

impl Entry {
    /// Whether it is advice on how to simulate, and nothing that a queue does.
    pub fn is_advice(&self) -> bool {
        self.kind == "planning"
    }

    /// The share of time that a server is busy.
    pub fn load(&self) -> f64 {
        self.params.rho.unwrap_or(self.params.lam / f64::from(self.params.servers))
    }

    /// What it tells of its queue; `None` if it is advice.
    pub fn metric(&self) -> Option<Metric> {
        if self.is_advice() {
            return None;
        }
        let name = self.id.rsplit('-').next().unwrap_or_default();
        let percent = |digits: &str| -> f64 {
            let percent: f64 = digits.parse().unwrap_or_else(|_| panic!("unknown metric in {}", self.id));
            percent / 100.0
        };
        Some(match name {
            "W" => Metric::Sojourn,
            "Wq" => Metric::Wait,
            "L" => Metric::InSystem,
            "Lq" => Metric::InQueue,
            "C" | "pwait" => Metric::WaitProbability,
            "ratio" => Metric::PoolRatio,
            _ => match (name.strip_prefix("waitp"), name.strip_prefix('p')) {
                (Some(digits), _) => Metric::WaitQuantile(percent(digits)),
                (None, Some(digits)) => Metric::SojournQuantile(percent(digits)),
                (None, None) => panic!("unknown metric in {}", self.id),
            },
        })
    }
}

impl Metric {
    /// Whether it tells of rare things, which take longer to be seen.
    pub fn is_tail(&self) -> bool {
        matches!(self, Metric::SojournQuantile(p) | Metric::WaitQuantile(p) if *p >= 0.9)
    }
}
