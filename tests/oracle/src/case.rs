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
    pub(crate) annotations: Vec<(String, String)>,
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
    /// How many intervals rules ask behind: our groups have a `query_offset`, and promtool, which knows none, gets its samples so
    /// much later.
    pub(crate) behind: u32,
    pub(crate) groups: Vec<Group>,
    pub(crate) series: Vec<Series>,
}

/// Who reads the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    Ours,
    Promtool,
}

/// What every series of interest is called.
pub(crate) const OBSERVED: &str = r#"{__name__=~"ALERTS|ALERTS_FOR_STATE|rec_.+"}"#;

impl Case {
    /// The rule file. JSON is YAML.
    pub(crate) fn rule_file(&self, reader: Reader) -> String {
        let mut groups: Vec<Json> = self.groups.iter().map(group).collect();
        if self.behind > 0 && reader == Reader::Ours {
            for group in &mut groups {
                group["query_offset"] = Json::from(format!("{}ms", self.behind * self.interval_ms));
            }
        }
        format!("{:#}\n", json!({ "groups": groups }))
    }

    /// The test file: what is observed at each step is held against something impossible, so that promtool tells it.
    pub(crate) fn test_file(&self, reader: Reader) -> String {
        let late = match reader {
            Reader::Ours => String::new(),
            Reader::Promtool => "_ ".repeat(self.behind as usize),
        };
        let series: Vec<Json> = self
            .series
            .iter()
            .map(|series| json!({ "series": series.name, "values": format!("{late}{}", series.values.join(" ")) }))
            .collect();
        let times = (0..self.steps).map(|step| format!("{}s", step * self.evaluation_s));
        let steps: Vec<Json> = times
            .clone()
            .map(|time| {
                json!({
                    "expr": OBSERVED,
                    "eval_time": time,
                    "exp_samples": [{ "labels": "never", "value": 1 }],
                })
            })
            .collect();
        let alerts = self.rules().filter(|rule| rule.kind == "alert");
        let alerts: Vec<Json> = alerts
            .flat_map(|alert| {
                times.clone().map(|time| {
                    json!({
                        "alertname": alert.name,
                        "eval_time": time,
                        "exp_alerts": [{ "exp_labels": { "never": "so" } }],
                    })
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
                "alert_rule_test": alerts,
            }],
        });
        format!("{test:#}\n")
    }

    /// Every expression.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &str> {
        self.rules().map(|rule| rule.expr.as_str())
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.groups.iter().flat_map(|group| &group.rules)
    }
}

fn group(group: &Group) -> Json {
    let rules: Vec<Json> = group.rules.iter().map(rule).collect();
    json!({ "name": group.name, "limit": group.limit, "rules": rules })
}

fn rule(rule: &Rule) -> Json {
    let texts = |pairs: &[(String, String)]| -> serde_json::Map<String, Json> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.clone(), Json::from(value.as_str())))
            .collect()
    };
    let mut json =
        json!({ rule.kind: rule.name, "expr": rule.expr, "labels": texts(&rule.labels) });
    if !rule.annotations.is_empty() {
        json["annotations"] = Json::Object(texts(&rule.annotations));
    }
    for (word, seconds) in [("for", rule.hold_s), ("keep_firing_for", rule.keep_s)] {
        if seconds > 0 {
            json[word] = Json::from(format!("{seconds}s"));
        }
    }
    json
}
