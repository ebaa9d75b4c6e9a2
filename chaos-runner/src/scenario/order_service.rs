//! The `order_service:` section: which factory it orders from and what it does when that factory misbehaves. Everything but the
//! factory can be left out, which stages the service of the incident reports: no timeout, no retry, no queue, no fallback.

use fake_factory::input::Located;
use fake_factory::input::units::{HumanDuration, Share};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// How the order service is built.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderService {
    /// The factory that makes its pizzas.
    pub factory: Located<FactoryTarget>,
    /// How long one call of a factory may take. Without it the service waits as long as the factory does.
    #[serde(default)]
    pub factory_timeout: Option<HumanDuration>,
    /// Tries again when a call failed.
    #[serde(default)]
    pub retry: Option<Located<Retry>>,
    /// Stops calling a factory that keeps failing.
    #[serde(default)]
    pub circuit_breaker: Option<CircuitBreaker>,
    /// The factory to turn to when the first one fails.
    #[serde(default)]
    pub fallback: Option<Located<String>>,
    /// Keeps orders that no factory would take, and places them once one does.
    #[serde(default)]
    pub queue: Option<Queue>,
    /// Calls the report URL that a failing factory gave.
    #[serde(default)]
    pub auto_report: Option<AutoReport>,
    /// Asks the factories' `/ready` at an interval.
    #[serde(default)]
    pub health_probe: Option<HealthProbe>,
    /// How its metrics behave.
    #[serde(default)]
    pub metrics: Metrics,
}

/// Where the service believes its factory to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactoryTarget {
    /// A factory of the scenario, by name.
    Named(String),
    /// A host name that does not resolve.
    Unresolvable(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UnresolvableForm {
    /// A host name that does not resolve.
    unresolvable: String,
}

impl<'de> Deserialize<'de> for FactoryTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EitherForm;
        impl<'de> Visitor<'de> for EitherForm {
            type Value = FactoryTarget;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a factory, or `{ unresolvable: HOST }`")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<FactoryTarget, E> {
                Ok(FactoryTarget::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FactoryTarget, A::Error> {
                let form = UnresolvableForm::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FactoryTarget::Unresolvable(form.unresolvable))
            }
        }
        deserializer.deserialize_any(EitherForm)
    }
}

impl Serialize for FactoryTarget {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            FactoryTarget::Named(name) => serializer.serialize_str(name),
            FactoryTarget::Unresolvable(host) => serializer.collect_map([("unresolvable", host)]),
        }
    }
}

impl JsonSchema for FactoryTarget {
    fn schema_name() -> Cow<'static, str> {
        "FactoryTarget".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let form = generator.subschema_for::<UnresolvableForm>();
        schemars::json_schema!({ "anyOf": [{ "type": "string", "description": "A factory of the scenario, by name." }, form] })
    }
}

/// Tries again when a call failed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How many calls at the most, the first one included.
    pub attempts: Located<u32>,
    /// How long it waits between them.
    #[serde(default)]
    pub backoff: Backoff,
}

/// The wait before another try: doubled each time.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backoff {
    /// Before the second call.
    #[serde(default = "default_first")]
    pub first: HumanDuration,
    /// At the most.
    #[serde(default = "default_max")]
    pub max: HumanDuration,
    /// The share of the wait that is drawn at random, so that clients do not come back all at once.
    #[serde(default = "default_jitter")]
    pub jitter: Share,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff {
            first: default_first(),
            max: default_max(),
            jitter: default_jitter(),
        }
    }
}

fn default_first() -> HumanDuration {
    HumanDuration(Duration::from_millis(100))
}

fn default_max() -> HumanDuration {
    HumanDuration(Duration::from_secs(5))
}

fn default_jitter() -> Share {
    Share(0.5)
}

/// Stops calling a factory that keeps failing, for a while.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CircuitBreaker {
    /// It opens after this many failures …
    pub failures: Located<u32>,
    /// … within this time …
    pub within: HumanDuration,
    /// … for this long; then one call decides whether it closes.
    pub open_for: HumanDuration,
}

/// Keeps orders that no factory would take.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// How many orders may wait. One more is refused.
    pub capacity: Located<u32>,
    /// Whether the orders that wait survive a restart of the service.
    #[serde(default)]
    pub durable: bool,
}

/// Calls the report URL that a failing factory gave.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoReport {
    /// How many failed calls with a report URL it takes.
    pub after_failures: Located<u32>,
}

/// Asks the factories' `/ready`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthProbe {
    /// How often.
    pub every: Located<HumanDuration>,
}

/// How the service's metrics behave.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// A series disappears when it was not updated for this long, as metrics pushed per sale do. Without it every label set is
    /// there from the start, at 0.
    #[serde(default)]
    pub vanish_after: Option<HumanDuration>,
}
