//! Grafana-managed alert rules, evaluated without Grafana: its files and API documents read, its expressions evaluated, its alerts
//! taken from state to state, and where its notification policies send them. It asks series and log lines as any rule does; when a
//! rule is due is not its business.

mod evaluate;
mod expressions;
pub mod fields;
mod labels;
pub(in crate::alerting) mod layout;
pub mod model;
pub mod notifications;
pub mod read;
pub mod settings;
mod states;
mod variables;

pub(crate) use evaluate::would_alert;
pub(super) use evaluate::{Evaluated, GrafanaEvaluation, Verdict, threshold};
pub use evaluate::{NodeSeen, ValueSeen};
pub use states::InstanceSeen;
pub(super) use states::{GrafanaStates, Moving};
