//! The `promql` expectation: each value that an expression gave passes a test, and no value passes none. The values come from the
//! record; nothing is evaluated here.

use super::Finding;
use super::story::Story;
use super::window::{self, Window};
use super::words::number;
use crate::record::Gauge;
use crate::record::alerts::{WatchRecord, WatchedSeries};
use crate::scenario::expect::Promql;
use fake_factory::clock::Elapsed;
use fake_factory::input::units::Moment;
use std::collections::BTreeMap;

/// How many expectations about each expression have been judged: the n-th one of an expression has its n-th watch.
#[derive(Default)]
pub(super) struct Watched<'a> {
    seen: BTreeMap<&'a str, usize>,
}

/// The evaluations that an expectation asks for.
enum Asked {
    /// The one at this moment.
    At(Elapsed),
    /// All in this window.
    During(Window),
}

/// A series of an expression and a value of it.
struct Valued<'a> {
    series: &'a str,
    gauge: Gauge,
}

impl<'a> Watched<'a> {
    /// Each value passes the test.
    pub(super) fn promql(&mut self, story: &Story<'a>, expected: &'a Promql) -> Finding {
        let text = text(expected);
        let watch = self.next(story, &expected.expr.value);
        let asked = match &expected.at {
            Some(moment) => story.moment(&moment.value, None, None).map(Asked::At),
            None => Window::of(story, expected.during.as_ref()).map(Asked::During),
        };
        match (watch, asked) {
            (_, Err(reason)) => Finding::unmeasured(text, reason),
            (None, _) => Finding::unmeasured(
                text,
                "the record holds nothing of this expression".to_owned(),
            ),
            (Some(watch), Ok(asked)) => judge(story, expected, watch, &asked, text),
        }
    }

    fn next(&mut self, story: &Story<'a>, expr: &'a str) -> Option<&'a WatchRecord> {
        let seen = self.seen.entry(expr).or_default();
        let watches = || {
            story
                .record
                .watches
                .iter()
                .filter(|watch| watch.expr == expr)
        };
        let watch = watches().nth(*seen).or_else(|| watches().next_back());
        *seen += 1;
        watch
    }
}

fn text(expected: &Promql) -> String {
    let when = match &expected.at {
        Some(moment) => match &moment.value {
            Moment::Offset(_) => format!(" {moment} after the first fault starts"),
            _ => format!(" at {moment}"),
        },
        None => window::suffix(expected.during.as_ref()),
    };
    // An expression may span lines in the file; here it is one.
    let expr: Vec<&str> = expected.expr.value.split_whitespace().collect();
    format!("{} {}{when}", expr.join(" "), expected.is)
}

fn judge(
    story: &Story<'_>,
    expected: &Promql,
    watch: &WatchRecord,
    asked: &Asked,
    text: String,
) -> Finding {
    if let Some(error) = &watch.error {
        return Finding::broken(
            text,
            "not evaluated".to_owned(),
            format!("the expression could not be evaluated: {error}"),
        );
    }
    if let Some((from, to)) = watch
        .empty
        .iter()
        .find(|(from, to)| asked.meets(*from, *to))
    {
        return Finding::broken(
            text,
            "no series".to_owned(),
            format!(
                "the expression returned no series from {} to {}",
                story.clock(*from),
                story.clock(*to)
            ),
        );
    }
    let values: Vec<Valued<'_>> = watch
        .series
        .iter()
        .flat_map(|series| asked.values(series))
        .collect();
    let Some(last) = values.last() else {
        return Finding::unmeasured(
            text,
            "no evaluation of it fell in the time asked for".to_owned(),
        );
    };
    let observed = observed(&values, last);
    let Some(bad) = values
        .iter()
        .find(|valued| !expected.is.holds(valued.gauge.value))
    else {
        return Finding::held(text, observed);
    };
    let series = match bad.series {
        "" | "{}" => String::new(),
        labels => format!(" for {labels}"),
    };
    let explanation = format!(
        "its value was {}{series} at {}, and must be {}",
        number(bad.gauge.value),
        story.clock(bad.gauge.at),
        expected.is
    );
    Finding::broken(text, observed, explanation)
}

fn observed(values: &[Valued<'_>], last: &Valued<'_>) -> String {
    let least = values
        .iter()
        .map(|valued| valued.gauge.value)
        .fold(f64::INFINITY, f64::min);
    let most = values
        .iter()
        .map(|valued| valued.gauge.value)
        .fold(f64::NEG_INFINITY, f64::max);
    if least < most {
        format!("{} to {}", number(least), number(most))
    } else {
        number(last.gauge.value)
    }
}

impl Asked {
    /// Whether one of the evaluations lies between two, both included.
    fn meets(&self, from: Elapsed, to: Elapsed) -> bool {
        match self {
            Asked::At(at) => (from..=to).contains(at),
            Asked::During(window) => to >= window.from && window.to.is_none_or(|end| from < end),
        }
    }

    /// The values that held at the evaluations. A value holds until the next one that was written down.
    fn values<'a>(&self, series: &'a WatchedSeries) -> Vec<Valued<'a>> {
        let values = &series.values;
        let (start, end) = match self {
            Asked::At(at) => (*at, Some(*at)),
            Asked::During(window) => (window.from, None),
        };
        let is_there = series.gone_at.is_none_or(|gone| gone > start);
        let held = values
            .iter()
            .rev()
            .find(|gauge| is_there && gauge.at <= start)
            .map(|gauge| Gauge {
                at: start,
                value: gauge.value,
            });
        let later = values.iter().filter(|gauge| {
            gauge.at > start
                && match (self, end) {
                    (Asked::During(window), _) => window.contains(gauge.at),
                    // An evaluation that was asked for at a moment may have come a tick after it.
                    (Asked::At(_), _) => held.is_none(),
                }
        });
        let later = later.take(match self {
            Asked::At(_) => 1,
            Asked::During(_) => usize::MAX,
        });
        held.into_iter()
            .chain(later.copied())
            .map(|gauge| Valued {
                series: &series.labels,
                gauge,
            })
            .collect()
    }
}
