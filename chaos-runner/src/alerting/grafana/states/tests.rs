//! Timelines of states, as data. Each table names its source; a letter is an evaluation, 60 s after the one before.

use super::instance::State;
use super::*;
use crate::alerting::evaluate::Change;
use crate::alerting::grafana::evaluate::Captures;
use crate::alerting::grafana::model::{Purpose, Version};
use std::time::Duration;

const INTERVAL_MS: i64 = 60_000;

/// What a rule says of its alerts.
#[derive(Clone, Copy)]
struct Told {
    version: Version,
    hold_s: u64,
    keep_s: u64,
    no_data: NoDataState,
    exec_err: ExecErrState,
}

const USUAL: Told = Told {
    version: Version::V12,
    hold_s: 0,
    keep_s: 0,
    no_data: NoDataState::NoData,
    exec_err: ExecErrState::Error,
};

fn rule(told: Told) -> GrafanaRule {
    GrafanaRule {
        title: "Orders fail".to_owned(),
        span: None,
        uid: "u1".to_owned(),
        folder: "Pizza".to_owned(),
        folder_uid: "f1".to_owned(),
        nodes: Vec::new(),
        condition: 0,
        purpose: Purpose::Alerting(Box::new(Alerting {
            no_data: told.no_data,
            exec_err: told.exec_err,
            hold: Duration::from_secs(told.hold_s),
            hold_span: None,
            keep_firing_for: Duration::from_secs(told.keep_s),
            missing_evaluations: 2,
            labels: Vec::new(),
            annotations: Vec::new(),
            notification: None,
        })),
        paused: false,
        version: told.version,
    }
}

fn result(labels: &[(&str, &str)], verdict: Verdict) -> Result {
    Result {
        labels: labels.iter().copied().collect(),
        verdict,
        number: Some(1.0),
        captures: Captures::None,
    }
}

/// `.` normal, `!` alerting, `0` no data, `E` an error, `-` another series only, ` ` nothing at all.
fn results(letter: char) -> Vec<Result> {
    let own: &[(&str, &str)] = &[("series", "a")];
    let error = Verdict::Error(Failure {
        message: "it failed".to_owned(),
        query: Some(("A".to_owned(), "prom".to_owned())),
    });
    match letter {
        '.' => vec![result(own, Verdict::Normal)],
        '!' => vec![result(own, Verdict::Alerting)],
        '0' => vec![result(
            &[("datasource_uid", "prom"), ("ref_id", "A")],
            Verdict::NoData,
        )],
        'E' => vec![result(&[], error)],
        _ => vec![result(&[("series", "b")], Verdict::Normal)],
    }
}

/// The states after each evaluation, those of the other series left out: letters as below, with reasons in parentheses.
fn timeline(told: Told, evaluations: &str) -> String {
    let (states, _) = run(told, evaluations);
    states.join(" ")
}

/// The states, and what others hear: `what number@evaluation`.
fn run(told: Told, evaluations: &str) -> (Vec<String>, Vec<String>) {
    let rule = rule(told);
    let Purpose::Alerting(alerting) = &rule.purpose else {
        panic!("the rule alerts");
    };
    let mut states = GrafanaStates::default();
    let (mut shown, mut heard, mut alerts) = (Vec::new(), Vec::new(), 0);
    for (at, letter) in evaluations.chars().enumerate() {
        let moving = Moving {
            rule: &rule,
            alerting,
            interval_ms: INTERVAL_MS,
            at_ms: at as i64 * INTERVAL_MS,
        };
        for change in states.step(&moving, &results(letter), &mut alerts) {
            let what = match change.change {
                Change::Pending => "pending",
                Change::Firing => "firing",
                Change::Resolved => "resolved",
                Change::Dropped => "dropped",
            };
            let name = change.alert.labels.get("alertname").unwrap_or_default();
            heard.push(format!("{what} {name} {}@{at}", change.alert.number));
        }
        let others = |i: &&Instance| i.result_labels.get("series") != Some("b");
        let own = states.instances.values().filter(others);
        let texts: Vec<String> = own.map(word).collect();
        shown.push(match texts.is_empty() {
            true => "-".to_owned(),
            false => texts.join("+"),
        });
    }
    (shown, heard)
}

fn word(instance: &Instance) -> String {
    let state = match instance.state {
        State::Normal => "N",
        State::Pending => "P",
        State::Alerting => "A",
        State::Recovering => "R",
        State::NoData => "0",
        State::Error => "E",
    };
    match instance.reason.as_str() {
        "" => state.to_owned(),
        reason => format!("{state}({})", reason.replace(", ", "/")),
    }
}

