//! Whatever a person draws and whatever breaks: no panic, no request forgotten.

use crate::common::*;

use archlab_engine::{Intervention, Simulation};
use archlab_model::fault::{Bug, Cut, Delay, Errors, Hang, Leak, Loss, Lost, Partition, Skew, Slow, Spike};
use archlab_model::*;

/// A small generator for tests: SplitMix64.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.throw(from.len() as u64) as usize].clone()
    }

    fn span(&mut self) -> Span {
        let short = [Span::ZERO, Span::from_nanos(1), Span::from_micros(50)];
        self.pick(&[&short[..], &[ms(3), ms(40), secs(2), Span::MAX]].concat())
    }

    fn number(&mut self) -> f64 {
        self.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 0.3, 1.0, 20.0, 1e300])
    }

    fn count(&mut self) -> u32 {
        self.pick(&[0, 1, 1, 1, 2, 3, 7, u32::MAX])
    }

    /// Bursts, ramps, batches and recordings, backwards and empty ones too.
    fn shaped(&mut self) -> Load {
        let every = self.pick(&[None, Some(Span::ZERO), Some(secs(7))]);
        match self.throw(4) {
            0 => {
                let (rate, peak) = (self.number().min(100.0), self.number().min(500.0));
                Load::Bursts { rate, peak, length: self.span(), every: self.span().max(secs(1)) }
            }
            1 => {
                let point = |dice: &mut Dice| RatePoint { at: dice.span(), rate: dice.number().min(100.0) };
                let points = (0..self.throw(4)).map(|_| point(self)).collect();
                Load::Ramp { points, repeat: self.throw(2) == 0 }
            }
            2 => Load::Batch {
                count: self.pick(&[0, 1, 7]),
                at: self.span(),
                every: every.map(|every| every.max(ms(50))),
            },
            _ => {
                let at = (0..self.throw(6)).map(|_| self.span()).collect();
                Load::Recorded { at, every: every.map(|every| every.max(ms(50))) }
            }
        }
    }

    fn distribution(&mut self) -> Distribution {
        let (mean, scv) = (self.span(), self.number());
        match self.throw(6) {
            0 => Distribution::Constant(mean),
            1 => Distribution::Exponential(mean),
            2 => Distribution::Uniform { from: mean, to: self.span() },
            3 => Distribution::Erlang { mean, stages: self.count() },
            4 => Distribution::Lognormal { mean, scv },
            _ => Distribution::Hyperexponential { mean, scv },
        }
    }

    fn call(&mut self, functions: &[FunctionId]) -> Call {
        Call {
            to: self.pick(functions),
            count: self.count(),
            probability: self.number(),
            soft: self.throw(2) == 0,
            asynchronous: self.throw(4) == 0,
            deadline: (self.throw(3) == 0).then(|| self.span()),
            fallback: (self.throw(5) == 0).then(|| self.pick(functions)),
            queue: match self.throw(8) {
                0 => Some(Queue::Broker),
                1 => Some(Queue::Outbox),
                _ => None,
            },
            by: match self.throw(6) {
                0 => Some(CallKind::Rest),
                1 => Some(CallKind::Rpc),
                _ => None,
            },
        }
    }

    fn balancer(&mut self) -> Balancer {
        let number = self.number();
        Balancer {
            choices: self.count(),
            points: self.count(),
            bound: self.count(),
            decay: self.span(),
            sticky: (self.throw(3) == 0).then(|| Stickiness { duration: self.span() }),
            slow_start: (self.throw(3) == 0).then(|| SlowStart {
                window: self.span(),
                aggression: number,
                least: self.count(),
            }),
            nobody_healthy: match self.throw(3) {
                0 => NobodyHealthy::Refuse,
                1 => NobodyHealthy::FailOpen,
                _ => NobodyHealthy::Panic(self.count()),
            },
            overprovisioning: self.count(),
        }
    }

    fn outliers(&mut self) -> OutlierEjection {
        let deviations = self.number();
        OutlierEjection {
            consecutive: self.count(),
            interval: self.span(),
            base: self.span(),
            longest: self.span(),
            most: self.count(),
            success_rate: (self.throw(2) == 0).then(|| SuccessRate {
                hosts: self.count(),
                requests: self.count(),
                deviations,
            }),
        }
    }

    fn topic(&mut self) -> Topic {
        Topic {
            partitions: (self.throw(2) == 0).then(|| self.count()),
            room: self.count(),
            prefetch: self.count(),
            concurrency: self.count(),
            acknowledge: match self.throw(3) {
                0 => Acknowledge::AfterWork,
                1 => Acknowledge::BeforeWork,
                _ => Acknowledge::Every(self.span()),
            },
            visibility: self.span(),
            redelivery: (self.throw(2) == 0).then(|| self.span()),
            deliveries: self.count(),
            idempotent: self.throw(2) == 0,
            session_timeout: self.span(),
            heartbeat: self.span(),
        }
    }

    fn messaging(&mut self) -> Messaging {
        Messaging {
            publish: self.distribution(),
            max_block: self.span(),
            relay: self.span(),
            topic: self.topic(),
            topics: [("b".into(), self.topic())].into_iter().collect(),
        }
    }

    fn transactions(&mut self) -> Transactions {
        let protocols = [
            Protocol::None,
            Protocol::TwoPhase,
            Protocol::AutomaticUndo,
            Protocol::TryConfirmCancel,
            Protocol::Saga,
        ];
        let (heartbeat, election_from, election_to) = (self.span(), self.span(), self.span());
        let members = self.throw(9) as u32;
        let election = Consensus { members, heartbeat, election_from, election_to };
        let election = (self.throw(2) == 0).then_some(election);
        Transactions {
            protocol: self.pick(&protocols),
            coordinator: self.pick(&[Coordinator::Service, Coordinator::Server]),
            election,
            conflict: self.number(),
            lock_timeout: self.span(),
            refusal: self.number(),
            retry: self.span(),
            timeout: self.span(),
            logged: self.throw(2) == 0,
            guarded: self.throw(2) == 0,
        }
    }

    fn design(&mut self) -> Design {
        let functions: Vec<FunctionId> = ["a", "b", "c", "unknown"].map(FunctionId::from).to_vec();
        let mut business = Business::default();
        for id in &functions[..3] {
            let steps = (0..self.throw(4)).map(|_| match self.throw(3) {
                0 => Step::Call(self.call(&functions)),
                1 => Step::Parallel((0..self.throw(4)).map(|_| self.call(&functions)).collect()),
                _ => Step::Access(Access {
                    data: self.pick(&["goods".into(), "nothing".into()]),
                    write: self.throw(2) == 0,
                    count: self.count(),
                    probability: self.number(),
                }),
            });
            let steps = steps.collect();
            business.functions.insert(id.clone(), Function { title: None, work: self.distribution(), steps });
        }
        for kind in ["x", "y"] {
            let entry = self.pick(&functions);
            let kind_of =
                RequestKind { title: None, entry, share: self.number(), session: self.throw(2) == 0 };
            business.requests.insert(kind.into(), kind_of);
        }
        let data = Data { title: None, read: self.distribution(), write: self.distribution() };
        business.data.insert("goods".into(), data);
        business.transactions = (0..self.throw(3)).map(|_| self.pick(&functions)).collect();
        if self.throw(2) == 0 {
            // A module with the name of a function that is in none: two services of one name.
            let module =
                Module { functions: vec![self.pick(&functions), self.pick(&functions)], ..Module::default() };
            business.modules.insert("a".into(), module);
        }
        if self.throw(2) == 0 {
            let spec = ServiceSpec {
                functions: vec![self.pick(&functions)],
                replicas: Some(self.count()),
                capacity: Some(Capacity { workers: self.count(), queue: self.count() }),
                ..ServiceSpec::default()
            };
            business.services.insert("b".into(), spec);
        }
        let mut design = Design { business, ..Design::default() };
        for id in ["m1", "m2", "m3"] {
            let (weight, priority) = (self.count(), self.count());
            let zone = self.pick(&[None, Some("east".to_owned())]);
            let machine = Machine {
                cores: self.count(),
                speed: self.number(),
                weight,
                priority,
                zone,
                ..Machine::default()
            };
            design.machines.insert(id.into(), machine);
        }
        for id in ["g", "h", "i"] {
            // Groups that hold each other, themselves, or nobody knows whom.
            let inner =
                Some(Member::Group(self.pick(&["g".into(), "h".into(), "i".into(), "nowhere".into()])));
            let seats: Vec<Option<Member>> = vec![
                Some("m1".into()),
                None,
                Some("m2".into()),
                Some("m3".into()),
                Some("nowhere".into()),
                self.pick(&[None, None, inner]),
            ];
            let mut group = Group { layout: self.pick(&Layout::ALL), ..Group::default() };
            group.policies.messaging = self.messaging();
            group.policies.transactions = self.transactions();
            group.seats = (0..self.throw(6)).map(|_| self.pick(&seats)).collect();
            group.policies = Policies {
                balancing: self.pick(&Balancing::ALL),
                balancer: self.balancer(),
                health: HealthCheck {
                    interval: self.span(),
                    timeout: self.span(),
                    fall: self.count(),
                    rise: self.count(),
                    rhythm: self.pick(&[Rhythm::AfterEnd, Rhythm::Fixed, Rhythm::Never]),
                    first_rise: (self.throw(2) == 0).then(|| self.count()),
                    passive: (self.throw(3) == 0)
                        .then(|| PassiveChecks { max_fails: self.count(), fail_timeout: self.span() }),
                    outliers: (self.throw(3) == 0).then(|| self.outliers()),
                },
                discovery: (self.throw(3) == 0).then(|| Discovery {
                    heartbeat: self.span(),
                    lease: self.span(),
                    sweep: self.span(),
                    copies: (0..self.throw(12)).map(|_| self.span()).collect(),
                    preservation: self.count(),
                }),
                shutdown: Shutdown { linger: self.span(), grace: self.span() },
                timeouts: Timeouts { connect: self.span(), response: self.span() },
                retry: Retry { attempts: self.count(), after_timeout: self.throw(2) == 0 },
                capacity: Capacity { workers: self.count(), queue: self.count() },
                replicas: self.pick(&[0, 1, 2, 5]),
                startup: self.span(),
                placement: Placement { detection: self.span(), ..Placement::default() },
                store_connections: self.count(),
                ..Policies::default()
            };
            if self.throw(2) == 0 {
                group.by_hand = by_hand(&mut |sides| self.throw(sides as u64) as usize);
            }
            design.groups.insert(id.into(), group);
        }
        for (id, load) in [
            ("open", Load::Poisson { rate: self.number().min(500.0) }),
            ("closed", Load::Users { count: self.pick(&[0, 1, 5]), think: self.distribution() }),
            ("shaped", self.shaped()),
        ] {
            let to = vec!["g".into(), "h".into(), "nowhere".into(), "g".into()];
            let client = Client { load, to, patience: self.span(), users: self.count(), ..Client::default() };
            design.clients.insert(id.into(), client);
        }
        let latency = |dice: &mut Dice| dice.pick(&[Span::ZERO, Span::from_micros(250), ms(20), secs(3)]);
        design.network.internet = latency(self);
        design.network.local = latency(self);
        design.network.loopback = latency(self);
        let ends: Vec<String> =
            ["m1", "m2", "open", "g", "g/database", "nowhere", "m1"].map(String::from).to_vec();
        for _ in 0..self.throw(3) {
            let between = (self.pick(&ends), self.pick(&ends));
            design
                .network
                .links
                .push(archlab_model::network::LinkLatency { between, latency: latency(self) });
        }
        for _ in 0..self.throw(4) {
            design
                .scenario
                .faults
                .push(PlannedFault::new(self.pick(&[Span::ZERO, ms(300), secs(1)]), self.fault()));
        }
        design
    }

    fn fault(&mut self) -> Fault {
        let machine = MachineId::from(self.pick(&["m1", "m2", "m3", "nowhere"]));
        let service = ServiceId::from(self.pick(&["app", "a", "b", "c"]));
        let instance = InstanceId {
            group: self.pick(&["g".into(), "h".into()]),
            service,
            number: self.pick(&[1, 2, 9]),
        };
        let site =
            self.pick(&["m1", "m2", "g", "h", "open", "closed", "east", "nowhere", "g/database", "h/app/1"]);
        let other = self.pick(&["m2", "m3", "g", "open", "g/database", "g/app/1"]);
        let [site, other] = [site, other].map(|name| name.parse::<Site>().expect("a name"));
        let (between, one_way) = ((site.clone(), other.clone()), self.throw(2) == 0);
        let bug = self.pick(&[
            Bug::Instance(instance.clone()),
            Bug::Function("a".into()),
            Bug::Function("b".into()),
        ]);
        let store: StoreName = self.pick(&["g/database", "h/database", "g/a"]).parse().expect("a name");
        let fault = match self.throw(23) {
            0 => Fault::Crash(instance),
            1 => Fault::Restart(instance),
            2 => Fault::PowerOff(machine),
            3 => Fault::PowerOn(machine),
            4 => Fault::ZoneDown("east".into()),
            5 => Fault::ZoneUp("east".into()),
            6 | 7 => Fault::Slow(Slow { of: site, factor: self.number() }),
            8 | 9 => Fault::Errors(Errors { of: bug, rate: self.number() }),
            10..=12 => Fault::Hang(Hang { of: instance, checks_pass: one_way }),
            13 => Fault::Cut(Cut { between, one_way }),
            14 => Fault::Partition(Partition { sides: (vec![site, other], vec![]), one_way }),
            15 => {
                let lost = self.pick(&[Lost::Retransmitted, Lost::ForGood]);
                Fault::Loss(Loss { between, probability: self.number(), one_way, lost })
            }
            16 => Fault::Delay(Delay { between, extra: self.span(), jitter: self.span(), one_way }),
            17 => Fault::Spike(Spike {
                of: self.pick(&["open".into(), "closed".into()]),
                factor: self.number().min(3.0),
            }),
            18 => Fault::Leak(Leak { of: instance, requests: self.count() }),
            19 => Fault::FullQueue(instance),
            20 => Fault::LostPrimary(store),
            21 => Fault::Stop(instance),
            _ => Fault::Skew(Skew { of: site, ahead: self.span(), behind: self.span(), rate: self.number() }),
        };
        match (self.throw(3), fault.repair()) {
            (0, Some(repair)) => repair,
            _ => fault,
        }
    }
}

