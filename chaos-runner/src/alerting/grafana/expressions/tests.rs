//! Expressions held against vectors worked out by hand from Grafana's documentation and source; each table names its own.

mod classic;

use super::evaluator::{Comparison, Evaluator};
use super::math::Formula;
use super::reduce::{Mode, Reducer, reduce};
use super::resample::{Resample, Upsampler};
use super::threshold::Threshold;
use super::value::{Cell, Value};
use promql::Labels;
use std::collections::BTreeMap;

const NAN: Cell = Some(f64::NAN);
const INF: Cell = Some(f64::INFINITY);

fn labels(text: &str) -> Labels {
    let pairs = text.split(',').filter(|pair| !pair.is_empty());
    pairs.filter_map(|pair| pair.split_once('=')).collect()
}

fn number(own: &str, cell: Cell) -> Value {
    Value::Number(labels(own), cell)
}

fn series(own: &str, cells: &[Cell]) -> Value {
    let points = cells.iter().enumerate();
    let points = points.map(|(at, cell)| (at as i64 * 1_000, *cell));
    Value::Series(labels(own), points.collect())
}

/// In words, so that NaN can be compared.
fn shown(values: &[Value]) -> String {
    let cell = |cell: &Cell| cell.map_or_else(|| "null".to_owned(), |number| number.to_string());
    let texts = values.iter().map(|value| match value {
        Value::NoData => "no data".to_owned(),
        Value::Scalar(own) => cell(own),
        Value::Number(labels, own) => format!("{labels} {}", cell(own)),
        Value::Series(labels, points) => {
            let points: Vec<String> = points
                .iter()
                .map(|(at, own)| format!("{}@{}", cell(own), at / 1_000))
                .collect();
            format!("{labels} [{}]", points.join(" "))
        }
    });
    texts.collect::<Vec<_>>().join("; ")
}

/// `pkg/expr/mathexp/reduce.go`, and "Reduce" in "Expression queries" of the documentation: strict on an empty series gives NaN,
/// 0 for sum and count; one null or NaN makes everything but count and last NaN.
#[test]
fn reducers_are_strict() {
    let table: [(&[Cell], [&str; 7]); 4] = [
        (&[], ["0", "NaN", "NaN", "NaN", "0", "NaN", "NaN"]),
        (
            &[Some(1.0), Some(4.0), Some(2.0)],
            ["7", "2.3333333333333335", "1", "4", "3", "2", "2"],
        ),
        (
            &[Some(1.0), NAN, Some(4.0)],
            ["NaN", "NaN", "NaN", "NaN", "3", "4", "NaN"],
        ),
        (
            &[Some(1.0), Some(3.0), None, None],
            ["NaN", "NaN", "NaN", "NaN", "4", "null", "NaN"],
        ),
    ];
    for (cells, expected) in table {
        for ((word, reducer), expected) in Reducer::WORDS.into_iter().zip(expected) {
            let reduced = reduce(&[series("a=b", cells)], reducer, Mode::Strict);
            let shown = reduced.map(|values| shown(&values));
            assert_eq!(
                shown,
                Ok(format!("{{a=\"b\"}} {expected}")),
                "{word} of {cells:?}"
            );
        }
    }
}

/// `mathexp.DropNonNumber` and `mathexp.ReplaceNonNumberWithValue`: null, NaN and the infinities are none; what comes to NaN all the
/// same is null, or the number that stands for it.
#[test]
fn reducers_drop_or_replace_what_is_no_number() {
    let cells = [Some(1.0), None, NAN, INF, Some(5.0)];
    let table = [
        (Reducer::Sum, Mode::Drop, "6"),
        (Reducer::Mean, Mode::Drop, "3"),
        (Reducer::Count, Mode::Drop, "2"),
        (Reducer::Sum, Mode::Replace(10.0), "36"),
        (Reducer::Min, Mode::Replace(-1.0), "-1"),
        (Reducer::Count, Mode::Replace(0.0), "5"),
    ];
    for (reducer, mode, expected) in table {
        let reduced = reduce(&[series("", &cells)], reducer, mode).map(|values| shown(&values));
        assert_eq!(
            reduced,
            Ok(format!("{{}} {expected}")),
            "{reducer:?} {mode:?}"
        );
    }
    let nothing = |mode| reduce(&[series("", &[None])], Reducer::Mean, mode).map(|v| shown(&v));
    assert_eq!(nothing(Mode::Drop).as_deref(), Ok("{} null"));
    assert_eq!(nothing(Mode::Replace(7.0)).as_deref(), Ok("{} 7"));
}

