//! The wire fails. When every request is touched, the port itself is closed (`refused`) or every connection is reset on accept
//! (`reset`), and connections that were open before are cut. A port cannot be closed to some, so with a smaller share both read a
//! request and reset its connection where the draw says so. `hang` reads requests and never answers; the connection stays open, and
//! replies that were on their way are not sent either.
//!
//! Counting: a refused or reset connection and a request that is cut, reset or left unanswered are one each. Refused connections
//! are counted on an in-memory network; over TCP the system refuses them, and only its clients can tell.

use super::plan::Outage;

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
    /// What an outage that touches `share` of the requests does.
    pub(crate) fn action(self, share: f64) -> WireAction {
        match self {
            Outage::Hang => WireAction::HangRequest,
            Outage::Refused if share >= 1.0 => WireAction::ClosePort,
            Outage::Reset if share >= 1.0 => WireAction::ResetOnAccept,
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
        assert_eq!(Outage::Refused.action(1.0), WireAction::ClosePort);
        assert_eq!(Outage::Refused.action(0.5), WireAction::ResetRequest);
        assert_eq!(Outage::Reset.action(0.5), WireAction::ResetRequest);
        assert_eq!(Outage::Hang.action(0.5), WireAction::HangRequest);
    }
}
