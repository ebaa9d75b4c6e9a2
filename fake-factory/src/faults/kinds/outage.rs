//! The wire fails. When every request is touched, the port itself is closed (`refused`) or every connection is reset on accept
//! (`reset`), and connections that were open before are cut. A port cannot be closed to some, so with a smaller share both read a
//! request and reset its connection where the draw says so. `hang` reads requests and never answers; the connection stays open, and
//! replies that have not begun by then are not sent either; one whose body is on its way goes on.
//!
//! Counting: a refused or reset connection and a request that is cut, reset or left unanswered are one each. Refused connections
//! are counted on an in-memory network; over TCP the system refuses them, and only its clients can tell.

use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::Touch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the wire fails.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Connections are refused.
    Refused,
    /// Connections are accepted and reset.
    Reset,
    /// Connections are accepted and never answered.
    Hang,
}

/// What a connection is to do under an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireAction {
    /// The port is closed.
    ClosePort,
    /// Connections are reset as they are accepted.
    ResetOnAccept,
    /// The connection of a touched request is reset.
    ResetRequest,
    /// A touched request is never answered.
    HangRequest,
}

impl Outage {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "outage",
        sentence: "Cuts the wire for every route: connections are refused, reset as they are accepted, or never answered.",
        stage: Stage::Wire,
        example: r#"{ "outage": "refused" }"#,
    };
}

impl Kind for Outage {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    /// It is the wire that carries an outage out: no request that came through is struck.
    fn strike(&self, _: &Strike<'_>, _: &mut Touch) -> bool {
        false
    }
}

impl Outage {
    /// What an outage does that touches all of the requests, or only some.
    pub(crate) fn action(self, all: bool) -> WireAction {
        match self {
            Outage::Hang => WireAction::HangRequest,
            Outage::Refused if all => WireAction::ClosePort,
            Outage::Reset if all => WireAction::ResetOnAccept,
            Outage::Refused | Outage::Reset => WireAction::ResetRequest,
        }
    }
}

impl WireAction {
    /// Whether connections that were open before are cut by it.
    pub(crate) fn cuts_open_connections(self) -> bool {
        matches!(self, WireAction::ClosePort | WireAction::ResetOnAccept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_requests_cannot_close_the_port() {
        assert_eq!(Outage::Refused.action(true), WireAction::ClosePort);
        assert_eq!(Outage::Refused.action(false), WireAction::ResetRequest);
        assert_eq!(Outage::Reset.action(false), WireAction::ResetRequest);
        assert_eq!(Outage::Hang.action(false), WireAction::HangRequest);
    }
}
