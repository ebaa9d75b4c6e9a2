//! Where the alerts of a run go: to every channel at once, or through a routing; and those of one server by another way than those
//! of another.

use super::routing::{Inhibition, Routing};
use super::tree::{RouteTree, RoutingError};
use promql::Matcher;

/// Where alerts go: by the first of some ways that takes them.
#[derive(Clone, Debug)]
pub struct Routes {
    pub(super) ways: Vec<Way>,
}

/// A way of alerts, which knows nothing of those of others.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// Which alerts take it; all of these must hold.
    pub(super) takes: Vec<Matcher>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Every change of an alert, by itself and at once, to each of these channels.
    ToAll(Vec<String>),
    /// Through a tree, unless another alert keeps it quiet.
    Through(RouteTree, Vec<Inhibition>),
}

impl Routes {
    /// Every change of an alert, by itself and at once, to each of `channels`.
    pub fn to_all(channels: impl IntoIterator<Item = String>) -> Self {
        Routes::of(Kind::ToAll(channels.into_iter().collect()))
    }

    /// As `routing` says.
    ///
    /// # Errors
    /// When it names what it does not have.
    pub fn through(routing: &Routing) -> Result<Self, RoutingError> {
        let tree = RouteTree::new(routing)?;
        Ok(Routes::of(Kind::Through(tree, routing.inhibitions.clone())))
    }

    /// Alerts that `takes` go by `first`, the others by these routes.
    #[must_use]
    pub fn behind(mut self, takes: &[Matcher], mut first: Routes) -> Self {
        for way in &mut first.ways {
            way.takes.extend_from_slice(takes);
        }
        first.ways.append(&mut self.ways);
        first
    }

    fn of(kind: Kind) -> Self {
        let takes = Vec::new();
        Routes {
            ways: vec![Way { takes, kind }],
        }
    }
}
