//! Tokens to a tree. Whatever Go refuses when it parses a template is refused here: unknown functions and variables, blocks that
//! are not closed, actions that make no sense.

mod defined;

use super::TemplateError;
use super::functions::is_function;
use super::lex::{Kind, Piece, Token, error, pieces};
use std::collections::BTreeMap;

/// How deep blocks and parentheses may nest.
const DEPTH_MAX: usize = 50;

/// The variables that Prometheus declares before every template.
pub(super) const DECLARED: &[&str] = &["labels", "externalLabels", "externalURL", "value"];

/// A template and those that it defines.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) body: Vec<Node>,
    pub(super) defined: BTreeMap<String, Vec<Node>>,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Text(String),
    Print(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(String, Option<Pipe>, Place),
    Break,
    Continue,
}

/// The conditions of an `if` with its `else if`s, or what a `with` or `range` is about, each with its block, and the last `else`.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) arms: Vec<(Pipe, Vec<Node>)>,
    pub(super) otherwise: Vec<Node>,
}

/// Commands, each fed with what the one before gave, and the variables that take the result.
#[derive(Clone, Debug)]
pub(super) struct Pipe {
    pub(super) variables: Vec<String>,
    pub(super) declares: bool,
    pub(super) commands: Vec<Command>,
}

#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) operands: Vec<Operand>,
    pub(super) place: Place,
}

#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub(super) term: Term,
    /// `.a.b` after the term.
    pub(super) fields: Vec<String>,
    pub(super) place: Place,
}

#[derive(Clone, Debug)]
pub(super) enum Term {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Variable(String),
    Function(String),
    Parenthesised(Pipe),
}

/// A part of the template, for messages.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) offset: usize,
    pub(super) text: String,
}

/// Parses a whole template, before which `declared` are declared, and which may call `functions` besides those of every template.
pub(super) fn parse(
    text: &str,
    declared: &[&str],
    functions: &[&str],
) -> Result<Parsed, TemplateError> {
    let mut parser = Parser {
        text,
        functions,
        pieces: pieces(text)?.into_iter(),
        // The root has the name that is empty: `$`.
        variables: [""]
            .iter()
            .chain(declared)
            .map(|name| (*name).to_owned())
            .collect(),
        defined: BTreeMap::new(),
        ranges: 0,
        depth: 0,
    };
    let (body, end) = parser.block()?;
    if let End::Stop(word, offset) | End::Else(word, offset, _) = end {
        return Err(error(&format!("unexpected {{{{{word}}}}}"), offset));
    }
    Ok(Parsed {
        body,
        defined: parser.defined,
    })
}

struct Parser<'a> {
    text: &'a str,
    functions: &'a [&'a str],
    pieces: std::vec::IntoIter<Piece>,
    variables: Vec<String>,
    defined: BTreeMap<String, Vec<Node>>,
    ranges: usize,
    depth: usize,
}

