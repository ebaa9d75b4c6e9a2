//! The form of a Prometheus rule file: its words and their types, no more.

use fake_factory::input::Located;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Labels or annotations as written.
pub(super) type Texts = BTreeMap<Located<String>, Located<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileForm {
    #[serde(default)]
    pub(super) groups: Option<Vec<GroupForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupForm {
    pub(super) name: Located<String>,
    #[serde(default)]
    pub(super) interval: Option<Located<String>>,
    #[serde(default)]
    pub(super) query_offset: Option<Located<String>>,
    #[serde(default)]
    pub(super) limit: Option<Located<i64>>,
    #[serde(default)]
    pub(super) labels: Option<Texts>,
    #[serde(default)]
    pub(super) rules: Option<Vec<Located<RuleForm>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleForm {
    #[serde(default)]
    pub(super) alert: Option<Located<String>>,
    #[serde(default)]
    pub(super) record: Option<Located<String>>,
    #[serde(default)]
    pub(super) expr: Option<Located<String>>,
    #[serde(default, rename = "for")]
    pub(super) hold: Option<Located<String>>,
    #[serde(default)]
    pub(super) keep_firing_for: Option<Located<String>>,
    #[serde(default)]
    pub(super) labels: Option<Texts>,
    #[serde(default)]
    pub(super) annotations: Option<Located<Texts>>,
}
