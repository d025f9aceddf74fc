//! One service as a station: which closed form it follows, if any.

use archlab_model::{Balancing, Distribution, Service as Deployed};

use super::flow::{Job, Network, Station, Stream, mixture};
use super::queues::{self, Service};
use super::{NoTheory, Theory};

/// So many mean times are as good as for ever: an exponential time is longer with a chance of three in ten million.
pub const LONG: f64 = 15.0;
/// A chance that is as good as none.
const NEGLIGIBLE: f64 = 1e-9;

/// Where the instances of a service run, all of them alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub instances: u32,
    pub workers: u32,
    pub room: u32,
    pub cores: u32,
    pub speed: f64,
    /// Whether other instances with work are on its machines, and all workers together are more than there are cores.
    pub crowded: bool,
    /// Whether its instances differ, in cores or speed or weight.
    pub uneven: bool,
    /// Whether it runs in a group within the group, which balances it in its own way.
    pub inner: bool,
}

impl Place {
    /// Of a service that runs somewhere.
    pub fn of(network: &Network, service: &Deployed) -> Option<Place> {
        let machine = |id| network.design.machines.get(id);
        let first = machine(&service.instances.first()?.machine)?;
        let (mut crowded, mut uneven) = (false, false);
        for instance in &service.instances {
            let here = machine(&instance.machine)?;
            uneven |= (here.cores, here.speed, here.weight) != (first.cores, first.speed, first.weight);
            let beside = network.deployment.services.iter().filter(|other| works(network, other));
            let copies = beside.map(|other| {
                let on = other.instances.iter().filter(|other| other.machine == instance.machine);
                (on.count() as u64, u64::from(other.capacity.workers))
            });
            let (count, workers) =
                copies.fold((0, 0), |(all, sum), (count, workers)| (all + count, sum + count * workers));
            crowded |= count > 1 && workers > u64::from(here.cores);
        }
        Some(Place {
            instances: service.instances.len() as u32,
            workers: service.capacity.workers.max(1),
            room: service.capacity.queue,
            cores: first.cores.max(1),
            speed: if first.speed > 0.0 { first.speed } else { 1.0 },
            crowded,
            uneven,
            inner: service.balanced_by.is_some(),
        })
    }
}

/// Whether a service has any work of its own.
fn works(network: &Network, service: &Deployed) -> bool {
    let functions = &network.design.business.functions;
    service
        .functions
        .iter()
        .any(|id| functions.get(id).is_some_and(|function| !function.work.mean().is_zero()))
}

/// What a service passes on to one that it calls.
pub fn passed_on(network: &Network, caller: &Station, job: &Job, repeated: bool) -> Stream {
    let Some(place) = &caller.place else { return Stream::Other };
    let quasi_reversible = job.mean == 0.0 || job.exponential || place.workers > place.cores;
    let turns = place.instances > 1 && network.group.policies.balancing != Balancing::Random;
    if !quasi_reversible || turns && job.mean > 0.0 || job.forks && repeated {
        return Stream::Other;
    }
    if repeated { Stream::ProductForm.max(caller.stream) } else { caller.stream }
}

