//! Calls: one after another and at once, fork and join, networks of queues.

use archlab_model::Design;
use serde_json::{Value, json};

use crate::cases::{Case, Check, Judge};
use crate::documents::{Draft, MOST_CORES, PLENTY, Work};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Order, Traffic, mean, tail};

/// Most ways through a network: each is a kind of requests.
const MOST_ROUTES: usize = 250;
/// Most calls in one step.
const MOST_BRANCHES: u32 = 250;

/// A front that only calls, and stations that work. A front with workers enough holds no station while the next
/// works: store and forward. Times are in `unit` nanoseconds.
#[derive(Debug, Clone)]
pub struct Network {
    pub unit: f64,
    /// Requests in a unit of time.
    pub rate: f64,
    /// Each station's mean service time, and its workers: exponential, with a queue without bound.
    pub stations: Vec<(f64, u32)>,
    /// Ways through it, each with its share of the requests.
    pub routes: Vec<(f64, Route)>,
}

/// How a request goes through the stations.
#[derive(Debug, Clone)]
pub enum Route {
    /// To these, one after another.
    Chain(Vec<usize>),
    /// To all of these at once.
    Fork(Vec<usize>),
}

impl Network {
    fn document(&self, seed: u64) -> Design {
        let mut draft = Draft::new("microservice").machines(1, MOST_CORES);
        for (place, (work, workers)) in self.stations.iter().enumerate() {
            let id = format!("s{place}");
            draft = draft
                .function(&id, Work::Exponential.document(work * self.unit), json!([]))
                .service(&id, &id, *workers, 1_000_000);
        }
        for (place, (share, route)) in self.routes.iter().enumerate() {
            let call = |station: &usize| json!({ "call": format!("s{station}") });
            let steps: Vec<Value> = match route {
                Route::Chain(stations) => chain(stations),
                Route::Fork(stations) => {
                    vec![json!({ "parallel": stations.iter().map(call).collect::<Vec<_>>() })]
                }
            };
            let id = format!("front{place}");
            draft = draft
                .function(&id, json!({ "constant": "0" }), steps.into())
                .service(&id, &id, PLENTY, PLENTY)
                .kind(&id, &id, *share);
        }
        draft.open(self.rate * 1e9 / self.unit).open_document(seed)
    }

    /// The busiest station's load.
    fn load(&self) -> f64 {
        let total: f64 = self.routes.iter().map(|(share, _)| share).sum();
        let visits = |station: usize| -> f64 {
            let times = |route: &Route| match route {
                Route::Chain(stations) | Route::Fork(stations) => {
                    stations.iter().filter(|at| **at == station).count()
                }
            };
            self.routes.iter().map(|(share, route)| share / total * times(route) as f64).sum()
        };
        let loads = self
            .stations
            .iter()
            .enumerate()
            .map(|(place, (work, workers))| self.rate * visits(place) * work / f64::from(*workers));
        loads.fold(0.0, f64::max)
    }
}

/// Calls one after another; the same station several times in a row is one step.
fn chain(stations: &[usize]) -> Vec<Value> {
    let runs = stations.chunk_by(|one, other| one == other);
    runs.map(|run| json!({ "call": format!("s{}", run[0]), "count": run.len() })).collect()
}

impl Study for Network {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn design(&self, seed: u64) -> Option<(Design, f64)> {
        Some((self.document(seed), self.unit))
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        Box::new(Traffic::new(&self.document(seed), Order::Any, self.unit, self.warm_up(), None))
    }

    /// Each visit costs about as much as a request.
    fn rate(&self) -> f64 {
        let visits = |route: &Route| match route {
            Route::Chain(stations) | Route::Fork(stations) => stations.len() as f64,
        };
        let total: f64 = self.routes.iter().map(|(share, _)| share).sum();
        let visits: f64 = self.routes.iter().map(|(share, route)| share / total * visits(route)).sum();
        self.rate * (1.0 + visits)
    }

