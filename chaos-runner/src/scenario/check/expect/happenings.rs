//! What happens at a moment, or before something else: it must be able to happen.

use super::{Checked, Findings};
use crate::scenario::check::moments::check_expected;
use crate::scenario::check::people::SERVICE;
use crate::scenario::expect::{At, Before, Happening};
use crate::scenario::people::Responder;
use fake_factory::faults::plan::End;
use fake_factory::input::Located;
use fake_factory::input::units::Moment;

impl Checked<'_> {
    pub(super) fn check_at(&self, at: &At, found: &mut Findings<'_>) {
        self.check_happening(&at.what, found);
        let of = at.of.as_ref();
        if of.is_some_and(|of| !self.facts.faults.check(of, found)) {
            return;
        }
        let is_offset = matches!(at.time.value, Moment::Offset(_));
        if !is_offset && (of.is_some() || at.since.is_some()) {
            found.error_with_help(
                at.time.span,
                "`of` and `since` say what an offset counts from, and this time is none",
                "give an offset, as in `2m 40s`, or leave them out",
            );
        }
        check_expected(
            "this is expected",
            &at.time.value,
            at.time.span,
            of,
            self.facts,
            found,
        );
    }

    pub(super) fn check_before(&self, before: &Before, found: &mut Findings<'_>) {
        self.check_happening(&before.first, found);
        self.check_happening(&before.then, found);
        if before.first.value == before.then.value {
            found.error(
                before.then.span,
                "nothing happens before itself: expected something else",
            );
        }
    }

    fn check_happening(&self, what: &Located<Happening>, found: &mut Findings<'_>) {
        let facts = self.facts;
        match &what.value {
            Happening::Pending(alert) | Happening::Firing(alert) | Happening::Resolved(alert) => {
                facts.alerts.check(alert, found);
            }
            Happening::Paged(name) => {
                self.check_act(
                    name,
                    "is never paged",
                    "paged_by",
                    |person| person.paged_by.is_some(),
                    found,
                );
            }
            Happening::Acknowledged(name) => {
                let acts = |person: &Responder| person.acknowledges.is_some();
                self.check_act(name, "never acknowledges", "acknowledges", acts, found);
            }
            // A service without `auto_report` or a queue fails the expectation: nothing else says what it is worth.
            Happening::Reported(name) if name.as_str() == SERVICE => {}
            Happening::Reported(name) => {
                if facts.responders.check_or(name, &[SERVICE], found) {
                    let acts = |person: &Responder| person.reports.is_some();
                    self.check_act(name, "never reports", "reports", acts, found);
                }
            }
            Happening::Ended(fault) => {
                facts.faults.check(fault, found);
                let plan = facts.fault(fault);
                if plan.is_some_and(|plan| plan.ends.value == End::Never) {
                    found.error(fault.span, format!("`{}` never ends", fault.value));
                }
            }
            Happening::FirstFailedOrder | Happening::Recovered | Happening::QueueDrained => {}
        }
    }

    fn check_act(
        &self,
        name: &Located<String>,
        never: &str,
        field: &str,
        acts: impl Fn(&Responder) -> bool,
        found: &mut Findings<'_>,
    ) {
        if !self.facts.responders.check(name, found) || !self.facts.is_whole("responders") {
            return;
        }
        let mut people = self.facts.scenario.responders.iter();
        if let Some(person) = people.find(|person| person.name.value == name.value)
            && !acts(person)
        {
            found.error_with_help(
                name.span,
                format!("`{}` {never}", name.value),
                format!("give that responder `{field}`, or leave this expectation out"),
            );
        }
    }
}
