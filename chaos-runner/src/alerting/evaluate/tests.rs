//! Timelines of rules over series written here, held to what Prometheus does step by step.

use super::*;
use crate::alerting::rules::prometheus::parse_rule_file;
use fake_factory::input::Source;
use logql::LogStore;
use promql::{SeriesStore, is_stale};

const STEP_MS: i64 = 60_000;

/// A run of rules over series that are written step by step, one minute apart.
struct Run {
    engine: Engine,
    store: SeriesStore,
    lines: LogStore,
    errors: Vec<String>,
}

impl Run {
    fn of(rules: &str) -> Self {
        let text = format!("groups: [{{ name: g, {rules} }}]");
        let groups = parse_rule_file(&Source::new("rules.yml", &text)).expect("sound rules");
        Run {
            engine: Engine::new(groups, EngineOptions::default()),
            store: SeriesStore::new(),
            lines: LogStore::new(),
            errors: Vec::new(),
        }
    }

    /// Writes a sample of every series, `_` for none and `x` for its end, and evaluates.
    fn step(&mut self, step: usize, series: &[(&str, &str)]) {
        let at_ms = i64::try_from(step).expect("few steps") * STEP_MS;
        for (name, values) in series {
            let labels: Labels = match name.split_once('/') {
                Some((name, code)) => [(METRIC_NAME, name), ("code", code)].into_iter().collect(),
                None => [(METRIC_NAME, *name)].into_iter().collect(),
            };
            let id = self.store.series_id(&labels).expect("few series");
            match values.split(' ').nth(step).unwrap_or("_") {
                "_" => {}
                "x" => self.store.append_stale(id, at_ms).expect("in order"),
                value => {
                    let value = value.parse().expect("a number");
                    self.store.append(id, at_ms, value).expect("in order");
                }
            }
        }
        let mut sources = Sources {
            series: &mut self.store,
            lines: &self.lines,
        };
        for outcome in self.engine.evaluate(0, &mut sources, at_ms) {
            self.errors.extend(outcome.error);
        }
    }

    /// The state of every active alert, `name{labels}=state`.
    fn states(&self) -> String {
        let state = |alert: &Active| match alert.state {
            AlertState::Pending => 'P',
            AlertState::Firing => 'F',
        };
        let mut all: Vec<char> = self.engine.active().map(state).collect();
        all.sort_unstable();
        if all.is_empty() {
            "-".to_owned()
        } else {
            all.into_iter().collect()
        }
    }

    /// `minute=value` of every sample of a series.
    fn samples(&self, labels: &str) -> Vec<String> {
        let found = self
            .store
            .series()
            .find(|series| series.labels().to_string() == labels);
        let points = found.map(promql::Series::points).unwrap_or_default();
        points
            .iter()
            .map(|point| match is_stale(point.value) {
                true => format!("{}=x", point.time_ms / STEP_MS),
                false => format!("{}={}", point.time_ms / STEP_MS, point.value),
            })
            .collect()
    }
}

fn timeline(rules: &str, series: &[(&str, &str)]) -> String {
    let mut run = Run::of(rules);
    let steps = series
        .iter()
        .map(|(_, values)| values.split(' ').count())
        .max();
    let mut states = Vec::new();
    for step in 0..steps.unwrap_or(0) {
        run.step(step, series);
        states.push(run.states());
    }
    states.join(" ")
}