/// `ReduceCommand.Execute`: a number stays one, unless it is dropped; no data stays no data; a scalar is an error.
#[test]
fn what_is_a_number_already_is_not_reduced() {
    let values = [number("a=b", NAN), Value::NoData];
    let reduced = |mode| reduce(&values, Reducer::Last, mode).map(|values| shown(&values));
    assert_eq!(
        reduced(Mode::Strict).as_deref(),
        Ok("{a=\"b\"} NaN; no data")
    );
    assert_eq!(reduced(Mode::Drop).as_deref(), Ok("no data"));
    let scalar = reduce(&[Value::Scalar(Some(1.0))], Reducer::Last, Mode::Strict);
    assert_eq!(
        scalar,
        Err("can only reduce type series, got type scalar".to_owned())
    );
}

fn against(comparison: Comparison, bound: f64) -> Evaluator {
    Evaluator::Against(comparison, bound)
}

fn range(within: bool, included: bool) -> Evaluator {
    Evaluator::Range {
        within,
        included,
        bounds: [2.0, 4.0],
    }
}

/// `pkg/expr/threshold.go`: the values 1 to 5 judged by each evaluator with the bounds 2 (and 4).
#[test]
fn thresholds_compare_as_grafana_does() {
    let table = [
        (against(Comparison::Gt, 2.0), "0 0 1 1 1"),
        (against(Comparison::Lt, 2.0), "1 0 0 0 0"),
        (against(Comparison::Eq, 2.0), "0 1 0 0 0"),
        (against(Comparison::Ne, 2.0), "1 0 1 1 1"),
        (against(Comparison::Gte, 2.0), "0 1 1 1 1"),
        (against(Comparison::Lte, 2.0), "1 1 0 0 0"),
        (range(true, false), "0 0 1 0 0"),
        (range(true, true), "0 1 1 1 0"),
        (range(false, false), "1 0 0 0 1"),
        (range(false, true), "1 1 0 1 1"),
    ];
    let values: Vec<Value> = (1..=5).map(|n| Value::Scalar(Some(f64::from(n)))).collect();
    for (evaluator, expected) in table {
        let threshold = Threshold {
            evaluator,
            unload: None,
        };
        let judged = threshold.judge(&values, &|_| false);
        assert_eq!(shown(&judged).replace("; ", " "), expected, "{evaluator}");
    }
    let odd = [
        number("", NAN),
        number("a=b", None),
        Value::NoData,
        series("", &[Some(3.0), None]),
    ];
    let threshold = Threshold {
        evaluator: against(Comparison::Gt, 2.0),
        unload: None,
    };
    let judged = threshold.judge(&odd, &|_| false);
    assert_eq!(
        shown(&judged),
        "{} 0; {a=\"b\"} null; no data; {} [1@0 null@1]"
    );
}

