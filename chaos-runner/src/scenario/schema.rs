//! The JSON Schema of a scenario file, made from the types, so that editors complete and explain it. It is committed as
//! `scenarios/scenario.schema.json`; a test says when that is no longer what the types say.

use super::Scenario;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

/// By what the schema is known: the name of the committed file.
const ID: &str = "scenario.schema.json";

/// The schema, as it is committed: pretty JSON with a line end.
#[must_use]
pub fn schema() -> String {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Scenario>();
    let definitions = schema
        .get("$defs")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    BareWords { definitions }.transform(&mut schema);
    schema.insert("$id".to_owned(), json!(ID));
    schema.insert("title".to_owned(), json!("chaos-runner scenario"));
    // Plain JSON of our own types: writing it to a string cannot fail.
    let mut text = format!("{:#}", schema.as_value());
    text.push('\n');
    text
}

/// A word with content below it, all of which can be left out, may stand alone: `inject: bad_jwt` for `inject: { bad_jwt: {} }`.
struct BareWords {
    definitions: Map<String, Value>,
}

impl Transform for BareWords {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(variants) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else {
            return;
        };
        let words: Vec<Value> = variants
            .iter()
            .filter_map(|variant| self.bare(variant))
            .collect();
        variants.extend(words);
    }
}

impl BareWords {
    /// The variant as a word alone, where its content may be left out.
    fn bare(&self, variant: &Value) -> Option<Value> {
        let properties = variant.get("properties")?.as_object()?;
        let mut entries = properties.iter();
        let (word, content) = entries.next()?;
        let is_tagged = variant.get("required")?.as_array()?.len() == 1 && entries.next().is_none();
        let content = match content.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.definitions.get(reference.strip_prefix("#/$defs/")?)?,
            None => content,
        };
        let is_object = content.get("type").and_then(Value::as_str) == Some("object");
        let can_be_empty = is_object && content.get("required").is_none();
        (is_tagged && can_be_empty).then(|| {
            let mut bare = json!({ "type": "string", "const": word });
            if let Some(description) = variant.get("description") {
                bare["description"] = description.clone();
            }
            bare
        })
    }
}
