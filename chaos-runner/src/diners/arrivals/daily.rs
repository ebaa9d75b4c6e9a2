//! Rates by the hour of the day, in the zone of the run's start: each holds from its hour until the next one that is given, over
//! midnight too. On days on which clocks change, hours are those of the wall.

use super::rates::Stretch;
use crate::scenario::diners::Hour;
use fake_factory::input::Located;
use fake_factory::input::units::{Rate, StartsAt};
use jiff::Zoned;
use jiff::civil::{Date, Time};
use std::collections::BTreeMap;
use std::time::Duration;

/// The stretches from the start until `until`.
pub(super) fn stretches(
    hours: &BTreeMap<Located<Hour>, Rate>,
    starts_at: &StartsAt,
    until: Duration,
) -> Vec<Stretch> {
    let start = starts_at.zoned();
    let end = until.as_secs_f64();
    let mut changes: Vec<(f64, f64)> = Vec::new();
    let mut day = start.date().yesterday().ok();
    // From yesterday, whose last rate holds until today's first.
    while let Some(date) = day {
        for (hour, rate) in hours {
            if let Some(at) = seconds_after(start, date, hour.value) {
                changes.push((at, rate.per_second()));
            }
        }
        let is_over = changes.last().is_none_or(|(at, _)| *at >= end);
        day = date.tomorrow().ok().filter(|_| !is_over);
    }
    let ends = changes.iter().skip(1).map(|(at, _)| *at);
    changes
        .iter()
        .zip(ends.chain([end]))
        .map(|(&(from, rate), to)| Stretch {
            from: from.max(0.0),
            to,
            first: rate,
            last: rate,
        })
        .filter(|stretch| stretch.from < stretch.to)
        .collect()
}

/// How long after the start the wall clock shows that hour of that date; negative when it was before.
fn seconds_after(start: &Zoned, date: Date, hour: Hour) -> Option<f64> {
    let time = Time::new(i8::try_from(hour.0).ok()?, 0, 0, 0).ok()?;
    let then = date
        .to_datetime(time)
        .to_zoned(start.time_zone().clone())
        .ok()?;
    Some(
        then.timestamp()
            .duration_since(start.timestamp())
            .as_secs_f64(),
    )
}
