//! Comparisons with one bound or two, as `threshold` and `classic_conditions` have them.

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evaluator {
    /// With one bound.
    Against(Comparison, f64),
    /// With two: whether it is within them (else outside), and whether the bounds count.
    Range {
        /// Within, else outside.
        within: bool,
        /// Whether a value at a bound passes.
        included: bool,
        /// The bounds, as they were given.
        bounds: [f64; 2],
    },
    /// Whether there is no value: of classic conditions only.
    NoValue,
}

/// A comparison with one bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Gt,
    /// `<`
    Lt,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>=`
    Gte,
    /// `<=`
    Lte,
}

impl Comparison {
    /// As a formula writes it.
    pub(in crate::alerting::grafana) fn symbol(self) -> &'static str {
        match self {
            Comparison::Gt => ">",
            Comparison::Lt => "<",
            Comparison::Eq => "==",
            Comparison::Ne => "!=",
            Comparison::Gte => ">=",
            Comparison::Lte => "<=",
        }
    }

    #[expect(clippy::float_cmp, reason = "Grafana compares floats exactly")]
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Comparison::Gt => value > bound,
            Comparison::Lt => value < bound,
            Comparison::Eq => value == bound,
            Comparison::Ne => value != bound,
            Comparison::Gte => value >= bound,
            Comparison::Lte => value <= bound,
        }
    }
}

impl Evaluator {
    /// Whether every value above some bound passes.
    pub(in crate::alerting) fn is_above(self) -> bool {
        matches!(
            self,
            Evaluator::Against(Comparison::Gt | Comparison::Gte, _)
        )
    }

    /// Whether it holds, with the bounds of a range in the order given, as `threshold` has it.
    pub(super) fn holds(self, value: f64) -> bool {
        match self {
            Evaluator::Against(comparison, bound) => comparison.holds(value, bound),
            Evaluator::Range {
                within,
                included,
                bounds: [low, high],
            } => match (within, included) {
                (true, false) => value > low && value < high,
                (true, true) => value >= low && value <= high,
                (false, false) => value < low || value > high,
                (false, true) => value <= low || value >= high,
            },
            Evaluator::NoValue => false,
        }
    }

    /// Whether it holds, as classic conditions have it: with the bounds of a range in either order.
    pub(super) fn holds_classic(self, value: Option<f64>) -> bool {
        let Some(number) = value else {
            return self == Evaluator::NoValue;
        };
        let Evaluator::Range {
            within,
            included,
            bounds: [a, b],
        } = self
        else {
            return self.holds(number);
        };
        let side = |bound: f64| match included {
            true => (number >= bound, number <= bound),
            false => (number > bound, number < bound),
        };
        let ((above_a, below_a), (above_b, below_b)) = (side(a), side(b));
        match within {
            true => (above_a && below_b) || (above_b && below_a),
            false => (above_a && above_b) || (below_a && below_b),
        }
    }
}

impl std::fmt::Display for Evaluator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Evaluator::Against(comparison, bound) => write!(f, "{} {bound}", comparison.symbol()),
            Evaluator::Range {
                within,
                included,
                bounds: [low, high],
            } => {
                let side = if *within { "within" } else { "outside" };
                let bounds = if *included { "or at " } else { "" };
                write!(f, "{side} {bounds}{low} and {high}")
            }
            Evaluator::NoValue => f.write_str("has no value"),
        }
    }
}
