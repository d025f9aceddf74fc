//! Traffic equations: what comes to each service of a group, and what one call of it costs.

use archlab_model::business::{Call, Step};
use archlab_model::{
    Deployment, Design, Distribution, FunctionId, Group, GroupId, Load, ServiceId, Span, layout,
};

use super::queues::{self, Service};
use super::station::{self, Place};
use super::{GroupTheory, NoTheory, Theory};

/// A group, its deployment, and who asks it.
pub struct Network<'a> {
    pub design: &'a Design,
    pub group: &'a Group,
    pub deployment: Deployment,
    /// Requests a second from open clients.
    open: f64,
    /// The only closed client, if there is no other client.
    closed: Option<(u32, &'a Distribution)>,
    /// Whether there are closed clients of which theory knows nothing.
    mixed: bool,
    /// The shortest patience of its clients.
    patience: Span,
}

/// What a call of a function is to the service that holds it: its own work and that of the functions it calls within.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// Mean and variance of its work, in seconds at speed 1.
    pub mean: f64,
    pub variance: f64,
    /// Whether all its work is one exponential.
    pub exponential: bool,
    /// Whether it makes several calls at once.
    pub forks: bool,
    /// Calls of other services: the function, how many on average, and whether the caller waits.
    pub calls: Vec<(FunctionId, f64, bool)>,
    /// Whether it reads or writes data.
    pub accesses: bool,
}

/// What comes to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    Poisson,
    /// Not Poisson, but as good as that for exponential stations (Jackson).
    ProductForm,
    Other,
}

/// A service with what comes to it and what theory says of it.
pub struct Station {
    pub id: ServiceId,
    pub stream: Stream,
    /// Called functions, and how often in a second.
    pub called: Vec<(FunctionId, f64)>,
    pub place: Option<Place>,
    pub theory: Result<Theory, NoTheory>,
}

