//! Tokens to a tree, by Grafana's grammar: every binary operator is left-associative, `**` too, and `!` and `-` bind closest.

use super::functions::{FUNCTIONS, Function};
use super::lex::{Kind, Token, error, tokens};
use super::{FormulaError, Node, Operator};
use fake_factory::input::suggest;

/// How deep parentheses and signs may nest.
const DEPTH_MAX: usize = 100;
/// Operators that one formula may have: its tree is walked by recursion.
const OPERATORS_MAX: usize = 1_000;

/// Parses a text, and tells the variables that it names.
pub(super) fn parse(text: &str) -> Result<(Node, Vec<String>), FormulaError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        operators: 0,
        variables: Vec::new(),
    };
    let root = parser.level(0)?;
    match parser.peek() {
        Token {
            kind: Kind::End, ..
        } => Ok((root, parser.variables)),
        token => Err(unexpected(token)),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    operators: usize,
    variables: Vec<String>,
}

/// How loosely an operator binds: the loosest first.
fn level_of(operator: Operator) -> usize {
    match operator {
        Operator::Or => 0,
        Operator::And => 1,
        Operator::Add | Operator::Subtract => 3,
        Operator::Multiply | Operator::Divide | Operator::Remainder => 4,
        Operator::Power => 5,
        _ => 2,
    }
}

/// The level below the operators.
const FACTOR: usize = 6;

impl Parser {
    fn peek(&self) -> &Token {
        // The last token is `End`, and it is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn level(&mut self, level: usize) -> Result<Node, FormulaError> {
        if level == FACTOR {
            return self.factor();
        }
        let mut node = self.level(level + 1)?;
        while let Kind::Operator(operator) = self.peek().kind
            && level_of(operator) == level
        {
            let offset = self.next().offset;
            self.operators += 1;
            if self.operators > OPERATORS_MAX {
                let message = format!("more than {OPERATORS_MAX} operators in one formula");
                return Err(error(&message, offset));
            }
            let right = self.level(level + 1)?;
            node = Node::Binary(operator, Box::new(node), Box::new(right));
        }
        Ok(node)
    }

    fn deeper(
        &mut self,
        offset: usize,
        inner: impl FnOnce(&mut Self) -> Result<Node, FormulaError>,
    ) -> Result<Node, FormulaError> {
        if self.depth == DEPTH_MAX {
            let message = format!("nested more than {DEPTH_MAX} deep");
            return Err(error(&message, offset));
        }
        self.depth += 1;
        let node = inner(self);
        self.depth -= 1;
        node
    }

    fn factor(&mut self) -> Result<Node, FormulaError> {
        let token = self.next();
        match token.kind {
            Kind::Number(number) => Ok(Node::Number(number)),
            Kind::Variable(name) => {
                if !self.variables.contains(&name) {
                    self.variables.push(name.clone());
                }
                Ok(Node::Variable(name))
            }
            Kind::Name(name) => self.call(&name, token.offset),
            Kind::Not => {
                let argument = self.deeper(token.offset, Self::factor)?;
                Ok(Node::Not(Box::new(argument)))
            }
            Kind::Operator(Operator::Subtract) => {
                let argument = self.deeper(token.offset, Self::factor)?;
                Ok(Node::Minus(Box::new(argument)))
            }
            Kind::Open => {
                let node = self.deeper(token.offset, |parser| parser.level(0))?;
                self.close()?;
                Ok(node)
            }
            _ => Err(unexpected(&token)),
        }
    }

    fn call(&mut self, name: &str, offset: usize) -> Result<Node, FormulaError> {
        let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            let known = FUNCTIONS.iter().map(|(known, _)| *known);
            let meant = match suggest(name, known) {
                Some(meant) => format!(": did you mean `{meant}`?"),
                // The name of a node without its dollar is the mistake that people make.
                None => format!(": a node is named `${name}`"),
            };
            return Err(error(
                &format!("there is no function `{name}`{meant}"),
                offset,
            ));
        };
        match self.next() {
            Token {
                kind: Kind::Open, ..
            } => {}
            token => return Err(unexpected(&token)),
        }
        let argument = self.argument(*function)?;
        self.close()?;
        Ok(Node::Call(*function, argument))
    }

    fn argument(&mut self, function: Function) -> Result<Option<Box<Node>>, FormulaError> {
        let offset = self.peek().offset;
        match (function.is_constant(), &self.peek().kind) {
            (true, Kind::Close) => Ok(None),
            (true, _) => Err(error("the function takes no argument", offset)),
            (false, Kind::Close) => Err(error("the function takes one argument", offset)),
            (false, _) => {
                let node = self.deeper(offset, |parser| parser.level(0))?;
                Ok(Some(Box::new(node)))
            }
        }
    }

    fn close(&mut self) -> Result<(), FormulaError> {
        match self.next() {
            Token {
                kind: Kind::Close, ..
            } => Ok(()),
            token => Err(unexpected(&token)),
        }
    }
}

fn unexpected(token: &Token) -> FormulaError {
    let found = match &token.kind {
        Kind::Number(number) => number.to_string(),
        Kind::Variable(name) => format!("${name}"),
        Kind::Name(name) => name.clone(),
        Kind::Not => "!".to_owned(),
        Kind::Operator(operator) => operator.symbol().to_owned(),
        Kind::Open => "(".to_owned(),
        Kind::Close => ")".to_owned(),
        Kind::Comma => ",".to_owned(),
        Kind::End => return error("the formula ends too early", token.offset),
    };
    error(&format!("unexpected `{found}`"), token.offset)
}
