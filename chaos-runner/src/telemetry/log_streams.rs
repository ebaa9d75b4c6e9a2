//! Log lines as Loki has them: streams of JSON lines, with the labels that the public service pushes them with. A rule file that a
//! team runs on its own Loki finds the reference service's lines here by the same words.

use super::logs::{Level, LogLine, Unread};
use fake_factory::clock::Clock;
use logql::{AppendError, LogStore, StreamId, TooManyStreams};
use promql::Labels;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The service as streams name it: what the public service calls itself, and with it every rule that was written for it.
const SERVICE: &str = "jwt-pizza-service";

/// The component that stands for [`SERVICE`] in this project's own series.
const OWN_NAME: &str = "order_service";

/// Labels that all name the service. Loggers push `component`, some `source`; Loki adds `service_name` by itself.
const NAMING_LABELS: [&str; 3] = ["component", "source", "service_name"];

/// Lines that did not get into the store.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// More streams than the store takes.
    #[error(transparent)]
    Streams(#[from] TooManyStreams),
    /// More lines than the store takes.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// More lines at a time than wait for being taken.
    #[error("{0} lines were too many at a time")]
    Missed(u64),
}

/// What tells streams apart: component, level and kind of line.
type Key = (String, Level, String);

/// Which stream a line belongs to.
#[derive(Debug, Default)]
pub struct LogStreams {
    known: BTreeMap<Key, StreamId>,
}

impl LogStreams {
    /// Stores lines with the times at which they were written.
    ///
    /// # Errors
    /// When some of them could not be stored; the others are.
    pub fn push(
        &mut self,
        store: &mut LogStore,
        clock: &Clock,
        unread: &Unread,
    ) -> Result<(), PushError> {
        let mut pushed = Ok(());
        for line in &unread.lines {
            if let Err(error) = self.push_line(store, clock, line) {
                pushed = Err(error);
            }
        }
        match unread.missed {
            0 => pushed,
            missed => Err(PushError::Missed(missed)),
        }
    }

    fn push_line(
        &mut self,
        store: &mut LogStore,
        clock: &Clock,
        line: &LogLine,
    ) -> Result<(), PushError> {
        let key = (line.component.clone(), line.level, line.kind.clone());
        let id = match self.known.get(&key) {
            Some(id) => *id,
            None => {
                let id = store.stream_id(&labels(line))?;
                self.known.insert(key, id);
                id
            }
        };
        let at_ns = clock.at(line.at).as_nanosecond();
        let at_ns = i64::try_from(at_ns).unwrap_or(i64::MAX);
        Ok(store.append(id, at_ns, &text(line))?)
    }
}

fn labels(line: &LogLine) -> Labels {
    let name = match line.component.as_str() {
        OWN_NAME => SERVICE,
        other => other,
    };
    let naming = NAMING_LABELS.map(|label| (label, name));
    let telling = [("level", line.level.as_str()), ("type", line.kind.as_str())];
    naming.into_iter().chain(telling).collect()
}

/// The line as it is pushed: a JSON object of its message and its fields.
fn text(line: &LogLine) -> String {
    let message = ("message".to_owned(), Value::String(line.message.clone()));
    let fields = line.fields.iter();
    let fields = fields.map(|(name, value)| (name.clone(), Value::String(value.clone())));
    let object: Map<String, Value> = std::iter::once(message).chain(fields).collect();
    Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fake_factory::clock::Elapsed;

    #[test]
    fn lines_are_found_by_the_words_of_the_public_service() {
        let line = LogLine {
            at: Elapsed::from_micros(1_500),
            level: Level::Error,
            component: OWN_NAME.to_owned(),
            kind: "factory-request".to_owned(),
            message: "a factory call failed".to_owned(),
            fields: BTreeMap::from([("cause".to_owned(), "500 \"monkey\"".to_owned())]),
        };
        let clock = Clock::starting_at("2024-08-08T15:50:00Z".parse().expect("a time"));
        let (mut store, mut streams) = (LogStore::new(), LogStreams::default());
        let unread = Unread {
            lines: vec![line.into()],
            missed: 0,
        };
        streams.push(&mut store, &clock, &unread).expect("room");
        let found: Vec<String> = store
            .streams()
            .flat_map(|stream| {
                let labels = stream.labels().to_string();
                stream
                    .lines()
                    .map(move |(at, text)| format!("{labels} {at} {text}"))
            })
            .collect();
        assert_eq!(
            found,
            [
                "{component=\"jwt-pizza-service\", level=\"error\", service_name=\"jwt-pizza-service\", \
                 source=\"jwt-pizza-service\", type=\"factory-request\"} 1723132200001500000 \
                 {\"message\":\"a factory call failed\",\"cause\":\"500 \\\"monkey\\\"\"}"
            ]
        );
    }
}
