//! In which shape a document tells of notifications, told by its keys.

use crate::alerting::json::Json;
use fake_factory::input::{Source, read};

/// The sections of a file that are not about rules.
pub(in crate::alerting::grafana) const SECTIONS: [&str; 10] = [
    "policies",
    "contactPoints",
    "muteTimes",
    "timeIntervals",
    "templates",
    "deleteRules",
    "deleteContactPoints",
    "deleteMuteTimes",
    "deleteTemplates",
    "resetPolicies",
];

/// A shape in which Grafana tells of notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::alerting::grafana) enum Shape {
    /// A file that it provisions and exports.
    File,
    /// The tree of policies, as its API answers.
    Policies,
    /// Integrations of contact points, as its API answers: a list, or one.
    ContactPoints(Number),
    /// Mute timings, likewise.
    MuteTimings(Number),
    /// Templates, likewise.
    Templates(Number),
    /// The whole configuration of its own Alertmanager, or the part of it that routes.
    Configuration,
    /// That part alone.
    Alertmanager,
}

/// Whether a document is a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::alerting::grafana) enum Number {
    /// It is a list.
    List,
    /// It is one.
    One,
}

impl Shape {
    /// The shape of a whole document that is about notifications alone and no file.
    pub(in crate::alerting::grafana) fn of_whole(top: &Json) -> Option<Shape> {
        let Json::Map(entries) = top else {
            return None;
        };
        let has = |key: &str| entries.contains_key(key);
        if has("apiVersion") || has("groups") {
            None
        } else if has("alertmanager_config") {
            Some(Shape::Configuration)
        } else if has("route") && has("receivers") {
            Some(Shape::Alertmanager)
        } else if has("receiver") && !has("data") {
            Some(Shape::Policies)
        } else {
            Shape::of(top, Number::One)
        }
    }

    /// The shape of what the provisioning API answers, told by one of it.
    pub(in crate::alerting::grafana) fn of(item: &Json, number: Number) -> Option<Shape> {
        let has = |key: &str| item.get(key).is_some();
        if has("data") || has("rules") {
            None
        } else if has("type") && (has("settings") || has("name")) {
            Some(Shape::ContactPoints(number))
        } else if has("time_intervals") && has("name") {
            Some(Shape::MuteTimings(number))
        } else if has("template") && has("name") {
            Some(Shape::Templates(number))
        } else {
            None
        }
    }
}

/// Whether a document is one of notifications, or has a section that is not about rules.
#[must_use]
pub fn is_of_notifications(source: &Source) -> bool {
    match read::<Json>(source).value {
        Some(Json::List(items)) => {
            let first = items.first();
            first.is_some_and(|item| Shape::of(item, Number::List).is_some())
        }
        Some(top @ Json::Map(_)) => {
            Shape::of_whole(&top).is_some() || SECTIONS.iter().any(|key| top.get(key).is_some())
        }
        _ => false,
    }
}

/// Whether it is the configuration of an Alertmanager that is none of Grafana's: its integrations have lists of their own.
pub(in crate::alerting::grafana) fn is_alertmanagers(top: &Json) -> bool {
    let Some(Json::List(receivers)) = top.get("receivers").map(|list| &list.value) else {
        return false;
    };
    let has = |wanted: &dyn Fn(&str) -> bool| {
        let mut receivers = receivers.iter();
        receivers.any(|one| match &one.value {
            Json::Map(fields) => fields.keys().any(|key| wanted(key)),
            _ => false,
        })
    };
    let is_grafanas = has(&|key| key == "grafana_managed_receiver_configs");
    let is_plain = top.get("global").is_some() || has(&|key| key.ends_with("_configs"));
    top.get("route").is_some() && is_plain && !is_grafanas
}
