//! Who may control a factory: whoever has the token, where there is one; else whoever is on this machine, but not the web pages of
//! others that a browser here may show. It looks at heads alone.

use super::Control;
use super::problem::Problem;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// The paths that need the token begin so.
const KEPT: &str = "/control";

/// Tells who may come in.
pub(super) struct Guard {
    token: Option<String>,
    /// The host that is listened on.
    host: String,
}

impl Guard {
    /// A guard at `address`, a `HOST:PORT`.
    pub(super) fn new(token: Option<String>, address: &str) -> Self {
        Guard {
            token,
            host: host_of(address).to_owned(),
        }
    }

    /// Whether it asks for a token.
    pub(super) fn asks(&self) -> bool {
        self.token.is_some()
    }

    fn admit(&self, path: &str, headers: &HeaderMap) -> Result<(), Problem> {
        match &self.token {
            Some(_) if !path.starts_with(KEPT) => Ok(()),
            Some(token) => has_token(headers, token),
            None => self.admit_neighbour(headers),
        }
    }

    /// A page of another site cannot set `Host` to a name of this machine, nor hide where it comes from: its own name, even where
    /// that leads here (DNS rebinding), and its own `Origin` give it away.
    fn admit_neighbour(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let host = only(headers, &header::HOST).unwrap_or_default();
        if !self.is_ours(host_of(host)) {
            let message = format!("`{}` is no name of this machine", host.escape_debug());
            return Err(Problem::new(StatusCode::FORBIDDEN, message)
                .field("Host")
                .help("call it by `localhost`, or set a token"));
        }
        if !headers.contains_key(header::ORIGIN) {
            return Ok(());
        }
        let origin = only(headers, &header::ORIGIN).unwrap_or_default();
        let authority = origin.parse::<Uri>().ok().and_then(|uri| {
            uri.scheme()?;
            uri.into_parts().authority
        });
        if authority.is_some_and(|authority| authority.as_str().eq_ignore_ascii_case(host)) {
            return Ok(());
        }
        let message = format!(
            "a page of `{}` may not control this factory",
            origin.escape_debug()
        );
        Err(Problem::new(StatusCode::FORBIDDEN, message).field("Origin"))
    }

    fn is_ours(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || host.eq_ignore_ascii_case(&self.host)
            || bare.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || bare.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// The one value of a header; none where it has several, or one that is no text.
fn only<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The host of `HOST:PORT` or `HOST`.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn has_token(headers: &HeaderMap, token: &str) -> Result<(), Problem> {
    let given = only(headers, &header::AUTHORIZATION)
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match given {
        Some(given) if verify_slices_are_equal(given.as_bytes(), token.as_bytes()).is_ok() => {
            Ok(())
        }
        Some(_) => Err(refusal("this is not the token")),
        None => Err(refusal("the token is missing")),
    }
}

fn refusal(message: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, message)
        .field("Authorization")
        .help("send `Authorization: Bearer TOKEN`, the token being that of --control-token")
}

/// Lets a request in or refuses it; and has nobody keep the answer.
pub(super) async fn stand(
    State(control): State<Arc<Control>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match control.guard.admit(request.uri().path(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let unauthorized = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if unauthorized {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(token: Option<&str>, headers: &[(&'static str, &str)]) -> Option<StatusCode> {
        let guard = Guard::new(token.map(str::to_owned), "127.0.0.1:4001");
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(value).expect("a value");
                (header::HeaderName::from_static(name), value)
            })
            .collect();
        let refused = guard.admit("/control/state", &headers).err()?;
        Some(refused.into_response().status())
    }

    #[test]
    fn without_a_token_this_machine_s_names_come_in_and_others_do_not() {
        for host in [
            "localhost",
            "localhost:4001",
            "LOCALHOST:1",
            "127.0.0.1:4001",
            "127.9.9.9",
            "[::1]:4001",
            "[::1]",
        ] {
            assert_eq!(admitted(None, &[("host", host)]), None, "{host}");
        }
        for host in [
            "",
            "evil.example:4001",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.0.1:4001",
            "[::2]:4001",
            "localhost@evil.example",
        ] {
            let refused = Some(StatusCode::FORBIDDEN);
            assert_eq!(admitted(None, &[("host", host)]), refused, "{host}");
        }
        assert_eq!(admitted(None, &[]), Some(StatusCode::FORBIDDEN));
    }

    #[test]
    fn without_a_token_a_page_comes_in_from_the_control_alone() {
        let from = |origin| admitted(None, &[("host", "localhost:4001"), ("origin", origin)]);
        assert_eq!(from("http://localhost:4001"), None);
        for origin in [
            "null",
            "http://localhost:4000",
            "http://localhost",
            "https://evil.example",
            "http://localhost:4001@evil.example",
            "localhost:4001",
            "",
        ] {
            assert_eq!(from(origin), Some(StatusCode::FORBIDDEN), "{origin}");
        }
    }

    #[test]
    fn with_a_token_it_alone_decides() {
        let token = "abcdefghijklmnop";
        let with = |value: &str| {
            let host = ("host", "factory.example");
            admitted(Some(token), &[host, ("authorization", value)])
        };
        assert_eq!(with("Bearer abcdefghijklmnop"), None);
        assert_eq!(with("bearer  abcdefghijklmnop "), None);
        for value in [
            "",
            "abcdefghijklmnop",
            "Bearer",
            "Bearer abcdefghijklmnoq",
            "Basic abcdefghijklmnop",
        ] {
            assert_eq!(with(value), Some(StatusCode::UNAUTHORIZED), "{value}");
        }
        assert_eq!(
            admitted(Some(token), &[("host", "localhost")]),
            Some(StatusCode::UNAUTHORIZED)
        );
    }
}
