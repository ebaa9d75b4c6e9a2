//! The `diners:` section: groups with names of their own, and traffic that a run can carry.

use super::facts::Facts;
use super::moments::{check_some, check_within_run};
use super::names::check_own;
use crate::scenario::diners::{Arrivals, Burst, Diners, Steady};
use crate::scenario::steady::Hour;
use fake_factory::input::units::Rate;
use fake_factory::input::{Findings, Located, Span};
use std::collections::BTreeMap;
use std::time::Duration;

/// The words of `orders: { of }`, which stand for several groups even where one is called so.
pub(super) const WORDS: [&str; 3] = ["diners", "canaries", "all"];

/// The highest rate of one group, in orders a second.
const RATE_PER_SECOND_MAX: f64 = 100_000.0;

/// The most orders that all groups may be expected to place: what a factory's ledger holds, less what chance may add.
const ORDERS_MAX: f64 = 0.9 * fake_factory::ledger::ORDERS_MAX as f64;

/// The most pizzas of one order. The oven takes 20; more than that is for tests of how it refuses.
const PIZZAS_MAX: u32 = 1_000;

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let groups = &facts.scenario.diners;
    check_own("group", groups.iter().map(|group| &group.name), &[], found);
    for group in groups {
        check_group(group, facts, found);
    }
    let total: f64 = groups
        .iter()
        .map(|group| expected_orders(&group.arrivals, facts))
        .sum();
    if total > ORDERS_MAX {
        let place = groups.last().and_then(|group| group.arrivals.span);
        found.error_with_help(
            place,
            format!("about {total:.0} orders would be placed: expected at most {ORDERS_MAX:.0}"),
            "lower the rates, or make `duration` shorter",
        );
    }
}

fn check_group(group: &Diners, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let patience = facts.places.beside(group.name.span, &["patience"]);
    check_some(
        "the patience of these diners",
        group.patience,
        patience,
        found,
    );
    let pizzas = &group.order.pizzas;
    if pizzas.value > PIZZAS_MAX {
        found.error(
            pizzas.span,
            format!(
                "{} pizzas are too many for one order: expected at most {PIZZAS_MAX}",
                pizzas.value
            ),
        );
    }
    let at = |path: &[&str]| facts.places.below(group.arrivals.span, path);
    match &group.arrivals.value {
        Arrivals::Constant(steady) => check_steady("constant", steady, &at, facts, found),
        Arrivals::Poisson(steady) => check_steady("poisson", steady, &at, facts, found),
        Arrivals::Ramp(ramp) => {
            check_ceiling(ramp.from, at(&["ramp", "from"]), found);
            check_ceiling(ramp.to, at(&["ramp", "to"]), found);
            if is_zero(ramp.from) && is_zero(ramp.to) {
                no_orders(at(&["ramp", "to"]), found);
            }
            if let Some(over) = ramp.over {
                check_some(
                    "the time that the ramp takes",
                    over,
                    at(&["ramp", "over"]),
                    found,
                );
            }
        }
        Arrivals::Burst(burst) => check_burst(burst, &at, facts, found),
        Arrivals::Replay(moments) => {
            if moments.is_empty() {
                no_orders(at(&["replay"]), found);
            }
            for moment in moments {
                check_within_run("this order is placed", moment, facts, found);
            }
        }
        Arrivals::Daily(hours) => {
            for (hour, rate) in hours {
                check_ceiling(*rate, hour.span, found);
            }
            if hours.values().all(|rate| is_zero(*rate)) {
                no_orders(at(&["daily"]), found);
            }
        }
    }
}

