//! YAML text into a tree: one document, anchors expanded, everything bounded. The events come from `granit-parser`. What YAML
//! allows and we do not is told and left out, so that the rest is read; only broken form ends the reading.

mod merge;
mod refusal;

use super::diagnostic::Diagnostic;
use super::located::Span;
use super::node::{Kind, Node};
use super::source::Source;
use granit_parser::{Event, Parser, ScalarStyle, Span as EventSpan, StrInput};
use std::collections::BTreeMap;

/// Nodes that one file may hold, anchors expanded.
const NODES_MAX: u32 = 200_000;
/// Bytes that the words of one file may hold together, anchors expanded.
const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How deep lists and mappings may nest, anchors expanded.
const DEPTH_MAX: usize = 64;
/// Refusals of one file after which no more are told.
const REFUSALS_MAX: usize = 100;

/// How much of YAML is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// One document with something in it, and no merge keys: files that are ours.
    Ours,
    /// As Go's `yaml` decodes into a value: merge keys, and nothing after the first document.
    Go,
}

/// What came of a text.
pub(super) struct Parsed {
    /// The one document, without what was refused.
    pub(super) root: Node,
    /// What was refused.
    pub(super) refusals: Vec<Diagnostic>,
    /// Where a second document begins.
    pub(super) second_document: Option<Span>,
}

/// The one document of `source` as a tree; the one thing that is wrong where it has no form.
pub(super) fn parse(source: &Source, manner: Manner) -> Result<Parsed, Diagnostic> {
    let mut builder = Builder::new(source, manner);
    let root = builder.document()?;
    Ok(Parsed {
        root,
        second_document: builder.second_document,
        refusals: builder.refusals,
    })
}

struct Builder<'a> {
    source: &'a Source,
    manner: Manner,
    second_document: Option<Span>,
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Anchored>,
    /// Where the lists and mappings begin whose ends have not come yet.
    open: Vec<usize>,
    nodes: u32,
    /// The nodes that are kept for aliases.
    anchored: u32,
    text_bytes: usize,
    refusals: Vec<Diagnostic>,
}

struct Anchored {
    node: Node,
    /// Levels of lists and mappings in it.
    height: usize,
}

