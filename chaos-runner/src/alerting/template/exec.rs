//! Walks a template's tree and writes its text. Whatever a template may take of time, memory and stack is bounded, and stands in
//! `bounds`.

use super::bounds::{Budget, TEXT_BYTES_MAX, too_long};
use super::call::call;
use super::parse::{Branch, Command, Node, Operand, Parsed, Pipe, Place, Term};
use super::time::{has_methods, method};
use super::value::Val;
use super::{TemplateData, labels_map};
use std::collections::BTreeMap;

/// What went wrong, and at which part of the template.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) at: String,
    pub(super) offset: usize,
}

/// What a block ended with.
#[derive(PartialEq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// What a template is about: the dot and the variables at its start, and what a key that a map lacks gives.
pub(super) struct Scene {
    pub(super) root: Val,
    pub(super) variables: Vec<(String, Val)>,
    pub(super) missing: Val,
    /// The functions of the scene, before those of every template.
    pub(super) functions: Functions,
}

/// Calls a function by its name; none where there is none of it.
pub(super) type Functions = fn(&str, &[Val]) -> Option<Result<Val, String>>;

/// Executes a template on its data, as Prometheus does.
pub(super) fn execute(parsed: &Parsed, data: &TemplateData<'_>) -> Result<String, Failure> {
    let labels = Val::Map(labels_map(data.labels));
    let external_labels = Val::Map(labels_map(data.external_labels));
    let external_url = Val::Str(data.external_url.to_owned());
    let value = Val::Float(data.value);
    let fields = [
        ("Labels", labels.clone()),
        ("ExternalLabels", external_labels.clone()),
        ("ExternalURL", external_url.clone()),
        ("Value", value.clone()),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    let root = Val::Struct(
        "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }",
        BTreeMap::from(fields),
    );
    let variables = [
        ("labels", labels),
        ("externalLabels", external_labels),
        ("externalURL", external_url),
        ("value", value),
    ];
    let scene = Scene {
        root,
        variables: variables
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        // A label that is not there is empty: Prometheus sets `missingkey=zero`.
        missing: Val::Str(String::new()),
        functions: |_, _| None,
    };
    execute_in(parsed, data, scene)
}

/// Executes a template in a scene; functions that ask for more take it from `data`.
pub(super) fn execute_in(
    parsed: &Parsed,
    data: &TemplateData<'_>,
    scene: Scene,
) -> Result<String, Failure> {
    let mut variables = vec![(String::new(), scene.root.clone())];
    variables.extend(scene.variables);
    let mut walker = Walker {
        parsed,
        data,
        variables,
        missing: scene.missing,
        functions: scene.functions,
        out: String::new(),
        budget: Budget::new(),
    };
    let whole = Place {
        offset: 0,
        text: String::new(),
    };
    walker.nodes(&parsed.body, &scene.root, &whole)?;
    Ok(walker.out)
}

struct Walker<'a> {
    parsed: &'a Parsed,
    data: &'a TemplateData<'a>,
    variables: Vec<(String, Val)>,
    missing: Val,
    functions: Functions,
    out: String,
    budget: Budget,
}

