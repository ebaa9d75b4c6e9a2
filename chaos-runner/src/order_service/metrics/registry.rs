//! Metric families and their text form, as Prometheus scrapes it. The text is kept until a value changes: a simulated week is scraped
//! forty thousand times, mostly while nobody orders. It knows names, labels and values, not what they mean.

use crate::scenario::money::Money;
use fake_factory::clock::Elapsed;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// The most series that one family may have; past it, new label sets are dropped.
const SERIES_MAX: usize = 1_000;

/// What kind of values a family has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Counter,
    Gauge,
    /// With these upper bounds, in seconds, ascending.
    Histogram(&'static [f64]),
}

/// What a family is called and how it is described.
#[derive(Clone, Copy, Debug)]
pub(super) struct Description {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
}

#[derive(Debug)]
struct Series {
    value: Value,
    updated_at: Elapsed,
}

#[derive(Clone, Debug)]
enum Value {
    Count(u64),
    Amount(Money),
    Level(f64),
    Spread {
        /// One for each bound, and one past the last.
        buckets: Vec<u64>,
        count: u64,
        sum: Duration,
    },
}

#[derive(Debug)]
struct Family {
    description: Description,
    /// By labels in their text form, as `{outcome="queued"}`.
    series: BTreeMap<String, Series>,
}

/// The families of one process.
#[derive(Debug)]
pub(super) struct Registry {
    families: Vec<Family>,
    vanish_after: Option<Duration>,
    text: Option<String>,
}

impl Registry {
    pub(super) fn new(descriptions: &[Description], vanish_after: Option<Duration>) -> Self {
        let families = descriptions.iter().map(|description| Family {
            description: *description,
            series: BTreeMap::new(),
        });
        Registry {
            families: families.collect(),
            vanish_after,
            text: None,
        }
    }

    /// Whether label sets are there before anything happened.
    pub(super) fn shows_all(&self) -> bool {
        self.vanish_after.is_none()
    }

    pub(super) fn add(&mut self, family: usize, labels: &str, more: u64, now: Elapsed) {
        if let Some(Value::Count(count)) = self.value(family, labels, &Value::Count(0), now) {
            *count = count.saturating_add(more);
        }
    }

    pub(super) fn add_amount(&mut self, family: usize, more: Money, now: Elapsed) {
        let nothing = Value::Amount(Money::ZERO);
        if let Some(Value::Amount(amount)) = self.value(family, "", &nothing, now) {
            *amount = [*amount, more].into_iter().sum();
        }
    }

    pub(super) fn set(&mut self, family: usize, labels: &str, to: f64, now: Elapsed) {
        if let Some(Value::Level(level)) = self.value(family, labels, &Value::Level(to), now) {
            *level = to;
        }
    }

    pub(super) fn observe(&mut self, family: usize, took: Option<Duration>, now: Elapsed) {
        let Some(Kind::Histogram(bounds)) = self.families.get(family).map(|f| f.description.kind)
        else {
            return;
        };
        let nothing = Value::Spread {
            buckets: vec![0; bounds.len() + 1],
            count: 0,
            sum: Duration::ZERO,
        };
        let spread = self.value(family, "", &nothing, now);
        let (
            Some(Value::Spread {
                buckets,
                count,
                sum,
            }),
            Some(took),
        ) = (spread, took)
        else {
            return;
        };
        let seconds = took.as_secs_f64();
        let bucket = bounds.partition_point(|bound| *bound < seconds);
        if let Some(bucket) = buckets.get_mut(bucket) {
            *bucket += 1;
        }
        *count += 1;
        *sum = sum.saturating_add(took);
    }

    fn value(
        &mut self,
        family: usize,
        labels: &str,
        nothing: &Value,
        now: Elapsed,
    ) -> Option<&mut Value> {
        self.text = None;
        let family = self.families.get_mut(family)?;
        if !family.series.contains_key(labels) {
            if family.series.len() >= SERIES_MAX {
                return None;
            }
            let fresh = Series {
                value: nothing.clone(),
                updated_at: now,
            };
            family.series.insert(labels.to_owned(), fresh);
        }
        let series = family.series.get_mut(labels)?;
        series.updated_at = now;
        Some(&mut series.value)
    }

    /// The text form, version 0.0.4.
    pub(super) fn text(&mut self, now: Elapsed) -> String {
        if self.vanish_after.is_some() {
            return self.written(now);
        }
        match &self.text {
            Some(text) => text.clone(),
            None => {
                let text = self.written(now);
                self.text = Some(text.clone());
                text
            }
        }
    }

