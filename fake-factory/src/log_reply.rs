//! What the factory says to somebody who sends it a log: one value, which an admin may set. A request's body is its bound.

use crate::json::View;
use bytes::Bytes;
use std::sync::{Mutex, PoisonError};

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Nothing,
    Text(String),
    /// Any other value, as it is written.
    Json(Bytes),
}

impl Said {
    /// What `message` has said.
    pub(crate) fn of(message: Option<View<'_>>) -> Self {
        let Some(message) = message.filter(|message| !message.is_null()) else {
            return Said::Nothing;
        };
        if let Some(text) = message.letters() {
            return Said::Text(text.into_owned());
        }
        let mut json = Vec::new();
        message.append_to(&mut json);
        Said::Json(json.into())
    }
}

/// The reply to a log.
#[derive(Debug)]
pub(crate) struct LogReply {
    reply: Mutex<Said>,
}

impl Default for LogReply {
    fn default() -> Self {
        LogReply {
            reply: Mutex::new(Said::Text("Log received".to_owned())),
        }
    }
}

impl LogReply {
    /// What is said now.
    pub(crate) fn get(&self) -> Said {
        // It is replaced as a whole, whoever panics.
        let reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner);
        reply.clone()
    }

    /// Says `reply` from now on.
    pub(crate) fn set(&self, reply: Said) {
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = reply;
    }
}
