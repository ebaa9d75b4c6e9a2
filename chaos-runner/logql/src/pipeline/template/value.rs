//! The values of templates and their types, as Go has them: a label is a text, even where it looks like a number.

use std::fmt;

/// A value on its way through a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// A number that the template says.
    Int(i64),
    /// A number that was calculated: to Go a type of its own, which no parameter but those of arithmetic takes.
    Int64(i64),
}

/// What a function takes in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    Text,
    Int,
    Any,
}

impl Value {
    /// The text; of a number none.
    pub(super) fn text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            Value::Int(_) | Value::Int64(_) => "",
        }
    }

    /// The number, or the one that a text says: 0 where it says none.
    pub(super) fn whole(&self) -> i64 {
        match self {
            Value::Text(text) => text.parse().unwrap_or(0),
            Value::Int(number) | Value::Int64(number) => *number,
        }
    }

    /// Whether it counts as nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Value::Text(text) => text.is_empty(),
            Value::Int(number) | Value::Int64(number) => *number == 0,
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Value::Text(_) => "string",
            Value::Int(_) => "int",
            Value::Int64(_) => "int64",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Int(number) | Value::Int64(number) => write!(f, "{number}"),
        }
    }
}

impl Parameter {
    /// Refuses a value of another type.
    pub(super) fn check(self, value: &Value) -> Result<(), String> {
        let wanted = match (self, value) {
            (Parameter::Any, _)
            | (Parameter::Text, Value::Text(_))
            | (Parameter::Int, Value::Int(_)) => return Ok(()),
            (Parameter::Text, _) => "string",
            (Parameter::Int, _) => "int",
        };
        let got = value.type_name();
        Err(format!(
            "wrong type for value; expected {wanted}; got {got}"
        ))
    }
}
