//! Log lines by stream, in memory: a stream is what its labels name, and its lines are in the order of their times. It knows
//! nothing of queries.

use promql::Labels;
use std::collections::{BTreeMap, VecDeque};

/// What a line costs beside its text.
const LINE_OVERHEAD_BYTES: usize = 32;

/// A stream of a [`LogStore`], to append to without looking its labels up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamId(usize);

/// The store takes no further stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("open another stream: there are {limit}, the limit")]
pub struct TooManyStreams {
    /// The limit.
    pub limit: usize,
}

/// A line that was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The id is of another store.
    #[error("append to a stream that is not of this store")]
    UnknownStream,
    /// The store is full.
    #[error("keep another line: there are {limit}, the limit")]
    TooManyLines {
        /// How many lines the store keeps.
        limit: usize,
    },
    /// The store is full.
    #[error("keep another line: lines take {limit} bytes already, the limit")]
    TooManyBytes {
        /// How many bytes the lines of the store may take.
        limit: usize,
    },
}

/// One line.
#[derive(Debug)]
pub(crate) struct Line {
    /// When, in nanoseconds since 1970.
    pub(crate) time_ns: i64,
    pub(crate) text: Box<str>,
}

/// Lines that share their labels.
#[derive(Debug)]
pub struct Stream {
    labels: Labels,
    lines: VecDeque<Line>,
}

impl Stream {
    /// What identifies it.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Its lines with their times, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = (i64, &str)> {
        self.lines.iter().map(|line| (line.time_ns, &*line.text))
    }

    /// The lines after `after_ns`, up to and including `until_ns`.
    pub(crate) fn between(&self, after_ns: i64, until_ns: i64) -> impl Iterator<Item = &Line> {
        let from = self.lines.partition_point(|line| line.time_ns <= after_ns);
        let to = self.lines.partition_point(|line| line.time_ns <= until_ns);
        self.lines.range(from..to.max(from))
    }
}

/// Log lines, by stream.
#[derive(Debug)]
pub struct LogStore {
    streams: Vec<Stream>,
    by_labels: BTreeMap<Labels, StreamId>,
    lines: usize,
    bytes: usize,
    streams_max: usize,
    lines_max: usize,
    bytes_max: usize,
}