/// What a block ended with.
enum End {
    Text,
    Stop(&'static str, usize),
    /// `{{else}}`, with the tokens after it.
    Else(&'static str, usize, Vec<Token>),
}

impl Parser<'_> {
    /// Reads nodes up to the end of the text, an `end` or an `else`.
    fn block(&mut self) -> Result<(Vec<Node>, End), TemplateError> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let (tokens, offset) = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text));
                    continue;
                }
                Piece::Action { tokens, offset } => (tokens, offset),
            };
            let Some(first) = tokens.first() else {
                return Err(error("missing value for command", offset));
            };
            let word = match &first.kind {
                Kind::Word(word) => word.as_str(),
                _ => "",
            };
            match word {
                "end" if tokens.len() == 1 => return Ok((nodes, End::Stop("end", offset))),
                "else" => {
                    let rest = tokens.into_iter().skip(1).collect();
                    return Ok((nodes, End::Else("else", offset, rest)));
                }
                "if" | "with" | "range" => nodes.push(self.branch(word, &tokens[1..], offset)?),
                "break" | "continue" if tokens.len() == 1 => {
                    if self.ranges == 0 {
                        return Err(error(
                            &format!("{{{{{word}}}}} outside {{{{range}}}}"),
                            offset,
                        ));
                    }
                    nodes.push(if word == "break" {
                        Node::Break
                    } else {
                        Node::Continue
                    });
                }
                "define" => self.define(&tokens, offset)?,
                "template" => nodes.push(self.template(&tokens, offset)?),
                // A template that is defined where it is used.
                "block" => {
                    nodes.push(self.template(&tokens, offset)?);
                    self.defined(&tokens[1], offset)?;
                }
                _ => nodes.push(Node::Print(self.whole_pipe(&tokens, offset, "command")?)),
            }
        }
        Ok((nodes, End::Text))
    }

    fn branch(
        &mut self,
        word: &str,
        tokens: &[Token],
        offset: usize,
    ) -> Result<Node, TemplateError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(error("the template nests too deeply", offset));
        }
        let scope = self.variables.len();
        let mut arms = Vec::new();
        let mut end = self.arm(word, tokens, offset, &mut arms)?;
        // A chain nests no deeper than its first condition does, however long it is.
        let otherwise = loop {
            let rest = match end {
                End::Text => return Err(error("unexpected EOF: {{end}} is missing", offset)),
                End::Stop(..) => break Vec::new(),
                End::Else(_, _, rest) => rest,
            };
            let Some(first) = rest.first() else {
                break self.last_else(offset)?;
            };
            if word == "range" || first.kind != Kind::Word(word.to_owned()) {
                return Err(error("unexpected words after {{else}}", first.offset));
            }
            end = self.arm(word, &rest[1..], first.offset, &mut arms)?;
        };
        self.variables.truncate(scope);
        self.depth -= 1;
        let branch = Branch { arms, otherwise };
        Ok(match word {
            "if" => Node::If(branch),
            "with" => Node::With(branch),
            _ => Node::Range(branch),
        })
    }

    /// Reads a condition and its block, and tells what that ended with.
    fn arm(
        &mut self,
        word: &str,
        tokens: &[Token],
        offset: usize,
        arms: &mut Vec<(Pipe, Vec<Node>)>,
    ) -> Result<End, TemplateError> {
        let pipe = self.whole_pipe(tokens, offset, word)?;
        self.ranges += usize::from(word == "range");
        let (body, end) = self.block()?;
        self.ranges -= usize::from(word == "range");
        arms.push((pipe, body));
        Ok(end)
    }

    fn last_else(&mut self, offset: usize) -> Result<Vec<Node>, TemplateError> {
        match self.block()? {
            (nodes, End::Stop(..)) => Ok(nodes),
            (_, End::Else(_, at, _)) => Err(error("expected end; found {{else}}", at)),
            (_, End::Text) => Err(error("unexpected EOF: {{end}} is missing", offset)),
        }
    }

    fn whole_pipe(
        &mut self,
        tokens: &[Token],
        offset: usize,
        context: &str,
    ) -> Result<Pipe, TemplateError> {
        let mut at = 0;
        let pipe = self.pipe(tokens, &mut at, offset, context)?;
        match tokens.get(at) {
            None => Ok(pipe),
            Some(token) => Err(error(
                &format!("unexpected token in {context}"),
                token.offset,
            )),
        }
    }

    /// Reads a pipeline up to a closing parenthesis or the end of the tokens.
    fn pipe(
        &mut self,
        tokens: &[Token],
        at: &mut usize,
        offset: usize,
        context: &str,
    ) -> Result<Pipe, TemplateError> {
        let (variables, declares) = self.targets(tokens, at, context)?;
        let mut commands = Vec::new();
        loop {
            let command = self.command(tokens, at, offset, context)?;
            let constant = !matches!(
                command.operands[0].term,
                Term::Function(_) | Term::Variable(_) | Term::Dot | Term::Parenthesised(_)
            );
            if constant && !commands.is_empty() {
                let message = format!(
                    "non executable command in pipeline stage {}",
                    commands.len() + 1
                );
                return Err(error(&message, command.place.offset));
            }
            commands.push(command);
            match tokens.get(*at).map(|token| &token.kind) {
                Some(Kind::Pipe) => *at += 1,
                _ => break,
            }
        }
        if declares {
            self.variables.extend(variables.iter().cloned());
        }
        Ok(Pipe {
            variables,
            declares,
            commands,
        })
    }

    /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
    fn targets(
        &mut self,
        tokens: &[Token],
        at: &mut usize,
        context: &str,
    ) -> Result<(Vec<String>, bool), TemplateError> {
        let kinds: Vec<&Kind> = tokens[*at..]
            .iter()
            .take(4)
            .map(|token| &token.kind)
            .collect();
        let (names, operator, length) = match kinds.as_slice() {
            [
                Kind::Variable(a),
                operator @ (Kind::Declare | Kind::Assign),
                ..,
            ] => (vec![a.clone()], *operator, 2),
            [
                Kind::Variable(a),
                Kind::Comma,
                Kind::Variable(b),
                operator @ (Kind::Declare | Kind::Assign),
                ..,
            ] if context == "range" => (vec![a.clone(), b.clone()], *operator, 4),
            _ => return Ok((Vec::new(), false)),
        };
        let declares = *operator == Kind::Declare;
        if !declares {
            for name in &names {
                self.known_variable(name, tokens[*at].offset)?;
            }
        }
        *at += length;
        Ok((names, declares))
    }

    fn command(
        &mut self,
        tokens: &[Token],
        at: &mut usize,
        offset: usize,
        context: &str,
    ) -> Result<Command, TemplateError> {
        let mut operands = Vec::new();
        let start = tokens.get(*at).map_or(offset, |token| token.offset);
        while let Some(token) = tokens.get(*at) {
            if matches!(token.kind, Kind::Pipe | Kind::Close) {
                break;
            }
            if !operands.is_empty() && !token.spaced {
                return Err(error(
                    &format!("unexpected token in {context}"),
                    token.offset,
                ));
            }
            operands.push(self.operand(tokens, at)?);
        }
        if operands.is_empty() {
            return Err(error(&format!("missing value for {context}"), start));
        }
        let end = tokens[*at - 1].end;
        Ok(Command {
            operands,
            place: self.place(start, end),
        })
    }

    fn operand(&mut self, tokens: &[Token], at: &mut usize) -> Result<Operand, TemplateError> {
        let token = &tokens[*at];
        *at += 1;
        let mut fields = Vec::new();
        let term = match &token.kind {
            Kind::Dot => Term::Dot,
            Kind::Field(name) => {
                fields.push(name.clone());
                Term::Dot
            }
            Kind::Variable(name) => {
                self.known_variable(name, token.offset)?;
                Term::Variable(name.clone())
            }
            Kind::Str(text) => Term::Str(text.clone()),
            Kind::Int(value) => Term::Int(*value),
            Kind::Float(value) => Term::Float(*value),
            Kind::Word(word) => match word.as_str() {
                "nil" => Term::Nil,
                "true" | "false" => Term::Bool(word == "true"),
                name if is_function(name) || self.functions.contains(&name) => {
                    Term::Function(name.to_owned())
                }
                name => {
                    return Err(error(
                        &format!("function {name:?} not defined"),
                        token.offset,
                    ));
                }
            },
            Kind::Open => self.parenthesised(tokens, at)?,
            _ => return Err(error("unexpected token in operand", token.offset)),
        };
        // Where something is chained, Go takes the first link for the place.
        let mut offset = token.offset;
        let behind = *at;
        while let Some(Token {
            kind: Kind::Field(name),
            spaced: false,
            offset: link,
            ..
        }) = tokens.get(*at)
        {
            if *at == behind {
                offset = *link;
            }
            fields.push(name.clone());
            *at += 1;
        }
        let whole = self.place(token.offset, tokens[*at - 1].end);
        Ok(Operand {
            term,
            fields,
            place: Place { offset, ..whole },
        })
    }

    fn parenthesised(&mut self, tokens: &[Token], at: &mut usize) -> Result<Term, TemplateError> {
        let offset = tokens[*at - 1].offset;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(error("the template nests too deeply", offset));
        }
        let pipe = self.pipe(tokens, at, offset, "parenthesized pipeline")?;
        self.depth -= 1;
        match tokens.get(*at).map(|token| &token.kind) {
            Some(Kind::Close) => *at += 1,
            _ => return Err(error("unclosed left paren", offset)),
        }
        Ok(Term::Parenthesised(pipe))
    }

    fn known_variable(&self, name: &str, offset: usize) -> Result<(), TemplateError> {
        if self.variables.iter().any(|known| known == name) {
            Ok(())
        } else {
            Err(error(&format!("undefined variable \"${name}\""), offset))
        }
    }

    fn place(&self, start: usize, end: usize) -> Place {
        Place {
            offset: start,
            text: self.text.get(start..end).unwrap_or_default().to_owned(),
        }
    }
}
