//! Faults: everything that can go wrong with a part, and the repair of each.

mod shapes;
mod site;
mod text;

use serde::{Deserialize, Serialize};

use crate::id::{ClientId, InstanceId, MachineId, ZoneId};

pub use shapes::{Bug, Cut, Delay, Errors, Hang, Leak, Loss, Lost, Partition, Sides, Skew, Slow, Spike};
pub use site::{Site, StoreName};
pub use text::FaultError;

/// A fault, or its repair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The process ends; its machine refuses connections to it from then on.
    Crash(InstanceId),
    /// The process is asked to end, and does so in good order: off the list, out of work, gone.
    Stop(InstanceId),
    /// The process starts again, cold.
    Restart(InstanceId),
    /// The machine and everything on it fall silent.
    PowerOff(MachineId),
    /// The machine comes back and starts its instances again, cold.
    PowerOn(MachineId),
    /// All machines of a failure zone lose power at once.
    ZoneDown(ZoneId),
    /// All machines of a failure zone have power again.
    ZoneUp(ZoneId),
    /// A machine, an instance or a store works slower (a gray failure).
    Slow(Slow),
    /// An instance, or a function wherever it runs, answers some calls at once with an error (a bug).
    Errors(Errors),
    /// A process accepts everything and answers nothing.
    Hang(Hang),
    /// Nothing gets through between two parts.
    Cut(Cut),
    /// Nothing gets through between two sets of parts.
    Partition(Partition),
    /// Some messages between two parts are lost.
    Loss(Loss),
    /// Messages between two parts take longer.
    Delay(Delay),
    /// Clients ask for more (or less) than usual.
    Spike(Spike),
    /// An instance keeps some memory with each request, until it is killed for it.
    Leak(Leak),
    /// The queue of an instance is filled: it rejects whatever arrives.
    FullQueue(InstanceId),
    /// The member of a store that takes the writes dies.
    LostPrimary(StoreName),
    /// The process of a store, or of one member of it, ends.
    StoreCrash(StoreName),
    /// The clock of a machine or an instance is wrong.
    Skew(Skew),
    /// Ends a fault.
    Repair(Trouble),
}

/// A fault without its numbers: what a repair ends. A fault that strikes where the same trouble already is
/// takes its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// A process that has ended.
    Crash(InstanceId),
    /// A machine without power.
    PowerOff(MachineId),
    /// A failure zone without power.
    ZoneDown(ZoneId),
    /// Something slow.
    Slow(Site),
    /// Something that answers with errors.
    Errors(Bug),
    /// A process that hangs.
    Hang(InstanceId),
    /// A cut link; its ends in the order in which the fault named them, as with the other links.
    Cut((Site, Site)),
    /// A partition.
    Partition(Sides),
    /// A link that loses messages.
    Loss((Site, Site)),
    /// A slow link.
    Delay((Site, Site)),
    /// Clients who ask for too much.
    Spike(ClientId),
    /// A process that leaks memory.
    Leak(InstanceId),
    /// A full queue.
    FullQueue(InstanceId),
    /// A store without its primary.
    LostPrimary(StoreName),
    /// A store, or a member of one, whose process has ended.
    StoreCrash(StoreName),
    /// A clock that is wrong.
    Skew(Site),
}

impl Fault {
    /// The trouble it makes; `None` for a repair.
    pub fn trouble(&self) -> Option<Trouble> {
        Some(match self {
            Fault::Crash(id) | Fault::Stop(id) => Trouble::Crash(id.clone()),
            Fault::PowerOff(id) => Trouble::PowerOff(id.clone()),
            Fault::ZoneDown(id) => Trouble::ZoneDown(id.clone()),
            Fault::Slow(slow) => Trouble::Slow(slow.of.clone()),
            Fault::Errors(errors) => Trouble::Errors(errors.of.clone()),
            Fault::Hang(hang) => Trouble::Hang(hang.of.clone()),
            Fault::Cut(cut) => Trouble::Cut(cut.between.clone()),
            Fault::Partition(partition) => Trouble::Partition(partition.sides.clone()),
            Fault::Loss(loss) => Trouble::Loss(loss.between.clone()),
            Fault::Delay(delay) => Trouble::Delay(delay.between.clone()),
            Fault::Spike(spike) => Trouble::Spike(spike.of.clone()),
            Fault::Leak(leak) => Trouble::Leak(leak.of.clone()),
            Fault::FullQueue(id) => Trouble::FullQueue(id.clone()),
            Fault::LostPrimary(store) => Trouble::LostPrimary(store.clone()),
            Fault::StoreCrash(store) => Trouble::StoreCrash(store.clone()),
            Fault::Skew(skew) => Trouble::Skew(skew.of.clone()),
            Fault::Restart(_) | Fault::PowerOn(_) | Fault::ZoneUp(_) | Fault::Repair(_) => return None,
        })
    }

    /// The trouble it ends; `None` for a fault.
    pub fn ends(&self) -> Option<Trouble> {
        Some(match self {
            Fault::Restart(id) => Trouble::Crash(id.clone()),
            Fault::PowerOn(id) => Trouble::PowerOff(id.clone()),
            Fault::ZoneUp(id) => Trouble::ZoneDown(id.clone()),
            Fault::Repair(trouble) => trouble.clone(),
            _ => return None,
        })
    }

    /// Whether it is a repair.
    pub fn is_repair(&self) -> bool {
        matches!(self, Fault::Restart(_) | Fault::PowerOn(_) | Fault::ZoneUp(_) | Fault::Repair(_))
    }

    /// What repairs it; `None` for a repair.
    pub fn repair(&self) -> Option<Fault> {
        self.trouble().map(Trouble::repair)
    }