/// An event, its place, and the place of its tag.
struct Item<'a> {
    event: Event<'a>,
    span: Span,
    tag: Span,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source, manner: Manner) -> Self {
        Builder {
            source,
            manner,
            second_document: None,
            parser: Parser::new_from_str(source.text()),
            anchors: BTreeMap::new(),
            open: Vec::new(),
            nodes: 0,
            anchored: 0,
            text_bytes: 0,
            refusals: Vec::new(),
        }
    }

    fn document(&mut self) -> Result<Node, Diagnostic> {
        let mut root = None;
        loop {
            let item = self.next()?;
            match item.event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() && self.manner == Manner::Go => {
                    self.second_document = Some(item.span);
                    break;
                }
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(self
                        .error(item.span, "a second document in one file")
                        .with_help("keep one document a file"));
                }
                Event::DocumentStart(..) => {
                    let item = self.next()?;
                    root = Some(self.node(item)?);
                }
                Event::StreamEnd => break,
                _ => return Err(self.error(item.span, "unexpected content after the document")),
            }
        }
        match root {
            Some(root) if !root.is_null() => Ok(root),
            _ if self.manner == Manner::Go => Ok(Node::null()),
            _ => Err(Diagnostic::of_file(self.source, "the file is empty")),
        }
    }

    fn next(&mut self) -> Result<Item<'a>, Diagnostic> {
        match self.parser.next_event() {
            None => Ok(Item {
                event: Event::StreamEnd,
                span: Span::default(),
                tag: Span::default(),
            }),
            Some(Ok((event, place))) => {
                let span = self.bytes(&place);
                let tag = place.tag_span().map_or(span, |tag| self.bytes(&tag));
                Ok(Item { event, span, tag })
            }
            Some(Err(error)) => Err(self.broken(&error)),
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

    fn node(&mut self, item: Item<'a>) -> Result<Node, Diagnostic> {
        let Item { event, span, tag } = item;
        let before = self.nodes;
        let (kind, anchor, end) = match event {
            Event::Scalar(text, style, anchor, written) => {
                let plain = self.plainness(style, written.as_deref(), tag);
                // The parser says `~` for what was left out.
                let left_out = plain && style == ScalarStyle::Plain && span.start == span.end;
                let text = if left_out {
                    String::new()
                } else {
                    text.into_owned()
                };
                self.count_text(text.len(), span)?;
                (Kind::Scalar { text, plain }, anchor, span.end)
            }
            Event::SequenceStart(_, anchor, written) => {
                self.refuse_tag(written.as_deref(), "seq", tag);
                self.open(span)?;
                let (items, end) = self.items()?;
                (Kind::Sequence(items), anchor, end)
            }
            Event::MappingStart(_, anchor, written) => {
                self.refuse_tag(written.as_deref(), "map", tag);
                self.open(span)?;
                let (kind, end) = self.mapping()?;
                (kind, anchor, end)
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
            self.keep(anchor, &node, self.nodes - before)?;
        }
        Ok(node)
    }

    fn open(&mut self, span: Span) -> Result<(), Diagnostic> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.too_deep(span));
        }
        self.open.push(span.start);
        Ok(())
    }

    fn items(&mut self) -> Result<(Vec<Node>, usize), Diagnostic> {
        let mut items = Vec::new();
        loop {
            let item = self.next()?;
            if item.event == Event::SequenceEnd {
                self.open.pop();
                return Ok((items, item.span.end));
            }
            items.push(self.node(item)?);
        }
    }

    fn mapping(&mut self) -> Result<(Kind, usize), Diagnostic> {
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        let mut pruned = Vec::new();
        let mut firsts: BTreeMap<String, Span> = BTreeMap::new();
        loop {
            let item = self.next()?;
            if item.event == Event::MappingEnd {
                self.open.pop();
                merge::add(&mut entries, merged);
                return Ok((Kind::Mapping { entries, pruned }, item.span.end));
            }
            let mut key = self.node(item)?;
            if let Some(word) = self.source.respelling(key.span) {
                key.kind = Kind::Scalar {
                    text: word.to_owned(),
                    plain: true,
                };
            }
            let value = self.next()?;
            let mut value = self.node(value)?;
            if value.is_left_out() {
                // Nothing was written, so the key is all there is to point at.
                value.span = key.span;
            }
            let name = key.text().unwrap_or_default().to_owned();
            let first = firsts.get(&name).copied();
            if self.manner == Manner::Go && merge::is_merge(&key) {
                self.merge(value, &mut merged);
                continue;
            }
            if self.refuse_key(&key, first) {
                pruned.push(name);
            } else {
                firsts.insert(name, key.span);
                entries.push((key, value));
            }
        }
    }

    /// Keeps a node for the aliases of its anchor.
    fn keep(&mut self, anchor: usize, node: &Node, nodes: u32) -> Result<(), Diagnostic> {
        self.anchored += nodes;
        if self.anchored > NODES_MAX {
            return Err(self.too_many(node.span));
        }
        let anchored = Anchored {
            node: node.clone(),
            height: node.height(),
        };
        self.anchors.insert(anchor, anchored);
        Ok(())
    }

    /// An anchored node once more: with the place where it was written, and with ids of its own.
    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Diagnostic> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(self.error(span, "an alias within the value that it stands for"));
        };
        if self.open.len() + anchored.height > DEPTH_MAX {
            return Err(self.too_deep(span));
        }
        let mut node = anchored.node.clone();
        self.renumber(&mut node, span)?;
        Ok(node)
    }

    fn renumber(&mut self, node: &mut Node, alias: Span) -> Result<(), Diagnostic> {
        node.id = self.new_id(alias)?;
        match &mut node.kind {
            Kind::Scalar { text, .. } => self.count_text(text.len(), alias),
            Kind::StandIn => Ok(()),
            Kind::Sequence(items) => items
                .iter_mut()
                .try_for_each(|item| self.renumber(item, alias)),
            Kind::Mapping { entries, .. } => entries.iter_mut().try_for_each(|(key, value)| {
                self.renumber(key, alias)?;
                self.renumber(value, alias)
            }),
        }
    }

    fn new_id(&mut self, span: Span) -> Result<u32, Diagnostic> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(self.too_many(span));
        }
        Ok(self.nodes)
    }

    fn count_text(&mut self, bytes: usize, span: Span) -> Result<(), Diagnostic> {
        self.text_bytes += bytes;
        if self.text_bytes > TEXT_BYTES_MAX {
            let message = format!("more than {TEXT_BYTES_MAX} bytes of text, aliases written out");
            return Err(self.error(span, &message));
        }
        Ok(())
    }

    /// A block collection ends where the next thing begins: without the blanks and comments between.
    fn trimmed(&self, start: usize, end: usize) -> Span {
        let text = self.source.text().get(start..end).unwrap_or_default();
        Span {
            start,
            end: start + text.trim_end().len(),
        }
    }
}
