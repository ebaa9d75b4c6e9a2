//! Several scenarios at a time, each on a thread and a runtime of its own: which thread takes which scenario changes nothing of
//! what comes of it. The results come back in the order of the scenarios.

use crate::report::Ran;
use crate::scenario::load::Loaded;
use crate::stage::StageError;
use crate::verdict::Outcome;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How scenarios are shared out.
pub(super) struct Crew {
    /// How many run at a time.
    pub(super) jobs: usize,
    /// Whether none is begun once one did not pass.
    pub(super) fail_fast: bool,
}

/// What came of the scenarios that were begun, in their order.
pub(super) struct Played {
    pub(super) ran: Vec<Ran>,
    /// The names of those that the machinery failed, and why.
    pub(super) failures: Vec<(String, StageError)>,
}

impl Crew {
    /// Plays all of `scenarios` but those that come after `stop` says so.
    pub(super) fn play(
        &self,
        scenarios: &[Loaded],
        stop: impl Fn() -> bool + Sync,
        play: impl Fn(&Loaded) -> Result<Ran, StageError> + Sync,
    ) -> Played {
        let next = AtomicUsize::new(0);
        let enough = AtomicBool::new(false);
        let results = Mutex::new(BTreeMap::new());
        let work = || {
            while !stop() && !enough.load(Ordering::SeqCst) {
                let number = next.fetch_add(1, Ordering::SeqCst);
                let Some(scenario) = scenarios.get(number) else {
                    return;
                };
                let result = play(scenario);
                let passed = result
                    .as_ref()
                    .is_ok_and(|ran| ran.verdict.outcome == Outcome::Passed);
                if self.fail_fast && !passed {
                    enough.store(true, Ordering::SeqCst);
                }
                results
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(number, result);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.min(scenarios.len()) {
                scope.spawn(work);
            }
        });
        let mut played = Played {
            ran: Vec::new(),
            failures: Vec::new(),
        };
        for (number, result) in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match result {
                Ok(ran) => played.ran.push(ran),
                // An interrupted run is no failure of the machinery; that it was interrupted is told once.
                Err(StageError::Stopped) => {}
                Err(error) => played
                    .failures
                    .push((scenarios[number].scenario.name.value.clone(), error)),
            }
        }
        played
    }
}
