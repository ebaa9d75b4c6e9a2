//! A kitchen of so many places: a request takes one for a while, waits when all are taken, and is refused when too many wait
//! already. When each is done follows from when the requests before it came, so that nothing has to be watched.

use crate::api::reply;
use crate::clock::Elapsed;
use crate::faults::kind::{Kind, KindInfo, Memory, Sense, Stage, Strike};
use crate::faults::kinds::latency::DELAY_MAX;
use crate::faults::touch::Touch;
use crate::input::units::HumanDuration;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most requests that may be at work and wait together; a factory keeps no more of them waiting for any reason.
const PLACES_MAX: usize = 65_536;

/// Bounded concurrency: the more requests, the later each is answered, up to so many. A client that hangs up leaves its place taken.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brownout {
    /// How many requests are at work at once.
    pub capacity: usize,
    /// How long one takes, once it is its turn.
    pub takes: HumanDuration,
    /// How many may wait for their turn; one more is answered 503 at once.
    #[serde(default)]
    pub queue: usize,
}

impl Brownout {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "brownout",
        sentence: "Works on so many requests at once: others wait, and past that are refused with 503.",
        stage: Stage::Delay,
        example: r#"{ "brownout": { "capacity": 4, "takes": "500ms", "queue": 20 } }"#,
    };

    /// When a request that comes `now` is done; none when there is no room for it.
    fn done(&self, memory: &mut Memory, now: Elapsed) -> Option<Elapsed> {
        let busy = &mut memory.busy_until;
        while busy.front().is_some_and(|done| *done <= now) {
            busy.pop_front();
        }
        // The last `capacity` of them are at work when the others are through: the first of those to be done leaves its place.
        let starts = match busy.len().checked_sub(self.capacity) {
            None => now,
            Some(waiting) if waiting >= self.queue => return None,
            Some(waiting) => busy.get(waiting).copied().unwrap_or(now),
        };
        let done = starts.plus(self.takes.0);
        // Requests that come at the same moment on several threads may come to this a little out of order.
        busy.insert(busy.partition_point(|other| *other <= done), done);
        Some(done)
    }
}

impl Kind for Brownout {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.capacity == 0 {
            sense.error_with_help(
                &["brownout", "capacity"],
                "a capacity of 0 lets nothing through",
                "expected 1 or more, or inject `status` with code 503",
            );
        }
        if self.takes.0.is_zero() {
            let message = "what takes no time fills no place: expected more than 0";
            sense.error(&["brownout", "takes"], message);
        } else if self.takes.0 > DELAY_MAX {
            sense.error(&["brownout", "takes"], "no answer is later than a day");
        }
        if self.capacity.saturating_add(self.queue) > PLACES_MAX {
            let message = format!(
                "{} at work and {} waiting are too many: expected {PLACES_MAX} together at the most",
                self.capacity, self.queue
            );
            sense.error(&["brownout"], message);
        }
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        // What another brownout refuses does not come in. What a fault of a later stage answers takes a place all the same.
        if touch.answer.is_some() {
            return false;
        }
        let done = self.done(&mut strike.memory(), strike.now);
        match done {
            Some(done) => touch.delay_by(done.since(strike.now)),
            None => {
                let code = StatusCode::SERVICE_UNAVAILABLE;
                touch.answer_with(|| reply::message(code, "too many requests are waiting"));
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::{strike_at, told_of};
    use std::sync::Mutex;
    use std::time::Duration;

    /// How late requests that come at these milliseconds are, in milliseconds; none for one that is refused.
    fn delays(brownout: &Brownout, millis: &[u64]) -> Vec<Option<u128>> {
        let memory = Mutex::default();
        let one = |at: &u64| {
            let mut touch = Touch::default();
            let now = Elapsed::from_micros(at * 1_000);
            assert!(strike_at(brownout, now, &memory, &mut touch));
            touch.answer.is_none().then_some(touch.delay.as_millis())
        };
        millis.iter().map(one).collect()
    }

    fn brownout(capacity: usize, queue: usize) -> Brownout {
        Brownout {
            capacity,
            takes: HumanDuration(Duration::from_millis(100)),
            queue,
        }
    }

    #[test]
    fn within_its_capacity_each_takes_its_time() {
        let seen = delays(&brownout(2, 0), &[0, 50, 100, 150]);
        assert_eq!(seen, vec![Some(100); 4]);
    }

    #[test]
    fn past_its_capacity_they_wait_and_past_that_are_refused() {
        let seen = delays(&brownout(2, 3), &[0, 0, 0, 10, 20, 20, 100, 100]);
        let expected = [
            Some(100),
            Some(100),
            Some(200),
            Some(190),
            Some(280),
            None,
            // Two are done, two at work, one waits.
            Some(200),
            Some(300),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn it_remembers_no_more_than_may_be_there() {
        let brownout = brownout(2, 3);
        let memory = Mutex::<Memory>::default();
        for at in 0..1_000 {
            let now = Elapsed::from_micros(at);
            strike_at(&brownout, now, &memory, &mut Touch::default());
        }
        let memory = memory.into_inner().expect("no panic");
        assert_eq!(memory.busy_until.len(), 5);
    }

    #[test]
    fn a_kitchen_without_room_or_bounds_is_refused() {
        assert_eq!(
            told_of("{ brownout: { capacity: 0, takes: 0s, queue: 70000 } }"),
            [
                "a capacity of 0 lets nothing through",
                "what takes no time fills no place: expected more than 0",
                "0 at work and 70000 waiting are too many: expected 65536 together at the most"
            ]
        );
    }
}
