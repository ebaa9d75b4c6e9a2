//! One routing of all documents: the tree of policies, before it the routes of rules that say themselves where they go, and every
//! name looked up. A name that there is not is told with the rule or policy that has it.

use super::Notifications;
use super::policies::Policy;
use crate::alerting::alertmanager::{Config, IntegrationConfig, ReceiverConfig};
use crate::alerting::grafana::model::{GrafanaRule, RULE_UID_LABEL, Version};
use crate::alerting::grafana::settings::{DEFAULT_GROUP_BY, NotificationSettings, OWN_ROUTE_LABEL};
use crate::alerting::notify::interval::TimeInterval;
use crate::alerting::notify::routing::{GroupBy, Route};
use crate::alerting::rules::{Rule, RuleGroup};
use fake_factory::input::{Diagnostic, Diagnostics, Located, Source, one_of};
use promql::{MatchOp, Matcher};
use std::collections::{BTreeMap, BTreeSet};

/// The contact point that Grafana begins with up to version 12: mail to nobody.
const DEFAULT_EMAIL: &str = "grafana-default-email";
/// The one that later versions begin with: it has no integration.
const EMPTY: &str = "empty";
/// What stands for the integrations of a contact point that no document holds.
const UNSEEN: &str = "unknown integrations";

/// Everything that says where Grafana's alerts go.
#[derive(Clone, Copy)]
pub struct Assembling<'a> {
    /// What documents say of notifications.
    pub notifications: &'a [&'a Notifications],
    /// Documents of rules.
    pub rules: &'a [(&'a Source, &'a [RuleGroup])],
    /// Whether a contact point exists, where no document holds any.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// The version of Grafana.
    pub version: Version,
}

/// Where Grafana's alerts go.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// In the words of Alertmanager's configuration: receivers are contact points.
    pub config: Config,
    /// Which alerts take it: all of Grafana's; without any document, those of rules that say themselves where they go.
    pub takes: Vec<Matcher>,
    /// Whether that is all of them.
    pub takes_all: bool,
    /// The document that holds the tree of policies: lines of routes are its.
    pub file: Option<String>,
}

impl Assembling<'_> {
    /// The routing; none where nothing says where alerts go.
    ///
    /// # Errors
    /// Every name that does not exist, and trees that are too many.
    pub fn assemble(&self) -> Result<Option<Assembled>, Diagnostics> {
        let mut documents = self.notifications.iter().copied();
        let routed = documents.any(Notifications::route_alerts);
        if !routed && self.own().next().is_none() {
            return Ok(None);
        }
        self.routing(routed).map(Some)
    }

    /// The routing of a Grafana that has these documents and no others: without policies, alerts go by its default one.
    ///
    /// # Errors
    /// As [`Assembling::assemble`].
    pub fn with_policies(&self) -> Result<Assembled, Diagnostics> {
        self.routing(true)
    }

    fn routing(&self, routed: bool) -> Result<Assembled, Diagnostics> {
        let documents = || self.notifications.iter().copied();
        let own: Vec<(&Source, &GrafanaRule, &NotificationSettings)> = self.own().collect();
        let mut names = Names {
            receivers: BTreeMap::new(),
            declared: documents().any(|document| document.contact_points.is_some()),
            intervals: BTreeMap::new(),
            exists: self.exists,
            diagnostics: Diagnostics::new(),
        };
        let first = documents().flat_map(|document| &document.policies).next();
        names.declare(
            self.notifications,
            first.and_then(|root| root.org.as_deref()),
        );
        let mut root = self.root(routed, &mut names);
        let own = own_routes(&own, &mut names);
        root.routes.splice(0..0, own);
        let takes = match routed {
            true => Matcher::new(RULE_UID_LABEL, MatchOp::NotEqual, ""),
            false => Matcher::new(OWN_ROUTE_LABEL, MatchOp::Equal, "true"),
        };
        let assembled = Assembled {
            config: Config {
                root,
                receivers: names.receivers.into_values().collect(),
                inhibitions: documents()
                    .flat_map(|one| one.inhibitions.clone())
                    .collect(),
                intervals: names.intervals,
            },
            takes: takes.into_iter().collect(),
            takes_all: routed,
            file: documents()
                .find(|document| !document.policies.is_empty())
                .map(|document| document.source.path().to_owned()),
        };
        names.diagnostics.or(assembled)
    }

    /// The rules that say themselves where their alerts go.
    fn own(&self) -> impl Iterator<Item = (&Source, &GrafanaRule, &NotificationSettings)> {
        let groups = self.rules.iter().flat_map(|(source, groups)| {
            let rules = groups.iter().flat_map(|group| &group.rules);
            rules.map(move |rule| (*source, rule))
        });
        groups.filter_map(|(source, rule)| {
            let Rule::Grafana(rule) = rule else {
                return None;
            };
            let settings = rule.notification()?;
            Some((source, &**rule, settings))
        })
    }

    fn root(&self, routed: bool, names: &mut Names<'_>) -> Route {
        let documents = self.notifications.iter();
        let mut roots = documents.flat_map(|document| {
            document
                .policies
                .iter()
                .map(|root| (&document.source, root))
        });
        let Some((source, root)) = roots.next() else {
            let receiver = match self.version {
                _ if !routed => EMPTY,
                Version::V12 => DEFAULT_EMAIL,
                Version::V13 => EMPTY,
            };
            names.use_receiver(receiver);
            return Route {
                receiver: Some(receiver.to_owned()),
                group_by: Some(GroupBy::Labels(DEFAULT_GROUP_BY.map(str::to_owned).into())),
                ..Route::default()
            };
        };
        for (other_source, other) in roots {
            let place = root.span.map(|span| source.line_and_column(span.start).0);
            let place = place.unwrap_or_default();
            let message = match other.org == root.org {
                true => "there are two trees of notification policies",
                false => "there are notification policies of two organizations: a run has one",
            };
            let help = format!("the other one is at {}:{place}", source.path());
            let told = Diagnostic::at(other_source, other.span, message).with_help(&help);
            names.diagnostics.push(told);
        }
        names.policy(source, root)
    }
}

