//! Prometheus rule files: groups of alerting and recording rules, with everything that is wrong in a file told at once and where
//! it stands. What the words mean is decided here; what form they have, by the types of `form`.

pub(super) mod form;

use super::duration::parse_duration;
use super::place;
use super::{AlertingRule, Expression, RecordingRule, Rule, RuleGroup};
use crate::alerting::sources::Language;
use crate::alerting::template::Template;
use fake_factory::input::{Diagnostic, Diagnostics, Located, Source, Span, read_foreign};
use form::{FileForm, GroupForm, RuleForm};
use promql::METRIC_NAME;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Reads a rule file.
///
/// # Errors
/// Everything that is wrong with it: what Prometheus would refuse, in its form and in its sense.
pub fn parse_rule_file(source: &Source) -> Result<Vec<RuleGroup>, Diagnostics> {
    let reading = read_foreign::<FileForm>(source);
    let groups = reading.value.unwrap_or_default().groups.unwrap_or_default();
    check_groups(source, Language::Promql, &groups, reading.diagnostics)
}

/// Makes sense of the groups of a file whose expressions are in `language`. `diagnostics` is what is wrong with its form.
pub(super) fn check_groups(
    source: &Source,
    language: Language,
    groups: &[GroupForm],
    diagnostics: Vec<Diagnostic>,
) -> Result<Vec<RuleGroup>, Diagnostics> {
    let mut checker = Checker {
        source,
        language,
        diagnostics: Diagnostics::new(),
    };
    checker.diagnostics.extend(diagnostics);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut sound = Vec::new();
    for group in groups {
        if group.name.is_empty() {
            checker.wrong(group.name.span, "a group's name may not be empty");
        } else if !names.insert(&group.name) {
            let message = format!("the group name `{}` is used twice", group.name);
            checker.wrong(group.name.span, &message);
        }
        sound.push(checker.group(group));
    }
    checker.diagnostics.or(sound)
}

struct Checker<'s> {
    source: &'s Source,
    language: Language,
    diagnostics: Diagnostics,
}

