//! `math`: Grafana's formula language over the values of other nodes. It follows `pkg/expr/mathexp`: its grammar, its pairing of
//! values by their labels, and what it does with null and NaN.

mod functions;
mod lex;
mod operate;
mod parse;
mod union;

use super::value::Value;
use functions::Function;
pub(in crate::alerting::grafana) use operate::Operator;
use std::collections::BTreeMap;
use union::unite;

/// A parsed formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    root: Node,
    /// The nodes that it names, each once.
    variables: Vec<String>,
}

/// Why a text is no formula.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaError {
    /// What is wrong.
    pub message: String,
    /// Where, as a byte offset into the text.
    pub offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Variable(String),
    Not(Box<Node>),
    Minus(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Option<Box<Node>>),
}

impl Formula {
    /// Parses a text.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let (root, variables) = parse::parse(text)?;
        Ok(Formula {
            text: text.to_owned(),
            root,
            variables,
        })
    }

    /// The text as it was written.
    pub(in crate::alerting::grafana) fn text(&self) -> &str {
        &self.text
    }

    /// The nodes that it names.
    pub(in crate::alerting::grafana) fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The comparison of a variable with a number, where it is no more than that: the variable on the left.
    pub(in crate::alerting::grafana) fn comparison(&self) -> Option<(&str, Operator, f64)> {
        let Node::Binary(operator, left, right) = &self.root else {
            return None;
        };
        if !operator.is_comparison() {
            return None;
        }
        match (&**left, &**right) {
            (Node::Variable(name), Node::Number(number)) => Some((name, *operator, *number)),
            (Node::Number(number), Node::Variable(name)) => {
                Some((name, operator.mirrored(), *number))
            }
            _ => None,
        }
    }

    /// What it comes to. A variable without values has none.
    pub(in crate::alerting::grafana) fn evaluate(
        &self,
        variables: &BTreeMap<String, Vec<Value>>,
    ) -> Result<Vec<Value>, String> {
        self.root.evaluate(variables)
    }
}

impl Node {
    fn evaluate(&self, variables: &BTreeMap<String, Vec<Value>>) -> Result<Vec<Value>, String> {
        let each = |node: &Node, of: &dyn Fn(f64) -> f64| {
            let values = node.evaluate(variables)?;
            let of = |cell: Option<f64>| cell.map(of);
            Ok(values.iter().map(|value| value.map(of)).collect())
        };
        match self {
            Node::Number(number) => Ok(vec![Value::Scalar(Some(*number))]),
            Node::Variable(name) => Ok(variables.get(name).cloned().unwrap_or_default()),
            Node::Not(argument) => each(argument, &operate::not),
            Node::Minus(argument) => each(argument, &|number| -number),
            Node::Binary(operator, left, right) => {
                let (left, right) = (left.evaluate(variables)?, right.evaluate(variables)?);
                unite(&left, &right, *operator)
            }
            Node::Call(function, argument) => match argument {
                None => Ok(vec![Value::Scalar(function.constant())]),
                Some(argument) => {
                    let values = argument.evaluate(variables)?;
                    let of = |value: &Value| value.map(|cell| function.of(cell));
                    Ok(values.iter().map(of).collect())
                }
            },
        }
    }
}