    fn written(&self, now: Elapsed) -> String {
        let mut text = String::with_capacity(8 * 1024);
        for family in &self.families {
            let mut shown = family
                .series
                .iter()
                .filter(|(_, series)| {
                    self.vanish_after
                        .is_none_or(|after| now.since(series.updated_at) < after)
                })
                .peekable();
            if shown.peek().is_none() {
                continue;
            }
            family.description.write_head(&mut text);
            for (labels, series) in shown {
                family
                    .description
                    .write_series(&mut text, labels, &series.value);
            }
        }
        text
    }
}

impl Description {
    fn write_head(&self, text: &mut String) {
        let kind = match self.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let Description { name, help, .. } = self;
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn write_series(&self, text: &mut String, labels: &str, value: &Value) {
        let name = self.name;
        let _ = match value {
            Value::Count(count) => writeln!(text, "{name}{labels} {count}"),
            Value::Amount(amount) => writeln!(text, "{name}{labels} {}", amount.amount()),
            Value::Level(level) => writeln!(text, "{name}{labels} {level}"),
            Value::Spread {
                buckets,
                count,
                sum,
            } => self.write_spread(text, buckets, *count, *sum),
        };
    }

    fn write_spread(
        &self,
        text: &mut String,
        buckets: &[u64],
        count: u64,
        sum: Duration,
    ) -> std::fmt::Result {
        let Kind::Histogram(bounds) = self.kind else {
            return Ok(());
        };
        let name = self.name;
        let mut below = 0;
        for (bound, bucket) in bounds.iter().zip(buckets) {
            below += bucket;
            writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {below}")?;
        }
        writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}")?;
        writeln!(text, "{name}_sum {}", sum.as_secs_f64())?;
        writeln!(text, "{name}_count {count}")
    }
}

/// Labels in their text form, as `{factory="hq",code="200"}`, in the order given.
pub(super) fn labels(pairs: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(64);
    for (index, (name, value)) in pairs.iter().enumerate() {
        text.push(if index == 0 { '{' } else { ',' });
        text.push_str(name);
        text.push_str("=\"");
        for letter in value.chars() {
            match letter {
                '\\' => text.push_str("\\\\"),
                '"' => text.push_str("\\\""),
                '\n' => text.push_str("\\n"),
                other => text.push(other),
            }
        }
        text.push('"');
    }
    if !pairs.is_empty() {
        text.push('}');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILIES: [Description; 3] = [
        Description {
            name: "orders_total",
            help: "Orders.",
            kind: Kind::Counter,
        },
        Description {
            name: "wait_seconds",
            help: "Waits.",
            kind: Kind::Histogram(&[0.1, 1.0]),
        },
        Description {
            name: "depth",
            help: "Depth.",
            kind: Kind::Gauge,
        },
    ];

    #[test]
    fn writes_the_text_format() {
        let mut registry = Registry::new(&FAMILIES, None);
        let now = Elapsed::ZERO;
        registry.add(0, &labels(&[("outcome", "a\"b")]), 2, now);
        registry.observe(1, Some(Duration::from_millis(100)), now);
        registry.observe(1, Some(Duration::from_millis(400)), now);
        registry.set(2, "", 3.0, now);
        assert_eq!(
            registry.text(now),
            "# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total{outcome=\"a\\\"b\"} 2\n\
             # HELP wait_seconds Waits.\n# TYPE wait_seconds histogram\nwait_seconds_bucket{le=\"0.1\"} 1\n\
             wait_seconds_bucket{le=\"1\"} 2\nwait_seconds_bucket{le=\"+Inf\"} 2\nwait_seconds_sum 0.5\n\
             wait_seconds_count 2\n# HELP depth Depth.\n# TYPE depth gauge\ndepth 3\n"
        );
    }

    #[test]
    fn a_series_vanishes_when_it_was_not_updated_and_comes_back_with_its_value() {
        let mut registry = Registry::new(&FAMILIES, Some(Duration::from_secs(60)));
        let second = |seconds| Elapsed::from_duration(Duration::from_secs(seconds));
        registry.add(0, "", 1, second(0));
        assert!(registry.text(second(59)).contains("orders_total 1"));
        assert_eq!(registry.text(second(60)), "");
        registry.add(0, "", 1, second(90));
        assert!(registry.text(second(91)).contains("orders_total 2"));
    }

    #[test]
    fn the_text_follows_every_change() {
        let mut registry = Registry::new(&FAMILIES, None);
        registry.set(2, "", 1.0, Elapsed::ZERO);
        assert!(registry.text(Elapsed::ZERO).contains("depth 1"));
        registry.set(2, "", 2.0, Elapsed::ZERO);
        assert!(registry.text(Elapsed::ZERO).contains("depth 2"));
    }
}
