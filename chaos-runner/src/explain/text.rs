//! An explanation for a reader: a pure function. Times are those of the clock on the wall of the scenario.

mod grafana;

use super::{Active, Evaluation, Explanation, Folded, ReadSeries, RuleExplained, SampleRun, Shown};
use crate::scenario::Scenario;
use fake_factory::clock::Elapsed;
use fake_factory::input::units::HumanDuration;
use grafana::Columns;
use std::fmt::Write;
use std::time::Duration;

/// How many series have their value in the line of the evaluation.
const LABELS_SHOWN_MAX: usize = 1;

/// The whole explanation. Writing to a string cannot fail, so that results of `write!` are left alone.
#[must_use]
pub fn text(explanation: &Explanation, scenario: &Scenario) -> String {
    let mut out = format!(
        "{} in {}, seed {}\n",
        explanation.alert, explanation.scenario, explanation.seed
    );
    let clock = |at: Elapsed| scenario.starts_at.value.clock_at(at.as_duration());
    for rule in &explanation.rules {
        heading(&mut out, rule);
        evaluations(&mut out, rule, &clock);
    }
    if let Some(why) = &explanation.why_not {
        let _ = writeln!(out, "\nit never fired: {why}");
        for rule in &explanation.rules {
            for selector in &rule.never_matched {
                let _ = writeln!(out, "  nothing ever matched {selector}");
            }
        }
    }
    time_to_page(&mut out, explanation, &clock);
    out
}

fn heading(out: &mut String, rule: &RuleExplained) {
    let _ = writeln!(
        out,
        "\n  rule   group {} of {}, evaluated every {}",
        rule.group,
        rule.file,
        seconds(rule.interval_seconds)
    );
    let is_grafanas = !rule.nodes.is_empty();
    if is_grafanas {
        grafana::heading(out, rule);
    }
    for (number, line) in rule.expr.lines().enumerate().filter(|_| !is_grafanas) {
        let word = if number == 0 { "expr" } else { "" };
        let _ = writeln!(out, "  {word:<6} {line}");
    }
    if rule.for_seconds > 0.0 {
        let _ = writeln!(out, "  for    {}", seconds(rule.for_seconds));
    }
    if rule.keep_firing_for_seconds > 0.0 {
        let kept = seconds(rule.keep_firing_for_seconds);
        let word = if is_grafanas {
            "keepFiringFor"
        } else {
            "keep_firing_for"
        };
        let _ = writeln!(out, "  {word} {kept}");
    }
}

fn evaluations(out: &mut String, rule: &RuleExplained, clock: &dyn Fn(Elapsed) -> String) {
    let table = Table::of(rule);
    table.header(out);
    let mut before: Option<&Evaluation> = None;
    let mut alike = 0;
    let mut shown = rule.evaluations.iter().peekable();
    while let Some(one) = shown.next() {
        match one {
            Shown::Folded(one) => folded(out, one, clock),
            Shown::Evaluation(one) => {
                let same = before.is_some_and(|before| is_alike(before, one));
                let is_last = !matches!(shown.peek(), Some(Shown::Evaluation(_)));
                if same && !is_last {
                    alike += 1;
                } else {
                    tell_alike(out, alike);
                    alike = 0;
                    table.evaluation(out, one, clock);
                    if one.changed || before.is_none() {
                        samples(out, one, clock);
                    }
                }
                before = Some(one);
            }
        }
    }
    if let Some(nearest) = &rule.nearest {
        let _ = writeln!(out, "\n  nearest to passing");
        table.evaluation(out, nearest, clock);
        samples(out, nearest, clock);
    }
    if rule.left_out > 0 {
        let _ = writeln!(
            out,
            "  … {} more evaluations: narrow the stretch with --from and --until",
            rule.left_out
        );
    }
}

fn tell_alike(out: &mut String, alike: u64) {
    if alike > 0 {
        let _ = writeln!(out, "  …            {} alike", evaluations_of(alike));
    }
}

/// Whether a reader would see no difference.
fn is_alike(a: &Evaluation, b: &Evaluation) -> bool {
    let values = |one: &Evaluation| -> Vec<(String, String)> {
        let values = one.values.iter();
        values
            .map(|value| (value.labels.clone(), value.value.clone()))
            .collect()
    };
    !b.changed
        && a.alerts == b.alerts
        && a.error == b.error
        && a.nodes == b.nodes
        && values(a) == values(b)
}

