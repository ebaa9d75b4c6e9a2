//! The README is held to reality: the commands of its `console` blocks are run and must answer what stands there, and its tables
//! must name every option, exit code, word of the format and metric that there is. Only how long things took may differ.
#![cfg(unix)]

use chaos_runner::scenario::discover::discover;
use chaos_runner::scenario::load::load;
use end_to_end::programs;
use fake_factory::input::units::HumanDuration;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the workspace")
        .to_owned()
}

fn readme() -> String {
    fs::read_to_string(workspace().join("README.md")).expect("there is a README")
}

fn factory_readme() -> String {
    let path = workspace().join("fake-factory/README.md");
    fs::read_to_string(path).expect("the factory has a README")
}

/// The fenced blocks of a kind, such as `console`.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split("\n```").collect();
    parts
        .iter()
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(&format!("{kind}\n")))
        .map(|block| format!("{block}\n"))
        .collect()
}

/// What a line of a shell answers, on both of its outputs.
fn shell(line: &str, folder: &Path) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {line}")])
        .env("PATH", format!("{}:{path}", programs().display()))
        .current_dir(folder)
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("it answers in UTF-8")
}

/// `text` without the wall times of the lines that have one, and without the blanks before them.
fn timeless(text: &str) -> String {
    let is_time = |word: &str| {
        word.strip_suffix('s')
            .and_then(|number| number.split_once('.'))
            .is_some_and(|(_, fraction)| fraction.len() == 3)
    };
    let mut lines = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["PASS" | "FAIL" | "Summary", time, rest @ ..] if is_time(time) => {
                lines.push_str(&format!("{} {}", words[0], rest.join(" ")));
            }
            _ => lines.push_str(line),
        }
        lines.push('\n');
    }
    lines
}

fn has_word(text: &str, word: &str) -> bool {
    text.contains(&format!("`{word}`"))
}

#[test]
fn the_first_five_minutes_go_as_they_are_told() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("what an earlier run left can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    let blocks = blocks(&readme(), "console");
    assert!(blocks.len() >= 3, "{blocks:#?}");
    for block in blocks {
        let mut answered = String::new();
        for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            answered.push_str(&format!("$ {line}\n{}", shell(line, &folder)));
        }
        assert_eq!(timeless(&answered), timeless(&block));
    }
}

#[test]
fn the_picture_of_a_run_shows_scenarios_that_there_are() {
    let folder = workspace().join("scenarios");
    let files = discover(&[folder]).expect("there are scenarios");
    let mut lines = BTreeSet::new();
    let mut simulated = Duration::ZERO;
    for file in &files {
        let scenario = load(file).expect("it is valid").scenario;
        simulated += scenario.duration.0;
        lines.insert(format!("{} {}", *scenario.duration, *scenario.name));
    }
    let picture = timeless(&blocks(&readme(), "text")[0]);
    let shown: Vec<&str> = picture
        .lines()
        .filter_map(|line| line.strip_prefix("PASS "))
        .collect();
    assert!(!shown.is_empty());
    for line in shown {
        let told = line.rsplit_once(" expectations").expect("it counts").0;
        let told = told.rsplit_once(' ').expect("with a number").0;
        assert!(lines.contains(told), "{told}");
    }
    let count = files.len();
    let summary = format!(
        "Summary {count} scenarios, {} of incidents: {count} passed",
        HumanDuration(simulated)
    );
    assert!(picture.contains(&summary), "{summary}\n{picture}");
}

#[test]
fn every_option_and_exit_code_is_told() {
    let readme = readme();
    let help = shell("chaos-runner run --help", &workspace());
    let options: Vec<&str> = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-'))
        .filter_map(|line| line.split_once("--"))
        .map(|(_, option)| option.trim())
        .filter(|option| *option != "help")
        .collect();
    assert!(options.len() >= 8, "{help}");
    for option in options {
        assert!(has_word(&readme, &format!("--{option}")), "--{option}");
    }
    let help = shell("chaos-runner --help", &workspace());
    let (_, codes) = help.split_once("Exit codes:\n").expect("it tells them");
    assert!(codes.lines().count() >= 6, "{codes}");
    for code in codes.lines().filter(|line| !line.trim().is_empty()) {
        let (code, meaning) = code.trim().split_once(' ').expect("two columns");
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(readme.contains(&row), "{row}");
    }
}