/// The closed form of a station with `jobs` that come at `rate` together; `held` tells how many workers are held,
/// on average, by calls that wait for others.
pub fn theory(
    network: &Network,
    station: &Station,
    jobs: &[(Job, f64)],
    rate: f64,
    closed: Option<(u32, &Distribution)>,
    held: impl Fn() -> Result<f64, NoTheory>,
) -> Result<Theory, NoTheory> {
    let place = station.place.ok_or(NoTheory::NotDeployed)?;
    let policies = &network.group.policies;
    let plain = policies.resilience == Default::default()
        && policies.sessions.is_none()
        && policies.edge.is_none()
        && policies.discovery.is_none();
    if !plain {
        return Err(NoTheory::Policies);
    }
    let waits = jobs.iter().any(|(job, _)| job.accesses || job.calls.iter().any(|(_, _, waits)| *waits));
    let service = mixture(jobs, place.speed);
    if waits {
        // Workers enough that there is always one, although they are held.
        let held = held()? / f64::from(place.instances);
        let busy = held + rate * service.mean / f64::from(place.instances);
        if busy + 10.0 * busy.sqrt() + 10.0 > f64::from(place.workers)
            || place.workers <= place.cores && service.mean > 0.0
        {
            return Err(NoTheory::Blocking);
        }
    }
    if place.crowded && service.mean > 0.0 {
        return Err(NoTheory::SharedCores);
    }
    if let Some((users, think)) = closed {
        return population(place, service, users, think, network.deployment.services.len());
    }
    if station.stream == Stream::Other {
        return Err(NoTheory::NotPoisson);
    }
    if place.uneven || place.inner {
        return Err(NoTheory::Balancing);
    }
    let each = rate / f64::from(place.instances);
    let theory = match (place.instances, policies.balancing) {
        (1, _) | (_, Balancing::Random) => single(place, service, each, station.stream)?,
        (turns, Balancing::RoundRobin) if policies.balancer.sticky.is_none() => {
            let one_server =
                place.workers == 1 || place.workers > 1 && place.cores == 1 && service.mean == 0.0;
            if service.mean == 0.0 {
                single(place, service, each, station.stream)?
            } else if !service.exponential || !one_server || station.stream != Stream::Poisson {
                return Err(NoTheory::Balancing);
            } else if each * service.mean >= 1.0 {
                return Err(NoTheory::Overloaded);
            } else {
                queues::in_turn(each, service.mean, turns)
            }
        }
        _ => return Err(NoTheory::Balancing),
    };
    let retried = policies.retry.attempts > 1 && place.instances > 1 && theory.rejected > NEGLIGIBLE;
    let response = policies.timeouts.response.as_secs_f64();
    if retried || response < LONG * theory.mean_sojourn {
        return Err(NoTheory::Retries);
    }
    Ok(theory)
}

/// One instance, to which calls come at `rate`.
fn single(place: Place, service: Service, rate: f64, stream: Stream) -> Result<Theory, NoTheory> {
    let servers = place.workers.min(place.cores).min(queues::MAX_SERVERS);
    let sharing = place.workers > place.cores;
    let load = rate * service.mean / f64::from(servers);
    let room = (place.workers - servers).saturating_add(place.room);
    if service.mean == 0.0 {
        return Ok(queues::shared_queue(rate, 0.0, servers));
    }
    if service.exponential {
        // The chance of a full house falls as the load to the power of the room, once all servers are busy.
        let endless = load < 1.0 && f64::from(room) * libm::log(load) < libm::log(NEGLIGIBLE * (1.0 - load));
        let theory = match endless {
            true => queues::shared_queue(rate, service.mean, servers),
            false => queues::bounded_queue(rate, service.mean, servers, room),
        };
        if !endless && room > 2_000_000 {
            return Err(NoTheory::Overloaded);
        }
        if sharing {
            // Who is there shares the cores; how many are there is as if they had waited.
            return Ok(Theory {
                wait_probability: None,
                mean_wait: 0.0,
                mean_queue: 0.0,
                exponential_at: None,
                ..theory
            });
        }
        return Ok(theory);
    }
    if load >= 1.0 {
        return Err(NoTheory::Overloaded);
    }
    let enough = 25.0 * (1.0 + service.scv) / (1.0 - load);
    if servers > 1 {
        return Err(NoTheory::NotExponential);
    }
    if sharing {
        let roomy = f64::from(place.workers) > enough;
        return if roomy {
            Ok(queues::shared_processor(rate, service.mean))
        } else {
            Err(NoTheory::NotExponential)
        };
    }
    if stream != Stream::Poisson {
        return Err(NoTheory::NotPoisson);
    }
    if f64::from(room) < enough {
        return Err(NoTheory::NotExponential);
    }
    Ok(queues::single_server(rate, service))
}

/// The station of a closed population, if it is the only one.
fn population(
    place: Place,
    service: Service,
    users: u32,
    think: &Distribution,
    services: usize,
) -> Result<Theory, NoTheory> {
    let fits = u64::from(users) <= u64::from(place.workers) + u64::from(place.room);
    let single = place.instances == 1 && services == 1;
    if !single || !fits || !matches!(think, Distribution::Exponential(_)) || think.mean().is_zero() {
        return Err(NoTheory::NotPoisson);
    }
    if !service.exponential || service.mean == 0.0 {
        return Err(NoTheory::NotExponential);
    }
    let servers = place.workers.min(place.cores);
    Ok(queues::population(users, think.mean().as_secs_f64(), service.mean, servers))
}
