//! The fields that Grafana knows in its documents, also those that nothing here needs, and those of a document that look like one of
//! them and are none. Grafana passes over what it does not know.

use super::layout::Layout;
use super::notifications::Shape;
use crate::alerting::json::Json;
use fake_factory::input::{Located, Source, read_foreign, suggest};

/// A field that is none, and the one that may be meant.
pub struct Misspelt {
    /// As it was written.
    pub name: Located<String>,
    /// As Grafana has it.
    pub meant: &'static str,
    /// The title of the rule that it stands in.
    pub rule: Option<String>,
}

/// What a mapping may have.
struct Fields {
    known: &'static [&'static str],
    /// Those that have fields themselves.
    inner: &'static [(&'static str, &'static Fields)],
    /// Those of other places that people write here, and what is meant by them.
    meant: &'static [(&'static str, &'static str)],
}

const fn fields(
    known: &'static [&'static str],
    inner: &'static [(&'static str, &'static Fields)],
) -> Fields {
    Fields {
        known,
        inner,
        meant: &[],
    }
}

static FILE: Fields = fields(
    &[
        "apiVersion",
        "deleteRules",
        "deleteContactPoints",
        "deleteMuteTimes",
        "deleteTemplates",
        "resetPolicies",
    ],
    &[
        ("groups", &GROUP),
        ("policies", &POLICY),
        ("contactPoints", &CONTACT_POINT),
        ("muteTimes", &MUTE_TIMING),
        ("timeIntervals", &MUTE_TIMING),
        ("templates", &TEMPLATE),
    ],
);

static GROUP: Fields = fields(
    &[
        "orgId",
        "name",
        "title",
        "folder",
        "folderUid",
        "folderUID",
        "interval",
        "limit",
        "source_tenants",
        "query_offset",
        "align_evaluation_time_on_interval",
        "labels",
        "version",
    ],
    &[("rules", &RULE)],
);

static RULE: Fields = fields(
    &[
        "id",
        "uid",
        "guid",
        "orgId",
        "orgID",
        "org_id",
        "title",
        "condition",
        "noDataState",
        "no_data_state",
        "execErrState",
        "exec_err_state",
        "for",
        "keepFiringFor",
        "keep_firing_for",
        "missing_series_evals_to_resolve",
        "missingSeriesEvalsToResolve",
        "labels",
        "annotations",
        "isPaused",
        "is_paused",
        "ruleGroup",
        "rule_group",
        "ruleGroupIndex",
        "folderUID",
        "folderUid",
        "namespace_uid",
        "namespaceUID",
        "dashboardUid",
        "dashboardUID",
        "dashboard_uid",
        "panelId",
        "panelID",
        "panel_id",
        "updated",
        "updated_by",
        "updatedBy",
        "created",
        "provenance",
        "version",
        "metadata",
        "intervalSeconds",
        "interval_seconds",
        "expr",
        "alert",
        "rule_guid",
    ],
    &[
        ("data", &QUERY),
        ("record", &RECORD),
        ("notification_settings", &SETTINGS),
        ("notificationSettings", &SETTINGS),
        ("grafana_alert", &RULE),
    ],
);

static QUERY: Fields = fields(
    &[
        "refId",
        "queryType",
        "datasourceUid",
        "datasourceUID",
        "model",
        "QueryType",
    ],
    &[("relativeTimeRange", &RANGE)],
);

static RANGE: Fields = fields(&["from", "to"], &[]);

static RECORD: Fields = fields(
    &[
        "metric",
        "from",
        "targetDatasourceUid",
        "target_datasource_uid",
        "targetDatasourceUID",
    ],
    &[],
);

static SETTINGS: Fields = Fields {
    known: &[
        "receiver",
        "policy",
        "group_by",
        "group_wait",
        "group_interval",
        "repeat_interval",
        "mute_time_intervals",
        "active_time_intervals",
    ],
    inner: &[],
    meant: MEANT,
};

