//! Each request as those who watch the factory see it: one line of the access log and one count in the metrics, whatever becomes of it.
//! It tells nobody's key: not the one in the header, and not the one in the path of a report.

use crate::api;
use crate::api::reply::{Account, Reply};
use crate::clock::Elapsed;
use crate::event::Event;
use crate::faults::fault::Fault;
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
    is_order: bool,
    came: Elapsed,
    account: Account,
    is_settled: bool,
}

impl Access {
    /// Takes down a request as it comes in.
    pub(crate) fn begin<B>(kitchen: &Arc<Kitchen>, request: &Request<B>) -> Self {
        Access {
            kitchen: kitchen.clone(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            is_order: api::is_order(request),
            came: kitchen.clock.elapsed(),
            account: Account::default(),
            is_settled: false,
        }
    }

    /// When it came.
    pub(crate) fn came(&self) -> Elapsed {
        self.came
    }

    /// Notes what was done to it on the way to `reply`.
    pub(crate) fn note(&mut self, reply: &mut Reply) {
        self.account = reply.extensions_mut().remove().unwrap_or_default();
    }

    /// Notes a fault of the wire.
    pub(crate) fn touched_by(&mut self, fault: &Fault) {
        self.account.faults.push(fault.name.clone());
    }

    /// It is answered.
    pub(crate) fn answered(mut self, status: StatusCode) {
        self.settle(Some(status));
    }

    /// Nothing that is HTTP is sent. Said as soon as that is decided: a client may wait for long.
    pub(crate) fn lost(mut self) {
        self.settle(None);
    }

    /// Writes down what came of it, and has the observer hear of it where it was for an order.
    fn settle(&mut self, status: Option<StatusCode>) {
        self.is_settled = true;
        let at = self.kitchen.clock.elapsed();
        let took = at.since(self.came);
        let path = self.uri.path();
        let route = api::template(path);
        self.kitchen
            .metrics
            .count(route, &self.method, status, took);
        let account = std::mem::take(&mut self.account);
        let status = status.map(|status| status.as_u16());
        tracing::info!(
            target: "access",
            method = %self.method,
            path = without_keys(path),
            status,
            // Whole microseconds, which a float holds without a tail of digits.
            millis = took.as_micros() as f64 / 1e3,
            vendor = account.vendor.as_deref(),
            faults = (!account.faults.is_empty()).then(|| account.faults.join(", ")),
            "{}",
            if status.is_some() { "answered" } else { "no answer was sent" }
        );
        if self.is_order {
            (self.kitchen.observer)(Event::OrderAnswered {
                at,
                vendor: account.vendor,
                order_id: account.order_id,
                status,
                took,
                faults: account.faults,
            });
        }
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
