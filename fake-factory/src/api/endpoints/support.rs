//! The report of a problem, as `api/support.rs` answers it.

use super::{Message, message};
use crate::openapi::{Content, Group, Operation, Parameter, Reply};

pub(super) const GROUP: Group = Group {
    name: "support",
    description: "How a fault is resolved.",
    operations: &[Operation::get(
        "/api/support/{apiKey}/report/{fixCode}",
        "reportProblem",
        "Report a problem, which resolves it",
    )
    .with(&[
        Parameter::path::<String>("apiKey", "The vendor's key.").such_as("KEY"),
        Parameter::path::<String>(
            "fixCode",
            "The code of the fault, as its report URL has it.",
        )
        .such_as("CODE"),
    ])
    .gives(&[
        Reply::new(
            200,
            "It is resolved, or there was none.",
            Content::json::<Message>()
                .such_as(r#"{"message":"Problem resolved. Pizza is back on the menu!"}"#),
        ),
        message(400, "The code is wrong."),
    ])],
};
