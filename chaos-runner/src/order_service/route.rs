//! The way to one factory: whether it may be called now, how often a call is made again, and what every call's end means for the
//! next. It knows its own factory only; which factory an order goes to, and what happens when none makes it, is `kitchen`'s.

use super::breaker::Breaker;
use super::desk::Desk;
use super::factory_client::{FactoryClient, Pizza};
use super::failure::{Cause, Failure};
use super::log::{Kind, Level};
use super::order::Order;
use super::reporter::Reporter;
use crate::scenario::order_service::{Backoff, Retry};
use fake_factory::clock::Elapsed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The way to one factory.
pub(super) struct Route {
    pub(super) client: FactoryClient,
    /// Changes whenever this factory shows that it is back.
    pub(super) recovered: watch::Sender<()>,
    desk: Arc<Desk>,
    breaker: Option<Breaker>,
    retry: Option<Retry>,
    reporter: Option<Reporter>,
    /// Whether to leave a factory alone that answers 429: only a service that has something else to do with an order does.
    holds_off: bool,
    has_fallback: bool,
    held_off_until: Mutex<Elapsed>,
}

/// What a route is made of, besides its client.
pub(super) struct Habits {
    pub(super) breaker: Option<Breaker>,
    pub(super) retry: Option<Retry>,
    pub(super) reporter: Option<Reporter>,
    pub(super) holds_off: bool,
    /// Whether another factory is asked after this one.
    pub(super) has_fallback: bool,
}

/// No pizza from this factory, however often it was tried.
#[derive(Debug)]
pub(super) struct Spent {
    pub(super) failure: Failure,
    /// Whether one of the tries may have made it.
    pub(super) may_be_made: bool,
}

impl Route {
    pub(super) fn new(desk: Arc<Desk>, client: FactoryClient, habits: Habits) -> Self {
        Route {
            client,
            recovered: watch::Sender::new(()),
            desk,
            breaker: habits.breaker,
            retry: habits.retry,
            reporter: habits.reporter,
            holds_off: habits.holds_off,
            has_fallback: habits.has_fallback,
            held_off_until: Mutex::new(Elapsed::ZERO),
        }
    }

