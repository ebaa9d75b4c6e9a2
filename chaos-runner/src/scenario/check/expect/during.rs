//! The part of a run that an expectation is about: it must be there, and hold some time.

use super::{Checked, Findings};
use crate::scenario::check::moments::{check_expected, expected_offset};
use crate::scenario::during::WORDS;
use crate::scenario::expect::During;
use fake_factory::input::Located;

impl Checked<'_> {
    pub(super) fn check_during(&self, during: Option<&Located<During>>, found: &mut Findings<'_>) {
        let facts = self.facts;
        let Some(during) = during else { return };
        match &during.value {
            During::Run | During::SteadyState => {}
            During::Faults | During::Recovery if facts.faults.is_none() => found.error_with_help(
                during.span,
                format!(
                    "this scenario has no fault, so that it has no `{}`",
                    during.value
                ),
                "expected `run`, or `{ from: …, to: … }`",
            ),
            During::Recovery if facts.is_whole("factories") && !facts.some_fault_ends() => {
                found.error(
                    during.span,
                    "no fault of this scenario ends, so that it has no `recovery`",
                );
            }
            During::Faults | During::Recovery => {}
            During::Fault(name) => {
                let name = Located {
                    value: name.clone(),
                    span: during.span,
                };
                facts.faults.check_or(&name, &WORDS, found);
            }
            During::Between { from, to } => {
                let place = facts.places.below(during.span, &["from"]);
                check_expected("this begins", from, place, None, facts, found);
                if let Some(to) = to {
                    let place = facts.places.below(during.span, &["to"]);
                    check_expected("this ends", to, place, None, facts, found);
                    let bounds = expected_offset(from, facts).zip(expected_offset(to, facts));
                    if bounds.is_some_and(|(from, to)| to <= from) {
                        found.error(place, format!("`to` at {to} is not after `from` at {from}"));
                    }
                }
            }
        }
    }
}
