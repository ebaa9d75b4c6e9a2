//! The canonical text of an expression tree, which parses back to the same tree. Parentheses are nodes of the tree, so
//! precedence needs no thought here.

use std::fmt::{self, Write};

use crate::ast::{
    Aggregate, At, Binary, Cardinality, Edges, Grouping, Kind, Length, MatchLabels, Node, Selector,
    Shift, Subquery,
};
use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, is_plain_label, quoted};
use crate::number::decimal;

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number(value) => f.write_str(&decimal(*value)),
            Kind::Text(text) => f.write_str(&quoted(text)),
            Kind::Selector(selector) => {
                write_series(f, selector)?;
                write_shift(f, selector.edges, &selector.shift)
            }
            Kind::Range(selector, range) => {
                write_series(f, selector)?;
                write!(f, "[{range}]")?;
                write_shift(f, selector.edges, &selector.shift)
            }
            Kind::Subquery(subquery) => write_subquery(f, subquery),
            Kind::Paren(inner) => write!(f, "({inner})"),
            Kind::Negate(inner) => write!(f, "-{inner}"),
            Kind::Binary(binary) => write_binary(f, binary),
            Kind::Aggregate(aggregate) => write_aggregate(f, aggregate),
            Kind::Call(call) => {
                write!(f, "{}(", call.name)?;
                write_list(f, call.args.iter())?;
                f.write_char(')')
            }
        }
    }
}

fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    for (at, item) in items.enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

fn write_series(f: &mut fmt::Formatter<'_>, selector: &Selector) -> fmt::Result {
    let named = selector.name.as_deref();
    let plain = named.filter(|name| is_plain_label(&name.replace(':', "_")));
    f.write_str(plain.unwrap_or_default())?;
    let mut conditions = selector.matchers.iter().filter(|matcher| {
        let says_name = matcher.name() == METRIC_NAME && matcher.op() == MatchOp::Equal;
        plain.is_none() || !says_name
    });
    if let Some(first) = conditions.next() {
        write!(f, "{{{first}")?;
        for matcher in conditions {
            write!(f, ",{matcher}")?;
        }
        f.write_char('}')?;
    }
    Ok(())
}

fn write_shift(f: &mut fmt::Formatter<'_>, edges: Edges, shift: &Shift) -> fmt::Result {
    match edges {
        Edges::Plain => {}
        Edges::Anchored => f.write_str(" anchored")?,
        Edges::Smoothed => f.write_str(" smoothed")?,
    }
    match shift.at {
        None => {}
        Some(At::Start) => f.write_str(" @ start()")?,
        Some(At::End) => f.write_str(" @ end()")?,
        Some(At::Time(ms)) => {
            let sign = if ms < 0 { "-" } else { "" };
            let ms = ms.unsigned_abs();
            write!(f, " @ {sign}{}.{:03}", ms / 1000, ms % 1000)?;
        }
    }
    match &shift.offset {
        Length::Ms(0) => Ok(()),
        Length::Ms(ms) if *ms < 0 => write!(f, " offset -{}", duration(-ms)),
        Length::Ms(ms) => write!(f, " offset {}", duration(*ms)),
        Length::Computed(node) => write!(f, " offset ({})", node.unwrapped()),
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ms(ms) => f.write_str(&duration(*ms)),
            Self::Computed(node) => write!(f, "{node}"),
        }
    }
}

fn write_subquery(f: &mut fmt::Formatter<'_>, subquery: &Subquery) -> fmt::Result {
    write!(f, "{}[{}:", subquery.inner, subquery.range)?;
    if let Some(step) = &subquery.step {
        write!(f, "{step}")?;
    }
    f.write_char(']')?;
    write_shift(f, Edges::Plain, &subquery.shift)
}

fn write_names(f: &mut fmt::Formatter<'_>, keyword: &str, names: &[String]) -> fmt::Result {
    write!(f, " {keyword} (")?;
    let names = names.iter().map(|name| {
        if is_plain_label(name) {
            name.clone()
        } else {
            quoted(name)
        }
    });
    write_list(f, names)?;
    f.write_char(')')
}

fn write_binary(f: &mut fmt::Formatter<'_>, binary: &Binary) -> fmt::Result {
    write!(f, "{} {}", binary.lhs, binary.op.symbol())?;
    if binary.returns_bool {
        f.write_str(" bool")?;
    }
    let matching = &binary.matching;
    let grouped = matching.cardinality != Cardinality::OneToOne;
    match &matching.labels {
        MatchLabels::On(names) => write_names(f, "on", names)?,
        MatchLabels::Ignoring(names) if names.is_empty() && !grouped => {}
        MatchLabels::Ignoring(names) => write_names(f, "ignoring", names)?,
    }
    match &matching.cardinality {
        Cardinality::OneToOne => {}
        Cardinality::ManyToOne(names) => write_names(f, "group_left", names)?,
        Cardinality::OneToMany(names) => write_names(f, "group_right", names)?,
    }
    if let Some(fill) = matching.fill_lhs {
        write!(f, " fill_left ({})", decimal(fill))?;
    }
    if let Some(fill) = matching.fill_rhs {
        write!(f, " fill_right ({})", decimal(fill))?;
    }
    write!(f, " {}", binary.rhs)
}

fn write_aggregate(f: &mut fmt::Formatter<'_>, aggregate: &Aggregate) -> fmt::Result {
    f.write_str(aggregate.op.name())?;
    match &aggregate.grouping {
        Grouping::By(names) if names.is_empty() => {}
        Grouping::By(names) => {
            write_names(f, "by", names)?;
            f.write_char(' ')?;
        }
        Grouping::Without(names) => {
            write_names(f, "without", names)?;
            f.write_char(' ')?;
        }
    }
    f.write_char('(')?;
    if let Some(param) = &aggregate.param {
        write!(f, "{param}, ")?;
    }
    write!(f, "{})", aggregate.expr)
}

/// A duration as PromQL writes it: `1h30m`.
pub(crate) fn duration(mut ms: i64) -> String {
    const UNITS: [(&str, i64); 5] = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, length) in UNITS {
        if ms >= length {
            text.push_str(&format!("{}{unit}", ms / length));
            ms %= length;
        }
    }
    text
}