    /// Asks for the order's pizza, again and again as the retry plan has it.
    pub(super) async fn order(&self, order: &Order) -> Result<Pizza, Spent> {
        // An order that no oven takes is asked for once, in case the factory knows better.
        let retry = self.retry.as_ref().filter(|_| order.fits_the_oven());
        let attempts = retry.map_or(1, |retry| retry.attempts.value.max(1));
        let mut may_be_made = false;
        let mut report_url = None;
        let mut attempt = 1;
        loop {
            self.wait_while_held_off(order.id).await;
            let mut failure = match self.call(order).await {
                Ok(pizza) => return Ok(pizza),
                Err(failure) => failure,
            };
            may_be_made |= failure.cause.may_be_made();
            report_url = report_url.or(failure.report_url.take());
            let wait = retry
                .filter(|_| attempt < attempts && failure.cause.may_pass())
                .and_then(|retry| self.pause(&retry.backoff, attempt, order.id, &failure.cause));
            let Some(wait) = wait else {
                failure.report_url = report_url;
                return Err(Spent {
                    failure,
                    may_be_made,
                });
            };
            self.desk.metrics.retried(&self.client.name);
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Asks once, unless the factory is to be left alone.
    pub(super) async fn call(&self, order: &Order) -> Result<Pizza, Failure> {
        let now = self.desk.clock.elapsed();
        let held_off = self.held_off().since(now);
        if !held_off.is_zero() {
            return Err(Cause::HeldOff(held_off).into());
        }
        if !self
            .breaker
            .as_ref()
            .is_none_or(|breaker| breaker.admits(now))
        {
            return Err(Cause::CircuitOpen.into());
        }
        let called = self.client.order(order).await;
        match &called {
            Ok(pizza) => self.made(now, order, pizza),
            Err(failure) => self.failed(order, failure),
        }
        called
    }

    fn made(&self, called_at: Elapsed, order: &Order, pizza: &Pizza) {
        let now = self.desk.clock.elapsed();
        let fields = vec![
            ("factory", self.client.name.clone()),
            ("order", order.reference.clone()),
        ];
        let message = "a factory made an order";
        let log = &self.desk.log;
        log.write(Level::Info, Kind::FactoryCall, message, fields);
        self.desk.metrics.called(&self.client.name, "200");
        self.desk.metrics.created(now.since(called_at));
        if let Some(reporter) = &self.reporter {
            match &pizza.report_url {
                Some(url) => reporter.saw(&self.desk, url),
                None => reporter.saw_no_trouble(),
            }
        }
        self.is_back();
    }

    fn failed(&self, order: &Order, failure: &Failure) {
        let now = self.desk.clock.elapsed();
        let (name, cause) = (&self.client.name, &failure.cause);
        if let Some(code) = cause.code() {
            self.desk.metrics.called(name, &code);
        }
        let message = if let Some(why) = cause.configuration() {
            self.desk.metrics.misconfigured(name, why);
            "the factory's address or key is wrong"
        } else {
            "a factory call failed"
        };
        let fields = vec![
            ("factory", name.clone()),
            ("order", order.reference.clone()),
            ("cause", cause.for_the_log()),
        ];
        self.desk
            .log
            .write(Level::Error, Kind::FactoryCall, message, fields);
        if let Cause::TooMany { retry_after } = cause {
            self.hold_off(now, *retry_after);
        }
        if let (Some(reporter), Some(url)) = (&self.reporter, &failure.report_url) {
            reporter.saw(&self.desk, url);
        }
        if let Some(breaker) = &self.breaker {
            // The oven's refusal comes late; that an order beyond it timed out tells nothing of the others.
            if cause.is_the_factorys() && order.fits_the_oven() {
                breaker.failed(now);
            } else if matches!(cause, Cause::OvenFull) {
                breaker.succeeded();
            } else {
                breaker.told_nothing(now);
            }
            self.show_circuit(breaker);
        }
    }

    /// The factory made a pizza, or its probe says that it is ready again.
    pub(super) fn is_back(&self) {
        if let Some(breaker) = &self.breaker
            && breaker.is_open()
        {
            breaker.succeeded();
            self.show_circuit(breaker);
        }
        self.recovered.send_replace(());
        self.desk.recovered.send_replace(());
    }

    /// The probe says that the factory is not ready. Orders are turned away only where another factory takes them: this one may
    /// fail now and then, and still make most of what it is asked for.
    pub(super) fn is_down(&self) {
        if let Some(breaker) = &self.breaker
            && self.has_fallback
        {
            breaker.open(self.desk.clock.elapsed());
            self.show_circuit(breaker);
        }
    }

    fn show_circuit(&self, breaker: &Breaker) {
        self.desk
            .metrics
            .circuit_is(&self.client.name, breaker.is_open());
    }

    fn hold_off(&self, now: Elapsed, retry_after: Option<Duration>) {
        if !self.holds_off {
            return;
        }
        self.desk.metrics.backed_off(&self.client.name);
        let wait = retry_after.unwrap_or_else(|| self.backoff().first.0);
        let mut until = self.locked();
        *until = (*until).max(now.plus(wait));
    }

    /// Where the wait is no longer than one between two tries, the order waits with the factory.
    async fn wait_while_held_off(&self, order_id: u64) {
        let wait = self.held_off().since(self.desk.clock.elapsed());
        if self.retry.is_some() && !wait.is_zero() && wait <= self.backoff().max.0 {
            // Not all of them at once.
            let share = self.draw(order_id, 0);
            let more = self.backoff().first.0.mul_f64(share);
            tokio::time::sleep(wait.saturating_add(more)).await;
        }
    }

    /// How long to wait after the `attempt`-th try; none when the factory asked for more than the plan allows.
    fn pause(
        &self,
        backoff: &Backoff,
        attempt: u32,
        order_id: u64,
        cause: &Cause,
    ) -> Option<Duration> {
        if let Cause::TooMany {
            retry_after: Some(asked),
        } = cause
        {
            return (*asked <= backoff.max.0).then_some(*asked);
        }
        let doubled = 1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX);
        let longest = backoff.first.0.saturating_mul(doubled).min(backoff.max.0);
        let jitter = backoff.jitter.0 * self.draw(order_id, attempt);
        Some(longest.mul_f64((1.0 - jitter).clamp(0.0, 1.0)))
    }

    fn backoff(&self) -> Backoff {
        self.retry
            .as_ref()
            .map_or_else(Backoff::default, |retry| retry.backoff.clone())
    }

    /// A share drawn for this try of this order alone.
    fn draw(&self, order_id: u64, attempt: u32) -> f64 {
        let seed = self.desk.seed.of("retry").of(&self.client.name);
        seed.nth(order_id).nth(attempt.into()).share()
    }

    fn held_off(&self) -> Elapsed {
        *self.locked()
    }

    fn locked(&self) -> MutexGuard<'_, Elapsed> {
        // A single value: there is no half of it.
        self.held_off_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
