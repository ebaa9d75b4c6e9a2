//! A run and its verdict for a reader: one file a format, each a pure function of what ran. It may know the record and the verdict,
//! and must not judge: what a report says, the verdict has said. Wall time is shown on a terminal alone, so that files are the same
//! whenever and wherever a run was made.

pub mod files;
pub mod json;
pub mod junit;
#[cfg(test)]
mod sample;
pub mod terminal;

use crate::record::orders::{Fate, OrderRecord};
use crate::record::{ClockKind, Record};
use crate::verdict::{Outcome, Verdict};
use std::time::Duration;

/// A scenario that ran and what it came to.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The scenario's file, as it was named.
    pub path: String,
    /// What happened.
    pub record: Record,
    /// What it comes to.
    pub verdict: Verdict,
    /// How long the run took on the wall.
    pub wall: Duration,
}

impl Ran {
    /// The command that runs it again with its seed.
    #[must_use]
    pub fn replay_command(&self) -> String {
        let live = match self.record.clock {
            ClockKind::Simulated => "",
            ClockKind::Live => " --live",
        };
        format!(
            "chaos-runner run {} --seed {}{live}",
            shell_word(&self.path),
            self.record.seed
        )
    }
}

impl Ran {
    /// The command that shows what is behind the alert that an expectation names, where it names one.
    #[must_use]
    pub fn explain_command(&self, expectation: &str) -> Option<String> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let names = |alert: &str| {
            expectation.match_indices(alert).any(|(at, name)| {
                let before = expectation[..at].chars().next_back();
                let after = expectation[at + name.len()..].chars().next();
                !before.is_some_and(is_part) && !after.is_some_and(is_part)
            })
        };
        // What a live run saw cannot be seen again.
        let rules = match self.record.clock {
            ClockKind::Simulated => self.record.rules.iter(),
            ClockKind::Live => return None,
        };
        let mut alerts = rules.map(|rule| rule.alert.as_str());
        let alert = alerts.find(|alert| !alert.is_empty() && names(alert))?;
        Some(format!(
            "chaos-runner rules explain {} {} --seed {}",
            shell_word(&self.path),
            shell_word(alert),
            self.record.seed
        ))
    }
}

/// How many of several runs came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Every expectation held.
    pub passed: usize,
    /// One did not.
    pub failed: usize,
    /// They held, but the runs show nothing.
    pub inconclusive: usize,
}

impl Tally {
    /// Counts `ran`.
    #[must_use]
    pub fn of(ran: &[Ran]) -> Self {
        let mut tally = Tally::default();
        for one in ran {
            match one.verdict.outcome {
                Outcome::Passed => tally.passed += 1,
                Outcome::Failed => tally.failed += 1,
                Outcome::Inconclusive => tally.inconclusive += 1,
            }
        }
        tally
    }

    /// All of them.
    #[must_use]
    pub fn total(self) -> usize {
        self.passed + self.failed + self.inconclusive
    }
}

/// How many orders of a run, canaries too, met this fate.
fn count(orders: &[OrderRecord], fate: Fate) -> usize {
    orders.iter().filter(|order| order.fate == fate).count()
}

/// `text` as one word of a shell's command line.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:,@%".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_run_is_run_again_live() {
        let mut ran = sample::failed();
        ran.record.clock = ClockKind::Live;
        assert!(ran.replay_command().ends_with(" --live"));
    }

    #[test]
    fn a_path_with_a_space_stays_one_word() {
        assert_eq!(shell_word("scenarios/a-b.yaml"), "scenarios/a-b.yaml");
        assert_eq!(shell_word("my scenarios/x.yaml"), "'my scenarios/x.yaml'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
