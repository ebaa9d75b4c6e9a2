//! Every label set that was ever there while scenarios ran: of series, and of streams of log lines. It knows what is in it, and
//! what is close to a word that is not.

use fake_factory::input::suggest;
use promql::{Labels, METRIC_NAME};
use std::collections::{BTreeMap, BTreeSet};

/// What scenarios emitted.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    by_name: BTreeMap<String, BTreeSet<Labels>>,
    streams: BTreeSet<Labels>,
    /// The alerts of the rules that the scenarios name.
    pub alerts: BTreeSet<String>,
    /// How many scenarios there were.
    pub scenarios: usize,
}

impl Inventory {
    /// A series was there.
    pub fn add_series(&mut self, labels: &Labels) {
        let name = labels.name().unwrap_or_default();
        match self.by_name.get_mut(name) {
            Some(series) => {
                if !series.contains(labels) {
                    series.insert(labels.clone());
                }
            }
            None => {
                let series = BTreeSet::from([labels.clone()]);
                self.by_name.insert(name.to_owned(), series);
            }
        }
    }

    /// A stream of log lines was there.
    pub fn add_stream(&mut self, labels: &Labels) {
        self.streams.insert(labels.clone());
    }

    /// Adds all of another.
    pub fn extend(&mut self, other: Inventory) {
        for (name, series) in other.by_name {
            self.by_name.entry(name).or_default().extend(series);
        }
        self.streams.extend(other.streams);
        self.alerts.extend(other.alerts);
        self.scenarios += other.scenarios;
    }

    /// The names of all metrics.
    pub(super) fn metrics(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The series of a metric; all series where the name is not fixed.
    pub(super) fn series(&self, metric: Option<&str>) -> Vec<&Labels> {
        match metric {
            Some(metric) => self.by_name.get(metric).into_iter().flatten().collect(),
            None => self.by_name.values().flatten().collect(),
        }
    }

    /// All streams.
    pub(super) fn streams(&self) -> Vec<&Labels> {
        self.streams.iter().collect()
    }
}

/// The values that a label has in some label sets.
pub(super) fn values<'l>(of: &[&'l Labels], label: &str) -> BTreeSet<&'l str> {
    of.iter().filter_map(|labels| labels.get(label)).collect()
}

/// The names of the labels of some label sets.
pub(super) fn label_names<'l>(of: &[&'l Labels]) -> BTreeSet<&'l str> {
    let names = of.iter().flat_map(|labels| labels.iter());
    names
        .map(|(name, _)| name)
        .filter(|name| *name != METRIC_NAME)
        .collect()
}

/// The value that was most likely meant: one spelt alike, or one that a class of codes such as `5xx` stands for.
pub(super) fn closest<'v>(wanted: &str, values: &BTreeSet<&'v str>) -> Option<&'v str> {
    let of_class = |class: &str, code: &str| {
        class.len() == code.len()
            && class.chars().next().is_some_and(|c| c.is_ascii_digit())
            && class.chars().any(|c| matches!(c, 'x' | 'X' | '.'))
            && class.chars().zip(code.chars()).all(|(class, code)| {
                class == code || matches!(class, 'x' | 'X' | '.') && code.is_ascii_alphanumeric()
            })
    };
    let mut classes = values.iter();
    classes
        .find(|value| of_class(value, wanted) || of_class(wanted, value))
        .copied()
        .or_else(|| suggest(wanted, values.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_value_may_be_a_class_of_codes() {
        let classes = BTreeSet::from(["2xx", "4xx", "5xx"]);
        assert_eq!(closest("500", &classes), Some("5xx"));
        assert_eq!(closest("5..", &classes), Some("5xx"));
        assert_eq!(closest("600", &classes), None);
        let codes = BTreeSet::from(["200", "503"]);
        assert_eq!(closest("5xx", &codes), Some("503"));
        let outcomes = BTreeSet::from(["failed", "fulfilled"]);
        assert_eq!(closest("faild", &outcomes), Some("failed"));
        assert_eq!(closest("5", &outcomes), None);
    }
}
