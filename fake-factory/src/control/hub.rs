//! Where what happens in a factory goes out to whoever watches: the latest events are kept, and a reader who joins gets those first.
//! It is heard between requests, so nobody waits here: a reader who is too slow misses some, and is told how many.

use super::told::Told;
use crate::clock::Clock;
use crate::event::Event;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

/// The latest events that are kept, and the most that a reader may be behind.
pub(super) const KEPT: usize = 256;
/// The most readers at one time.
pub(super) const READERS_MAX: usize = 64;

/// An event and its number, from 1.
#[derive(Debug)]
pub(super) struct Numbered {
    pub(super) id: u64,
    pub(super) told: Told,
}

/// The events of one factory.
pub(super) struct Hub {
    clock: Clock,
    latest: Mutex<Latest>,
    live: broadcast::Sender<Arc<Numbered>>,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct Latest {
    last_id: u64,
    kept: VecDeque<Arc<Numbered>>,
}

/// What a reader gets: what it missed before, what is kept, and what comes.
pub(super) struct Joined {
    /// The events that came since it last read and are kept no more.
    pub(super) missed: u64,
    pub(super) kept: Vec<Arc<Numbered>>,
    pub(super) live: broadcast::Receiver<Arc<Numbered>>,
    /// Holds its place for as long as it reads.
    pub(super) place: OwnedSemaphorePermit,
}

impl Hub {
    pub(super) fn new(clock: Clock) -> Self {
        Hub {
            clock,
            latest: Mutex::default(),
            live: broadcast::Sender::new(KEPT),
            places: Arc::new(Semaphore::new(READERS_MAX)),
        }
    }

    /// Takes an event in and passes it on.
    pub(super) fn hear(&self, event: &Event) {
        let told = Told::of(event, &self.clock);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.last_id += 1;
        let id = latest.last_id;
        let numbered = Arc::new(Numbered { id, told });
        if latest.kept.len() >= KEPT {
            latest.kept.pop_front();
        }
        latest.kept.push_back(numbered.clone());
        // Sent under the lock, so that a reader who joins gets each event once. Nobody may be there to hear it.
        let _ = self.live.send(numbered);
    }

    /// Lets a reader in, who has read up to the event numbered `after`; none when all places are taken.
    pub(super) fn join(&self, after: Option<u64>) -> Option<Joined> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        // A number that has not come yet is from a factory before this one.
        let after = after.filter(|after| *after <= latest.last_id);
        let first_kept = latest.kept.front().map_or(1, |first| first.id);
        let unread = latest.kept.iter();
        Some(Joined {
            missed: after.map_or(0, |after| first_kept.saturating_sub(after + 1)),
            kept: unread
                .filter(|event| after.is_none_or(|after| event.id > after))
                .cloned()
                .collect(),
            live: self.live.subscribe(),
            place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Elapsed;

    fn hub_that_heard(count: u64) -> Hub {
        let hub = Hub::new(Clock::starting_at(jiff::Timestamp::UNIX_EPOCH));
        for number in 0..count {
            hub.hear(&Event::FaultStarted {
                name: "a".into(),
                at: Elapsed::from_micros(number),
            });
        }
        hub
    }

    fn ids(joined: &Joined) -> Vec<u64> {
        joined.kept.iter().map(|event| event.id).collect()
    }

    #[tokio::test]
    async fn a_reader_gets_what_it_has_not_read_of_what_is_kept() {
        let hub = hub_that_heard(300);
        let all = hub.join(None).expect("a place");
        assert_eq!(ids(&all), (45..=300).collect::<Vec<u64>>());
        assert_eq!(all.missed, 0);
        let some = hub.join(Some(298)).expect("a place");
        assert_eq!((ids(&some), some.missed), (vec![299, 300], 0));
        let late = hub.join(Some(40)).expect("a place");
        assert_eq!((late.kept.len(), late.missed), (KEPT, 4));
        let strange = hub.join(Some(9_999)).expect("a place");
        assert_eq!((strange.kept.len(), strange.missed), (KEPT, 0));
    }

    #[tokio::test]
    async fn a_reader_who_joins_gets_each_event_once() {
        let hub = hub_that_heard(2);
        let mut joined = hub.join(None).expect("a place");
        assert_eq!(ids(&joined), [1, 2]);
        hub.hear(&Event::FaultEnded {
            name: "a".into(),
            at: Elapsed::ZERO,
        });
        assert_eq!(joined.live.recv().await.expect("an event").id, 3);
    }

    #[tokio::test]
    async fn places_are_given_back() {
        let hub = hub_that_heard(0);
        let readers: Vec<Joined> = (0..READERS_MAX)
            .map(|_| hub.join(None).expect("a place"))
            .collect();
        assert!(hub.join(None).is_none());
        drop(readers);
        assert!(hub.join(None).is_some());
    }
}