impl Checker<'_> {
    fn wrong(&mut self, span: Option<Span>, message: &str) {
        self.diagnostics
            .push(Diagnostic::at(self.source, span, message));
    }

    fn group(&mut self, form: &GroupForm) -> RuleGroup {
        let interval = self.duration(form.interval.as_ref());
        let limit = form.limit.as_ref().map_or(0, |limit| limit.value);
        for name in form.labels.iter().flat_map(|labels| labels.0.keys()) {
            self.label_name(name);
        }
        RuleGroup {
            name: form.name.value.clone(),
            file: self.source.path().to_owned(),
            // As in Prometheus, an interval of zero is none.
            interval: interval.filter(|interval| !interval.is_zero()),
            query_offset: self.optional_duration(form.query_offset.as_ref()),
            // As in Prometheus, a negative limit is none.
            limit: usize::try_from(limit).unwrap_or(0),
            rules: form
                .rules
                .iter()
                .flatten()
                .filter_map(|rule| self.rule(rule, form))
                .collect(),
        }
    }

    fn optional_duration(&mut self, text: Option<&Located<String>>) -> Duration {
        self.duration(text).unwrap_or_default()
    }

    fn duration(&mut self, text: Option<&Located<String>>) -> Option<Duration> {
        let text = text?;
        match parse_duration(text) {
            Ok(duration) => Some(duration),
            Err(error) => {
                self.wrong(text.span, &error.to_string());
                None
            }
        }
    }

    fn rule(&mut self, rule: &Located<RuleForm>, group: &GroupForm) -> Option<Rule> {
        let expr = self.expression(rule);
        // As in Prometheus, a name that is empty is none, where the rule has another.
        let (mut alert, mut record) = (rule.alert.as_ref(), rule.record.as_ref());
        if alert.is_some() && record.is_some() {
            alert = alert.filter(|name| !name.is_empty());
            record = record.filter(|name| !name.is_empty());
        }
        match (alert, record) {
            (Some(alert), None) => self.alerting(rule, alert, expr, group),
            (None, Some(record)) => self.recording(rule, record, expr, group),
            (Some(_), Some(record)) => {
                let message = "a rule has either `alert` or `record`, not both";
                self.wrong(record.span, message);
                None
            }
            (None, None) => {
                let message = "a rule needs `alert` (raise alerts) or `record` (write a series)";
                self.wrong(heading(rule), message);
                None
            }
        }
    }

    fn expression(&mut self, rule: &Located<RuleForm>) -> Option<Expression> {
        let Some(expr) = &rule.expr else {
            self.wrong(heading(rule), "the rule has no `expr`");
            return None;
        };
        match self.language.compile(expr) {
            Ok(query) => Some(Expression {
                text: expr.value.clone(),
                query,
                span: expr.span,
            }),
            Err(error) => {
                let span = self.place_in(expr, error.offset);
                self.wrong(span, &error.to_string());
                None
            }
        }
    }

    /// The place of the word at a byte of a text.
    fn place_in(&self, text: &Located<String>, offset: Option<usize>) -> Option<Span> {
        match offset {
            None => text.span,
            Some(offset) => place::word_at(self.source, text.span, text, offset),
        }
    }

    fn alerting(
        &mut self,
        rule: &RuleForm,
        alert: &Located<String>,
        expr: Option<Expression>,
        group: &GroupForm,
    ) -> Option<Rule> {
        if alert.is_empty() {
            self.wrong(alert.span, "an alert's name may not be empty");
        }
        let mut labels = Vec::new();
        for name in rule.labels.iter().flat_map(|labels| labels.0.keys()) {
            self.label_name(name);
        }
        for (name, text) in merged_labels(group, rule) {
            labels.extend(self.template(name, text));
        }
        let mut annotations = Vec::new();
        for (name, text) in rule.annotations.iter().flat_map(|texts| &texts.value.0) {
            if name.is_empty() {
                self.wrong(name.span, "an annotation's name may not be empty");
            }
            annotations.extend(self.template(name, text));
        }
        let hold = self.optional_duration(rule.hold.as_ref());
        let keep_firing_for = self.optional_duration(rule.keep_firing_for.as_ref());
        Some(Rule::Alerting(AlertingRule {
            alert: alert.value.clone(),
            span: alert.span,
            hold_span: rule.hold.as_ref().and_then(|hold| hold.span),
            expr: expr?,
            hold,
            keep_firing_for,
            labels,
            annotations,
        }))
    }

    fn template(
        &mut self,
        name: &Located<String>,
        text: &Located<String>,
    ) -> Option<(String, Template)> {
        match Template::parse(text) {
            Ok(template) => Some((name.value.clone(), template)),
            Err(error) => {
                let span = self.place_in(text, Some(error.offset));
                self.wrong(span, &format!("invalid template: {}", error.message));
                None
            }
        }
    }

    fn recording(
        &mut self,
        rule: &RuleForm,
        record: &Located<String>,
        expr: Option<Expression>,
        group: &GroupForm,
    ) -> Option<Rule> {
        if record.is_empty() {
            self.wrong(record.span, "the name of a series may not be empty");
        } else if record.contains(['{', '}']) {
            // Any other text is a name since Prometheus 3.
            let message =
                format!("braces in the name of a series: `{record}` looks like an expression");
            self.wrong(record.span, &message);
        }
        // As in Prometheus, what is zero or empty is not there.
        let mut lasting = |text: &Option<Located<String>>| {
            let zero = self.duration(text.as_ref()).is_some_and(|d| d.is_zero());
            text.as_ref().filter(|_| !zero).map(|text| text.span)
        };
        let hold = lasting(&rule.hold);
        let keep = lasting(&rule.keep_firing_for);
        let annotations = rule.annotations.as_ref();
        let annotations = annotations.filter(|texts| !texts.value.0.is_empty());
        let annotations = annotations.map(|texts| texts.span);
        for (field, span) in [
            ("for", hold),
            ("keep_firing_for", keep),
            ("annotations", annotations),
        ] {
            if let Some(span) = span {
                self.wrong(span, &format!("a recording rule has no `{field}`"));
            }
        }
        let mut labels = Vec::new();
        for name in rule.labels.iter().flat_map(|labels| labels.0.keys()) {
            self.label_name(name);
        }
        for (name, value) in merged_labels(group, rule) {
            labels.push((name.value.clone(), value.value.clone()));
        }
        Some(Rule::Recording(RecordingRule {
            record: record.value.clone(),
            span: record.span,
            expr: expr?,
            labels,
        }))
    }

    fn label_name(&mut self, name: &Located<String>) {
        if name.value == METRIC_NAME {
            self.wrong(name.span, "a rule's labels may not set `__name__`");
        } else if name.is_empty() {
            self.wrong(name.span, "a label's name may not be empty");
        }
    }
}

/// The group's labels with the rule's over them.
fn merged_labels<'f>(
    group: &'f GroupForm,
    rule: &'f RuleForm,
) -> BTreeMap<&'f Located<String>, &'f Located<String>> {
    let mut labels = BTreeMap::new();
    for (name, value) in group
        .labels
        .iter()
        .chain(&rule.labels)
        .flat_map(|labels| &labels.0)
    {
        labels.insert(name, value);
    }
    labels
}

/// What of a rule is pointed at when something is missing from it.
fn heading(rule: &Located<RuleForm>) -> Option<Span> {
    let name = rule.alert.as_ref().or(rule.record.as_ref());
    name.map_or(rule.span, |name| name.span)
}

#[cfg(test)]
mod tests;
