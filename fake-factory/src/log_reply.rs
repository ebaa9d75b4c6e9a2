//! What the factory says to somebody who sends it a log: one text, which an admin may set. A request's body is its bound.

use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// The reply to a log.
#[derive(Debug)]
pub(crate) struct LogReply {
    reply: Mutex<Value>,
}

impl Default for LogReply {
    fn default() -> Self {
        LogReply {
            reply: Mutex::new(Value::from("Log received")),
        }
    }
}

impl LogReply {
    /// What is said now.
    pub(crate) fn get(&self) -> Value {
        // It is replaced as a whole, whoever panics.
        let reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner);
        reply.clone()
    }

    /// Says `reply` from now on.
    pub(crate) fn set(&self, reply: Value) {
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = reply;
    }
}
