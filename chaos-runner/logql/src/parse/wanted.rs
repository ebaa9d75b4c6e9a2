//! What a range aggregation wants of its lines: a number or only their count, and which labels. Loki decides by it what parsers look
//! for, and with that which lines are an error; templates that are not understood are borne where nothing depends on them.

use crate::ast::{Extract, Grouping, LogExpr, RangeAgg, RangeOp, Wanted};
use crate::pipeline::{DUPLICATE_SUFFIX, Stage};
use std::collections::BTreeSet;

/// What a range aggregation takes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// That it is there, or how long it is.
    Line,
    /// The value of a label.
    Value,
    /// Either.
    Either,
}

pub(super) fn needs(op: RangeOp) -> Need {
    use RangeOp::{AbsentOverTime, BytesOverTime, BytesRate, CountOverTime, Rate};
    match op {
        CountOverTime | BytesOverTime | BytesRate => Need::Line,
        Rate | AbsentOverTime => Need::Either,
        _ => Need::Value,
    }
}

/// What is extracted for `range`; `outer` is the grouping of a sum around it.
pub(super) fn extract(range: &RangeAgg, outer: Option<&Grouping>) -> Extract {
    use RangeOp::{BytesOverTime, BytesRate, CountOverTime, Rate, SumOverTime};
    let can_take_outer = matches!(
        range.op,
        CountOverTime | Rate | BytesOverTime | BytesRate | SumOverTime
    );
    let outer = outer.filter(|_| can_take_outer && range.grouping.is_none());
    let nothing = Grouping::default();
    let grouping = match range.op {
        RangeOp::AbsentOverTime => Some(&nothing),
        _ => outer.or(range.grouping.as_ref()),
    };
    let mut kept = grouping.cloned();
    if let Some(unwrap) = &range.unwrap {
        // The number itself is no label of the series, unless it is asked for.
        match &mut kept {
            Some(grouping) if !grouping.without => {}
            Some(grouping) => grouping.labels.push(unwrap.label.clone()),
            None => {
                kept = Some(Grouping {
                    without: true,
                    labels: vec![unwrap.label.clone()],
                });
            }
        }
    }
    Extract {
        wanted: wanted(range, grouping),
        grouping: kept,
    }
}

fn wanted(range: &RangeAgg, grouping: Option<&Grouping>) -> Wanted {
    let Some(grouping) = grouping.filter(|grouping| !grouping.without) else {
        return Wanted::All;
    };
    let filters = range.unwrap.iter().flat_map(|unwrap| &unwrap.filters);
    let mut names: BTreeSet<String> = BTreeSet::new();
    for stage in range.log.stages.iter().chain(filters) {
        stage.reads(&mut |name| {
            names.insert(name.to_owned());
        });
    }
    names.extend(grouping.labels.iter().cloned());
    names.extend(range.unwrap.iter().map(|unwrap| unwrap.label.clone()));
    let bare = names.iter();
    let bare = bare.filter_map(|name| name.strip_suffix(DUPLICATE_SUFFIX));
    let bare: Vec<String> = bare.map(str::to_owned).collect();
    names.extend(bare);
    match names.is_empty() {
        true => Wanted::Nothing,
        false => Wanted::Only(names),
    }
}

/// A template that is not understood makes a line that nobody knows: an error where anything looks at that line.
pub(super) fn check_templates(op: RangeOp, log: &LogExpr) -> Result<(), String> {
    let mut unknown = None;
    for stage in &log.stages {
        if stage.reads_line()
            && let Some(reason) = unknown
        {
            return Err(reason);
        }
        if let Stage::LineFormat(template) = stage {
            unknown = template.unsupported();
        }
    }
    match unknown {
        Some(reason) if matches!(op, RangeOp::BytesOverTime | RangeOp::BytesRate) => Err(reason),
        _ => Ok(()),
    }
}
