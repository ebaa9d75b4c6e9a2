//! The kinds of faults, one file each: what a file says of it, whether that makes sense, what it does, and its test. To add one, read
//! `malformed_body` first.

pub mod bad_jwt;
pub mod clock_skew;
pub mod jwks;
pub mod latency;
pub mod made_but_not_told;
pub mod made_twice;
pub mod malformed_body;
pub mod outage;
pub mod status;
