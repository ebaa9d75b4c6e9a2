//! Operators with their operands: what may be on either side of which, with which modifiers.

use super::modifiers::Modifiers;
use crate::ast::{Binary, BinaryOp, Cardinality, Kind, MatchLabels, Matching, Node, ValueType};
use crate::error::ParseError;

/// An operator between two operands; errors point at the operator.
pub(super) fn binary(
    op: BinaryOp,
    at: usize,
    [lhs, rhs]: [Node; 2],
    modifiers: Modifiers,
) -> Result<Kind, ParseError> {
    let types = [lhs.value_type(), rhs.value_type()];
    let Modifiers {
        returns_bool,
        matching,
    } = modifiers;
    let refused = |message: String| Err(ParseError::at(at, message));
    if returns_bool && !op.is_comparison() {
        return refused("bool modifier can only be used on comparison operators".to_owned());
    }
    if op.is_comparison() && !returns_bool && types == [ValueType::Scalar; 2] {
        return refused("comparisons between scalars must use BOOL modifier".to_owned());
    }
    if let Some(label) = twice(&matching) {
        return refused(format!(
            "label {label:?} must not occur in ON and GROUP clause at once"
        ));
    }
    for operand in [&lhs, &rhs] {
        if !matches!(operand.value_type(), ValueType::Scalar | ValueType::Vector) {
            let message = "binary expression must contain only scalar and instant vector types";
            return Err(ParseError::at(operand.at, message));
        }
    }
    if let Some(message) = mismatched(op, types, &matching) {
        return refused(message);
    }
    Ok(Kind::Binary(Box::new(Binary {
        op,
        lhs,
        rhs,
        returns_bool,
        matching,
    })))
}

/// An operator of durations, which are numbers.
pub(super) fn plain(op: BinaryOp, [lhs, rhs]: [Node; 2]) -> Kind {
    Kind::Binary(Box::new(Binary {
        op,
        lhs,
        rhs,
        returns_bool: false,
        matching: Matching::plain(),
    }))
}

/// The label that is both matched on and taken over.
fn twice(matching: &Matching) -> Option<&String> {
    let MatchLabels::On(on) = &matching.labels else {
        return None;
    };
    let included = match &matching.cardinality {
        Cardinality::OneToOne => return None,
        Cardinality::ManyToOne(included) | Cardinality::OneToMany(included) => included,
    };
    on.iter().find(|label| included.contains(label))
}

fn mismatched(op: BinaryOp, types: [ValueType; 2], matching: &Matching) -> Option<String> {
    let symbol = op.symbol();
    let fills = matching.fill_lhs.is_some() || matching.fill_rhs.is_some();
    let (MatchLabels::On(labels) | MatchLabels::Ignoring(labels)) = &matching.labels;
    if types != [ValueType::Vector; 2] {
        if !labels.is_empty() {
            return Some("vector matching only allowed between instant vectors".to_owned());
        }
        if fills {
            let message = "filling in missing series only allowed between instant vectors";
            return Some(message.to_owned());
        }
        return op
            .is_set()
            .then(|| format!("set operator {symbol:?} not allowed in binary scalar expression"));
    }
    if !op.is_set() {
        return None;
    }
    if matching.cardinality != Cardinality::OneToOne {
        return Some(format!("no grouping allowed for {symbol:?} operation"));
    }
    fills.then(|| "filling in missing series not allowed for set operators".to_owned())
}

/// An operand with a sign. That of a number becomes part of it.
pub(super) fn signed(sign: BinaryOp, at: usize, inner: Node) -> Result<Kind, ParseError> {
    let negative = sign == BinaryOp::Sub;
    match inner.value_type() {
        ValueType::Scalar | ValueType::Vector => {}
        other => {
            let message = format!(
                "unary expression only allowed on expressions of type scalar or instant vector, got {:?}",
                other.name()
            );
            return Err(ParseError::at(at, message));
        }
    }
    Ok(match inner.kind {
        Kind::Number(value) if negative => Kind::Number(-value),
        kind if !negative => kind,
        kind => Kind::Negate(Box::new(Node { kind, ..inner })),
    })
}
