//! The factory from outside: what a client, a stage and a shell see of it. Whatever can be true of both transports is tested over both.

mod api;
mod binary;
mod faults;
mod net;
mod share;
mod wire;
mod world;
