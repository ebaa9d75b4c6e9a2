//! Contact points: their names and their integrations. What an integration sends, and to which address, is no matter here.

use super::form::{ContactPointForm, IntegrationForm, ReceiverForm, Word, organization};
use crate::alerting::alertmanager::{Checker, IntegrationConfig};
use crate::alerting::json::Json;
use fake_factory::input::{Located, Span, suggest};
use std::collections::BTreeMap;

/// The types that Grafana knows.
const KINDS: [&str; 26] = [
    "dingding",
    "discord",
    "email",
    "googlechat",
    "jira",
    "jsm",
    "kafka",
    "line",
    "mqtt",
    "msteams",
    "oncall",
    "opsgenie",
    "pagerduty",
    "prometheus-alertmanager",
    "pushover",
    "sensugo",
    "slack",
    "sns",
    "teams",
    "telegram",
    "threema",
    "victorops",
    "webex",
    "webhook",
    "wechat",
    "wecom",
];

/// A contact point: one document may say of it in several places.
#[derive(Clone, Debug)]
pub(super) struct ContactPoint {
    /// The organization, where it is known.
    pub(super) org: Option<String>,
    pub(super) name: Located<String>,
    pub(super) line: Option<usize>,
    pub(super) integrations: Vec<IntegrationConfig>,
}

/// Contact points, put together by their names, in the order in which these were met.
#[derive(Default)]
pub(super) struct Gathered {
    points: Vec<ContactPoint>,
    places: BTreeMap<(Option<String>, String), usize>,
    uids: BTreeMap<String, Option<Span>>,
}

impl Gathered {
    pub(super) fn finish(self) -> Vec<ContactPoint> {
        self.points
    }

    /// A contact point of a file.
    pub(super) fn file(&mut self, form: &ContactPointForm, checker: &mut Checker<'_>) {
        let first = form.receivers.iter().flatten().next();
        let place = first.and_then(place_of);
        let Some(name) = named(&form.name, place, checker) else {
            return;
        };
        let name = Located {
            value: name.value.trim().replace("$$", "$"),
            span: name.span,
        };
        let at = self.at(organization(&form.org, true), &name, checker);
        for integration in form.receivers.iter().flatten() {
            let says = |field: &str, given: bool, checker: &mut Checker<'_>| {
                if !given {
                    let message = format!(
                        "the contact point `{name}`: an integration of a file needs `{field}`"
                    );
                    checker.wrong(place_of(integration), &message);
                }
            };
            says("uid", is_said(&integration.uid), checker);
            let settings = integration.settings.as_ref();
            let empty = Json::Map(BTreeMap::new());
            let has_settings =
                settings.is_some_and(|json| json.value != Json::Null && json.value != empty);
            says("settings", has_settings, checker);
            self.integration(at, &name, integration, checker);
        }
    }

    /// An integration as the provisioning API answers it, with the name of its contact point.
    pub(super) fn answered(&mut self, form: &Located<IntegrationForm>, checker: &mut Checker<'_>) {
        if let Some(name) = named(&form.name, place_of(form), checker) {
            let at = self.at(None, &name, checker);
            self.integration(at, &name, form, checker);
        }
    }

    /// A receiver of the whole configuration of an Alertmanager; one of its name alone is empty.
    pub(super) fn receiver(&mut self, form: &ReceiverForm, checker: &mut Checker<'_>) {
        let integrations = form.grafana_managed_receiver_configs.iter().flatten();
        if let Some(name) = named(&form.name, None, checker) {
            let at = self.at(None, &name, checker);
            for integration in integrations {
                self.integration(at, &name, integration, checker);
            }
        }
    }

    /// The place of the contact point of a name in an organization.
    fn at(&mut self, org: Option<String>, name: &Located<String>, checker: &Checker<'_>) -> usize {
        let points = &mut self.points;
        let key = (org.clone(), name.value.clone());
        *self.places.entry(key).or_insert_with(|| {
            points.push(ContactPoint {
                org,
                name: name.clone(),
                line: checker.line(name.span),
                integrations: Vec::new(),
            });
            points.len() - 1
        })
    }

    fn integration(
        &mut self,
        at: usize,
        name: &Located<String>,
        form: &Located<IntegrationForm>,
        checker: &mut Checker<'_>,
    ) {
        if let Some(uid) = form.uid.as_ref().filter(|uid| !uid.is_empty())
            && self.uids.insert(uid.value.clone(), uid.span).is_some()
        {
            let message = format!("the contact point `{name}`: the uid `{uid}` is used twice");
            checker.wrong(uid.span, &message);
        }
        let Some(kind) = kind(name, form, checker) else {
            return;
        };
        let silent = switch(
            "disableResolveMessage",
            &form.disable_resolve_message,
            checker,
        );
        self.points[at].integrations.push(IntegrationConfig {
            kind,
            send_resolved: !silent,
        });
    }
}

fn is_said(word: &Word) -> bool {
    word.as_ref().is_some_and(|word| !word.trim().is_empty())
}

/// What of an integration is pointed at when something is missing from it.
fn place_of(form: &Located<IntegrationForm>) -> Option<Span> {
    let word = form
        .kind
        .as_ref()
        .or(form.uid.as_ref())
        .or(form.name.as_ref());
    let word = word.and_then(|word| word.span);
    word.or_else(|| form.span.map(|span| span.part(0, 1)))
}

fn named(word: &Word, place: Option<Span>, checker: &mut Checker<'_>) -> Option<Located<String>> {
    if is_said(word) {
        return word.clone();
    }
    let span = word.as_ref().and_then(|word| word.span).or(place);
    checker.wrong(span, "a contact point needs a `name`");
    None
}

fn kind(
    name: &Located<String>,
    form: &Located<IntegrationForm>,
    checker: &mut Checker<'_>,
) -> Option<&'static str> {
    let Some(word) = form.kind.as_ref().filter(|word| !word.trim().is_empty()) else {
        let message = format!("the contact point `{name}`: an integration needs a `type`");
        checker.wrong(place_of(form), &message);
        return None;
    };
    let written = word.trim();
    let known = KINDS
        .into_iter()
        .find(|kind| kind.eq_ignore_ascii_case(written));
    if known.is_none() {
        let message =
            format!("the contact point `{name}`: `type`: Grafana has no integration `{word}`");
        let help = match suggest(written, KINDS) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("expected one of: {}", KINDS.join(", ")),
        };
        checker.wrong_with_help(word.span, &message, &help);
    }
    known
}

/// `true` or `false`; the latter where nothing is written.
pub(super) fn switch(field: &str, word: &Word, checker: &mut Checker<'_>) -> bool {
    let Some(word) = word.as_ref().filter(|word| !word.is_empty()) else {
        return false;
    };
    match word.as_str() {
        "true" => true,
        "false" => false,
        _ => {
            let message = format!("`{field}`: expected `true` or `false`");
            checker.wrong(word.span, &message);
            false
        }
    }
}
