//! The factory behind its endpoints: it bakes, writes down what it baked, knows its vendors and faults, and tells its observer. It
//! knows no HTTP; `api` speaks that, and `listener` holds the wire.

mod breaking;
mod chaos;
mod quiet;

use crate::badges::Badges;
use crate::clock::{Clock, Elapsed};
use crate::event::{EndedBy, Event, Observer};
use crate::faults::matching::Asked;
use crate::faults::plan::{FaultPlan, Insisted};
use crate::faults::roster::Faults;
use crate::faults::touch::{Baking, Touch};
use crate::json::View;
use crate::ledger::{Ledger, LedgerFull, Pizza, order_names};
use crate::log_reply::LogReply;
use crate::metrics::Metrics;
use crate::seed::Seed;
use crate::signing::counterfeit::Counterfeit;
use crate::signing::jwks::Keys;
use crate::signing::{Signer, SigningError, WhichKey};
use crate::store::{NotStored, Store};
use crate::vendors::{Vendor, Vendors, chaos_name};
use crate::wait::Waiter;
use jiff::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, watch};

/// The most orders that wait at one time for a late answer.
pub(crate) const BAKING_MAX: usize = 65_536;

/// The most connections that are open at one time; one more is closed as it is accepted.
pub(crate) const CONNECTIONS_MAX: usize = 16_384;

/// As much as the payload of a common order takes, in bytes.
const PAYLOAD_BYTES: usize = 512;

/// When chaos that a vendor asks for starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChaosStart {
    /// As soon as it is asked for.
    #[default]
    Now,
    /// As with the real factory: at a random time from 08:00 to 13:59 MST on the next day.
    Scheduled,
}

/// The form of the report URLs in replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportUrl {
    /// Calling it really resolves the fault: scheme, host and port are those that the order came by.
    #[default]
    Reachable,
    /// As the real factory writes it: `https`, and the host without its port.
    Real,
}

/// What can be set about a kitchen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// What stands whatever a scenario says.
    pub(crate) insisted: Insisted,
    pub(crate) chaos_start: ChaosStart,
    pub(crate) report_url: ReportUrl,
}

/// The state of one factory.
pub(crate) struct Kitchen {
    pub(crate) clock: Clock,
    pub(crate) habits: Habits,
    pub(crate) faults: Faults,
    pub(crate) vendors: Vendors,
    pub(crate) signer: Signer,
    pub(crate) ledger: Mutex<Ledger>,
    /// What the ledger and the vendors are kept in.
    pub(crate) store: Option<Store>,
    pub(crate) waiter: Waiter,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    pub(crate) badges: Badges,
    pub(crate) log_reply: LogReply,
    /// `HOST:PORT` as it stands in URLs.
    pub(crate) authority: String,
    pub(crate) observer: Observer,
    pub(crate) seed: Seed,
    /// Whether the listener has closed the port.
    pub(crate) port_closed: watch::Sender<bool>,
    /// Woken when somebody changed when something ends or starts.
    pub(crate) changed: Notify,
    pub(crate) baking: Arc<Semaphore>,
    pub(crate) drawn: AtomicU64,
    pub(crate) metrics: Metrics,
    /// Room for connections.
    pub(crate) places: Arc<Semaphore>,
}

/// A good order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ordered<'a> {
    pub(crate) vendor: &'a Vendor,
    pub(crate) diner: View<'a>,
    pub(crate) order: View<'a>,
    /// As the ledger has it.
    pub(crate) id: Option<&'a Arc<str>>,
    /// Whether it is given the pizza that was made of it before.
    pub(crate) idempotent: bool,
}

