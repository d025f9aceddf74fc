//! Whatever a person sets against failure and overload, a run ends clean: nothing is kept of requests that are
//! over, and nobody is counted twice.

use archlab_model::policy::*;
use archlab_model::*;

use crate::random::Stream;
use crate::world::World;

/// Draws policies, sensible and not.
struct Dice(Stream);

impl Dice {
    fn throw(&mut self, sides: u32) -> u32 {
        ((self.0.unit() * f64::from(sides)) as u32).min(sides - 1)
    }

    fn span(&mut self) -> Span {
        let lengths = [0, 1, 5, 20, 50, 200, 1_000];
        Span::from_millis(lengths[self.throw(7) as usize])
    }

    fn count(&mut self) -> u32 {
        [0, 1, 2, 3, 5, 20, u32::MAX][self.throw(7) as usize]
    }

    fn number(&mut self) -> f64 {
        [0.0, 0.1, 0.5, 1.0, 2.0, 30.0, 1e300, f64::NAN, -1.0][self.throw(9) as usize]
    }

    fn maybe<T>(&mut self, draw: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        (self.throw(2) == 0).then(|| draw(self))
    }

    fn limit(&mut self) -> RateLimit {
        let (rate, burst) = (100.0 * self.number(), self.count());
        match self.throw(2) {
            0 => RateLimit::TokenBucket { rate, burst },
            _ => RateLimit::LeakyBucket { rate, burst, undelayed: self.count() },
        }
    }

    fn calls(&mut self) -> CallerPolicies {
        CallerPolicies {
            breaker: self.maybe(|dice| Breaker {
                window: match dice.throw(2) {
                    0 => BreakerWindow::Calls(dice.count().min(100)),
                    _ => BreakerWindow::Time(dice.span()),
                },
                minimum: dice.count(),
                failures: dice.number(),
                slow: dice.maybe(|dice| SlowCalls { after: dice.span(), part: dice.number() }),
                open: dice.span(),
                trials: dice.count(),
            }),
            bulkhead: self.maybe(|dice| Bulkhead {
                most: dice.count(),
                wait: dice.span(),
                queue: dice.count(),
            }),
            hedging: self.maybe(|dice| Hedging {
                after: dice.span(),
                copies: dice.count(),
                cancel: [CancelWork::Queued, CancelWork::Begun, CancelWork::Never][dice.throw(3) as usize],
            }),
            retry_budget: self.maybe(|dice| match dice.throw(3) {
                0 => RetryBudget::Ratio { ratio: dice.number(), minimum: dice.number() },
                1 => RetryBudget::Active { ratio: dice.number(), minimum: dice.count() },
                _ => RetryBudget::Tokens { most: dice.count(), ratio: dice.number() },
            }),
            throttle: self.maybe(|dice| Throttle { k: dice.number(), window: dice.span() }),
            limit: self.maybe(Dice::limit),
        }
    }

    fn resilience(&mut self) -> Resilience {
        let jitters = [
            Jitter::None,
            Jitter::Full,
            Jitter::Equal,
            Jitter::Decorrelated,
            Jitter::Around(self.number()),
            Jitter::Envoy,
        ];
        let own = self.calls();
        Resilience {
            deadlines: self.throw(2) == 0,
            retry_errors: self.throw(2) == 0,
            retry_same: self.throw(2) == 0,
            backoff: self.maybe(|dice| Backoff {
                base: dice.span(),
                factor: dice.number(),
                cap: dice.span(),
                jitter: jitters[dice.throw(6) as usize],
            }),
            entry_limit: if self.throw(4) == 0 { Some(self.limit()) } else { None },
            calls: self.calls(),
            services: [("leaf".into(), own)].into_iter().collect(),
            shedding: Shedding {
                order: [QueueOrder::FirstIn, QueueOrder::LastIn][self.throw(2) as usize],
                queue_timeout: self.maybe(Dice::span),
                codel: self.maybe(|dice| Codel {
                    target: dice.span(),
                    interval: dice.span(),
                    law: [CodelLaw::Requests, CodelLaw::Packets][dice.throw(2) as usize],
                }),
                limit: self.maybe(|dice| match dice.throw(3) {
                    0 => ConcurrencyLimit::Vegas { most: dice.count() },
                    1 => ConcurrencyLimit::Gradient { least: dice.count(), most: dice.count() },
                    _ => ConcurrencyLimit::Fixed(dice.count()),
                }),
            },
        }
    }
}