static POLICY: Fields = Fields {
    known: &[
        "orgId",
        "name",
        "receiver",
        "group_by",
        "match",
        "match_re",
        "matchers",
        "object_matchers",
        "mute_time_intervals",
        "active_time_intervals",
        "continue",
        "group_wait",
        "group_interval",
        "repeat_interval",
        "provenance",
        "version",
        "uid",
        "id",
    ],
    inner: &[("routes", &POLICY)],
    meant: MEANT,
};

/// Terraform's words, and those of pages.
const MEANT: &[(&str, &str)] = &[
    ("mute_timings", "mute_time_intervals"),
    ("muteTimings", "mute_time_intervals"),
    ("active_timings", "active_time_intervals"),
    ("contact_point", "receiver"),
    ("contactPoint", "receiver"),
    ("matcher", "object_matchers"),
    ("policy", "routes"),
    ("policies", "routes"),
];

static CONTACT_POINT: Fields = fields(&["orgId", "name"], &[("receivers", &INTEGRATION)]);

static INTEGRATION: Fields = fields(
    &[
        "uid",
        "name",
        "type",
        "version",
        "settings",
        "disableResolveMessage",
        "disable_resolve_message",
        "provenance",
        "secureSettings",
        "secureFields",
        "secure_settings",
    ],
    &[],
);

static MUTE_TIMING: Fields = fields(
    &[
        "orgId",
        "name",
        "time_intervals",
        "provenance",
        "version",
        "uid",
        "id",
    ],
    &[],
);

static CONFIGURATION: Fields = fields(
    &[
        "template_files",
        "template_file_provenances",
        "last_applied",
        "id",
        "default",
        "extra_config",
        "managed_routes",
        "managed_inhibition_rules",
        "managed_receivers",
    ],
    &[("alertmanager_config", &ALERTMANAGER)],
);

static ALERTMANAGER: Fields = fields(
    &[
        "global",
        "templates",
        "inhibit_rules",
        "receivers",
        "muteTimeProvenances",
        "receiverProvenances",
    ],
    &[
        ("route", &POLICY),
        ("mute_time_intervals", &MUTE_TIMING),
        ("time_intervals", &MUTE_TIMING),
    ],
);

static TEMPLATE: Fields = fields(
    &["orgId", "name", "template", "provenance", "version", "kind"],
    &[],
);

/// The fields of a document that look like another one.
#[must_use]
pub fn misspelt(source: &Source) -> Vec<Misspelt> {
    let top = read_foreign::<Json>(source).value.unwrap_or_default();
    let mut found = Vec::new();
    match Layout::of(&top) {
        Some(Layout::Ruler) => {
            // What the ruler answers has the titles of folders for keys.
            if let Json::Map(folders) = &top {
                let mut groups = folders.values();
                groups
                    .by_ref()
                    .for_each(|groups| look(groups, &GROUP, None, &mut found));
            }
        }
        Some(layout) => look(&top, of_layout(layout), None, &mut found),
        None => {}
    }
    found.sort_by_key(|one| one.name.span.map(|span| span.start));
    found
}

/// The fields of a whole document, or of each one of a list.
fn of_layout(layout: Layout) -> &'static Fields {
    match layout {
        Layout::File => &FILE,
        Layout::Rules | Layout::Rule => &RULE,
        Layout::ApiGroup | Layout::RulerGroup | Layout::Ruler => &GROUP,
        Layout::Notifications(shape) => match shape {
            Shape::File => &FILE,
            Shape::Policies => &POLICY,
            Shape::ContactPoints(_) => &INTEGRATION,
            Shape::MuteTimings(_) => &MUTE_TIMING,
            Shape::Templates(_) => &TEMPLATE,
            Shape::Configuration => &CONFIGURATION,
            Shape::Alertmanager => &ALERTMANAGER,
        },
    }
}

