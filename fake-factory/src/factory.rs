//! A factory as a stage sets it up: from a plan, a clock, a seed and a network to something that listens, breaks on schedule, and can
//! be asked afterwards what it made.

mod state;

use crate::badges::Badges;
use crate::clock::{Clock, Elapsed};
use crate::control::{About, ControlError, ControlSetup, Desk};
use crate::event::{Event, Observer};
use crate::faults::kinds::outage::WireAction;
use crate::faults::plan::{FactoryPlan, Insisted};
use crate::faults::roster::{AddError, FaultCount, Faults, MendError};
use crate::input::units::StartsAt;
use crate::kitchen::{BAKING_MAX, CONNECTIONS_MAX, ChaosStart, Habits, Kitchen, ReportUrl};
use crate::ledger::Made;
use crate::listener::{Door, Wire};
use crate::log_reply::LogReply;
use crate::metrics::Metrics;
use crate::net::Network;
use crate::net::serve::Dates;
use crate::net::tls::Tls;
use crate::seed::Seed;
use crate::signing::jwks::Keys;
use crate::signing::key_file::SigningKey;
use crate::signing::{Algorithm, Signer, SigningError};
use crate::store::{NotStored, StateError};
use crate::vendors::{Vendor, VendorError};
use crate::wait::Waiter;
use state::State;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::AbortHandle;

/// The id of the vendor that is made where none is given.
const DEFAULT_VENDOR: &str = "student";

/// Who may order, and by which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorKey {
    /// The vendor's id.
    pub id: String,
    /// Its key: what stands after `Bearer`.
    pub key: String,
}

/// All that a factory is made of.
#[derive(Clone)]
pub struct Setup {
    /// What it is called; its randomness is a sub-stream of this name.
    pub name: String,
    /// How it behaves and breaks.
    pub plan: FactoryPlan,
    /// What stands of it whatever it or a scenario that is loaded later says.
    pub insisted: Insisted,
    /// When the run starts, for clock times in the plan; the start of the clock, in UTC, unless it is set.
    pub starts_at: StartsAt,
    /// The clock of the run.
    pub clock: Clock,
    /// The seed of the run.
    pub seed: Seed,
    /// Where it listens.
    pub network: Network,
    /// The address to listen on; over TCP, port 0 picks a free one.
    pub address: String,
    /// What it speaks TLS with, where it does. A handshake is random, so a simulated run goes without.
    pub tls: Option<Tls>,
    /// What it signs with, with a key of its own.
    pub algorithm: Algorithm,
    /// The key that it signs with instead, in the algorithm that the key fits.
    pub key: Option<SigningKey>,
    /// Its vendors. Where there is none, one is made, called `student`, with a key drawn from the seed.
    pub vendors: Vec<VendorKey>,
    /// More vendors, who are admins too.
    pub admins: Vec<VendorKey>,
    /// When chaos that a vendor asks for starts.
    pub chaos_start: ChaosStart,
    /// The form of the report URLs in replies.
    pub report_url: ReportUrl,
    /// The file that keeps vendors, their chaos and the ledger over a restart, made where there is none. Only a factory on TCP may have
    /// one, and only one factory at a time the same.
    pub state: Option<PathBuf>,
    /// How it is controlled from outside; not at all unless it is set.
    pub control: Option<ControlSetup>,
    /// Hears what happens.
    pub observer: Observer,
}

impl Setup {
    /// A factory called `name` that listens on `address` and never breaks; the rest is there to be set.
    #[must_use]
    pub fn new(name: &str, clock: Clock, seed: Seed, network: Network, address: &str) -> Self {
        let algorithm = match network {
            Network::Tcp => Algorithm::Rs256,
            Network::Memory(_) => Algorithm::EdDsa,
        };
        Setup {
            name: name.to_owned(),
            plan: FactoryPlan::default(),
            insisted: Insisted::default(),
            starts_at: StartsAt::from(clock.at(Elapsed::ZERO)),
            clock,
            seed,
            network,
            address: address.to_owned(),
            tls: None,
            algorithm,
            key: None,
            vendors: Vec::new(),
            admins: Vec::new(),
            chaos_start: ChaosStart::default(),
            report_url: ReportUrl::default(),
            state: None,
            control: None,
            observer: Arc::new(|_: Event| {}),
        }
    }
}

/// Why a factory did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("listen on {address}: {source}")]
    Bind {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// There is no key to sign with.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// A fault cannot be taken.
    #[error("take the faults: {0}")]
    Fault(#[from] AddError),
    /// It cannot be controlled as it is asked for.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A vendor cannot be taken.
    #[error("take the vendor {id}: {source}")]
    Vendor {
        /// The vendor's id.
        id: String,
        /// Why not.
        source: VendorError,
    },
    /// The state file cannot be used.
    #[error("open the state file {}: {source}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: StateError,
    },
}

