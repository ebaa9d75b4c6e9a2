//! The functions that Grafana adds to templates of labels and annotations, or has instead of those of Prometheus: `funcs.go` of its
//! `state/template`, and its page "Alert rule template reference".

use super::super::call::{exactly, string, url_escape};
use super::super::text::regex;
use super::super::value::Val;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Their names.
pub(super) const NAMES: [&str; 7] = [
    "filterLabels",
    "filterLabelsRe",
    "removeLabels",
    "removeLabelsRe",
    "mergeLabelValues",
    "graphLink",
    "tableLink",
];

/// Calls one of them; none where it is another's name.
pub(super) fn call(name: &str, arguments: &[Val]) -> Option<Result<Val, String>> {
    let result = match name {
        "filterLabels" | "filterLabelsRe" | "removeLabels" | "removeLabelsRe" => {
            some_labels(name, arguments)
        }
        "mergeLabelValues" => merge(arguments),
        "graphLink" => link(arguments, false),
        "tableLink" => link(arguments, true),
        _ => return None,
    };
    Some(result.map_err(|message| format!("error calling {name}: {message}")))
}

/// Those labels whose names match, or those whose names do not. A regular expression need match a part only.
fn some_labels(name: &str, arguments: &[Val]) -> Result<Val, String> {
    let [labels, wanted] = exactly(arguments.to_vec())?;
    let Val::Labels(mut labels) = labels else {
        return Err(format!(
            "wrong type for value; expected template.Labels; got {}",
            labels.type_name()
        ));
    };
    let wanted = string(&wanted)?;
    let keeps = name.starts_with("filter");
    if name.ends_with("Re") {
        let wanted = regex(wanted)?;
        labels.retain(|label, _| wanted.is_match(label) == keeps);
    } else {
        labels.retain(|label, _| (label == wanted) == keeps);
    }
    Ok(Val::Labels(labels))
}

/// The labels of all values, each with all of its texts.
fn merge(arguments: &[Val]) -> Result<Val, String> {
    let [values] = exactly(arguments.to_vec())?;
    let Val::Map(values) = values else {
        return Err(format!(
            "wrong type for value; expected map[string]template.Value; got {}",
            values.type_name()
        ));
    };
    let mut merged: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for value in values.values() {
        let Val::Struct(_, fields) = value else {
            continue;
        };
        if let Some(Val::Labels(labels)) = fields.get("Labels") {
            for (label, text) in labels {
                merged
                    .entry(label.clone())
                    .or_default()
                    .insert(text.print());
            }
        }
    }
    let joined = merged.into_iter().map(|(label, texts)| {
        let texts: Vec<String> = texts.into_iter().collect();
        (label, Val::Str(texts.join(", ")))
    });
    Ok(Val::Labels(joined.collect()))
}

/// A query as links are told it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    datasource: String,
    expr: String,
}

/// The way to a graph or a table of a query; nothing where it is none.
fn link(arguments: &[Val], is_instant: bool) -> Result<Val, String> {
    let [text] = exactly(arguments.to_vec())?;
    let Ok(query) = serde_json::from_str::<Query>(string(&text)?) else {
        return Ok(Val::Str(String::new()));
    };
    let datasource = url_escape(&query.datasource);
    let expr = url_escape(&query.expr);
    let range = !is_instant;
    Ok(Val::Str(format!(
        r#"/explore?left={{"datasource":"{datasource}","queries":[{{"datasource":"{datasource}","expr":"{expr}","instant":{is_instant},"range":{range},"refId":"A"}}],"range":{{"from":"now-1h","to":"now"}}}}"#
    )))
}

#[cfg(test)]
mod tests {
    use crate::alerting::template::Template;
    use crate::alerting::template::grafana::GrafanaData;
    use promql::Labels;
    use std::collections::BTreeMap;

    /// The functions' vectors are those of Grafana's `funcs_test.go` and `template_test.go`, and of its reference.
    #[test]
    fn the_functions_of_grafana_are_called_as_its_own() {
        let of = |pairs: &[(&str, &str)]| -> Labels { pairs.iter().copied().collect() };
        let labels = of(&[("foo", "bar"), ("bar", "baz")]);
        let values = [
            ("v1", of(&[("foo", "bar"), ("bar", "foo")])),
            ("v2", of(&[("foo", "bar"), ("bar", "baz"), ("baz", "bat")])),
        ];
        let values: BTreeMap<String, (Labels, f64)> = values
            .map(|(name, labels)| (name.to_owned(), (labels, 1.0)))
            .into();
        let data = GrafanaData {
            title: "title",
            labels: &labels,
            values: &values,
            value: "",
            at_ms: 0,
        };
        let link = |kind: &str| {
            format!(
                r#"/explore?left={{"datasource":"gdev-prometheus","queries":[{{"datasource":"gdev-prometheus","expr":"up","{kind},"refId":"A"}}],"range":{{"from":"now-1h","to":"now"}}}}"#
            )
        };
        let table = [
            (r#"{{ filterLabels $labels "foo" }}"#, "foo=bar".to_owned()),
            (
                r#"{{ filterLabelsRe $labels "f.*" }}"#,
                "foo=bar".to_owned(),
            ),
            (r#"{{ filterLabelsRe $labels "a" }}"#, "bar=baz".to_owned()),
            (r#"{{ removeLabels $labels "foo" }}"#, "bar=baz".to_owned()),
            (
                r#"{{ removeLabelsRe $labels "f.*" }}"#,
                "bar=baz".to_owned(),
            ),
            (
                r#"{{ (removeLabels .Labels "foo").bar }}"#,
                "baz".to_owned(),
            ),
            (
                r#"{{ mergeLabelValues $values }}"#,
                "bar=baz, foo, baz=bat, foo=bar".to_owned(),
            ),
            (
                r#"{{ (mergeLabelValues $values).bar }}"#,
                "baz, foo".to_owned(),
            ),
            (
                r#"{{ graphLink "{\"expr\": \"up\", \"datasource\": \"gdev-prometheus\"}" }}"#,
                link(r#"instant":false,"range":true"#),
            ),
            (
                r#"{{ tableLink "{\"expr\": \"up\", \"datasource\": \"gdev-prometheus\"}" }}"#,
                link(r#"instant":true,"range":false"#),
            ),
            (r#"{{ graphLink "up" }}"#, String::new()),
            // What fails stays as it was written.
            (
                r#"{{ filterLabelsRe $labels "(" }}"#,
                r#"{{ filterLabelsRe $labels "(" }}"#.to_owned(),
            ),
            (
                r#"{{ removeLabels "a" "b" }}"#,
                r#"{{ removeLabels "a" "b" }}"#.to_owned(),
            ),
        ];
        for (text, expected) in table {
            let expanded = Template::parse_grafana(text).map(|one| one.expand_grafana(&data));
            assert_eq!(expanded, Ok(expected), "{text}");
        }
    }
}