impl Ordered<'_> {
    /// What is signed.
    fn payload(&self) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
        payload.extend_from_slice(br#"{"vendor":"#);
        payload.extend_from_slice(self.vendor.in_payload.as_bytes());
        payload.extend_from_slice(br#","diner":"#);
        self.diner.append_to(&mut payload);
        payload.extend_from_slice(br#","order":"#);
        self.order.append_to(&mut payload);
        payload.push(b'}');
        String::from_utf8(payload).expect("JSON is written as UTF-8")
    }
}

/// Why a good order brought no pizza.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BakeError {
    #[error(transparent)]
    Full(#[from] LedgerFull),
    #[error("failed to {0}")]
    Signing(#[from] SigningError),
}

impl Kitchen {
    /// Bakes the pizza for an order as `baking` has it and writes it down. One that is idempotent gets the first one again.
    pub(crate) fn make(
        &self,
        ordered: &Ordered<'_>,
        idempotency_key: Option<&str>,
        baking: &Baking,
    ) -> Result<String, BakeError> {
        let (vendor, order_id) = (ordered.vendor, ordered.id.cloned());
        let names = order_names(&vendor.id, order_id.as_deref(), idempotency_key);
        let mut ledger = self.ledger();
        if ordered.idempotent
            && !baking.twice
            && let Some(made) = ledger.find(&names)
        {
            return Ok(self
                .signer
                .bake_with(baking.key, made.issued_at, &made.payload)?);
        }
        let payload: Arc<str> = ordered.payload().into();
        let at = self.clock.elapsed();
        let made_at = self.clock.at(at);
        let issued_at = issued_at(made_at, baking);
        let pizza = Pizza {
            at,
            made_at,
            vendor: vendor.id.clone(),
            order_id: order_id.clone(),
            payload: payload.clone(),
            issued_at,
            count: 1 + u32::from(baking.twice),
        };
        let count = ledger.write(&names, pizza)?;
        drop(ledger);
        let jwt = self.signer.bake_with(baking.key, issued_at, &payload)?;
        let made = |count| {
            (self.observer)(Event::PizzaMade {
                at,
                vendor: vendor.id.clone(),
                order_id: order_id.clone(),
                payload: payload.clone(),
                count,
            });
        };
        if baking.twice {
            made(count - 1);
        }
        made(count);
        Ok(jwt)
    }

    /// What is given in the place of a pizza. Nothing is made, and nothing written down.
    pub(crate) fn forge(
        &self,
        ordered: &Ordered<'_>,
        (kind, seed): (Counterfeit, Seed),
        baking: &Baking,
    ) -> Result<String, BakeError> {
        let issued_at = issued_at(self.clock.now(), baking);
        Ok(self
            .signer
            .counterfeit(kind, issued_at, &ordered.payload(), seed)?)
    }

    /// The keys that pizzas verify with that are, or will be, rightly published.
    pub(crate) fn keys(&self) -> Keys {
        let mut keys = self.signer.keys().clone();
        let list = self.faults.list();
        if list.iter().any(|fault| fault.inject().publishes_next_key()) {
            keys.extend(self.signer.keys_of(WhichKey::Next));
        }
        keys
    }

    /// Makes the next key before it is needed, when a fault among these is to sign with it: an RSA key takes its time.
    pub(crate) fn prepare_keys<'a>(&self, mut plans: impl Iterator<Item = &'a FaultPlan>) {
        if plans.any(|plan| plan.inject.needs_next_key()) {
            self.signer.prepare(WhichKey::Next);
        }
    }

    /// Ends what `code` belongs to. Whether anything was running is told apart from a wrong code.
    pub(crate) fn report(&self, key: &str, code: &str) -> Resolution {
        let now = self.clock.elapsed();
        self.tell_news();
        let Some(vendor) = self.vendors.with_key(key) else {
            return self.reported(None, None, Resolution::NothingRunning);
        };
        let id = Some(vendor.id.clone());
        if let Some(chaos) = vendor.unfixed_chaos().filter(|chaos| chaos.code == code) {
            let fault = Some(chaos_name(&vendor, chaos.kind));
            let resolution = self.reported(id, fault, Resolution::Resolved);
            // The vendor may be gone meanwhile, and its chaos with it.
            let _ = self.fix_chaos(&vendor, EndedBy::Report);
            return resolution;
        }
        // Asked before the end is triggered: after it, nothing may be running any more.
        let running = vendor.unfixed_chaos().is_some()
            || self
                .faults
                .list()
                .iter()
                .any(|fault| fault.awaits_report(now));
        match self.faults.report(code, now) {
            Some(fault) => {
                let resolution = self.reported(id, Some(fault), Resolution::Resolved);
                self.tell_news();
                self.changed.notify_one();
                resolution
            }
            None if running => self.reported(id, None, Resolution::WrongCode),
            None => self.reported(id, None, Resolution::NothingRunning),
        }
    }

    fn reported(
        &self,
        vendor: Option<Arc<str>>,
        fault: Option<Arc<str>>,
        resolution: Resolution,
    ) -> Resolution {
        let at = self.clock.elapsed();
        (self.observer)(Event::Reported { at, vendor, fault });
        resolution
    }

    /// What the faults do to a request that came by way of `host` with the key `key`.
    pub(crate) fn touch(&self, asked: &Asked<'_>, host: Option<&str>, key: &str) -> Touch {
        let url = |code: &str| self.report_url(host, key, code);
        let touch = self.faults.touch(asked, self.clock.elapsed(), &url);
        if touch.spent {
            self.tell_news();
            self.changed.notify_one();
        }
        touch
    }

    /// A key for a new vendor, that no other has.
    pub(crate) fn draw_key(&self) -> String {
        loop {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed);
            let key = self.seed.of("vendor-keys").nth(number).letters(KEY_LETTERS);
            if self.vendors.with_key(&key).is_none() {
                return key;
            }
        }
    }

    /// A login code.
    pub(crate) fn draw_login_code(&self) -> String {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let seed = self.seed.of("login-codes").nth(number);
        seed.letters(LOGIN_CODE_LETTERS)
    }

    /// The URL whose call resolves the fault that `code` belongs to, for a vendor who came by way of `host`.
    pub(crate) fn report_url(&self, host: Option<&str>, key: &str, code: &str) -> String {
        let host = host.unwrap_or(&self.authority);
        match self.habits.report_url {
            ReportUrl::Reachable => {
                format!("{}://{host}/api/support/{key}/report/{code}", self.scheme)
            }
            ReportUrl::Real => {
                let name = match host.rsplit_once(':') {
                    Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
                    _ => host,
                };
                format!("https://{name}/api/support/{key}/report/{code}")
            }
        }
    }

    /// The URL whose call really resolves the fault, for whoever is on this machine.
    pub(crate) fn reachable_report_url(&self, key: &str, code: &str) -> String {
        let (scheme, host) = (self.scheme, &self.authority);
        format!("{scheme}://{host}/api/support/{key}/report/{code}")
    }

    /// What an order sent at `now` would meet, by name: a fault or the chaos of a vendor.
    pub(crate) fn in_the_way_of_orders(&self, now: Elapsed) -> Option<String> {
        let fault = self.faults.in_the_way_of_orders(now);
        fault
            .or_else(|| self.vendors.any_chaos(self.clock.at(now)))
            .map(|name| format!("orders meet a fault: {name}"))
    }

    /// Tells the observer which faults and chaos started and ended since the last time.
    pub(crate) fn tell_news(&self) {
        for event in self.faults.news(self.clock.elapsed()) {
            (self.observer)(event);
        }
        self.tell_chaos();
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        CONNECTIONS_MAX.saturating_sub(self.places.available_permits())
    }

    /// Waits until every change so far is in the state file, if there is one.
    pub(crate) async fn stored(&self) -> Result<(), NotStored> {
        match &self.store {
            Some(store) => store.settled().await,
            None => Ok(()),
        }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A pizza is written down in one go, so a panic elsewhere leaves the ledger whole.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The `iat` of a pizza that is made at a moment.
fn issued_at(made_at: Timestamp, baking: &Baking) -> i64 {
    made_at.as_second().saturating_add(baking.skew_seconds)
}

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    Resolved,
    WrongCode,
    NothingRunning,
}

/// The letters of a vendor's key.
pub(crate) const KEY_LETTERS: usize = 32;
/// The letters of a login code: as many as the real factory mails.
const LOGIN_CODE_LETTERS: usize = 8;