/// A running factory. Dropping it ends it as soon as the runtime comes round to it.
pub struct Factory {
    kitchen: Arc<Kitchen>,
    wire: Arc<watch::Sender<Wire>>,
    vendors: Vec<VendorKey>,
    admins: Vec<VendorKey>,
    address: String,
    live: bool,
    control_url: Option<String>,
    tasks: Vec<AbortHandle>,
}

impl Factory {
    /// Starts to listen and to follow the plan. The clock may have been running for a while.
    ///
    /// # Errors
    /// As [`StartError`] says.
    pub async fn start(mut setup: Setup) -> Result<Factory, StartError> {
        let bind_error = |source| StartError::Bind {
            address: setup.address.clone(),
            source,
        };
        let listener = setup
            .network
            .bind(&setup.address)
            .await
            .map_err(bind_error)?;
        let address = listener.address().map_err(bind_error)?;
        let live = matches!(setup.network, Network::Tcp);
        let network = setup.network.clone();
        let desk = match setup.control.take() {
            None => None,
            Some(control) => Some(Desk::open(control, &network).await?),
        };
        if let Some(desk) = &desk {
            setup.observer = desk.listening(setup.observer);
        }
        let about = About {
            name: setup.name.clone(),
            seed: setup.seed,
            algorithm: setup.algorithm,
        };
        let tls = setup.tls.clone();
        let admins = setup.admins.clone();
        let (kitchen, vendors) = kitchen(setup, dialled(&address, tls.is_some()))?;
        let wire = Arc::new(watch::Sender::new(Wire::default()));
        kitchen.tell_news();
        Wire::update(&wire, &kitchen, kitchen.clock.elapsed());
        let door = Door {
            kitchen: kitchen.clone(),
            network,
            address: address.clone(),
            listener: Some(listener),
            tls,
            wire: wire.subscribe(),
            dates: Dates::new(kitchen.clock.clone()),
            rebind_failed: false,
        };
        let mut tasks = vec![
            tokio::spawn(follow(kitchen.clone(), wire.clone())).abort_handle(),
            tokio::spawn(door.keep()).abort_handle(),
        ];
        let control_url = desk.as_ref().map(|desk| control_url(&desk.address));
        if let Some(desk) = desk {
            tasks.push(tokio::spawn(desk.keep(kitchen.clone(), about)).abort_handle());
        }
        Ok(Factory {
            kitchen,
            wire,
            vendors,
            admins,
            address,
            live,
            control_url,
            tasks,
        })
    }

