//! Label sets: sorted name/value pairs that identify a series. They are shared (`Arc`), so that a clone costs a counter,
//! and two clones are recognised as equal without comparing text. Knows nothing of samples or queries.

use std::fmt;
use std::sync::Arc;

/// The label that holds a metric's name.
pub const METRIC_NAME: &str = "__name__";

/// The label that holds a metric's type, where it is known.
pub(crate) const METRIC_TYPE: &str = "__type__";

/// The labels that describe the metric rather than the series; they go wherever the name goes.
const METADATA: [&str; 3] = [METRIC_NAME, METRIC_TYPE, "__unit__"];

type Pair = (Arc<str>, Arc<str>);

/// A sorted set of labels without empty values; cheap to clone.
#[derive(Clone)]
pub struct Labels {
    pairs: Arc<[Pair]>,
}

impl Labels {
    /// The label set without any label.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            pairs: Arc::from([]),
        }
    }

    /// The value of label `name`, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        // Label sets are short: a scan beats a binary search.
        self.pairs
            .iter()
            .find(|(have, _)| &**have == name)
            .map(|(_, value)| &**value)
    }

    /// The metric's name, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.get(METRIC_NAME)
    }

    /// These labels with `name` set to `value`; an empty value removes the label, as Prometheus has it.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        if value.is_empty() {
            return self.without(name);
        }
        let pair: Pair = (Arc::from(name), Arc::from(value));
        let mut pairs = self.pairs.to_vec();
        match pairs.binary_search_by(|(have, _)| (**have).cmp(name)) {
            Ok(at) => pairs[at] = pair,
            Err(at) => pairs.insert(at, pair),
        }
        Self {
            pairs: pairs.into(),
        }
    }

    /// These labels without `name`.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        if self.get(name).is_none() {
            return self.clone();
        }
        self.filtered(|have| have != name)
    }

    /// The pairs in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (&**name, &**value))
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no label at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The labels whose name `keep` accepts.
    pub(crate) fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self {
            pairs: self
                .pairs
                .iter()
                .filter(|(name, _)| keep(name))
                .cloned()
                .collect(),
        }
    }

    /// These labels without the metric's name, type and unit.
    pub(crate) fn without_metadata(&self) -> Self {
        if METADATA.iter().all(|name| self.get(name).is_none()) {
            return self.clone();
        }
        self.filtered(|name| !METADATA.contains(&name))
    }

    /// Whether both are clones of one set: cheaper than equality, and what plans are keyed by.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pairs, &other.pairs)
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self::empty()
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.pairs == other.pairs
    }
}

impl Eq for Labels {}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Labels {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self.same(other) {
            return std::cmp::Ordering::Equal;
        }
        self.pairs.cmp(&other.pairs)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Labels {
    /// Collects pairs in any order; of two with one name the later wins, empty values are left out.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let sorted: std::collections::BTreeMap<String, String> = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            pairs: sorted
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (Arc::from(name), Arc::from(value)))
                .collect(),
        }
    }
}

impl fmt::Display for Labels {
    /// As Prometheus writes a label set: `{a="b", c="d"}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (at, (name, value)) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value:?}")?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    #[test]
    fn pairs_are_sorted_and_empty_values_left_out() {
        let set = labels(&[("b", "2"), ("a", "1"), ("c", "")]);
        assert_eq!(set.to_string(), r#"{a="1", b="2"}"#);
        assert_eq!(set, labels(&[("a", "1"), ("b", "2")]));
    }

    #[test]
    fn setting_an_empty_value_removes_the_label() {
        let set = labels(&[("a", "1"), ("b", "2")]);
        assert_eq!(set.with("a", ""), labels(&[("b", "2")]));
        assert_eq!(set.with("ab", "x").to_string(), r#"{a="1", ab="x", b="2"}"#);
        assert!(set.without("zz").same(&set));
    }

    #[test]
    fn metadata_goes_with_the_name() {
        let set = labels(&[(METRIC_NAME, "up"), ("__type__", "gauge"), ("job", "x")]);
        assert_eq!(set.without_metadata(), labels(&[("job", "x")]));
    }
}
