//! One generated case: rules and series as promtool reads them. It knows the two files' form, not what they mean.

use serde_json::{Value as Json, json};

/// A rule, as text.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// `record` or `alert`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) expr: String,
    /// `for` and `keep_firing_for` of alerts, in seconds.
    pub(crate) hold_s: u32,
    pub(crate) keep_s: u32,
    pub(crate) labels: Vec<(String, String)>,
}

/// Rules that are evaluated in order.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) limit: usize,
    pub(crate) rules: Vec<Rule>,
}

/// A series: its name with labels, and a word for each sample.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// Rules, series, and when they are evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) number: u64,
    pub(crate) evaluation_s: u32,
    pub(crate) steps: u32,
    pub(crate) interval_ms: u32,
    pub(crate) groups: Vec<Group>,
    pub(crate) series: Vec<Series>,
}

/// What every series of interest is called.
pub(crate) const OBSERVED: &str = r#"{__name__=~"ALERTS|ALERTS_FOR_STATE|rec_.+"}"#;

impl Case {
    /// The rule file. JSON is YAML.
    pub(crate) fn rule_file(&self) -> String {
        let groups: Vec<Json> = self.groups.iter().map(group).collect();
        format!("{:#}\n", json!({ "groups": groups }))
    }

    /// The test file: what is observed at each step is held against something impossible, so that promtool tells it.
    pub(crate) fn test_file(&self) -> String {
        let series: Vec<Json> = self
            .series
            .iter()
            .map(|series| json!({ "series": series.name, "values": series.values.join(" ") }))
            .collect();
        let steps: Vec<Json> = (0..self.steps)
            .map(|step| {
                json!({
                    "expr": OBSERVED,
                    "eval_time": format!("{}s", step * self.evaluation_s),
                    "exp_samples": [{ "labels": "never", "value": 1 }],
                })
            })
            .collect();
        let order: Vec<&str> = self
            .groups
            .iter()
            .map(|group| group.name.as_str())
            .collect();
        let test = json!({
            "rule_files": [format!("{}.rules.json", self.number)],
            "evaluation_interval": format!("{}s", self.evaluation_s),
            "group_eval_order": order,
            "tests": [{
                "interval": format!("{}ms", self.interval_ms),
                "input_series": series,
                "promql_expr_test": steps,
            }],
        });
        format!("{test:#}\n")
    }

    /// Every expression.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &str> {
        let rules = self.groups.iter().flat_map(|group| &group.rules);
        rules.map(|rule| rule.expr.as_str())
    }
}

fn group(group: &Group) -> Json {
    let rules: Vec<Json> = group.rules.iter().map(rule).collect();
    json!({ "name": group.name, "limit": group.limit, "rules": rules })
}

fn rule(rule: &Rule) -> Json {
    let labels: serde_json::Map<String, Json> = rule
        .labels
        .iter()
        .map(|(name, value)| (name.clone(), Json::from(value.as_str())))
        .collect();
    let mut json = json!({ rule.kind: rule.name, "expr": rule.expr, "labels": labels });
    for (word, seconds) in [("for", rule.hold_s), ("keep_firing_for", rule.keep_s)] {
        if seconds > 0 {
            json[word] = Json::from(format!("{seconds}s"));
        }
    }
    json
}
