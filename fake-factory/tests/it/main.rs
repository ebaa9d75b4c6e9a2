//! The factory from outside: what a client, a stage and a shell see of it. Whatever can be true of both transports is tested over both.

mod api;
mod baking;
mod binary;
mod counterfeit;
mod faults;
mod net;
mod state;
mod tls;
mod wire;
mod world;
