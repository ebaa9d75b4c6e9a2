//! Log lines as series: at each scrape, how many lines there were by level and component, as a log agent's counter would have it.

use super::logs::{LOG_LINES_METRIC, Level, Logs};
use promql::{Labels, METRIC_NAME, SeriesId, SeriesStore, TimeMs, TooManySeries};
use std::collections::BTreeMap;

/// Which series belongs to which level and component.
#[derive(Debug, Default)]
pub struct LogSeries {
    known: BTreeMap<(Level, String), SeriesId>,
}

impl LogSeries {
    /// Appends the counts of `logs` at `at_ms`.
    ///
    /// # Errors
    /// When the store takes no further series.
    pub fn store(
        &mut self,
        store: &mut SeriesStore,
        at_ms: TimeMs,
        logs: &Logs,
    ) -> Result<(), TooManySeries> {
        for (level, component, count) in logs.counts() {
            let key = (level, component);
            let id = match self.known.get(&key) {
                Some(id) => *id,
                None => {
                    let id = store.series_id(&labels(level, &key.1))?;
                    self.known.insert(key, id);
                    id
                }
            };
            // Scrapes come in order, so this cannot be refused but for a second one at the same instant, which says the same.
            let _ = store.append(id, at_ms, count as f64);
        }
        Ok(())
    }
}

fn labels(level: Level, component: &str) -> Labels {
    let pairs = [
        (METRIC_NAME, LOG_LINES_METRIC),
        ("component", component),
        ("level", level.as_str()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::logs::LogLine;
    use fake_factory::clock::Elapsed;
    use promql::{Options, Query};

    #[test]
    fn errors_are_counted_from_zero() {
        let (logs, mut series, mut store) = (Logs::new(), LogSeries::default(), SeriesStore::new());
        series.store(&mut store, 0, &logs).expect("room");
        logs.write(LogLine {
            at: Elapsed::ZERO,
            level: Level::Error,
            component: "order_service".to_owned(),
            kind: "http-req".to_owned(),
            message: "no pizza".to_owned(),
            fields: BTreeMap::new(),
        });
        series.store(&mut store, 60_000, &logs).expect("room");
        let query =
            Query::parse(r#"sum(delta(log_lines_total{level="error"}[2m]))"#).expect("a query");
        let answer = query
            .instant(&store, 60_000, &Options::default())
            .expect("an answer");
        assert!(
            answer
                .value
                .samples()
                .iter()
                .any(|sample| sample.value > 0.9)
        );
    }
}
