//! A document of Grafana's rules as a scenario names it: a path alone, or with what the document itself does not say.

use fake_factory::input::Located;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A document of Grafana's rules.
#[derive(Clone, Debug, Serialize)]
pub struct GrafanaFile {
    /// Its path.
    pub file: Located<String>,
    /// The version of Grafana that its rules are evaluated as, where it is another than the scenario's.
    pub version: Option<Located<GrafanaVersion>>,
    /// The kinds of data sources, by their uids.
    pub datasources: BTreeMap<Located<String>, DatasourceKind>,
}

/// A version of Grafana. 12 stands for those before it as well, 13 for those after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u64", into = "u64")]
pub enum GrafanaVersion {
    /// No data and errors fire at once.
    #[default]
    V12,
    /// No data and errors honour `for`.
    V13,
}

impl TryFrom<u64> for GrafanaVersion {
    type Error = &'static str;

    fn try_from(version: u64) -> Result<Self, Self::Error> {
        match version {
            12 => Ok(GrafanaVersion::V12),
            13 => Ok(GrafanaVersion::V13),
            _ => Err("expected 12 (and before) or 13 (and after)"),
        }
    }
}

impl From<GrafanaVersion> for u64 {
    fn from(version: GrafanaVersion) -> u64 {
        match version {
            GrafanaVersion::V12 => 12,
            GrafanaVersion::V13 => 13,
        }
    }
}

impl JsonSchema for GrafanaVersion {
    fn schema_name() -> Cow<'static, str> {
        "GrafanaVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "A version of Grafana: 12 (and before; no data and errors fire at once) or 13 (and after; they honour `for`).",
            "enum": [12, 13]
        })
    }
}

/// What a data source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatasourceKind {
    /// Series, asked in PromQL.
    Prometheus,
    /// Log lines, asked in LogQL.
    Loki,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GrafanaFileForm")]
struct FileForm {
    /// The path of the file, relative to the scenario.
    file: Located<String>,
    /// The version of Grafana that these rules are evaluated as; `monitoring.grafana_version` when it is left out.
    #[serde(default)]
    version: Option<Located<GrafanaVersion>>,
    /// The kinds of data sources, by their uids. One that is left out is told by its queries: by the type that they name, else
    /// by the language that they are in.
    #[serde(default)]
    datasources: BTreeMap<Located<String>, DatasourceKind>,
}

/// A path alone, or a mapping.
struct EitherForm(FileForm);

impl<'de> Deserialize<'de> for EitherForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = EitherForm;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the path of a file, or `{ file: PATH }` with more about it")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<EitherForm, E> {
                Ok(EitherForm(FileForm {
                    file: Located::unknown(path.to_owned()),
                    version: None,
                    datasources: BTreeMap::new(),
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EitherForm, A::Error> {
                FileForm::deserialize(MapAccessDeserializer::new(map)).map(EitherForm)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for GrafanaFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let either = Located::<EitherForm>::deserialize(deserializer)?;
        let FileForm {
            mut file,
            version,
            datasources,
        } = either.value.0;
        // A path alone has the place of the whole.
        file.span = file.span.or(either.span);
        Ok(GrafanaFile {
            file,
            version,
            datasources,
        })
    }
}

impl JsonSchema for GrafanaFile {
    fn schema_name() -> Cow<'static, str> {
        "GrafanaFile".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let form = generator.subschema_for::<FileForm>();
        schemars::json_schema!({ "anyOf": [{ "type": "string", "description": "The path of the file, relative to the scenario." }, form] })
    }
}
