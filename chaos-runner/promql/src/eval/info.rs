//! `info()`: adds the labels of info metrics (`target_info` and the like) to the series of a vector, matched by the labels
//! that identify a target.

use std::collections::BTreeMap;

use super::{Evaluated, Evaluator, Item};
use crate::ast::{Edges, Kind, Length, Node, Selector, Shift};
use crate::error::EvalError;
use crate::labels::{Labels, METRIC_NAME};
use crate::matcher::{MatchOp, Matcher};
use crate::store::TimeMs;

const TARGET_INFO: &str = "target_info";

/// The labels that say which target a series is of.
const IDENTIFYING: [&str; 2] = ["instance", "job"];

/// What the second argument asks for.
struct Wanted {
    /// Which info metrics.
    names: Vec<Matcher>,
    /// Which of their labels, and of what values; none means all.
    data: Vec<Matcher>,
}

impl Wanted {
    fn of(selector: Option<&Selector>) -> Evaluated<Self> {
        let conditions = selector.map_or(&[][..], |selector| &selector.matchers);
        let (mut names, data): (Vec<Matcher>, Vec<Matcher>) = conditions
            .iter()
            .cloned()
            .partition(|matcher| matcher.name() == METRIC_NAME);
        let positive = |m: &Matcher| matches!(m.op(), MatchOp::Equal | MatchOp::Matches);
        // Conditions that only exclude names leave all that look like info metrics.
        let default = if names.is_empty() {
            Some((MatchOp::Equal, TARGET_INFO))
        } else if names.iter().any(positive) {
            None
        } else {
            Some((MatchOp::Matches, ".+_info"))
        };
        if let Some((op, value)) = default {
            let matcher = Matcher::new(METRIC_NAME, op, value);
            names.push(matcher.map_err(|error| EvalError::InvalidArgument(error.to_string()))?);
        }
        Ok(Self { names, data })
    }

    fn is_info(&self, labels: &Labels) -> bool {
        self.names.iter().all(|matcher| matcher.matches(labels))
    }

    fn wants_label(&self, name: &str) -> bool {
        self.data.is_empty() || self.data.iter().any(|matcher| matcher.name() == name)
    }
}

impl Evaluator<'_> {
    pub(super) fn info(&mut self, id: usize, args: &[Node], at: TimeMs) -> Evaluated<Vec<Item>> {
        let base = self.vector_arg(args, 0, at)?;
        let selector = match args.get(1).map(|arg| &arg.unwrapped().kind) {
            Some(Kind::Selector(selector)) => Some(&**selector),
            _ => None,
        };
        let wanted = Wanted::of(selector)?;
        let moment = match args.first() {
            Some(arg) => self.moment_of(arg, at)?.unwrap_or(at),
            None => at,
        };
        let mut enrichable = base.iter().filter(|item| !wanted.is_info(&item.labels));
        let identified = enrichable.any(|item| {
            let has = |name: &&str| item.labels.get(name).is_some();
            IDENTIFYING.iter().any(has)
        });
        let infos = if identified {
            self.info_series(id, &wanted, moment)?
        } else {
            BTreeMap::new()
        };
        let mut items = Vec::with_capacity(base.len());
        for item in base {
            if wanted.is_info(&item.labels) {
                items.push(item);
            } else if let Some(labels) = enriched(&item.labels, &infos, &wanted)? {
                items.push(Item { labels, ..item });
            }
        }
        Ok(items)
    }

    /// The moment at which the first selector below a node is read: info metrics are read there too.
    fn moment_of(&mut self, node: &Node, at: TimeMs) -> Evaluated<Option<TimeMs>> {
        match &node.kind {
            Kind::Selector(selector) | Kind::Range(selector, _) => {
                self.shifted(&selector.shift, at).map(Some)
            }
            Kind::Subquery(subquery) => {
                let moment = self.shifted(&subquery.shift, at)?;
                self.moment_of(&subquery.inner, moment)
            }
            _ => {
                for child in node.children() {
                    if let Some(moment) = self.moment_of(child, at)? {
                        return Ok(Some(moment));
                    }
                }
                Ok(None)
            }
        }
    }

    /// The current info series by metric name and identity; of two, the one sampled last.
    fn info_series(
        &mut self,
        id: usize,
        wanted: &Wanted,
        moment: TimeMs,
    ) -> Evaluated<BTreeMap<(String, Labels), Labels>> {
        let matchers = wanted.names.iter().chain(&wanted.data).cloned().collect();
        let selector = Selector {
            name: None,
            matchers,
            shift: Shift {
                at: None,
                offset: Length::Ms(0),
            },
            edges: Edges::Plain,
        };
        let sampled = self.select_with(id, &selector, moment, |point| point.time_ms as f64)?;
        let mut newest: BTreeMap<(String, Labels), Item> = BTreeMap::new();
        for item in sampled {
            let name = item.labels.name().unwrap_or_default().to_owned();
            let key = (name, identity(&item.labels));
            match newest.get(&key) {
                Some(other) if other.value == item.value => {
                    return Err(EvalError::Matching(format!(
                        "found duplicate series for info metric: existing {} @ {}, new {} @ {}",
                        other.labels, other.value, item.labels, item.value
                    )));
                }
                Some(other) if other.value > item.value => {}
                _ => {
                    newest.insert(key, item);
                }
            }
        }
        Ok(newest
            .into_iter()
            .map(|(key, item)| (key, item.labels))
            .collect())
    }
}

fn identity(labels: &Labels) -> Labels {
    labels.filtered(|name| IDENTIFYING.contains(&name))
}

/// A series' labels with those of its info series; `None` where a wanted label is missing.
fn enriched(
    base: &Labels,
    infos: &BTreeMap<(String, Labels), Labels>,
    wanted: &Wanted,
) -> Evaluated<Option<Labels>> {
    let identity = identity(base);
    let mut added: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = false;
    for ((_, own), labels) in infos {
        if *own != identity || identity.is_empty() {
            continue;
        }
        found = true;
        for (name, value) in labels.iter() {
            if name == METRIC_NAME || !wanted.wants_label(name) {
                continue;
            }
            if added.get(name).is_some_and(|other| *other != value) {
                return Err(EvalError::Matching(format!("conflicting label: {name}")));
            }
            if base.get(name).is_none() {
                added.insert(name, value);
            }
        }
    }
    if !found && !wanted.data.iter().all(|matcher| matcher.accepts("")) {
        return Ok(None);
    }
    let labels = added.iter().fold(base.clone(), |labels, (name, value)| {
        labels.with(name, value)
    });
    Ok(Some(labels))
}
