//! One rule: what it does with what its nodes come to.

use super::form::{QueryForm, RecordForm, RuleForm, Word};
use super::shape::GroupFound;
use super::{Found, GrafanaOptions, command, order, query};
use crate::alerting::grafana::model::{
    Alerting, ExecErrState, GrafanaRule, NoDataState, Node, Purpose,
};
use crate::alerting::json::Json;
use crate::alerting::rules::duration::parse_duration;
use crate::alerting::template::Template;
use crate::telemetry::exposition::is_label_name;
use fake_factory::input::{Located, Span, suggest};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// After how many evaluations without its series an alert is resolved, unless a rule says.
const MISSING_EVALUATIONS: u32 = 2;
/// The data sources that are none: expressions stand there.
const EXPRESSIONS: [&str; 2] = ["__expr__", "-100"];

/// Reads one rule, and tells what is wrong with it by its title.
pub(super) struct RuleReader<'f, 's> {
    pub(super) found: &'f mut Found<'s>,
    pub(super) options: &'f GrafanaOptions,
    pub(super) group: &'f GroupFound,
    pub(super) title: String,
}

/// The names of all nodes, those among them that are not sound.
fn ref_ids(form: &RuleForm) -> BTreeSet<String> {
    let queries = form.data.iter().flatten();
    let names = queries.filter_map(|query| query.ref_id.as_ref());
    names.map(|name| name.value.clone()).collect()
}

/// A query with its data source, which old documents have in the model.
fn with_datasource<'q>(form: &'q QueryForm, model: &Json) -> Cow<'q, QueryForm> {
    let uid = form.datasource_uid.as_ref();
    if uid.is_some_and(|uid| !uid.is_empty()) {
        return Cow::Borrowed(form);
    }
    let uid = model.text_at(&["datasourceUid"]);
    Cow::Owned(QueryForm {
        datasource_uid: uid.or(model.text_at(&["datasource", "uid"])),
        ..form.clone()
    })
}

impl RuleReader<'_, '_> {
    pub(super) fn wrong(&mut self, field: &str, span: Option<Span>, message: &str) {
        let message = self.worded(field, message);
        self.found.wrong(span, &message);
    }

    pub(super) fn wrong_with_help(
        &mut self,
        field: &str,
        span: Option<Span>,
        message: &str,
        help: &str,
    ) {
        let message = self.worded(field, message);
        self.found.wrong_with_help(span, &message, help);
    }

    fn worded(&self, field: &str, message: &str) -> String {
        match self.title.as_str() {
            "" => format!("`{field}`: {message}"),
            title => format!("the rule `{title}`: `{field}`: {message}"),
        }
    }

    /// The rule, unless something is wrong with it.
    pub(super) fn read(&mut self, form: &RuleForm) -> Option<GrafanaRule> {
        let before = self.found.diagnostics.len();
        let place = form.title.as_ref().or(form.uid.as_ref());
        let place = place.and_then(|word| word.span).or(self.group.name.span);
        if self.title.is_empty() {
            self.wrong(
                "title",
                place,
                "a rule needs a title: it is the name of its alerts",
            );
        }
        let uid = self.uid(form, place);
        let nodes = self.nodes(form, place);
        let names = ref_ids(form);
        let condition = self.condition(form, &names, place);
        let purpose = self.purpose(form);
        let paused = self.paused(&form.is_paused);
        let nodes = order::ordered(self, nodes, &names)?;
        let at = nodes.iter().position(|node| node.ref_id == condition);
        (self.found.diagnostics.len() == before).then(|| GrafanaRule {
            title: self.title.clone(),
            span: place,
            uid,
            folder: self.group.folder.clone(),
            folder_uid: match &form.folder_uid {
                Some(uid) => uid.value.clone(),
                None => self.group.folder_uid.clone(),
            },
            condition: at.unwrap_or(0),
            nodes,
            purpose,
            paused,
            version: self.options.version,
        })
    }

