//! Where the time from a fault to a person went, step by step, for one alert: drawn from the record of a run, and from when its
//! condition was first seen in the samples.

use super::Step;
use super::rule_of;
use super::watch::Visible;
use crate::record::Record;
use crate::record::alerts::{AlertRecord, PageStatus};
use crate::record::faults::Act;
use crate::record::orders::Told;
use crate::scenario::Scenario;
use fake_factory::clock::Elapsed;
use fake_factory::input::units::HumanDuration;
use std::time::Duration;

/// The steps for the first alert of this name that fired after a fault had started; else for the first one that fired.
pub(super) fn steps(
    scenario: &Scenario,
    record: &Record,
    alert: &str,
    visible: &[Visible],
) -> Vec<Step> {
    let started = record.faults.iter().filter_map(|fault| fault.started_at);
    let first_fault = started.min().unwrap_or(Elapsed::ZERO);
    let fired = || {
        let named = record.alerts.iter().enumerate();
        named.filter(|(_, one)| one.name == alert && one.firing_at.is_some())
    };
    let after = fired().find(|(_, one)| one.pending_at >= first_fault);
    let Some((number, one)) = after.or_else(|| fired().next()) else {
        return Vec::new();
    };
    let mut moments = before_pending(record, one, visible);
    moments.extend(from_pending(scenario, record, number, one));
    // What happened before is told before; the order of what happened at once is the one above.
    moments.sort_by_key(|(at, _)| *at);
    let mut last = moments.first().map_or(Elapsed::ZERO, |(at, _)| *at);
    let mut steps = Vec::new();
    for (at, what) in moments {
        steps.push(Step {
            at,
            after_seconds: at.since(last).as_secs_f64(),
            what,
        });
        last = at;
    }
    steps
}

fn before_pending(
    record: &Record,
    alert: &AlertRecord,
    visible: &[Visible],
) -> Vec<(Elapsed, String)> {
    let mut moments = Vec::new();
    let faults = record.faults.iter();
    let fault = faults
        .filter_map(|fault| Some((fault.started_at?, fault)))
        .filter(|(at, _)| *at <= alert.pending_at)
        .max_by_key(|(at, _)| *at);
    let mut since = Elapsed::ZERO;
    if let Some((at, fault)) = fault {
        moments.push((at, format!("the fault {} started", fault.name)));
        since = at;
    }
    let failed = record.orders.iter().filter(|order| {
        matches!(
            order.told,
            Told::Error { .. } | Told::HungUp | Told::BadPizza
        )
    });
    let first = failed
        .filter_map(|order| Some((order.answered_at?, order)))
        .filter(|(at, _)| *at >= since && *at <= alert.pending_at)
        .min_by_key(|(at, _)| *at);
    if let Some((at, order)) = first {
        moments.push((at, format!("the first order failed ({})", order.reference)));
    }
    if let Some(seen) = visible
        .iter()
        .find(|seen| seen.pending_at == alert.pending_at)
    {
        let what = "the condition could be seen in the samples (scrape)";
        moments.push((seen.visible_at, what.to_owned()));
    }
    moments
}

fn from_pending(
    scenario: &Scenario,
    record: &Record,
    number: usize,
    alert: &AlertRecord,
) -> Vec<(Elapsed, String)> {
    let rule = rule_of(record, alert);
    let every = rule.map_or_else(String::new, |rule| {
        format!(" (evaluated every {})", seconds(rule.interval_seconds))
    });
    let mut moments = vec![(alert.pending_at, format!("the alert was pending{every}"))];
    let Some(firing_at) = alert.firing_at else {
        return moments;
    };
    let hold = rule.map_or(0.0, |rule| rule.for_seconds);
    moments.push((firing_at, format!("it fired (for: {})", seconds(hold))));
    let pages = record.pages.iter();
    let page = pages
        .filter(|page| page.status == PageStatus::Firing && page.alerts.contains(&number))
        .min_by_key(|page| page.at);
    let Some(page) = page else {
        return moments;
    };
    moments.push((
        page.sent_at,
        "the notification went out (grouping)".to_owned(),
    ));
    let channel = &page.channel;
    moments.push((page.at, format!("the page arrived by {channel}")));
    let people = scenario.responders.iter();
    let paged: Vec<&str> = people
        .map(|responder| responder.name.value.as_str())
        .collect();
    let acted = record.acts.iter().find(|act| {
        act.act == Act::Acknowledged && act.at >= page.at && paged.contains(&act.who.as_str())
    });
    if let Some(act) = acted {
        moments.push((act.at, format!("{} acknowledged", act.who)));
    }
    moments
}

fn seconds(seconds: f64) -> String {
    HumanDuration(Duration::from_secs_f64(seconds.max(0.0))).to_string()
}
