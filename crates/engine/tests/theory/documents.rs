//! Designs in the form of a document: what is simulated here, a person could open.

use archlab_model::{Design, Span, document};
use serde_json::{Map, Value, json};

/// A length of time that no run reaches: the longest that a document holds.
pub const NEVER: &str = "87600h";
/// As many workers as a document allows, where there should always be one free.
pub const PLENTY: u32 = 100_000;
/// Most cores of a machine.
pub const MOST_CORES: u32 = 1_024;

/// A length of time as a document writes it.
pub fn span(nanos: f64) -> Value {
    format!("{}ns", nanos.round() as u64).into()
}

/// How long work takes, in units of the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    Constant,
    Exponential,
    Erlang(u32),
    Lognormal(f64),
    /// Two exponentials with balanced means, and the squared coefficient of variation.
    Hyperexponential(f64),
}

impl Work {
    /// Reads "constant 1", "exponential", "Erlang-2", "lognormal", "H2 balanced means scv 4" and the like; `scv`
    /// is for those that don't say theirs.
    pub fn read(text: &str, scv: Option<f64>) -> Option<Work> {
        let number_after = |word: &str| -> Option<f64> {
            let (_, rest) = text.split_once(word)?;
            rest.trim_start_matches([' ', '-', '=']).split(' ').next()?.parse().ok()
        };
        let scv = number_after("scv").or(scv);
        let lower = text.to_lowercase();
        if lower.starts_with("constant") || lower.starts_with("deterministic") {
            Some(Work::Constant)
        } else if lower.starts_with("h2") || lower.starts_with("hyperexp") {
            Some(Work::Hyperexponential(scv?))
        } else if lower.starts_with("exp") {
            Some(Work::Exponential)
        } else if lower.starts_with("erlang") {
            Some(Work::Erlang(
                number_after("Erlang").map_or_else(|| scv.map(|scv| 1.0 / scv), Some)?.round() as u32
            ))
        } else if lower.starts_with("lognormal") {
            Some(Work::Lognormal(scv?))
        } else {
            None
        }
    }

    pub fn scv(self) -> f64 {
        match self {
            Work::Constant => 0.0,
            Work::Exponential => 1.0,
            Work::Erlang(stages) => 1.0 / f64::from(stages),
            Work::Lognormal(scv) | Work::Hyperexponential(scv) => scv,
        }
    }

    /// The first three moments, for mean 1.
    pub fn moments(self) -> [f64; 3] {
        let second = 1.0 + self.scv();
        let third = match self {
            Work::Constant => 1.0,
            Work::Exponential => 6.0,
            Work::Erlang(stages) => (1.0 + 1.0 / f64::from(stages)) * (1.0 + 2.0 / f64::from(stages)),
            Work::Lognormal(_) => second * second * second,
            Work::Hyperexponential(scv) => {
                let p = (1.0 + ((scv - 1.0) / (scv + 1.0)).sqrt()) / 2.0;
                let cube = |mean: f64| 6.0 * mean * mean * mean;
                p * cube(0.5 / p) + (1.0 - p) * cube(0.5 / (1.0 - p))
            }
        };
        [1.0, second, third]
    }

    /// As a document writes it, with this mean.
    pub fn document(self, mean_nanos: f64) -> Value {
        let mean = span(mean_nanos);
        match self {
            Work::Constant => json!({ "constant": mean }),
            Work::Exponential => json!({ "exponential": mean }),
            Work::Erlang(stages) => json!({ "erlang": { "mean": mean, "stages": stages } }),
            Work::Lognormal(scv) => json!({ "lognormal": { "mean": mean, "scv": scv } }),
            Work::Hyperexponential(scv) => json!({ "hyperexponential": { "mean": mean, "scv": scv } }),
        }
    }
}

/// A document under construction: one group `g`, no network, nothing that limits or interferes.
pub struct Draft {
    layout: &'static str,
    machines: Map<String, Value>,
    policies: Map<String, Value>,
    requests: Map<String, Value>,
    functions: Map<String, Value>,
    data: Map<String, Value>,
    services: Map<String, Value>,
    clients: Map<String, Value>,
    faults: Vec<Value>,
    chaos: Vec<Value>,
    people: Option<u32>,
}

impl Draft {
    pub fn new(layout: &'static str) -> Draft {
        let policies = json!({
            "health": { "interval": NEVER },
            "timeouts": { "connect": NEVER, "response": NEVER },
            "retry": { "attempts": 1 },
            "capacity": { "workers": PLENTY, "queue": PLENTY }
        });
        let Value::Object(policies) = policies else { unreachable!("an object") };
        Draft {
            layout,
            machines: Map::new(),
            policies,
            requests: Map::new(),
            functions: Map::new(),
            data: Map::new(),
            services: Map::new(),
            clients: Map::new(),
            faults: Vec::new(),
            chaos: Vec::new(),
            people: None,
        }
    }

    /// One machine more.
    pub fn machine(mut self, cores: u32, speed: f64) -> Draft {
        let id = format!("m{}", self.machines.len() + 1);
        self.machines.insert(id, json!({ "cores": cores.min(MOST_CORES), "speed": speed }));
        self
    }

