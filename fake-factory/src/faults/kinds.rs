//! The kinds of faults, one file each: what a file says of it, whether that makes sense, what it does, and its test. To add one, read
//! `malformed_body` first.

pub mod auth_outage;
pub mod bad_jwt;
pub mod brownout;
pub mod clock_skew;
pub mod empty_body;
pub mod garbage;
pub mod hang;
pub mod html_page;
pub mod jwks;
pub mod latency;
pub mod made_but_not_told;
pub mod made_twice;
pub mod malformed_body;
pub mod outage;
pub mod oven_full;
pub mod oversized_body;
pub mod rate_limit;
pub mod redirect;
pub mod reset;
pub mod slow_start;
pub mod status;
pub mod throughput;
pub mod truncate;
pub mod wrong_content_type;