/// `resultNormal` and `resultAlerting` of `state.go`, and "Alert instance state" of the documentation.
#[test]
fn alerts_go_from_normal_to_pending_to_alerting_and_back() {
    let held = Told {
        hold_s: 120,
        ..USUAL
    };
    let kept = Told {
        keep_s: 120,
        ..USUAL
    };
    let table = [
        ("no for: at once", USUAL, ".!!.", "N A A N"),
        ("for of two intervals", held, ".!!!!.", "N P P A A N"),
        (
            "a good evaluation ends the wait",
            held,
            "!.!!!",
            "P N P P A",
        ),
        (
            "for between two evaluations",
            Told {
                hold_s: 90,
                ..USUAL
            },
            "!!!",
            "P P A",
        ),
        ("kept firing", kept, "!....", "A R R N N"),
        ("bad again while recovering", kept, "!.!...", "A R A R R N"),
        (
            "pending does not recover",
            Told {
                hold_s: 120,
                keep_s: 120,
                ..USUAL
            },
            "!!.",
            "P P N",
        ),
    ];
    for (what, told, evaluations, expected) in table {
        assert_eq!(timeline(told, evaluations), expected, "{what}");
    }
}

/// `resultNoData` and `resultError` of `state.go` up to version 12: at once, whatever `for` says, as alerts of their own; they end with
/// the first evaluation that gives something else (`processMissingSeriesStates`).
#[test]
fn no_data_and_errors_are_states_of_their_own() {
    let held = Told {
        hold_s: 120,
        ..USUAL
    };
    let table = [
        (
            "no data at once, in spite of for",
            held,
            ".00.",
            "N 0+N 0 N",
        ),
        ("an error likewise", held, ".EE.", "N E+N E N"),
        (
            "an alert whose series is gone ends after two",
            USUAL,
            "!00",
            "A 0+A 0",
        ),
    ];
    for (what, told, evaluations, expected) in table {
        assert_eq!(timeline(told, evaluations), expected, "{what}");
    }
    let (_, heard) = run(held, ".0.");
    assert_eq!(
        heard,
        [
            "pending DatasourceNoData 0@1",
            "firing DatasourceNoData 0@1",
            "resolved DatasourceNoData 0@2"
        ]
    );
    let (_, heard) = run(held, "E.");
    assert_eq!(
        heard,
        [
            "pending DatasourceError 0@0",
            "firing DatasourceError 0@0",
            "resolved DatasourceError 0@1"
        ]
    );
}

/// `setNextStateForRule`: where no data or an error means another state, every alert takes it; with its reason, as
/// `grafana_state_reason` gives it ("No Data and Error states" of the documentation).
#[test]
fn no_data_and_errors_can_mean_other_states() {
    let no_data = |no_data| Told { no_data, ..USUAL };
    let exec_err = |exec_err| Told { exec_err, ..USUAL };
    let held = |told: Told| Told {
        hold_s: 120,
        ..told
    };
    let keep = NoDataState::KeepLast;
    let table = [
        (
            "alerting",
            no_data(NoDataState::Alerting),
            ".00.",
            "N A(NoData) A(NoData) N",
        ),
        (
            "alerting, held",
            held(no_data(NoDataState::Alerting)),
            ".000",
            "N P(NoData) P(NoData) A(NoData)",
        ),
        ("ok", no_data(NoDataState::Ok), "!0.", "A N(NoData) N"),
        (
            "keep last, firing",
            no_data(keep),
            "!00.",
            "A A(NoData/KeepLast) A(NoData/KeepLast) N",
        ),
        (
            "keep last, normal",
            no_data(keep),
            ".0!",
            "N N(NoData/KeepLast) A",
        ),
        (
            "keep last, pending: for runs on",
            held(no_data(keep)),
            "!000",
            "P P(NoData/KeepLast) A(NoData/KeepLast) A(NoData/KeepLast)",
        ),
        (
            "error as alerting",
            exec_err(ExecErrState::Alerting),
            ".EE.",
            "N A(Error) A(Error) N",
        ),
        (
            "error as ok",
            exec_err(ExecErrState::Ok),
            "!E.",
            "A N(Error) N",
        ),
        (
            "error as it was",
            exec_err(ExecErrState::KeepLast),
            "!E.",
            "A A(Error/KeepLast) N",
        ),
        (
            "alerting before there was anything",
            no_data(NoDataState::Alerting),
            "00",
            "A(NoData) A(NoData)",
        ),
    ];
    for (what, told, evaluations, expected) in table {
        assert_eq!(timeline(told, evaluations), expected, "{what}");
    }
}

