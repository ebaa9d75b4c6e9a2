//! `classic_conditions`: conditions on queries, joined one after the other to one outcome without labels. It follows Grafana's
//! `pkg/expr/classic`.

use super::evaluator::Evaluator;
use super::reduce::middle;
use super::value::{Cell, Value};
use promql::Labels;

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The node that it is about.
    pub input: String,
    /// What its series are reduced by.
    pub reducer: ClassicReducer,
    /// What the number is compared with.
    pub evaluator: Evaluator,
    /// How it joins the outcome of those before it.
    pub operator: Operator,
}

/// How a condition joins those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Both must hold.
    And,
    /// Either; no data in either is no data in both.
    Or,
    /// Either, whatever data the other lacks.
    LogicOr,
}

/// What a series is reduced by. Nulls and NaNs are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassicReducer {
    /// The arithmetic mean.
    Avg,
    /// The sum.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// How many points, whatever they are.
    Count,
    /// The newest.
    Last,
    /// The middle one.
    Median,
    /// The newest less the oldest.
    Diff,
    /// How far the newest is from the oldest.
    DiffAbs,
    /// The difference in percent of the oldest.
    PercentDiff,
    /// The same without its sign.
    PercentDiffAbs,
    /// How many points are numbers.
    CountNonNull,
}

/// What a condition met.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::alerting::grafana) struct Match {
    /// What is called its metric.
    pub(in crate::alerting::grafana) metric: String,
    /// Its labels.
    pub(in crate::alerting::grafana) labels: Labels,
    /// Its value.
    pub(in crate::alerting::grafana) value: Cell,
}

impl Operator {
    /// How it joins two conditions, for a reader.
    pub(in crate::alerting::grafana) fn joint(self) -> &'static str {
        match self {
            Operator::And => " and ",
            Operator::Or | Operator::LogicOr => " or ",
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (reducer, input) = (self.reducer.word(), &self.input);
        write!(f, "{reducer}({input}) {}", self.evaluator)
    }
}

impl ClassicReducer {
    /// The word for it.
    fn word(self) -> &'static str {
        let mut words = Self::WORDS.into_iter();
        words
            .find(|(_, reducer)| *reducer == self)
            .map_or("", |(word, _)| word)
    }

    /// The words for them.
    pub(in crate::alerting::grafana) const WORDS: [(&'static str, ClassicReducer); 13] = [
        ("avg", ClassicReducer::Avg),
        ("sum", ClassicReducer::Sum),
        ("min", ClassicReducer::Min),
        ("max", ClassicReducer::Max),
        ("count", ClassicReducer::Count),
        ("last", ClassicReducer::Last),
        ("median", ClassicReducer::Median),
        ("diff", ClassicReducer::Diff),
        ("diff_abs", ClassicReducer::DiffAbs),
        ("percent_diff", ClassicReducer::PercentDiff),
        ("percent_diff_abs", ClassicReducer::PercentDiffAbs),
        ("count_non_null", ClassicReducer::CountNonNull),
        ("count_not_null", ClassicReducer::CountNonNull),
    ];

    /// The number that the cells come to; null where none of them is a number.
    pub(super) fn of(self, cells: &[Cell]) -> Cell {
        if cells.is_empty() {
            return None;
        }
        let numbers = || cells.iter().flatten().copied().filter(|n| !n.is_nan());
        let count = numbers().count();
        if self == ClassicReducer::Count {
            return Some(cells.len() as f64);
        }
        if count == 0 {
            return None;
        }
        let sum = || numbers().sum::<f64>();
        let (oldest, newest) = (numbers().next()?, numbers().next_back()?);
        // A series of one number, at the first place, differs by nothing.
        let single = cells
            .iter()
            .rposition(|cell| cell.is_some_and(|n| !n.is_nan()))
            == Some(0);
        let difference = |of: f64| Some(if single { 0.0 } else { of });
        match self {
            ClassicReducer::Avg => Some(sum() / count as f64),
            ClassicReducer::Sum => Some(sum()),
            ClassicReducer::Min => numbers().reduce(f64::min),
            ClassicReducer::Max => numbers().reduce(f64::max),
            ClassicReducer::Count | ClassicReducer::CountNonNull => Some(count as f64),
            ClassicReducer::Last => Some(newest),
            ClassicReducer::Median => {
                let mut sorted: Vec<f64> = numbers().collect();
                sorted.sort_by(f64::total_cmp);
                middle(&sorted)
            }
            ClassicReducer::Diff => difference(newest - oldest),
            ClassicReducer::DiffAbs => difference((newest - oldest).abs()),
            ClassicReducer::PercentDiff => difference((newest - oldest) / oldest.abs() * 100.0),
            ClassicReducer::PercentDiffAbs => {
                difference(((newest - oldest) / oldest * 100.0).abs())
            }
        }
    }
}

