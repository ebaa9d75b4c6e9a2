//! Classic conditions, held against Grafana's own tests of them.

use super::{NAN, against, number, series, shown};
use crate::alerting::grafana::expressions::classic::{ClassicReducer, Condition, Operator, judge};
use crate::alerting::grafana::expressions::evaluator::{Comparison, Evaluator};
use crate::alerting::grafana::expressions::value::Value;
use std::collections::BTreeMap;

/// `pkg/expr/classic/reduce_test.go`: nulls and NaNs are left out; nothing but them is null; a single point differs by 0.
#[test]
fn classic_reducers_leave_out_what_is_no_number() {
    let cells = [None, Some(2.0), NAN, Some(8.0), Some(5.0)];
    let expected = [
        "5", "15", "2", "8", "5", "5", "5", "3", "3", "150", "150", "3", "3",
    ];
    for ((word, reducer), expected) in ClassicReducer::WORDS.into_iter().zip(expected) {
        let reduced = reducer.of(&cells).map(|number| number.to_string());
        assert_eq!(reduced.as_deref(), Some(expected), "{word}");
        let nothing = reducer.of(&[None, NAN]);
        assert_eq!(
            nothing.is_none(),
            reducer != ClassicReducer::Count,
            "{word}"
        );
        assert_eq!(reducer.of(&[]), None, "{word}");
    }
    assert_eq!(ClassicReducer::Diff.of(&[Some(3.0)]), Some(0.0));
}

fn condition(input: &str, evaluator: Evaluator, operator: Operator) -> Condition {
    Condition {
        input: input.to_owned(),
        reducer: ClassicReducer::Last,
        evaluator,
        operator,
    }
}

/// `pkg/expr/classic/classic_test.go`: conditions are joined from left to right, without precedence; no data in both, or with `or` in
/// either, is no data.
#[test]
fn classic_conditions_join_from_left_to_right() {
    let given: BTreeMap<&str, Vec<Value>> = [
        (
            "A",
            vec![series("h=a", &[Some(5.0)]), series("h=b", &[Some(1.0)])],
        ),
        ("B", vec![number("", Some(0.0))]),
        ("N", vec![Value::NoData]),
    ]
    .into();
    let (high, low) = (against(Comparison::Gt, 3.0), against(Comparison::Lt, 0.5));
    let (and, or, logic_or) = (Operator::And, Operator::Or, Operator::LogicOr);
    let table: [(&str, Vec<Condition>, &str); 8] = [
        ("one of two series", vec![condition("A", high, and)], "1"),
        ("neither", vec![condition("B", high, and)], "0"),
        ("no data", vec![condition("N", high, and)], "null"),
        (
            "no value is what is asked for",
            vec![condition("N", Evaluator::NoValue, and)],
            "1",
        ),
        (
            "false or true and true",
            vec![
                condition("B", high, and),
                condition("A", high, or),
                condition("B", low, and),
            ],
            "1",
        ),
        (
            "and with no data",
            vec![condition("A", high, and), condition("N", high, and)],
            "0",
        ),
        (
            "or with no data",
            vec![condition("A", high, and), condition("N", high, or)],
            "null",
        ),
        (
            "logic-or with no data",
            vec![condition("A", high, and), condition("N", high, logic_or)],
            "1",
        ),
    ];
    for (what, conditions, expected) in table {
        let judged = judge(&conditions, |name| {
            given.get(name).map_or(&[][..], Vec::as_slice)
        });
        let shown = judged.map(|(value, _)| shown(&[value]));
        assert_eq!(shown, Ok(format!("{{}} {expected}")), "{what}");
    }
}

/// `pkg/expr/classic/evaluator.go`: the bounds of a range may stand in either order.
#[test]
fn classic_ranges_take_their_bounds_in_either_order() {
    for (within, included, expected) in [
        (true, false, [false, false, true, false, false]),
        (true, true, [false, true, true, true, false]),
        (false, false, [true, false, false, false, true]),
        (false, true, [true, true, false, true, true]),
    ] {
        for bounds in [[2.0, 4.0], [4.0, 2.0]] {
            let evaluator = Evaluator::Range {
                within,
                included,
                bounds,
            };
            let held = [1.0, 2.0, 3.0, 4.0, 5.0].map(|n| evaluator.holds_classic(Some(n)));
            assert_eq!(held, expected, "{within} {included} {bounds:?}");
        }
    }
}
