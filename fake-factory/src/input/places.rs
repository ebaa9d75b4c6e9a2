//! Where a field was written whose type does not remember it: the file's tree, searched from a neighbour that does.

use super::node::{Kind, Node};
use super::{Source, Span, parse};

/// The places of everything that a file says.
#[derive(Clone, Debug)]
pub struct Places {
    root: Option<Node>,
}

impl Places {
    /// The places of `source`; none at all where it has no form.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        Places {
            root: parse::parse(source, parse::Manner::Ours)
                .ok()
                .map(|parsed| parsed.root),
        }
    }

    /// The value at a path of keys from the top of the file.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<Span> {
        descend(self.root.as_ref()?, path)
    }

    /// The value at `path` below the value that stands at `within`; `within` itself where it has none.
    #[must_use]
    pub fn below(&self, within: Option<Span>, path: &[&str]) -> Option<Span> {
        let holder = self
            .root
            .as_ref()
            .zip(within)
            .and_then(|(root, span)| standing_at(root, span));
        holder.and_then(|node| descend(node, path)).or(within)
    }

    /// The value at `path` below the mapping of which a key or value stands at `part`; `part` itself where it has none.
    #[must_use]
    pub fn beside(&self, part: Option<Span>, path: &[&str]) -> Option<Span> {
        let holder = self
            .root
            .as_ref()
            .zip(part)
            .and_then(|(root, span)| mapping_around(root, span));
        holder.and_then(|node| descend(node, path)).or(part)
    }

    /// The way from the top of the file to what stands at `span`, as in `inject.status.code` or `faults[2].name`; a key leads to
    /// its value. None for the file as a whole.
    #[must_use]
    pub fn way_to(&self, span: Span) -> Option<String> {
        let mut way = String::new();
        lead(self.root.as_ref()?, span, &mut way);
        (!way.is_empty()).then_some(way)
    }
}

/// Appends to `way` how to get from `node` to the innermost value that holds `span`.
fn lead(node: &Node, span: Span, way: &mut String) {
    let holds = |node: &Node| node.span.start <= span.start && span.end <= node.span.end;
    match &node.kind {
        Kind::Scalar { .. } | Kind::StandIn => {}
        Kind::Sequence(items) => {
            let mut items = items.iter().enumerate();
            if let Some((index, item)) = items.find(|(_, item)| holds(item)) {
                way.push_str(&format!("[{index}]"));
                lead(item, span, way);
            }
        }
        Kind::Mapping { entries, .. } => {
            let mut entries = entries.iter();
            if let Some((key, value)) = entries.find(|(key, value)| holds(key) || holds(value)) {
                if !way.is_empty() {
                    way.push('.');
                }
                way.push_str(key.text().unwrap_or_default());
                // A value that was left out has the place of its key.
                if !holds(key) {
                    lead(value, span, way);
                }
            }
        }
    }
}

fn standing_at(node: &Node, span: Span) -> Option<&Node> {
    if node.span == span {
        return Some(node);
    }
    children(node).find_map(|child| standing_at(child, span))
}

fn mapping_around(node: &Node, part: Span) -> Option<&Node> {
    let is_part = |(key, value): &(Node, Node)| key.span == part || value.span == part;
    if entries(node).iter().any(is_part) {
        return Some(node);
    }
    children(node).find_map(|child| mapping_around(child, part))
}

fn descend(node: &Node, path: &[&str]) -> Option<Span> {
    let mut node = node;
    for name in path {
        let mut entries = entries(node).iter();
        node = &entries.find(|(key, _)| key.text() == Some(name))?.1;
    }
    Some(node.span)
}

fn entries(node: &Node) -> &[(Node, Node)] {
    match &node.kind {
        Kind::Mapping { entries, .. } => entries,
        Kind::Scalar { .. } | Kind::Sequence(_) | Kind::StandIn => &[],
    }
}

fn children(node: &Node) -> impl Iterator<Item = &Node> {
    let items = match &node.kind {
        Kind::Sequence(items) => items.as_slice(),
        Kind::Scalar { .. } | Kind::Mapping { .. } | Kind::StandIn => &[],
    };
    items
        .iter()
        .chain(entries(node).iter().map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_from_a_neighbour() {
        let source = Source::new(
            "f.yaml",
            "a: { name: x, wait: 0s }\nb: [{ name: y, wait: 1s }]\n",
        );
        let places = Places::of(&source);
        let at = |word: &str| {
            let start = source.text().find(word).expect("it is there");
            Some(Span {
                start,
                end: start + word.len(),
            })
        };
        assert_eq!(places.beside(at("y"), &["wait"]), at("1s"));
        assert_eq!(places.beside(at("y"), &["none"]), at("y"));
        assert_eq!(places.below(places.at(&["a"]), &["wait"]), at("0s"));
        assert_eq!(places.at(&["a", "none"]), None);
    }

    #[test]
    fn the_way_to_a_place_is_told_in_keys_and_numbers() {
        let text = "inject:\n  status: { code: 700, headers: [x, { b: y }] }\nends:\n";
        let source = Source::new("f.yaml", text);
        let places = Places::of(&source);
        let way = |word: &str| {
            let start = text.find(word).expect("it is there");
            places.way_to(Span {
                start,
                end: start + word.len(),
            })
        };
        for (word, expected) in [
            ("700", "inject.status.code"),
            ("code", "inject.status.code"),
            ("status", "inject.status"),
            ("{ code: 700, headers: [x, { b: y }] }", "inject.status"),
            ("x", "inject.status.headers[0]"),
            ("y", "inject.status.headers[1].b"),
            ("ends", "ends"),
        ] {
            assert_eq!(way(word).as_deref(), Some(expected), "{word}");
        }
        assert_eq!(way(text.trim_end()), None);
    }
}
