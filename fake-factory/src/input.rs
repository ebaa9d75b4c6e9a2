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
    pub fn unknown(value: T) -> Self {
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
        T::deserialize(d).map(Located::unknown)
    }
}
pub mod units {
    use super::*;
    use std::time::Duration;
    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct HumanDuration(pub Duration);
    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Share(pub f64);
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub enum Moment {
        Offset(Duration),
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
