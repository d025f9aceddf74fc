//! Availability: what works, if every machine is up with the same chance and fails alone.

use archlab_model::business::Step;
use archlab_model::{Business, Deployment, Design, FunctionId, GroupId, MachineId, layout};

/// With more machines than this, not every combination of them can be gone through.
pub const MAX_MACHINES: usize = 18;

/// As [`super::availability`] says.
pub fn of_group(design: &Design, group: &GroupId, machine: f64) -> Option<f64> {
    let deployment = layout::deploy(design, group, design.groups.get(group)?);
    let mut machines: Vec<&MachineId> = Vec::new();
    for instance in deployment.services.iter().flat_map(|service| &service.instances) {
        if !machines.contains(&&instance.machine) {
            machines.push(&instance.machine);
        }
    }
    if machines.len() > MAX_MACHINES {
        return None;
    }
    let kinds: Vec<(f64, Vec<u32>)> = design
        .business
        .requests
        .values()
        .map(|kind| (kind.share.max(0.0), needs(&design.business, &deployment, &kind.entry, &machines)))
        .collect();
    let total: f64 = kinds.iter().map(|(share, _)| share).sum();
    if total <= 0.0 {
        return None;
    }
    let mut available = 0.0;
    for up in 0..1_u32 << machines.len() {
        let working = up.count_ones() as i32;
        let broken = machines.len() as i32 - working;
        let chance = libm::pow(machine, f64::from(working)) * libm::pow(1.0 - machine, f64::from(broken));
        let answered = kinds.iter().filter(|(_, needed)| needed.iter().all(|hosts| hosts & up != 0));
        available += chance * answered.map(|(share, _)| share / total).sum::<f64>();
    }
    Some(available)
}

/// For each service that `entry` needs, the machines of which one must be up, as bits.
fn needs(
    business: &Business,
    deployment: &Deployment,
    entry: &FunctionId,
    machines: &[&MachineId],
) -> Vec<u32> {
    let mut functions = vec![entry];
    let mut place = 0;
    while let Some(function) = functions.get(place).copied() {
        place += 1;
        let steps = business.functions.get(function).map_or(&[][..], |function| &function.steps);
        for call in steps.iter().flat_map(Step::calls) {
            let needed = !call.soft
                && !call.asynchronous
                && call.fallback.is_none()
                && call.probability > 0.0
                && call.count > 0;
            if needed && !functions.contains(&&call.to) {
                functions.push(&call.to);
            }
        }
    }
    let mut needed: Vec<u32> = functions
        .into_iter()
        .map(|function| {
            let service = deployment.service_of(function);
            service.map_or(0, |service| {
                let host = |id: &MachineId| machines.iter().position(|known| *known == id);
                let hosts = service.instances.iter().filter_map(|instance| host(&instance.machine));
                hosts.fold(0, |bits, host| bits | 1 << host)
            })
        })
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}
