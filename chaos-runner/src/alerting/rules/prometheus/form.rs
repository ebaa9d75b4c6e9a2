//! The form of a Prometheus rule file: its words and their types, no more.

use fake_factory::input::Located;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Labels or annotations as written.
#[derive(Debug, Deserialize)]
#[serde(from = "BTreeMap<Located<String>, Located<Option<String>>>")]
pub(in crate::alerting::rules) struct Texts(
    pub(in crate::alerting::rules) BTreeMap<Located<String>, Located<String>>,
);

impl From<BTreeMap<Located<String>, Located<Option<String>>>> for Texts {
    /// As in Go, a text that is left out is empty.
    fn from(texts: BTreeMap<Located<String>, Located<Option<String>>>) -> Self {
        let text = |text: Located<Option<String>>| Located {
            value: text.value.unwrap_or_default(),
            span: text.span,
        };
        let texts = texts.into_iter();
        Texts(texts.map(|(name, value)| (name, text(value))).collect())
    }
}

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
