//! The scrapes of a monitor: each target's on a task of its own, so that one that hangs holds up neither the others nor the rules.

use super::warnings::Warnings;
use crate::telemetry::scrape::{ScrapeError, Target, TargetSeries, fetch};
use bytes::Bytes;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::client::Client;
use http::Response;
use promql::SeriesStore;
use std::time::Duration;
use tokio::task::JoinSet;

/// How long the rules of an instant wait for the scrapes of the same instant.
const GRACE: Duration = Duration::from_millis(100);

/// A scrape that has come to its end.
struct Scraped {
    target: usize,
    at: Elapsed,
    reply: Result<Response<Bytes>, ScrapeError>,
}

struct Watched {
    target: Target,
    series: TargetSeries,
    subject: String,
    under_way: bool,
}

/// All targets and the scrapes of them that are under way.
pub(super) struct Scrapes {
    clock: Clock,
    client: Client,
    timeout: Duration,
    targets: Vec<Watched>,
    under_way: JoinSet<Scraped>,
}

impl Scrapes {
    pub(super) fn new(
        clock: Clock,
        client: Client,
        timeout: Duration,
        targets: Vec<Target>,
    ) -> Self {
        let watched = |target: Target| Watched {
            series: TargetSeries::new(&target),
            subject: format!("the scrape of {}", target.instance),
            target,
            under_way: false,
        };
        Scrapes {
            clock,
            client,
            timeout,
            targets: targets.into_iter().map(watched).collect(),
            under_way: JoinSet::new(),
        }
    }

    /// Begins a scrape of every target but those whose last one is still under way.
    pub(super) fn begin(&mut self, at: Elapsed) {
        for (number, watched) in self.targets.iter_mut().enumerate() {
            if watched.under_way {
                continue;
            }
            watched.under_way = true;
            let (client, uri, timeout) = (
                self.client.clone(),
                watched.target.uri.clone(),
                self.timeout,
            );
            self.under_way.spawn(async move {
                Scraped {
                    target: number,
                    at,
                    reply: fetch(&client, &uri, timeout).await,
                }
            });
        }
    }

    /// Stores the scrapes that end by `until`; returns then, whether or not some are under way still.
    pub(super) async fn collect_until(
        &mut self,
        until: Elapsed,
        store: &mut SeriesStore,
        warnings: &mut Warnings,
    ) {
        loop {
            tokio::select! {
                biased;
                Some(ended) = self.under_way.join_next() => {
                    // A scrape neither panics nor is aborted while this runs.
                    if let Ok(scraped) = ended {
                        self.store(scraped, store, warnings);
                    }
                }
                () = self.clock.sleep_until(until) => return,
            }
        }
    }

    /// Stores the scrapes that end within a moment, those of `at` among them unless a target hangs.
    pub(super) async fn collect_at(
        &mut self,
        at: Elapsed,
        store: &mut SeriesStore,
        warnings: &mut Warnings,
    ) {
        let deadline = self.clock.instant(at.plus(GRACE));
        while let Ok(Some(ended)) =
            tokio::time::timeout_at(deadline, self.under_way.join_next()).await
        {
            if let Ok(scraped) = ended {
                self.store(scraped, store, warnings);
            }
        }
    }

    fn store(&mut self, scraped: Scraped, store: &mut SeriesStore, warnings: &mut Warnings) {
        let watched = &mut self.targets[scraped.target];
        watched.under_way = false;
        let at_ms = self.clock.at(scraped.at).as_millisecond();
        match watched.series.store(store, at_ms, scraped.reply) {
            Ok(0) => warnings.clear(&watched.subject),
            Ok(refused) => {
                let message = format!("{refused} samples are duplicates or out of order");
                warnings.note(scraped.at, &watched.subject, &message);
            }
            Err(error) => warnings.note(scraped.at, &watched.subject, &error.to_string()),
        }
    }
}
