//! What a document of Grafana's holds: the groups of rules in it, and in which shape it tells of notifications.

use super::Found;
use super::form::{
    ApiGroupForm, FileForm, FileGroupForm, RuleForm, RulerGroupForm, RulerRuleForm, Texts, Word,
};
use crate::alerting::grafana::layout::Layout;
use crate::alerting::grafana::notifications::{SECTIONS, Shape, is_alertmanagers};
use crate::alerting::json::Json;
use fake_factory::input::{Located, Source, Span, read_foreign};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// A group of rules, wherever it was found.
pub(super) struct GroupFound {
    pub(super) name: Located<String>,
    /// The title of its folder, else its uid.
    pub(super) folder: String,
    pub(super) folder_uid: String,
    pub(super) interval: Interval,
    pub(super) rules: Vec<RuleForm>,
    /// Whether it stands in a file, whose rules need uids.
    pub(super) is_provisioned: bool,
}

/// How often a group is evaluated.
pub(super) enum Interval {
    /// Its document does not say.
    Unsaid,
    /// As APIs give it.
    Seconds(Located<u64>),
    /// As files give it.
    Text(Located<String>),
}

/// What a document holds.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) groups: Vec<GroupFound>,
    /// In which shape it tells of notifications.
    pub(super) notifications: Option<Shape>,
}

impl Contents {
    fn rules(groups: Vec<GroupFound>) -> Self {
        Contents {
            groups,
            notifications: None,
        }
    }

    fn notifications(shape: Shape) -> Self {
        Contents {
            groups: Vec::new(),
            notifications: Some(shape),
        }
    }
}

const EXPECTED: &str = "expected a file that Grafana exports (`apiVersion: 1`, with `groups`, `policies`, `contactPoints`, \
                        `muteTimes` or `templates`), or what its API answers: rules (`/api/v1/provisioning/alert-rules`), a group \
                        of them, those of the ruler, `/api/v1/provisioning/policies`, `…/contact-points`, `…/mute-timings` or \
                        `…/templates`";

/// What the document holds.
pub(super) fn contents(source: &Source, found: &mut Found<'_>) -> Contents {
    let Some(top) = form::<Located<Json>>(source, found) else {
        return Contents::default();
    };
    if top.has("spec") && top.has("kind") {
        let message = "a resource of Grafana's Kubernetes-style API is not supported";
        found.wrong_with_help(None, message, EXPECTED);
        return Contents::default();
    }
    if is_alertmanagers(&top) {
        let message = "an Alertmanager's configuration, and no document of Grafana's";
        let help =
            "`rules route` takes it by `--alertmanager FILE`, a scenario by `alertmanager: FILE`";
        found.wrong_with_help(None, message, help);
        return Contents::default();
    }
    let Some(layout) = Layout::of(&top) else {
        let span = Some(top.span.unwrap_or_default().part(0, 1));
        found.wrong_with_help(span, "no document of Grafana's alerting", EXPECTED);
        return Contents::default();
    };
    match layout {
        Layout::File => file(form(source, found).unwrap_or_default(), &top, found),
        Layout::Notifications(shape) => Contents::notifications(shape),
        Layout::Rules => Contents::rules(api_rules(form(source, found).unwrap_or_default())),
        Layout::Rule => {
            let rule: Option<RuleForm> = form(source, found);
            Contents::rules(api_rules(rule.into_iter().collect()))
        }
        Layout::RulerGroup => {
            let group: RulerGroupForm = form(source, found).unwrap_or_default();
            Contents::rules(vec![ruler_group(String::new(), group, found)])
        }
        Layout::ApiGroup => {
            let group: ApiGroupForm = form(source, found).unwrap_or_default();
            Contents::rules(vec![api_group(group)])
        }
        Layout::Ruler => Contents::rules(ruler(form(source, found).unwrap_or_default(), found)),
    }
}

/// The document as one of its forms.
fn form<T: DeserializeOwned + Default>(source: &Source, found: &mut Found<'_>) -> Option<T> {
    let reading = read_foreign::<T>(source);
    found.diagnostics.extend(reading.diagnostics);
    reading.value
}

fn word(word: Word) -> Located<String> {
    word.unwrap_or_else(|| Located::unknown(String::new()))
}

/// A file. One that says nothing but its version is an empty one, as Grafana ships it.
fn file(file: FileForm, top: &Json, found: &mut Found<'_>) -> Contents {
    let sections = SECTIONS.iter().any(|section| top.has(section));
    let is_empty = matches!(top, Json::Map(entries) if entries.len() == 1 && top.has("apiVersion"));
    if let Some(version) = file.api_version.filter(|version| version.as_str() != "1") {
        let message = format!("`apiVersion` is `{}`: expected 1", version.value);
        found.wrong(version.span, &message);
    }
    if file.groups.is_none() && !sections && !is_empty {
        let message =
            "the file has no `groups` of alert rules, nor anything else of Grafana's alerting";
        found.wrong_with_help(None, message, EXPECTED);
    }
    let groups = file.groups.into_iter().flatten();
    Contents {
        groups: groups.map(|group| file_group(group, found)).collect(),
        notifications: sections.then_some(Shape::File),
    }
}

