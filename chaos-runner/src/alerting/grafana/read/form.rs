//! The words of the documents, whichever of them they are: files and APIs spell the same fields differently. What Grafana accepts
//! and no evaluation needs is passed over.

use crate::alerting::json::Json;
use fake_factory::input::Located;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Labels or annotations as written.
pub(super) type Texts = BTreeMap<Located<String>, Located<String>>;

/// A word of text, or a number or boolean as it was written.
pub(super) type Word = Option<Located<String>>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleForm {
    pub(super) uid: Word,
    pub(super) title: Word,
    pub(super) condition: Word,
    pub(super) data: Option<Vec<Located<QueryForm>>>,
    #[serde(rename = "noDataState", alias = "no_data_state")]
    pub(super) no_data: Word,
    #[serde(rename = "execErrState", alias = "exec_err_state")]
    pub(super) exec_err: Word,
    #[serde(rename = "for")]
    pub(super) hold: Word,
    #[serde(rename = "keepFiringFor", alias = "keep_firing_for")]
    pub(super) keep_firing_for: Word,
    #[serde(
        rename = "missing_series_evals_to_resolve",
        alias = "missingSeriesEvalsToResolve"
    )]
    pub(super) missing_evaluations: Word,
    pub(super) labels: Option<Texts>,
    pub(super) annotations: Option<Texts>,
    #[serde(rename = "isPaused", alias = "is_paused")]
    pub(super) is_paused: Word,
    #[serde(alias = "notificationSettings")]
    pub(super) notification_settings: Option<Located<SettingsForm>>,
    pub(super) record: Option<Located<RecordForm>>,
    #[serde(rename = "ruleGroup", alias = "rule_group")]
    pub(super) rule_group: Word,
    #[serde(rename = "folderUID", alias = "folderUid", alias = "namespace_uid")]
    pub(super) folder_uid: Word,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct QueryForm {
    #[serde(rename = "refId")]
    pub(super) ref_id: Word,
    #[serde(rename = "queryType")]
    pub(super) query_type: Word,
    #[serde(rename = "relativeTimeRange")]
    pub(super) range: Option<Located<RangeForm>>,
    #[serde(rename = "datasourceUid", alias = "datasourceUID")]
    pub(super) datasource_uid: Word,
    pub(super) model: Option<Located<Json>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RangeForm {
    pub(super) from: Word,
    pub(super) to: Word,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RecordForm {
    pub(super) metric: Word,
    pub(super) from: Word,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    #[serde(alias = "contact_point")]
    pub(super) receiver: Word,
    /// A tree of policies beside the default one.
    pub(super) policy: Word,
    pub(super) group_by: Option<Vec<Located<String>>>,
    pub(super) group_wait: Word,
    pub(super) group_interval: Word,
    pub(super) repeat_interval: Word,
    #[serde(alias = "mute_timings")]
    pub(super) mute_time_intervals: Option<Vec<Located<String>>>,
    #[serde(alias = "active_timings")]
    pub(super) active_time_intervals: Option<Vec<Located<String>>>,
}

/// The file that Grafana provisions and exports.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FileForm {
    #[serde(rename = "apiVersion")]
    pub(super) api_version: Word,
    pub(super) groups: Option<Vec<FileGroupForm>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FileGroupForm {
    pub(super) name: Word,
    pub(super) folder: Word,
    pub(super) interval: Word,
    pub(super) rules: Option<Vec<RuleForm>>,
}

/// A group of the provisioning API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiGroupForm {
    pub(super) title: Word,
    #[serde(rename = "folderUid", alias = "folderUID")]
    pub(super) folder_uid: Word,
    pub(super) interval: Option<Located<u64>>,
    pub(super) rules: Option<Vec<RuleForm>>,
}

/// A group of the ruler's API, below the title of its folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RulerGroupForm {
    pub(super) name: Word,
    pub(super) interval: Word,
    pub(super) rules: Option<Vec<Located<RulerRuleForm>>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RulerRuleForm {
    #[serde(rename = "for")]
    pub(super) hold: Word,
    pub(super) keep_firing_for: Word,
    pub(super) labels: Option<Texts>,
    pub(super) annotations: Option<Texts>,
    pub(super) grafana_alert: Option<RuleForm>,
}
