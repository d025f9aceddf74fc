//! The command, as a person calls it.

#![allow(missing_docs)]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// What the command did: exit code, standard output, standard error.
struct Done {
    code: Option<i32>,
    output: String,
    error: String,
}

fn archlab(arguments: &[&str]) -> Done {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_archlab"))
        .args(arguments)
        .current_dir(root)
        .env("LC_ALL", "C")
        .output()
        .expect("the command starts");
    Done {
        code: status.code(),
        output: String::from_utf8(stdout).expect("text"),
        error: String::from_utf8(stderr).expect("text"),
    }
}

const CLUSTER: &str = "static/designs/shop-cluster.json";
const SHOPS: [&str; 3] =
    [CLUSTER, "static/designs/shop-distributed.json", "static/designs/shop-microservice.json"];

/// A file of this text, for one test alone.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("a file is written");
    path.display().to_string()
}

/// The shop with `old` replaced by `new`, in a file.
fn changed(name: &str, old: &str, new: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(CLUSTER)).expect("the shop");
    assert!(text.contains(old), "{old} is in the file");
    file(name, text.replacen(old, new, 1).as_bytes())
}

fn json(arguments: &[&str]) -> Value {
    let done = archlab(arguments);
    assert_eq!(done.code, Some(0), "{}", done.error);
    serde_json::from_str(&done.output).expect("JSON")
}

/// No request is lost in any tally of the report.
fn check_conservation(value: &Value) {
    if let Some(issued) = value.get("issued").and_then(Value::as_u64) {
        let field = |name: &str| value[name].as_u64().expect("a count");
        assert_eq!(issued, field("succeeded") + field("failed") + field("in_flight"));
        let reasons = value["failed_by_reason"].as_object().expect("reasons");
        assert_eq!(reasons.values().filter_map(Value::as_u64).sum::<u64>(), field("failed"));
    }
    match value {
        Value::Object(fields) => fields.values().for_each(check_conservation),
        Value::Array(items) => items.iter().for_each(check_conservation),
        _ => {}
    }
}

#[test]
fn a_run_reports_what_became_of_sessions_of_kept_data_and_of_what_the_entry_answered() {
    let count = |value: &Value, name: &str| value[name].as_u64().expect("a count");
    let cluster = json(&["run", "static/designs/nginx-tomcat.json", "--for", "20s", "--json"]);
    let group = &cluster["groups"][0];
    assert!(count(&group["sessions"], "logins") > 0, "{}", group["sessions"]);
    assert!(count(&group["edge"], "hits") > 0, "{}", group["edge"]);
    let network = json(&["run", "static/designs/social-network.json", "--for", "5s", "--json"]);
    let group = &network["groups"][0];
    let data = group["data"].as_array().expect("a list");
    assert!(data.iter().any(|store| count(store, "hits") > 0), "{data:?}");
    assert!(group["sessions"].is_null() && group["edge"].is_null());
}

#[test]
fn a_run_reports_in_json_and_loses_no_request() {
    for shop in SHOPS {
        let report = json(&["run", shop, "--for", "12s", "--json", "--power-off", "machine-2@4s"]);
        assert_eq!(report["elapsed_s"], 12.0);
        assert_eq!(report["seed"], 1);
        let group = &report["groups"][0];
        let issued = group["requests"]["issued"].as_u64().expect("a count");
        assert!((2_000..2_800).contains(&issued), "{shop}: {issued} of about 2400");
        for key in ["mean_ms", "p50_ms", "p95_ms", "p99_ms", "max_ms"] {
            assert!(group["latency"][key].as_f64().is_some_and(|ms| ms > 1.0), "{shop}: {key}");
        }
        for key in ["throughput_per_s", "retries", "wasted", "kinds", "services", "stores"] {
            assert!(!group[key].is_null(), "{shop}: {key}");
        }
        let episode = &group["episodes"][0];
        assert_eq!((&episode["fault"], &episode["part"]), (&"power-off".into(), &"machine-2".into()));
        assert_eq!(episode["at_s"], 4.0);
        assert_eq!(report["machines"].as_array().map(Vec::len), Some(3));
        check_conservation(&report);
    }
}

#[test]
fn the_same_run_gives_the_same_bytes_and_another_seed_another_run() {
    let run = |seed| archlab(&["run", CLUSTER, "--for", "2s", "--json", "--seed", seed]).output;
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7"), run("8"));
}