/// A chain of calls of all kinds, on machines that fall silent and processes that die.
fn chain(dice: &mut Dice) -> Design {
    let mut design = Design::default();
    let layout = [Layout::Microservice, Layout::Microservice, Layout::Cluster][dice.throw(3) as usize];
    let mut group = Group { layout, ..Group::default() };
    for id in ["m1", "m2", "m3"] {
        design.machines.insert(id.into(), Machine { cores: 2, ..Machine::default() });
        group.seats.push(Some(id.into()));
    }
    group.policies.retry = Retry { attempts: 1 + dice.throw(4), after_timeout: dice.throw(2) == 0 };
    group.policies.timeouts.response = Span::from_millis(60);
    group.policies.capacity = Capacity { workers: 1 + dice.throw(3), queue: 10 };
    group.policies.nonblocking = dice.throw(3) == 0;
    group.policies.replicas = 2;
    group.policies.resilience = dice.resilience();
    design.groups.insert("g".into(), group);
    let leaf = || Call::to("leaf".into());
    let soft = Call { soft: true, deadline: Some(Span::from_millis(30)), ..leaf() };
    let spare = Call { fallback: Some("spare".into()), count: 2, ..leaf() };
    let inside = Call { fallback: Some("leaf".into()), ..Call::to("nowhere".into()) };
    let steps = [
        vec![Step::Parallel(vec![Call::to("middle".into()), soft, spare.clone()]), Step::Call(spare)],
        vec![Step::Call(leaf()), Step::Call(Call { asynchronous: true, ..leaf() }), Step::Call(inside)],
        vec![],
        vec![],
    ];
    for (id, steps) in ["front", "middle", "leaf", "spare"].into_iter().zip(steps) {
        let work = Distribution::Exponential(Span::from_millis(4));
        design.business.functions.insert(id.into(), Function { title: None, work, steps });
    }
    let kind = RequestKind { title: None, entry: "front".into(), share: 1.0, session: false };
    design.business.requests.insert("ask".into(), kind);
    let load = Load::Poisson { rate: 150.0 };
    let patience = Span::from_millis(300);
    let people = Client { load, to: vec!["g".into()], patience, ..Client::default() };
    design.clients.insert("people".into(), people);
    for second in 0..4_u64 {
        let at = |millis| Span::from_millis(1_000 * second + millis);
        let instance = || InstanceId { group: "g".into(), service: "leaf".into(), number: 1 };
        for (at, fault) in [
            (at(0), Fault::PowerOff("m2".into())),
            (at(300), Fault::PowerOn("m2".into())),
            (at(500), Fault::Crash(instance())),
            (at(700), Fault::Restart(instance())),
        ] {
            design.scenario.faults.push(PlannedFault::new(at, fault));
        }
    }
    design
}

#[test]
fn nothing_is_kept_of_calls_that_are_over_whatever_guards_them() {
    for seed in 0..24 {
        let mut dice = Dice(Stream::new(seed, "dice", "test"));
        let mut design = chain(&mut dice);
        let mut world = World::new(&design);
        for second in 1..=3 {
            while world.advance(SimTime::START + Span::from_millis(1_300 * second)) {}
            design.groups[0].policies.resilience = dice.resilience();
            world.adopt(&design);
        }
        let asked = world.request_count;
        design.clients.clear();
        design.scenario.faults.clear();
        world.adopt(&design);
        let end = SimTime::START + Span::from_secs(8_000);
        let mut events = 0;
        while events < 2_000_000
            && (world.requests.len() > 0 || world.now <= SimTime::START + Span::from_secs(60))
        {
            events += 1;
            if !world.advance(end) {
                break;
            }
        }
        assert!(asked > 300, "seed {seed}: {asked}");
        assert_eq!((world.requests.len(), world.works.len()), (0, 0), "seed {seed}");
        assert!(world.instances.iter().all(|instance| instance.outstanding == 0), "seed {seed}");
        assert!(world.agenda.has_no_timers(), "seed {seed}");
        // What is yet to come of copies that nobody sends any more holds what their calls remember.
        while !world.memories.is_empty() && world.advance(end) {}
        assert!(world.memories.is_empty(), "seed {seed}");
        for guard in &world.resilience.guards {
            let busy = guard.bulkhead.as_ref().map_or((0, 0), |bulkhead| (bulkhead.busy, bulkhead.waiting()));
            assert_eq!(busy, (0, 0), "seed {seed}");
        }
    }
}
