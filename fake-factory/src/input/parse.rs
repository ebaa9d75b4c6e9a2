//! YAML text into a tree: one document, anchors expanded, everything bounded. The events come from `granit-parser`.

use super::diagnostic::Diagnostic;
use super::located::Span;
use super::node::{Kind, Node};
use super::source::Source;
use granit_parser::{Event, Parser, ScalarStyle, Span as EventSpan, StrInput, Tag};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes that one file may hold, anchors expanded.
const NODES_MAX: u32 = 200_000;
/// How deep lists and mappings may nest.
const DEPTH_MAX: usize = 64;

/// The one document of `source` as a tree.
pub(super) fn parse(source: &Source) -> Result<Node, Diagnostic> {
    let mut builder = Builder::new(source);
    builder.document()
}

struct Builder<'a> {
    source: &'a Source,
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Node>,
    nodes: u32,
}

type Item<'a> = (Event<'a>, Span);

impl<'a> Builder<'a> {
    fn new(source: &'a Source) -> Self {
        Builder {
            source,
            parser: Parser::new_from_str(source.text()),
            anchors: BTreeMap::new(),
            nodes: 0,
        }
    }

    fn document(&mut self) -> Result<Node, Diagnostic> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(self
                        .error(span, "a second document in one file")
                        .with_help("keep one document a file"));
                }
                Event::DocumentStart(..) => {
                    let item = self.next()?;
                    root = Some(self.node(item, 0)?);
                }
                Event::StreamEnd => break,
                _ => return Err(self.error(span, "unexpected content after the document")),
            }
        }
        match root {
            Some(root) if !root.is_null() => Ok(root),
            _ => Err(Diagnostic::of_file(self.source, "the file is empty")),
        }
    }

    fn next(&mut self) -> Result<Item<'a>, Diagnostic> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, Span::default())),
            Some(Ok((event, span))) => Ok((event, self.bytes(&span))),
            Some(Err(error)) => {
                let marker = error.marker();
                let at = self
                    .source
                    .boundary(marker.byte_offset().unwrap_or(usize::MAX));
                let message = format!("invalid YAML: {}", error.info());
                Err(self.error(Span { start: at, end: at }, &message))
            }
        }
    }

    fn bytes(&self, span: &EventSpan) -> Span {
        let range = span.byte_range().unwrap_or_default();
        let start = self.source.boundary(range.start);
        let end = self.source.boundary(range.end);
        Span {
            start,
            end: end.max(start),
        }
    }

    fn node(&mut self, (event, span): Item<'a>, depth: usize) -> Result<Node, Diagnostic> {
        if depth > DEPTH_MAX {
            return Err(self.error(span, &format!("nested more than {DEPTH_MAX} deep")));
        }
        let (kind, anchor, end) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = self.plainness(style, tag.as_ref(), span)?;
                (
                    Kind::Scalar {
                        text: text.into_owned(),
                        plain,
                    },
                    anchor,
                    span.end,
                )
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.as_ref(), span)?;
                let (items, end) = self.items(depth)?;
                (Kind::Sequence(items), anchor, end)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.as_ref(), span)?;
                let (entries, end) = self.entries(depth)?;
                (
                    Kind::Mapping {
                        entries,
                        pruned: Vec::new(),
                    },
                    anchor,
                    end,
                )
            }
            Event::Alias(anchor) => return self.alias(anchor, span),
            _ => return Err(self.error(span, "expected a value")),
        };
        let node = Node {
            id: self.new_id(span)?,
            span: self.trimmed(span.start, end),
            kind,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn items(&mut self, depth: usize) -> Result<(Vec<Node>, usize), Diagnostic> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok((items, span.end));
            }
            items.push(self.node((event, span), depth + 1)?);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<(Vec<(Node, Node)>, usize), Diagnostic> {
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok((entries, span.end));
            }
            let key = self.node((event, span), depth + 1)?;
            let Some(name) = key.text() else {
                return Err(self.error(key.span, "a key must be a word, not a list or a mapping"));
            };
            if name == "<<" {
                return Err(self
                    .error(key.span, "merge keys are not supported")
                    .with_help("write the entries out, or use an alias for the whole value"));
            }
            if !keys.insert(name.to_owned()) {
                return Err(self.error(
                    key.span,
                    &format!("the key `{name}` stands here a second time"),
                ));
            }
            let value = self.next()?;
            let value = self.node(value, depth + 1)?;
            entries.push((key, value));
        }
    }

    /// An anchored node once more: with the place where it was written, and with ids of its own.
    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Diagnostic> {
        let Some(mut node) = self.anchors.get(&anchor).cloned() else {
            return Err(self.error(span, "an alias within the value that it stands for"));
        };
        self.renumber(&mut node)?;
        Ok(node)
    }

    fn renumber(&mut self, node: &mut Node) -> Result<(), Diagnostic> {
        node.id = self.new_id(node.span)?;
        match &mut node.kind {
            Kind::Scalar { .. } | Kind::StandIn => Ok(()),
            Kind::Sequence(items) => items.iter_mut().try_for_each(|item| self.renumber(item)),
            Kind::Mapping { entries, .. } => entries.iter_mut().try_for_each(|(key, value)| {
                self.renumber(key)?;
                self.renumber(value)
            }),
        }
    }

    fn new_id(&mut self, span: Span) -> Result<u32, Diagnostic> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(self.error(span, &format!("more than {NODES_MAX} values in one file")));
        }
        Ok(self.nodes)
    }

    fn plainness(
        &self,
        style: ScalarStyle,
        tag: Option<&Cow<'_, Tag>>,
        span: Span,
    ) -> Result<bool, Diagnostic> {
        match tag {
            Some(tag) if tag.core_suffix() == Some("str") => Ok(false),
            _ => {
                self.refuse_tag(tag, span)?;
                Ok(style == ScalarStyle::Plain)
            }
        }
    }

    fn refuse_tag(&self, tag: Option<&Cow<'_, Tag>>, span: Span) -> Result<(), Diagnostic> {
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() => Err(self.error(
                span,
                &format!("the tag `{}` means nothing here", tag.original()),
            )),
            _ => Ok(()),
        }
    }

    /// A block collection ends where the next thing begins: without the blanks and comments between.
    fn trimmed(&self, start: usize, end: usize) -> Span {
        let text = self.source.text().get(start..end).unwrap_or_default();
        Span {
            start,
            end: start + text.trim_end().len(),
        }
    }

    fn error(&self, span: Span, message: &str) -> Diagnostic {
        Diagnostic::at(self.source, Some(span), message)
    }
}
