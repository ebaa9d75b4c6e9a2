//! The ways in which a factory call fails, and what follows from each: whether the pizza may exist all the same, whether another
//! try could help, what the metrics call it and what a diner is told. Pure knowledge: it calls nobody.

use fake_factory::net::client::CallError;
use std::borrow::Cow;
use std::time::Duration;

/// What the public order service tells a diner whose order the factory refused.
pub(super) const NOT_FULFILLED: &str = "Failed to fulfill order at factory";
/// What it tells one whose factory could not be talked to.
const FETCH_FAILED: &str = "fetch failed";

/// A factory call that brought no pizza.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    /// Where the factory asked to be told of its problem.
    pub(super) report_url: Option<String>,
}

/// Why a call brought no pizza.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// No reply in time.
    TimedOut,
    /// Nobody listens there.
    Connect(String),
    /// The name does not resolve.
    Unresolved(String),
    /// The connection broke before the whole reply had come.
    Broken(String),
    /// A success whose body is no pizza.
    Malformed(String),
    /// A JWT that is not the factory's, or not for this order.
    BadJwt(String),
    /// A JWT that cannot be judged, for want of the factory's keys.
    NoKeys(String),
    /// A status that says no.
    Status { status: u16, message: String },
    /// 429: later, perhaps after this long.
    TooMany { retry_after: Option<Duration> },
    /// An order that no oven takes.
    OvenFull,
    /// Not called: it kept failing.
    CircuitOpen,
    /// Not called: it asked to be left alone for this long.
    HeldOff(Duration),
}

/// A failure that no retry can help, only a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Configuration {
    /// The key is wrong: 401 or 403.
    Unauthorized,
    /// The address is that of something else: 404 or 405.
    NotFound,
    /// The address does not resolve.
    Unresolvable,
}

impl Configuration {
    pub(super) const ALL: [Configuration; 3] = [
        Configuration::Unauthorized,
        Configuration::NotFound,
        Configuration::Unresolvable,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Configuration::Unauthorized => "unauthorized",
            Configuration::NotFound => "not_found",
            Configuration::Unresolvable => "unresolvable",
        }
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Failure {
            cause,
            report_url: None,
        }
    }
}

impl From<CallError> for Cause {
    fn from(error: CallError) -> Self {
        let text = error.to_string();
        match error {
            CallError::TimedOut(_) => Cause::TimedOut,
            CallError::Refused(_) | CallError::Connect(_) => Cause::Connect(text),
            CallError::Unresolved(_) => Cause::Unresolved(text),
            CallError::Broken(_) => Cause::Broken(text),
            CallError::TooLarge => Cause::Malformed(text),
        }
    }
}

impl Cause {
    /// What the metrics call it; none for a call that was not made.
    pub(super) fn code(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Cause::TimedOut => "timeout".into(),
            Cause::Connect(_) | Cause::Unresolved(_) => "connect".into(),
            Cause::Broken(_) => "broken".into(),
            Cause::Malformed(_) => "malformed".into(),
            Cause::BadJwt(_) | Cause::NoKeys(_) => "bad_jwt".into(),
            Cause::Status { status, .. } => status.to_string().into(),
            Cause::TooMany { .. } => "429".into(),
            Cause::OvenFull => "503".into(),
            Cause::CircuitOpen | Cause::HeldOff(_) => return None,
        })
    }

    /// Whether the pizza may have been made although nobody told us.
    pub(super) fn may_be_made(&self) -> bool {
        matches!(
            self,
            Cause::TimedOut | Cause::Broken(_) | Cause::Malformed(_) | Cause::NoKeys(_)
        )
    }

    /// Whether another try, soon, could bring a pizza.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Cause::Status { status, .. } => *status >= 500 || matches!(status, 408 | 425),
            Cause::OvenFull | Cause::CircuitOpen | Cause::HeldOff(_) => false,
            _ => true,
        }
    }

    /// Whether it says that the factory is unwell: what a circuit breaker counts.
    pub(super) fn is_the_factorys(&self) -> bool {
        !matches!(
            self,
            Cause::TooMany { .. } | Cause::OvenFull | Cause::CircuitOpen | Cause::HeldOff(_)
        )
    }

    /// Whether a person has to correct something.
    pub(super) fn configuration(&self) -> Option<Configuration> {
        match self {
            Cause::Unresolved(_) => Some(Configuration::Unresolvable),
            Cause::Status { status, .. } => match status {
                401 | 403 => Some(Configuration::Unauthorized),
                404 | 405 => Some(Configuration::NotFound),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a diner is told, as the public order service words it.
    pub(super) fn for_the_diner(&self) -> Cow<'static, str> {
        match self {
            Cause::TimedOut | Cause::Connect(_) | Cause::Unresolved(_) | Cause::Broken(_) => {
                FETCH_FAILED.into()
            }
            Cause::Malformed(why) => format!("the factory's reply makes no sense: {why}").into(),
            _ => NOT_FULFILLED.into(),
        }
    }

    /// What the log says.
    pub(super) fn for_the_log(&self) -> String {
        match self {
            Cause::TimedOut => "no reply in time".to_owned(),
            Cause::Connect(why)
            | Cause::Unresolved(why)
            | Cause::Broken(why)
            | Cause::Malformed(why)
            | Cause::BadJwt(why)
            | Cause::NoKeys(why) => why.clone(),
            Cause::Status { status, message } => format!("{status}: {message}"),
            Cause::TooMany { .. } => "429: too many requests".to_owned(),
            Cause::OvenFull => "503: the oven is full".to_owned(),
            Cause::CircuitOpen => "the circuit is open".to_owned(),
            Cause::HeldOff(_) => "it asked for fewer calls".to_owned(),
        }
    }
}
