//! A scenario's own `route` as a routing: its receivers are channels, which tell of everything.

use super::routing::{GroupBy, Integration, Receiver, Route, Routing};
use crate::alerting::alertmanager::matchers::parse_matchers;
use crate::scenario::monitoring::Route as WrittenRoute;
use std::collections::BTreeMap;

/// The word of `group_by` that stands for every label.
pub const ALL_LABELS: &str = "...";

/// A text that should be a matcher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no matcher: {reason}")]
pub struct MatcherError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What `root` says.
///
/// # Errors
/// When a matcher is none; a scenario that was checked has none such.
pub fn routing_of(root: &WrittenRoute) -> Result<Routing, MatcherError> {
    let mut receivers = BTreeMap::new();
    let root = convert(root, &mut receivers)?;
    Ok(Routing {
        root,
        receivers,
        ..Routing::default()
    })
}

fn convert(
    route: &WrittenRoute,
    receivers: &mut BTreeMap<String, Receiver>,
) -> Result<Route, MatcherError> {
    if let Some(channel) = &route.receiver {
        let integration = Integration {
            channel: channel.value.clone(),
            send_resolved: true,
        };
        let receiver = Receiver {
            integrations: vec![integration],
        };
        receivers.insert(channel.value.clone(), receiver);
    }
    let mut matchers = Vec::new();
    for text in &route.matchers {
        matchers.extend(parse_matchers(text).map_err(|reason| MatcherError {
            text: text.value.clone(),
            reason,
        })?);
    }
    let children = route.routes.iter().map(|child| convert(child, receivers));
    Ok(Route {
        receiver: route.receiver.as_ref().map(|name| name.value.clone()),
        group_by: route.group_by.as_deref().and_then(group_by),
        matchers,
        continues: route.continues,
        group_wait: route.group_wait.map(|wait| wait.0),
        group_interval: route.group_interval.map(|every| every.0),
        repeat_interval: route.repeat_interval.map(|every| every.0),
        routes: children.collect::<Result<_, _>>()?,
        ..Route::default()
    })
}

/// What a list of labels means; as in Alertmanager, an empty one says nothing.
#[must_use]
pub fn group_by(labels: &[String]) -> Option<GroupBy> {
    if labels.is_empty() {
        return None;
    }
    Some(if labels.iter().any(|label| label == ALL_LABELS) {
        GroupBy::All
    } else {
        GroupBy::Labels(labels.to_vec())
    })
}
