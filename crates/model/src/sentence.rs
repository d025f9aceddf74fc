//! The English sentences of errors and problems.
//!
//! The locale files hold the same sentences, for a reader of either language; a test holds the two
//! together. The model keeps its own so that an error can be printed without them.

use std::fmt;

/// Key and sentence; `%{name}` stands for an argument.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    (
        "problem.unknown_entry",
        "Request kind “%{name}” enters by function “%{function}”, which does not exist. Choose another entry.",
    ),
    (
        "problem.unknown_call",
        "Function “%{name}” calls “%{function}”, which does not exist. Add that function or remove the call.",
    ),
    (
        "problem.unknown_transaction",
        "Function “%{function}” is to be a transaction, but does not exist. Add that function or remove it from the transactions.",
    ),
    (
        "problem.unknown_topic",
        "Group “%{name}” has settings for the topic of function “%{function}”, which does not exist. Remove them.",
    ),
    (
        "problem.unknown_data",
        "Function “%{name}” reads or writes “%{data}”, which does not exist. Add that data or remove the step.",
    ),
    (
        "problem.unknown_in_module",
        "Module “%{name}” holds function “%{function}”, which does not exist. Remove it from the module.",
    ),
    (
        "problem.unknown_in_service",
        "Service “%{name}” holds function “%{function}”, which does not exist. Remove it from the service.",
    ),
    (
        "problem.unknown_machine",
        "Group “%{name}” seats machine “%{machine}”, which does not exist. Add that machine or clear the seat.",
    ),
    (
        "problem.unknown_group",
        "Clients “%{name}” send to group “%{group}”, which does not exist. Connect them to another group.",
    ),
    (
        "problem.unknown_release_target",
        "The release planned at %{at} is of “%{target}”, which does not exist. Choose another target or remove it.",
    ),
    (
        "problem.unknown_fault_target",
        "The fault planned at %{at} is for “%{target}”, which does not exist. Choose another target or remove it.",
    ),
    (
        "problem.unfit_fault_target",
        "The fault planned at %{at} cannot strike “%{target}”. Choose a part of another kind.",
    ),
    (
        "problem.unknown_victim",
        "Faults at random are planned for “%{target}”, which they cannot strike. Choose another target or remove them.",
    ),
    (
        "problem.unknown_link_end",
        "A link of the network leads to “%{target}”, which does not exist. Name a machine, a client or group/store.",
    ),
    (
        "problem.in_two_modules",
        "Function “%{name}” is in two modules, “%{first}” and “%{second}”. Keep it in one.",
    ),
    (
        "problem.in_two_services",
        "Function “%{name}” is in two services, “%{first}” and “%{second}”. Keep it in one.",
    ),
    (
        "problem.unknown_in_store",
        "Store “%{store}” holds data “%{name}”, which does not exist. Remove it from the store.",
    ),
    ("problem.in_two_stores", "Data “%{name}” is in two stores, “%{first}” and “%{second}”. Keep it in one."),
    (
        "problem.quorum_too_large",
        "“%{name}”: %{needed} answers are needed of %{members} members. Need fewer or add members.",
    ),
    (
        "problem.unknown_kind_at_edge",
        "The entry of “%{name}” keeps answers to “%{kind}”, which nobody asks for. Choose another request kind.",
    ),
    (
        "problem.seated_twice",
        "Machine “%{name}” has two seats, in “%{first}” and in “%{second}”. Leave it in one.",
    ),
    (
        "problem.unknown_member",
        "Group “%{name}” seats group “%{group}”, which does not exist. Add that group or clear the seat.",
    ),
    (
        "problem.held_twice",
        "Group “%{name}” has two seats, in “%{first}” and in “%{second}”, so it runs in neither. Leave it in one.",
    ),
    (
        "problem.holds_itself",
        "Group “%{name}” is in group “%{holder}”, which is within “%{name}” in turn, so neither runs. Take one out.",
    ),
    (
        "problem.layout_within",
        "Group “%{name}” is within group “%{holder}” and works as a cluster there, whatever its layout says. Make it a cluster.",
    ),
    (
        "problem.sends_within",
        "Clients “%{name}” send to group “%{group}”, which is within “%{holder}” and has no entry of its own. Connect them to the outer group.",
    ),
    ("problem.no_requests", "There are clients, but nothing they could ask for. Add a request kind."),
    (
        "problem.no_share",
        "All request kinds have a share of 0, so there is no traffic. Give one of them a share above 0.",
    ),
    (
        "problem.endless_calls",
        "Function “%{name}” calls itself without end: %{circle}. Break the circle or make one of its calls less likely.",
    ),
    (
        "problem.empty_parallel",
        "Step %{step} of function “%{name}” makes no calls at once. Add calls or remove the step.",
    ),
    (
        "problem.probability",
        "Step %{step} of function “%{name}” has a probability of %{given}. Choose one from 0 to 1.",
    ),
    (
        "problem.uniform_backwards",
        "“%{name}”: a uniform distribution goes from the shorter to the longer, not from %{from} to %{to}. Swap them.",
    ),
    (
        "problem.scv_below_one",
        "“%{name}”: a hyperexponential distribution has an scv of at least 1, not %{scv}. Raise it or choose another.",
    ),
    (
        "problem.deadline_too_long",
        "Function “%{name}” waits up to %{deadline} for “%{function}”, but whoever called it waits %{timeout} at most. Shorten the deadline.",
    ),
    (
        "problem.no_workers",
        "“%{name}” has instances without workers, which never answer. Give them at least one.",
    ),
    ("problem.no_cores", "Machine “%{name}” has no cores. Give it at least one."),
    (
        "problem.no_machines",
        "Group “%{name}” has no machines, so every request to it fails. Drag one into it.",
    ),
    (
        "problem.no_weight",
        "All machines of group “%{name}” weigh nothing to its balancer, so it gives out no requests. Give one a weight.",
    ),
    (
        "problem.nobody_looks",
        "In group “%{name}” nobody learns of a dead instance: there are no checks. Let it be checked, or count failures.",
    ),
    (
        "problem.single_machine",
        "Cluster “%{name}” has a single machine: when it fails, everything fails. Add a second one.",
    ),
    (
        "problem.modules_without_machine",
        "In group “%{name}” no machine runs %{modules}; requests that need them fail. Drag in more machines.",
    ),
    ("problem.sends_nowhere", "Clients “%{name}” send to no group. Connect them to one."),
    (
        "problem.empty_load",
        "Clients “%{name}” have a ramp or a recording without any point, so they ask for nothing. Add one.",
    ),
    (
        "problem.load_backwards",
        "The ramp or recording of clients “%{name}” is not in order of time, or begins again before it ends. Put it in order.",
    ),
    (
        "problem.burst_too_long",
        "Clients “%{name}” have bursts of %{length} every %{every}: they never end. Shorten them or let them come less often.",
    ),
    (
        "problem.risk_single_point",
        "In group “%{name}” one copy runs of %{services}: while it is down, requests that need it fail. Run a second copy on another machine.",
    ),
    (
        "problem.risk_one_machine",
        "In group “%{name}” all copies of %{services} run on one machine and die with it. Add a machine.",
    ),
    (
        "problem.risk_one_zone",
        "All machines of group “%{name}” stand in zone %{zone}: a power cut there takes all of them. Put some into another zone.",
    ),
    (
        "problem.risk_single_copy",
        "In group “%{name}” there is a single copy of what %{stores} holds: while that store is down, every read and write of it fails. Give it a replica.",
    ),
    (
        "problem.risk_shared_store",
        "In group “%{name}” %{count} services share the store %{store}: when it is slow or down, all of them are, and none can change its data alone.",
    ),
    (
        "problem.risk_slow_detection",
        "In group “%{name}” a dead instance is noticed after up to %{after}, and gets requests until then. Check more often.",
    ),
    (
        "problem.risk_long_timeout",
        "In group “%{name}” callers wait up to %{timeout} for an answer, but clients leave after %{patience}: the rest is work in vain. Shorten the response timeout.",
    ),
    (
        "problem.risk_short_timeout",
        "In group “%{name}” “%{function}” is waited for %{timeout} at most, but takes %{mean} on average with nobody before it. Wait longer or make it faster.",
    ),
    (
        "problem.risk_inner_longer",
        "Function “%{name}” waits up to %{inner} for “%{function}”, but its own caller gives up after %{outer}. Shorten the wait beneath.",
    ),
    (
        "problem.risk_retry_product",
        "In group “%{name}” each of %{depth} layers makes up to %{attempts} attempts: one request can become %{product} at the bottom. Repeat only what was not delivered.",
    ),
    (
        "problem.risk_no_retry_budget",
        "In group “%{name}” retries have no budget: when much fails, they add to the load that makes it fail. Limit them to a part of all calls.",
    ),
    (
        "problem.risk_no_backoff",
        "In group “%{name}” retries follow at once and hit together what has just failed. Let them pause, spread by chance.",
    ),
    (
        "problem.risk_no_consumer",
        "In group “%{name}” nobody takes from the queue of “%{function}”: messages pile up. Run the service that holds it.",
    ),
    (
        "problem.risk_backlog",
        "In group “%{name}” the queue of “%{function}” gets %{percent} % of what its consumers can do: it grows. Let them do more at once, or run more of them.",
    ),
    (
        "problem.risk_load",
        "In group “%{name}” %{percent} % of the processor time of %{machine} is asked for: queues grow long. Add machines.",
    ),
    (
        "problem.risk_workers",
        "In group “%{name}” %{percent} % of the workers of %{service} are wanted at once: requests wait for one although processors are idle. Give it more workers.",
    ),
    (
        "problem.risk_store_load",
        "In group “%{name}” %{percent} % of what store %{store} can do is asked for: reads and writes wait. Give it more connections, or a cache.",
    ),
    (
        "problem.risk_sessions_in_memory",
        "In group “%{name}” sessions lie in the memory of one instance: when it goes, its users are logged out. Keep them in a shared store, or copy them.",
    ),
    (
        "problem.risk_unused",
        "Function “%{name}” is called by nobody and no request enters by it. Call it or remove it.",
    ),
    ("problem.document.too_large", "The file has %{kilobytes} KiB; at most %{limit} KiB are read."),
    ("problem.document.syntax", "Line %{line}, column %{column}: this is not JSON: %{detail}."),
    (
        "problem.document.too_deep",
        "Line %{line}, column %{column}: more than %{limit} objects and lists lie within each other.",
    ),
    (
        "problem.document.twice",
        "Line %{line}, column %{column}: the name “%{name}” stands twice in one object. Rename or remove one.",
    ),
    (
        "problem.document.not_a_design",
        "The file is not a design. A design is an object that begins with \"archlab\": 1.",
    ),
    (
        "problem.document.not_a_fragment",
        "It holds no machines, groups, clients or notes copied from archlab.",
    ),
    (
        "problem.document.version_missing",
        "The file does not say which version it is. Begin it with \"archlab\": 1.",
    ),
    (
        "problem.document.version_unknown",
        "“archlab” is the version of the file, a whole number from 1; %{found} is none.",
    ),
    (
        "problem.document.version_too_new",
        "The file has version %{found}; this archlab reads up to version %{newest}. Use a newer one.",
    ),
    ("problem.document.shape", "%{path}: %{detail}."),
    ("problem.document.too_many", "%{path}: there are %{count}; at most %{limit} are allowed."),
    (
        "problem.document.out_of_bounds",
        "%{path}: %{given} is out of bounds; it may be from %{least} to %{most}.",
    ),
];

/// Writes the sentence of `key` with its placeholders filled.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    arguments: &[(&'static str, String)],
) -> fmt::Result {
    let sentence = SENTENCES.iter().find(|(name, _)| *name == key).map_or(key, |(_, sentence)| *sentence);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("%{") {
        f.write_str(before)?;
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = arguments.iter().find(|(argument, _)| *argument == name) {
            f.write_str(value)?;
        }
        rest = after;
    }
    f.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::SENTENCES;

    #[test]
    fn the_locale_file_has_the_same_sentences() {
        let file = include_str!("../../../static/locales/problem.en.yml");
        for (key, sentence) in SENTENCES {
            let name = key.rsplit('.').next().unwrap_or(key);
            let line = format!(" {name}: {}\n", serde_json::Value::from(*sentence));
            assert!(file.contains(&line), "{key} is not “{sentence}” in problem.en.yml");
        }
        assert_eq!(file.matches("\"\n").count(), SENTENCES.len(), "every text is a sentence here");
    }
}
