//! The ways a factory breaks: what a file says of them (`plan`), what is active when (`schedule`), which requests are touched
//! (`active`), and one file a kind. They decide; `api` and `listener` carry out.
//!
//! Several faults may touch one request. All the latencies that do come first, added up. Then the first fault in the order of the
//! file that gives an answer gives the answer; the others are asked and not injected.

pub(crate) mod active;
pub mod bad_jwt;
pub mod check;
pub mod latency;
pub mod made_but_not_told;
pub mod malformed_body;
pub mod outage;
pub mod plan;
pub mod schedule;
pub mod status;
