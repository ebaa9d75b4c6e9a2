//! Each request as those who watch the factory see it: one line of the access log and one count in the metrics, whatever becomes of it.
//! It tells nobody's key: not the one in the header, and not the one in the path of a report.

use crate::api;
use crate::clock::Elapsed;
use crate::event::Event;
use crate::faults::fault::Fault;
use crate::kitchen::Kitchen;
use http::{Method, Request, StatusCode, Uri};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What stands in the place of a key.
const REDACTED: &str = "***";

/// A request on its way. Dropped before all is said, it counts as one whose answer was broken off, or that got none: that is what
/// becomes of it when its connection is cut, or when its client goes away.
pub(crate) struct Access {
    kitchen: Arc<Kitchen>,
    method: Method,
    uri: Uri,
    is_order: bool,
    came: Elapsed,
    account: Account,
    talk: Arc<Talk>,
    /// The head of its answer, once that is on its way.
    head: Option<Head>,
    is_settled: bool,
}

/// Who a request is from and what was done to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// The id of the vendor whose key the request carried.
    pub(crate) vendor: Option<Arc<str>>,
    /// The id of the order in it.
    pub(crate) order_id: Option<Arc<str>>,
    /// The faults that touched it.
    pub(crate) faults: Vec<Arc<str>>,
}

/// What a connection and the request on it tell one another.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    /// Whether a request is being answered.
    pub(crate) is_busy: AtomicBool,
    /// The fault that cut the connection.
    pub(crate) cut_by: OnceLock<Arc<str>>,
}

#[derive(Clone, Copy)]
struct Head {
    status: StatusCode,
    took: Duration,
}

impl Access {
    /// Takes down a request as it comes in.
    pub(crate) fn begin<B>(kitchen: &Arc<Kitchen>, talk: &Arc<Talk>, request: &Request<B>) -> Self {
        talk.is_busy.store(true, Ordering::Relaxed);
        Access {
            kitchen: kitchen.clone(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            is_order: api::is_order(request),
            came: kitchen.clock.elapsed(),
            account: Account::default(),
            talk: talk.clone(),
            head: None,
            is_settled: false,
        }
    }

    /// When it came.
    pub(crate) fn came(&self) -> Elapsed {
        self.came
    }

    /// Where those who answer it write down what they did.
    pub(crate) fn account(&mut self) -> &mut Account {
        &mut self.account
    }

    /// Notes a fault of the wire.
    pub(crate) fn touched_by(&mut self, fault: &Fault) {
        self.account.faults.push(fault.name.clone());
    }

    /// The head of its answer is on its way; the body follows.
    pub(crate) fn begins(&mut self, status: StatusCode) {
        let took = self.kitchen.clock.elapsed().since(self.came);
        self.head = Some(Head { status, took });
    }

    /// It is answered to the end.
    pub(crate) fn answered(mut self) {
        self.settle("answered");
    }

    /// Nothing more is sent, of an answer that began or of none. Said as soon as that is decided: a client may wait for long.
    pub(crate) fn lost(mut self) {
        self.settle_unanswered();
    }

    fn settle_unanswered(&mut self) {
        self.account.faults.extend(self.talk.cut_by.get().cloned());
        self.settle(match self.head {
            Some(_) => "the answer was broken off",
            None => "no answer was sent",
        });
    }

    /// Writes down what came of it, and has the observer hear of it where it was for an order.
    fn settle(&mut self, outcome: &str) {
        self.is_settled = true;
        self.talk.is_busy.store(false, Ordering::Relaxed);
        let at = self.kitchen.clock.elapsed();
        let took = at.since(self.came);
        let status = self.head.map(|head| head.status);
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
            millis = millis(took),
            head_millis = self.head.map(|head| millis(head.took)),
            vendor = account.vendor.as_deref(),
            faults = (!account.faults.is_empty()).then(|| account.faults.join(", ")),
            "{outcome}"
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
            self.settle_unanswered();
        }
    }
}

/// In milliseconds: whole microseconds, which a float holds without a tail of digits.
fn millis(took: Duration) -> f64 {
    took.as_micros() as f64 / 1e3
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
