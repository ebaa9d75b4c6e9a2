//! `reduce`: a series made one number. It follows Grafana's `pkg/expr/mathexp/reduce.go` and `pkg/expr/commands.go`.

use super::value::{Cell, Value};

/// What a series is reduced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reducer {
    /// The sum.
    Sum,
    /// The arithmetic mean.
    Mean,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// How many.
    Count,
    /// The newest.
    Last,
    /// The middle one.
    Median,
}

/// What becomes of cells that are no numbers: null, NaN and the infinities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// One of them makes the result NaN.
    Strict,
    /// They are left out.
    Drop,
    /// This number takes their place.
    Replace(f64),
}

impl Reducer {
    /// The words for it, in the order of the variants.
    pub(in crate::alerting::grafana) const WORDS: [(&'static str, Reducer); 7] = [
        ("sum", Reducer::Sum),
        ("mean", Reducer::Mean),
        ("min", Reducer::Min),
        ("max", Reducer::Max),
        ("count", Reducer::Count),
        ("last", Reducer::Last),
        ("median", Reducer::Median),
    ];

    /// The word for it.
    pub(in crate::alerting::grafana) fn word(self) -> &'static str {
        let mut words = Self::WORDS.into_iter();
        words
            .find(|(_, reducer)| *reducer == self)
            .map_or("", |(word, _)| word)
    }

    /// Whether it tells how many numbers there are, and nothing of them.
    pub(in crate::alerting) fn counts(self) -> bool {
        self == Reducer::Count
    }

    /// The number that the cells come to.
    pub(super) fn of(self, cells: &[Cell]) -> Cell {
        match self {
            Reducer::Count => return Some(cells.len() as f64),
            Reducer::Last => return cells.last().copied().unwrap_or(Some(f64::NAN)),
            _ => {}
        }
        // A null counts as NaN here, and one NaN spoils the whole.
        let numbers: Option<Vec<f64>> = cells.iter().map(|c| c.filter(|n| !n.is_nan())).collect();
        let Some(mut numbers) = numbers else {
            return Some(f64::NAN);
        };
        let sum: f64 = numbers.iter().sum();
        Some(match self {
            // Rust sums nothing to -0.
            Reducer::Sum => sum + 0.0,
            Reducer::Mean => sum / numbers.len() as f64,
            Reducer::Min => numbers.into_iter().reduce(f64::min).unwrap_or(f64::NAN),
            Reducer::Max => numbers.into_iter().reduce(f64::max).unwrap_or(f64::NAN),
            _ => {
                numbers.sort_by(f64::total_cmp);
                middle(&numbers).unwrap_or(f64::NAN)
            }
        })
    }
}

/// The middle of sorted numbers; of two, their mean.
pub(super) fn middle(sorted: &[f64]) -> Option<f64> {
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted.get(half).copied(),
        _ => Some((sorted.get(half.checked_sub(1)?)? + sorted.get(half)?) / 2.0),
    }
}

impl Mode {
    fn input(self, cell: Cell) -> Cell {
        let number = cell.filter(|number| number.is_finite());
        match self {
            Mode::Strict => cell,
            Mode::Drop => number,
            Mode::Replace(with) => number.or(Some(with)),
        }
    }

    fn output(self, cell: Cell) -> Cell {
        match (self, cell) {
            (Mode::Drop, Some(number)) if number.is_nan() => None,
            (Mode::Replace(with), Some(number)) if number.is_nan() => Some(with),
            _ => cell,
        }
    }
}

/// Reduces every series; what is a number already stays one.
pub(in crate::alerting::grafana) fn reduce(
    values: &[Value],
    reducer: Reducer,
    mode: Mode,
) -> Result<Vec<Value>, String> {
    let mut reduced = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::Series(labels, points) => {
                let cells = points.iter().map(|(_, cell)| mode.input(*cell));
                let cells: Vec<Cell> = match mode {
                    Mode::Strict => cells.collect(),
                    _ => cells.filter(Option::is_some).collect(),
                };
                let cell = mode.output(reducer.of(&cells));
                reduced.push(Value::Number(labels.clone(), cell));
            }
            Value::Number(labels, cell) => {
                let cell = mode.input(*cell);
                if mode == Mode::Strict || cell.is_some() {
                    reduced.push(Value::Number(labels.clone(), cell));
                }
            }
            Value::NoData => reduced.push(Value::NoData),
            Value::Scalar(_) => {
                return Err(format!(
                    "can only reduce type series, got type {}",
                    value.type_name()
                ));
            }
        }
    }
    Ok(reduced)
}
