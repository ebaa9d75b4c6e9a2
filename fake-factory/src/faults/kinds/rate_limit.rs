//! So many requests and no more: a token bucket on the clock of the run. A request that finds a token takes it and goes its way,
//! untouched; one that finds none is refused.

use super::status::retry_after;
use crate::api::reply::{self, Reply};
use crate::clock::Elapsed;
use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use crate::input::units::Rate;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What may be missing of a token for it to count: sums of fractions are not exact.
const TOLERANCE: f64 = 1e-9;

/// So many requests and no more. All that match share one bucket; for a limit of each vendor's own, write a fault for each.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many requests are let through in the long run.
    pub rate: Rate,
    /// How many are let through at once after a quiet time.
    pub burst: u64,
}

impl RateLimit {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "rate_limit",
        sentence: "Lets so many requests through and refuses the others: 429 with Retry-After.",
        stage: Stage::Answer,
        example: r#"{ "rate_limit": { "rate": "10/s", "burst": 20 } }"#,
    };

    /// The bucket at `now`, filled with what came into it since it was left with so many tokens.
    fn filled(&self, left: Option<(f64, Elapsed)>, now: Elapsed) -> f64 {
        let burst = self.burst as f64;
        left.map_or(burst, |(tokens, then)| {
            let came = now.since(then).as_secs_f64() * self.rate.per_second();
            (tokens + came).min(burst)
        })
    }

    fn reply(&self, tokens: f64) -> Reply {
        let mut reply = reply::message(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
        let seconds = (1.0 - tokens) / self.rate.per_second();
        let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        retry_after(&mut reply, wait.max(Duration::from_secs(1)));
        reply
    }
}

impl Kind for RateLimit {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.rate.per_second() <= 0.0 {
            sense.error_with_help(
                &["rate_limit", "rate"],
                "a rate of 0 lets nothing through",
                "expected more than that, or inject `status` with code 429",
            );
        }
        if self.burst == 0 {
            let message = "a burst of 0 lets nothing through: expected 1 or more";
            sense.error(&["rate_limit", "burst"], message);
        }
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        // What another fault answers never comes to the bucket.
        if touch.answer.is_some() {
            return false;
        }
        let mut memory = strike.memory();
        let tokens = self.filled(memory.bucket, strike.now);
        let passes = tokens >= 1.0 - TOLERANCE;
        let left = if passes {
            (tokens - 1.0).max(0.0)
        } else {
            tokens
        };
        memory.bucket = Some((left, strike.now));
        drop(memory);
        !passes && touch.answer_with(|| self.reply(tokens))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::Memory;
    use crate::faults::kind::tests::{strike_at, told_of};
    use http::header;
    use std::sync::Mutex;

    fn limit(rate: &str, burst: u64) -> RateLimit {
        RateLimit {
            rate: rate.parse().expect("a rate"),
            burst,
        }
    }

    /// What requests at these milliseconds get: nothing, or the seconds after which to come again.
    fn refused(limit: &RateLimit, millis: &[u64]) -> Vec<Option<String>> {
        let memory = Mutex::<Memory>::default();
        let one = |at: &u64| {
            let mut touch = Touch::default();
            strike_at(limit, Elapsed::from_micros(at * 1_000), &memory, &mut touch);
            let reply = touch.answer?;
            assert_eq!(reply.status(), 429);
            let seconds = reply.headers()[header::RETRY_AFTER].to_str();
            Some(seconds.expect("a number").to_owned())
        };
        millis.iter().map(one).collect()
    }

    #[test]
    fn a_burst_goes_through_and_then_one_at_a_time() {
        let seen = refused(
            &limit("10/s", 2),
            &[0, 0, 0, 50, 100, 100, 1_100, 1_100, 1_100],
        );
        let touched: Vec<bool> = seen.iter().map(Option::is_some).collect();
        assert_eq!(
            touched,
            [false, false, true, true, false, true, false, false, true]
        );
        assert!(seen.iter().flatten().all(|seconds| seconds == "1"));
    }

    #[test]
    fn retry_after_says_when_there_is_a_token_again() {
        let seen = refused(&limit("6/min", 1), &[0, 0, 500, 9_999, 10_000]);
        let seconds: Vec<&str> = seen.iter().flatten().map(String::as_str).collect();
        assert_eq!(seconds, ["10", "10", "1"]);
        assert_eq!(seen[4], None);
    }

    #[test]
    fn thirds_of_a_token_add_up() {
        let at: Vec<u64> = (0..90).map(|third| third * 1_000).collect();
        let passed = refused(&limit("20/min", 1), &at);
        let passed = passed.iter().filter(|seen| seen.is_none()).count();
        assert_eq!(passed, 30);
    }

    #[test]
    fn a_limit_that_lets_nothing_through_is_refused() {
        assert_eq!(
            told_of("{ rate_limit: { rate: 0/s, burst: 0 } }"),
            [
                "a rate of 0 lets nothing through",
                "a burst of 0 lets nothing through: expected 1 or more"
            ]
        );
    }
}
