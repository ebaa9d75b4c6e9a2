//! A store of a few lines, and what queries make of it, as text.

use logql::{LogStore, Options, Query};
use promql::{Answer, Labels, Value};

/// A store with lines at whole seconds.
pub(crate) fn store(streams: &[(&str, &[(i64, &str)])]) -> LogStore {
    let mut store = LogStore::new();
    for (labels, lines) in streams {
        let pairs = labels.split(' ').filter_map(|pair| pair.split_once('='));
        let labels: Labels = pairs.collect();
        let id = store.stream_id(&labels).expect("room");
        for (second, line) in *lines {
            store
                .append(id, second * 1_000_000_000, line)
                .expect("room");
        }
    }
    store
}

/// `{labels} value` of every sample, or the error.
pub(crate) fn asked(store: &LogStore, second: i64, text: &str) -> Vec<String> {
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => return vec![format!("at {:?}: {}", error.offset, error.message)],
    };
    match query.instant(store, second * 1_000, &Options::default()) {
        Ok(answer) => shown(&answer),
        Err(error) => vec![error.to_string()],
    }
}

fn shown(answer: &Answer) -> Vec<String> {
    match &answer.value {
        Value::Scalar(value) => vec![value.to_string()],
        Value::Vector(samples) => samples
            .iter()
            .map(|sample| format!("{} {}", sample.labels, sample.value))
            .collect(),
        other => vec![format!("{other:?}")],
    }
}
