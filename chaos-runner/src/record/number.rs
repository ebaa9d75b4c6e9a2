//! Numbers of which some are none in JSON, written as Prometheus writes them.

use serde::de::Visitor;
use serde::{Deserializer, Serializer};
use std::fmt;

/// Writes a finite number as one, and any other as its name.
pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        serializer.serialize_f64(*value)
    } else if value.is_nan() {
        serializer.serialize_str("NaN")
    } else {
        serializer.serialize_str(if *value > 0.0 { "+Inf" } else { "-Inf" })
    }
}

/// Reads what `serialize` writes.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    struct NumberOrName;
    impl Visitor<'_> for NumberOrName {
        type Value = f64;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a number, `NaN`, `+Inf` or `-Inf`")
        }

        fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<f64, E> {
            Ok(value)
        }

        fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<f64, E> {
            Ok(value as f64)
        }

        fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<f64, E> {
            Ok(value as f64)
        }

        fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<f64, E> {
            match name {
                "NaN" => Ok(f64::NAN),
                "+Inf" => Ok(f64::INFINITY),
                "-Inf" => Ok(f64::NEG_INFINITY),
                _ => Err(E::invalid_value(serde::de::Unexpected::Str(name), &self)),
            }
        }
    }
    deserializer.deserialize_any(NumberOrName)
}
