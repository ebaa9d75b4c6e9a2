//! Log lines as series: `log_lines_total{level,component}`, counted from the start of a run, as a log store's recording rules would
//! have it. It reads the counts of a log and knows no line.

use super::logs::{LOG_LINES_METRIC, Level, Logs};
use promql::{Labels, METRIC_NAME, SeriesId, SeriesStore, TimeMs, TooManySeries};
use std::collections::BTreeMap;

/// The series of a log, as far as they exist.
#[derive(Debug, Default)]
pub struct LogSeries {
    ids: BTreeMap<Level, BTreeMap<String, SeriesId>>,
}

impl LogSeries {
    /// Writes every count of `logs` as a sample of `at_ms`.
    ///
    /// # Errors
    /// When the store takes no further series; the others are written.
    pub fn store(
        &mut self,
        store: &mut SeriesStore,
        at_ms: TimeMs,
        logs: &Logs,
    ) -> Result<(), TooManySeries> {
        let mut stored = Ok(());
        logs.for_each_count(|level, component, count| {
            match self.id(store, level, component) {
                // Counts only grow and times only pass, so the store refuses none.
                Ok(id) => drop(store.append(id, at_ms, count as f64)),
                Err(error) => stored = Err(error),
            }
        });
        stored
    }

    fn id(
        &mut self,
        store: &mut SeriesStore,
        level: Level,
        component: &str,
    ) -> Result<SeriesId, TooManySeries> {
        let of_level = self.ids.entry(level).or_default();
        if let Some(id) = of_level.get(component) {
            return Ok(*id);
        }
        let pairs = [
            (METRIC_NAME, LOG_LINES_METRIC),
            ("level", level.as_str()),
            ("component", component),
        ];
        let id = store.series_id(&pairs.into_iter().collect::<Labels>())?;
        of_level.insert(component.to_owned(), id);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::logs::LogLine;
    use fake_factory::clock::Elapsed;
    use promql::{Options, Query};

    #[test]
    fn the_first_error_has_a_rate() {
        let (mut store, mut series) = (SeriesStore::new(), LogSeries::default());
        let logs = Logs::new();
        for at_ms in [0, 15_000, 30_000] {
            series
                .store(&mut store, at_ms, &logs)
                .expect("few series");
            logs.write(LogLine {
                at: Elapsed::ZERO,
                level: Level::Error,
                component: "order_service".to_owned(),
                message: "no pizza".to_owned(),
                fields: BTreeMap::new(),
            });
        }
        let query = Query::parse(r#"delta(log_lines_total{level="error"}[30001ms]) > 0"#);
        let answer = query
            .expect("it is PromQL")
            .instant(&store, 30_000, &Options::default());
        let values = answer.map(|answer| answer.value.samples().len());
        assert_eq!(values, Ok(1));
    }
}
