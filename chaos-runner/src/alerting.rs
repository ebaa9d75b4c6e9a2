//! From series to notifications: the team's own rule files, evaluated as their server would, and the alerts they raise, grouped
//! and routed as their Alertmanager would. State machines driven by times that are passed in: no clock, no network.

pub mod notify;