impl Walker<'_> {
    /// Goes through a block, for which `place` stands in messages about its depth.
    fn nodes(&mut self, nodes: &[Node], dot: &Val, place: &Place) -> Result<Flow, Failure> {
        self.budget
            .enter()
            .map_err(|message| fail(place, message))?;
        for node in nodes {
            let flow = self.node(node, dot, place)?;
            if flow != Flow::On {
                self.budget.leave();
                return Ok(flow);
            }
        }
        self.budget.leave();
        Ok(Flow::On)
    }

    fn node(&mut self, node: &Node, dot: &Val, place: &Place) -> Result<Flow, Failure> {
        self.budget.step().map_err(|message| fail(place, message))?;
        match node {
            Node::Text(text) => self.write(text, place)?,
            Node::Print(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.variables.is_empty() {
                    self.write(&value.print_action(), &pipe.commands[0].place)?;
                }
            }
            Node::If(branch) => return self.choose(branch, dot, false),
            Node::With(branch) => return self.choose(branch, dot, true),
            Node::Range(branch) => return self.range(branch, dot),
            Node::Template(name, argument, place) => {
                return self.template(name, argument.as_ref(), place, dot);
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn write(&mut self, text: &str, place: &Place) -> Result<(), Failure> {
        if self.out.len() + text.len() > TEXT_BYTES_MAX {
            return Err(fail(place, too_long()));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn choose(&mut self, branch: &Branch, dot: &Val, moves_dot: bool) -> Result<Flow, Failure> {
        let scope = self.variables.len();
        let flow = self.first_true(branch, dot, moves_dot);
        self.variables.truncate(scope);
        flow
    }

    /// Goes through the block of the first condition that is true, or through that of the `else`.
    fn first_true(&mut self, branch: &Branch, dot: &Val, moves_dot: bool) -> Result<Flow, Failure> {
        for (at, (pipe, body)) in branch.arms.iter().enumerate() {
            let value = self.pipe(pipe, dot)?;
            let place = &pipe.commands[0].place;
            if value.is_true() {
                let dot = if moves_dot { &value } else { dot };
                return self.nodes(body, dot, place);
            }
            if at + 1 == branch.arms.len() {
                return self.nodes(&branch.otherwise, dot, place);
            }
        }
        Ok(Flow::On)
    }

    fn range(&mut self, branch: &Branch, dot: &Val) -> Result<Flow, Failure> {
        let scope = self.variables.len();
        let Some((pipe, body)) = branch.arms.first() else {
            return Ok(Flow::On);
        };
        let over = self.commands(pipe, dot)?;
        let place = &pipe.commands[0].place;
        let items = items(over, pipe.variables.len());
        let mut items = items.map_err(|message| fail(place, message))?.peekable();
        if items.peek().is_none() {
            let flow = self.nodes(&branch.otherwise, dot, place);
            self.variables.truncate(scope);
            return flow;
        }
        for (key, item) in items {
            self.budget.step().map_err(|message| fail(place, message))?;
            match pipe.variables.as_slice() {
                [] => {}
                [value] => self.set(value, item.clone(), pipe.declares),
                [first, second, ..] => {
                    self.set(first, key, pipe.declares);
                    self.set(second, item.clone(), pipe.declares);
                }
            }
            let flow = self.nodes(body, &item, place)?;
            self.variables.truncate(scope);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(Flow::On)
    }

    fn template(
        &mut self,
        name: &str,
        argument: Option<&Pipe>,
        place: &Place,
        dot: &Val,
    ) -> Result<Flow, Failure> {
        let argument = match argument {
            Some(pipe) => self.pipe(pipe, dot)?,
            None => Val::Nil,
        };
        let body = self
            .parsed
            .defined
            .get(name)
            .ok_or_else(|| fail(place, format!("template {name:?} not defined")))?;
        let root = ("".to_owned(), argument.clone());
        let outside = std::mem::replace(&mut self.variables, vec![root]);
        self.nodes(body, &argument, place)?;
        self.variables = outside;
        Ok(Flow::On)
    }

    /// Evaluates a pipeline and hands its value to the variables it names.
    fn pipe(&mut self, pipe: &Pipe, dot: &Val) -> Result<Val, Failure> {
        let value = self.commands(pipe, dot)?;
        for name in &pipe.variables {
            self.set(name, value.clone(), pipe.declares);
        }
        Ok(value)
    }

    fn commands(&mut self, pipe: &Pipe, dot: &Val) -> Result<Val, Failure> {
        let mut passed = None;
        for command in &pipe.commands {
            passed = Some(self.command(command, passed, dot)?);
        }
        Ok(passed.unwrap_or(Val::Nil))
    }

    fn set(&mut self, name: &str, value: Val, declares: bool) {
        if declares {
            self.variables.push((name.to_owned(), value));
            return;
        }
        if let Some(variable) = self
            .variables
            .iter_mut()
            .rev()
            .find(|(have, _)| have == name)
        {
            variable.1 = value;
        }
    }

    fn command(
        &mut self,
        command: &Command,
        passed: Option<Val>,
        dot: &Val,
    ) -> Result<Val, Failure> {
        let first = &command.operands[0];
        if matches!(first.term, Term::Nil) {
            return Err(fail(&first.place, "nil is not a command".to_owned()));
        }
        let Term::Function(name) = &first.term else {
            if command.operands.len() > 1 && !first.fields.is_empty() {
                return self.method(command, passed, dot);
            }
            if command.operands.len() > 1 || passed.is_some() {
                let message = format!("can't give argument to non-function {}", first.place.text);
                return Err(fail(&first.place, message));
            }
            return self.operand(first, dot);
        };
        // Go stops at the first operand that decides.
        if matches!(name.as_str(), "and" | "or") {
            return self.junction(name == "or", command, passed, dot);
        }
        let mut arguments = Vec::with_capacity(command.operands.len());
        for operand in &command.operands[1..] {
            arguments.push(self.operand(operand, dot)?);
        }
        arguments.extend(passed);
        let value = self.call(name, arguments, &command.place)?;
        self.fields(value, first)
    }

    fn call(&mut self, name: &str, arguments: Vec<Val>, place: &Place) -> Result<Val, Failure> {
        let called = self.budget.call(name).and_then(|()| {
            let own = (self.functions)(name, &arguments);
            own.unwrap_or_else(|| call(name, arguments, self.data))
        });
        self.computed(called, place)
    }

    /// What a call gave, if it is not too large.
    fn computed(&mut self, value: Result<Val, String>, place: &Place) -> Result<Val, Failure> {
        let value = value.map_err(|message| fail(place, message))?;
        let fits = self.budget.computed(&value);
        fits.map_err(|message| fail(place, message))?;
        Ok(value)
    }

    /// Calls what the fields of the first operand end in, with the other operands.
    fn method(
        &mut self,
        command: &Command,
        passed: Option<Val>,
        dot: &Val,
    ) -> Result<Val, Failure> {
        let mut receiver = command.operands[0].clone();
        let name = receiver.fields.pop().unwrap_or_default();
        let place = receiver.place.clone();
        let receiver = self.operand(&receiver, dot)?;
        if !has_methods(&receiver) {
            let message = match receiver {
                Val::Map(_) | Val::Labels(_) => {
                    format!("{name} is not a method but has arguments")
                }
                _ => format!("can't give argument to non-function {}", place.text),
            };
            return Err(fail(&place, message));
        }
        let mut arguments = Vec::new();
        for operand in &command.operands[1..] {
            arguments.push(self.operand(operand, dot)?);
        }
        arguments.extend(passed);
        self.computed(method(&receiver, &name, &arguments), &place)
    }

    fn junction(
        &mut self,
        stops_at: bool,
        command: &Command,
        passed: Option<Val>,
        dot: &Val,
    ) -> Result<Val, Failure> {
        let mut last = None;
        for operand in &command.operands[1..] {
            let value = self.operand(operand, dot)?;
            if value.is_true() == stops_at {
                return Ok(value);
            }
            last = Some(value);
        }
        passed.or(last).ok_or_else(|| {
            let name = if stops_at { "or" } else { "and" };
            let message = format!("wrong number of args for {name}: want at least 1 got 0");
            fail(&command.place, message)
        })
    }

    fn operand(&mut self, operand: &Operand, dot: &Val) -> Result<Val, Failure> {
        let value = match &operand.term {
            Term::Dot => dot.clone(),
            Term::Nil => Val::Nil,
            Term::Bool(value) => Val::Bool(*value),
            Term::Int(value) => Val::Int(*value),
            Term::Float(value) => Val::Float(*value),
            Term::Str(text) => Val::Str(text.clone()),
            Term::Variable(name) => {
                let found = self.variables.iter().rev().find(|(have, _)| have == name);
                found.map_or(Val::Nil, |(_, value)| value.clone())
            }
            Term::Function(name) => self.call(name, Vec::new(), &operand.place)?,
            Term::Parenthesised(pipe) => self.pipe(pipe, dot)?,
        };
        let copied = self.budget.copy(&value);
        copied.map_err(|message| fail(&operand.place, message))?;
        self.fields(value, operand)
    }

    fn fields(&self, mut value: Val, operand: &Operand) -> Result<Val, Failure> {
        for name in &operand.fields {
            value = match value {
                Val::Map(mut entries) | Val::Labels(mut entries) => {
                    entries.remove(name).unwrap_or_else(|| self.missing.clone())
                }
                Val::Struct(kind, mut fields) => fields.remove(name).ok_or_else(|| {
                    let message = format!("can't evaluate field {name} in type {kind}");
                    fail(&operand.place, message)
                })?,
                // What is missing has no fields, and that is no error where it is no value at all.
                Val::Nil if self.missing == Val::Nil => Val::Nil,
                Val::Nil => {
                    let message = format!("nil data; no entry for key {name:?}");
                    return Err(fail(&operand.place, message));
                }
                other => {
                    method(&other, name, &[]).map_err(|message| fail(&operand.place, message))?
                }
            };
        }
        Ok(value)
    }
}

/// What a range goes over, with its keys, for so many variables.
fn items(over: Val, variables: usize) -> Result<Box<dyn Iterator<Item = (Val, Val)>>, String> {
    Ok(match over {
        Val::Nil => Box::new(std::iter::empty()),
        Val::List(items) => Box::new((0..).map(Val::Int).zip(items)),
        Val::Map(entries) | Val::Labels(entries) => {
            Box::new(entries.into_iter().map(|(key, item)| (Val::Str(key), item)))
        }
        Val::Int(number) if variables > 1 => {
            return Err(format!(
                "can't use {number} to iterate over more than one variable"
            ));
        }
        Val::Int(number) => Box::new((0..number).map(|at| (Val::Int(at), Val::Int(at)))),
        other => return Err(format!("range can't iterate over {}", other.print())),
    })
}

fn fail(place: &Place, mut message: String) -> Failure {
    // Some messages print the value that they are about.
    message.truncate(message.floor_char_boundary(TEXT_BYTES_MAX));
    Failure {
        message,
        at: place.text.clone(),
        offset: place.offset,
    }
}
