//! The control API from outside: each line of what it promises.

mod events;
mod faults;
mod guard;
mod ledger;
mod openapi;
mod scenario;
mod state;
mod vendors;
