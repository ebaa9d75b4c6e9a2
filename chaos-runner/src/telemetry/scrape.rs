//! Scrapes of targets into the series store, as Prometheus does them: labels attached, `up` written, vanished series marked
//! stale, a broken exposition stored not at all. It remembers what it read, so that an unchanged body costs a comparison, and an
//! unchanged series the reading of a number; when a scrape is due is not its business.

use super::exposition::{ExpositionError, Format, read_sample, sample_lines, series_labels};
use bytes::Bytes;
use fake_factory::net::client::{CallError, Client};
use http::{Response, Uri, header};
use promql::{Labels, METRIC_NAME, SeriesId, SeriesStore, TimeMs, TooManySeries};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a scrape may take unless the interval is shorter: Prometheus' default.
pub const SCRAPE_TIMEOUT: Duration = Duration::from_secs(10);

/// A place that exposes series.
#[derive(Clone, Debug)]
pub struct Target {
    /// The `job` label of its series.
    pub job: String,
    /// The `instance` label of its series.
    pub instance: String,
    /// The absolute URI of its exposition.
    pub uri: Uri,
}

/// Why a scrape brought no samples.
#[derive(Debug, thiserror::Error)]
pub enum ScrapeError {
    /// There was no reply.
    #[error("call the target: {0}")]
    Call(#[from] CallError),
    /// The reply was no 200.
    #[error("server returned HTTP status {0}")]
    Status(http::StatusCode),
    /// The body is not UTF-8.
    #[error("read an exposition that is not UTF-8")]
    NotText,
    /// The body is no exposition.
    #[error(transparent)]
    Exposition(#[from] ExpositionError),
    /// The store takes no further series.
    #[error(transparent)]
    Store(#[from] TooManySeries),
}

/// GETs the exposition of a target.
///
/// # Errors
/// When there is no reply in time, or it has another status than 200.
pub async fn fetch(
    client: &Client,
    uri: &Uri,
    timeout: Duration,
) -> Result<Response<Bytes>, ScrapeError> {
    let reply = client.get(uri, Some(timeout)).await?;
    if reply.status() == http::StatusCode::OK {
        Ok(reply)
    } else {
        Err(ScrapeError::Status(reply.status()))
    }
}

/// What is known of a target's series from earlier scrapes.
#[derive(Debug)]
pub struct TargetSeries {
    labels: [(String, String); 2],
    up: Option<SeriesId>,
    known: Vec<Known>,
    by_text: BTreeMap<Box<str>, usize>,
    /// The samples of the latest scrape in its order: the guess for the next one.
    latest: Vec<Read>,
    /// The body that they were read from.
    body: Option<(Format, Bytes)>,
    scrapes: u64,
    pending: Vec<Read>,
}

/// A sample of a known series, with the time that it has of its own.
type Read = (usize, f64, Option<TimeMs>);

#[derive(Debug)]
struct Known {
    text: Box<str>,
    id: SeriesId,
    /// The number of the latest scrape that had it without a time of its own, 0 for none: only such series become stale.
    seen: u64,
}

impl TargetSeries {
    /// Of a target that was never scraped.
    #[must_use]
    pub fn new(target: &Target) -> Self {
        TargetSeries {
            labels: [
                ("job".to_owned(), target.job.clone()),
                ("instance".to_owned(), target.instance.clone()),
            ],
            up: None,
            known: Vec::new(),
            by_text: BTreeMap::new(),
            latest: Vec::new(),
            body: None,
            scrapes: 0,
            pending: Vec::new(),
        }
    }

    /// Stores what a scrape that began at `at_ms` brought; a failed one marks every series of the one before stale. Writes
    /// `up` either way. Returns how many samples the store refused: duplicates and such as are out of order.
    ///
    /// # Errors
    /// The scrape's own error, or that of its exposition, after the target was written down as down.
    pub fn store(
        &mut self,
        store: &mut SeriesStore,
        at_ms: TimeMs,
        reply: Result<Response<Bytes>, ScrapeError>,
    ) -> Result<usize, ScrapeError> {
        let parsed = reply.and_then(|reply| self.parse(store, &reply));
        if parsed.is_err() {
            self.pending.clear();
            self.body = None;
        }
        let refused = self.append(store, at_ms);
        let up = match self.up {
            Some(up) => up,
            None => {
                let name = [(METRIC_NAME.to_owned(), "up".to_owned())];
                let labels: Labels = name.into_iter().chain(self.labels.clone()).collect();
                *self.up.insert(store.series_id(&labels)?)
            }
        };
        let value = if parsed.is_ok() { 1.0 } else { 0.0 };
        let refused = refused + usize::from(store.append(up, at_ms, value).is_err());
        parsed.map(|()| refused)
    }

    /// Reads all samples before any is stored: half a scrape would look like vanished series.
    fn parse(
        &mut self,
        store: &mut SeriesStore,
        reply: &Response<Bytes>,
    ) -> Result<(), ScrapeError> {
        let format = reply
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map_or(Format::Prometheus, Format::of_content_type);
        let read = (format, reply.body().clone());
        if self.body.as_ref() == Some(&read) {
            self.pending.clone_from(&self.latest);
            return Ok(());
        }
        let text = std::str::from_utf8(reply.body()).map_err(|_| ScrapeError::NotText)?;
        self.pending.clear();
        for (position, (line, text)) in sample_lines(text).enumerate() {
            let at_line = |message| ExpositionError { line, message };
            let guess = self.latest.get(position).map(|(known, ..)| *known);
            let expected = guess.map(|known| &*self.known[known].text);
            let sample = read_sample(text, format, expected).map_err(at_line)?;
            let known = match guess {
                Some(known) if expected == Some(sample.series) => known,
                _ => match self.by_text.get(sample.series) {
                    Some(known) => *known,
                    None => {
                        let labels = series_labels(sample.series).map_err(at_line)?;
                        self.learn(store, sample.series, labels)?
                    }
                },
            };
            self.pending
                .push((known, sample.value, sample.timestamp_ms));
        }
        self.body = Some(read);
        Ok(())
    }

    fn learn(
        &mut self,
        store: &mut SeriesStore,
        text: &str,
        exposed: Vec<(String, String)>,
    ) -> Result<usize, TooManySeries> {
        let clashes = |name: &str| self.labels.iter().any(|(ours, _)| ours == name);
        let labels: Labels = exposed
            .into_iter()
            .map(|(name, value)| match clashes(&name) {
                true => (format!("exported_{name}"), value),
                false => (name, value),
            })
            .chain(self.labels.clone())
            .collect();
        let known = self.known.len();
        self.known.push(Known {
            text: text.into(),
            id: store.series_id(&labels)?,
            seen: 0,
        });
        self.by_text.insert(text.into(), known);
        Ok(known)
    }

    fn append(&mut self, store: &mut SeriesStore, at_ms: TimeMs) -> usize {
        self.scrapes += 1;
        let mut refused = 0;
        for (known, value, timestamp_ms) in &self.pending {
            let series = &mut self.known[*known];
            if timestamp_ms.is_none() {
                series.seen = self.scrapes;
            }
            let at_ms = timestamp_ms.unwrap_or(at_ms);
            refused += usize::from(store.append(series.id, at_ms, *value).is_err());
        }
        for (known, ..) in &self.latest {
            let series = &self.known[*known];
            if series.seen + 1 == self.scrapes {
                refused += usize::from(store.append_stale(series.id, at_ms).is_err());
            }
        }
        std::mem::swap(&mut self.latest, &mut self.pending);
        self.pending.clear();
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use promql::is_stale;

    struct Scraped {
        store: SeriesStore,
        target: TargetSeries,
    }

    impl Scraped {
        fn new() -> Self {
            let target = Target {
                job: "orders".to_owned(),
                instance: "a:80".to_owned(),
                uri: Uri::from_static("http://a:80/metrics"),
            };
            Scraped {
                store: SeriesStore::new(),
                target: TargetSeries::new(&target),
            }
        }

        fn scrape(&mut self, at_ms: TimeMs, body: &'static str) -> Result<usize, ScrapeError> {
            let reply = Response::new(Bytes::from_static(body.as_bytes()));
            self.target.store(&mut self.store, at_ms, Ok(reply))
        }

        /// `time=value` of every sample of the series that is named so.
        fn samples(&self, labels: &str) -> Vec<String> {
            let series = self
                .store
                .series()
                .find(|s| s.labels().to_string() == labels);
            let points = series.map(promql::Series::points).unwrap_or_default();
            points
                .iter()
                .map(|point| match is_stale(point.value) {
                    true => format!("{}=stale", point.time_ms),
                    false => format!("{}={}", point.time_ms, point.value),
                })
                .collect()
        }
    }

    const UP: &str = r#"{__name__="up", instance="a:80", job="orders"}"#;
    const A: &str = r#"{__name__="a", instance="a:80", job="orders"}"#;
    const B: &str = r#"{__name__="b", c="d", instance="a:80", job="orders"}"#;

    #[test]
    fn vanished_series_become_stale_and_come_back() {
        let mut scraped = Scraped::new();
        for (at, body) in [
            (0, "a 1\nb{c=\"d\"} 2\n"),
            (1, "a 2\n"),
            (2, "a 3\n"),
            (3, "b{c=\"d\"} 3\na 4\n"),
        ] {
            assert!(matches!(scraped.scrape(at, body), Ok(0)), "{at}");
        }
        assert_eq!(scraped.samples(A), ["0=1", "1=2", "2=3", "3=4"]);
        assert_eq!(scraped.samples(B), ["0=2", "1=stale", "3=3"]);
        assert_eq!(scraped.samples(UP), ["0=1", "1=1", "2=1", "3=1"]);
    }

    #[test]
    fn a_failed_scrape_marks_everything_stale_once() {
        let mut scraped = Scraped::new();
        scraped
            .scrape(0, "a 1\n")
            .expect("the first scrape is sound");
        for at in [1, 2] {
            let failed = scraped.target.store(
                &mut scraped.store,
                at,
                Err(ScrapeError::Status(http::StatusCode::BAD_GATEWAY)),
            );
            assert!(failed.is_err());
        }
        assert_eq!(scraped.samples(A), ["0=1", "1=stale"]);
        assert_eq!(scraped.samples(UP), ["0=1", "1=0", "2=0"]);
    }

    #[test]
    fn a_broken_exposition_is_stored_not_at_all() {
        let mut scraped = Scraped::new();
        scraped
            .scrape(0, "a 1\n")
            .expect("the first scrape is sound");
        let broken = scraped.scrape(1, "a 2\nb{ 3\n");
        let message = broken.map_err(|error| error.to_string());
        assert_eq!(
            message,
            Err("parse line 2 of the exposition: the labels have no closing brace".to_owned())
        );
        assert_eq!(scraped.samples(A), ["0=1", "1=stale"]);
        assert_eq!(scraped.samples(UP), ["0=1", "1=0"]);
    }

    #[test]
    fn a_body_that_did_not_change_is_stored_all_the_same() {
        let mut scraped = Scraped::new();
        for at in [0, 1] {
            assert!(matches!(scraped.scrape(at, "a 1\n"), Ok(0)), "{at}");
        }
        let failed = Err(ScrapeError::Status(http::StatusCode::BAD_GATEWAY));
        assert!(scraped.target.store(&mut scraped.store, 2, failed).is_err());
        assert!(matches!(scraped.scrape(3, "a 1\n"), Ok(0)));
        assert_eq!(scraped.samples(A), ["0=1", "1=1", "2=stale", "3=1"]);
    }

    #[test]
    fn a_target_cannot_overwrite_the_labels_of_its_scrape() {
        let mut scraped = Scraped::new();
        scraped.scrape(0, "a{job=\"x\"} 1\n").expect("sound");
        let exported = r#"{__name__="a", exported_job="x", instance="a:80", job="orders"}"#;
        assert_eq!(scraped.samples(exported), ["0=1"]);
    }

    #[test]
    fn a_sample_with_its_own_time_is_never_marked_stale() {
        let mut scraped = Scraped::new();
        scraped.scrape(5_000, "a 1 4000\n").expect("sound");
        scraped.scrape(6_000, "").expect("sound");
        assert_eq!(scraped.samples(A), ["4000=1"]);
        assert!(matches!(
            scraped.scrape(7_000, "b{c=\"d\"} 1\nb{c=\"d\"} 2\n"),
            Ok(1)
        ));
    }
}
