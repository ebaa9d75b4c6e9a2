//! Where the alerts of a run go: to every channel at once, or through a routing.

use super::routing::{Inhibition, Routing};
use super::tree::{RouteTree, RoutingError};

/// Where alerts go.
#[derive(Clone, Debug)]
pub struct Routes {
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
        let channels = channels.into_iter().collect();
        Routes {
            kind: Kind::ToAll(channels),
        }
    }

    /// As `routing` says.
    ///
    /// # Errors
    /// When it names what it does not have.
    pub fn through(routing: &Routing) -> Result<Self, RoutingError> {
        let tree = RouteTree::new(routing)?;
        Ok(Routes {
            kind: Kind::Through(tree, routing.inhibitions.clone()),
        })
    }
}
