//! From series to notifications: the team's own rule files, evaluated as their server would, and the alerts they raise, grouped
//! and routed as their Alertmanager would. Pure state machines driven by times that are passed in: no clock, no network.

pub mod alertmanager;
pub mod evaluate;
pub mod grafana;
mod json;
pub mod lint;
pub mod notify;
pub mod rules;
pub mod sources;
pub mod template;
