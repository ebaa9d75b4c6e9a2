//! The templates of labels and annotations, as Prometheus expands them: Go's template language with Prometheus' functions.
//! Mistakes that can be seen without data are found when a template is parsed; what goes wrong later stands in the text.

mod bounds;
mod call;
mod exec;
mod functions;
mod go_format;
pub mod grafana;
mod humanize;
mod lex;
mod parse;
mod printf;
mod text;
mod time;
mod value;

use promql::{Labels, TimeMs};
use std::collections::BTreeMap;

/// What Prometheus puts before every template: it counts in the columns of its messages.
const DEFINITIONS: &str = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}\
     {{$externalURL := .ExternalURL}}{{$value := .Value}}";

/// A parsed template.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    /// None where the text has no action: it then expands to itself.
    parsed: Option<parse::Parsed>,
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse template: {message}")]
pub struct TemplateError {
    /// What is wrong, in Go's words where it has some.
    pub message: String,
    /// Where, as a byte offset into the text.
    pub offset: usize,
}

/// What a template can see.
pub struct TemplateData<'a> {
    /// The alert's name, for messages.
    pub alert: &'a str,
    /// The labels of the series.
    pub labels: &'a Labels,
    /// Its value.
    pub value: f64,
    /// The labels that the server adds to everything it sends.
    pub external_labels: &'a Labels,
    /// Where the server is found.
    pub external_url: &'a str,
    /// The moment of the evaluation.
    pub at_ms: TimeMs,
    /// Answers `query`: the series and their values, or what went wrong.
    pub query: &'a QueryFunction<'a>,
}

/// Evaluates an expression at the moment of the evaluation.
pub type QueryFunction<'a> = dyn Fn(&str) -> Result<Vec<(Labels, f64)>, String> + 'a;

impl Template {
    /// Parses `text`.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let parsed = match text.contains("{{") {
            true => Some(parse::parse(text, parse::DECLARED, &[])?),
            false => None,
        };
        Ok(Template {
            text: text.to_owned(),
            parsed,
        })
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it expands to itself, whatever it is given.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.parsed.is_none()
    }

    /// The text with every action replaced by what it gives; where that fails, a text that says so, as Prometheus has it.
    #[must_use]
    pub fn expand(&self, data: &TemplateData<'_>) -> String {
        let Some(parsed) = &self.parsed else {
            return self.text.clone();
        };
        exec::execute(parsed, data).unwrap_or_else(|failure| {
            let name = format!("__alert_{}", data.alert);
            let (line, column) = self.place(failure.offset);
            format!(
                "<error expanding template: error executing template {name}: template: {name}:{line}:{column}: \
                 executing \"{name}\" at <{}>: {}>",
                failure.at, failure.message
            )
        })
    }

    /// Line from 1 and column from 0, counted as Go does with the definitions in front.
    fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = match before.rfind('\n') {
            Some(newline) => before.len() - newline - 1,
            None => DEFINITIONS.len() + before.len(),
        };
        (line, column)
    }
}

fn labels_map(labels: &Labels) -> BTreeMap<String, value::Val> {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value::Val::Str(value.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests;
