//! The samples behind an evaluation: what each selector of an expression reads from the store at that moment, bounded in number.

use super::{Read, ReadSeries, SampleRun};
use crate::alerting::sources::Asked;
use fake_factory::clock::Elapsed;
use logql::LogStore;
use promql::{Matcher, Point, SeriesStore, TimeMs, is_stale};

/// Series of one selector that are shown.
const SERIES_MAX: usize = 6;
/// Runs of equal samples of one series that are shown: the newest, and the oldest one before them.
const RUNS_MAX: usize = 10;
/// How much of a log line is shown, in characters.
const LINE_CHARS_MAX: usize = 160;
const NS_PER_MS: i64 = 1_000_000;

/// What a selector says and how far it looks back.
pub(super) struct Selector {
    text: String,
    matchers: Vec<Matcher>,
    /// How long before the evaluation it is asked.
    before_ms: i64,
    reach_ms: i64,
    of_lines: bool,
}

impl Selector {
    /// Those of some expressions, each once. With each comes how long before the evaluation it is asked about at the latest, and
    /// how much longer at the earliest, in milliseconds.
    pub(super) fn all<'a>(asked: impl IntoIterator<Item = (&'a Asked, i64, i64)>) -> Vec<Selector> {
        let mut all: Vec<Selector> = Vec::new();
        for (asked, before_ms, range_ms) in asked {
            let mut add = |matchers: Vec<Matcher>, reach_ms: i64, of_lines: bool| {
                let text = written(&matchers);
                let reach_ms = reach_ms.saturating_add(range_ms);
                let is_same = |have: &&mut Selector| {
                    (&have.text, have.before_ms, have.of_lines) == (&text, before_ms, of_lines)
                };
                match all.iter_mut().find(is_same) {
                    Some(have) => have.reach_ms = have.reach_ms.max(reach_ms),
                    None => all.push(Selector {
                        text,
                        matchers,
                        before_ms,
                        reach_ms,
                        of_lines,
                    }),
                }
            };
            match asked {
                Asked::Promql(query) => {
                    for selector in query.selectors(&promql::Options::default()) {
                        add(selector.matchers, selector.reach_ms, false);
                    }
                }
                Asked::Logql(query) => {
                    for selector in query.selectors() {
                        add(selector.matchers, selector.reach_ms, true);
                    }
                }
            }
        }
        all
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What it reads at a moment. `elapsed` turns times of the store into times of the run.
    pub(super) fn read(
        &self,
        series: &SeriesStore,
        lines: &LogStore,
        at_ms: TimeMs,
        elapsed: &dyn Fn(TimeMs) -> Elapsed,
    ) -> Read {
        let at_ms = at_ms.saturating_sub(self.before_ms);
        let after_ms = at_ms.saturating_sub(self.reach_ms);
        let mut found: Vec<(String, Vec<SampleRun>)> = Vec::new();
        let mut add = |labels: String, samples: Vec<SampleRun>| {
            if !samples.is_empty() {
                found.push((labels, samples));
            }
        };
        if self.of_lines {
            for stream in lines.streams() {
                if self.matchers.iter().all(|one| one.matches(stream.labels())) {
                    let lines = stream.lines().map(|(at, text)| (at / NS_PER_MS, text));
                    let inside = lines.filter(|(at, _)| *at > after_ms && *at <= at_ms);
                    let texts = inside.map(|(at, text)| (elapsed(at), cut(text)));
                    add(stream.labels().to_string(), runs(texts));
                }
            }
        }
        for series in series.series().filter(|_| !self.of_lines) {
            if self.matchers.iter().all(|one| one.matches(series.labels())) {
                let points = window(series.points(), after_ms, at_ms).iter();
                let texts = points.map(|point| (elapsed(point.time_ms), number(point.value)));
                add(name(series.labels()), runs(texts));
            }
        }
        // What changed says more than what did not.
        found.sort_by_key(|(_, samples)| samples.len() == 1);
        let series_left_out = found.len().saturating_sub(SERIES_MAX);
        found.truncate(SERIES_MAX);
        let series = found.into_iter();
        Read {
            selector: self.text.clone(),
            after: elapsed(after_ms),
            series: series
                .map(|(labels, samples)| bounded(labels, samples))
                .collect(),
            series_left_out,
        }
    }

    /// The times of the samples that it reads later than `after_ms`, up to `at_ms`.
    pub(super) fn times(
        &self,
        series: &SeriesStore,
        after_ms: TimeMs,
        at_ms: TimeMs,
    ) -> Vec<TimeMs> {
        let matching = series
            .series()
            .filter(|series| self.matchers.iter().all(|one| one.matches(series.labels())));
        matching
            .flat_map(|series| window(series.points(), after_ms, at_ms))
            .map(|point| point.time_ms)
            .collect()
    }
}

/// As PromQL has it: `name{a="b"}`.
fn written(matchers: &[Matcher]) -> String {
    let is_name =
        |one: &&Matcher| one.name() == promql::METRIC_NAME && one.op() == promql::MatchOp::Equal;
    let metric = matchers.iter().find(is_name).map_or("", Matcher::value);
    let others = matchers.iter().filter(|one| !is_name(one));
    let others: Vec<String> = others.map(ToString::to_string).collect();
    if others.is_empty() && !metric.is_empty() {
        metric.to_owned()
    } else {
        format!("{metric}{{{}}}", others.join(","))
    }
}

/// As [`written`], of a series.
pub(super) fn name(labels: &promql::Labels) -> String {
    let metric = labels.name().unwrap_or_default();
    let others = labels.without(promql::METRIC_NAME);
    if others.is_empty() && !metric.is_empty() {
        metric.to_owned()
    } else {
        format!("{metric}{others}")
    }
}

/// As Prometheus writes a value.
pub(super) fn number(value: f64) -> String {
    if is_stale(value) {
        "stale".to_owned()
    } else if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

fn window(points: &[Point], after_ms: TimeMs, until_ms: TimeMs) -> &[Point] {
    let from = points.partition_point(|point| point.time_ms <= after_ms);
    let to = points.partition_point(|point| point.time_ms <= until_ms);
    &points[from..to.max(from)]
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LINE_CHARS_MAX) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

fn runs(samples: impl Iterator<Item = (Elapsed, String)>) -> Vec<SampleRun> {
    let mut runs: Vec<SampleRun> = Vec::new();
    for (at, value) in samples {
        match runs.last_mut() {
            Some(run) if run.value == value => {
                run.to = at;
                run.count += 1;
            }
            _ => runs.push(SampleRun {
                from: at,
                to: at,
                count: 1,
                value,
            }),
        }
    }
    runs
}

fn bounded(labels: String, mut samples: Vec<SampleRun>) -> ReadSeries {
    let runs_left_out = samples.len().saturating_sub(RUNS_MAX);
    samples.drain(1..=runs_left_out);
    ReadSeries {
        labels,
        samples,
        runs_left_out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_samples_are_told_together_and_their_number_is_bounded() {
        let at = Elapsed::from_micros;
        let samples = [1, 1, 2].map(|value: u64| (at(value), value.to_string()));
        let told = runs(samples.into_iter());
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].count, told[1].count), (2, 1));
        let many = (0..30).map(|value: u64| (at(value), value.to_string()));
        let bounded = bounded("a".to_owned(), runs(many));
        let shown: Vec<&str> = bounded.samples.iter().map(|run| &*run.value).collect();
        assert_eq!(bounded.runs_left_out, 20);
        assert_eq!(
            shown,
            ["0", "21", "22", "23", "24", "25", "26", "27", "28", "29"]
        );
    }
}
