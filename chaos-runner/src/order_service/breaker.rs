//! A circuit breaker: closed while calls succeed, open for a while when they keep failing, then one trial decides. A health
//! probe may open and close it too. It counts and decides; it calls nobody.

use crate::scenario::order_service::CircuitBreaker;
use fake_factory::clock::Elapsed;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The breaker of one factory.
#[derive(Debug)]
pub(super) struct Breaker {
    plan: CircuitBreaker,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// With the times of the failures that still count, at most as many as open it.
    Closed(VecDeque<Elapsed>),
    Open {
        until: Elapsed,
    },
    /// One call is under way and decides.
    Trial,
}

impl Breaker {
    pub(super) fn new(plan: CircuitBreaker) -> Self {
        Breaker {
            plan,
            state: Mutex::new(State::Closed(VecDeque::new())),
        }
    }

    /// Whether a call may be made now. Who makes it must tell how it went.
    pub(super) fn admits(&self, now: Elapsed) -> bool {
        let mut state = self.locked();
        match &*state {
            State::Closed(_) => true,
            State::Open { until } if *until <= now => {
                *state = State::Trial;
                true
            }
            State::Open { .. } | State::Trial => false,
        }
    }

    pub(super) fn succeeded(&self) {
        // One success does not forgive the failures of a factory that fails now and then; a trial's does.
        let mut state = self.locked();
        if !matches!(&*state, State::Closed(_)) {
            *state = State::Closed(VecDeque::new());
        }
    }

    pub(super) fn failed(&self, now: Elapsed) {
        let mut state = self.locked();
        if let State::Closed(failures) = &mut *state {
            failures.push_back(now);
            failures.retain(|at| now.since(*at) < self.plan.within.0);
            if failures.len() < self.plan.failures.value.max(1) as usize {
                return;
            }
        }
        *state = State::Open {
            until: now.plus(self.plan.open_for.0),
        };
    }

    /// A call ended in a way that tells nothing: the next one may try.
    pub(super) fn told_nothing(&self, now: Elapsed) {
        let mut state = self.locked();
        if matches!(&*state, State::Trial) {
            *state = State::Open { until: now };
        }
    }

    /// The probe says that the factory is not ready.
    pub(super) fn open(&self, now: Elapsed) {
        let mut state = self.locked();
        if matches!(&*state, State::Closed(_)) {
            *state = State::Open {
                until: now.plus(self.plan.open_for.0),
            };
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(&*self.locked(), State::Closed(_))
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // No transition can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fake_factory::input::Located;
    use fake_factory::input::units::HumanDuration;
    use std::time::Duration;

    fn second(seconds: u64) -> Elapsed {
        Elapsed::from_duration(Duration::from_secs(seconds))
    }

    fn breaker() -> Breaker {
        Breaker::new(CircuitBreaker {
            failures: Located::unknown(3),
            within: HumanDuration(Duration::from_secs(30)),
            open_for: HumanDuration(Duration::from_secs(10)),
        })
    }

    fn fail(breaker: &Breaker, at: &[u64]) {
        for at in at {
            breaker.failed(second(*at));
        }
    }

    #[test]
    fn enough_failures_within_its_time_open_it() {
        let breaker = breaker();
        fail(&breaker, &[0, 20, 40]);
        assert!(breaker.admits(second(40)));
        breaker.failed(second(45));
        assert!(!breaker.admits(second(46)));
    }

    #[test]
    fn one_trial_at_a_time_decides() {
        let breaker = breaker();
        fail(&breaker, &[0, 0, 0]);
        assert!(!breaker.admits(second(9)));
        assert!(breaker.admits(second(10)));
        assert!(!breaker.admits(second(10)), "a trial is under way");
        breaker.failed(second(11));
        assert!(!breaker.admits(second(20)));
        assert!(breaker.admits(second(21)));
        breaker.succeeded();
        assert!(breaker.admits(second(21)) && !breaker.is_open());
    }

    #[test]
    fn a_trial_that_tells_nothing_is_followed_by_another() {
        let breaker = breaker();
        fail(&breaker, &[0, 0, 0]);
        assert!(breaker.admits(second(10)));
        breaker.told_nothing(second(10));
        assert!(breaker.admits(second(10)));
    }
}