    /// The parts it names, as text: what is told of a fault that names nothing.
    pub fn sites(&self) -> Vec<Site> {
        self.trouble().or_else(|| self.ends()).map_or_else(Vec::new, |trouble| trouble.sites())
    }
}

impl Trouble {
    /// The repair of it.
    pub fn repair(self) -> Fault {
        match self {
            Trouble::Crash(id) => Fault::Restart(id),
            Trouble::PowerOff(id) => Fault::PowerOn(id),
            Trouble::ZoneDown(id) => Fault::ZoneUp(id),
            other => Fault::Repair(other),
        }
    }

    /// Its name as in a document.
    pub const fn kind(&self) -> &'static str {
        match self {
            Trouble::Crash(_) => "crash",
            Trouble::PowerOff(_) => "power-off",
            Trouble::ZoneDown(_) => "zone-down",
            Trouble::Slow(_) => "slow",
            Trouble::Errors(_) => "errors",
            Trouble::Hang(_) => "hang",
            Trouble::Cut(_) => "cut",
            Trouble::Partition(_) => "partition",
            Trouble::Loss(_) => "loss",
            Trouble::Delay(_) => "delay",
            Trouble::Spike(_) => "spike",
            Trouble::Leak(_) => "leak",
            Trouble::FullQueue(_) => "full-queue",
            Trouble::LostPrimary(_) => "lost-primary",
            Trouble::StoreCrash(_) => "store-crash",
            Trouble::Skew(_) => "skew",
        }
    }

    /// The parts it names. A zone and a function are none: see [`Trouble::zone`] and [`Bug`].
    pub fn sites(&self) -> Vec<Site> {
        match self {
            Trouble::Crash(id) | Trouble::Hang(id) | Trouble::Leak(id) | Trouble::FullQueue(id) => {
                vec![Site::Instance(id.clone())]
            }
            Trouble::PowerOff(id) => vec![Site::named(id.as_str())],
            Trouble::ZoneDown(id) => vec![Site::named(id.as_str())],
            Trouble::Spike(id) => vec![Site::named(id.as_str())],
            Trouble::Slow(site) | Trouble::Skew(site) => vec![site.clone()],
            Trouble::Errors(Bug::Instance(id)) => vec![Site::Instance(id.clone())],
            Trouble::Errors(Bug::Function(id)) => vec![Site::named(id.as_str())],
            Trouble::Cut((one, other)) | Trouble::Loss((one, other)) | Trouble::Delay((one, other)) => {
                vec![one.clone(), other.clone()]
            }
            Trouble::Partition((one, other)) => one.iter().chain(other).cloned().collect(),
            Trouble::LostPrimary(store) | Trouble::StoreCrash(store) => vec![Site::Store(store.clone())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    /// One of each, the numbers as a person would choose them.
    fn each() -> Vec<Fault> {
        let site = |name: &str| name.parse::<Site>().expect("a name");
        let instance = || "shop/app/1".parse::<InstanceId>().expect("a name");
        let between = || (site("machine-1"), site("shop/database"));
        vec![
            Fault::Crash(instance()),
            Fault::PowerOff("machine-1".into()),
            Fault::ZoneDown("east".into()),
            Fault::Slow(Slow { of: site("machine-1"), factor: 8.0 }),
            Fault::Errors(Errors { of: Bug::Function("pay".into()), rate: 0.3 }),
            Fault::Hang(Hang { of: instance(), checks_pass: true }),
            Fault::Cut(Cut { between: between(), one_way: true }),
            Fault::Partition(Partition { sides: (vec![site("machine-1")], vec![]), one_way: false }),
            Fault::Loss(Loss {
                between: between(),
                probability: 0.01,
                one_way: false,
                lost: Lost::default(),
            }),
            Fault::Delay(Delay {
                between: between(),
                extra: Span::from_millis(50),
                jitter: Span::from_millis(10),
                one_way: false,
            }),
            Fault::Spike(Spike { of: "people".into(), factor: 5.0 }),
            Fault::Leak(Leak { of: instance(), requests: 1000 }),
            Fault::FullQueue(instance()),
            Fault::LostPrimary("shop/database".parse().expect("a name")),
            Fault::StoreCrash("shop/database".parse().expect("a name")),
            Fault::Skew(Skew { ahead: Span::from_secs(5), ..Skew::none(site("machine-1")) }),
        ]
    }

    #[test]
    fn each_fault_has_a_repair_that_ends_its_trouble() {
        for fault in each() {
            let repair = fault.repair().expect("a fault can be repaired");
            assert!(repair.is_repair() && repair.repair().is_none() && !fault.is_repair());
            assert_eq!(repair.ends(), fault.trouble(), "{fault:?}");
            assert_eq!(fault.ends(), None);
            assert!(!fault.sites().is_empty());
        }
    }

    #[test]
    fn a_fault_is_written_and_read_again() {
        for fault in each().into_iter().flat_map(|fault| [fault.repair().expect("has one"), fault]) {
            let text = serde_json::to_string(&fault).expect("it can be written");
            assert_eq!(serde_json::from_str::<Fault>(&text).expect("it can be read"), fault, "{text}");
        }
        let text = |fault: &Fault| serde_json::to_string(fault).expect("it can be written");
        let all = each();
        assert_eq!(text(&all[0]), r#"{"crash":"shop/app/1"}"#);
        assert_eq!(text(&all[3]), r#"{"slow":{"of":"machine-1","factor":8.0}}"#);
        let repair = all[7].repair().expect("has one");
        assert_eq!(text(&repair), r#"{"repair":{"partition":[["machine-1"],[]]}}"#);
    }
}
