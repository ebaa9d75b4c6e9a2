//! A test of a number, as people write it: `== 0`, `>= 0.99`, `< 2`.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// An operator and the number on its right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    operator: Operator,
    number: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    AtMost,
    AtLeast,
    Below,
    Above,
}

/// Two-character operators first: `<=` begins with `<`.
const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<", Operator::Below),
    (">", Operator::Above),
];

impl Threshold {
    /// Whether `value` passes.
    #[must_use]
    #[expect(
        clippy::float_cmp,
        reason = "`== 0` asks for exactly that, as PromQL does"
    )]
    pub fn holds(&self, value: f64) -> bool {
        match self.operator {
            Operator::Equal => value == self.number,
            Operator::NotEqual => value != self.number,
            Operator::AtMost => value <= self.number,
            Operator::AtLeast => value >= self.number,
            Operator::Below => value < self.number,
            Operator::Above => value > self.number,
        }
    }
}

impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no test of a number: expected an operator and a number, as in `== 0` or `>= 0.99`"
            )
        };
        let trimmed = text.trim();
        let (operator, rest) = OPERATORS
            .into_iter()
            .find_map(|(sign, operator)| Some((operator, trimmed.strip_prefix(sign)?)))
            .ok_or_else(wrong)?;
        let number: f64 = rest.trim().parse().map_err(|_| wrong())?;
        if number.is_nan() {
            Err(wrong())
        } else {
            Ok(Threshold { operator, number })
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = OPERATORS
            .into_iter()
            .find(|(_, operator)| *operator == self.operator)
            .map_or("", |(sign, _)| sign);
        write!(formatter, "{sign} {}", self.number)
    }
}

impl Serialize for Threshold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> Cow<'static, str> {
        "Threshold".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^\\s*(==|!=|<=|>=|<|>)\\s*[-+0-9.eEInf]+\\s*$",
            "description": "A test of a number, as in `== 0`."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let zero: Threshold = "== 0".parse().expect("a test");
        assert!(zero.holds(0.0) && !zero.holds(0.1) && !zero.holds(f64::NAN));
        let least: Threshold = ">=0.99".parse().expect("a test");
        assert!(least.holds(0.99) && !least.holds(0.98));
        assert_eq!(least.to_string(), ">= 0.99");
        assert!("= 0".parse::<Threshold>().is_err());
        assert!("> lots".parse::<Threshold>().is_err());
    }
}
