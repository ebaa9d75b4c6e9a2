//! Every endpoint of the factory as data, one file a resource: what `/api/docs` lists and `/openapi.json` describes. The types say what
//! goes over the wire; that real replies are what they say is held by a test that asks each endpoint.

mod about;
mod admin;
mod badges;
mod log;
mod orders;
mod support;
mod vendors;

use crate::openapi::{Api, Content, Group, Operation, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The factory's API.
pub(super) const API: Api = Api {
    title: "JWT Pizza factory",
    description: "A stand-in for the JWT Pizza factory that breaks on request. The replies are those of a factory that is whole: while a fault \
         is active, it may answer anything, late or not at all. A JSON body that cannot be read gets 500 with a message on any path, and an \
         unknown path or a wrong method 404.",
    key: Some("A vendor's key. The key alone, without `Bearer`, is taken too."),
    groups: &[
        orders::GROUP,
        vendors::GROUP,
        support::GROUP,
        admin::GROUP,
        badges::GROUP,
        log::GROUP,
        about::GROUP,
    ],
};

/// The endpoints, in the order of the documents.
pub(super) fn all() -> impl Iterator<Item = &'static Operation> {
    API.groups
        .iter()
        .flat_map(|group: &'static Group| group.operations)
}

/// Why something was refused, or what came of it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Message {
    message: String,
}

/// A reply that is a message.
const fn message(status: u16, description: &'static str) -> Reply {
    Reply::new(status, description, Content::json::<Message>())
}

/// No key, or one that nobody has.
const NO_KEY: Reply = message(401, "There is no key, or no vendor has it.");

/// A body that is no JSON object or array.
const NO_JSON: Reply = message(500, "The body cannot be read as JSON.");

/// The media type of the few replies for people.
const HTML: &[&str] = &["text/html"];