/// Looks through a part, which stands in the rule of a title.
fn look(part: &Json, fields: &'static Fields, rule: Option<&str>, found: &mut Vec<Misspelt>) {
    match part {
        Json::List(items) => items
            .iter()
            .for_each(|item| look(item, fields, rule, found)),
        Json::Map(entries) => {
            let own = part
                .text_at(&["title"])
                .or(part.text_at(&["grafana_alert", "title"]));
            let own = own.filter(|_| std::ptr::eq(fields, &raw const RULE));
            let rule = own.as_ref().map(|title| title.as_str()).or(rule);
            for (name, value) in entries {
                let mut inner = fields.inner.iter();
                if let Some((_, fields)) = inner.find(|(known, _)| *known == name.as_str()) {
                    look(value, fields, rule, found);
                } else if !fields.known.contains(&name.as_str())
                    && let Some(meant) = fields.meant_by(name)
                {
                    found.push(Misspelt {
                        name: name.clone(),
                        meant,
                        rule: rule.map(str::to_owned),
                    });
                }
            }
        }
        _ => {}
    }
}

impl Fields {
    /// What a name that none of them has was meant to be, where it looks like one.
    fn meant_by(&self, name: &str) -> Option<&'static str> {
        if let Some((_, meant)) = self.meant.iter().find(|(word, _)| *word == name) {
            return Some(meant);
        }
        let inner = self.inner.iter().map(|(known, _)| *known);
        let mut all = inner.chain(self.known.iter().copied());
        // In a short word two letters that changed places are much of it.
        let swapped = all.clone().find(|known| letters(known) == letters(name));
        swapped.or_else(|| suggest(name, &mut all))
    }
}

fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let source = Source::new("a.yaml", text);
        let found = misspelt(&source).into_iter();
        let line = |one: Misspelt| {
            let span = one.name.span.expect("a place");
            let (line, column) = source.line_and_column(span.start);
            format!("{line}:{column} {} -> {}", one.name.value, one.meant)
        };
        found.map(line).collect()
    }

    #[test]
    fn what_looks_like_a_field_and_is_none_is_told_with_its_place() {
        let rules = "apiVersion: 1\ngruops: []\ngroups:\n  - folder: f\n    rules:\n      - lables: { fro: a }\n        fro: 30s\n        noDataStaet: OK\n        notification_setting: {}\n        isPaused: false\n        notification_settings: { group_wiat: 1s, groupWait: 1s }\n";
        assert_eq!(
            told(rules),
            [
                "2:1 gruops -> groups",
                "6:9 lables -> labels",
                "7:9 fro -> for",
                "8:9 noDataStaet -> noDataState",
                "9:9 notification_setting -> notification_settings",
                "11:34 group_wiat -> group_wait",
                "11:50 groupWait -> group_wait",
            ]
        );
        let policies = "policies: [{ receiver: a, routes: [{ objectMatchers: [], mute_timings: [a] }] }]\ncontactPoint: []\n";
        assert_eq!(
            told(policies),
            [
                "1:38 objectMatchers -> object_matchers",
                "1:58 mute_timings -> mute_time_intervals",
                "2:1 contactPoint -> contactPoints",
            ]
        );
    }

    #[test]
    fn what_grafana_knows_or_nobody_would_mean_is_not_told() {
        let rule = "[{ uid: a, title: A, condition: A, data: [{ refId: A, model: { fro: 1 } }], folderUID: f, dashboardUid: d, panelId: 1, updated: u, provenance: p, version: 1, guid: g, record: { metric: m, from: A }, xyzzy: 1 }]";
        assert_eq!(told(rule), Vec::<String>::new());
        let ruler =
            "{ folder: [{ name: a, rules: [{ lables: {}, grafana_alert: { titel: a } }] }] }";
        assert_eq!(
            told(ruler),
            ["1:33 lables -> labels", "1:62 titel -> title"]
        );
    }
}