/// The table of evaluations, which rules of Grafana's have another of.
enum Table<'r> {
    /// The value, and its threshold.
    OneValue(&'r str),
    /// That of each query and expression.
    Nodes(Columns<'r>),
}

impl<'r> Table<'r> {
    fn of(rule: &'r RuleExplained) -> Self {
        match rule.nodes.is_empty() {
            true => Table::OneValue(rule.threshold.as_deref().unwrap_or("-")),
            false => Table::Nodes(Columns::of(rule)),
        }
    }

    fn header(&self, out: &mut String) {
        match self {
            Table::OneValue(_) => {
                let _ = writeln!(
                    out,
                    "\n  {:<12} {:<22} {:<12} state",
                    "time", "value", "threshold"
                );
            }
            Table::Nodes(columns) => columns.header(out),
        }
    }

    fn evaluation(&self, out: &mut String, one: &Evaluation, clock: &dyn Fn(Elapsed) -> String) {
        match self {
            Table::OneValue(threshold) => evaluation(out, one, threshold, clock),
            Table::Nodes(columns) => columns.evaluation(out, one, clock),
        }
    }
}

fn evaluation(
    out: &mut String,
    one: &Evaluation,
    threshold: &str,
    clock: &dyn Fn(Elapsed) -> String,
) {
    let at = clock(one.at);
    if let Some(error) = &one.error {
        let _ = writeln!(out, "  {at:<12} the evaluation failed: {error}");
        return;
    }
    let value = match one.values.as_slice() {
        [] => "no series".to_owned(),
        [value] => short(&value.value),
        values => format!("{} series", values.len() + one.values_left_out),
    };
    let states = match one.alerts.as_slice() {
        [] => "inactive".to_owned(),
        [alert] => state(alert, clock),
        alerts => {
            let firing = alerts
                .iter()
                .filter(|alert| alert.state == "firing")
                .count();
            format!("{firing} firing, {} pending", alerts.len() - firing)
        }
    };
    let _ = writeln!(out, "  {at:<12} {value:<22} {threshold:<12} {states}");
    if one.values.len() > LABELS_SHOWN_MAX {
        for value in &one.values {
            let _ = writeln!(
                out,
                "  {:<12} {:<22} {}",
                "",
                short(&value.value),
                value.labels
            );
        }
        if one.values_left_out > 0 {
            let _ = writeln!(out, "  {:<12} … and {} more", "", one.values_left_out);
        }
    }
    if one.alerts.len() > 1 {
        for alert in &one.alerts {
            let (state, labels) = (state(alert, clock), labels_of(alert));
            let _ = writeln!(out, "  {:<12} {:<22} {:<12} {state} {labels}", "", "", "");
        }
    }
}

/// `{a="b"}`
fn labels_of(alert: &Active) -> String {
    let labels = alert.labels.iter();
    let labels: Vec<String> = labels
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    format!("{{{}}}", labels.join(", "))
}

fn state(alert: &Active, clock: &dyn Fn(Elapsed) -> String) -> String {
    format!(
        "{} (active since {})",
        alert.state,
        clock(alert.active_since)
    )
}

fn folded(out: &mut String, one: &Folded, clock: &dyn Fn(Elapsed) -> String) {
    let values = match (one.least, one.greatest) {
        (Some(least), Some(greatest)) => {
            let (least, greatest) = (short(&least.to_string()), short(&greatest.to_string()));
            if least == greatest {
                format!(", value {least}")
            } else {
                format!(", values from {least} to {greatest}")
            }
        }
        _ => ", no value".to_owned(),
    };
    let _ = writeln!(
        out,
        "  …            {} from {} to {}, no change of state{values}",
        evaluations_of(one.count),
        clock(one.from),
        clock(one.to)
    );
}

fn evaluations_of(count: u64) -> String {
    format!("{count} evaluation{}", if count == 1 { "" } else { "s" })
}

/// A value to six significant digits.
fn short(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() && number != 0.0 => {
            let digits = 5 - number.abs().log10().floor().clamp(-9.0, 5.0) as i32;
            let scale = 10_f64.powi(digits);
            ((number * scale).round() / scale).to_string()
        }
        _ => value.to_owned(),
    }
}

fn samples(out: &mut String, one: &Evaluation, clock: &dyn Fn(Elapsed) -> String) {
    if !one.nodes.is_empty() {
        grafana::failures(out, one);
    }
    for part in &one.parts {
        let value = part.value.as_deref().map_or("no series".to_owned(), short);
        let holds = if part.holds { "holds" } else { "does not hold" };
        let _ = writeln!(
            out,
            "      {} is {value}, {} {holds}",
            part.expr, part.threshold
        );
    }
    for read in &one.selectors {
        let after = clock(read.after);
        if read.series.is_empty() {
            let _ = writeln!(out, "      {} after {after}: nothing", read.selector);
            continue;
        }
        let _ = writeln!(out, "      {} after {after}:", read.selector);
        for series in &read.series {
            let _ = writeln!(out, "        {}", series.labels);
            let _ = writeln!(out, "          {}", series_samples(series, clock));
        }
        if read.series_left_out > 0 {
            let _ = writeln!(out, "        … and {} more series", read.series_left_out);
        }
    }
}

fn series_samples(series: &ReadSeries, clock: &dyn Fn(Elapsed) -> String) -> String {
    let mut told: Vec<String> = series
        .samples
        .iter()
        .map(|run| run_of(run, clock))
        .collect();
    if series.runs_left_out > 0 {
        told.insert(1, format!("… {} more", series.runs_left_out));
    }
    told.join(", ")
}

fn run_of(run: &SampleRun, clock: &dyn Fn(Elapsed) -> String) -> String {
    if run.count == 1 {
        format!("{} at {}", run.value, clock(run.from))
    } else {
        let (from, to) = (clock(run.from), clock(run.to));
        format!("{} at {from} … {to} ({}×)", run.value, run.count)
    }
}

fn time_to_page(out: &mut String, explanation: &Explanation, clock: &dyn Fn(Elapsed) -> String) {
    if explanation.time_to_page.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  time to page");
    for (number, step) in explanation.time_to_page.iter().enumerate() {
        let after = match number {
            0 => String::new(),
            _ => format!("+{}", seconds(step.after_seconds)),
        };
        let _ = writeln!(out, "  {:<12} {after:<12} {}", clock(step.at), step.what);
    }
    if let Some(sum) = explanation.time_to_page_seconds {
        let _ = writeln!(out, "  {:<12}  {}", "in all", seconds(sum));
    }
}

fn seconds(seconds: f64) -> String {
    // To the millisecond: timers have no finer grain.
    let millis = (seconds.max(0.0) * 1_000.0).round() as u64;
    HumanDuration(Duration::from_millis(millis)).to_string()
}
