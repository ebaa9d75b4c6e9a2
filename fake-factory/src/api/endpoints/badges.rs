//! Badges, as `api/badge.rs` answers them.

use super::{NO_KEY, message};
use crate::badges::TEXT_CHARS_MAX;
use crate::openapi::{Content, Group, Operation, Parameter, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) const GROUP: Group = Group {
    name: "badges",
    description: "Small pictures for the READMEs of vendors.",
    operations: &[
        Operation::get(
            "/api/badge/{account}/{badge}",
            "badge",
            "A badge as a picture",
        )
        .with(&[ACCOUNT, BADGE])
        .gives(&[Reply::new(
            200,
            "The badge; one that says `Not Found` where there is none.",
            Content::text(&["image/svg+xml"]),
        )]),
        Operation::post(
            "/api/badge/{account}/{badge}",
            "setBadge",
            "Make a badge, or change it",
        )
        .keyed()
        .with(&[
            ACCOUNT,
            BADGE,
            Parameter::query::<Text>("label", "`Coverage` when it is left out.")
                .such_as("Coverage"),
            Parameter::query::<Text>("value", "What it says.").such_as("80"),
            Parameter::query::<Text>("color", "A colour of CSS.").such_as("green"),
        ])
        .gives(&[
            Reply::new(
                200,
                "Where it is.",
                Content::json::<BadgeUrl>().such_as(r#"{"url":"HOST/api/badge/student/coverage"}"#),
            ),
            message(400, "A name or text is too long."),
            NO_KEY,
            message(409, "There are too many badges."),
        ]),
    ],
};

const ACCOUNT: Parameter =
    Parameter::path::<Text>("account", "Whose it is; only letters and digits count.")
        .such_as("student");
const BADGE: Parameter =
    Parameter::path::<Text>("badge", "What it is called; only letters and digits count.")
        .such_as("coverage");

/// A name, or a text on a badge.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct Text(#[schemars(length(max = TEXT_CHARS_MAX))] String);

/// Where a badge is.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BadgeUrl {
    url: String,
}
