//! The `order_service:` section: factories that exist, and machinery that can work.

use super::facts::Facts;
use super::moments::{check_interval, check_some};
use crate::scenario::order_service::{FactoryTarget, OrderService};
use fake_factory::input::{Findings, Located};

const ATTEMPTS_MAX: u32 = 100;
const CAPACITY_MAX: u32 = 1_000_000;

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let service = &facts.scenario.order_service;
    check_factories(service, facts, found);
    let at = |path: &[&str]| facts.places.beside(service.factory.span, path);
    if let Some(timeout) = service.factory_timeout {
        check_some(
            "the timeout of a call",
            timeout,
            at(&["factory_timeout"]),
            found,
        );
    }
    if let Some(retry) = &service.retry {
        check_count("attempts", &retry.attempts, ATTEMPTS_MAX, found);
        if retry.backoff.first.0 > retry.backoff.max.0 {
            let span = facts.places.below(retry.span, &["backoff", "first"]);
            found.error(
                span,
                format!(
                    "the first wait, {}, is above the longest, {}",
                    retry.backoff.first, retry.backoff.max
                ),
            );
        }
    }
    if let Some(breaker) = &service.circuit_breaker {
        check_count("failures", &breaker.failures, u32::MAX, found);
        let (within, open_for) = (
            at(&["circuit_breaker", "within"]),
            at(&["circuit_breaker", "open_for"]),
        );
        check_some(
            "the time that failures are counted in",
            breaker.within,
            within,
            found,
        );
        check_some(
            "the time that the circuit stays open",
            breaker.open_for,
            open_for,
            found,
        );
    }
    if let Some(queue) = &service.queue {
        check_count("capacity", &queue.capacity, CAPACITY_MAX, found);
    }
    if let Some(report) = &service.auto_report {
        check_count("after_failures", &report.after_failures, u32::MAX, found);
    }
    if let Some(probe) = &service.health_probe {
        check_interval(
            "the interval of the health probe",
            &probe.every,
            facts,
            found,
        );
    }
    if let Some(after) = service.metrics.vanish_after {
        let span = at(&["metrics", "vanish_after"]);
        check_some("the time after which a series vanishes", after, span, found);
    }
}

fn check_factories(service: &OrderService, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let factory = &service.factory;
    match &factory.value {
        FactoryTarget::Named(name) => {
            let located = Located {
                value: name.clone(),
                span: factory.span,
            };
            facts.factories.check(&located, found);
        }
        FactoryTarget::Unresolvable(host) => {
            let allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.');
            if host.is_empty() || !host.chars().all(allowed) {
                let span = facts.places.below(factory.span, &["unresolvable"]);
                found.error(
                    span,
                    format!("`{host}` is no host name: expected letters, digits, `-` and `.`"),
                );
            }
        }
    }
    if let Some(fallback) = &service.fallback {
        facts.factories.check(fallback, found);
        if matches!(&factory.value, FactoryTarget::Named(name) if *name == fallback.value) {
            found.error_beside(
                fallback.span,
                format!(
                    "`{}` cannot be its own fallback: expected another factory",
                    fallback.value
                ),
                factory.span,
                "it is the first one, as said",
            );
        }
    }
}

fn check_count(field: &str, count: &Located<u32>, max: u32, found: &mut Findings<'_>) {
    if count.value == 0 || count.value > max {
        let expected = if max == u32::MAX {
            "1 or more".to_owned()
        } else {
            format!("1 to {max}")
        };
        found.error(
            count.span,
            format!("`{field}` cannot be {}: expected {expected}", count.value),
        );
    }
}