fn check_steady(
    kind: &str,
    steady: &Steady,
    at: &dyn Fn(&[&str]) -> Option<Span>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    // The short form has its rate where the long one has a mapping.
    let long = steady.from.is_some() || steady.until.is_some();
    let place = if long {
        at(&[kind, "rate"])
    } else {
        at(&[kind])
    };
    check_ceiling(steady.rate, place, found);
    if is_zero(steady.rate) {
        no_orders(place, found);
    }
    for (what, moment) in [
        ("the first order could be placed", &steady.from),
        ("the last order could be placed", &steady.until),
    ] {
        if let Some(moment) = moment {
            check_within_run(what, moment, facts, found);
        }
    }
    if let Some(until) = &steady.until {
        let from = steady
            .from
            .as_ref()
            .map_or(Duration::ZERO, |from| facts.offset(from));
        if facts.offset(until) <= from {
            found.error(
                until.span,
                format!(
                    "`until` at {} is not after `from`: nothing would be ordered",
                    until.value
                ),
            );
        }
    }
}

fn check_burst(
    burst: &Burst,
    at: &dyn Fn(&[&str]) -> Option<Span>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    check_ceiling(burst.base, at(&["burst", "base"]), found);
    check_ceiling(burst.peak, at(&["burst", "peak"]), found);
    if is_zero(burst.base) && is_zero(burst.peak) {
        no_orders(at(&["burst", "peak"]), found);
    }
    check_within_run("the peak begins", &burst.starts, facts, found);
    check_some(
        "the length of the peak",
        burst.lasts,
        at(&["burst", "lasts"]),
        found,
    );
}

fn check_ceiling(rate: Rate, at: Option<Span>, found: &mut Findings<'_>) {
    if rate.per_second() > RATE_PER_SECOND_MAX {
        found.error(
            at,
            format!("a rate of {rate} is too high: expected at most {RATE_PER_SECOND_MAX:.0}/s"),
        );
    }
}

fn is_zero(rate: Rate) -> bool {
    rate.per_second() <= 0.0
}

fn no_orders(at: Option<Span>, found: &mut Findings<'_>) {
    found.error_with_help(
        at,
        "these diners never order anything",
        "expected at least one order, or leave the group out",
    );
}

/// About how many orders a group places in the run; for hours of the day what they average to, or the most where it is shorter.
fn expected_orders(arrivals: &Arrivals, facts: &Facts<'_>) -> f64 {
    let run = facts.duration.as_secs_f64();
    match arrivals {
        Arrivals::Constant(steady) | Arrivals::Poisson(steady) => {
            let end = |moment: &_| facts.offset(moment).as_secs_f64().min(run);
            let from = steady.from.as_ref().map_or(0.0, |moment| end(moment));
            let until = steady.until.as_ref().map_or(run, |moment| end(moment));
            steady.rate.per_second() * (until - from).max(0.0)
        }
        Arrivals::Ramp(ramp) => {
            let over = ramp.over.map_or(run, |over| over.0.as_secs_f64()).min(run);
            (ramp.from.per_second() + ramp.to.per_second()) / 2.0 * over
                + ramp.to.per_second() * (run - over)
        }
        Arrivals::Burst(burst) => {
            let lasts = burst.lasts.0.as_secs_f64().min(run);
            burst.base.per_second() * (run - lasts) + burst.peak.per_second() * lasts
        }
        Arrivals::Replay(moments) => moments.len() as f64,
        Arrivals::Daily(hours) => {
            const DAY: f64 = 86_400.0;
            let highest = hours.values().map(Rate::per_second).fold(0.0, f64::max);
            highest * run.min(DAY) + daily_average(hours) * (run - DAY).max(0.0)
        }
    }
}

fn daily_average(hours: &BTreeMap<Located<Hour>, Rate>) -> f64 {
    // Each entry holds until the next one, the last one over midnight until the first.
    let starts: Vec<(u8, f64)> = hours
        .iter()
        .map(|(hour, rate)| (hour.value.0, rate.per_second()))
        .collect();
    let ends = starts.iter().skip(1).chain(starts.first());
    let total: f64 = starts
        .iter()
        .zip(ends)
        .map(|((start, rate), (end, _))| {
            let hours = if end > start {
                end - start
            } else {
                end + 24 - start
            };
            rate * f64::from(hours)
        })
        .sum();
    total / 24.0
}
