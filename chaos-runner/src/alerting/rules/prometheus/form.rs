//! The form of a Prometheus rule file: its words and their types, no more.

use fake_factory::input::Located;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Labels or annotations as written.
pub(in crate::alerting::rules) type Texts = BTreeMap<Located<String>, Located<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::alerting::rules) struct FileForm {
    #[serde(default)]
    pub(in crate::alerting::rules) groups: Option<Vec<GroupForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::alerting::rules) struct GroupForm {
    pub(in crate::alerting::rules) name: Located<String>,
    #[serde(default)]
    pub(in crate::alerting::rules) interval: Option<Located<String>>,
    #[serde(default)]
    pub(in crate::alerting::rules) query_offset: Option<Located<String>>,
    #[serde(default)]
    pub(in crate::alerting::rules) limit: Option<Located<i64>>,
    #[serde(default)]
    pub(in crate::alerting::rules) labels: Option<Texts>,
    #[serde(default)]
    pub(in crate::alerting::rules) rules: Option<Vec<Located<RuleForm>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::alerting::rules) struct RuleForm {
    #[serde(default)]
    pub(in crate::alerting::rules) alert: Option<Located<String>>,
    #[serde(default)]
    pub(in crate::alerting::rules) record: Option<Located<String>>,
    #[serde(default)]
    pub(in crate::alerting::rules) expr: Option<Located<String>>,
    #[serde(default, rename = "for")]
    pub(in crate::alerting::rules) hold: Option<Located<String>>,
    #[serde(default)]
    pub(in crate::alerting::rules) keep_firing_for: Option<Located<String>>,
    #[serde(default)]
    pub(in crate::alerting::rules) labels: Option<Texts>,
    #[serde(default)]
    pub(in crate::alerting::rules) annotations: Option<Located<Texts>>,
}