/// grafana/grafana#117024, in 13: no data and errors go by way of pending, whose time runs on whatever makes an evaluation bad; one that
/// is pending for that reason ends with the first evaluation that is about something else.
#[test]
fn from_13_on_no_data_and_errors_honour_for() {
    let new = Told {
        version: Version::V13,
        hold_s: 120,
        ..USUAL
    };
    let alerting = Told {
        no_data: NoDataState::Alerting,
        exec_err: ExecErrState::Alerting,
        ..new
    };
    let table = [
        ("no data waits", new, "000", "P(NoData) P(NoData) 0"),
        ("an error waits", new, "EEE", "P(Error) P(Error) E"),
        ("without for at once", Told { hold_s: 0, ..new }, "0", "0"),
        ("a short gap raises nothing", new, ".0.", "N P(NoData)+N N"),
        (
            "any reason keeps the time running",
            alerting,
            ".!E0.",
            "N P P(Error) A(NoData) N",
        ),
        (
            "12 fires at once",
            Told {
                version: Version::V12,
                ..new
            },
            "0",
            "0",
        ),
    ];
    for (what, told, evaluations, expected) in table {
        assert_eq!(timeline(told, evaluations), expected, "{what}");
    }
    let (_, heard) = run(new, ".0.");
    assert_eq!(
        heard,
        [
            "pending DatasourceNoData 0@1",
            "dropped DatasourceNoData 0@2"
        ]
    );
}

/// "Stale alert instances" of the documentation: a series that is gone while others are there keeps its state for two evaluations, then
/// is resolved.
#[test]
fn a_series_that_vanishes_is_resolved_after_two_evaluations() {
    assert_eq!(timeline(USUAL, "!---"), "A A - -");
    assert_eq!(timeline(USUAL, "!-!--"), "A A A A -");
    let (_, heard) = run(USUAL, "!--");
    assert_eq!(
        heard,
        [
            "pending Orders fail 0@0",
            "firing Orders fail 0@0",
            "resolved Orders fail 0@2"
        ]
    );
}

/// `compat.go` and `nextEndsTime`: an alert without labels of its own that fails becomes `DatasourceError`; nobody resolves the alert it
/// was before, which ends by itself four intervals after it was last sent.
#[test]
fn an_alert_that_nobody_sends_any_more_ends_by_itself() {
    let rule = rule(USUAL);
    let Purpose::Alerting(alerting) = &rule.purpose else {
        panic!("the rule alerts");
    };
    let mut states = GrafanaStates::default();
    let mut alerts = 0;
    let mut heard = Vec::new();
    for at in 0..7 {
        let moving = Moving {
            rule: &rule,
            alerting,
            interval_ms: INTERVAL_MS,
            at_ms: at * INTERVAL_MS,
        };
        let results = match at {
            0 => vec![result(&[], Verdict::Alerting)],
            _ => results('E'),
        };
        for change in states.step(&moving, &results, &mut alerts) {
            heard.push((change.alert.number, change.change, at));
        }
    }
    assert_eq!(
        heard,
        [
            (0, Change::Pending, 0),
            (0, Change::Firing, 0),
            (1, Change::Pending, 1),
            (1, Change::Firing, 1),
            (0, Change::Resolved, 4),
        ]
    );
}

/// `GetRuleExtraLabels` and `newState`: reserved labels before those of the rule before those of the series.
#[test]
fn labels_have_their_precedence() {
    let rule = rule(USUAL);
    let Purpose::Alerting(mut alerting) = rule.purpose.clone() else {
        panic!("the rule alerts");
    };
    let template = |text: &str| Template::parse_grafana(text);
    alerting.labels = [
        ("series", "rule"),
        ("alertname", "other"),
        ("team", "{{ $labels.series }}"),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name.to_owned(), template(text).ok()?)))
    .collect();
    let moving = Moving {
        rule: &rule,
        alerting: &alerting,
        interval_ms: INTERVAL_MS,
        at_ms: 0,
    };
    let (labels, _) = Reserved::of(&rule).expand(&moving, &results('!')[0]);
    assert_eq!(
        labels.to_string(),
        r#"{__alert_rule_namespace_uid__="f1", __alert_rule_uid__="u1", alertname="Orders fail", grafana_folder="Pizza", series="rule", team="a"}"#
    );
}

/// `setNextStateForAll`: where no data alerts, the alert is told with the annotations of the evaluation before.
#[test]
fn no_data_is_told_with_the_annotations_of_the_evaluation_before() {
    let rule = rule(USUAL);
    let Purpose::Alerting(mut alerting) = rule.purpose.clone() else {
        panic!("the rule alerts");
    };
    alerting.no_data = NoDataState::Alerting;
    let text = "{{ $labels.series }} is slow";
    let template = Template::parse_grafana(text).expect("a template");
    alerting.annotations = vec![("summary".to_owned(), template)];
    let mut states = GrafanaStates::default();
    let mut summaries = Vec::new();
    for (at, letter) in "..0".chars().enumerate() {
        let moving = Moving {
            rule: &rule,
            alerting: &alerting,
            interval_ms: INTERVAL_MS,
            at_ms: at as i64 * INTERVAL_MS,
        };
        for change in states.step(&moving, &results(letter), &mut 0) {
            summaries.push(change.alert.annotations["summary"].clone());
        }
    }
    assert_eq!(summaries, ["a is slow", "a is slow"], "pending, firing");
}
