//! Log lines of a run: a bounded sink that components write to through cloned handles, and a count per level and component
//! that lives on when lines are dropped. It formats nothing and owns no global subscriber.

use fake_factory::clock::Elapsed;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The metric that counts log lines by `level` and `component`.
pub const LOG_LINES_METRIC: &str = "log_lines_total";

/// The component whose counts exist from the start at zero, so that `rate` works on its first error.
const DECLARED_COMPONENT: &str = "order_service";

/// How grave a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something did not work.
    Error,
    /// Something may soon not work.
    Warn,
    /// Everyday life.
    Info,
    /// For who looks into the details.
    Debug,
}

impl Level {
    /// As the `level` label has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
        }
    }
}

/// One structured log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Elapsed,
    /// How grave it is.
    pub level: Level,
    /// Who wrote it, as in `order_service`.
    pub component: String,
    /// What it is about, as in `http-req`.
    pub kind: String,
    /// What it says.
    pub message: String,
    /// Its structured part.
    pub fields: BTreeMap<String, String>,
}

/// The log of a run. Clones write to the same log.
#[derive(Clone, Debug)]
pub struct Logs {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    lines: VecDeque<LogLine>,
    capacity: usize,
    counts: BTreeMap<(Level, String), u64>,
    uncounted: u64,
    /// The lines that wait for each reader; none where it has left.
    readers: Vec<Option<Unread>>,
}

/// Reads every line of a log that is written from its making on.
#[derive(Debug)]
pub struct LogReader {
    logs: Logs,
    place: usize,
}

/// The lines that were written since a reader took them last.
#[derive(Debug, Default)]
pub struct Unread {
    /// The lines, oldest first.
    pub lines: Vec<Arc<LogLine>>,
    /// How many more there were than wait at a time.
    pub missed: u64,
}

impl Logs {
    /// How many of the latest lines a log keeps unless told otherwise.
    pub const LINES_KEPT: usize = 10_000;
    /// How many pairs of level and component are counted; lines of further ones are only kept.
    pub const COUNTS_MAX: usize = 1_000;

    /// An empty log that keeps the latest [`Logs::LINES_KEPT`] lines.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(Self::LINES_KEPT)
    }

    /// An empty log that keeps the latest `capacity` lines.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let declared = [Level::Error, Level::Warn, Level::Info];
        let counts = declared.map(|level| ((level, DECLARED_COMPONENT.to_owned()), 0));
        Logs {
            shared: Arc::new(Mutex::new(Shared {
                lines: VecDeque::new(),
                capacity,
                counts: BTreeMap::from(counts),
                uncounted: 0,
                readers: Vec::new(),
            })),
        }
    }

    /// Lines that wait for being taken; further ones are missed.
    pub const UNREAD_MAX: usize = 200_000;

    /// A reader of every line from now on.
    #[must_use]
    pub fn reader(&self) -> LogReader {
        let mut shared = self.lock();
        shared.readers.push(Some(Unread::default()));
        LogReader {
            logs: self.clone(),
            place: shared.readers.len() - 1,
        }
    }

    /// Writes a line; the oldest one goes when the log is full.
    pub fn write(&self, line: LogLine) {
        let mut shared = self.lock();
        let key = (line.level, line.component.clone());
        let full = shared.counts.len() >= Self::COUNTS_MAX;
        match shared.counts.get_mut(&key) {
            Some(count) => *count += 1,
            None if full => shared.uncounted += 1,
            None => {
                shared.counts.insert(key, 1);
            }
        }
        if shared.readers.iter().any(Option::is_some) {
            let line = Arc::new(line.clone());
            for unread in shared.readers.iter_mut().flatten() {
                match unread.lines.len() < Self::UNREAD_MAX {
                    true => unread.lines.push(line.clone()),
                    false => unread.missed += 1,
                }
            }
        }
        if shared.capacity == 0 {
            return;
        }
        if shared.lines.len() >= shared.capacity {
            shared.lines.pop_front();
        }
        shared.lines.push_back(line);
    }

    /// How many lines were ever written, by level and component: every pair that occurred, in order.
    #[must_use]
    pub fn counts(&self) -> Vec<(Level, String, u64)> {
        let shared = self.lock();
        shared
            .counts
            .iter()
            .map(|((level, component), count)| (*level, component.clone(), *count))
            .collect()
    }

    /// How many lines were not counted because there were too many pairs.
    #[must_use]
    pub fn uncounted(&self) -> u64 {
        self.lock().uncounted
    }

    /// The latest lines, oldest first.
    #[must_use]
    pub fn latest(&self) -> Vec<LogLine> {
        self.lock().lines.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogReader {
    /// The lines that were not taken yet.
    #[must_use]
    pub fn take(&mut self) -> Unread {
        let mut shared = self.logs.lock();
        let unread = shared.readers.get_mut(self.place).and_then(Option::as_mut);
        unread.map(std::mem::take).unwrap_or_default()
    }
}

impl Drop for LogReader {
    fn drop(&mut self) {
        if let Some(place) = self.logs.lock().readers.get_mut(self.place) {
            *place = None;
        }
    }
}

impl Default for Logs {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: Level, component: &str, message: &str) -> LogLine {
        LogLine {
            at: Elapsed::ZERO,
            level,
            component: component.to_owned(),
            kind: "http-req".to_owned(),
            message: message.to_owned(),
            fields: BTreeMap::new(),
        }
    }

    #[test]
    fn counts_outlive_the_lines() {
        let logs = Logs::with_capacity(2);
        for message in ["a", "b", "c"] {
            logs.clone().write(line(Level::Error, "factory", message));
        }
        let kept: Vec<String> = logs.latest().into_iter().map(|line| line.message).collect();
        assert_eq!(kept, ["b", "c"]);
        assert_eq!(
            logs.counts()[0],
            (Level::Error, "factory".to_owned(), 3),
            "sorted by level, then component"
        );
    }

    #[test]
    fn lines_wait_for_each_reader_from_its_making_on() {
        let logs = Logs::with_capacity(0);
        logs.write(line(Level::Error, "factory", "before"));
        let (mut first, second) = (logs.reader(), logs.reader());
        logs.write(line(Level::Error, "factory", "after"));
        drop(second);
        let mut third = logs.reader();
        logs.write(line(Level::Error, "factory", "last"));
        let texts = |reader: &mut LogReader| -> Vec<String> {
            let lines = reader.take().lines;
            lines.iter().map(|line| line.message.clone()).collect()
        };
        assert_eq!(texts(&mut first), ["after", "last"]);
        assert_eq!(texts(&mut third), ["last"]);
        assert!(texts(&mut first).is_empty());
    }

    #[test]
    fn the_order_service_is_counted_from_zero() {
        let counts = Logs::new().counts();
        let levels: Vec<&str> = counts.iter().map(|(level, ..)| level.as_str()).collect();
        assert_eq!(levels, ["error", "warn", "info"]);
        assert!(
            counts
                .iter()
                .all(|(_, component, n)| component == "order_service" && *n == 0)
        );
    }

    #[test]
    fn the_number_of_counts_is_bounded() {
        let logs = Logs::new();
        for component in 0..2 * Logs::COUNTS_MAX {
            logs.write(line(Level::Info, &component.to_string(), ""));
        }
        assert_eq!(logs.counts().len(), Logs::COUNTS_MAX);
        assert!(logs.uncounted() > 0);
    }
}
