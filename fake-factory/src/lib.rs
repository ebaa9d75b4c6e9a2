//! A stand-in for the JWT Pizza factory that breaks on request.
//!
//! The library is what a simulated or live run stages; the binary serves it alone. It knows nothing of who orders from it.

pub mod clock;
pub mod faults;
pub mod input;
pub mod ledger;
pub mod net;
pub mod seed;
pub mod signing;
