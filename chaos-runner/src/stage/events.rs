//! The `events:` of a scenario: restarts, missed scrapes and faults that are mended at a moment.

use super::StageError;
use super::monitor::MonitorHandle;
use crate::order_service::OrderService;
use crate::record::faults::Act;
use crate::responders::Acts;
use crate::responders::kitchens::Kitchens;
use crate::scenario::ScheduledEvent;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::input::units::StartsAt;
use std::sync::Arc;

/// Who an event is written down for.
const WHO: &str = "event";

/// What events act on.
pub(super) struct Events {
    pub(super) clock: Clock,
    pub(super) starts_at: StartsAt,
    pub(super) service: Arc<OrderService>,
    pub(super) monitor: MonitorHandle,
    pub(super) kitchens: Kitchens,
    pub(super) acts: Acts,
}

impl Events {
    /// Lets the events of the scenario happen, each at its moment.
    pub(super) async fn run(self, events: Vec<ScheduledEvent>) -> Result<(), StageError> {
        let mut timed: Vec<(Elapsed, ScheduledEvent)> = events
            .into_iter()
            // Checked when the scenario was loaded: every moment lies within the run.
            .filter_map(|event| {
                Some((
                    Elapsed::from_duration(event.at.resolve(&self.starts_at).ok()?),
                    event,
                ))
            })
            .collect();
        timed.sort_by_key(|(at, _)| *at);
        for (at, event) in timed {
            self.clock.sleep_until(at).await;
            self.happen(&event).await?;
        }
        Ok(())
    }

    async fn happen(&self, event: &ScheduledEvent) -> Result<(), StageError> {
        let at = self.clock.elapsed();
        if event.restart.is_some() {
            self.acts.note(at, WHO, Act::Restarted);
            self.service
                .restart()
                .await
                .map_err(StageError::OrderService)?;
        }
        if let Some(count) = &event.skip_scrapes {
            self.acts
                .note(at, WHO, Act::SkippedScrapes { count: count.value });
            self.monitor.skip_scrapes(count.value);
        }
        if let Some(fault) = &event.mend {
            self.kitchens.mend(&fault.value);
            self.acts.note(
                at,
                WHO,
                Act::Mended {
                    fault: fault.value.clone(),
                },
            );
        }
        Ok(())
    }
}
