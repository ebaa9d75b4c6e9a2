//! Templates as Grafana expands them: the same language, with other data. Where a template fails, it stays as it was written.

mod functions;

use super::exec::{Scene, execute_in};
use super::value::{GRAFANA_VALUE, Val};
use super::{Template, TemplateData, TemplateError, go_format, labels_map, parse};
use promql::{Labels, TimeMs};
use std::collections::BTreeMap;

/// The variables that Grafana declares before every template.
const DECLARED: &[&str] = &["labels", "values", "value"];

/// What a template can see.
pub struct GrafanaData<'a> {
    /// The rule's title, for messages.
    pub title: &'a str,
    /// The labels of the alert, those of the rule itself aside.
    pub labels: &'a Labels,
    /// The numbers of each query and expression, with their labels.
    pub values: &'a BTreeMap<String, (Labels, f64)>,
    /// All of them in words.
    pub value: &'a str,
    /// The moment of the evaluation.
    pub at_ms: TimeMs,
}

impl Template {
    /// Parses a template of Grafana's.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse_grafana(text: &str) -> Result<Self, TemplateError> {
        let parsed = match text.contains("{{") {
            true => Some(parse::parse(text, DECLARED, &functions::NAMES)?),
            false => None,
        };
        Ok(Template {
            text: text.to_owned(),
            parsed,
        })
    }

    /// The text with every action replaced by what it gives; where that fails, the text as it was written.
    #[must_use]
    pub fn expand_grafana(&self, data: &GrafanaData<'_>) -> String {
        let Some(parsed) = &self.parsed else {
            return self.text.clone();
        };
        // `query` is there and gives nothing.
        let query = |_: &str| Ok(Vec::new());
        let calls = TemplateData {
            alert: data.title,
            labels: data.labels,
            value: f64::NAN,
            external_labels: &Labels::empty(),
            external_url: "",
            at_ms: data.at_ms,
            query: &query,
        };
        match execute_in(parsed, &calls, data.scene()) {
            // Some receivers take the angle brackets for HTML.
            Ok(text) => text.replace("<no value>", "[no value]"),
            Err(_) => self.text.clone(),
        }
    }
}

impl GrafanaData<'_> {
    fn scene(&self) -> Scene {
        let labels = Val::Labels(labels_map(self.labels));
        let values = self.values.iter().map(|(name, (labels, value))| {
            let fields = [
                ("Labels", Val::Labels(labels_map(labels))),
                ("Value", Val::Float(*value)),
            ];
            let fields = fields.map(|(name, value)| (name.to_owned(), value));
            (name.clone(), Val::Struct(GRAFANA_VALUE, fields.into()))
        });
        let values = Val::Map(values.collect());
        let value = Val::Str(self.value.to_owned());
        let named = [("Labels", labels), ("Values", values), ("Value", value)];
        let fields = named.clone().map(|(name, value)| (name.to_owned(), value));
        let variables = named.map(|(name, value)| (name.to_lowercase(), value));
        Scene {
            root: Val::Struct("template.Data", fields.into()),
            variables: variables.into(),
            missing: Val::Nil,
            functions: functions::call,
        }
    }
}

/// A number as Go's `%v` writes it.
#[must_use]
pub fn shortest(value: f64) -> String {
    go_format::general(value, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Grafana's `state/template/template_test.go` and its documentation of templates in labels and annotations.
    #[test]
    fn templates_are_expanded_as_grafana_does() {
        let labels: Labels = [("instance", "api-1"), ("job", "api")]
            .into_iter()
            .collect();
        let values = [
            ("A", 1.1),
            ("B", 1_000_000.0),
            ("C", 0.000_001),
            ("N", f64::NAN),
        ];
        let values: BTreeMap<String, (Labels, f64)> = values
            .map(|(name, value)| (name.to_owned(), (labels.clone(), value)))
            .into();
        let data = GrafanaData {
            title: "title",
            labels: &labels,
            values: &values,
            value: "[ var='A' labels={} value=1.1 ]",
            at_ms: 0,
        };
        let table = [
            ("{{ $labels.instance }} is down", "api-1 is down"),
            ("{{ .Labels.instance }}", "api-1"),
            ("{{ $labels.missing }}", "[no value]"),
            ("{{ $values.A }}", "1.1"),
            ("{{ $values.A.Value }}", "1.1"),
            ("{{ $values.A.Labels.job }}", "api"),
            ("{{ $values.B }}", "1000000"),
            ("{{ $values.B.Value }}", "1e+06"),
            ("{{ $values.C }}", "0.000001"),
            ("{{ $values.N }}", "NaN"),
            (
                "{{ $values.Z }} {{ $values.Z.Value }}",
                "[no value] [no value]",
            ),
            ("{{ $value }}", "[ var='A' labels={} value=1.1 ]"),
            ("{{ printf \"%.2f\" $values.A.Value }}", "1.10"),
            ("{{ humanize $values.B.Value }}", "1M"),
            (
                "{{ if gt $values.A.Value 1.0 }}high{{ else }}low{{ end }}",
                "high",
            ),
            ("{{ index $values \"A\" }}", "1.1"),
            ("{{ len $labels }}", "2"),
            // `Labels.String`.
            ("{{ $labels }}", "instance=api-1, job=api"),
            (
                "{{ printf \"%v\" $values.A.Labels }}",
                "instance=api-1, job=api",
            ),
            (
                "{{ range $name, $text := $labels }}{{ $name }};{{ end }}",
                "instance;job;",
            ),
            (
                "{{ humanize $labels.instance }}",
                "{{ humanize $labels.instance }}",
            ),
        ];
        for (text, expected) in table {
            let template = Template::parse_grafana(text);
            let expanded = template.map(|template| template.expand_grafana(&data));
            assert_eq!(expanded.as_deref(), Ok(expected), "{text}");
        }
        assert!(Template::parse_grafana("{{ $externalURL }}").is_err());
        // Prometheus has none of these functions.
        assert!(Template::parse("{{ removeLabels $labels \"job\" }}").is_err());
    }
}
