//! The pizza is made and its reply is lost. The kitchen works as ever, the ledger has the pizza; the reply only carries a mark that
//! tells the connection what to do in its place.

use super::plan::{LostReply, MadeButNotTold};
use crate::api::reply::Reply;

impl MadeButNotTold {
    /// `reply`, marked as lost.
    pub(crate) fn lose(&self, mut reply: Reply) -> Reply {
        reply.extensions_mut().insert(self.reply);
        reply
    }
}

/// How `reply` is to be lost, if it is.
pub(crate) fn loss(reply: &Reply) -> Option<LostReply> {
    reply.extensions().get::<LostReply>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply;

    #[test]
    fn a_reply_is_lost_as_the_file_says() {
        let fault = MadeButNotTold {
            reply: LostReply::Hang,
        };
        assert_eq!(
            loss(&fault.lose(reply::message(http::StatusCode::OK, "x"))),
            Some(LostReply::Hang)
        );
        assert_eq!(loss(&reply::message(http::StatusCode::OK, "x")), None);
    }
}
