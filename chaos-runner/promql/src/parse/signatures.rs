//! What every function takes and returns, as Prometheus declares it. What a function computes is not known here.

use crate::ast::ValueType::{Matrix, Scalar, Text, Vector};
use crate::ast::{Node, ValueType};
use crate::error::ParseError;

/// What a function takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) name: &'static str,
    takes: &'static [ValueType],
    more: More,
}

/// How the number of arguments may differ from that of the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum More {
    Exactly,
    /// The last may be left out, or come so often.
    UpTo(usize),
    /// The last may be left out, or come as often as one likes.
    Any,
}

const V: &[ValueType] = &[Vector];
const M: &[ValueType] = &[Matrix];
const NONE: &[ValueType] = &[];

/// Every function, in the order of the alphabet.
const SIGNATURES: &[(&str, &[ValueType], More)] = &[
    ("abs", V, More::Exactly),
    ("absent", V, More::Exactly),
    ("absent_over_time", M, More::Exactly),
    ("acos", V, More::Exactly),
    ("acosh", V, More::Exactly),
    ("asin", V, More::Exactly),
    ("asinh", V, More::Exactly),
    ("atan", V, More::Exactly),
    ("atanh", V, More::Exactly),
    ("avg_over_time", M, More::Exactly),
    ("ceil", V, More::Exactly),
    ("changes", M, More::Exactly),
    ("clamp", &[Vector, Scalar, Scalar], More::Exactly),
    ("clamp_max", &[Vector, Scalar], More::Exactly),
    ("clamp_min", &[Vector, Scalar], More::Exactly),
    ("cos", V, More::Exactly),
    ("cosh", V, More::Exactly),
    ("count_over_time", M, More::Exactly),
    ("day_of_month", V, More::UpTo(1)),
    ("day_of_week", V, More::UpTo(1)),
    ("day_of_year", V, More::UpTo(1)),
    ("days_in_month", V, More::UpTo(1)),
    ("deg", V, More::Exactly),
    ("delta", M, More::Exactly),
    ("deriv", M, More::Exactly),
    (
        "double_exponential_smoothing",
        &[Matrix, Scalar, Scalar],
        More::Exactly,
    ),
    ("end", NONE, More::Exactly),
    ("exp", V, More::Exactly),
    ("first_over_time", M, More::Exactly),
    ("floor", V, More::Exactly),
    ("histogram_avg", V, More::Exactly),
    ("histogram_count", V, More::Exactly),
    (
        "histogram_fraction",
        &[Scalar, Scalar, Vector],
        More::Exactly,
    ),
    ("histogram_quantile", &[Scalar, Vector], More::Exactly),
    (
        "histogram_quantiles",
        &[Vector, Text, Scalar, Scalar],
        More::UpTo(9),
    ),
    ("histogram_stddev", V, More::Exactly),
    ("histogram_stdvar", V, More::Exactly),
    ("histogram_sum", V, More::Exactly),
    ("hour", V, More::UpTo(1)),
    ("idelta", M, More::Exactly),
    ("increase", M, More::Exactly),
    ("info", &[Vector, Vector], More::UpTo(1)),
    ("irate", M, More::Exactly),
    ("label_join", &[Vector, Text, Text, Text], More::Any),
    (
        "label_replace",
        &[Vector, Text, Text, Text, Text],
        More::Exactly,
    ),
    ("last_over_time", M, More::Exactly),
    ("ln", V, More::Exactly),
    ("log10", V, More::Exactly),
    ("log2", V, More::Exactly),
    ("mad_over_time", M, More::Exactly),
    ("max_of", &[Scalar, Scalar], More::Exactly),
    ("max_over_time", M, More::Exactly),
    ("min_of", &[Scalar, Scalar], More::Exactly),
    ("min_over_time", M, More::Exactly),
    ("minute", V, More::UpTo(1)),
    ("month", V, More::UpTo(1)),
    ("pi", NONE, More::Exactly),
    ("predict_linear", &[Matrix, Scalar], More::Exactly),
    ("present_over_time", M, More::Exactly),
    ("quantile_over_time", &[Scalar, Matrix], More::Exactly),
    ("rad", V, More::Exactly),
    ("range", NONE, More::Exactly),
    ("rate", M, More::Exactly),
    ("resets", M, More::Exactly),
    ("round", &[Vector, Scalar], More::UpTo(1)),
    ("scalar", V, More::Exactly),
    ("sgn", V, More::Exactly),
    ("sin", V, More::Exactly),
    ("sinh", V, More::Exactly),
    ("sort", V, More::Exactly),
    ("sort_by_label", &[Vector, Text], More::Any),
    ("sort_by_label_desc", &[Vector, Text], More::Any),
    ("sort_desc", V, More::Exactly),
    ("sqrt", V, More::Exactly),
    ("start", NONE, More::Exactly),
    ("stddev_over_time", M, More::Exactly),
    ("stdvar_over_time", M, More::Exactly),
    ("step", NONE, More::Exactly),
    ("sum_over_time", M, More::Exactly),
    ("tan", V, More::Exactly),
    ("tanh", V, More::Exactly),
    ("time", NONE, More::Exactly),
    ("timestamp", V, More::Exactly),
    ("ts_of_first_over_time", M, More::Exactly),
    ("ts_of_last_over_time", M, More::Exactly),
    ("ts_of_max_over_time", M, More::Exactly),
    ("ts_of_min_over_time", M, More::Exactly),
    ("vector", &[Scalar], More::Exactly),
    ("year", V, More::UpTo(1)),
];

/// The names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SIGNATURES.iter().map(|(name, ..)| *name)
}

/// The signature of a function.
pub(super) fn of(name: &str) -> Option<Signature> {
    let found = SIGNATURES.iter().find(|(known, ..)| *known == name);
    found.map(|&(name, takes, more)| Signature { name, takes, more })
}

impl Signature {
    /// Refuses a call, which begins at `at`, with too few, too many or wrong arguments.
    pub(super) fn check(&self, at: usize, args: &[Node]) -> Result<(), ParseError> {
        let (name, got) = (self.name, args.len());
        let needed = self.takes.len();
        let wrong = match self.more {
            More::Exactly if got != needed => Some(format!("{needed}")),
            More::UpTo(_) | More::Any if got + 1 < needed => {
                Some(format!("at least {}", needed - 1))
            }
            More::UpTo(more) if got > needed - 1 + more => {
                Some(format!("at most {}", needed - 1 + more))
            }
            _ => None,
        };
        if let Some(wanted) = wrong {
            let message = format!("expected {wanted} argument(s) in call to {name:?}, got {got}");
            return Err(ParseError::at(at, message));
        }
        for (index, arg) in args.iter().enumerate() {
            let wanted = self.takes[index.min(needed - 1)];
            super::functions::expect_type(arg, wanted, &format!("call to function {name:?}"))?;
        }
        Ok(())
    }
}
