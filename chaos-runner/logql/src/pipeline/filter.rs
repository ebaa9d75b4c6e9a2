//! Filters of lines and of labels.

use super::ip::Addresses;
use super::labels::LineLabels;
use super::pattern::Pattern;
use crate::units;
use promql::Matcher;
use regex::Regex;

/// `|= "text"` and its kin. A line passes when any of what is looked for is in it, or none for the negated forms.
#[derive(Clone, Debug)]
pub(crate) struct LineFilter {
    pub(crate) negated: bool,
    pub(crate) looks: Vec<Look>,
}

/// What a line filter looks for.
#[derive(Clone, Debug)]
pub(crate) enum Look {
    Text(String),
    Regex(Regex),
    Pattern(Pattern),
    Ip(Addresses),
}

impl LineFilter {
    pub(super) fn passes(&self, line: &str) -> bool {
        let found = self.looks.iter().any(|look| match look {
            Look::Text(text) => line.contains(text.as_str()),
            Look::Regex(regex) => regex.is_match(line),
            Look::Pattern(pattern) => pattern.matches(line),
            Look::Ip(addresses) => addresses.are_in(line),
        });
        found != self.negated
    }
}

/// Which lines go on, by their labels.
#[derive(Clone, Debug)]
pub(crate) enum LabelFilter {
    /// `level="error"`: a label that is not there counts as empty.
    Matches(Matcher),
    /// `status>=500`: a label that is not there does not pass.
    Compares {
        name: String,
        operator: Operator,
        compared: Compared,
        value: f64,
    },
    /// `client=ip("10.0.0.0/8")`: a label that is not there does not pass.
    Ip {
        name: String,
        negated: bool,
        addresses: Addresses,
    },
    All(Vec<LabelFilter>),
    Any(Vec<LabelFilter>),
}

/// How a label is compared with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What the value of a compared label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    Number,
    /// In seconds.
    Duration,
    Bytes,
}

impl LabelFilter {
    pub(super) fn reads(&self, each: &mut dyn FnMut(&str)) {
        match self {
            LabelFilter::Matches(matcher) => each(matcher.name()),
            LabelFilter::Compares { name, .. } | LabelFilter::Ip { name, .. } => each(name),
            LabelFilter::All(filters) | LabelFilter::Any(filters) => {
                filters.iter().for_each(|filter| filter.reads(each));
            }
        }
    }

    pub(super) fn passes(&self, labels: &mut LineLabels<'_>) -> bool {
        match self {
            LabelFilter::Matches(matcher) => {
                matcher.accepts(labels.get(matcher.name()).unwrap_or_default())
            }
            // Of a line that something went wrong with, only texts are looked at: it goes on, and so does the error.
            LabelFilter::Compares { .. } | LabelFilter::Ip { .. } if labels.error().is_some() => {
                true
            }
            LabelFilter::Compares {
                name,
                operator,
                compared,
                value,
            } => {
                let Some(text) = labels.get(name) else {
                    return false;
                };
                match compared.read(text) {
                    Some(found) => operator.holds(found, *value),
                    None => {
                        let details = format!("{text:?} is no {}", compared.name());
                        labels.fail("LabelFilterErr", &details);
                        true
                    }
                }
            }
            LabelFilter::Ip {
                name,
                negated,
                addresses,
            } => labels
                .get(name)
                .is_some_and(|text| addresses.are_in(text) != *negated),
            LabelFilter::All(filters) => filters.iter().all(|filter| filter.passes(labels)),
            LabelFilter::Any(filters) => filters.iter().any(|filter| filter.passes(labels)),
        }
    }
}

impl Compared {
    fn read(self, text: &str) -> Option<f64> {
        match self {
            Compared::Number => units::float(text),
            Compared::Duration => units::go_duration_seconds(text),
            Compared::Bytes => units::bytes(text),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Compared::Number => "number",
            Compared::Duration => "duration",
            Compared::Bytes => "size in bytes",
        }
    }
}

impl Operator {
    #[expect(clippy::float_cmp, reason = "LogQL compares floats exactly")]
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Operator::Equal => left == right,
            Operator::NotEqual => left != right,
            Operator::Greater => left > right,
            Operator::GreaterOrEqual => left >= right,
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
        }
    }
}