/// `pkg/expr/hysteresis_test.go`: what is active is judged by the recovery threshold, inverted; the rest by the other.
#[test]
fn active_alerts_are_judged_by_the_recovery_threshold() {
    let threshold = Threshold {
        evaluator: against(Comparison::Gt, 100.0),
        unload: Some(against(Comparison::Lt, 30.0)),
    };
    let values = [
        number("n=1", Some(50.0)),
        number("n=2", Some(50.0)),
        number("n=3", Some(10.0)),
        number("n=4", Some(120.0)),
    ];
    let judged = threshold.judge(&values, &|own| {
        ["2", "3"].contains(&own.get("n").unwrap_or(""))
    });
    assert_eq!(
        shown(&judged),
        "{n=\"1\"} 0; {n=\"4\"} 1; {n=\"2\"} 1; {n=\"3\"} 0"
    );
    assert_eq!(
        threshold.judge(&[Value::NoData], &|_| true),
        [Value::NoData]
    );
}

fn calculate(text: &str, variables: &[(&str, Vec<Value>)]) -> Result<String, String> {
    let formula = Formula::parse(text).map_err(|error| error.to_string())?;
    let variables: BTreeMap<String, Vec<Value>> = variables
        .iter()
        .map(|(name, values)| ((*name).to_owned(), values.clone()))
        .collect();
    formula.evaluate(&variables).map(|values| shown(&values))
}

/// `pkg/expr/mathexp/exp_test.go`, `exp_scalar_no_test.go` and the grammar in `parse/parse.go`: `**` is left-associative, `!` and `-`
/// bind closest, comparisons give 1 or 0, `&&` and `||` are decided by the left side before NaN is looked at.
#[test]
fn formulas_of_numbers_are_calculated() {
    let table = [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 ** 3 ** 2", "64"),
        ("-2 ** 2", "4"),
        ("7 % 4 - 8 / 2", "-1"),
        ("-7 % 4", "-3"),
        ("!1 + !0", "1"),
        ("1 > 0 && 2 >= 2 || 0", "1"),
        ("1 == 2", "0"),
        ("1 != 2", "1"),
        ("1 < 2", "1"),
        ("2 <= 1", "0"),
        ("1 / 0", "inf"),
        ("0x1F + 017 + 1e1", "56"),
        ("nan() > 1", "NaN"),
        ("0 && nan()", "0"),
        ("1 || nan()", "1"),
        ("nan() || 1", "1"),
        ("null() + 1", "null"),
        ("!null()", "null"),
        ("abs(-1.5)", "1.5"),
        ("log(1)", "0"),
        ("round(2.5) + round(-2.5)", "0"),
        ("ceil(1.2) + floor(1.8)", "3"),
        (
            "is_nan(nan()) + is_inf(infn()) + is_null(null()) + is_number(3)",
            "4",
        ),
        (
            "is_nan(1) + is_inf(nan()) + is_null(nan()) + is_number(inf())",
            "0",
        ),
        ("abs(null())", "NaN"),
    ];
    for (text, expected) in table {
        assert_eq!(calculate(text, &[]).as_deref(), Ok(expected), "{text}");
    }
}

/// `union` of `pkg/expr/mathexp/exp.go`, and "Math" in "Expression queries": equal labels, or labels that contain the other side's, or
/// none; two single values without a match lose their labels.
#[test]
fn operators_pair_values_by_their_labels() {
    let hosts = vec![number("host=a", Some(1.0)), number("host=b", Some(2.0))];
    let one = |own: &str, cell: f64| vec![number(own, Some(cell))];
    let table: [(&str, Vec<Value>, Vec<Value>, &str); 8] = [
        (
            "equal",
            hosts.clone(),
            hosts.clone(),
            "{host=\"a\"} 2; {host=\"b\"} 4",
        ),
        (
            "none on one side",
            hosts.clone(),
            one("", 10.0),
            "{host=\"a\"} 11; {host=\"b\"} 12",
        ),
        (
            "more on one side",
            one("host=a,disk=c", 5.0),
            hosts.clone(),
            "{disk=\"c\", host=\"a\"} 6",
        ),
        ("others", one("host=c", 5.0), hosts.clone(), ""),
        (
            "single ones that match nowhere",
            one("host=c", 5.0),
            one("host=d", 1.0),
            "{} 6",
        ),
        (
            "no data",
            vec![Value::NoData],
            one("host=d", 1.0),
            "no data",
        ),
        ("nothing", Vec::new(), hosts, ""),
        (
            "series of which only some moments are shared",
            vec![series("host=a", &[Some(1.0), Some(2.0), None])],
            vec![Value::Series(
                labels("host=a"),
                vec![(1_000, Some(5.0)), (2_000, Some(1.0)), (9_000, None)],
            )],
            "{host=\"a\"} [7@1 null@2]",
        ),
    ];
    for (what, a, b, expected) in table {
        let sum = calculate("$A + ${B}", &[("A", a), ("B", b)]);
        assert_eq!(sum.as_deref(), Ok(expected), "{what}");
    }
    let mixed = calculate(
        "$A * 2 > $B",
        &[
            ("A", vec![series("x=y", &[Some(1.0), None])]),
            ("B", one("", 1.0)),
        ],
    );
    assert_eq!(mixed.as_deref(), Ok("{x=\"y\"} [1@0 null@1]"));
}

