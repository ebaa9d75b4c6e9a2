//! The parameters after `?`: each known, given once, and of the right form, or the request is refused by the parameter's name.

use super::problem::Problem;
use crate::input::suggest;
use axum::extract::{Query, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Uri;

/// The parameters of one request that were not taken yet.
pub(super) struct Params {
    given: Vec<(String, String)>,
}

impl Params {
    /// The parameters of `uri`, of which only those called one of `known` may be given, each once.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| Problem::bad(format!("the query cannot be read: {error}")))?;
        for (index, (name, _)) in given.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(unknown(name, known));
            }
            if given[..index].iter().any(|(before, _)| before == name) {
                let message = format!("the parameter `{name}` is given twice");
                return Err(Problem::bad(message).field(name));
            }
        }
        Ok(Params { given })
    }

    /// The value of a parameter, where it is given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut given = self.given.iter();
        given
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that is a whole number of at most `most`; `default` where it is not given.
    pub(super) fn number(&self, name: &str, default: usize, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<usize>() {
            Ok(number) if digits && number <= most => Ok(number),
            _ => {
                let shown = text.escape_debug();
                let message = format!("expected a whole number from 0 to {most}, found `{shown}`");
                Err(Problem::bad(message).field(name))
            }
        }
    }
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let shown = name.escape_debug();
    let problem = Problem::bad(format!("unknown parameter `{shown}`")).field(name);
    match suggest(name, known.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => problem.help("there are no parameters here"),
        None => problem.help(format!("expected one of `{}`", known.join("`, `"))),
    }
}

/// Refuses parameters where there are none.
pub(super) async fn none(request: Request, next: Next) -> Response {
    match Params::of(request.uri(), &[]) {
        Ok(_) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