impl<'a> Network<'a> {
    pub fn of(design: &'a Design, id: &GroupId) -> Option<Network<'a>> {
        let group = design.groups.get(id)?;
        let clients: Vec<_> = design.clients.values().filter(|client| client.to.contains(id)).collect();
        let rate = |load: &Load| if let Load::Poisson { rate } = load { rate.max(0.0) } else { 0.0 };
        let open = clients.iter().map(|client| rate(&client.load)).sum();
        let closed: Vec<_> = clients
            .iter()
            .filter_map(|client| match &client.load {
                Load::Users { count, think } if *count > 0 => Some((*count, think)),
                _ => None,
            })
            .collect();
        let strange =
            clients.iter().any(|client| !matches!(client.load, Load::Poisson { .. } | Load::Users { .. }));
        let alone = closed.len() == 1 && open == 0.0;
        Some(Network {
            design,
            group,
            deployment: layout::deploy(design, id, group),
            open,
            closed: closed.first().copied().filter(|_| alone),
            mixed: strange || !closed.is_empty() && !alone,
            patience: clients.iter().map(|client| patience(client)).min().unwrap_or(Span::MAX),
        })
    }

    /// What theory says of it.
    pub fn theory(&self) -> GroupTheory {
        let stations = self.stations();
        let response = self.response(&stations);
        let all = |read: fn(&Theory) -> f64| -> Option<f64> {
            let only = stations.iter().find(|station| !station.called.is_empty())?;
            only.theory.as_ref().ok().map(read)
        };
        let rate = match self.closed {
            Some(_) => all(|theory| theory.throughput).unwrap_or(0.0),
            None => self.open,
        };
        GroupTheory {
            in_flight: response.map(|response| response * rate),
            response,
            services: stations.into_iter().map(|station| (station.id, station.theory)).collect(),
        }
    }

    /// Every service as a station, in the order of the deployment.
    fn stations(&self) -> Vec<Station> {
        let mut stations: Vec<Station> = self
            .deployment
            .services
            .iter()
            .map(|service| Station {
                id: service.id.clone(),
                stream: Stream::Poisson,
                called: Vec::new(),
                place: Place::of(self, service),
                theory: Err(NoTheory::NoTraffic),
            })
            .collect();
        if self.calls_cost() {
            stations.iter_mut().for_each(|station| station.theory = Err(NoTheory::Policies));
            return stations;
        }
        let Some(order) = self.callers_first() else {
            stations.iter_mut().for_each(|station| station.theory = Err(NoTheory::Circle));
            return stations;
        };
        let shares: f64 = self.design.business.requests.values().map(|kind| kind.share.max(0.0)).sum();
        // Closed clients make no rate of their own: one stands for all of it.
        let rate = if self.closed.is_some() { 1.0 } else { self.open };
        let mut comes: Vec<f64> = vec![0.0; order.len()];
        let mut fed = vec![false; stations.len()];
        for kind in self.design.business.requests.values().filter(|kind| kind.share > 0.0) {
            if let Some(place) = order.iter().position(|function| *function == kind.entry) {
                comes[place] += rate * kind.share / shares;
            }
        }
        for place in 0..order.len() {
            let Some(service) = self.service_of(&order[place]) else { continue };
            if comes[place] <= 0.0 {
                continue;
            }
            let job = self.job(&order[place]);
            for (to, count, _) in &job.calls {
                let Some(at) = order.iter().position(|function| function == to) else { continue };
                comes[at] += comes[place] * count;
                if let Some(callee) = self.service_of(to) {
                    let times = job.calls.iter().filter(|(other, ..)| self.service_of(other) == Some(callee));
                    let repeated = *count > 1.0 || times.count() > 1;
                    let mut passed = station::passed_on(self, &stations[service], &job, repeated);
                    if fed[callee] {
                        // A request may come by here again, from elsewhere.
                        passed = passed.max(Stream::ProductForm);
                    }
                    fed[callee] = true;
                    let stream = &mut stations[callee].stream;
                    *stream = (*stream).max(passed);
                }
            }
            stations[service].called.push((order[place].clone(), comes[place]));
        }
        // Callees first: how long a caller's worker is held depends on them.
        for function in order.iter().rev() {
            let Some(service) = self.service_of(function) else { continue };
            if !stations[service].called.is_empty() {
                stations[service].theory = self.station(&stations, service);
            }
        }
        stations
    }

    fn station(&self, stations: &[Station], service: usize) -> Result<Theory, NoTheory> {
        let station = &stations[service];
        if self.mixed {
            return Err(NoTheory::NotPoisson);
        }
        let jobs: Vec<(Job, f64)> =
            station.called.iter().map(|(function, rate)| (self.job(function), *rate)).collect();
        let rate: f64 = jobs.iter().map(|(_, rate)| rate).sum();
        let held = || -> Result<f64, NoTheory> {
            let times = station
                .called
                .iter()
                .map(|(function, rate)| Ok(self.calls_time(stations, function, true)? * rate));
            times.sum()
        };
        station::theory(self, station, &jobs, rate, self.closed, held)
    }

    /// Mean time from request to answer.
    fn response(&self, stations: &[Station]) -> Result<f64, NoTheory> {
        let internet = 2.0 * self.design.network.internet.as_secs_f64();
        let entry = 2.0 * self.design.network.local.as_secs_f64();
        if !self.design.network.links.is_empty()
            || self.design.business.requests.values().any(|kind| kind.session)
        {
            return Err(NoTheory::Policies);
        }
        let shares: f64 = self.design.business.requests.values().map(|kind| kind.share.max(0.0)).sum();
        if shares <= 0.0 || self.open <= 0.0 && self.closed.is_none() {
            return Err(if self.mixed { NoTheory::NotPoisson } else { NoTheory::NoTraffic });
        }
        let mut mean = internet + entry;
        for kind in self.design.business.requests.values().filter(|kind| kind.share > 0.0) {
            mean += kind.share / shares * self.time(stations, &kind.entry, false)?;
        }
        // Who leaves before the answer changes what comes.
        if self.patience.as_secs_f64() < station::LONG * mean {
            return Err(NoTheory::Retries);
        }
        Ok(mean)
    }

    /// Mean time from the arrival of a call to its answer.
    fn time(&self, stations: &[Station], function: &FunctionId, bound: bool) -> Result<f64, NoTheory> {
        let service = self.service_of(function).ok_or(NoTheory::NotDeployed)?;
        let station = &stations[service];
        let theory = station.theory?;
        let job = self.job(function);
        let place = station.place.as_ref().ok_or(NoTheory::NotDeployed)?;
        let all: f64 = station.called.iter().map(|(_, rate)| rate).sum();
        let mean: f64 =
            station.called.iter().map(|(function, rate)| self.job(function).mean * rate / all).sum();
        // Each call has its own work, slowed down as all are where they share, and behind the same queue elsewhere.
        let own = match theory.wait_probability {
            None if mean > 0.0 => theory.mean_sojourn * job.mean / mean,
            _ => theory.mean_wait + job.mean / place.speed,
        };
        Ok(own + self.calls_time(stations, function, bound)?)
    }

    /// Mean time that a call waits for calls of its own; or, where calls are made at once, a bound of it.
    fn calls_time(&self, stations: &[Station], function: &FunctionId, bound: bool) -> Result<f64, NoTheory> {
        let job = self.job(function);
        if job.accesses {
            return Err(NoTheory::Policies);
        }
        let from = self.service_of(function).ok_or(NoTheory::NotDeployed)?;
        let mut time = 0.0;
        for (to, count, waits) in &job.calls {
            if !waits {
                continue;
            }
            if job.forks && !bound {
                return Err(NoTheory::ForkJoin);
            }
            let service = self.service_of(to).ok_or(NoTheory::NotDeployed)?;
            let way = self.way(from, service).ok_or(NoTheory::NotDeployed)?;
            time += count * (2.0 * way + self.time(stations, to, bound)?);
        }
        Ok(time)
    }

    /// Mean latency from an instance of one service to one of another.
    fn way(&self, from: usize, to: usize) -> Option<f64> {
        let (network, services) = (&self.design.network, &self.deployment.services);
        let (from, to) = (&services[from].instances, &services[to].instances);
        let pairs = from.iter().flat_map(|one| to.iter().map(|other| one.machine == other.machine));
        let (count, together) = pairs.fold((0.0, 0.0), |(count, together), same| {
            (count + 1.0, together + if same { 1.0 } else { 0.0 })
        });
        let share = together / count;
        let way = share * network.loopback.as_secs_f64() + (1.0 - share) * network.local.as_secs_f64();
        (count > 0.0).then_some(way)
    }

    fn service_of(&self, function: &FunctionId) -> Option<usize> {
        self.deployment.services.iter().position(|service| service.functions.contains(function))
    }

    /// Every function that is asked for or called, each behind all that call it; `None` if they call in circles.
    fn callers_first(&self) -> Option<Vec<FunctionId>> {
        let mut done: Vec<FunctionId> = Vec::new();
        let mut under_way: Vec<FunctionId> = Vec::new();
        for kind in self.design.business.requests.values() {
            self.visit(&kind.entry, &mut done, &mut under_way)?;
        }
        done.reverse();
        Some(done)
    }

    fn visit(
        &self,
        function: &FunctionId,
        done: &mut Vec<FunctionId>,
        under_way: &mut Vec<FunctionId>,
    ) -> Option<()> {
        if done.contains(function) {
            return Some(());
        }
        if under_way.contains(function) {
            return None;
        }
        under_way.push(function.clone());
        for call in self.calls_of(function) {
            self.visit(&call.to, done, under_way)?;
        }
        under_way.pop();
        done.push(function.clone());
        Some(())
    }

    fn calls_of(&self, function: &FunctionId) -> impl Iterator<Item = &Call> {
        let steps = self.design.business.functions.get(function).map_or(&[][..], |function| &function.steps);
        steps.iter().flat_map(Step::calls)
    }

    /// Whether calls name protocols, which have costs of their own.
    fn calls_cost(&self) -> bool {
        self.design.business.functions.keys().flat_map(|id| self.calls_of(id)).any(|call| call.by.is_some())
    }

    /// What a call of `function` is to its service.
    fn job(&self, function: &FunctionId) -> Job {
        let Some(body) = self.design.business.functions.get(function) else { return Job::default() };
        let work = moments(&body.work);
        let mut job = Job {
            mean: work.mean,
            variance: work.scv * work.mean * work.mean,
            exponential: work.exponential,
            ..Job::default()
        };
        for step in &body.steps {
            job.accesses |=
                matches!(step, Step::Access(access) if access.count > 0 && access.probability > 0.0);
            job.forks |= matches!(step, Step::Parallel(calls) if calls.len() > 1);
            for call in step.calls() {
                let chance = call.probability.clamp(0.0, 1.0);
                let count = f64::from(call.count);
                if self.service_of(&call.to) != self.service_of(function) {
                    job.calls.push((call.to.clone(), count * chance, !call.asynchronous));
                    continue;
                }
                // Within the instance: so many times the other's work, each with its chance.
                let inner = self.job(&call.to);
                let spread = inner.variance + (1.0 - chance) * inner.mean * inner.mean;
                job.mean += count * chance * inner.mean;
                job.variance += count * chance * spread;
                job.exponential &= inner.mean == 0.0;
                job.forks |= inner.forks;
                job.accesses |= inner.accesses;
                let outer =
                    inner.calls.into_iter().map(|(to, times, waits)| (to, times * count * chance, waits));
                job.calls.extend(outer);
            }
        }
        job
    }
}

/// How long a client waits.
fn patience(client: &archlab_model::Client) -> Span {
    client.patience
}

/// Mean and variation of a distribution.
fn moments(distribution: &Distribution) -> Service {
    let mean = distribution.mean().as_secs_f64();
    let scv = match *distribution {
        Distribution::Constant(_) => 0.0,
        Distribution::Exponential(_) => 1.0,
        Distribution::Uniform { from, to } => {
            let width = to.as_secs_f64() - from.as_secs_f64();
            if mean > 0.0 { width * width / 12.0 / (mean * mean) } else { 0.0 }
        }
        Distribution::Erlang { stages, .. } => 1.0 / f64::from(stages.max(1)),
        Distribution::Lognormal { scv, .. } => scv.max(0.0),
        Distribution::Hyperexponential { scv, .. } => scv.max(1.0),
    };
    Service { mean, scv, exponential: matches!(distribution, Distribution::Exponential(_)) || mean == 0.0 }
}

/// The service times of several kinds of calls, each with its rate, on cores of a speed.
pub fn mixture(jobs: &[(Job, f64)], speed: f64) -> Service {
    let rate: f64 = jobs.iter().map(|(_, rate)| rate).sum();
    let mean: f64 = jobs.iter().map(|(job, share)| share / rate * job.mean).sum();
    let square: f64 =
        jobs.iter().map(|(job, share)| share / rate * (job.variance + job.mean * job.mean)).sum();
    let alike = jobs.iter().all(|(job, _)| job.exponential && (job.mean - mean).abs() <= 1e-12 * mean);
    let scv = if mean > 0.0 { (square / (mean * mean) - 1.0).max(0.0) } else { 0.0 };
    queues::Service { mean: mean / speed, scv, exponential: alike }
}
