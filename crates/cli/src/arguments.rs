//! What a person may ask of the command.

use std::path::PathBuf;
use std::str::FromStr;

use archlab_model::{Fault, InstanceId, MachineId, PlannedFault, Span};
use archlab_words::Lang;
use clap::{Args, Parser, Subcommand};

/// One business, three architectures: runs a design and tells what came of it.
#[derive(Debug, Parser)]
#[command(name = "archlab", version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Runs a design and reports its measures and how it got over its faults.
    Run(Run),
    /// Tells what is wrong with a design; the exit code is 1 if it has errors.
    Check(Check),
    /// Tells how fast the engine runs a benchmark design.
    Bench(Bench),
}

/// Runs a design.
#[derive(Debug, Args)]
pub struct Run {
    /// The design, a JSON file.
    pub design: PathBuf,
    /// How long to run, in simulated time: 500ms, 60s, 10m, 2h.
    #[arg(long = "for", value_name = "DURATION", default_value = "60s")]
    pub duration: Span,
    /// The seed of every random stream; the design's own if not given.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Write JSON instead of tables.
    #[arg(long)]
    pub json: bool,
    /// Cut the power of a machine: machine-2@20s. May be given several times, as all faults.
    #[arg(long, value_name = "MACHINE@TIME")]
    pub power_off: Vec<At<MachineId>>,
    /// Give a machine its power back: machine-2@40s.
    #[arg(long, value_name = "MACHINE@TIME")]
    pub power_on: Vec<At<MachineId>>,
    /// End the process of an instance: shop/app/2@20s.
    #[arg(long, value_name = "INSTANCE@TIME")]
    pub crash: Vec<At<InstanceId>>,
    /// Start the process of an instance again: shop/app/2@40s.
    #[arg(long, value_name = "INSTANCE@TIME")]
    pub restart: Vec<At<InstanceId>>,
    /// Any fault or repair, and how long it lasts: slow:machine-2:8@20s, errors:pay:0.3@20s+30s,
    /// hang:shop/app/2@20s, cut:machine-1~shop/database@20s, partition:machine-1~:one-way@20s+10s,
    /// loss:machine-1~machine-2:0.05@20s, delay:machine-1~machine-2:50ms@20s, zone-down:east@20s, spike:people:5@20s,
    /// leak:shop/app/1:1000@20s, full-queue:shop/app/1@20s, lost-primary:shop/database@20s, skew:machine-1:+5s@20s,
    /// repair:slow:machine-2@50s.
    #[arg(long, value_name = "FAULT@TIME[+DURATION]")]
    pub fault: Vec<Planned>,
    #[command(flatten)]
    pub words: Words,
}

/// Checks a design.
#[derive(Debug, Args)]
pub struct Check {
    /// The design, a JSON file.
    pub design: PathBuf,
    #[command(flatten)]
    pub words: Words,
}

/// Runs a benchmark.
#[derive(Debug, Args)]
pub struct Bench {
    /// Which: w1 is one queue, w2 ten servers behind least connections, w3 a gateway and three services of
    /// three instances with a store; each at load 0.8.
    pub workload: Workload,
    /// How many requests are to end.
    #[arg(long, default_value_t = 1_000_000)]
    pub requests: u64,
    /// The seed of every random stream; the design's own if not given.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Write one line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// A benchmark design.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Workload {
    /// One queue.
    W1,
    /// Ten servers behind least connections.
    W2,
    /// A gateway and three services.
    W3,
}

impl Workload {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Workload::W1 => "w1",
            Workload::W2 => "w2",
            Workload::W3 => "w3",
        }
    }
}

/// The language of what is written.
#[derive(Debug, Args)]
pub struct Words {
    /// The language, en or zh; the terminal's if not given.
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    lang: Option<Lang>,
}

impl Words {
    /// The language asked for, or else that of the environment, or else English.
    pub fn lang(&self) -> Lang {
        let environment = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
        let set = environment.filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        self.lang.or_else(|| Lang::from_tag(set?.as_str())).unwrap_or_default()
    }
}

fn language(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| {
        let known: Vec<_> = Lang::ALL.into_iter().map(Lang::tag).collect();
        format!("there are {}", known.join(", "))
    })
}

/// Something at a time, written `what@time`.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// What.
    pub what: T,
    /// When, after the start of the run.
    pub at: Span,
}

impl<T: FromStr> FromStr for At<T>
where
    T::Err: ToString,
{
    type Err = String;

    fn from_str(text: &str) -> Result<At<T>, String> {
        // The last `@`: a name may have one.
        let (what, at) =
            text.rsplit_once('@').ok_or("write a name, an @ and a time, such as machine-2@20s")?;
        Ok(At {
            what: what.parse().map_err(|error: T::Err| error.to_string())?,
            at: at.parse().map_err(|error: archlab_model::time::SpanError| error.to_string())?,
        })
    }
}

/// A fault at a time, perhaps for a time: `slow:machine-2:8@20s+30s`.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned(pub PlannedFault);

impl FromStr for Planned {
    type Err = String;

    fn from_str(text: &str) -> Result<Planned, String> {
        let (fault, when) =
            text.rsplit_once('@').ok_or("write a fault, an @ and a time, such as slow:machine-2:8@20s")?;
        let (at, lasts) = match when.split_once('+') {
            Some((at, lasts)) => (at, Some(lasts)),
            None => (when, None),
        };
        let span = |text: &str| {
            text.parse::<Span>().map_err(|error: archlab_model::time::SpanError| error.to_string())
        };
        let fault: Fault =
            fault.parse().map_err(|error: archlab_model::fault::FaultError| error.to_string())?;
        Ok(Planned(PlannedFault { at: span(at)?, fault, lasts: lasts.map(span).transpose()? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_fault_is_a_name_and_a_time() {
        let machine = |text: &str| text.parse::<At<MachineId>>();
        let at = Span::from_secs(20);
        assert_eq!(machine("machine-2@20s"), Ok(At { what: "machine-2".into(), at }));
        assert_eq!(machine("m@home@20s"), Ok(At { what: "m@home".into(), at }));
        for wrong in ["machine-2", "machine-2@", "@20s", "machine-2@soon", "a/b@20s"] {
            assert!(machine(wrong).is_err(), "{wrong}");
        }
        assert!("shop/app/2@20s".parse::<At<InstanceId>>().is_ok());
        assert!("shop/app@20s".parse::<At<InstanceId>>().is_err());
    }

    #[test]
    fn any_fault_can_be_asked_for_and_for_a_time() {
        let Planned(slow) = "slow:machine-2:8@20s+30s".parse().expect("a fault");
        let fault = "slow:machine-2:8".parse().expect("a fault");
        let (at, lasts) = (Span::from_secs(20), Some(Span::from_secs(30)));
        assert_eq!(slow, PlannedFault { at, fault, lasts });
        let Planned(ahead) = "skew:machine-1:+5s@1m".parse().expect("a fault");
        assert_eq!((ahead.at, ahead.lasts), (Span::from_secs(60), None));
        for wrong in ["slow:machine-2:8", "slow@20s", "slow:machine-2:8@20s+", "explode:machine-2@20s"] {
            assert!(wrong.parse::<Planned>().is_err(), "{wrong}");
        }
    }
}
