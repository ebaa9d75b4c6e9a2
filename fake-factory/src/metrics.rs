//! What the factory counts of its requests. It belongs to one kitchen: there is no global recorder, so a hundred factories count side by
//! side. What others count (pizzas, faults, connections) is asked of them at each scrape, by `api/metrics.rs`.
//!
//! The labels are few and bounded: the route as the template of its path, the method, the status.

pub(crate) mod text;

use crate::faults::fault::Fault;
use http::{Method, StatusCode};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use text::{Kind, Text};

/// The upper bounds of the latency histogram, in seconds. An order takes a millisecond, or as long as the oven when it is full: 32 s.
const BOUNDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 32.0, 60.0,
];

/// The metrics of one factory.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<Requests>,
    /// How often faults that are off the list were asked and injected, by kind: a count never goes down.
    removed: Mutex<BTreeMap<&'static str, (u64, u64)>>,
}

#[derive(Debug, Default)]
struct Requests {
    counts: BTreeMap<Labels, u64>,
    /// By route.
    durations: BTreeMap<&'static str, Durations>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    route: &'static str,
    method: &'static str,
    /// None where no answer was sent.
    status: Option<u16>,
}

#[derive(Debug, Default)]
struct Durations {
    /// One for each bound; those past the last are in `count` alone.
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: Duration,
}

impl Metrics {
    /// Counts a request that was answered after `took`, or whose connection ended without an answer.
    pub(crate) fn count(
        &self,
        route: &'static str,
        method: &Method,
        status: Option<StatusCode>,
        took: Duration,
    ) {
        let labels = Labels {
            route,
            method: method_label(method),
            status: status.map(|status| status.as_u16()),
        };
        let mut requests = self.requests();
        *requests.counts.entry(labels).or_default() += 1;
        if status.is_some() {
            requests.durations.entry(route).or_default().add(took);
        }
    }

    /// Keeps the counts of a fault that goes off the list.
    pub(crate) fn keep(&self, fault: &Fault) {
        let mut removed = self.removed.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, injected) = removed.entry(fault.info().kind).or_default();
        *asked += fault.asked();
        *injected += fault.injected();
    }

    /// How often faults that are off the list were asked and injected, by kind.
    pub(crate) fn removed_faults(&self) -> BTreeMap<&'static str, (u64, u64)> {
        let removed = self.removed.lock().unwrap_or_else(PoisonError::into_inner);
        removed.clone()
    }

    /// Writes the families down.
    pub(crate) fn write(&self, text: &mut Text) {
        let requests = self.requests();
        let mut family = text.family(
            "factory_requests_total",
            Kind::Counter,
            "Requests by route, method and status code; code none where the connection ended without an answer.",
        );
        for (labels, count) in &requests.counts {
            let code = labels
                .status
                .map_or_else(|| "none".to_owned(), |status| status.to_string());
            let labels = [
                ("route", labels.route),
                ("method", labels.method),
                ("code", &code),
            ];
            family.sample(&labels, count);
        }
        let mut family = text.family(
            "factory_request_duration_seconds",
            Kind::Histogram,
            "How long requests took to be answered, by route.",
        );
        for (route, durations) in &requests.durations {
            let mut below = 0;
            let buckets = BOUNDS.iter().zip(durations.buckets).map(|(bound, own)| {
                below += own;
                (*bound, below)
            });
            let sum = durations.sum.as_secs_f64();
            family.histogram(&[("route", route)], buckets, durations.count, sum);
        }
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        // A count may be missing after a panic elsewhere; what is there is right.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Durations {
    fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.buckets[bucket] += 1;
        }
        self.count += 1;
        self.sum += took;
    }
}

/// A client may make methods up, but not labels.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(metrics: &Metrics) -> String {
        let mut text = Text::default();
        metrics.write(&mut text);
        text.finish()
    }

    #[test]
    fn a_bucket_holds_what_took_as_long_as_its_bound_or_less() {
        let metrics = Metrics::default();
        for millis in [100, 101, 90_000] {
            let took = Duration::from_millis(millis);
            metrics.count("/health", &Method::GET, Some(StatusCode::OK), took);
        }
        let text = written(&metrics);
        for line in [
            r#"factory_request_duration_seconds_bucket{route="/health",le="0.05"} 0"#,
            r#"factory_request_duration_seconds_bucket{route="/health",le="0.1"} 1"#,
            r#"factory_request_duration_seconds_bucket{route="/health",le="60"} 2"#,
            r#"factory_request_duration_seconds_bucket{route="/health",le="+Inf"} 3"#,
            r#"factory_request_duration_seconds_sum{route="/health"} 90.201"#,
            r#"factory_request_duration_seconds_count{route="/health"} 3"#,
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_request_without_an_answer_is_counted_and_not_timed() {
        let metrics = Metrics::default();
        let method = Method::from_bytes(b"BREW").expect("a method");
        metrics.count("other", &method, None, Duration::from_secs(1));
        let text = written(&metrics);
        let line = r#"factory_requests_total{route="other",method="other",code="none"} 1"#;
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("_count"), "{text}");
    }
}
