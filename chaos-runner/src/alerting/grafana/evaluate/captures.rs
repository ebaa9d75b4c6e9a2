//! The numbers that belong to an alert, for its templates: those of every node whose labels are the alert's, or some of them, or
//! more than them. Follows Grafana's `eval/captures.go` and `eval/extract_md.go`.

use crate::alerting::grafana::expressions::classic::Match;
use crate::alerting::grafana::expressions::value::{Cell, Value, contains};
use crate::alerting::template::grafana::shortest;
use promql::Labels;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The numbers of an evaluation. Which of them belong to an alert is worked out once somebody is told of it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::alerting::grafana) enum Captures {
    /// There are none.
    None,
    /// What nodes gave, by their names.
    Nodes(Arc<BTreeMap<String, Vec<Value>>>),
    /// Those that classic conditions met, and the name of their node.
    Matches(Arc<(String, Vec<Match>)>),
}

/// `$values` and `$value`.
pub(in crate::alerting::grafana) type Words = (BTreeMap<String, (Labels, f64)>, String);

impl Captures {
    /// What classic conditions met.
    pub(super) fn of_matches(ref_id: &str, matches: &[Match]) -> Self {
        Captures::Matches(Arc::new((ref_id.to_owned(), matches.to_vec())))
    }

    /// Those that belong to an alert with these labels.
    pub(in crate::alerting::grafana) fn matching(&self, labels: &Labels) -> Words {
        let mut values = BTreeMap::new();
        let mut texts = Vec::new();
        let number = |cell: Cell| cell.unwrap_or(f64::NAN);
        match self {
            Captures::None => {}
            Captures::Nodes(nodes) => {
                for (name, given) in nodes.iter() {
                    let own = numbers(given);
                    let equal = own.iter().find(|(have, _)| have == labels);
                    let related = |(have, _): &&(Labels, Cell)| {
                        contains(labels, have) || contains(have, labels)
                    };
                    let matching: Vec<_> = match equal {
                        Some(equal) => vec![equal],
                        None => own.iter().filter(related).collect(),
                    };
                    for (have, cell) in matching {
                        values.insert(name.clone(), (have.clone(), number(*cell)));
                        texts.push(text(name, None, have, *cell));
                    }
                }
            }
            Captures::Matches(met) => {
                let (ref_id, matches) = &**met;
                for (at, met) in matches.iter().enumerate() {
                    let name = format!("{ref_id}{at}");
                    texts.push(text(&name, Some(&met.metric), &met.labels, met.value));
                    values.insert(name, (met.labels.clone(), number(met.value)));
                }
            }
        }
        (values, texts.join(", "))
    }
}

/// The numbers among some values, in the order of their labels.
fn numbers(values: &[Value]) -> Vec<(Labels, Cell)> {
    let numbers = values.iter().filter_map(|value| match value {
        Value::Scalar(cell) => Some((Labels::empty(), *cell)),
        Value::Number(labels, cell) => Some((labels.clone(), *cell)),
        Value::NoData | Value::Series(..) => None,
    });
    let mut numbers: Vec<(Labels, Cell)> = numbers.collect();
    numbers.sort_by(|a, b| a.0.cmp(&b.0));
    numbers
}

fn text(name: &str, metric: Option<&str>, labels: &Labels, cell: Cell) -> String {
    let mut text = format!("[ var='{name}' ");
    if let Some(metric) = metric {
        let _ = write!(text, "metric='{metric}' ");
    }
    let value = cell.map_or_else(|| "null".to_owned(), shortest);
    let _ = write!(text, "labels={{{}}} value={value} ]", written(labels));
    text
}

/// Labels as Grafana writes them: `a=b, c=d`.
pub(super) fn written(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(n, v)| format!("{n}={v}")).collect();
    pairs.join(", ")
}
