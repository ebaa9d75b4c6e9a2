//! The people of a run: each is paged, or looks at a dashboard; acknowledges; calls report URLs or gets a fault mended. They know
//! the channels that page them and the factories by their report URLs, nothing of alert rules.

pub mod kitchens;

use crate::record::alerts::PageStatus;
use crate::record::faults::{Act, ActRecord};
use crate::scenario::Responder;
use crate::scenario::people::Mends;
use crate::stage::monitor::Delivered;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::input::units::StartsAt;
use kitchens::Kitchens;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// What everybody did, in the order in which they did it. Clones write into the same book.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    book: Arc<Mutex<Vec<ActRecord>>>,
}

impl Acts {
    /// Acts that one run may hold; later ones are not written down.
    const MAX: usize = 100_000;

    /// Writes down what `who` did.
    pub fn note(&self, at: Elapsed, who: &str, act: Act) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if book.len() < Self::MAX {
            book.push(ActRecord {
                at,
                who: who.to_owned(),
                act,
            });
        }
    }

    /// Everything that was written down.
    #[must_use]
    pub fn all(&self) -> Vec<ActRecord> {
        self.book
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// One responder at work, from the first sign of trouble to the last step; then they wait for the next page.
pub struct OnCall {
    /// Who they are and what they do.
    pub responder: Responder,
    /// What time it is.
    pub clock: Clock,
    /// When the run starts for the people in it.
    pub starts_at: StartsAt,
    /// The factories that they can call.
    pub kitchens: Kitchens,
    /// Where their acts are written down.
    pub acts: Acts,
}

impl OnCall {
    /// Responds to pages, or notices by themselves, until the run ends and drops this.
    pub async fn run(self, mut pages: broadcast::Receiver<Delivered>) {
        if let Some(notices) = &self.responder.notices {
            // Checked when the scenario was loaded; one that lies outside the run never comes.
            if let Ok(offset) = notices.value.resolve(&self.starts_at) {
                self.clock.sleep_until(Elapsed::from_duration(offset)).await;
                self.note(Act::Noticed);
                self.respond().await;
            }
            return;
        }
        while let Some(page) = self.next_page(&mut pages).await {
            self.note(Act::Paged {
                channel: page.channel,
            });
            self.respond().await;
            // What came in meanwhile was about the incident they were already on.
            pages = pages.resubscribe();
        }
    }

    async fn next_page(&self, pages: &mut broadcast::Receiver<Delivered>) -> Option<Delivered> {
        let channel = self.responder.paged_by.as_ref()?;
        loop {
            match pages.recv().await {
                Ok(page) if page.channel == channel.value && page.status == PageStatus::Firing => {
                    return Some(page);
                }
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    async fn respond(&self) {
        if let Some(step) = &self.responder.acknowledges {
            self.wait(step.after.0).await;
            self.note(Act::Acknowledged);
        }
        if let Some(step) = &self.responder.reports {
            self.wait(step.after.0).await;
            self.report().await;
        }
        if let Some(Mends { after, fault }) = &self.responder.mends {
            self.wait(after.0).await;
            self.kitchens.mend(&fault.value);
            self.note(Act::Mended {
                fault: fault.value.clone(),
            });
        }
    }

    async fn report(&self) {
        for (factory, resolved) in self.kitchens.call_report_urls().await {
            self.note(Act::Reported { factory, resolved });
        }
    }

    async fn wait(&self, duration: Duration) {
        self.clock
            .sleep_until(self.clock.elapsed().plus(duration))
            .await;
    }

    fn note(&self, act: Act) {
        self.acts
            .note(self.clock.elapsed(), &self.responder.name.value, act);
    }
}
