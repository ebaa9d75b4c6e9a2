//! Loki's ruler files: Prometheus' form, with LogQL in it and a few words of Loki's own.

use super::RuleGroup;
use super::prometheus::check_groups;
use super::prometheus::form::{GroupForm, RuleForm, Texts};
use crate::alerting::sources::Language;
use fake_factory::input::{Diagnostics, Located, Source, read_foreign};
use serde::Deserialize;

/// Reads a rule file of Loki's ruler.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse_rule_file(source: &Source) -> Result<Vec<RuleGroup>, Diagnostics> {
    let reading = read_foreign::<FileForm>(source);
    let file = reading.value.unwrap_or_default();
    let groups = file.groups.unwrap_or_default().into_iter();
    let groups: Vec<GroupForm> = groups.map(LokiGroupForm::into_common).collect();
    check_groups(source, Language::Logql, &groups, reading.diagnostics)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    /// Where lokitool uploads the groups to: no matter here.
    #[serde(default, rename = "namespace")]
    _namespace: Option<String>,
    #[serde(default)]
    groups: Option<Vec<LokiGroupForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LokiGroupForm {
    name: Located<String>,
    #[serde(default)]
    interval: Option<Located<String>>,
    #[serde(default)]
    query_offset: Option<Located<String>>,
    #[serde(default)]
    limit: Option<Located<i64>>,
    #[serde(default)]
    labels: Option<Texts>,
    #[serde(default)]
    rules: Option<Vec<Located<RuleForm>>>,
    /// Where recorded series go: here they always go to the store of the run.
    #[serde(default, rename = "remote_write")]
    _remote_write: Option<Vec<RemoteWriteForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteWriteForm {
    #[serde(default, rename = "url")]
    _url: Option<String>,
}

impl LokiGroupForm {
    fn into_common(self) -> GroupForm {
        GroupForm {
            name: self.name,
            interval: self.interval,
            query_offset: self.query_offset,
            limit: self.limit,
            labels: self.labels,
            rules: self.rules,
        }
    }
}