fn nothing_is_forgotten(simulation: &Simulation) {
    for group in simulation.report().groups {
        let total = group.total;
        assert_eq!(total.issued, total.succeeded + total.failures() + total.in_flight);
        let by_kind = group.kinds.iter().map(|(_, tally)| tally.issued).sum::<u64>();
        assert_eq!(total.issued, by_kind);
    }
}

#[test]
fn any_design_runs() {
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let mut simulation = Simulation::new(&dice.design());
        for _ in 0..4 {
            simulation.run_for(simulation.now() + ms(700), 5_000);
            let intervention = match dice.throw(3) {
                0 => adopt(&dice.design()),
                _ => Intervention::Fault(dice.fault()),
            };
            if simulation.run_for(simulation.now(), 20_000) == archlab_engine::Progress::Reached {
                simulation.intervene(intervention);
            }
            let _ = simulation.frame();
            nothing_is_forgotten(&simulation);
        }
    }
}

#[test]
fn nothing_is_forgotten_under_random_faults() {
    for layout in Layout::ALL {
        let mut dice = Dice(layout as u64);
        let business = business_of(&[
            ("a", ms(5), vec![Step::Parallel(vec![call("b"), Call { soft: true, ..call("c") }])]),
            ("b", ms(20), vec![Step::Call(Call { asynchronous: true, ..call("c") })]),
            ("c", ms(10), vec![]),
        ]);
        let mut design = design(business, layout, 3, 2);
        design.network = Network::default();
        policies(&mut design).retry = Retry { attempts: 3, after_timeout: true };
        open(&mut design, 60.0);
        let mut simulation = Simulation::new(&design);
        for _ in 0..200 {
            simulation.run_until(simulation.now() + ms(100 + dice.throw(900)));
            simulation.intervene(Intervention::Fault(dice.fault()));
            nothing_is_forgotten(&simulation);
        }
        // What stands still is let go.
        let repairs: Vec<Fault> = simulation.troubles().filter_map(Fault::repair).collect();
        for repair in repairs {
            simulation.intervene(Intervention::Fault(repair));
        }
        assert_eq!(simulation.troubles().count(), 0);
        design.clients.clear();
        simulation.intervene(adopt(&design));
        simulation.run_until(simulation.now() + secs(60));
        nothing_is_forgotten(&simulation);
        let report = simulation.report();
        assert_eq!(report.groups[0].total.in_flight, 0, "{layout:?}");
        let frame = simulation.frame();
        assert!(frame.instances.iter().all(|instance| instance.busy == 0 && instance.waiting == 0));
        assert!(frame.machines.iter().all(|machine| machine.running == 0));
    }
}
