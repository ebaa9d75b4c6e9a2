//! The bodies of requests: of the right type, of a size that is bounded, as text; and a fault in one of them.

use super::problem::Problem;
use crate::api::body::drain;
use crate::faults::check;
use crate::faults::plan::FaultPlan;
use crate::input::units::StartsAt;
use crate::input::{Diagnostics, Places, Source, read, read_or};
use axum::extract::Request;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::IgnoredAny;

/// The largest body, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The type of every body but a scenario's.
const JSON: &[&str] = &["application/json"];

/// What the errors of a body call it.
const BODY: &str = "request";

/// The text of the body of `request`, whose content type is one of `types`.
pub(super) async fn text(request: Request, types: &[&str]) -> Result<Source, Problem> {
    let (head, mut body) = request.into_parts();
    let refused = check_type(&head.headers, types).err();
    let read = match refused {
        Some(problem) => Err(problem),
        None => Limited::new(&mut body, BODY_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    let message = format!("the body is larger than {BODY_BYTES_MAX} bytes");
                    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
                } else {
                    Problem::bad("the body did not come to its end")
                }
            }),
    };
    drain(body).await;
    let bytes = read?.to_bytes();
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let at = error.valid_up_to();
        Problem::bad(format!("the body is no UTF-8 text: see its byte {at}"))
    })?;
    Ok(Source::new(BODY, text))
}

fn check_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let refused = |message: String, field: &str, help: String| {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Problem::new(status, message).field(field).help(help)
    };
    let name = "Content-Type";
    let expected = || format!("send `Content-Type: {}`", types.join("` or `"));
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        let message = "the body has no content type".to_owned();
        return Err(refused(message, name, expected()));
    };
    let given = content_type.to_str().unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    if !types
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
    {
        let message = format!(
            "a body of the type `{}` is not read here",
            given.escape_debug()
        );
        return Err(refused(message, name, expected()));
    }
    let mut charsets = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    let utf8 = |charset: &str| {
        charset
            .trim()
            .trim_matches('"')
            .eq_ignore_ascii_case("utf-8")
    };
    if let Some((_, charset)) = charsets.find(|(_, charset)| !utf8(charset)) {
        let message = format!("the charset `{}` is not read here", charset.escape_debug());
        return Err(refused(message, name, "expected UTF-8".to_owned()));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            let message = "a compressed body is not read here".to_owned();
            let help = "send it as it is".to_owned();
            Err(refused(message, "Content-Encoding", help))
        }
        _ => Ok(()),
    }
}

/// The fault that the JSON body of `request` says, whose moments count from `now`. Its name is `named`, where that is known.
pub(super) async fn fault(
    request: Request,
    named: Option<&str>,
    now: &StartsAt,
) -> Result<FaultPlan, Problem> {
    let source = text(request, JSON).await?;
    // JSON is YAML, but YAML is not JSON.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(source.text()) {
        return Err(Problem::bad(format!("the body is no JSON: {error}")));
    }
    let reading = match named {
        None => read::<FaultPlan>(&source),
        Some(name) => read_or(&source, "name", name),
    };
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading.diagnostics);
    // What stands in for a value that cannot be read makes no sense either, and that would be told of it.
    if let (true, Some(plan)) = (diagnostics.is_empty(), reading.value) {
        diagnostics.extend(check::check_added(&plan, now, &source));
        if diagnostics.is_empty() {
            return Ok(plan);
        }
    }
    Err(Problem::found(&diagnostics, &Places::of(&source)))
}
