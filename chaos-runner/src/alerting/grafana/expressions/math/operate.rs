//! The operators of the formula language, on two numbers. Comparisons give 1 or 0.

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::alerting::grafana) enum Operator {
    Or,
    And,
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

impl Operator {
    /// As a formula writes it.
    pub(in crate::alerting::grafana) fn symbol(self) -> &'static str {
        match self {
            Operator::Or => "||",
            Operator::And => "&&",
            Operator::Eq => "==",
            Operator::Ne => "!=",
            Operator::Gt => ">",
            Operator::Gte => ">=",
            Operator::Lt => "<",
            Operator::Lte => "<=",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::Power => "**",
        }
    }

    pub(super) fn is_comparison(self) -> bool {
        matches!(self.symbol(), "==" | "!=" | ">" | ">=" | "<" | "<=")
    }

    /// The operator that says the same with its sides exchanged.
    pub(super) fn mirrored(self) -> Operator {
        match self {
            Operator::Gt => Operator::Lt,
            Operator::Gte => Operator::Lte,
            Operator::Lt => Operator::Gt,
            Operator::Lte => Operator::Gte,
            other => other,
        }
    }

    /// What it comes to. What the left side decides alone is decided before NaN is looked at.
    #[expect(clippy::float_cmp, reason = "Grafana compares floats exactly")]
    pub(super) fn of(self, a: f64, b: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Operator::Or if a != 0.0 => return 1.0,
            Operator::And if a == 0.0 => return 0.0,
            _ if a.is_nan() || b.is_nan() => return f64::NAN,
            _ => {}
        }
        match self {
            Operator::Or => truth(a != 0.0 || b != 0.0),
            Operator::And => truth(a != 0.0 && b != 0.0),
            Operator::Eq => truth(a == b),
            Operator::Ne => truth(a != b),
            Operator::Gt => truth(a > b),
            Operator::Gte => truth(a >= b),
            Operator::Lt => truth(a < b),
            Operator::Lte => truth(a <= b),
            Operator::Add => a + b,
            Operator::Subtract => a - b,
            Operator::Multiply => a * b,
            Operator::Divide => a / b,
            Operator::Remainder => a % b,
            Operator::Power => a.powf(b),
        }
    }
}

/// `!`: whether a number is 0; NaN stays NaN.
pub(super) fn not(number: f64) -> f64 {
    match number.is_nan() {
        true => number,
        false => f64::from(u8::from(number == 0.0)),
    }
}
