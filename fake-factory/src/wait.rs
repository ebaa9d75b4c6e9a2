//! Waiting for as long as was asked. A simulated run waits on tokio's timers alone; a live one would get them up to two milliseconds
//! late, so there a thread of the factory's own keeps the deadlines and wakes the waiting to a fraction of a millisecond.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Waits, precisely where that matters.
#[derive(Debug)]
pub(crate) struct Waiter {
    thread: Option<Sender<Alarm>>,
}

/// Somebody to wake at a moment.
#[derive(Debug)]
struct Alarm {
    at: Instant,
    wake: oneshot::Sender<()>,
}

impl Waiter {
    /// For a simulated run.
    pub(crate) fn simulated() -> Self {
        Waiter { thread: None }
    }

    /// For a live run. Where the system gives no thread, it waits as a simulated run does.
    pub(crate) fn live() -> Self {
        let (thread, alarms) = channel();
        let started = std::thread::Builder::new()
            .name("factory-alarms".to_owned())
            .spawn(move || keep(&alarms));
        if let Err(error) = &started {
            tracing::warn!(%error, "failed to start the thread that keeps delays precise");
        }
        Waiter {
            thread: started.is_ok().then_some(thread),
        }
    }

    /// Waits for `duration` from now.
    pub(crate) async fn wait(&self, duration: Duration) {
        let at = Instant::now() + duration;
        let (wake, woken) = oneshot::channel();
        let kept = self
            .thread
            .as_ref()
            .is_some_and(|thread| thread.send(Alarm { at, wake }).is_ok());
        if !kept || woken.await.is_err() {
            tokio::time::sleep_until(at).await;
        }
    }
}

/// The number of alarms from which those that nobody waits for are looked for.
const TIDY_AT_LEAST: usize = 1_024;

/// Wakes everybody at their time, until the waiter is gone.
fn keep(alarms: &Receiver<Alarm>) {
    let mut waiting: BinaryHeap<Reverse<Alarm>> = BinaryHeap::new();
    let mut tidy_at = TIDY_AT_LEAST;
    loop {
        // Those who hung up are forgotten before their time, or they would add up.
        if waiting.len() > tidy_at {
            waiting.retain(|alarm| !alarm.0.wake.is_closed());
            tidy_at = TIDY_AT_LEAST.max(waiting.len() * 2);
        }
        let now = Instant::now();
        while waiting.peek().is_some_and(|next| next.0.at <= now) {
            if let Some(Reverse(due)) = waiting.pop() {
                // Whoever hung up needs no waking.
                let _ = due.wake.send(());
            }
        }
        let next = match waiting.peek() {
            Some(next) => alarms.recv_timeout(next.0.at.saturating_duration_since(now)),
            None => alarms.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(alarm) => waiting.push(Reverse(alarm)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_live_wait_is_never_short_and_waits_overlap() {
        let waiter = Waiter::live();
        let start = Instant::now();
        let wait = |millis| waiter.wait(Duration::from_millis(millis));
        tokio::join!(wait(30), wait(10), wait(20));
        let waited = start.elapsed();
        assert!(waited >= Duration::from_millis(30), "{waited:?}");
        assert!(waited < Duration::from_millis(60), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_simulated_wait_takes_no_time_of_ours() {
        let start = Instant::now();
        Waiter::simulated().wait(Duration::from_secs(32)).await;
        assert_eq!(start.elapsed(), Duration::from_secs(32));
    }
}
