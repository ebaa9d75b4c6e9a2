//! What is seen while scenarios run: on a terminal the ones under way and a count; everywhere a line for each that ended.

use super::super::output;
use crate::report::{Ran, terminal};
use crate::stage::StageError;
use crate::verdict::Outcome;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Tells how far the scenarios are.
pub(super) struct Progress {
    bar: ProgressBar,
    under_way: Mutex<BTreeSet<String>>,
    quiet: bool,
}

impl Progress {
    /// Of `count` scenarios. Where standard error is no terminal the bar draws nothing.
    pub(super) fn new(count: usize, quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(Some(count as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Progress {
            bar,
            under_way: Mutex::default(),
            quiet,
        }
    }

    /// A scenario begins.
    pub(super) fn begins(&self, name: &str) {
        self.change(|under_way| {
            under_way.insert(name.to_owned());
        });
    }

    /// A scenario has ended.
    pub(super) fn ends(&self, name: &str, ran: &Result<Ran, StageError>) {
        self.change(|under_way| {
            under_way.remove(name);
        });
        self.bar.inc(1);
        if let (Ok(ran), false) = (ran, self.quiet) {
            let mut line = terminal::line(ran, output::colors());
            // What did not pass is told in full when all have run.
            if ran.verdict.outcome == Outcome::Passed {
                line.push_str(&terminal::detections(ran, output::colors()));
            }
            // A reader who left early is told of when the summary is printed.
            self.bar.suspend(|| output::line(&line));
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn change(&self, change: impl FnOnce(&mut BTreeSet<String>)) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut under_way);
        let names: Vec<&str> = under_way.iter().map(String::as_str).collect();
        self.bar.set_message(names.join(", "));
    }
}
