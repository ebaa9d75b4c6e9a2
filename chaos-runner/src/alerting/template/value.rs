//! The values that a template computes with, and how Go prints them and takes them for true. It calls no function.

use super::go_format::{general, shortest_fixed};
use super::time::{print_duration, print_time};
use std::collections::BTreeMap;

/// The type of the numbers that Grafana hands to templates.
pub(super) const GRAFANA_VALUE: &str = "template.Value";

/// A value of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Val {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    /// A moment, in nanoseconds since 1970.
    Time(i64),
    /// A duration, in nanoseconds.
    Duration(i64),
    List(Vec<Val>),
    Map(BTreeMap<String, Val>),
    /// Labels as Grafana hands them to templates: a map that prints itself.
    Labels(BTreeMap<String, Val>),
    /// A thing with fixed fields: the data of the template, or a sample of a query.
    Struct(&'static str, BTreeMap<String, Val>),
}

impl Val {
    /// What Go calls the type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Val::Nil => "<nil>",
            Val::Bool(_) => "bool",
            Val::Int(_) => "int",
            Val::Float(_) => "float64",
            Val::Str(_) => "string",
            Val::Time(_) => "*time.Time",
            Val::Duration(_) => "*time.Duration",
            Val::List(_) => "[]interface {}",
            Val::Map(_) => "map[string]string",
            Val::Labels(_) => "template.Labels",
            Val::Struct(name, _) => name,
        }
    }

    /// Whether `if` takes it for true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Val::Nil => false,
            Val::Bool(value) => *value,
            Val::Int(value) => *value != 0,
            Val::Float(value) => *value != 0.0,
            Val::Str(value) => !value.is_empty(),
            Val::List(items) => !items.is_empty(),
            Val::Map(entries) | Val::Labels(entries) => !entries.is_empty(),
            Val::Struct(..) | Val::Time(_) | Val::Duration(_) => true,
        }
    }

    /// As Go's `%v` prints it inside other values and in `printf`.
    pub(super) fn print(&self) -> String {
        match self {
            Val::Nil => "<nil>".to_owned(),
            Val::Bool(value) => value.to_string(),
            Val::Int(value) => value.to_string(),
            Val::Float(value) => general(*value, None),
            Val::Str(value) => value.clone(),
            Val::Time(nanos) => print_time(*nanos),
            Val::Duration(nanos) => print_duration(*nanos),
            Val::List(items) => {
                let items: Vec<String> = items.iter().map(Val::print).collect();
                format!("[{}]", items.join(" "))
            }
            Val::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}:{}", value.print()))
                    .collect();
                format!("map[{}]", entries.join(" "))
            }
            Val::Labels(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| format!("{key}={}", value.print()));
                entries.collect::<Vec<_>>().join(", ")
            }
            // A number of Grafana's prints itself.
            Val::Struct(GRAFANA_VALUE, fields) => match fields.get("Value") {
                Some(Val::Float(value)) => shortest_fixed(*value),
                _ => String::new(),
            },
            Val::Struct(_, fields) => {
                let fields: Vec<String> = fields.values().map(Val::print).collect();
                format!("{{{}}}", fields.join(" "))
            }
        }
    }

    /// As an action prints it.
    pub(super) fn print_action(&self) -> String {
        match self {
            Val::Nil => "<no value>".to_owned(),
            other => other.print(),
        }
    }
}
