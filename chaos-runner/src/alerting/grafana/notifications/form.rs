//! The words of Grafana's notification policies, contact points, mute timings and templates, as files and APIs spell them. What
//! Grafana accepts and nothing here needs is passed over.

use crate::alerting::alertmanager::{InhibitForm, PartForm};
use crate::alerting::json::Json;
use fake_factory::input::Located;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A word of text, or a number or boolean as it was written.
pub(super) type Word = Option<Located<String>>;
/// A list of words.
pub(super) type Words = Option<Located<Vec<Located<String>>>>;
/// The parts of a matcher.
pub(super) type Parts = Located<Vec<Located<String>>>;
/// Labels and what they must be.
pub(super) type Pairs = BTreeMap<Located<String>, Option<Located<String>>>;

/// The sections of a file that are about notifications.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FileForm {
    pub(super) policies: Option<Vec<Located<PolicyForm>>>,
    #[serde(rename = "contactPoints")]
    pub(super) contact_points: Option<Vec<ContactPointForm>>,
    #[serde(rename = "muteTimes")]
    pub(super) mute_times: Option<Vec<Located<IntervalForm>>>,
    #[serde(rename = "timeIntervals")]
    pub(super) time_intervals: Option<Vec<Located<IntervalForm>>>,
    pub(super) templates: Option<Vec<TemplateForm>>,
}

/// A node of the tree of policies.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PolicyForm {
    #[serde(rename = "orgId")]
    pub(super) org: Word,
    /// The name of a tree beside the default one.
    pub(super) name: Word,
    pub(super) receiver: Word,
    pub(super) group_by: Words,
    #[serde(rename = "match")]
    pub(super) equal: Option<Located<Pairs>>,
    pub(super) match_re: Option<Located<Pairs>>,
    pub(super) matchers: Words,
    pub(super) object_matchers: Option<Vec<Parts>>,
    pub(super) mute_time_intervals: Words,
    pub(super) active_time_intervals: Words,
    #[serde(rename = "continue")]
    pub(super) continues: Word,
    pub(super) group_wait: Word,
    pub(super) group_interval: Word,
    pub(super) repeat_interval: Word,
    pub(super) routes: Option<Vec<Located<PolicyForm>>>,
}

/// A contact point of a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ContactPointForm {
    #[serde(rename = "orgId")]
    pub(super) org: Word,
    pub(super) name: Word,
    pub(super) receivers: Option<Vec<Located<IntegrationForm>>>,
}

/// An integration of a contact point; in what APIs answer it names the contact point.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct IntegrationForm {
    pub(super) uid: Word,
    pub(super) name: Word,
    #[serde(rename = "type")]
    pub(super) kind: Word,
    pub(super) settings: Option<Located<Json>>,
    #[serde(rename = "disableResolveMessage", alias = "disable_resolve_message")]
    pub(super) disable_resolve_message: Word,
}

/// A mute timing, which is a time interval.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct IntervalForm {
    #[serde(rename = "orgId")]
    pub(super) org: Word,
    pub(super) name: Word,
    pub(super) time_intervals: Option<Vec<PartForm>>,
}

/// A notification template.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TemplateForm {
    pub(super) name: Word,
    pub(super) template: Word,
}

/// The whole configuration of Grafana's own Alertmanager, as its API gives it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfigurationForm {
    pub(super) alertmanager_config: AlertmanagerForm,
}

/// The part of it that says where alerts go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AlertmanagerForm {
    pub(super) route: Option<Located<PolicyForm>>,
    pub(super) receivers: Option<Vec<ReceiverForm>>,
    pub(super) mute_time_intervals: Option<Vec<Located<IntervalForm>>>,
    pub(super) time_intervals: Option<Vec<Located<IntervalForm>>>,
    pub(super) inhibit_rules: Option<Vec<Located<InhibitForm>>>,
}

/// A receiver of the whole configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReceiverForm {
    pub(super) name: Word,
    pub(super) grafana_managed_receiver_configs: Option<Vec<Located<IntegrationForm>>>,
}

/// The organization of a part of a document. A file that does not say means the first one; what an API answers is of whichever
/// was asked for.
pub(super) fn organization(word: &Word, is_file: bool) -> Option<String> {
    let word = word.as_ref().map(|word| word.as_str());
    let is_first = word.is_none_or(|word| word.parse().is_ok_and(|number: i64| number < 1));
    match is_first {
        true => is_file.then(|| "1".to_owned()),
        false => word.map(str::to_owned),
    }
}