    fn uid(&mut self, form: &RuleForm, place: Option<Span>) -> String {
        match &form.uid {
            Some(uid) if !uid.is_empty() => uid.value.clone(),
            _ if self.group.is_provisioned => {
                let help = "Grafana takes no file without; an export of rules that were not saved yet has none";
                self.wrong_with_help("uid", place, "a rule of a file needs a uid", help);
                String::new()
            }
            // Grafana would make one up.
            _ => self.title.clone(),
        }
    }

    fn nodes(&mut self, form: &RuleForm, place: Option<Span>) -> Vec<order::Placed> {
        let queries = form.data.iter().flatten();
        let mut nodes: Vec<order::Placed> = Vec::new();
        for query in queries {
            let Some(ref_id) = query.ref_id.as_ref().filter(|ref_id| !ref_id.is_empty()) else {
                self.wrong(
                    "data.refId",
                    query.span,
                    "a query or expression needs a refId",
                );
                continue;
            };
            if nodes.iter().any(|(node, _)| node.ref_id == ref_id.value) {
                let message = format!("`{}` is used twice", ref_id.value);
                self.wrong("data.refId", ref_id.span, &message);
            }
            if let Some(work) = self.work(query, ref_id, form) {
                let node = Node {
                    ref_id: ref_id.value.clone(),
                    work,
                };
                nodes.push((node, ref_id.span));
            }
        }
        if form.data.as_ref().is_none_or(Vec::is_empty) {
            self.wrong("data", place, "a rule needs at least one query");
        }
        nodes
    }

    fn work(
        &mut self,
        form: &QueryForm,
        ref_id: &Located<String>,
        rule: &RuleForm,
    ) -> Option<crate::alerting::grafana::model::Work> {
        let Some(model) = form
            .model
            .as_ref()
            .filter(|model| model.value != Json::Null)
        else {
            self.wrong("data.model", ref_id.span, "the query has no model");
            return None;
        };
        let form = &with_datasource(form, model);
        let uid = form.datasource_uid.as_ref().map_or("", |uid| uid.as_str());
        let is_condition = rule
            .condition
            .as_ref()
            .is_some_and(|c| c.value == ref_id.value);
        match EXPRESSIONS.contains(&uid) {
            true => command::work(self, form, model, is_condition),
            false => query::work(self, form, model),
        }
    }

    /// The name of the node that decides.
    fn condition(
        &mut self,
        form: &RuleForm,
        names: &BTreeSet<String>,
        place: Option<Span>,
    ) -> String {
        let (field, word) = match &form.record {
            Some(record) => ("record.from", &record.from),
            None => ("condition", &form.condition),
        };
        let Some(name) = word.as_ref().filter(|name| !name.is_empty()) else {
            self.wrong(field, place, "the rule does not say which node decides");
            return String::new();
        };
        if !names.contains(name.as_str()) {
            let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("`{}` is no refId of the rule", name.value);
            let help = format!("expected one of: {}", listed.join(", "));
            self.wrong_with_help(field, name.span, &message, &help);
        }
        name.value.clone()
    }

    fn purpose(&mut self, form: &RuleForm) -> Purpose {
        if let Some(record) = &form.record {
            return self.recording(form, record);
        }
        let no_data = [
            ("NoData", NoDataState::NoData),
            ("Alerting", NoDataState::Alerting),
            ("OK", NoDataState::Ok),
            ("KeepLast", NoDataState::KeepLast),
        ];
        let exec_err = [
            ("Error", ExecErrState::Error),
            ("Alerting", ExecErrState::Alerting),
            ("OK", ExecErrState::Ok),
            ("KeepLast", ExecErrState::KeepLast),
        ];
        let exec_err = self.choice("execErrState", form.exec_err.as_ref(), &exec_err);
        let no_data = self.choice("noDataState", form.no_data.as_ref(), &no_data);
        Purpose::Alerting(Box::new(Alerting {
            no_data: no_data.unwrap_or(NoDataState::NoData),
            exec_err: exec_err.unwrap_or(ExecErrState::Alerting),
            hold: self.duration("for", &form.hold).unwrap_or_default(),
            hold_span: form.hold.as_ref().and_then(|hold| hold.span),
            keep_firing_for: self
                .duration("keepFiringFor", &form.keep_firing_for)
                .unwrap_or_default(),
            missing_evaluations: self.missing_evaluations(&form.missing_evaluations),
            labels: self.templates("labels", form.labels.as_ref()),
            annotations: self.templates("annotations", form.annotations.as_ref()),
            notification: self.notification(form.notification_settings.as_ref()),
        }))
    }