    /// One machine more, with a weight for the balancer.
    pub fn weighted_machine(mut self, cores: u32, speed: f64, weight: u32) -> Draft {
        let id = format!("m{}", self.machines.len() + 1);
        let mut machine = json!({ "cores": cores, "speed": speed });
        if weight != 1 {
            machine["weight"] = weight.into();
        }
        self.machines.insert(id, machine);
        self
    }

    pub fn machines(mut self, count: u32, cores: u32) -> Draft {
        for _ in 0..count {
            self = self.machine(cores, 1.0);
        }
        self
    }

    pub fn policy(mut self, name: &str, value: Value) -> Draft {
        self.policies.insert(name.to_owned(), value);
        self
    }

    /// A function: its work, and then its steps.
    pub fn function(mut self, id: &str, work: Value, steps: Value) -> Draft {
        self.functions.insert(id.to_owned(), json!({ "work": work, "steps": steps }));
        self
    }

    /// A kind of request.
    pub fn kind(mut self, id: &str, entry: &str, share: f64) -> Draft {
        self.requests.insert(id.to_owned(), json!({ "entry": entry, "share": share }));
        self
    }

    pub fn data(mut self, id: &str, read: Value, write: Value) -> Draft {
        self.data.insert(id.to_owned(), json!({ "read": read, "write": write }));
        self
    }

    /// A microservice of one function, with its own workers and queue.
    pub fn service(mut self, id: &str, function: &str, workers: u32, queue: u32) -> Draft {
        let capacity = json!({ "workers": workers, "queue": queue });
        self.services.insert(id.to_owned(), json!({ "functions": [function], "capacity": capacity }));
        self
    }

    /// A microservice in several copies, each with so many workers and a queue without bound.
    pub fn replicated(mut self, id: &str, functions: &[String], replicas: u32, workers: u32) -> Draft {
        let capacity = json!({ "workers": workers, "queue": 1_000_000 });
        let service = json!({ "functions": functions, "replicas": replicas, "capacity": capacity });
        self.services.insert(id.to_owned(), service);
        self
    }

    /// Poisson arrivals, this many a second.
    pub fn open(self, rate: f64) -> Draft {
        self.clients(json!({ "poisson": { "rate": rate } }))
    }

    pub fn users(self, count: u32, think: Value) -> Draft {
        self.clients(json!({ "users": { "count": count, "think": think } }))
    }

    pub fn clients(mut self, load: Value) -> Draft {
        let mut people = json!({ "load": load, "to": ["g"], "patience": NEVER });
        if let Some(count) = self.people {
            people["users"] = count.into();
        }
        self.clients.insert("people".to_owned(), people);
        self
    }

    pub fn fault(mut self, at: Value, fault: Value) -> Draft {
        self.faults.push(json!({ "at": at, "fault": fault }));
        self
    }

    /// A kind of request for which the person asking has to be known.
    pub fn session_kind(mut self, id: &str, entry: &str) -> Draft {
        self.requests.insert(id.to_owned(), json!({ "entry": entry, "share": 1, "session": true }));
        self
    }

    /// How many people an open stream comes from.
    pub fn people(mut self, count: u32) -> Draft {
        self.people = Some(count);
        self
    }

    /// Faults that come by themselves.
    pub fn chaos(mut self, chaos: Value) -> Draft {
        self.chaos.push(chaos);
        self
    }

    /// The design, opened from the text of the document.
    pub fn open_document(self, seed: u64) -> Design {
        let machines: Vec<&String> = self.machines.keys().collect();
        let text = json!({
            "archlab": 1,
            "groups": { "g": { "layout": self.layout, "machines": machines, "policies": self.policies } },
            "machines": self.machines,
            "network": { "internet": "0", "local": "0", "loopback": "0" },
            "business": {
                "requests": self.requests,
                "functions": self.functions,
                "data": self.data,
                "services": self.services,
            },
            "clients": self.clients,
            "scenario": { "seed": seed, "faults": self.faults, "chaos": self.chaos },
        })
        .to_string();
        document::open(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }
}

/// A length of time in units of `unit` nanoseconds.
pub fn in_units(span: Span, unit: f64) -> f64 {
    span.as_nanos() as f64 / unit
}

#[test]
fn descriptions_of_work_are_understood() {
    assert_eq!(Work::read("constant 1", None), Some(Work::Constant));
    assert_eq!(Work::read("exp mean 1", None), Some(Work::Exponential));
    assert_eq!(Work::read("Erlang-2", Some(0.5)), Some(Work::Erlang(2)));
    assert_eq!(Work::read("H2 balanced means scv 4", None), Some(Work::Hyperexponential(4.0)));
    assert_eq!(
        Work::read("hyperexponential H2 balanced means", Some(10.0)),
        Some(Work::Hyperexponential(10.0))
    );
    assert_eq!(Work::read("lognormal", Some(4.0)), Some(Work::Lognormal(4.0)));
    assert_eq!(Work::read("Pareto", None), None);
}
