//! The order in which the nodes of a rule can be evaluated: each after those that it needs, else as they were written.

use super::rule::RuleReader;
use crate::alerting::grafana::model::{Node, Work};
use fake_factory::input::{Span, suggest};
use std::collections::BTreeSet;

/// A node, and where its name stands.
pub(super) type Placed = (Node, Option<Span>);

/// The nodes in order; none where there is no such order.
pub(super) fn ordered(
    reader: &mut RuleReader<'_, '_>,
    nodes: Vec<Placed>,
    names: &BTreeSet<String>,
) -> Option<Vec<Node>> {
    let before = reader.found.diagnostics.len();
    for (node, span) in &nodes {
        for need in node.needs() {
            check_need(reader, node, *span, need, names);
            let input = nodes.iter().find(|(other, _)| other.ref_id == need);
            if input.is_some_and(|(input, _)| matches!(input.work, Work::Classic(_))) {
                let message = format!(
                    "`{}` needs `{need}`, whose classic conditions no expression can use",
                    node.ref_id
                );
                reader.wrong("data", *span, &message);
            }
        }
    }
    // A node that is not sound is missing here, and what needs it cannot be placed.
    if nodes.len() < names.len() {
        return None;
    }
    let mut rest = nodes;
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut sorted = Vec::new();
    while reader.found.diagnostics.len() == before {
        let is_ready = |(node, _): &Placed| node.needs().iter().all(|need| done.contains(*need));
        let Some(at) = rest.iter().position(is_ready) else {
            break;
        };
        let (node, _) = rest.remove(at);
        done.insert(node.ref_id.clone());
        sorted.push(node);
    }
    if reader.found.diagnostics.len() > before {
        return None;
    }
    if let Some((_, span)) = rest.first() {
        let names: Vec<String> = rest
            .iter()
            .map(|(node, _)| format!("`{}`", node.ref_id))
            .collect();
        let message = format!("{} need one another in a circle", names.join(", "));
        reader.wrong("data", *span, &message);
        return None;
    }
    Some(sorted)
}

fn check_need(
    reader: &mut RuleReader<'_, '_>,
    node: &Node,
    span: Option<Span>,
    need: &str,
    names: &BTreeSet<String>,
) {
    if need == node.ref_id {
        let message = format!("`{need}` needs itself");
        reader.wrong("model.expression", span, &message);
    } else if !names.contains(need) {
        let meant = suggest(
            need.trim_start_matches('$'),
            names.iter().map(String::as_str),
        );
        let help = meant.map_or_else(String::new, |meant| format!(": did you mean `{meant}`?"));
        let message = format!("`{}` needs `{need}`, which is no refId{help}", node.ref_id);
        reader.wrong("model.expression", span, &message);
    }
}