    fn recording(&mut self, form: &RuleForm, record: &Located<RecordForm>) -> Purpose {
        let metric = record.metric.clone().unwrap_or_default();
        if !is_label_name(&metric.replace(':', "_")) {
            let message = format!("`{}` is no valid name of a series", metric.value);
            self.wrong("record.metric", metric.span.or(record.span), &message);
        }
        let labels = form.labels.iter().flatten();
        Purpose::Recording {
            metric: metric.value,
            labels: labels
                .map(|(name, value)| (name.value.clone(), value.value.clone()))
                .collect(),
        }
    }

    /// One of some words; none where none is written.
    pub(super) fn choice<T: Copy>(
        &mut self,
        field: &str,
        word: Option<&Located<String>>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let word = word.filter(|word| !word.is_empty())?;
        let chosen = choices.iter().find(|(name, _)| *name == word.as_str());
        if chosen.is_none() {
            let names = || choices.iter().map(|(name, _)| *name);
            let listed: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            let mut help = format!("expected one of: {}", listed.join(", "));
            if let Some(meant) = suggest(word, names()) {
                help = format!("did you mean `{meant}`? {help}");
            }
            let message = format!("`{}` is not supported", word.value);
            self.wrong_with_help(field, word.span, &message, &help);
        }
        chosen.map(|(_, value)| *value)
    }

    pub(super) fn duration(&mut self, field: &str, word: &Word) -> Option<Duration> {
        let word = word.as_ref().filter(|word| !word.is_empty())?;
        match parse_duration(word) {
            Ok(duration) => Some(duration),
            Err(error) => {
                self.wrong(field, word.span, &error.to_string());
                None
            }
        }
    }

    fn missing_evaluations(&mut self, word: &Word) -> u32 {
        let Some(word) = word.as_ref().filter(|word| !word.is_empty()) else {
            return MISSING_EVALUATIONS;
        };
        match word.parse() {
            Ok(0) => MISSING_EVALUATIONS,
            Ok(evaluations) => evaluations,
            Err(_) => {
                let message = format!("`{}` is no number of evaluations", word.value);
                self.wrong("missing_series_evals_to_resolve", word.span, &message);
                MISSING_EVALUATIONS
            }
        }
    }

    fn paused(&mut self, word: &Word) -> bool {
        let choices = [("true", true), ("false", false)];
        // `True` and `TRUE` are booleans of YAML as well.
        let word = word.as_ref().map(|word| Located {
            value: word.to_lowercase(),
            span: word.span,
        });
        self.choice("isPaused", word.as_ref(), &choices)
            .unwrap_or_default()
    }

    fn templates(
        &mut self,
        field: &str,
        texts: Option<&BTreeMap<Located<String>, Located<String>>>,
    ) -> Vec<(String, Template)> {
        let mut templates = Vec::new();
        for (name, text) in texts.into_iter().flatten() {
            match Template::parse_grafana(text) {
                Ok(template) => templates.push((name.value.clone(), template)),
                Err(error) => {
                    let span = self.found.place_in(text, Some(error.offset));
                    let message = format!("invalid template: {}", error.message);
                    self.wrong(&format!("{field}.{}", name.value), span, &message);
                }
            }
        }
        templates
    }
}
