//! The functions of the formula language.

/// A function: of one value, or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Log,
    Round,
    Ceil,
    Floor,
    IsNan,
    IsInf,
    IsNull,
    IsNumber,
    Nan,
    Inf,
    Infn,
    Null,
}

/// Every function by its name.
pub(super) const FUNCTIONS: [(&str, Function); 13] = [
    ("abs", Function::Abs),
    ("log", Function::Log),
    ("round", Function::Round),
    ("ceil", Function::Ceil),
    ("floor", Function::Floor),
    ("is_nan", Function::IsNan),
    ("is_inf", Function::IsInf),
    ("is_null", Function::IsNull),
    ("is_number", Function::IsNumber),
    ("nan", Function::Nan),
    ("inf", Function::Inf),
    ("infn", Function::Infn),
    ("null", Function::Null),
];

impl Function {
    /// Whether it takes no argument.
    pub(super) fn is_constant(self) -> bool {
        matches!(
            self,
            Function::Nan | Function::Inf | Function::Infn | Function::Null
        )
    }

    /// Its value, where it takes no argument.
    pub(super) fn constant(self) -> Option<f64> {
        match self {
            Function::Inf => Some(f64::INFINITY),
            Function::Infn => Some(f64::NEG_INFINITY),
            Function::Null => None,
            _ => Some(f64::NAN),
        }
    }

    /// Its value for one cell. Most functions make a null NaN.
    pub(super) fn of(self, cell: Option<f64>) -> Option<f64> {
        let truth = |holds: bool| f64::from(u8::from(holds));
        let number = match (self, cell) {
            (Function::IsNull, cell) => truth(cell.is_none()),
            (Function::IsNumber, cell) => truth(cell.is_some_and(f64::is_finite)),
            (_, None) => f64::NAN,
            (Function::Abs, Some(number)) => number.abs(),
            (Function::Log, Some(number)) => number.ln(),
            (Function::Round, Some(number)) => number.round(),
            (Function::Ceil, Some(number)) => number.ceil(),
            (Function::Floor, Some(number)) => number.floor(),
            (Function::IsNan, Some(number)) => truth(number.is_nan()),
            (Function::IsInf, Some(number)) => truth(number.is_infinite()),
            (constant, Some(_)) => return constant.constant(),
        };
        Some(number)
    }
}
