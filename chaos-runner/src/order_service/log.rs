//! The service's log: structured lines, handed to whoever stages it. It knows neither where they go nor who counts them.

use fake_factory::clock::{Clock, Elapsed};
use std::sync::Arc;

/// The component of every line.
pub const COMPONENT: &str = "order_service";

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everyday life.
    Info,
    /// Something failed, and the service has a way around it.
    Warn,
    /// Something failed for a diner, or needs a person.
    Error,
}

impl Level {
    /// As it is written in labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Elapsed,
    /// How grave.
    pub level: Level,
    /// Who says it: [`COMPONENT`].
    pub component: &'static str,
    /// What happened.
    pub message: String,
    /// Its particulars.
    pub fields: Vec<(&'static str, String)>,
}

/// Where lines go.
pub type LogSink = Arc<dyn Fn(LogLine) + Send + Sync>;

/// Writes lines with the time of the run.
#[derive(Clone)]
pub(super) struct Log {
    clock: Clock,
    sink: LogSink,
}

impl Log {
    pub(super) fn new(clock: Clock, sink: LogSink) -> Self {
        Log { clock, sink }
    }

    pub(super) fn write(&self, level: Level, message: &str, fields: Vec<(&'static str, String)>) {
        (self.sink)(LogLine {
            at: self.clock.elapsed(),
            level,
            component: COMPONENT,
            message: message.to_owned(),
            fields,
        });
    }
}