#[test]
fn a_run_is_told_in_both_languages() {
    let run = |lang| {
        let crash = ["--crash", "shop/app/2@1s", "--restart", "shop/app/2@2s"];
        let done = archlab(&[&["run", CLUSTER, "--for", "4s", "--lang", lang], &crash[..]].concat());
        assert_eq!(done.code, Some(0), "{}", done.error);
        assert!(!done.output.contains("%{") && !done.output.contains("cli."), "{}", done.output);
        done
    };
    let english = run("en");
    for words in ["Online shop: cluster", "succeeded", "app/2 crashed", "machine-3", "database", "p99"] {
        assert!(english.output.contains(words), "{words}: {}", english.output);
    }
    assert!(english.error.contains("events per second"), "{}", english.error);
    let chinese = run("zh");
    for words in ["网上商店：集群", "成功", "app/2 崩溃", "浏览首页", "平均排队"] {
        assert!(chinese.output.contains(words), "{words}: {}", chinese.output);
    }
}

#[test]
fn durations_are_written_as_people_do() {
    for (written, seconds) in [("500ms", 0.5), ("1s", 1.0), ("0.05m", 3.0)] {
        assert_eq!(json(&["run", CLUSTER, "--json", "--for", written])["elapsed_s"], seconds);
    }
    let done = archlab(&["run", CLUSTER, "--for", "soon"]);
    assert_eq!(done.code, Some(2));
    assert!(done.error.contains("is not a duration"), "{}", done.error);
}

#[test]
fn a_fault_on_a_part_that_is_not_there_is_refused() {
    let done = archlab(&["run", CLUSTER, "--power-off", "machine-9@1s"]);
    assert_eq!(done.code, Some(2));
    assert!(done.error.contains("machine-9") && done.error.contains("machine-3"), "{}", done.error);
    let done = archlab(&["run", CLUSTER, "--crash", "shop/app/9@1s", "--lang", "zh"]);
    assert_eq!(done.code, Some(2));
    assert!(done.error.contains("没有实例 shop/app/9"), "{}", done.error);
    assert_eq!(archlab(&["run", CLUSTER, "--crash", "app@1s"]).code, Some(2));
}

#[test]
fn a_sound_design_has_no_problems() {
    for shop in SHOPS {
        let done = archlab(&["check", shop]);
        assert_eq!((done.code, done.output.as_str()), (Some(0), "No problems.\n"), "{shop}");
    }
}

#[test]
fn errors_in_a_design_are_told_and_fail_the_check() {
    let path = changed("unknown.json", "{ \"call\": \"catalog\" }", "{ \"call\": \"nowhere\" }");
    let done = archlab(&["check", &path]);
    assert_eq!(done.code, Some(1));
    assert!(done.output.contains("error: Function “home” calls “nowhere”"), "{}", done.output);
    let done = archlab(&["check", &path, "--lang", "zh"]);
    assert!(done.output.contains("错误：功能“home”调用的“nowhere”不存在"), "{}", done.output);
}

#[test]
fn warnings_do_not_fail_the_check() {
    let machines = "\"machine-1\", \"machine-2\", \"machine-3\"";
    let done = archlab(&["check", &changed("single.json", machines, "\"machine-1\"")]);
    assert_eq!(done.code, Some(0));
    assert!(done.output.contains("warning: Cluster “shop” has a single machine"), "{}", done.output);
}

#[test]
fn a_wrong_file_is_told_with_the_place() {
    let refused = |path: &str, words: &str| {
        for task in ["run", "check"] {
            let done = archlab(&[task, path]);
            assert_eq!(done.code, Some(2), "{task} {path}");
            assert_eq!(done.output, "");
            assert!(done.error.contains(words), "{words}: {}", done.error);
        }
    };
    refused("no-such-file.json", "there is no file no-such-file.json");
    refused("static", "is a folder");
    refused(&file("bytes.json", b"\xff\xfe\x00"), "is not a text in UTF-8");
    refused(&file("large.json", &vec![b' '; 1024 * 1024 + 1]), "at most 1024 KiB are read");
    refused(&file("syntax.json", b"{\n  \"archlab\": 1,\n  oops\n}"), "Line 3, column 3");
    refused(&file("old.json", b"{}"), "which version");
    refused(&changed("shape.json", "\"100ms\"", "100"), "business.functions.home.steps[4].deadline");
    refused(&changed("cores.json", "\"cores\": 4", "\"cores\": 0"), "machines.machine-1.cores");
}

#[test]
fn the_environment_chooses_the_language_unless_the_person_does() {
    let check = |environment: &str, arguments: &[&str]| {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut command = Command::new(env!("CARGO_BIN_EXE_archlab"));
        command.args(["check", CLUSTER]).args(arguments).current_dir(root).env("LC_ALL", environment);
        String::from_utf8(command.output().expect("the command starts").stdout).expect("text")
    };
    assert_eq!(check("zh_CN.UTF-8", &[]), "没有问题。\n");
    assert_eq!(check("zh_CN.UTF-8", &["--lang", "en"]), "No problems.\n");
    assert_eq!(check("C", &[]), "No problems.\n");
}