    /// Where clients reach it: `http://HOST:PORT`, or `https` where it speaks TLS; without the port that is the scheme's own.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.kitchen.scheme, self.kitchen.authority)
    }

    /// The address that it listens on, with its port.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it is controlled from, if it is: `http://HOST:PORT`.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control_url.clone()
    }

    /// Its vendors as it was set up with them.
    #[must_use]
    pub fn vendors(&self) -> &[VendorKey] {
        &self.vendors
    }

    /// Its admins as it was set up with them.
    #[must_use]
    pub fn admins(&self) -> &[VendorKey] {
        &self.admins
    }

    /// The keys that its pizzas verify with: its own and, where a fault rotates it, the one that follows. A pizza that is signed with
    /// a key that is never published verifies with none of them.
    #[must_use]
    pub fn keys(&self) -> Keys {
        self.kitchen.keys()
    }

    /// Every order made so far, the first made first.
    #[must_use]
    pub fn ledger(&self) -> Vec<Made> {
        self.kitchen.ledger().snapshot()
    }

    /// Forgets every order that was made.
    ///
    /// # Errors
    /// When a state file keeps the ledger and cannot be written: the orders may come back with the next start.
    pub async fn clear_ledger(&self) -> Result<(), NotStored> {
        self.kitchen.ledger().clear();
        self.kitchen.stored().await
    }

    /// Triggers the end of an active fault by hand.
    ///
    /// # Errors
    /// As [`MendError`] says.
    pub fn mend(&self, fault: &str) -> Result<(), MendError> {
        self.kitchen.mend(fault)
    }

    /// The active faults that end on report, with the URL that ends each, for the first vendor.
    #[must_use]
    pub fn report_urls(&self) -> Vec<(Arc<str>, String)> {
        let now = self.kitchen.clock.elapsed();
        let key = self
            .vendors
            .first()
            .map_or("", |vendor| vendor.key.as_str());
        let faults = self.kitchen.faults.list();
        faults
            .iter()
            .filter(|fault| fault.awaits_report(now))
            .map(|fault| {
                let url = self.kitchen.report_url(None, key, &fault.code);
                (fault.name.clone(), url)
            })
            .collect()
    }

    /// The login codes that vendors may use now, with their ids. The real factory mails them.
    #[must_use]
    pub fn login_codes(&self) -> Vec<(Arc<str>, String)> {
        let vendors = self.kitchen.vendors.all();
        let code = |vendor: &Arc<Vendor>| Some((vendor.id.clone(), vendor.login_code.clone()?));
        vendors.iter().filter_map(code).collect()
    }

    /// Has the chaos of a vendor start now, where it is scheduled for later. False where it has started, or there is none.
    ///
    /// # Errors
    /// When nobody is called so.
    pub fn start_chaos(&self, vendor: &str) -> Result<bool, VendorError> {
        self.kitchen.start_chaos(vendor)
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.kitchen.connections()
    }

    /// How often each fault was asked and injected so far, in the order of the plan.
    #[must_use]
    pub fn fault_counts(&self) -> Vec<FaultCount> {
        self.kitchen.faults.counts()
    }

    /// Counts a connection that a closed port refused. Over TCP only its clients know of it, so they may tell; on an in-memory
    /// network, which counts for itself, and while the port is open, this does nothing.
    pub fn note_refused(&self) {
        let outage = self.kitchen.faults.outage(self.kitchen.clock.elapsed());
        if let Some((fault, WireAction::ClosePort)) = outage
            && self.live
        {
            fault.injected_counter().fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Ends it politely: no more connections, the requests on the way are answered, for at most `patience`. A state file is whole and
    /// free for others when this returns.
    pub async fn shutdown(self, patience: Duration) {
        Wire::drain(&self.wire);
        let everybody = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
        let gone = self.kitchen.places.acquire_many(everybody);
        if tokio::time::timeout(patience, gone).await.is_err() {
            tracing::warn!("cut the connections that were still busy");
        }
        if let Some(store) = &self.kitchen.store {
            store.close().await;
        }
    }
}

impl Drop for Factory {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn kitchen(setup: Setup, authority: String) -> Result<(Arc<Kitchen>, Vec<VendorKey>), StartError> {
    let seed = setup.seed.of("factory").of(&setup.name);
    let (state, keys) = State::of(&setup, seed)?;
    let kitchen = Kitchen {
        habits: Habits {
            insisted: setup.insisted,
            chaos_start: setup.chaos_start,
            report_url: setup.report_url,
        },
        faults: Faults::new(
            &setup.plan.faults,
            setup.plan.manners(&setup.insisted),
            &setup.starts_at,
            seed,
        )?,
        signer: match setup.key {
            Some(key) => Signer::with_key(key, seed.of("signing"))?,
            None => Signer::new(setup.algorithm, seed.of("signing"))?,
        },
        waiter: match setup.network {
            Network::Tcp => Waiter::live(),
            Network::Memory(_) => Waiter::simulated(),
        },
        clock: setup.clock,
        observer: setup.observer,
        ledger: Mutex::new(state.ledger),
        store: state.store,
        badges: Badges::default(),
        log_reply: LogReply::default(),
        port_closed: watch::Sender::new(false),
        changed: Notify::new(),
        baking: Arc::new(Semaphore::new(BAKING_MAX)),
        metrics: Metrics::default(),
        places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        // Each start with the same state draws keys and codes of its own.
        drawn: (state.starts << 32).into(),
        vendors: state.vendors,
        scheme: if setup.tls.is_some() { "https" } else { "http" },
        authority,
        seed,
    };
    kitchen.prepare_keys(setup.plan.faults.iter());
    Ok((Arc::new(kitchen), keys))
}

/// The URL of the control that listens at an address that was bound.
fn control_url(bound: &str) -> String {
    format!("http://{}", dialled(bound, false))
}

/// The authority in the URLs of a client on this machine that reaches an address that was bound.
fn dialled(bound: &str, tls: bool) -> String {
    match bound.rsplit_once(':') {
        Some((host, "80")) if !tls => host.to_owned(),
        Some((host, "443")) if tls => host.to_owned(),
        Some(("0.0.0.0", port)) => format!("127.0.0.1:{port}"),
        Some(("[::]", port)) => format!("[::1]:{port}"),
        _ => bound.to_owned(),
    }
}

/// Follows the plan: tells what starts and ends at its time, and has the wire break and mend.
async fn follow(kitchen: Arc<Kitchen>, wire: Arc<watch::Sender<Wire>>) {
    loop {
        kitchen.tell_news();
        let now = kitchen.clock.elapsed();
        Wire::update(&wire, &kitchen, now);
        let changed = kitchen.changed.notified();
        match kitchen.next_change(now) {
            None => changed.await,
            Some(at) => tokio::select! {
                biased;
                () = changed => {}
                () = kitchen.clock.sleep_until(at) => {}
            },
        }
    }
}