/// The routes of rules that say themselves where their alerts go, each once.
fn own_routes(
    own: &[(&Source, &GrafanaRule, &NotificationSettings)],
    names: &mut Names<'_>,
) -> Option<Route> {
    let mut receivers: BTreeMap<&str, Route> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for (source, rule, settings) in own {
        let at = |field: &str| {
            format!(
                "the rule `{}`: `notification_settings.{field}`: ",
                rule.title
            )
        };
        names.receiver(source, &at("receiver"), &settings.receiver);
        for (field, list) in [
            ("mute_time_intervals", &settings.mute_time_intervals),
            ("active_time_intervals", &settings.active_time_intervals),
        ] {
            names.intervals(source, &at(field), list);
        }
        let receiver = receivers.entry(&settings.receiver);
        let receiver = receiver.or_insert_with(|| settings.receiver_route());
        if known.insert(settings.labels()) {
            receiver.routes.extend(settings.route());
        }
    }
    let routes: Vec<Route> = receivers.into_values().collect();
    (!routes.is_empty()).then(|| NotificationSettings::own_routes(routes))
}

/// The names that exist, and what is wrong with those that are used.
struct Names<'a> {
    receivers: BTreeMap<String, ReceiverConfig>,
    /// Whether some document holds the contact points.
    declared: bool,
    intervals: BTreeMap<String, Vec<TimeInterval>>,
    exists: &'a dyn Fn(&str) -> bool,
    diagnostics: Diagnostics,
}

impl Names<'_> {
    /// Takes in what documents hold of the organization of the policies. A contact point may be told of in several, a mute timing
    /// may not.
    fn declare(&mut self, documents: &[&Notifications], org: Option<&str>) {
        let is_ours = |other: Option<&str>| org.is_none() || other.is_none() || org == other;
        for document in documents {
            let points = document.contact_points.iter().flatten();
            for point in points.filter(|point| is_ours(point.org.as_deref())) {
                let name = point.name.value.clone();
                let receiver = self.receivers.entry(name.clone());
                let receiver = receiver.or_insert_with(|| ReceiverConfig {
                    name,
                    line: point.line,
                    integrations: Vec::new(),
                });
                receiver.integrations.extend(&point.integrations);
            }
            let intervals = document.intervals.iter().flatten();
            for timing in intervals.filter(|timing| is_ours(timing.org.as_deref())) {
                let name = &timing.name;
                let parts = timing.parts.clone();
                if self.intervals.insert(name.value.clone(), parts).is_some() {
                    let message = format!("there are two mute timings called `{name}`");
                    let told = Diagnostic::at(&document.source, name.span, &message);
                    self.diagnostics.push(told);
                }
            }
        }
    }

    fn policy(&mut self, source: &Source, policy: &Policy) -> Route {
        if let Some(name) = &policy.receiver {
            self.receiver(source, "", name);
        }
        self.intervals(source, "", &policy.mute);
        self.intervals(source, "", &policy.active);
        let all = |names: &[Located<String>]| names.iter().map(|name| name.value.clone()).collect();
        Route {
            receiver: policy.receiver.as_ref().map(|name| name.value.clone()),
            mute_time_intervals: all(&policy.mute),
            active_time_intervals: all(&policy.active),
            routes: policy
                .children
                .iter()
                .map(|child| self.policy(source, child))
                .collect(),
            ..policy.route.clone()
        }
    }

    /// Makes a contact point that exists one of those that are known.
    fn use_receiver(&mut self, name: &str) -> bool {
        let unseen = match name {
            DEFAULT_EMAIL => vec!["email"],
            EMPTY => Vec::new(),
            _ if !self.declared && (self.exists)(name) => vec![UNSEEN],
            _ => return self.receivers.contains_key(name),
        };
        let integrations = unseen.into_iter().map(|kind| IntegrationConfig {
            kind,
            send_resolved: true,
        });
        let receiver = self.receivers.entry(name.to_owned());
        receiver.or_insert_with(|| ReceiverConfig {
            name: name.to_owned(),
            line: None,
            integrations: integrations.collect(),
        });
        true
    }

    fn receiver(&mut self, source: &Source, at: &str, name: &Located<String>) {
        if self.use_receiver(name) {
            return;
        }
        let message = format!("{at}there is no contact point `{name}`");
        let help = match self.declared {
            true => among(name, self.receivers.keys()),
            false => format!(
                "name the document that holds it under `grafana`, or say by which channel it tells, as in `receivers: {{ {name}: CHANNEL }}`"
            ),
        };
        let told = Diagnostic::at(source, name.span, &message).with_help(&help);
        self.diagnostics.push(told);
    }

    fn intervals(&mut self, source: &Source, at: &str, names: &[Located<String>]) {
        for name in names {
            if self.intervals.contains_key(name.as_str()) {
                continue;
            }
            let message = format!("{at}there is no mute timing `{name}`");
            let help = among(name, self.intervals.keys());
            let told = Diagnostic::at(source, name.span, &message).with_help(&help);
            self.diagnostics.push(told);
        }
    }
}

/// What may have been meant by a name.
fn among<'k>(name: &str, known: impl Iterator<Item = &'k String>) -> String {
    let help = one_of(name, known.map(String::as_str));
    help.unwrap_or_else(|| "the documents hold none at all".to_owned())
}
