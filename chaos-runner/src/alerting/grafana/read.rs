//! Documents of Grafana's alerting: the files that it provisions and exports, and what its HTTP APIs answer. Everything that is
//! wrong with one, or is not supported, is told at once, each with its rule, its field and its place.

mod command;
mod form;
mod misspelt;
mod order;
mod query;
mod rule;
mod settings;
mod shape;

use super::model::{TICK_SECONDS, Version};
use super::notifications::{Assembling, Notifications, parse_notifications};
use crate::alerting::rules::duration::parse_duration;
use crate::alerting::rules::{Rule, RuleGroup, place};
use crate::alerting::sources::Language;
use fake_factory::input::{Diagnostic, Diagnostics, Located, Source, Span};
use rule::RuleReader;
use shape::{GroupFound, Interval, contents};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a document itself does not say.
#[derive(Clone, Debug)]
pub struct GrafanaOptions {
    /// The version of Grafana that the rules are evaluated as.
    pub version: Version,
    /// The languages of data sources, by their uids; one that is not among them is told by its queries.
    pub datasources: BTreeMap<String, Language>,
    /// How often groups are evaluated whose document does not say.
    pub interval: Duration,
}

/// What a document says.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its rules.
    pub groups: Vec<RuleGroup>,
    /// Where alerts go: names in it are not looked up yet.
    pub notifications: Notifications,
}

/// What one of several documents says of notifications, and its rules with the text that they have their places in: a routing is
/// assembled of both.
#[must_use]
pub fn parts((source, document): &(Source, Document)) -> (&Notifications, (&Source, &[RuleGroup])) {
    (&document.notifications, (source, &document.groups))
}

/// Reads the rules of a document.
///
/// # Errors
/// Everything that is wrong with it or is not supported.
pub fn parse_rule_file(
    source: &Source,
    options: &GrafanaOptions,
) -> Result<Vec<RuleGroup>, Diagnostics> {
    let document = parse_document(source, options)?;
    // Names may stand in other documents, unless this one holds all there is.
    if document.notifications.are_whole() {
        let assembling = Assembling {
            notifications: &[&document.notifications],
            rules: &[(source, &document.groups)],
            exists: &|_| false,
            version: options.version,
        };
        assembling.assemble()?;
    }
    Ok(document.groups)
}

/// Reads a document, whichever of Grafana's it is.
///
/// # Errors
/// Everything that is wrong with it or is not supported.
pub fn parse_document(source: &Source, options: &GrafanaOptions) -> Result<Document, Diagnostics> {
    let read = |source: &Source| parse_as_it_is(source, options);
    read(source).map_err(|wrong| misspelt::told(source, wrong, &read))
}

fn parse_as_it_is(source: &Source, options: &GrafanaOptions) -> Result<Document, Diagnostics> {
    let mut found = Found {
        source,
        diagnostics: Diagnostics::new(),
    };
    let contents = contents(source, &mut found);
    let notifications = match contents.notifications {
        None => Notifications::none(source),
        Some(shape) => {
            let (notifications, wrong) = parse_notifications(source, shape);
            found.diagnostics.extend(wrong);
            notifications
        }
    };
    let groups = groups(&contents.groups, options, &mut found);
    found.diagnostics.or(Document {
        groups,
        notifications,
    })
}

fn groups(
    documents: &[GroupFound],
    options: &GrafanaOptions,
    found: &mut Found<'_>,
) -> Vec<RuleGroup> {
    let mut uids = BTreeMap::new();
    let mut groups = Vec::new();
    for group in documents {
        let interval = interval(group, options, found);
        let mut rules = Vec::new();
        for form in &group.rules {
            let title = form.title.as_ref().map_or("", |title| title.as_str());
            let mut reader = RuleReader {
                found: &mut *found,
                options,
                group,
                title: title.to_owned(),
            };
            let Some(rule) = reader.read(form) else {
                continue;
            };
            let place = form.uid.as_ref().and_then(|uid| uid.span);
            if uids.insert(rule.uid.clone(), ()).is_some() {
                let message = format!("the uid `{}` is used twice", rule.uid);
                found.wrong(place, &message);
            }
            rules.push(Rule::Grafana(Box::new(rule)));
        }
        groups.push(RuleGroup {
            name: group.name.value.clone(),
            file: found.source.path().to_owned(),
            interval: Some(interval),
            query_offset: Duration::ZERO,
            limit: 0,
            rules,
        });
    }
    groups
}

/// How often a group is evaluated.
fn interval(group: &GroupFound, options: &GrafanaOptions, found: &mut Found<'_>) -> Duration {
    let (interval, span) = match &group.interval {
        Interval::Unsaid => (options.interval, group.name.span),
        Interval::Seconds(seconds) => (Duration::from_secs(seconds.value), seconds.span),
        Interval::Text(text) => match parse_duration(text) {
            Ok(interval) => (interval, text.span),
            Err(error) => {
                found.wrong(text.span, &error.to_string());
                return options.interval;
            }
        },
    };
    let tick = Duration::from_secs(TICK_SECONDS);
    if interval.is_zero() || interval.as_millis() % tick.as_millis() != 0 {
        let seconds = interval.as_secs_f64();
        let message = format!(
            "the group `{}` has an interval of {seconds} s: Grafana evaluates every {TICK_SECONDS} s or a multiple of that",
            group.name.value
        );
        match group.interval {
            Interval::Unsaid => found.wrong_with_help(
                span,
                &message,
                "its document gives no interval: it is the `evaluation_interval` of the scenario",
            ),
            _ => found.wrong(span, &message),
        }
    }
    interval
}

/// What is wrong, so far.
struct Found<'s> {
    source: &'s Source,
    diagnostics: Diagnostics,
}

impl Found<'_> {
    fn wrong(&mut self, span: Option<Span>, message: &str) {
        self.diagnostics
            .push(Diagnostic::at(self.source, span, message));
    }

    fn wrong_with_help(&mut self, span: Option<Span>, message: &str, help: &str) {
        self.diagnostics
            .push(Diagnostic::at(self.source, span, message).with_help(help));
    }

    /// The place of a byte of a text, where the text stands in the file as it is; else the whole of it.
    fn place_in(&self, text: &Located<String>, offset: Option<usize>) -> Option<Span> {
        match offset {
            None => text.span,
            Some(offset) => place::word_at(self.source, text.span, text, offset),
        }
    }
}

#[cfg(test)]
mod tests;
