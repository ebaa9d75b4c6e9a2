//! Which endpoint a path names. Matched as Express does: without regard to case or to a trailing slash, with a slash too many
//! tolerated where one router stands in another, and with the parameters decoded.

use super::percent::{ParamError, param};
use std::borrow::Cow;

/// An endpoint, with the parameters of its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    Order,
    VerifyOrder,
    Jwks,
    Docs,
    Vendor,
    VendorById(Cow<'a, str>),
    /// Both `POST /api/vendor/code` and the vendor called `code`; so are the next two.
    VendorCode,
    VendorAuth,
    VendorConnect,
    VendorChaos(Cow<'a, str>),
    Report {
        key: Cow<'a, str>,
        code: Cow<'a, str>,
    },
    AdminVendors,
    AdminRole,
    AdminVendor,
    Badge {
        account: Cow<'a, str>,
        name: Cow<'a, str>,
    },
    Log,
    Health,
    Ready,
    Metrics,
    OpenApi,
}

/// The longest path below a router has three parts.
const PARTS_MAX: usize = 3;

impl<'a> Route<'a> {
    /// The endpoint that `path` names.
    pub(crate) fn find(path: &'a str) -> Result<Option<Self>, ParamError> {
        let Some(path) = below(path, "api") else {
            return Ok(Self::at_the_top(path));
        };
        if let Some(path) = below(path, "order") {
            return Ok(Self::order(&parts(path)));
        }
        if let Some(path) = below(path, "vendor") {
            return Self::vendor(&parts(path));
        }
        if let Some(path) = below(path, "admin") {
            return Ok(Self::admin(&parts(path)));
        }
        if let Some(path) = below(path, "support") {
            return Self::support(&parts(path));
        }
        if let Some(path) = below(path, "badge") {
            return Self::badge(&parts(path));
        }
        if let Some(path) = below(path, "log") {
            return Ok(parts(path).is_empty().then_some(Route::Log));
        }
        Ok(below(path, "docs").map(|_| Route::Docs))
    }

    fn at_the_top(path: &str) -> Option<Self> {
        match parts(path).as_slice() {
            [part] if is(part, "health") => Some(Route::Health),
            [part] if is(part, "ready") => Some(Route::Ready),
            [part] if is(part, "metrics") => Some(Route::Metrics),
            [part] if is(part, "openapi.json") => Some(Route::OpenApi),
            [known, jwks] if is(known, ".well-known") && is(jwks, "jwks.json") => Some(Route::Jwks),
            _ => None,
        }
    }

    fn order(parts: &[&str]) -> Option<Self> {
        match parts {
            [] => Some(Route::Order),
            [verify] if is(verify, "verify") => Some(Route::VerifyOrder),
            _ => None,
        }
    }

    fn vendor(parts: &[&'a str]) -> Result<Option<Self>, ParamError> {
        Ok(match parts {
            [] => Some(Route::Vendor),
            [part] if is(part, "code") => Some(Route::VendorCode),
            [part] if is(part, "auth") => Some(Route::VendorAuth),
            [part] if is(part, "connect") => Some(Route::VendorConnect),
            [id] => Some(Route::VendorById(param(id)?)),
            [chaos, kind] if is(chaos, "chaos") => Some(Route::VendorChaos(param(kind)?)),
            _ => None,
        })
    }

    fn admin(parts: &[&str]) -> Option<Self> {
        match parts {
            [part] if is(part, "vendors") => Some(Route::AdminVendors),
            [part] if is(part, "role") => Some(Route::AdminRole),
            [part] if is(part, "vendor") => Some(Route::AdminVendor),
            _ => None,
        }
    }

    fn support(parts: &[&'a str]) -> Result<Option<Self>, ParamError> {
        Ok(match parts {
            [key, report, code] if is(report, "report") => {
                let (key, code) = (param(key)?, param(code)?);
                Some(Route::Report { key, code })
            }
            _ => None,
        })
    }

    fn badge(parts: &[&'a str]) -> Result<Option<Self>, ParamError> {
        Ok(match parts {
            [account, name] => {
                let (account, name) = (param(account)?, param(name)?);
                Some(Route::Badge { account, name })
            }
            _ => None,
        })
    }

    /// Its path with the parameters in braces, as `/openapi.json` has it.
    pub(crate) fn template(&self) -> &'static str {
        match self {
            Route::Order => "/api/order",
            Route::VerifyOrder => "/api/order/verify",
            Route::Jwks => "/.well-known/jwks.json",
            Route::Docs => "/api/docs",
            Route::Vendor => "/api/vendor",
            Route::VendorById(_) => "/api/vendor/{id}",
            Route::VendorCode => "/api/vendor/code",
            Route::VendorAuth => "/api/vendor/auth",
            Route::VendorConnect => "/api/vendor/connect",
            Route::VendorChaos(_) => "/api/vendor/chaos/{type}",
            Route::Report { .. } => "/api/support/{apiKey}/report/{fixCode}",
            Route::AdminVendors => "/api/admin/vendors",
            Route::AdminRole => "/api/admin/role",
            Route::AdminVendor => "/api/admin/vendor",
            Route::Badge { .. } => "/api/badge/{account}/{badge}",
            Route::Log => "/api/log",
            Route::Health => "/health",
            Route::Ready => "/ready",
            Route::Metrics => "/metrics",
            Route::OpenApi => "/openapi.json",
        }
    }

    /// The methods it answers, in the form of Express.
    pub(crate) fn allow(&self) -> &'static str {
        match self {
            Route::Order | Route::VerifyOrder => "POST",
            Route::Jwks
            | Route::VendorById(_)
            | Route::Report { .. }
            | Route::AdminVendors
            | Route::Health
            | Route::Ready
            | Route::Metrics
            | Route::OpenApi => "GET,HEAD",
            Route::Docs => "GET,HEAD,POST,PUT,DELETE",
            Route::Vendor | Route::VendorConnect => "GET,HEAD,POST,PUT",
            Route::VendorCode | Route::VendorAuth | Route::Badge { .. } => "GET,HEAD,POST",
            Route::VendorChaos(_) | Route::AdminRole => "PUT",
            Route::AdminVendor => "DELETE",
            Route::Log => "PUT,POST",
        }
    }
}

/// The path below a router that stands at `/name`, when `path` is there: `/` at least. One slash too many is the router's own.
fn below<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let (at, rest) = path.strip_prefix('/')?.split_at_checked(name.len())?;
    if !is(at, name) {
        return None;
    }
    match rest.strip_prefix('/') {
        None if rest.is_empty() => Some("/"),
        None => None,
        Some(after) if after.starts_with('/') => Some(after),
        Some(_) => Some(rest),
    }
}

/// The parts of a path, without a trailing slash. One that names nothing has a part too many, or an empty one.
fn parts(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.is_empty() {
        return Vec::new();
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    let parts: Vec<&str> = path.split('/').take(PARTS_MAX + 1).collect();
    if parts.contains(&"") {
        return vec![""; PARTS_MAX + 1];
    }
    parts
}

fn is(part: &str, name: &str) -> bool {
    part.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Option<Route<'_>> {
        Route::find(path).expect("decodes")
    }

    #[test]
    fn paths_are_matched_without_regard_to_case_or_a_trailing_slash() {
        let by_id = |id| Some(Route::VendorById(Cow::Borrowed(id)));
        let cases = [
            ("/api/order", Some(Route::Order)),
            ("/API/Order/", Some(Route::Order)),
            ("/api/order/Verify/", Some(Route::VerifyOrder)),
            ("/.Well-Known/jwks.json/", Some(Route::Jwks)),
            ("/api/vendor/", Some(Route::Vendor)),
            ("/api/vendor/MiXed", by_id("MiXed")),
            ("/api/vendor/chaos", by_id("chaos")),
            ("/api/vendor/Connect/", Some(Route::VendorConnect)),
            ("/api/admin/vendors", Some(Route::AdminVendors)),
            ("/api/log/", Some(Route::Log)),
        ];
        for (path, expected) in cases {
            assert_eq!(found(path), expected, "{path}");
        }
    }

    #[test]
    fn parameters_are_decoded_and_what_cannot_be_is_an_error() {
        let report = Route::Report {
            key: "k/".into(),
            code: "c".into(),
        };
        assert_eq!(found("/api/support/k%2F/report/%63"), Some(report));
        assert_eq!(found("/api/%6frder"), None);
        for path in ["/api/vendor/%", "/api/vendor/chaos/%zz", "/api/badge/a/%f"] {
            assert!(Route::find(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_router_tolerates_one_slash_too_many() {
        for path in ["/api//order", "/api/order//", "/api//order//"] {
            assert_eq!(found(path), Some(Route::Order), "{path}");
        }
        assert_eq!(found("/api/order//verify"), Some(Route::VerifyOrder));
        for path in [
            "//api/order",
            "/api///order",
            "/api/order/verify//",
            "/api/vendor/chaos//fail",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }

    #[test]
    fn everything_below_the_docs_is_docs() {
        for path in [
            "/api/docs",
            "/api/docs/",
            "/api/docs/a/b",
            "/api/docs/a//b/c/d/e/f",
        ] {
            assert_eq!(found(path), Some(Route::Docs), "{path}");
        }
    }

    #[test]
    fn other_paths_are_unknown() {
        for path in [
            "",
            "/",
            "*",
            "/api",
            "/apix/order",
            "/api/orders",
            "/api/order.json",
            "/api/order/verify/x",
            "/api/vendor/a/b",
            "/api/admin",
            "/api/badge/a",
            "/api/badge/a/b/c",
            "/api/log/x",
            "/api/support/k/report",
            "/api/docsx",
            "/a/b/c/d/e/f/g",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }
}
