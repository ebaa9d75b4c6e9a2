//! The order service and its diners, against a small factory that follows a script, on virtual time.

mod accounted;
mod api;
mod codes;
mod factory;
mod live;
mod queue;
mod resilience;
mod restart;
mod traffic;
mod watching;
mod world;