/// `pkg/expr/mathexp/parse/lex.go` and `parse.go`.
#[test]
fn what_is_no_formula_is_refused_with_its_place() {
    let table = [
        ("", 0, "the formula ends too early"),
        ("1 +", 3, "the formula ends too early"),
        ("A > 1", 0, "there is no function `A`: a node is named `$A`"),
        (
            "rount(1)",
            0,
            "there is no function `rount`: did you mean `round`?",
        ),
        ("1 => 2", 2, "`=>` is no operator"),
        ("$ + 1", 0, "incomplete variable"),
        ("${A", 0, "unterminated variable, missing closing }"),
        ("abs()", 4, "the function takes one argument"),
        ("nan(1)", 4, "the function takes no argument"),
        ("(1", 2, "the formula ends too early"),
        ("1 2", 2, "unexpected `2`"),
        ("1 # 2", 2, "invalid character: #"),
        ("0x", 0, "illegal number syntax: `0x`"),
    ];
    for (text, offset, message) in table {
        let error = Formula::parse(text).expect_err(text);
        assert_eq!(
            (error.message.as_str(), error.offset),
            (message, offset),
            "{text}"
        );
    }
    assert!(Formula::parse(&"(".repeat(10_000)).is_err());
    assert!(Formula::parse(&"1+".repeat(10_000)).is_err());
}

/// `pkg/expr/mathexp/resample_test.go`: down by the mean, up by each upsampler.
#[test]
fn series_are_brought_onto_a_grid() {
    let points = vec![(2_000, Some(2.0)), (7_000, Some(1.0)), (8_000, Some(3.0))];
    let values = [Value::Series(labels("id=1"), points)];
    let resample = |window_s: i64, upsampler| {
        let resample = Resample {
            window_ms: window_s * 1_000,
            downsampler: Reducer::Mean,
            upsampler,
            from_ms: 16_000,
            to_ms: 0,
        };
        resample.of(&values, 16_000).map(|values| shown(&values))
    };
    let table = [
        (5, Upsampler::Pad, "{id=\"1\"} [null@0 2@5 2@10 3@15]"),
        (
            2,
            Upsampler::Fillna,
            "{id=\"1\"} [null@0 2@2 null@4 null@6 2@8 null@10 null@12 null@14 null@16]",
        ),
        (
            2,
            Upsampler::Backfilling,
            "{id=\"1\"} [2@0 2@2 1@4 1@6 2@8 null@10 null@12 null@14 null@16]",
        ),
        (
            2,
            Upsampler::Pad,
            "{id=\"1\"} [null@0 2@2 2@4 2@6 2@8 3@10 3@12 3@14 3@16]",
        ),
    ];
    for (window_s, upsampler, expected) in table {
        assert_eq!(
            resample(window_s, upsampler).as_deref(),
            Ok(expected),
            "{window_s} {upsampler:?}"
        );
    }
    assert!(resample(20, Upsampler::Pad).is_err());
}
