//! Which of Grafana's documents one is, told by its keys alone. What is in it is another's business, and so is whether it is sound.

use super::notifications::{Number, SECTIONS, Shape};
use crate::alerting::json::Json;

/// A document of Grafana's alerting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::alerting) enum Layout {
    /// A file that it provisions and exports.
    File,
    /// What its APIs answer about notifications.
    Notifications(Shape),
    /// A list of rules, as the provisioning API answers.
    Rules,
    /// A rule, likewise.
    Rule,
    /// A group of rules, likewise.
    ApiGroup,
    /// A group of rules, as the ruler's API answers.
    RulerGroup,
    /// All groups of the ruler, by the titles of their folders.
    Ruler,
}

impl Layout {
    /// Which one it is; none where its keys are those of none.
    pub(in crate::alerting) fn of(top: &Json) -> Option<Layout> {
        let entries = match top {
            Json::List(items) => {
                let first = items.first().and_then(|item| Shape::of(item, Number::List));
                return Some(first.map_or(Layout::Rules, Layout::Notifications));
            }
            Json::Map(entries) => entries,
            _ => return None,
        };
        if let Some(shape) = Shape::of_whole(top) {
            return Some(Layout::Notifications(shape));
        }
        let is_file = top.has("groups") || top.has("apiVersion");
        if is_file || SECTIONS.iter().any(|section| top.has(section)) {
            Some(Layout::File)
        } else if top.has("data") && top.has("title") || top.has("ruleGroup") {
            Some(Layout::Rule)
        } else if top.has("rules") && top.has("name") {
            Some(Layout::RulerGroup)
        } else if top.has("rules") {
            Some(Layout::ApiGroup)
        } else {
            let mut values = entries.values();
            let is_ruler =
                !entries.is_empty() && values.all(|value| matches!(value.value, Json::List(_)));
            is_ruler.then_some(Layout::Ruler)
        }
    }

    /// Whether it is one of Grafana's for certain: groups of rules could be those of another server.
    pub(in crate::alerting) fn is_certain(self, top: &Json) -> bool {
        match self {
            Layout::File => {
                let has_section = SECTIONS.iter().any(|section| top.has(section));
                top.has("apiVersion") || has_section || rules(top).any(is_grafanas)
            }
            Layout::RulerGroup | Layout::Ruler => rules(top).any(is_grafanas),
            Layout::ApiGroup => {
                let own = ["title", "folderUid"];
                own.iter().any(|word| top.has(word)) || rules(top).any(is_grafanas)
            }
            // A list of groups is one that the word `groups` was left away from.
            Layout::Rules => !top.items().any(|item| item.has("rules")),
            Layout::Notifications(_) | Layout::Rule => true,
        }
    }
}

/// The rules below a document's groups, or in its one group.
pub(in crate::alerting) fn rules(top: &Json) -> impl Iterator<Item = &Json> {
    let lists: Vec<&Json> = match top {
        Json::Map(entries) if top.has("rules") || top.has("groups") => {
            let lists = ["rules", "groups"].into_iter();
            lists
                .filter_map(|key| entries.get(key))
                .map(|list| &list.value)
                .collect()
        }
        Json::Map(entries) => entries.values().map(|list| &list.value).collect(),
        _ => Vec::new(),
    };
    let items = lists.into_iter().flat_map(Json::items);
    items.flat_map(|item| match item.get("rules") {
        Some(rules) => rules.items().collect(),
        None => vec![item],
    })
}

/// Whether a rule is one of Grafana's.
pub(in crate::alerting) fn is_grafanas(rule: &Json) -> bool {
    rule.has("data") || rule.has("grafana_alert")
}
