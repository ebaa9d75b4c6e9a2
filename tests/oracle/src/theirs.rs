//! promtool over many cases in one call, and its account of them read back. It writes what it expected and what it got; since nothing
//! that it was told to expect can be, it writes every step.

use crate::case::{Case, Reader};
use crate::notation::labels;
use crate::timeline::{Step, Timeline, firing};
use anyhow::{Context, bail};
use promql::Labels;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether there is a promtool, and which.
pub(crate) fn version() -> Option<String> {
    let output = Command::new("promtool").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().map(str::to_owned)
}

/// Writes the files of the cases below `folder`, lets promtool play them, and reads what it said of each.
pub(crate) fn play(folder: &Path, cases: &[&Case]) -> anyhow::Result<Vec<Timeline>> {
    fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for case in cases {
        let test = format!("{}.test.json", case.number);
        fs::write(
            folder.join(format!("{}.rules.json", case.number)),
            case.rule_file(Reader::Promtool),
        )?;
        fs::write(folder.join(&test), case.test_file(Reader::Promtool))?;
        files.push(test);
    }
    // One file for both, so that what is said stays in order.
    let said = folder.join("said");
    let out = File::create(&said)?;
    Command::new("promtool")
        .args(["test", "rules"])
        .args(&files)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(out.try_clone()?)
        .stdout(out)
        .status()
        .context("start promtool")?;
    read(&fs::read_to_string(&said)?, cases)
}

fn read(said: &str, cases: &[&Case]) -> anyhow::Result<Vec<Timeline>> {
    let parts: Vec<&str> = said.split("Unit Testing:").skip(1).collect();
    if parts.len() != cases.len() {
        bail!(
            "promtool said something of {} files, not of {}: {said}",
            parts.len(),
            cases.len()
        );
    }
    let both = parts.iter().zip(cases);
    both.map(|(part, case)| account(part, case).with_context(|| (*part).to_owned()))
        .collect()
}

/// What was said of one file.
fn account(said: &str, case: &Case) -> anyhow::Result<Timeline> {
    let steps = case.steps as usize;
    let mut failed: Option<(i64, BTreeSet<String>)> = None;
    let mut got = Vec::new();
    let mut alerts = Alerts::default();
    for line in said.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("rule: ") {
            let (name, rest) = text
                .split_once(", time: ")
                .context("an error without a time")?;
            let (time, _) = rest
                .split_once(", err: ")
                .context("an error without a reason")?;
            let (_, rules) = failed.get_or_insert((go_duration_ms(time)?, BTreeSet::new()));
            rules.insert(name.to_owned());
        } else if let Some(text) = line.strip_prefix("got: ") {
            got.push(step(text)?);
        } else {
            alerts.line(line)?;
        }
    }
    match failed {
        Some((at_ms, rules)) => Ok(Timeline::Failed(at_ms, rules)),
        None if got.len() == steps => {
            for (at_ms, alert) in alerts.found {
                let step = usize::try_from(at_ms / 1_000)? / case.evaluation_s as usize;
                let step = got.get_mut(step).context("an alert at no step")?;
                step.insert(alert, 1.0);
            }
            Ok(Timeline::Steps(got))
        }
        None => bail!("promtool told {} steps of {steps}", got.len()),
    }
}

/// The firing alerts that are told, read line by line.
#[derive(Default)]
struct Alerts {
    found: Vec<(i64, Labels)>,
    at_ms: i64,
    /// Whether what was got is being told, not what was expected.
    got: bool,
    labels: Option<Labels>,
}

impl Alerts {
    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        if let Some(text) = line.strip_prefix("alertname: ") {
            let (_, time) = text
                .trim_end_matches(',')
                .rsplit_once(", time: ")
                .context("an alert without a time")?;
            self.at_ms = go_duration_ms(time)?;
            self.got = false;
        } else if line.starts_with("got:[") {
            self.got = true;
        } else if let Some(text) = line.strip_prefix("Labels:").filter(|_| self.got) {
            self.labels = Some(labels(text)?.0);
        } else if let Some(text) = line.strip_prefix("Annotations:").filter(|_| self.got) {
            let annotations = labels(text)?.0;
            let labels = self.labels.take().context("annotations of no alert")?;
            let alert = firing(labels.iter(), annotations.iter());
            self.found.push((self.at_ms, alert));
        }
        Ok(())
    }
}

fn step(text: &str) -> anyhow::Result<Step> {
    let mut step = Step::new();
    let mut rest = text;
    while !rest.is_empty() && rest != "nil" {
        let (labels, after) = labels(rest)?;
        let after = after.trim_start();
        let (value, after) = after.split_once(", ").unwrap_or((after, ""));
        step.insert(labels, value.parse().with_context(|| value.to_owned())?);
        rest = after;
    }
    Ok(step)
}

/// Go's way to write a duration: `1h2m3.5s`.
fn go_duration_ms(text: &str) -> anyhow::Result<i64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| c.is_alphabetic())
            .context("a duration without a unit")?;
        let (number, after) = rest.split_at(digits);
        let unit = after
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(after.len());
        let milliseconds = match &after[..unit] {
            "h" => 3_600_000.0,
            "m" => 60_000.0,
            "s" => 1_000.0,
            _ => 1.0,
        };
        total += number.parse::<f64>()? * milliseconds;
        rest = &after[unit..];
    }
    Ok(total as i64)
}
