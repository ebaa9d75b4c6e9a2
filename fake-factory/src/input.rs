//! Stand-in until the input branch is merged.
#![allow(missing_docs)]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Located<T> {
    pub value: T,
}
impl<T> Located<T> {
    pub fn nowhere(value: T) -> Self {
        Located { value }
    }
}
impl<T> std::ops::Deref for Located<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        T::deserialize(d).map(Located::nowhere)
    }
}
pub mod units {
    use super::*;
    use std::time::Duration;
    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
    pub struct HumanDuration(pub Duration);
    #[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
    pub struct Share(pub f64);
    #[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
    pub enum Moment {
        Offset(Duration),
    }
    fn dur(s: &str) -> Duration {
        if let Some(m) = s.strip_suffix("ms") {
            Duration::from_millis(m.parse().unwrap_or(0))
        } else if let Some(m) = s.strip_suffix('s') {
            Duration::from_secs(m.parse().unwrap_or(0))
        } else {
            Duration::from_secs(3600 * s.trim_end_matches('h').parse::<u64>().unwrap_or(0))
        }
    }
    impl<'de> Deserialize<'de> for HumanDuration {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            String::deserialize(d).map(|s| HumanDuration(dur(&s)))
        }
    }
    impl<'de> Deserialize<'de> for Moment {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            String::deserialize(d).map(|s| Moment::Offset(dur(&s)))
        }
    }
    impl<'de> Deserialize<'de> for Share {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            String::deserialize(d)
                .map(|s| Share(s.trim_end_matches('%').parse::<f64>().unwrap_or(0.0) / 100.0))
        }
    }
    #[derive(Clone, Debug)]
    pub struct StartsAt;
    impl StartsAt {
        pub fn unix_epoch() -> Self {
            StartsAt
        }
        pub fn offset_of(&self, m: &Moment) -> Duration {
            let Moment::Offset(d) = m;
            *d
        }
    }
}