/// Whether a condition holds, and whether it had nothing to judge.
struct Outcome {
    firing: bool,
    no_data: bool,
}

/// Judges all conditions: 1, 0, or null where there was no data; and what they met.
pub(in crate::alerting::grafana) fn judge<'v>(
    conditions: &[Condition],
    input: impl Fn(&str) -> &'v [Value],
) -> Result<(Value, Vec<Match>), String> {
    let mut matches = Vec::new();
    let mut total: Option<Outcome> = None;
    for condition in conditions {
        let own = condition.judge(input(&condition.input), &mut matches)?;
        total = Some(match (total, condition.operator) {
            (None, _) => own,
            (Some(before), Operator::And) => Outcome {
                firing: before.firing && own.firing,
                no_data: before.no_data && own.no_data,
            },
            (Some(before), Operator::Or) => Outcome {
                firing: before.firing || own.firing,
                no_data: before.no_data || own.no_data,
            },
            (Some(before), Operator::LogicOr) => Outcome {
                firing: before.firing || own.firing,
                no_data: before.no_data && own.no_data,
            },
        });
    }
    // Both can be true at once; then there is no data.
    let cell = match total {
        Some(Outcome { no_data: true, .. }) => None,
        Some(Outcome { firing: true, .. }) => Some(1.0),
        _ => Some(0.0),
    };
    Ok((Value::Number(Labels::empty(), cell), matches))
}

impl Condition {
    /// The number that it compares.
    pub(in crate::alerting::grafana) fn reduced(&self, value: &Value) -> Result<Cell, String> {
        match value {
            Value::NoData => Ok(None),
            Value::Number(_, cell) => Ok(*cell),
            Value::Series(_, points) => {
                let cells: Vec<Cell> = points.iter().map(|(_, cell)| *cell).collect();
                Ok(self.reducer.of(&cells))
            }
            Value::Scalar(_) => Err(format!(
                "can only reduce type series, got type {}",
                value.type_name()
            )),
        }
    }

    fn judge(&self, values: &[Value], matches: &mut Vec<Match>) -> Result<Outcome, String> {
        let mut firing = false;
        let mut without = 0;
        if values.is_empty() && self.evaluator == Evaluator::NoValue {
            matches.push(nothing(""));
            return Ok(Outcome {
                firing: true,
                no_data: false,
            });
        }
        for value in values {
            let cell = self.reduced(value)?;
            if self.evaluator.holds_classic(cell) {
                firing = true;
                matches.push(Match {
                    metric: String::new(),
                    labels: value.labels(),
                    value: cell,
                });
            } else if cell.is_none() {
                without += 1;
            }
        }
        let no_data = without == values.len();
        if no_data {
            matches.push(nothing("NoData"));
        }
        Ok(Outcome { firing, no_data })
    }
}

fn nothing(metric: &str) -> Match {
    Match {
        metric: metric.to_owned(),
        labels: Labels::empty(),
        value: None,
    }
}