impl LogStore {
    /// Streams a store takes unless told otherwise.
    pub const STREAMS_MAX: usize = 10_000;
    /// Lines a store keeps unless told otherwise.
    pub const LINES_MAX: usize = 5_000_000;
    /// Bytes the lines of a store may take unless told otherwise.
    pub const BYTES_MAX: usize = 1 << 30;

    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Self::STREAMS_MAX, Self::LINES_MAX, Self::BYTES_MAX)
    }

    /// An empty store that takes so many streams, lines, and bytes of lines.
    #[must_use]
    pub fn with_limits(streams_max: usize, lines_max: usize, bytes_max: usize) -> Self {
        LogStore {
            streams: Vec::new(),
            by_labels: BTreeMap::new(),
            lines: 0,
            bytes: 0,
            streams_max,
            lines_max,
            bytes_max,
        }
    }

    /// The stream that these labels name; a new one where there is none.
    ///
    /// # Errors
    /// When it would be one stream too many.
    pub fn stream_id(&mut self, labels: &Labels) -> Result<StreamId, TooManyStreams> {
        if let Some(id) = self.by_labels.get(labels) {
            return Ok(*id);
        }
        if self.streams.len() >= self.streams_max {
            return Err(TooManyStreams {
                limit: self.streams_max,
            });
        }
        let id = StreamId(self.streams.len());
        self.streams.push(Stream {
            labels: labels.clone(),
            lines: VecDeque::new(),
        });
        self.by_labels.insert(labels.clone(), id);
        Ok(id)
    }

    /// Adds a line. One that comes late is put where its time belongs; one that is there already, with the same time and text,
    /// is there once, as Loki has it.
    ///
    /// # Errors
    /// When the store is full.
    pub fn append(&mut self, id: StreamId, time_ns: i64, text: &str) -> Result<(), AppendError> {
        let stream = self
            .streams
            .get_mut(id.0)
            .ok_or(AppendError::UnknownStream)?;
        let lines = &mut stream.lines;
        let at = match lines.back() {
            Some(last) if last.time_ns >= time_ns => {
                lines.partition_point(|line| line.time_ns <= time_ns)
            }
            _ => lines.len(),
        };
        let same_time = lines.range(..at).rev();
        let mut same_time = same_time.take_while(|line| line.time_ns == time_ns);
        if same_time.any(|line| &*line.text == text) {
            return Ok(());
        }
        if self.lines >= self.lines_max {
            let limit = self.lines_max;
            return Err(AppendError::TooManyLines { limit });
        }
        let bytes = self.bytes + text.len() + LINE_OVERHEAD_BYTES;
        if bytes > self.bytes_max {
            let limit = self.bytes_max;
            return Err(AppendError::TooManyBytes { limit });
        }
        let text = text.into();
        lines.insert(at, Line { time_ns, text });
        self.lines += 1;
        self.bytes = bytes;
        Ok(())
    }

    /// Forgets the lines before `since_ns`. Streams stay, so that their ids go on to mean them.
    pub fn retain_since(&mut self, since_ns: i64) {
        for stream in &mut self.streams {
            let gone = stream.lines.partition_point(|line| line.time_ns < since_ns);
            for line in stream.lines.drain(..gone) {
                self.lines -= 1;
                self.bytes -= line.text.len() + LINE_OVERHEAD_BYTES;
            }
        }
    }

    /// Every stream, in the order in which they were opened.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.streams.iter()
    }

    /// How many lines are kept.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lines
    }
}

impl Default for LogStore {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(level: &str) -> Labels {
        [("level", level)].into_iter().collect()
    }

    fn texts(store: &LogStore) -> Vec<&str> {
        let lines = store.streams().flat_map(Stream::lines);
        lines.map(|(_, text)| text).collect()
    }

    #[test]
    fn lines_are_in_the_order_of_their_times_and_there_once() {
        let mut store = LogStore::new();
        let id = store.stream_id(&labels("error")).expect("room");
        for (at, text) in [(2, "b"), (4, "d"), (1, "a"), (2, "c"), (2, "b"), (4, "d")] {
            store.append(id, at, text).expect("room");
        }
        assert_eq!(texts(&store), ["a", "b", "c", "d"]);
        assert_eq!(store.line_count(), 4);
        let window = store.streams[0].between(1, 2).map(|line| &*line.text);
        assert_eq!(window.collect::<Vec<_>>(), ["b", "c"]);
        store.retain_since(2);
        assert_eq!(texts(&store), ["b", "c", "d"]);
        assert_eq!(store.stream_id(&labels("error")), Ok(id));
    }

    #[test]
    fn a_full_store_says_so_and_has_room_again() {
        let mut store = LogStore::with_limits(1, 2, 2 * (LINE_OVERHEAD_BYTES + 1));
        let id = store.stream_id(&labels("error")).expect("room");
        let another = store.stream_id(&labels("info"));
        assert_eq!(another, Err(TooManyStreams { limit: 1 }));
        store.append(id, 1, "a").expect("room");
        assert!(matches!(
            store.append(id, 2, "too long"),
            Err(AppendError::TooManyBytes { .. })
        ));
        store.append(id, 2, "b").expect("room");
        let full = store.append(id, 3, "c");
        assert_eq!(full, Err(AppendError::TooManyLines { limit: 2 }));
        store.retain_since(2);
        assert_eq!(store.append(id, 3, "c"), Ok(()));
        let stranger = store.append(StreamId(7), 3, "c");
        assert_eq!(stranger, Err(AppendError::UnknownStream));
    }
}
