//! HTTP APIs described as data, and the OpenAPI 3.1 documents that are made of it. What goes over the wire is described by the Rust
//! types themselves, through their JSON Schemas, so a document cannot say of a type what it is not. It knows no endpoint.
//!
//! An API is a constant: groups of [`Operation`]s, each written down with the `const` functions below.

mod document;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Has a generator tell the schema of a type, or a reference to it.
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A whole API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Api {
    pub(crate) title: &'static str,
    /// Markdown.
    pub(crate) description: &'static str,
    /// What the bearer key is and where it comes from. None where there is none: no operation asks for it then.
    pub(crate) key: Option<&'static str>,
    pub(crate) groups: &'static [Group],
}

/// The operations on one resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) operations: &'static [Operation],
}

/// A method on a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// In capitals.
    pub(crate) method: &'static str,
    /// The template, with its parameters in braces: `/api/vendor/{id}`.
    pub(crate) path: &'static str,
    /// What generated clients call it: no two of an API are the same.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// Whether it asks for the API's key.
    pub(crate) is_keyed: bool,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) request: Option<Content>,
    /// By status, the reply of a call that went well first.
    pub(crate) replies: &'static [Reply],
}

impl Operation {
    pub(crate) const fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("GET", path, id, summary)
    }

    pub(crate) const fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("POST", path, id, summary)
    }

    pub(crate) const fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("PUT", path, id, summary)
    }

    pub(crate) const fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Operation {
            method,
            path,
            id,
            summary,
            is_keyed: false,
            parameters: &[],
            request: None,
            replies: &[],
        }
    }

    /// Asks for the key.
    pub(crate) const fn keyed(mut self) -> Self {
        self.is_keyed = true;
        self
    }

    pub(crate) const fn with(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    pub(crate) const fn takes(mut self, request: Content) -> Self {
        self.request = Some(request);
        self
    }

    pub(crate) const fn gives(mut self, replies: &'static [Reply]) -> Self {
        self.replies = replies;
        self
    }
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) description: &'static str,
    /// A value that makes sense.
    pub(crate) example: Option<&'static str>,
    schema: SchemaOf,
}

impl Parameter {
    /// A part of the path.
    pub(crate) const fn path<T: JsonSchema>(name: &'static str, description: &'static str) -> Self {
        Self::new::<T>(Place::Path, name, description)
    }

    /// In the query; it may be left out.
    pub(crate) const fn query<T: JsonSchema>(
        name: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new::<T>(Place::Query, name, description)
    }

    /// A header; it may be left out.
    pub(crate) const fn header<T: JsonSchema>(
        name: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new::<T>(Place::Header, name, description)
    }

    const fn new<T: JsonSchema>(
        place: Place,
        name: &'static str,
        description: &'static str,
    ) -> Self {
        Parameter {
            name,
            place,
            description,
            example: None,
            schema: SchemaGenerator::subschema_for::<T>,
        }
    }

    /// For instance.
    pub(crate) const fn such_as(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }
}

/// A body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    /// Any of these.
    pub(crate) media_types: &'static [&'static str],
    /// What a body looks like: JSON text where the body is JSON.
    pub(crate) example: Option<&'static str>,
    schema: SchemaOf,
}

/// The media type of most bodies.
const JSON: &str = "application/json";

impl Content {
    /// The JSON of a type.
    pub(crate) const fn json<T: JsonSchema>() -> Self {
        Content {
            media_types: &[JSON],
            example: None,
            schema: SchemaGenerator::subschema_for::<T>,
        }
    }

    /// Text.
    pub(crate) const fn text(media_types: &'static [&'static str]) -> Self {
        Content {
            media_types,
            example: None,
            schema: SchemaGenerator::subschema_for::<String>,
        }
    }

    /// For instance. JSON text where the content is JSON.
    pub(crate) const fn such_as(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }
}

/// What an operation answers with one status.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// When.
    pub(crate) description: &'static str,
    /// The body; none where it is empty.
    pub(crate) content: Option<Content>,
}

impl Reply {
    pub(crate) const fn new(status: u16, description: &'static str, content: Content) -> Self {
        Reply {
            status,
            description,
            content: Some(content),
        }
    }

    pub(crate) const fn empty(status: u16, description: &'static str) -> Self {
        Reply {
            status,
            description,
            content: None,
        }
    }
}
