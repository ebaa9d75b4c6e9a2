//! What the control refuses, as its callers read it: one form for every error, with the field that is wrong and what would help.

use crate::input::{Diagnostics, Places};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

/// The most findings that are told of one text.
const FINDINGS_MAX: usize = 100;

/// Why a request was refused.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// What is wrong.
    message: String,
    /// The field of the body, or the parameter or header, that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What would put it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// Everything that is wrong with the body, from top to bottom: the first 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

/// One thing that is wrong with a body.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Finding {
    /// What is wrong.
    message: String,
    /// The line, from 1; none where the body is wrong as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The field, as in `inject.status.code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What would put it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Problem {
            status,
            message: message.into(),
            field: None,
            help: None,
            findings: Vec::new(),
        }
    }

    /// 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(super) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// 400 for what is wrong with a body whose places are `places`: the first finding, and all of them.
    pub(super) fn found(diagnostics: &Diagnostics, places: &Places) -> Self {
        let findings: Vec<Finding> = diagnostics
            .sorted()
            .into_iter()
            .take(FINDINGS_MAX)
            .map(|found| {
                let (line, column) = found.line_and_column().unzip();
                let helps = found.helps();
                Finding {
                    message: found.message().to_owned(),
                    line,
                    column,
                    field: found.field(places),
                    help: (!helps.is_empty()).then(|| helps.join("; ")),
                }
            })
            .collect();
        let first = findings.first();
        Problem {
            status: StatusCode::BAD_REQUEST,
            message: first.map_or_else(String::new, |first| first.message.clone()),
            field: first.and_then(|first| first.field.clone()),
            help: first.and_then(|first| first.help.clone()),
            findings,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}
