//! The clock of one run: how long it has been going on, and what time that makes it for the people in it. It knows tokio's
//! clock, which a simulated run pauses and advances, and no other: nothing else in a run may ask what time it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use std::time::Duration;
use tokio::time::Instant;

/// Time since the start of the run, in whole microseconds.
///
/// Simulated timers tick in milliseconds and round up; live ones are measured to the microsecond. It is written as seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elapsed(u64);

impl Elapsed {
    /// The start of the run.
    pub const ZERO: Elapsed = Elapsed(0);
    /// A moment that no run comes to.
    pub const NEVER: Elapsed = Elapsed(u64::MAX);

    /// The moment that lies `micros` microseconds after the start.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Elapsed(micros)
    }

    /// The moment that lies `duration` after the start.
    #[must_use]
    pub fn from_duration(duration: Duration) -> Self {
        Elapsed(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }

    /// As a duration since the start.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_micros(self.0)
    }

    /// In whole microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// In whole milliseconds, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// In seconds.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.as_duration().as_secs_f64()
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Elapsed) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Elapsed(self.0.saturating_add(micros))
    }
}

impl Serialize for Elapsed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_secs_f64())
    }
}

impl<'de> Deserialize<'de> for Elapsed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds)
            .map(|duration| {
                Elapsed(u64::try_from((duration.as_nanos() + 500) / 1_000).unwrap_or(u64::MAX))
            })
            .map_err(|_| {
                serde::de::Error::custom(
                    "a time is a number of seconds since the start, zero or more",
                )
            })
    }
}

/// What time it is in a run. Cheap to clone; every clone tells the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    epoch: Timestamp,
}

impl Clock {
    /// A clock that starts now, at a moment that the people in the run call `epoch`.
    #[must_use]
    pub fn starting_at(epoch: Timestamp) -> Self {
        Self::starting_in(Duration::ZERO, epoch)
    }

    /// A clock that starts in `lead`, for whoever has to get ready first; until then it stands at zero.
    #[must_use]
    pub fn starting_in(lead: Duration, epoch: Timestamp) -> Self {
        Clock {
            started: Instant::now() + lead,
            epoch,
        }
    }

    /// How long the run has been going on.
    #[must_use]
    pub fn elapsed(&self) -> Elapsed {
        Elapsed::from_duration(self.started.elapsed())
    }

    /// What the wall clock of the people in the run shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(self.elapsed())
    }

    /// What the wall clock of the people in the run shows at `elapsed`.
    #[must_use]
    pub fn at(&self, elapsed: Elapsed) -> Timestamp {
        self.epoch
            .saturating_add(elapsed.as_duration())
            .unwrap_or(self.epoch)
    }

    /// How long the run will have been going on, or has, at `timestamp`; never less, and zero before the start.
    #[must_use]
    pub fn elapsed_at(&self, timestamp: Timestamp) -> Elapsed {
        let nanos = timestamp.duration_since(self.epoch).as_nanos().max(0);
        Elapsed(u64::try_from((nanos + 999) / 1_000).unwrap_or(u64::MAX))
    }

    /// The tokio instant of `elapsed`, for timers.
    #[must_use]
    pub fn instant(&self, elapsed: Elapsed) -> Instant {
        self.started + elapsed.as_duration()
    }

    /// Waits until `elapsed`; returns at once when it has passed.
    pub async fn sleep_until(&self, elapsed: Elapsed) {
        tokio::time::sleep_until(self.instant(elapsed)).await;
    }
}

/// The ISO 8601 form of the real factory: UTC, in milliseconds.
pub(crate) fn iso(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_moment_is_the_same_by_either_count() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH);
        let elapsed = Elapsed::from_micros(1_500_000);
        assert_eq!(clock.elapsed_at(clock.at(elapsed)), elapsed);
        let between = clock.at(elapsed) + Duration::from_nanos(1);
        assert_eq!(clock.elapsed_at(between), Elapsed::from_micros(1_500_001));
        let before = Timestamp::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(clock.elapsed_at(before), Elapsed::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_starts_later_stands_at_zero_until_then() {
        let clock = Clock::starting_in(Duration::from_secs(2), Timestamp::UNIX_EPOCH);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.elapsed(), Elapsed::ZERO);
        clock.sleep_until(Elapsed::ZERO).await;
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(
            clock.elapsed(),
            Elapsed::from_duration(Duration::from_secs(3))
        );
    }
}