fn file_group(group: FileGroupForm, found: &mut Found<'_>) -> GroupFound {
    let name = word(group.name);
    let folder = word(group.folder);
    let first = group
        .rules
        .iter()
        .flatten()
        .find_map(|rule| rule.title.as_ref());
    let place = first.and_then(|title| title.span);
    if name.trim().is_empty() {
        found.wrong(name.span.or(place), "the group has no `name`");
    }
    if folder.trim().is_empty() {
        let message = format!("the group `{}` has no `folder`", name.value);
        found.wrong(folder.span.or(name.span).or(place), &message);
    }
    let interval = match group.interval {
        Some(interval) => Interval::Text(interval),
        None => {
            let message = format!("the group `{}` has no `interval`", name.value);
            found.wrong(name.span.or(place), &message);
            Interval::Text(Located::unknown("1m".to_owned()))
        }
    };
    let mut rules = group.rules.unwrap_or_default();
    rules.iter_mut().for_each(unescape);
    GroupFound {
        name: unescaped(&name),
        folder: unescaped(&folder).value,
        folder_uid: String::new(),
        interval,
        rules,
        is_provisioned: true,
    }
}

/// Files write `$$` for a dollar: a single one names a variable of the environment.
fn unescape(rule: &mut RuleForm) {
    for word in [&mut rule.title, &mut rule.uid, &mut rule.condition] {
        *word = word.as_ref().map(unescaped);
    }
    for texts in [&mut rule.labels, &mut rule.annotations] {
        let all = |texts: Texts| {
            let texts = texts.into_iter();
            texts.map(|(name, text)| (name, unescaped(&text))).collect()
        };
        *texts = texts.take().map(all);
    }
    if let Some(settings) = &mut rule.notification_settings {
        let settings = &mut settings.value;
        settings.receiver = settings.receiver.as_ref().map(unescaped);
        for list in [
            &mut settings.group_by,
            &mut settings.mute_time_intervals,
            &mut settings.active_time_intervals,
        ] {
            list.iter_mut()
                .flatten()
                .for_each(|word| *word = unescaped(word));
        }
    }
}

fn unescaped(text: &Located<String>) -> Located<String> {
    Located {
        value: text.value.replace("$$", "$"),
        span: text.span,
    }
}

/// Rules of the provisioning API: each names its group, whose interval it does not tell.
fn api_rules(rules: Vec<RuleForm>) -> Vec<GroupFound> {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut groups: Vec<GroupFound> = Vec::new();
    for rule in rules {
        let name = word(rule.rule_group.clone());
        let folder = word(rule.folder_uid.clone()).value;
        let at = *places
            .entry((folder.clone(), name.value.clone()))
            .or_insert_with(|| {
                groups.push(GroupFound {
                    name,
                    folder: folder.clone(),
                    folder_uid: folder,
                    interval: Interval::Unsaid,
                    rules: Vec::new(),
                    is_provisioned: false,
                });
                groups.len() - 1
            });
        groups[at].rules.push(rule);
    }
    groups
}

fn api_group(group: ApiGroupForm) -> GroupFound {
    let folder = word(group.folder_uid).value;
    GroupFound {
        name: word(group.title),
        folder: folder.clone(),
        folder_uid: folder,
        interval: group.interval.map_or(Interval::Unsaid, Interval::Seconds),
        rules: group.rules.unwrap_or_default(),
        is_provisioned: false,
    }
}

fn ruler(folders: BTreeMap<String, Vec<RulerGroupForm>>, found: &mut Found<'_>) -> Vec<GroupFound> {
    let mut groups = Vec::new();
    for (folder, forms) in folders {
        for group in forms {
            groups.push(ruler_group(folder.clone(), group, found));
        }
    }
    groups
}

fn ruler_group(folder: String, group: RulerGroupForm, found: &mut Found<'_>) -> GroupFound {
    let name = word(group.name);
    let rules: Vec<RuleForm> = group
        .rules
        .into_iter()
        .flatten()
        .filter_map(|rule| ruler_rule(rule.value, rule.span, found))
        .collect();
    let uid = rules.first().and_then(|rule| rule.folder_uid.clone());
    GroupFound {
        name,
        folder_uid: word(uid.clone()).value,
        folder: match folder.is_empty() {
            true => word(uid).value,
            false => folder,
        },
        interval: group.interval.map_or(Interval::Unsaid, Interval::Text),
        rules,
        is_provisioned: false,
    }
}

/// A rule of the ruler's, whose labels and times stand beside what is Grafana's own.
fn ruler_rule(rule: RulerRuleForm, span: Option<Span>, found: &mut Found<'_>) -> Option<RuleForm> {
    let Some(mut own) = rule.grafana_alert else {
        found.wrong_with_help(
            span,
            "the rule has no `grafana_alert`: it is none of Grafana's own",
            "a rule of a Prometheus or Loki data source stands in a file of its own: `prometheus: PATH`, `loki: PATH`",
        );
        return None;
    };
    own.hold = rule.hold.or(own.hold);
    own.keep_firing_for = rule.keep_firing_for.or(own.keep_firing_for);
    own.labels = rule.labels.or(own.labels);
    own.annotations = rule.annotations.or(own.annotations);
    Some(own)
}
