//! The closed forms of single stations: waiting, blocking, sharing, closed populations.

use super::Theory;

/// More servers than this are summed up no more: their queue would be told by its mean only.
pub const MAX_SERVERS: u32 = 10_000;

/// The chance that all of `servers` are busy and there is no queue, at `offered` Erlangs (Erlang B).
pub fn erlang_b(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, count| offered * blocked / (f64::from(count) + offered * blocked))
}

/// The chance of having to wait for one of `servers`, at `offered` Erlangs, fewer than servers (Erlang C).
pub fn erlang_c(servers: u32, offered: f64) -> f64 {
    let blocked = erlang_b(servers, offered);
    let load = offered / f64::from(servers);
    blocked / (1.0 - load * (1.0 - blocked))
}

/// The moments of a service time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Service {
    pub mean: f64,
    /// Variance / mean².
    pub scv: f64,
    pub exponential: bool,
}

/// M/M/c: one queue without bound before several exponential servers.
pub fn shared_queue(rate: f64, service: f64, servers: u32) -> Theory {
    let offered = rate * service;
    let (servers_f, wait_probability) = (f64::from(servers), erlang_c(servers, offered));
    let mean_wait = wait_probability * service / (servers_f - offered);
    open(rate, service, servers_f, wait_probability, mean_wait)
}

/// M/G/1: one server, by Pollaczek and Khinchine.
pub fn single_server(rate: f64, service: Service) -> Theory {
    let load = rate * service.mean;
    let mean_wait = load * (1.0 + service.scv) / (2.0 * (1.0 - load)) * service.mean;
    open(rate, service.mean, 1.0, load, mean_wait)
}

/// M/G/1 with processor sharing: nobody waits, all are slower; the mean depends on the mean service only.
pub fn shared_processor(rate: f64, service: f64) -> Theory {
    let load = rate * service;
    let sojourn = service / (1.0 - load);
    Theory {
        arrivals: rate,
        throughput: rate,
        load,
        wait_probability: None,
        mean_wait: 0.0,
        mean_sojourn: sojourn,
        mean_queue: 0.0,
        mean_number: rate * sojourn,
        rejected: 0.0,
        exponential_at: None,
    }
}

/// A queue that takes turns with `turns - 1` others at Poisson arrivals: E_n/M/1 with exponential service.
/// `rate` is what comes to this one.
pub fn in_turn(rate: f64, service: f64, turns: u32) -> Theory {
    let (load, turns) = (rate * service, f64::from(turns));
    // The root of s = (n rho / (n rho + 1 - s))^n below 1, by iteration from below, which cannot pass it.
    let mut sigma = load * load;
    for _ in 0..100_000 {
        let next = libm::pow(turns * load / (turns * load + 1.0 - sigma), turns);
        let done = (next - sigma).abs() < 1e-15;
        sigma = next;
        if done {
            break;
        }
    }
    open(rate, service, 1.0, sigma, sigma * service / (1.0 - sigma))
}

fn open(rate: f64, service: f64, servers: f64, wait_probability: f64, mean_wait: f64) -> Theory {
    let mean_sojourn = mean_wait + service;
    Theory {
        arrivals: rate,
        throughput: rate,
        load: rate * service / servers,
        wait_probability: Some(wait_probability),
        mean_wait,
        mean_sojourn,
        mean_queue: rate * mean_wait,
        mean_number: rate * mean_sojourn,
        rejected: 0.0,
        exponential_at: (servers == 1.0).then_some(1.0 / mean_sojourn),
    }
}

/// M/M/c/K: of those that find `room` waiting none is let in.
pub fn bounded_queue(rate: f64, service: f64, servers: u32, room: u32) -> Theory {
    let offered = rate * service;
    let birth_and_death = |count: u32| offered / f64::from(count.min(servers));
    finish(rate, service, servers, servers.saturating_add(room), birth_and_death, |_| rate)
}

/// M/M/c//N: `users` who think for `think` on average between an answer and the next request.
pub fn population(users: u32, think: f64, service: f64, servers: u32) -> Theory {
    let idle = move |count: u32| f64::from(users - count);
    let ratio = move |count: u32| idle(count - 1) / think * service / f64::from(count.min(servers));
    finish(f64::NAN, service, servers, users, ratio, move |count| idle(count) / think)
}

/// A birth-and-death process with 0 to `most` present: `ratio(n)` is the chance of n over that of n - 1, and
/// `arrivals(n)` the rate at which requests come while n are there.
fn finish(
    rate: f64,
    service: f64,
    servers: u32,
    most: u32,
    ratio: impl Fn(u32) -> f64,
    arrivals: impl Fn(u32) -> f64,
) -> Theory {
    // Scaled whenever it grows, so that nothing overflows.
    let (mut weight, mut total, mut number, mut queue, mut busy) = (1.0_f64, 1.0, 0.0, 0.0, 0.0);
    let (mut coming, mut all_busy) = (arrivals(0), if servers == 0 { 1.0 } else { 0.0 });
    let mut coming_to_wait = 0.0;
    for count in 1..=most {
        weight *= ratio(count);
        if weight > 1e200 {
            for sum in [
                &mut weight,
                &mut total,
                &mut number,
                &mut queue,
                &mut busy,
                &mut coming,
                &mut all_busy,
                &mut coming_to_wait,
            ] {
                *sum *= 1e-200;
            }
        }
        let present = f64::from(count);
        total += weight;
        number += present * weight;
        queue += (present - f64::from(servers)).max(0.0) * weight;
        busy += present.min(f64::from(servers)) * weight;
        coming += arrivals(count) * weight;
        if count >= servers {
            all_busy += weight;
            if count < most {
                coming_to_wait += arrivals(count) * weight;
            }
        }
    }
    let rejected = if rate.is_nan() { 0.0 } else { weight / total };
    let arriving = if rate.is_nan() { coming / total } else { rate };
    let throughput = arriving * (1.0 - rejected);
    let per_request = |mean: f64| if throughput > 0.0 { mean / throughput } else { 0.0 };
    Theory {
        arrivals: arriving,
        throughput,
        load: busy / total / f64::from(servers),
        wait_probability: Some(per_request(coming_to_wait / total)),
        mean_wait: per_request(queue / total),
        mean_sojourn: per_request(number / total).max(service),
        mean_queue: queue / total,
        mean_number: number / total,
        rejected,
        exponential_at: None,
    }
}
