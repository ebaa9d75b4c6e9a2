//! The `monitoring:` section: how often is measured and judged, by which rule files, and by which way a page goes out.

pub use super::grafana_file::{DatasourceKind, GrafanaFile, GrafanaVersion};
use super::one_or_more::OneOrMore;
use fake_factory::input::Located;
use fake_factory::input::units::HumanDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How the run is watched.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// How often each target is scraped.
    #[serde(default = "default_scrape_interval")]
    pub scrape_interval: Located<HumanDuration>,
    /// How often rules are evaluated, where their group does not say.
    #[serde(default = "default_evaluation_interval")]
    pub evaluation_interval: Located<HumanDuration>,
    /// Where the ticks fall after the start of the run. What is left out is drawn from the seed.
    #[serde(default)]
    pub phase: Phase,
    /// The rule files that are evaluated, relative to the scenario.
    #[serde(default)]
    pub rules: Vec<Located<RuleFile>>,
    /// The version of Grafana that Grafana's rules are evaluated as: 12 (and before) or 13 (and after).
    #[serde(default)]
    pub grafana_version: GrafanaVersion,
    /// The ways by which a page reaches a person.
    #[serde(default)]
    pub channels: BTreeMap<Located<String>, Channel>,
    /// Which alerts go to which channel and how they are grouped, as the `route` of an Alertmanager configuration has it, with
    /// its defaults. Without it every alert goes to every channel at once.
    #[serde(default)]
    pub route: Option<Located<Route>>,
    /// The Alertmanager configuration file that alerts are routed by, in place of `route`, relative to the scenario.
    #[serde(default)]
    pub alertmanager: Option<Located<String>>,
    /// Documents of Grafana's notification policies, contact points and mute timings, as it exports them or its API answers, relative
    /// to the scenario: what Grafana's alerts are routed by. They may stand in the documents of `rules` as well. Without any, Grafana's
    /// alerts go as all others, but for rules that say themselves where.
    #[serde(default)]
    pub grafana: OneOrMore,
    /// By which channels the receivers of `alertmanager`, and Grafana's contact points, tell people in this scenario; an empty list:
    /// nobody. One that is not named here tells by the channel of its own name, and nobody where there is none.
    #[serde(default)]
    pub receivers: BTreeMap<Located<String>, OneOrMore>,
}

impl Default for Monitoring {
    fn default() -> Self {
        Monitoring {
            scrape_interval: default_scrape_interval(),
            evaluation_interval: default_evaluation_interval(),
            phase: Phase::default(),
            rules: Vec::new(),
            grafana_version: GrafanaVersion::default(),
            channels: BTreeMap::new(),
            route: None,
            alertmanager: None,
            grafana: OneOrMore::default(),
            receivers: BTreeMap::new(),
        }
    }
}

fn default_scrape_interval() -> Located<HumanDuration> {
    Located::unknown(HumanDuration(Duration::from_secs(15)))
}

fn default_evaluation_interval() -> Located<HumanDuration> {
    Located::unknown(HumanDuration(Duration::from_secs(60)))
}

/// Where the ticks fall after the start of the run, each less than its interval.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// The first scrape.
    #[serde(default)]
    pub scrape: Option<Located<HumanDuration>>,
    /// The first evaluation.
    #[serde(default)]
    pub evaluation: Option<Located<HumanDuration>>,
}

/// A file of alert rules.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleFile {
    /// Rule groups as Prometheus reads them.
    Prometheus(Located<String>),
    /// Rule groups as Loki's ruler reads them: the same form, with LogQL.
    Loki(Located<String>),
    /// Rules as Grafana exports them, or as its API answers.
    Grafana(GrafanaFile),
}

impl RuleFile {
    /// Its path, as written.
    #[must_use]
    pub fn path(&self) -> &Located<String> {
        match self {
            RuleFile::Prometheus(path) | RuleFile::Loki(path) => path,
            RuleFile::Grafana(grafana) => &grafana.file,
        }
    }
}

/// A way by which a page reaches a person.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// How long a page takes on it.
    #[serde(default)]
    pub delay: HumanDuration,
}

/// A node of the tree that alerts are routed by. `receiver` is a channel.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The channel; the parent's when it is left out.
    #[serde(default)]
    pub receiver: Option<Located<String>>,
    /// The labels by whose values alerts are grouped; `...` for all. The parent's when it is left out.
    #[serde(default)]
    pub group_by: Option<Vec<String>>,
    /// Which alerts take this route, as in `severity="page"`; all of them must hold.
    #[serde(default)]
    pub matchers: Vec<Located<String>>,
    /// Whether the next sibling is tried as well.
    #[serde(default, rename = "continue")]
    pub continues: bool,
    /// How long a new group waits for more alerts. 30 s at the root, else the parent's.
    #[serde(default)]
    pub group_wait: Option<HumanDuration>,
    /// How long a change in a group that was sent waits. 5 min at the root, else the parent's.
    #[serde(default)]
    pub group_interval: Option<HumanDuration>,
    /// After how long a group that did not change is sent again. 4 h at the root, else the parent's.
    #[serde(default)]
    pub repeat_interval: Option<HumanDuration>,
    /// The children, tried in order.
    #[serde(default)]
    pub routes: Vec<Route>,
}
