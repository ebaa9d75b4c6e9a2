//! What Grafana's documents say of notifications: policies, contact points, mute timings and templates. `read` takes one document
//! apart, `assemble` makes one routing of all of them and of what rules say themselves, in the words of Alertmanager's
//! configuration: Grafana's own Alertmanager is one. It knows no scenario and no channel.

mod assemble;
mod contact_points;
mod form;
mod policies;
mod read;
mod shape;

pub use assemble::{Assembled, Assembling};
pub(super) use read::parse_notifications;
pub(in crate::alerting) use shape::{Number, SECTIONS, Shape, is_alertmanagers};

use crate::alerting::notify::interval::TimeInterval;
use crate::alerting::notify::routing::Inhibition;
use contact_points::ContactPoint;
use fake_factory::input::{Located, Source};
use policies::Policy;

/// A mute timing.
#[derive(Clone, Debug)]
struct MuteTiming {
    name: Located<String>,
    /// The organization, where it is known.
    org: Option<String>,
    parts: Vec<TimeInterval>,
}

/// What one document says of notifications.
#[derive(Clone, Debug)]
pub struct Notifications {
    source: Source,
    /// The roots of trees.
    policies: Vec<Policy>,
    /// None where it is no document of contact points: then they are elsewhere.
    contact_points: Option<Vec<ContactPoint>>,
    /// None likewise.
    intervals: Option<Vec<MuteTiming>>,
    inhibitions: Vec<Inhibition>,
    templates: Vec<Located<String>>,
}

impl Notifications {
    /// Those of a document that says nothing of them.
    pub(super) fn none(source: &Source) -> Self {
        Notifications {
            source: source.clone(),
            policies: Vec::new(),
            contact_points: None,
            intervals: None,
            inhibitions: Vec::new(),
            templates: Vec::new(),
        }
    }

    /// Whether it says where alerts go.
    #[must_use]
    pub fn route_alerts(&self) -> bool {
        !self.policies.is_empty() || self.contact_points.is_some() || self.intervals.is_some()
    }

    /// Whether it holds contact points and mute timings: what rules name is then not elsewhere.
    pub(super) fn are_whole(&self) -> bool {
        self.contact_points.is_some() && self.intervals.is_some()
    }

    /// The names of its notification templates: what notifications look like is no matter here.
    #[must_use]
    pub fn templates(&self) -> &[Located<String>] {
        &self.templates
    }
}

#[cfg(test)]
mod tests;
