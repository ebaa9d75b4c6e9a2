//! Expectations about alerts: a rule must define each of them, and a page must have a way to somebody.

use super::{Checked, Findings};
use crate::scenario::Expectation;
use crate::scenario::expect::AlertExpectation;
use fake_factory::faults::plan::End;
use fake_factory::input::Located;

impl Checked<'_> {
    pub(super) fn check_alert(&self, alert: &AlertExpectation, found: &mut Findings<'_>) {
        let facts = self.facts;
        facts.alerts.check(&alert.name, found);
        let (fires, pages, resolves) = (
            alert.fires_within,
            alert.pages_within,
            alert.resolves_within,
        );
        if fires.is_none() && pages.is_none() && resolves.is_none() {
            if facts.is_whole("expect") {
                found.error_with_help(
                    alert.name.span,
                    "this says of the alert neither when it fires nor when it resolves",
                    "expected at least one of: `fires_within`, `pages_within`, `resolves_within`",
                );
            }
            return;
        }
        if pages.is_some() && facts.channels.is_none() {
            found.error_with_help(
                self.at(&["alert", "pages_within"]),
                "no page can reach anybody: this scenario has no channel",
                "add `channels` to `monitoring`",
            );
        }
        if let Some(of) = &alert.of
            && !facts.faults.check(of, found)
        {
            return;
        }
        if resolves.is_some()
            && self.check_fault(alert.of.as_ref(), &["alert", "resolves_within"], found)
        {
            self.check_ends(alert.of.as_ref(), &["alert", "resolves_within"], found);
        }
    }

    /// The fault that is counted from must end, as far as can be told.
    fn check_ends(&self, of: Option<&Located<String>>, path: &[&str], found: &mut Findings<'_>) {
        let fault = match of {
            Some(name) => self.facts.fault(name),
            None => self.facts.first_fault(),
        };
        if let Some(fault) = fault
            && fault.ends.value == End::Never
        {
            found.error_with_help(
                self.at(path),
                format!(
                    "this counts from the end of `{}`, which never ends",
                    fault.name.value
                ),
                "say what ends the fault, or name another one by `of`",
            );
        }
    }

    pub(super) fn check_no_alerts(&self, found: &mut Findings<'_>) {
        self.check_some_rule("no_alerts", found);
        let fires = |other: &&Located<Expectation>| matches!(other.value, Expectation::Alert(_));
        if let Some(other) = self.facts.scenario.expect.iter().find(fires) {
            found.error_beside(
                self.expectation.span,
                "no alert may fire, and yet one is expected to: did you mean `no_other_alerts`?",
                other.span,
                "that one is expected",
            );
        }
    }

    /// Where no rule defines an alert, none can fire.
    pub(super) fn check_some_rule(&self, kind: &str, found: &mut Findings<'_>) {
        if self.facts.alerts.is_none() {
            found.error_with_help(
                self.expectation.span,
                format!("`{kind}` cannot fail: no rule file of this scenario defines an alert"),
                "add a rule file to `monitoring.rules`",
            );
        }
    }
}
