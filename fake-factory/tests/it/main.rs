//! The factory from outside: what a client, a stage and a shell see of it. Whatever can be true of both transports is tested over both.

mod access_log;
mod api;
mod baking;
mod binary;
mod control;
mod counterfeit;
mod faults;
mod metrics;
mod net;
mod openapi;
mod readme;
mod share;
mod state;
mod tls;
mod wire;
mod world;
