//! Each request as those who watch the factory see it: one line of the access log and one count in the metrics, whatever becomes of it.
//! It tells nobody's key: not the one in the header, and not the one in the path of a report.

use crate::api::key_of;
use crate::api::routes::Route;
use crate::clock::Elapsed;
use crate::kitchen::Kitchen;
use http::{Method, Request, StatusCode, Uri};
use std::sync::Arc;

/// What stands in the place of a key.
const REDACTED: &str = "***";

/// A request on its way. Dropped before it is answered, it counts as one that got no answer: that is what becomes of it when its
/// connection is cut, or when its client goes away.
pub(crate) struct Access {
    kitchen: Arc<Kitchen>,
    method: Method,
    uri: Uri,
    vendor: Option<Arc<str>>,
    came: Elapsed,
    is_settled: bool,
}

impl Access {
    /// Takes down a request as it comes in.
    pub(crate) fn begin<B>(kitchen: &Arc<Kitchen>, request: &Request<B>) -> Self {
        let is_logged = tracing::enabled!(target: "access", tracing::Level::INFO);
        let key = key_of(request.headers()).filter(|_| is_logged);
        let vendor = key.and_then(|key| kitchen.vendors.with_key(key));
        Access {
            kitchen: kitchen.clone(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            vendor: vendor.map(|vendor| vendor.id.clone()),
            came: kitchen.clock.elapsed(),
            is_settled: false,
        }
    }

    /// It is answered.
    pub(crate) fn answered(mut self, status: StatusCode) {
        self.settle(Some(status));
    }

    fn settle(&mut self, status: Option<StatusCode>) {
        self.is_settled = true;
        let took = self.kitchen.clock.elapsed().since(self.came);
        let route = Route::find(self.uri.path()).map_or("other", Route::template);
        self.kitchen
            .metrics
            .count(route, &self.method, status, took);
        tracing::info!(
            target: "access",
            method = %self.method,
            path = without_keys(self.uri.path()),
            status = status.map(|status| status.as_u16()),
            // Whole microseconds, which a float holds without a tail of digits.
            millis = took.as_micros() as f64 / 1e3,
            vendor = self.vendor.as_deref(),
            "{}", if status.is_some() { "answered" } else { "no answer was sent" }
        );
    }
}

impl Drop for Access {
    fn drop(&mut self) {
        if !self.is_settled {
            self.settle(None);
        }
    }
}

/// The path with what is secret in it left out: below `support`, everything but the word `report`.
fn without_keys(path: &str) -> String {
    let mut is_secret = false;
    let parts = path.split('/').map(|part| {
        let shown = if is_secret && !part.is_empty() && !part.eq_ignore_ascii_case("report") {
            REDACTED
        } else {
            part
        };
        is_secret = is_secret || part.eq_ignore_ascii_case("support");
        shown
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_reports_are_told_without_their_secrets() {
        let cases = [
            (
                "/api/support/KEY/report/CODE",
                "/api/support/***/report/***",
            ),
            (
                "/API/Support/KEY/Report/CODE/",
                "/API/Support/***/Report/***/",
            ),
            ("/api/support/KEY/reprot/CODE", "/api/support/***/***/***"),
            ("//api/support/KEY", "//api/support/***"),
            ("/api/vendor/student", "/api/vendor/student"),
            ("/", "/"),
        ];
        for (path, expected) in cases {
            assert_eq!(without_keys(path), expected);
        }
    }
}
