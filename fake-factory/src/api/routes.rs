//! Which endpoint a path names. Matched as Express does: without regard to case or to a trailing slash, the parameters as they are.

/// An endpoint, with the parameters of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    Order,
    VerifyOrder,
    Jwks,
    Docs,
    Vendor,
    VendorById(&'a str),
    VendorChaos(&'a str),
    Report { key: &'a str, code: &'a str },
    Health,
    Ready,
    Metrics,
    OpenApi,
}

/// The longest path of any endpoint has five parts.
const PARTS_MAX: usize = 5;

impl<'a> Route<'a> {
    /// The endpoint that `path` names.
    pub(crate) fn find(path: &'a str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut parts = [""; PARTS_MAX];
        let mut count = 0;
        for part in path.split('/') {
            if count == PARTS_MAX {
                return is(parts[0], "api")
                    .then_some(Route::Docs)
                    .filter(|_| is(parts[1], "docs"));
            }
            parts[count] = part;
            count += 1;
        }
        match (count, parts) {
            (1, [health, ..]) if is(health, "health") => Some(Route::Health),
            (1, [ready, ..]) if is(ready, "ready") => Some(Route::Ready),
            (1, [metrics, ..]) if is(metrics, "metrics") => Some(Route::Metrics),
            (1, [openapi, ..]) if is(openapi, "openapi.json") => Some(Route::OpenApi),
            (2, [known, jwks, ..]) if is(known, ".well-known") && is(jwks, "jwks.json") => {
                Some(Route::Jwks)
            }
            (_, [api, rest @ ..]) if is(api, "api") => Self::in_api(count - 1, rest),
            _ => None,
        }
    }

    fn in_api(count: usize, parts: [&'a str; PARTS_MAX - 1]) -> Option<Self> {
        match (count, parts) {
            (1.., [docs, ..]) if is(docs, "docs") => Some(Route::Docs),
            (1, [order, ..]) if is(order, "order") => Some(Route::Order),
            (2, [order, verify, ..]) if is(order, "order") && is(verify, "verify") => {
                Some(Route::VerifyOrder)
            }
            (1, [vendor, ..]) if is(vendor, "vendor") => Some(Route::Vendor),
            (2, [vendor, id, ..]) if is(vendor, "vendor") => Some(Route::VendorById(id)),
            (3, [vendor, chaos, kind, _]) if is(vendor, "vendor") && is(chaos, "chaos") => {
                Some(Route::VendorChaos(kind))
            }
            (4, [support, key, report, code]) if is(support, "support") && is(report, "report") => {
                Some(Route::Report { key, code })
            }
            _ => None,
        }
    }

    /// Its path with the parameters in braces, as `/openapi.json` has it.
    pub(crate) fn template(self) -> &'static str {
        match self {
            Route::Order => "/api/order",
            Route::VerifyOrder => "/api/order/verify",
            Route::Jwks => "/.well-known/jwks.json",
            Route::Docs => "/api/docs",
            Route::Vendor => "/api/vendor",
            Route::VendorById(_) => "/api/vendor/{id}",
            Route::VendorChaos(_) => "/api/vendor/chaos/{type}",
            Route::Report { .. } => "/api/support/{apiKey}/report/{fixCode}",
            Route::Health => "/health",
            Route::Ready => "/ready",
            Route::Metrics => "/metrics",
            Route::OpenApi => "/openapi.json",
        }
    }

    /// The methods it answers, in the form of an `Allow` header.
    pub(crate) fn allow(self) -> &'static str {
        match self {
            Route::Order | Route::VerifyOrder => "POST",
            Route::Jwks
            | Route::VendorById(_)
            | Route::Report { .. }
            | Route::Health
            | Route::Ready
            | Route::Metrics
            | Route::OpenApi => "GET, HEAD",
            Route::Docs => "GET, HEAD, POST, PUT, DELETE",
            Route::Vendor => "GET, HEAD, POST, PUT",
            Route::VendorChaos(_) => "PUT",
        }
    }
}

fn is(part: &str, name: &str) -> bool {
    part.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_without_regard_to_case_or_a_trailing_slash() {
        assert_eq!(Route::find("/api/order"), Some(Route::Order));
        assert_eq!(Route::find("/API/Order/"), Some(Route::Order));
        assert_eq!(
            Route::find("/api/vendor/MiXed"),
            Some(Route::VendorById("MiXed"))
        );
        let report = Route::Report {
            key: "k",
            code: "c",
        };
        assert_eq!(Route::find("/api/support/k/report/c"), Some(report));
    }

    #[test]
    fn everything_below_the_docs_is_docs() {
        for path in [
            "/api/docs",
            "/api/docs/",
            "/api/docs/a/b",
            "/api/docs/a/b/c/d/e/f",
        ] {
            assert_eq!(Route::find(path), Some(Route::Docs), "{path}");
        }
    }

    #[test]
    fn other_paths_are_unknown() {
        for path in [
            "",
            "/",
            "/api",
            "/apix/order",
            "/api/orders",
            "/api/order/verify/x",
            "//api/order",
            "/a/b/c/d/e/f/g",
        ] {
            assert_eq!(Route::find(path), None, "{path}");
        }
    }
}
