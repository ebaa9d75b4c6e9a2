//! Replays a real incident as a test: drives order traffic through a scenario, evaluates the team's own alert rules on what
//! happens, and judges whether alerts fired, pages arrived, fallbacks recovered and no order was lost.
//!
//! Imports run one way: cli → report → verdict → {record, scenario}, and cli → stage → the rest → {scenario, record}.

pub mod alerting;
pub mod cli;
pub mod diners;
pub mod explain;
pub mod looks;
pub mod order_service;
pub mod record;
pub mod report;
pub mod responders;
pub mod scenario;
pub mod stage;
pub mod telemetry;
pub mod verdict;
