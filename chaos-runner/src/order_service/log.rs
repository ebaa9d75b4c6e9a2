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

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What a diner was told.
    Order,
    /// A call of a factory.
    FactoryCall,
    /// A report of a factory's trouble.
    Report,
    /// Whether a factory is ready.
    Probe,
    /// An order that waits or is made later.
    Queue,
}

impl Kind {
    /// As the `type` label of the lines has it: in the words of the public service, where it has one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Order => "http-req",
            Kind::FactoryCall => "factory-request",
            Kind::Report => "factory-report",
            Kind::Probe => "factory-probe",
            Kind::Queue => "queue",
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
    /// What it is about.
    pub kind: Kind,
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

    pub(super) fn write(
        &self,
        level: Level,
        kind: Kind,
        message: &str,
        fields: Vec<(&'static str, String)>,
    ) {
        (self.sink)(LogLine {
            at: self.clock.elapsed(),
            level,
            component: COMPONENT,
            kind,
            message: message.to_owned(),
            fields,
        });
    }
}
