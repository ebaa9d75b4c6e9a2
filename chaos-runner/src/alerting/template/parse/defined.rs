//! Templates within a template: where one is defined, and where one is called.

use super::{DEPTH_MAX, End, Node, Parser, Place};
use crate::alerting::template::TemplateError;
use crate::alerting::template::lex::{Kind, Token, error};

impl Parser<'_> {
    pub(super) fn define(&mut self, tokens: &[Token], offset: usize) -> Result<(), TemplateError> {
        let [_, name] = tokens else {
            return Err(error("{{define}} takes one quoted name", offset));
        };
        if self.depth > 0 {
            return Err(error("unexpected {{define}}", offset));
        }
        self.defined(name, offset)
    }

    /// Reads what a template of this name is, up to its `end`.
    pub(super) fn defined(&mut self, name: &Token, offset: usize) -> Result<(), TemplateError> {
        let Kind::Str(name) = &name.kind else {
            return Err(error("{{define}} takes one quoted name", offset));
        };
        let outside = std::mem::replace(&mut self.variables, vec![String::new()]);
        let ranges = std::mem::take(&mut self.ranges);
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(error("the template nests too deeply", offset));
        }
        let (body, end) = self.block()?;
        self.depth -= 1;
        self.ranges = ranges;
        self.variables = outside;
        if !matches!(end, End::Stop(..)) {
            return Err(error("{{define}} has no {{end}}", offset));
        }
        // Whichever of two is empty gives way to the other.
        let is_empty = |body: &[Node]| {
            body.iter()
                .all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
        };
        match self.defined.get(name) {
            Some(have) if !is_empty(have) && is_empty(&body) => {}
            Some(have) if !is_empty(have) => {
                let message = format!("multiple definition of template {name:?}");
                return Err(error(&message, offset));
            }
            _ => {
                self.defined.insert(name.clone(), body);
            }
        }
        Ok(())
    }

    pub(super) fn template(
        &mut self,
        tokens: &[Token],
        offset: usize,
    ) -> Result<Node, TemplateError> {
        let Some(
            token @ Token {
                kind: Kind::Str(name),
                ..
            },
        ) = tokens.get(1)
        else {
            return Err(error("{{template}} takes a quoted name", offset));
        };
        let end = tokens.last().map_or(token.end, |last| last.end);
        let called = self.place(token.offset, end);
        let place = Place {
            text: format!("{{{{template {}}}}}", called.text),
            ..called
        };
        let argument = match &tokens[2..] {
            [] => None,
            rest => Some(self.whole_pipe(rest, offset, "template")?),
        };
        Ok(Node::Template(name.clone(), argument, place))
    }
}
