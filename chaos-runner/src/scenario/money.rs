//! Money, as the pizzas of an order cost it and revenue sums it: exact, in millionths, so that sums do not depend on their order.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;

/// An amount of money, in millionths of the currency that the menu uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(u64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    const MAX: f64 = 1e9;

    /// What a pizza costs where a scenario does not say: the veggie of the real menu.
    #[must_use]
    pub fn default_price() -> Self {
        Money(3_800)
    }

    /// From an amount such as 0.0038; none when it is negative, not a number or above a thousand million.
    #[must_use]
    pub fn from_amount(amount: f64) -> Option<Self> {
        // In range, so the cast neither wraps nor loses more than the rounding asked for.
        (0.0..=Self::MAX)
            .contains(&amount)
            .then(|| Money((amount * 1e6).round() as u64))
    }

    /// As an amount such as 0.0038.
    #[must_use]
    pub fn amount(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// This much, `count` times.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Money(self.0.saturating_mul(u64::from(count)))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Self {
        Money(amounts.fold(0, |total, amount| total.saturating_add(amount.0)))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.amount().fmt(formatter)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.amount())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = f64::deserialize(deserializer)?;
        Money::from_amount(amount).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{amount} is no amount of money: expected 0 or more"
            ))
        })
    }
}

impl JsonSchema for Money {
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "description": "An amount of money, as in `0.0038`." })
    }
}