    fn warm_up(&self) -> f64 {
        let slack = 1.0 - self.load().min(0.999).sqrt();
        let longest = self.stations.iter().map(|(work, _)| *work).fold(0.0, f64::max);
        let way = self.routes.iter().map(|(_, route)| match route {
            Route::Chain(stations) => stations.len(),
            Route::Fork(_) => 1,
        });
        // A request from the beginning has left the longest way, too.
        longest * (50.0 + 8.0 / (slack * slack) + 3.0 * way.max().unwrap_or(1) as f64)
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    let check = match () {
        () if entry.has("feedback_probability") => feedback(entry)?,
        () if entry.has("routing") => jackson(entry)?,
        () if entry.has("queues") => fork(entry)?,
        () if entry.has("branches") => idle(entry)?,
        () => return None,
    };
    Some(Case::Measured(vec![check]))
}

/// A job goes back to its station with a probability: so many passes, each with its share.
fn feedback(entry: &Entry) -> Option<Check> {
    let (lam, mu, again) = (entry.get("lam")?, entry.get("mu")?, entry.get("feedback_probability")?);
    let mut routes = Vec::new();
    let (mut share, mut passes) = (1.0 - again, 1);
    while share > 1e-9 && passes <= 200 {
        routes.push((share, Route::Chain(vec![0; passes])));
        share *= again;
        passes += 1;
    }
    let network = Network { unit: 1e9, rate: lam, stations: vec![(1.0 / mu, 1)], routes };
    entry.tells("mean total time").then(|| Check::of(network, Ask::Mean(mean::SOJOURN), entry))
}

/// "gateway->catalog 0.7 | order 0.3; catalog->db 0.2 (cache miss) else exit; order->payment 1": where a request
/// goes from each station, and with what probability; the rest leaves.
fn jackson(entry: &Entry) -> Option<Check> {
    let mu = entry.params.get("mu")?.as_object()?;
    let names: Vec<&String> = mu.keys().collect();
    let station = |name: &str| names.iter().position(|known| *known == name);
    let mut ways: Vec<Vec<(usize, f64)>> = vec![Vec::new(); names.len()];
    for rule in entry.text("routing")?.split(';') {
        let (from, to) = rule.trim().split_once("->")?;
        let from = station(from.trim())?;
        for way in to.split('|') {
            let mut words = way.split_whitespace();
            let Some(to) = station(words.next()?) else { continue };
            ways[from].push((to, words.next().map_or(Some(1.0), |word| word.parse().ok())?));
        }
    }
    let mut routes = Vec::new();
    // The first station named is where requests come in. The likeliest ways are followed first.
    let mut open: Vec<(f64, Vec<usize>)> = vec![(1.0, vec![0])];
    while let Some(likeliest) = (0..open.len()).max_by(|one, other| open[*one].0.total_cmp(&open[*other].0)) {
        let (chance, route) = open.swap_remove(likeliest);
        let here = *route.last()?;
        let onwards: f64 = ways[here].iter().map(|(_, chance)| chance).sum();
        if onwards < 1.0 {
            routes.push((chance * (1.0 - onwards), Route::Chain(route.clone())));
        }
        for (to, share) in &ways[here] {
            // Routes in circles end where hardly any request goes.
            if chance * share > 1e-6 && routes.len() + open.len() < MOST_ROUTES {
                open.push((chance * share, route.iter().copied().chain([*to]).collect()));
            }
        }
    }
    let stations = mu.values().map(|mu| Some((1.0 / mu.as_f64()?, 1))).collect::<Option<_>>()?;
    let network = Network { unit: 1e9, rate: entry.get("external_rate")?, stations, routes };
    let ask = match entry.metric.split_once("mean number at ") {
        Some((_, rest)) => Ask::Mean(mean::AT_SERVICE + station(rest.split(' ').next()?)?),
        None if entry.tells("end-to-end time") => Ask::Mean(mean::SOJOURN),
        None => return None,
    };
    Some(Check::of(network, ask, entry))
}

/// Each request forks one task to each of n queues and waits for all.
fn fork(entry: &Entry) -> Option<Check> {
    let (queues, load) = (entry.whole("queues")?, entry.get("rho")?);
    let network = Network {
        unit: 1e6,
        rate: load,
        stations: vec![(1.0, 1); queues as usize],
        routes: vec![(1.0, Route::Fork((0..queues as usize).collect()))],
    };
    let check = Check::of(network, Ask::Mean(mean::SOJOURN), entry);
    let kind = entry.kind.as_str();
    Some(match entry.standard_error() {
        Some(error) => check.judged(Judge::Reference(error)),
        None if kind.starts_with("upper bound") => check.judged(Judge::AtMost),
        None if kind.starts_with("approximation") => check.judged(Judge::Within(stated_error(kind)?)),
        None => check,
    })
}

/// "about 3% error": said to whole percents, so half a percent more is not less true.
fn stated_error(kind: &str) -> Option<f64> {
    let (before, _) = kind.split_once('%')?;
    let percent: f64 = before.rsplit([' ', '(']).next()?.parse().ok()?;
    Some((percent + 0.5) / 100.0)
}

/// Calls of a function that always has a worker free: at once, or one after another.
fn idle(entry: &Entry) -> Option<Check> {
    let branches = entry.whole("branches").filter(|branches| *branches <= MOST_BRANCHES)?;
    let visits = vec![0; branches as usize];
    let at_once = !entry.tells("SEQUENTIAL");
    let network = Network {
        unit: 1e6,
        // Far fewer at work than there are cores.
        rate: (100.0 / f64::from(branches)).min(5.0),
        stations: vec![(1.0, MOST_CORES)],
        routes: vec![(1.0, if at_once { Route::Fork(visits) } else { Route::Chain(visits) })],
    };
    let ask = if entry.tells("p99") { Ask::Quantile(tail::SOJOURN, 0.99) } else { Ask::Mean(mean::SOJOURN) };
    Some(Check::of(network, ask, entry))
}
