//! What makes a run say nothing about its faults: no steady state before them, a fault that touched no request, traffic that fell
//! behind its schedule. Such a run is no pass, however many of its expectations held.

use super::Finding;
use super::others;
use super::served::reaches;
use super::story::Story;
use super::words::{counted, first_of, length, percent};
use crate::record::ClockKind;
use crate::record::alerts::AlertRecord;
use crate::record::faults::FaultRecord;
use crate::record::orders::{Fate, OrderRecord};
use crate::scenario::order_service::FactoryTarget;
use fake_factory::clock::Elapsed;
use std::collections::BTreeSet;
use std::time::Duration;

/// How late simulated traffic may be: what timers round up by.
const BEHIND_MAX_SIMULATED: Duration = super::story::TIMER_GRAIN;
/// How late live traffic may be. A shared machine stalls a process for tens of milliseconds now and then; beyond that the load is
/// not the one that was asked for.
const BEHIND_MAX_LIVE: Duration = Duration::from_millis(100);

/// Why the run says nothing about its faults.
pub(super) fn reasons(story: &Story<'_>, steady_state: &Finding) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(explanation) = &steady_state.explanation {
        reasons.push(format!("no steady state: {explanation}"));
    }
    reasons.extend(
        story
            .record
            .faults
            .iter()
            .filter(|fault| fault.injected == 0)
            .map(|fault| untouched(story, fault)),
    );
    let behind = story.record.generator_behind_max.as_duration();
    let (behind_max, why) = match story.record.clock {
        // Simulated time waits for everything but for a place among the orders under way, which are bounded.
        ClockKind::Simulated => (
            BEHIND_MAX_SIMULATED,
            ": too many orders were under way at once for more to be placed",
        ),
        ClockKind::Live => (BEHIND_MAX_LIVE, ""),
    };
    if behind > behind_max {
        reasons.push(format!(
            "the traffic fell {} behind its schedule, and may be {} late{why}",
            length(behind),
            length(behind_max)
        ));
    }
    reasons
}

fn untouched(story: &Story<'_>, fault: &FaultRecord) -> String {
    let FaultRecord { name, asked, .. } = fault;
    match (fault.started_at, asked) {
        (None, _) => format!(
            "fault `{name}` never started: the run ended at {}",
            story.clock(story.record.ended_at)
        ),
        (Some(_), 0) => format!("fault `{name}` was asked to touch no request"),
        (Some(_), asked) => {
            format!("fault `{name}` touched none of the {asked} requests that it was asked to")
        }
    }
}

/// Whether all was well before the first fault; through the whole run where nothing breaks.
pub(super) fn steady_state(story: &Story<'_>) -> Finding {
    let expected = &story.scenario.steady_state;
    let fault = story.first_fault().map(|(_, at)| at);
    let text = format!(
        "steady state: {} of orders fulfilled, no alert pending",
        expected.fulfilled
    );
    if let FactoryTarget::Unresolvable(host) = &story.scenario.order_service.factory.value {
        return Finding::held(text, format!("none to hold: {host} never resolved"));
    }
    let settled: Vec<&OrderRecord> = story
        .diners()
        .filter(|order| fault.is_none_or(|fault| is_settled(order, fault)))
        .collect();
    let bad: Vec<&OrderRecord> = settled
        .iter()
        .copied()
        .filter(|order| order.fate != Fate::Fulfilled)
        .collect();
    let good = settled.len() - bad.len();
    let alarmed = alarmed(story, fault);
    let mut observed = match settled.len() {
        0 => "no orders".to_owned(),
        all => format!(
            "{} of {} fulfilled",
            percent(good, all),
            counted(all, "order")
        ),
    };
    let mut wrong = Vec::new();
    if (settled.len() as u64) < expected.orders_at_least {
        wrong.push(format!(
            "{} {}, at least {} asked for",
            counted(settled.len(), "order"),
            fault.map_or_else(
                || "in the whole run".to_owned(),
                |fault| format!("before {}", story.clock(fault))
            ),
            expected.orders_at_least
        ));
    }
    if !reaches(good, settled.len(), expected.fulfilled) {
        wrong.push(format!("not fulfilled: {}", first_of(story, &bad)));
    }
    if !alarmed.is_empty() {
        observed.push_str(&format!(", {} at work", counted(alarmed.len(), "alert")));
        wrong.extend(alarmed);
    }
    if wrong.is_empty() {
        Finding::held(text, observed)
    } else {
        Finding::broken(text, observed, wrong.join("; "))
    }
}

/// Whether an order was over when the fault started; one that was open may have been hit by it.
fn is_settled(order: &OrderRecord, fault: Elapsed) -> bool {
    order.placed_at < fault && order.answered_at.is_some_and(|answered| answered <= fault)
}

/// The alerts that were pending or firing when the fault started, once each. Where nothing breaks there is no such moment: an alert
/// counts that fired and that no expectation names, for those judge the rest.
fn alarmed(story: &Story<'_>, fault: Option<Elapsed>) -> Vec<String> {
    let named = others::named(story);
    let counts = |alert: &&AlertRecord| match fault {
        Some(fault) => {
            alert.pending_at < fault && alert.resolved_at.is_none_or(|resolved| resolved > fault)
        }
        None => alert.firing_at.is_some() && !named.contains(alert.name.as_str()),
    };
    let mut seen = BTreeSet::new();
    story
        .record
        .alerts
        .iter()
        .filter(counts)
        .filter(|alert| seen.insert(alert.name.as_str()))
        .map(|alert| match fault {
            Some(fault) => format!(
                "{} was pending since {} when the fault started at {}",
                alert.name,
                story.clock(alert.pending_at),
                story.clock(fault)
            ),
            None => format!(
                "{} fired at {}, though nothing breaks",
                alert.name,
                story.clock(alert.firing_at.unwrap_or(alert.pending_at))
            ),
        })
        .collect()
}