/// The words that an object, or a choice of words, has in the schema.
fn words(schema: &Value, of: &str) -> Vec<String> {
    let of = if of.is_empty() {
        schema
    } else {
        &schema["$defs"][of]
    };
    let choices = of["oneOf"].as_array().map_or(&[][..], Vec::as_slice);
    let mut words = Vec::new();
    for part in choices.iter().chain([of]) {
        let names = part["properties"].as_object();
        words.extend(names.into_iter().flat_map(|names| names.keys().cloned()));
        words.extend(part["const"].as_str().map(str::to_owned));
    }
    assert!(!words.is_empty(), "the schema has no words for {of}");
    words
}

#[test]
fn every_word_of_the_format_is_told() {
    let text = fs::read_to_string(workspace().join("scenarios/scenario.schema.json"));
    let schema: Value = serde_json::from_str(&text.expect("there is a schema")).expect("it is one");
    let (readme, of_factory) = (readme(), factory_readme());
    for of in [
        "",
        "Diners",
        "Arrivals",
        "FactoryPlan",
        "FaultPlan",
        "Inject",
        "Outage",
        "OrderService",
        "Metrics",
        "Monitoring",
        "Responder",
        "ScheduledEvent",
        "SteadyState",
        "Expectation",
    ] {
        // What breaks is told where the factory is.
        let text = match of {
            "Inject" | "Outage" => &of_factory,
            _ => &readme,
        };
        for word in words(&schema, of) {
            assert!(has_word(text, &word), "`{word}` of {of}");
        }
    }
}

#[test]
fn every_metric_is_told() {
    let module = fs::read_to_string(workspace().join("chaos-runner/src/order_service.rs"));
    let module = module.expect("there is an order service");
    let (_, metrics) = module.split_once("# Metrics").expect("it has metrics");
    let (metrics, _) = metrics.split_once("# Log lines").expect("and log lines");
    let names: Vec<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `"))
        .flat_map(|row| row.split('|').next().unwrap_or_default().split("`, `"))
        .map(|name| name.trim().trim_end_matches('`'))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(has_word(&readme(), name), "{name}");
    }
}

#[test]
fn the_fake_factory_says_hello_as_it_is_told() {
    let mut child = Command::new(programs().join("fake-factory"))
        .args(["--vendor", "joes-pizza=secret", "--bind", "127.0.0.1:0"])
        .args(["--control-bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut said = Vec::new();
    while !said
        .last()
        .is_some_and(|line: &String| line.starts_with("curl"))
    {
        said.push(lines.next().expect("it goes on").expect("it is UTF-8"));
    }
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    let port = |line: &str| line.rsplit(':').next().expect("a port").to_owned();
    let (factory, control) = (port(&said[0]), port(&said[1]));
    let said = said
        .join("\n")
        .replace(&format!(":{factory}"), ":4000")
        .replace(&format!(":{control}"), ":4001");
    let told = blocks(&readme(), "text");
    assert!(told.iter().any(|block| block.contains(&said)), "{said}");
}

#[test]
fn every_link_leads_somewhere() {
    for name in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(workspace().join(name)).expect("it is there");
        for (at, _) in text.match_indices("](") {
            let link = text[at + 2..].split(')').next().unwrap_or_default();
            let is_ours = !link.starts_with('#') && !link.contains("://");
            let path = workspace().join(link.split('#').next().unwrap_or_default());
            assert!(!is_ours || path.exists(), "{name}: {link}");
        }
    }
}
