//! The alert that is asked about: its labels with those that its rule gives to all of its alerts, and whether that rule is one of
//! Grafana's, whose alerts have a way of their own.

use crate::alerting::rules::{Rule, RuleGroup};
use crate::record::alerts::RULE_NAME_LABEL;
use fake_factory::input::{Source, suggest};
use promql::Labels;
use std::collections::{BTreeMap, BTreeSet};

/// By which labels rules of one name are told apart first, and last.
const FOLDER: &str = "grafana_folder";
const UID: &str = crate::alerting::grafana::model::RULE_UID_LABEL;

/// An alert.
pub(super) struct Alert {
    /// All of its labels that are known.
    pub(super) labels: Labels,
    /// Whether it is one of Grafana's.
    pub(super) is_grafanas: bool,
    /// What a reader should know of it.
    pub(super) notes: Vec<String>,
}

/// A rule that may be meant.
struct Candidate {
    labels: BTreeMap<String, String>,
    is_grafanas: bool,
    place: String,
}

impl Alert {
    /// The alert of some labels, completed by its rule where one of the rules is meant.
    pub(super) fn of(
        given: &[(String, String)],
        files: &[(&Source, &[RuleGroup])],
    ) -> Result<Alert, String> {
        let given: BTreeMap<String, String> = given.iter().cloned().collect();
        let Some(name) = given.get("alertname") else {
            return Ok(Alert::unknown(&given, files, Vec::new()));
        };
        let rules = || {
            let groups = files
                .iter()
                .flat_map(|(source, groups)| groups.iter().map(move |group| (*source, group)));
            groups.flat_map(|(source, group)| group.rules.iter().map(move |rule| (source, rule)))
        };
        let named = || rules().filter(|(_, rule)| rule.alerts().contains(&name.as_str()));
        let mut meant: Vec<Candidate> = named()
            .filter_map(|(source, rule)| candidate(source, rule, &given))
            .collect();
        // A series' own labels go under those of its rule: one that the rule sets is never another.
        let agrees = |one: &Candidate| one.labels.iter().all(|pair| agrees(&given, pair));
        if meant.len() > 1 && meant.iter().any(agrees) {
            meant.retain(agrees);
        }
        let mut known = BTreeSet::new();
        meant.retain(|one| known.insert((one.is_grafanas, one.labels.clone())));
        let mut notes = Vec::new();
        if meant.iter().any(|one| one.is_grafanas) && meant.iter().any(|one| !one.is_grafanas) {
            notes.push(format!(
                "`{name}` is a rule of Grafana and one of Prometheus or Loki: this is the latter's; ask with {FOLDER} for the former's"
            ));
            meant.retain(|one| !one.is_grafanas);
        }
        match meant.as_slice() {
            [] => {
                if named().next().is_none() && rules().next().is_some() {
                    let names = rules().flat_map(|(_, rule)| rule.alerts());
                    notes.push(match suggest(name, names) {
                        Some(other) => {
                            format!("no rule is called `{name}`; did you mean `{other}`?")
                        }
                        None => format!("no rule is called `{name}`"),
                    });
                } else if rules().next().is_some() {
                    notes.push(format!("no rule called `{name}` has these labels"));
                }
                Ok(Alert::unknown(&given, files, notes))
            }
            [rule] => {
                let mut labels = rule.labels.clone();
                labels.extend(given);
                Ok(Alert {
                    labels: labels.into_iter().collect(),
                    is_grafanas: rule.is_grafanas,
                    notes,
                })
            }
            several => Err(which(several)),
        }
    }

    /// One of no rule that is known: Grafana's by its labels, or where there are no other rules.
    fn unknown(
        given: &BTreeMap<String, String>,
        files: &[(&Source, &[RuleGroup])],
        notes: Vec<String>,
    ) -> Alert {
        let groups = files.iter().flat_map(|(_, groups)| *groups);
        let mut rules = groups.flat_map(|group| &group.rules).peekable();
        let only_grafanas =
            rules.peek().is_some() && rules.all(|rule| matches!(rule, Rule::Grafana(_)));
        Alert {
            labels: given.clone().into_iter().collect(),
            is_grafanas: only_grafanas || given.contains_key(FOLDER) || given.contains_key(UID),
            notes,
        }
    }
}

fn agrees(given: &BTreeMap<String, String>, (name, value): (&String, &String)) -> bool {
    given.get(name).is_none_or(|own| own == value)
}

/// The rule, unless labels say that another one is meant.
fn candidate(source: &Source, rule: &Rule, given: &BTreeMap<String, String>) -> Option<Candidate> {
    let (labels, is_grafanas) = match rule {
        Rule::Recording(_) => return None,
        Rule::Alerting(rule) => {
            if given.contains_key(FOLDER) || given.contains_key(UID) {
                return None;
            }
            let fixed = rule.labels.iter();
            let fixed = fixed.filter(|(_, template)| !template.text().contains("{{"));
            let fixed = fixed.map(|(name, text)| (name.clone(), text.text().to_owned()));
            let labels = fixed.chain([("alertname".to_owned(), rule.alert.clone())]);
            (labels.collect(), false)
        }
        Rule::Grafana(rule) => {
            let mut reserved = rule.reserved_labels();
            let mut labels = rule.constant_labels();
            if given.get("alertname") != Some(&rule.title) {
                // Its alert for no data or errors names the rule beside.
                for labels in [&mut reserved, &mut labels] {
                    labels.extend(given.get_key_value("alertname").map(owned));
                    labels.insert(RULE_NAME_LABEL.to_owned(), rule.title.clone());
                }
            }
            if !reserved.iter().all(|pair| agrees(given, pair)) {
                return None;
            }
            (labels, true)
        }
    };
    let line = rule.span().map(|span| source.line_and_column(span.start));
    let line = line.map(|(line, column)| format!(":{line}:{column}"));
    Some(Candidate {
        labels,
        is_grafanas,
        place: format!("{}{}", source.path(), line.unwrap_or_default()),
    })
}

fn owned((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

/// Asks which of the rules is meant, by a label in which all of them differ; else by every label in which some do.
fn which(rules: &[Candidate]) -> String {
    let names: BTreeSet<&str> = rules
        .iter()
        .flat_map(|rule| rule.labels.keys())
        .map(String::as_str)
        .collect();
    let values = |name: &str| -> BTreeSet<Option<&String>> {
        rules.iter().map(|rule| rule.labels.get(name)).collect()
    };
    let tells = |name: &&str| {
        let values = values(name);
        values.len() == rules.len() && !values.contains(&None)
    };
    let own = names.iter().filter(|name| !name.starts_with("__"));
    let mut in_order = [FOLDER].into_iter().chain(own.copied()).chain([UID]);
    let by: Vec<&str> = match in_order.find(tells) {
        Some(name) => vec![name],
        None => names
            .iter()
            .copied()
            .filter(|name| values(name).len() > 1)
            .collect(),
    };
    let told = rules.iter().map(|rule| {
        let pairs = by
            .iter()
            .filter_map(|name| rule.labels.get_key_value(*name));
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        format!("{} ({})", pairs.join(" "), rule.place)
    });
    format!(
        "error: there are {} rules of this name: say which one is meant by {}\n",
        rules.len(),
        told.collect::<Vec<_>>().join(" or ")
    )
}