#[test]
fn a_label_that_expands_to_nothing_stands_in_the_series_as_it_was_written() {
    // As promtool 2.42 plays it: the alert lacks the label, its series has the template.
    let rules = "rules: [{ alert: A, expr: a > 0, labels: { code: '{{ $labels.none }}' } }]";
    let mut run = Run::of(rules);
    run.step(0, &[("a/500", "1")]);
    let alert = run.engine.active().next().expect("an alert");
    assert_eq!(alert.labels.to_string(), r#"{alertname="A"}"#);
    let series =
        r#"{__name__="ALERTS", alertname="A", alertstate="firing", code="{{ $labels.none }}"}"#;
    assert_eq!(run.samples(series), ["0=1"]);
}

#[test]
fn alerts_go_from_pending_to_firing_to_resolved() {
    let table = [
        // `for` left out: fires at once.
        (
            "rules: [{ alert: A, expr: a > 0 }]",
            "0 1 1 0 1",
            "- F F - F",
        ),
        // Fires when it was active for `for`, at the evaluation that sees so.
        (
            "rules: [{ alert: A, expr: a > 0, for: 2m }]",
            "0 1 1 1 1 0",
            "- P P F F -",
        ),
        // A `for` between evaluations is rounded up to the next one.
        (
            "rules: [{ alert: A, expr: a > 0, for: 90s }]",
            "1 1 1 0",
            "P P F -",
        ),
        // One false evaluation starts the wait anew.
        (
            "rules: [{ alert: A, expr: a > 0, for: 2m }]",
            "1 1 0 1 1 1",
            "P P - P P F",
        ),
        // Fires on for `keep_firing_for` after the last true evaluation's successor.
        (
            "rules: [{ alert: A, expr: a > 0, keep_firing_for: 2m }]",
            "1 0 0 0 0 1 0 1 0 0 0",
            "F F F - - F F F F F -",
        ),
        // `keep_firing_for` keeps nothing pending.
        (
            "rules: [{ alert: A, expr: a > 0, for: 3m, keep_firing_for: 5m }]",
            "1 1 0 0",
            "P P - -",
        ),
        // Lookback of five minutes, open on the left; a staleness marker ends it at once.
        (
            "rules: [{ alert: A, expr: a > 0 }]",
            "1 _ _ _ _ _ _",
            "F F F F F - -",
        ),
        (
            "rules: [{ alert: A, expr: a > 0 }]",
            "1 _ x _ 1",
            "F F - - F",
        ),
        // `query_offset` asks about the past, `for` counts evaluations as they are.
        (
            "query_offset: 2m, rules: [{ alert: A, expr: a > 0, for: 1m }]",
            "1 1 0 0 0 0",
            "- - P F - -",
        ),
        (
            "rules: [{ alert: A, expr: absent(a), for: 1m }]",
            "_ _ 1 x _ _",
            "P F - P F F",
        ),
        ("rules: [{ alert: A, expr: vector(1) }]", "_ _", "F F"),
        // NaN compares with nothing.
        (
            "rules: [{ alert: A, expr: a > 0 }, { alert: B, expr: a != 0 }]",
            "NaN 0 1",
            "F - FF",
        ),
    ];
    for (rules, values, states) in table {
        assert_eq!(
            timeline(rules, &[("a", values)]),
            states,
            "{rules} {values}"
        );
    }
}

#[test]
fn every_label_set_has_an_alert_of_its_own() {
    let rules = "rules: [{ alert: A, expr: a > 0, for: 1m }]";
    let series = [("a/500", "1 1 1 0 0"), ("a/503", "0 1 1 1 x")];
    assert_eq!(timeline(rules, &series), "P FP FF F -");
}

#[test]
fn a_rule_whose_labels_make_its_alerts_alike_fails_and_leaves_states_alone() {
    let rules = "rules: [{ alert: A, expr: a > 0, labels: { code: all } }]";
    let series = [("a/500", "1 1 0"), ("a/503", "0 1 0")];
    assert_eq!(timeline(rules, &series), "F F -");
    let mut run = Run::of(rules);
    run.step(0, &series);
    run.step(1, &series);
    assert_eq!(
        run.errors,
        ["vector contains metrics with the same labelset after applying alert labels"]
    );
}

#[test]
fn labels_are_expanded_before_alerts_are_told_apart() {
    let mut run = Run::of(
        "rules: [{ alert: A, expr: a > 0, labels: { class: '{{ printf \"%.1s\" $labels.code }}xx', code: '' }, \
         annotations: { summary: '{{ $value }} of {{ query \"b\" | first | value }}' } }]",
    );
    run.step(0, &[("b", "7"), ("a/500", "3")]);
    let alert = run.engine.active().next().expect("one alert");
    assert_eq!(alert.labels.to_string(), r#"{alertname="A", class="5xx"}"#);
    assert_eq!(alert.annotations["summary"], "3 of 7");
}

#[test]
fn what_a_template_asks_in_vain_is_told_as_prometheus_tells_it() {
    for (query, why) in [
        (
            "b{",
            "1:2: parse error: unexpected end of input inside braces",
        ),
        ("b +\nc d", "2:3: parse error: unexpected identifier \"d\""),
        ("'b'", "rule result is not a vector or scalar"),
    ] {
        let mut run = Run::of(&format!(
            "rules: [{{ alert: A, expr: a > 0, annotations: {{ summary: '{{{{ query `{}` }}}}' }} }}]",
            query.replace('\'', "''").replace('\n', "\n\n"),
        ));
        run.step(0, &[("a", "1")]);
        let alert = run.engine.active().next().expect("one alert");
        let summary = &alert.annotations["summary"];
        assert!(
            summary.ends_with(&format!("error calling query: {why}>")),
            "{summary}"
        );
    }
}

#[test]
fn later_rules_see_what_earlier_ones_recorded() {
    let rules =
        "rules: [{ record: b, expr: sum(a) * 2, labels: { l: m } }, { alert: A, expr: b > 3 }]";
    let series = [("a/500", "1 1 x _"), ("a/503", "0 1 x 5")];
    assert_eq!(timeline(rules, &series), "- F - F");
    let mut run = Run::of(rules);
    for step in 0..4 {
        run.step(step, &series);
    }
    assert_eq!(
        run.samples(r#"{__name__="b", l="m"}"#),
        ["0=2", "1=4", "2=x", "3=10"]
    );
}

#[test]
fn the_states_of_alerts_are_series() {
    let mut run =
        Run::of("rules: [{ alert: A, expr: a > 0, for: 1m, labels: { severity: page } }]");
    for step in 0..5 {
        run.step(step, &[("a", "0 1 1 1 0")]);
    }
    let alerts = |state: &str| {
        run.samples(&format!(
            r#"{{__name__="ALERTS", alertname="A", alertstate="{state}", severity="page"}}"#
        ))
    };
    assert_eq!(alerts("pending"), ["1=1", "2=x"]);
    assert_eq!(alerts("firing"), ["2=1", "3=1", "4=x"]);
    assert_eq!(
        run.samples(r#"{__name__="ALERTS_FOR_STATE", alertname="A", severity="page"}"#),
        ["1=60", "2=60", "3=60", "4=x"]
    );
}

#[test]
fn a_limit_that_is_exceeded_fails_the_rule() {
    let rules = "limit: 1, rules: [{ alert: A, expr: a > 0 }, { record: b, expr: a }]";
    let series = [("a/500", "1 1 1"), ("a/503", "0 1 0")];
    assert_eq!(timeline(rules, &series), "F - F");
    let mut run = Run::of(rules);
    run.step(0, &series);
    run.step(1, &series);
    assert_eq!(
        run.errors,
        [
            "exceeded limit of 1 with 2 series",
            "exceeded limit of 1 with 2 alerts",
            "exceeded limit of 1 with 2 series"
        ]
    );
}

#[test]
fn an_evaluation_that_fails_leaves_states_alone() {
    let rules = "rules: [{ alert: A, expr: a > 0 and a == on() group_left() b, for: 1m }]";
    let series = [("a/500", "1 1 1 x"), ("b/1", "1 1 1 1"), ("b/2", "_ 1 x _")];
    assert_eq!(timeline(rules, &series), "P P F -");
}

#[test]
fn the_value_shown_is_the_one_furthest_towards_the_threshold() {
    let series = [("a/1", "1 2"), ("a/2", "3 NaN")];
    let shown = |rules: &str| {
        let mut run = Run::of(rules);
        run.step(0, &series);
        let mut sources = Sources {
            series: &mut run.store,
            lines: &run.lines,
        };
        let outcomes = run.engine.evaluate(0, &mut sources, 1);
        (
            outcomes[0].value,
            outcomes[0].series,
            run.engine.threshold(0, 0).map(|t| t.operator),
        )
    };
    let table = [
        (
            "rules: [{ alert: A, expr: a > 10 }]",
            (Some(3.0), 2, Some(">")),
        ),
        (
            "rules: [{ alert: A, expr: 0.5 > a }]",
            (Some(1.0), 2, Some("<")),
        ),
        (
            "rules: [{ alert: A, expr: a == 2.5 }]",
            (Some(3.0), 2, Some("==")),
        ),
        ("rules: [{ alert: A, expr: a }]", (Some(3.0), 2, None)),
        (
            "rules: [{ alert: A, expr: nothing > 1 }]",
            (None, 0, Some(">")),
        ),
    ];
    for (rules, expected) in table {
        assert_eq!(shown(rules), expected, "{rules}");
    }
}

#[test]
fn alerts_are_numbered_in_the_order_in_which_they_become_pending() {
    let mut run = Run::of("rules: [{ alert: A, expr: a > 0 }]");
    let series = [("a/2", "1 0 1"), ("a/1", "0 1 1")];
    let mut numbers = Vec::new();
    for step in 0..3 {
        run.step(step, &series);
        numbers.push(
            run.engine
                .active()
                .map(|alert| alert.number)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(numbers, [vec![0], vec![1], vec![1, 2]]);
}
