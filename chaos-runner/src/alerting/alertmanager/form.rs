//! The form of an Alertmanager's configuration file: its words and their types, no more. What integrations and the global section
//! say is kept as it is: of all of it, only whether resolved alerts are told of matters here.

use crate::alerting::json::Json;
use fake_factory::input::Located;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Labels and what they must be.
pub(super) type Pairs = BTreeMap<Located<String>, Option<Located<String>>>;
/// A section whose words are looked up in a table.
pub(super) type Fields = BTreeMap<Located<String>, Located<Json>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileForm {
    #[serde(default)]
    pub(super) global: Option<Fields>,
    #[serde(default)]
    pub(super) route: Option<Located<RouteForm>>,
    #[serde(default)]
    pub(super) receivers: Option<Vec<Located<ReceiverForm>>>,
    #[serde(default)]
    pub(super) inhibit_rules: Option<Vec<Located<InhibitForm>>>,
    #[serde(default)]
    pub(super) mute_time_intervals: Option<Vec<IntervalForm>>,
    #[serde(default)]
    pub(super) time_intervals: Option<Vec<IntervalForm>>,
    /// What notifications look like: no matter here.
    #[serde(default, rename = "templates")]
    _templates: Option<Vec<Located<String>>>,
    /// Where the Alertmanager sends its own traces: no matter here.
    #[serde(default, rename = "tracing")]
    _tracing: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteForm {
    #[serde(default)]
    pub(super) receiver: Option<Located<String>>,
    #[serde(default)]
    pub(super) group_by: Option<Located<Vec<Located<String>>>>,
    #[serde(default, rename = "match")]
    pub(super) equal: Option<Located<Pairs>>,
    #[serde(default)]
    pub(super) match_re: Option<Located<Pairs>>,
    #[serde(default)]
    pub(super) matchers: Option<Located<Vec<Located<String>>>>,
    #[serde(default, rename = "continue")]
    pub(super) continues: Option<Located<Json>>,
    #[serde(default)]
    pub(super) group_wait: Option<Located<String>>,
    #[serde(default)]
    pub(super) group_interval: Option<Located<String>>,
    #[serde(default)]
    pub(super) repeat_interval: Option<Located<String>>,
    #[serde(default)]
    pub(super) mute_time_intervals: Option<Located<Vec<Located<String>>>>,
    #[serde(default)]
    pub(super) active_time_intervals: Option<Located<Vec<Located<String>>>>,
    #[serde(default)]
    pub(super) routes: Option<Vec<Located<RouteForm>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::alerting) struct InhibitForm {
    #[serde(default, rename = "name")]
    _name: Option<String>,
    #[serde(default)]
    pub(super) source_match: Option<Pairs>,
    #[serde(default)]
    pub(super) source_match_re: Option<Pairs>,
    #[serde(default)]
    pub(super) source_matchers: Option<Vec<Located<String>>>,
    #[serde(default)]
    pub(super) target_match: Option<Pairs>,
    #[serde(default)]
    pub(super) target_match_re: Option<Pairs>,
    #[serde(default)]
    pub(super) target_matchers: Option<Vec<Located<String>>>,
    #[serde(default)]
    pub(super) equal: Option<Vec<Located<String>>>,
}

/// An integration's settings.
type Integrations = Option<Vec<Located<Fields>>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiverForm {
    pub(super) name: Located<String>,
    #[serde(default)]
    discord_configs: Integrations,
    #[serde(default)]
    email_configs: Integrations,
    #[serde(default)]
    incidentio_configs: Integrations,
    #[serde(default)]
    jira_configs: Integrations,
    #[serde(default)]
    mattermost_configs: Integrations,
    #[serde(default)]
    msteams_configs: Integrations,
    #[serde(default)]
    msteamsv2_configs: Integrations,
    #[serde(default)]
    opsgenie_configs: Integrations,
    #[serde(default)]
    pagerduty_configs: Integrations,
    #[serde(default)]
    pushover_configs: Integrations,
    #[serde(default)]
    rocketchat_configs: Integrations,
    #[serde(default)]
    slack_configs: Integrations,
    #[serde(default)]
    sns_configs: Integrations,
    #[serde(default)]
    telegram_configs: Integrations,
    #[serde(default)]
    victorops_configs: Integrations,
    #[serde(default)]
    webex_configs: Integrations,
    #[serde(default)]
    webhook_configs: Integrations,
    #[serde(default)]
    wechat_configs: Integrations,
}

impl ReceiverForm {
    /// The integrations, each with the word of its kind.
    pub(super) fn integrations(&self) -> impl Iterator<Item = (&'static str, &Located<Fields>)> {
        let kinds = [
            ("discord", &self.discord_configs),
            ("email", &self.email_configs),
            ("incidentio", &self.incidentio_configs),
            ("jira", &self.jira_configs),
            ("mattermost", &self.mattermost_configs),
            ("msteams", &self.msteams_configs),
            ("msteamsv2", &self.msteamsv2_configs),
            ("opsgenie", &self.opsgenie_configs),
            ("pagerduty", &self.pagerduty_configs),
            ("pushover", &self.pushover_configs),
            ("rocketchat", &self.rocketchat_configs),
            ("slack", &self.slack_configs),
            ("sns", &self.sns_configs),
            ("telegram", &self.telegram_configs),
            ("victorops", &self.victorops_configs),
            ("webex", &self.webex_configs),
            ("webhook", &self.webhook_configs),
            ("wechat", &self.wechat_configs),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, list)| list.iter().flatten().map(move |fields| (kind, fields)))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntervalForm {
    pub(super) name: Located<String>,
    #[serde(default)]
    pub(super) time_intervals: Option<Vec<PartForm>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::alerting) struct PartForm {
    #[serde(default)]
    pub(super) times: Option<Vec<Located<TimesForm>>>,
    #[serde(default)]
    pub(super) weekdays: Option<Vec<Located<String>>>,
    #[serde(default)]
    pub(super) days_of_month: Option<Vec<Located<String>>>,
    #[serde(default)]
    pub(super) months: Option<Vec<Located<String>>>,
    #[serde(default)]
    pub(super) years: Option<Vec<Located<String>>>,
    #[serde(default)]
    pub(super) location: Option<Located<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::alerting) struct TimesForm {
    #[serde(default)]
    pub(super) start_time: Option<Located<String>>,
    #[serde(default)]
    pub(super) end_time: Option<Located<String>>,
}
