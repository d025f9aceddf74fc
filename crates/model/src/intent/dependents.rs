//! What depends on a part goes with it.

use crate::command::Command;
use crate::design::Design;
use crate::scenario::Scenario;
use crate::validate;

/// `command`, and with it the end of whatever names a part that it takes away: faults and releases to come,
/// latencies of links. What names something that was not there before stays.
#[must_use]
pub fn with_dependents(design: &Design, command: Command) -> Command {
    let mut after = design.clone();
    command.apply(&mut after);
    let (was, is) = (validate::missing(design), validate::missing(&after));
    let scenario = Scenario {
        faults: kept(&after.scenario.faults, &was.faults, &is.faults),
        chaos: kept(&after.scenario.chaos, &was.chaos, &is.chaos),
        releases: kept(&after.scenario.releases, &was.releases, &is.releases),
        ..after.scenario.clone()
    };
    let links = kept(&after.network.links, &was.links, &is.links);
    let mut commands = match command {
        Command::Batch(commands) => commands,
        single => vec![single],
    };
    if scenario != after.scenario {
        commands
            .push(Command::SetScenario { from: Box::new(after.scenario.clone()), to: Box::new(scenario) });
    }
    if links != after.network.links {
        let to = crate::network::Network { links, ..after.network.clone() };
        commands.push(Command::SetNetwork { from: after.network.clone(), to });
    }
    match commands.len() {
        1 => commands.remove(0),
        _ => Command::Batch(commands),
    }
}

/// Those of `all` that miss nothing, or missed it before.
fn kept<T: Clone>(all: &[T], was: &[bool], is: &[bool]) -> Vec<T> {
    if was.len() != all.len() || is.len() != all.len() {
        return all.to_vec();
    }
    let stays = |place: &usize| was[*place] || !is[*place];
    (0..all.len()).filter(stays).map(|place| all[place].clone()).collect()
}
