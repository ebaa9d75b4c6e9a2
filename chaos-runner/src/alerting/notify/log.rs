//! The notification log: what was last said of a group by each way of telling, and whether there is news. As Alertmanager's
//! `nflog` and the stages of its pipeline that read and write it.

use fake_factory::clock::Elapsed;
use promql::Labels;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How often Alertmanager clears its log of what has expired.
const MAINTENANCE: Duration = Duration::from_secs(15 * 60);
/// How long Alertmanager remembers what it said at the most.
const RETENTION: Duration = Duration::from_secs(120 * 3_600);

/// What one way of telling said of a group: the route's key, the group's labels, the receiver, and the number of the way.
pub(super) type LogKey = (Arc<str>, Labels, Arc<str>, usize);

/// What was last said, by each way and of each group.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: BTreeMap<LogKey, Entry>,
}

/// What was said of a group.
#[derive(Debug)]
struct Entry {
    said: Said,
    expires: Elapsed,
}

/// What there is to say of a group.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// When.
    pub(super) at: Elapsed,
    /// The alerts of which it was said that they fire.
    pub(super) firing: BTreeSet<Labels>,
    /// The others.
    pub(super) resolved: BTreeSet<Labels>,
}

impl Log {
    /// Whether `now` is news to who is told by this way.
    pub(super) fn is_news(
        &self,
        key: &LogKey,
        now: &Said,
        repeat: Duration,
        send_resolved: bool,
    ) -> bool {
        let last = self.entries.get(key);
        match last.filter(|entry| !entry.was_cleared(now.at)) {
            None => !now.firing.is_empty(),
            Some(last) => last.said.is_outdated_by(now, repeat, send_resolved),
        }
    }

    /// Remembers what was said.
    pub(super) fn note(&mut self, key: LogKey, said: Said, repeat: Duration) {
        let kept = repeat.saturating_mul(2).min(RETENTION);
        let expires = said.at.plus(kept);
        self.entries.insert(key, Entry { said, expires });
    }

    /// Forgets what Alertmanager has forgotten by now.
    pub(super) fn clear(&mut self, now: Elapsed) {
        self.entries.retain(|_, entry| !entry.was_cleared(now));
    }
}

impl Entry {
    /// Whether it had expired when Alertmanager last looked.
    fn was_cleared(&self, now: Elapsed) -> bool {
        let every = Elapsed::from_duration(MAINTENANCE).as_micros();
        self.expires.as_micros() <= now.as_micros() / every * every
    }
}

impl Said {
    /// Whether `now` is news to who heard this: Alertmanager's `DedupStage.needsUpdate`.
    fn is_outdated_by(&self, now: &Said, repeat: Duration, send_resolved: bool) -> bool {
        if !now.firing.is_subset(&self.firing) {
            return true;
        }
        // Whether resolved alerts are told of or not: the log has to forget the firing ones.
        if now.firing.is_empty() {
            return !self.firing.is_empty();
        }
        if send_resolved && !now.resolved.is_subset(&self.resolved) {
            return true;
        }
        self.at.plus(repeat) < now.at
    }
}
