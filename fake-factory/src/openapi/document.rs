//! Writes the description of an API down as OpenAPI 3.1. The same description gives the same bytes: operations stand in the order of
//! their groups, schemas in that of their names.

use super::{Api, Content, JSON, Operation, Parameter, Place, Reply};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The name of the only security scheme.
const KEY: &str = "key";

impl Api {
    /// The document.
    pub(crate) fn document(&self) -> Value {
        // Where a reference to a type points. The schemas of OpenAPI 3.1 are those of JSON Schema 2020-12.
        let mut settings = SchemaSettings::draft2020_12();
        settings.definitions_path = "/components/schemas".into();
        let mut schemas = settings.into_generator();
        let paths = self.paths(&mut schemas);
        let schemas: BTreeMap<String, Value> = schemas.take_definitions(true).into_iter().collect();
        let mut document = json!({
            "openapi": "3.1.1",
            "info": {
                "title": self.title,
                "version": env!("CARGO_PKG_VERSION"),
                "description": self.description,
                "license": { "name": "MIT", "identifier": "MIT" },
            },
            "tags": self.groups.iter().map(|group| {
                json!({ "name": group.name, "description": group.description })
            }).collect::<Vec<_>>(),
            "paths": paths,
            "components": { "schemas": schemas },
        });
        if let Some(description) = self.key {
            let scheme = json!({ "type": "http", "scheme": "bearer", "description": description });
            document["components"]["securitySchemes"] = json!({ KEY: scheme });
        }
        document
    }

    fn paths(&self, schemas: &mut SchemaGenerator) -> Map<String, Value> {
        let mut paths = Map::new();
        for group in self.groups {
            for operation in group.operations {
                let written = self.operation(operation, group.name, schemas);
                let path = paths
                    .entry(operation.path)
                    .or_insert_with(|| Value::Object(Map::new()));
                path[operation.method.to_lowercase()] = written;
            }
        }
        paths
    }

    fn operation(&self, operation: &Operation, tag: &str, schemas: &mut SchemaGenerator) -> Value {
        let mut written = json!({
            "operationId": operation.id,
            "summary": operation.summary,
            "tags": [tag],
        });
        if operation.is_keyed && self.key.is_some() {
            written["security"] = json!([{ KEY: [] }]);
        }
        if !operation.parameters.is_empty() {
            let parameters = operation.parameters.iter();
            written["parameters"] = parameters
                .map(|parameter| parameter.written(schemas))
                .collect();
        }
        if let Some(request) = &operation.request {
            written["requestBody"] =
                json!({ "required": true, "content": request.written(schemas) });
        }
        let mut replies = Map::new();
        for reply in operation.replies {
            replies.insert(reply.status.to_string(), reply.written(schemas));
        }
        written["responses"] = Value::Object(replies);
        written
    }
}

impl Parameter {
    fn written(&self, schemas: &mut SchemaGenerator) -> Value {
        let place = match self.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        };
        let schema = (self.schema)(schemas);
        let is_text = schema.get("type") == Some(&Value::from("string"));
        let mut written = json!({
            "name": self.name,
            "in": place,
            "description": self.description,
            "required": self.place == Place::Path,
            "schema": schema,
        });
        if let Some(example) = self.example {
            // In a URL a number and a string of digits look the same.
            let value = serde_json::from_str(example).ok().filter(|_| !is_text);
            written["example"] = value.unwrap_or_else(|| Value::from(example));
        }
        written
    }
}

impl Content {
    fn written(&self, schemas: &mut SchemaGenerator) -> Value {
        let mut written = json!({ "schema": (self.schema)(schemas) });
        let example = self.example();
        if !example.is_null() {
            written["example"] = example;
        }
        let same = |media_type: &&str| ((*media_type).to_owned(), written.clone());
        self.media_types.iter().map(same).collect()
    }

    /// The example, as the value that it is; null where there is none.
    pub(crate) fn example(&self) -> Value {
        match self.example {
            None => Value::Null,
            Some(example) if self.media_types == [JSON] => {
                serde_json::from_str(example).unwrap_or_else(|_| Value::from(example))
            }
            Some(example) => Value::from(example),
        }
    }
}

impl Reply {
    fn written(&self, schemas: &mut SchemaGenerator) -> Value {
        let mut written = json!({ "description": self.description });
        if let Some(content) = &self.content {
            written["content"] = content.written(schemas);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Group;
    use schemars::JsonSchema;
    use serde::Deserialize;

    /// Something with a name.
    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Named {
        #[expect(dead_code, reason = "only its schema is looked at")]
        name: String,
    }

    const NAMED: Content = Content::json::<Named>().such_as(r#"{"name":"a"}"#);

    const API: Api = Api {
        title: "Things",
        description: "There are things.",
        key: Some("Anybody's."),
        groups: &[Group {
            name: "things",
            description: "All of them.",
            operations: &[
                Operation::get("/things/{id}", "thing", "One thing")
                    .with(&[
                        Parameter::path::<u8>("id", "Which."),
                        Parameter::query::<bool>("all", "Whether all of it.").such_as("true"),
                    ])
                    .gives(&[Reply::new(200, "It.", NAMED)]),
                Operation::put("/things/{id}", "name", "Name a thing")
                    .keyed()
                    .takes(NAMED)
                    .gives(&[Reply::empty(204, "It is named.")]),
            ],
        }],
    };

    #[test]
    fn a_type_is_described_once_and_referred_to() {
        let document = API.document();
        let path = &document["paths"]["/things/{id}"];
        let reference = json!({ "$ref": "#/components/schemas/Named" });
        let given = &path["get"]["responses"]["200"]["content"]["application/json"];
        let taken = &path["put"]["requestBody"]["content"]["application/json"];
        for content in [given, taken] {
            assert_eq!(content["schema"], reference);
            assert_eq!(content["example"], json!({ "name": "a" }));
        }
        let named = &document["components"]["schemas"]["Named"];
        assert_eq!(named["description"], "Something with a name.");
        assert_eq!(named["required"], json!(["name"]));
    }

    #[test]
    fn only_parts_of_the_path_are_required() {
        let document = API.document();
        let parameters = &document["paths"]["/things/{id}"]["get"]["parameters"];
        assert_eq!(
            (&parameters[0]["in"], &parameters[0]["required"]),
            (&json!("path"), &json!(true))
        );
        assert_eq!(
            (&parameters[1]["in"], &parameters[1]["required"]),
            (&json!("query"), &json!(false))
        );
        assert_eq!(parameters[1]["example"], true);
    }

    #[test]
    fn a_key_is_asked_for_where_there_is_one() {
        let keyed = API.document();
        let path = &keyed["paths"]["/things/{id}"];
        assert_eq!(path["put"]["security"], json!([{ "key": [] }]));
        assert_eq!(path["get"].get("security"), None);
        assert_eq!(
            keyed["components"]["securitySchemes"]["key"]["scheme"],
            "bearer"
        );
        let open = Api { key: None, ..API }.document();
        assert!(!open.to_string().contains("security"), "{open}");
    }

    #[test]
    fn the_same_description_gives_the_same_bytes() {
        assert_eq!(API.document().to_string(), API.document().to_string());
    }
}
