//! In which shape a document tells of notifications, told by its keys.

use crate::alerting::json::Json;

/// The sections of a file that are not about rules.
pub(in crate::alerting) const SECTIONS: [&str; 10] = [
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
pub(in crate::alerting) enum Shape {
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
pub(in crate::alerting) enum Number {
    /// It is a list.
    List,
    /// It is one.
    One,
}

impl Shape {
    /// The shape of a whole document that is about notifications alone and no file.
    pub(in crate::alerting) fn of_whole(top: &Json) -> Option<Shape> {
        let has = |key: &str| top.has(key);
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
    pub(in crate::alerting) fn of(item: &Json, number: Number) -> Option<Shape> {
        let has = |key: &str| item.has(key);
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

/// Whether it is the configuration of an Alertmanager that is none of Grafana's: its integrations have lists of their own.
pub(in crate::alerting) fn is_alertmanagers(top: &Json) -> bool {
    let receivers = || {
        top.get("receivers")
            .into_iter()
            .flat_map(|list| list.items())
    };
    let ends_in_configs = |one: &Json| match one {
        Json::Map(fields) => fields.keys().any(|key| key.ends_with("_configs")),
        _ => false,
    };
    let is_grafanas = receivers().any(|one| one.has("grafana_managed_receiver_configs"));
    let is_plain = top.has("global") || receivers().any(ends_in_configs);
    top.has("route") && is_plain && !is_grafanas
}
