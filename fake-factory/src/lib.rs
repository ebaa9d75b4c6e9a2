//! A stand-in for the JWT Pizza factory that breaks on request.
//!
//! The library is what a simulated or live run stages: a [`Setup`] says what the factory is made of, a [`Factory`] is one that runs.
//! The binary serves it alone. It knows nothing of who orders from it.
//!
//! ```
//! use fake_factory::clock::Clock;
//! use fake_factory::net::{Network, client::Client, memory::MemoryNetwork};
//! use fake_factory::seed::Seed;
//! use fake_factory::{Factory, Setup};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let clock = Clock::starting_at("2024-08-08T15:50:00Z".parse()?);
//! let network = Network::Memory(MemoryNetwork::new());
//! let setup = Setup::new("headquarters", clock, Seed::new(329), network.clone(), "headquarters:80");
//! let factory = Factory::start(setup).await?;
//! let ready = format!("{}/ready", factory.url()).parse()?;
//! assert_eq!(Client::new(network).get(&ready, None).await?.status(), 200);
//! # Ok(())
//! # })
//! # .map_err(|error: Box<dyn std::error::Error>| error)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access;
mod api;
mod badges;
pub mod clock;
pub mod control;
pub mod event;
pub mod factory;
pub mod faults;
pub mod input;
mod json;
mod kitchen;
pub mod ledger;
mod listener;
mod log_reply;
mod metrics;
pub mod net;
mod openapi;
mod order;
pub mod pem;
pub mod scenario;
pub mod seed;
pub mod signing;
mod store;
mod vendors;
mod wait;

#[cfg(feature = "fuzzing")]
pub use api::fuzzing;
pub use control::{ControlError, ControlSetup};
pub use event::{EndedBy, Event, Observer};
pub use factory::{Factory, Setup, StartError, VendorKey};
pub use faults::roster::{AddError, FaultCount, MendError};
pub use kitchen::{ChaosStart, ReportUrl};
pub use ledger::Made;
pub use signing::Algorithm;
pub use signing::jwks::Keys;
pub use store::{NotStored, StateError};
pub use vendors::VendorError;
