//! Which stretch of a run a `during` means, and which orders were placed in it.

use super::story::{Story, Unnamed};
use crate::record::orders::OrderRecord;
use crate::scenario::expect::During;
use fake_factory::clock::Elapsed;
use fake_factory::input::Located;

/// A stretch of a run: from its first moment on, up to its end, which is no longer part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Its first moment.
    pub(super) from: Elapsed,
    /// The moment after it; none when it goes on to the end of the run, which it then includes.
    pub(super) to: Option<Elapsed>,
}

impl Window {
    /// All of the run.
    pub(super) const RUN: Window = Window {
        from: Elapsed::ZERO,
        to: None,
    };

    /// The stretch that `during` means; all of the run when it is left out.
    pub(super) fn of(
        story: &Story<'_>,
        during: Option<&Located<During>>,
    ) -> Result<Window, String> {
        let Some(during) = during else {
            return Ok(Window::RUN);
        };
        match &during.value {
            During::Run => Ok(Window::RUN),
            During::SteadyState => Ok(Window {
                from: Elapsed::ZERO,
                to: story.first_fault().map(|(_, at)| at),
            }),
            During::Faults => Ok(Window {
                from: story.start_of(None)?.at,
                to: last_end(story),
            }),
            During::Recovery => Ok(Window {
                from: story.end_of(None, Unnamed::Last)?.at,
                to: None,
            }),
            During::Fault(name) => Ok(Window {
                from: story.start_of_fault(name)?.at,
                to: story
                    .record
                    .faults
                    .iter()
                    .find(|fault| fault.name == *name)
                    .and_then(|fault| fault.ended_at),
            }),
            During::Between { from, to } => Ok(Window {
                from: story.moment(from, None, None)?,
                to: to
                    .as_ref()
                    .map(|moment| story.moment(moment, None, None))
                    .transpose()?,
            }),
        }
    }

    /// Whether `at` is part of it.
    pub(super) fn contains(&self, at: Elapsed) -> bool {
        at >= self.from && self.to.is_none_or(|to| at < to)
    }

    /// The diners' orders that were placed in it.
    pub(super) fn diners<'a>(&self, story: &Story<'a>) -> Vec<&'a OrderRecord> {
        story
            .diners()
            .filter(|order| self.contains(order.placed_at))
            .collect()
    }

    /// It, on the scenario's clock.
    pub(super) fn words(&self, story: &Story<'_>) -> String {
        format!(
            "from {} to {}",
            story.clock(self.from),
            story.clock(self.to.unwrap_or(story.record.ended_at))
        )
    }
}

/// When the last fault ended; none when one of those that started did not.
fn last_end(story: &Story<'_>) -> Option<Elapsed> {
    story
        .record
        .faults
        .iter()
        .filter(|fault| fault.started_at.is_some())
        .map(|fault| fault.ended_at)
        .collect::<Option<Vec<Elapsed>>>()
        .and_then(|ends| ends.into_iter().max())
}

/// The end of an expectation's text that says when: " during faults", or nothing.
pub(super) fn suffix(during: Option<&Located<During>>) -> String {
    match during.map(|during| &during.value) {
        None => String::new(),
        Some(During::SteadyState) => " in the steady state".to_owned(),
        Some(During::Between { from, to: None }) => format!(" from {from} on"),
        Some(During::Between { from, to: Some(to) }) => format!(" from {from} to {to}"),
        Some(During::Run) => " during the run".to_owned(),
        Some(During::Faults) => " during the faults".to_owned(),
        Some(During::Recovery) => " after the faults".to_owned(),
        Some(During::Fault(name)) => format!(" during {name}"),
    }
}
