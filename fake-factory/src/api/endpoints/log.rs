//! The log, as `api/log.rs` answers it.

use super::{HTML, NO_JSON, NO_KEY, message};
use crate::openapi::{Content, Group, Operation, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) const GROUP: Group = Group {
    name: "log",
    description: "Where log lines may be sent, to be thanked for.",
    operations: &[
        Operation::post("/api/log", "log", "Send something to the log")
            .keyed()
            .takes(LINE)
            .gives(&[
                Reply::new(
                    200,
                    "It was received. Where an admin set no text, this is JSON or nothing.",
                    RECEIVED,
                ),
                NO_KEY,
                NO_JSON,
            ]),
        Operation::put(
            "/api/log",
            "setLogReply",
            "Set what those who log are answered",
        )
        .keyed()
        .takes(LINE)
        .gives(&[
            Reply::new(200, "It is set.", RECEIVED),
            message(401, "The key is not an admin's."),
            NO_JSON,
        ]),
    ],
};

/// A line. As what those who log are answered, it may be anything.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Line {
    message: String,
}

const LINE: Content = Content::json::<Line>().such_as(r#"{"message":"hello"}"#);
const RECEIVED: Content = Content::text(HTML).such_as("Log received");
