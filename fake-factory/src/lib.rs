//! A stand-in for the JWT Pizza factory that breaks on request.
//!
//! The library is what a simulated or live run stages: a [`Setup`] says what the factory is made of, a [`Factory`] is one that runs.
//! The binary serves it alone. It knows nothing of who orders from it.

mod api;
pub mod clock;
pub mod event;
pub mod factory;
pub mod faults;
pub mod input;
mod kitchen;
pub mod ledger;
mod listener;
pub mod net;
pub mod seed;
pub mod signing;
mod vendors;
mod wait;

pub use event::{EndedBy, Event, Observer};
pub use factory::{Factory, Setup, StartError, VendorKey};
pub use faults::active::{FaultCount, MendError};
pub use kitchen::{ChaosStart, ReportUrl};
pub use ledger::Made;
pub use signing::Algorithm;
pub use signing::jwks::Keys;
