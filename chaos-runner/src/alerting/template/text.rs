//! The functions of templates that work on texts: letters, addresses, regular expressions. Errors are worded as Go words them.

use super::bounds::{TEXT_BYTES_MAX, too_long};
use super::call::{string, url_escape};
use super::value::Val;
use crate::alerting::rules::duration::parse_duration;
use regex::RegexBuilder;

/// How large a compiled regular expression may get, in bytes.
const REGEX_BYTES_MAX: usize = 1024 * 1024;
/// How much the groups in one replacement may come to, in bytes.
const REPLACEMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Calls a function that takes texts only.
pub(super) fn text(name: &str, arguments: &[Val]) -> Result<Val, String> {
    let texts: Vec<&str> = arguments.iter().map(string).collect::<Result<_, _>>()?;
    let result = match (name, texts.as_slice()) {
        ("title", [text]) => promql::go_title(text),
        ("toUpper", [text]) => promql::go_upper(text),
        ("toLower", [text]) => promql::go_lower(text),
        ("safeHtml", [text]) => (*text).to_owned(),
        ("urlQueryEscape", [text]) => url_escape(text),
        ("stripPort", [text]) => strip_port(text).to_owned(),
        ("stripDomain", [text]) => strip_domain(text),
        ("graphLink", [expr]) => format!("/graph?g0.expr={}&g0.tab=0", url_escape(expr)),
        ("tableLink", [expr]) => format!("/graph?g0.expr={}&g0.tab=1", url_escape(expr)),
        ("match", [pattern, text]) => {
            return regex(pattern).map(|regex| Val::Bool(regex.is_match(text)));
        }
        ("reReplaceAll", [pattern, replacement, text]) => {
            let regex =
                regex(pattern).map_err(|error| format!("regexp: Compile(`{pattern}`): {error}"))?;
            replace_all(&regex, replacement, text)?
        }
        ("parseDuration", [text]) => {
            let duration = parse_duration(text)
                .map_err(|_| format!("not a valid duration string: {text:?}"))?;
            return Ok(Val::Float(duration.as_secs_f64()));
        }
        (_, got) => {
            let want = match name {
                "match" => 2,
                "reReplaceAll" => 3,
                _ => 1,
            };
            return Err(format!(
                "wrong number of args: want {want} got {}",
                got.len()
            ));
        }
    };
    Ok(Val::Str(result))
}

pub(super) fn regex(pattern: &str) -> Result<regex::Regex, String> {
    let translated = promql::re2(pattern).map_err(|why| format!("error parsing regexp: {why}"))?;
    RegexBuilder::new(&translated)
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|error| {
            // The library draws a picture; what is wrong is its last line.
            let told = error.to_string();
            let last = told.lines().last().unwrap_or_default();
            let wrong = match last.strip_prefix("error: ").unwrap_or(last) {
                "unclosed group" => "missing closing )",
                "unopened group" => "unexpected )",
                "unclosed character class" => "missing closing ]",
                "repetition operator missing expression" => {
                    "missing argument to repetition operator"
                }
                other => other,
            };
            format!("error parsing regexp: {wrong}: `{pattern}`")
        })
}

/// Replaces every match, as long as the text does not get too long on the way.
fn replace_all(regex: &regex::Regex, replacement: &str, text: &str) -> Result<String, String> {
    // The most that one replacement can give: every group may be the whole text.
    if replacement.matches('$').count() * text.len() > REPLACEMENT_BYTES_MAX {
        return Err(too_long());
    }
    let mut out = String::new();
    let mut at = 0;
    for found in regex.captures_iter(text) {
        let whole = found.get_match();
        out.push_str(&text[at..whole.start()]);
        found.expand(replacement, &mut out);
        at = whole.end();
        if out.len() > TEXT_BYTES_MAX {
            return Err(too_long());
        }
    }
    out.push_str(&text[at..]);
    Ok(out)
}

/// An address without its port; an address that cannot be split stays as it is.
fn strip_port(address: &str) -> &str {
    split_host_port(address).map_or(address, |(host, _)| host)
}

/// The first part of a host's name, with the port if there is one; numeric addresses stay as they are.
fn strip_domain(address: &str) -> String {
    let (host, port) = split_host_port(address).unwrap_or((address, ""));
    if host.parse::<std::net::IpAddr>().is_ok() {
        return address.to_owned();
    }
    let short = host.split('.').next().unwrap_or(host);
    match port {
        "" => short.to_owned(),
        // Where Go joins the two, colons in a host call for brackets.
        port if short.contains(':') => format!("[{short}]:{port}"),
        port => format!("{short}:{port}"),
    }
}

/// Host and port, by the rules of Go's `net.SplitHostPort`.
fn split_host_port(address: &str) -> Option<(&str, &str)> {
    let (before, port) = address.rsplit_once(':')?;
    let host = match before.strip_prefix('[') {
        Some(inside) => inside.strip_suffix(']')?,
        None if before.contains(':') => return None,
        None => before,
    };
    let stray = |part: &str| part.contains(['[', ']']);
    (!stray(host) && !stray(port)).then_some((host, port))
}
