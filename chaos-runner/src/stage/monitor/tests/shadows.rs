//! Shadows: each sees to the millisecond what a monitor at its phase would have seen, and stops when it has seen all.

use super::*;
use crate::record::shadows::ShadowRecord;

const PHASES: [(u64, u64); 4] = [(0, 0), (3, 59), (14, 30), (7, 8)];

/// The rules with one that records what the other asks, so that something must have been written before.
const RECORDED: &str = "
groups:
  - name: orders
    rules:
      - { record: 'job:failing', expr: 'max_over_time(failing[2m])' }
      - { alert: Failing, expr: 'job:failing > 0.5', for: 1m }
      - { alert: Other, expr: failing > 0.5 }
";

fn world(scrape_phase: u64, evaluation_phase: u64) -> World {
    World {
        rules: RECORDED,
        scrape_phase,
        evaluation_phase,
        exposes: |now| failing(100, 160, now),
        ..World::default()
    }
}

fn phase(scrape: u64, evaluation: u64) -> PhaseRecord {
    PhaseRecord {
        scrape: seconds(scrape),
        evaluation: seconds(evaluation),
        groups: vec![seconds(evaluation)],
    }
}

/// What the shadows at all phases saw beside a monitor, while `meanwhile` acted on it.
fn shadows(
    wanted: Wanted,
    meanwhile: impl FnOnce(&Clock, MonitorHandle),
) -> (Vec<ShadowRecord>, Vec<AlertRecord>) {
    simulated(async {
        let clock = Clock::starting_at("2024-08-08T15:50:00Z".parse().expect("a time"));
        let (mut setup, _pages, _) = world(1, 2).open(&clock).await;
        setup.shadows = ShadowPlan {
            phases: PHASES
                .map(|(scrape, evaluation)| phase(scrape, evaluation))
                .to_vec(),
            wanted: vec![wanted],
        };
        let (monitor, handle) = Monitor::new(setup);
        meanwhile(&clock, handle);
        let seen = monitor
            .run(seconds(600))
            .await
            .expect("no shadow breaks down");
        (seen.shadows, seen.alerts)
    })
}

fn wanted(after: u64) -> Wanted {
    Wanted {
        alert: "Failing".to_owned(),
        after: seconds(after),
        is_start: true,
    }
}

/// When the alert fired, of what a monitor saw.
fn firing(alerts: &[AlertRecord]) -> Option<Elapsed> {
    let failing = alerts.iter().filter(|alert| alert.name == "Failing");
    failing.filter_map(|alert| alert.firing_at).min()
}

#[test]
fn each_sees_what_a_monitor_at_its_phase_would_see() {
    let (shadows, alerts) = shadows(wanted(100), |_, _| {});
    assert_eq!(firing(&alerts), firing(&world(1, 2).play().alerts));
    for ((scrape, evaluation), shadow) in PHASES.into_iter().zip(shadows) {
        let alone = firing(&world(scrape, evaluation).play().alerts);
        assert!(alone.is_some(), "at {scrape} and {evaluation}");
        let [fired] = shadow.firings.as_slice() else {
            panic!("one firing at {scrape} and {evaluation}: {shadow:?}");
        };
        assert_eq!(Some(fired.firing_at), alone, "at {scrape} and {evaluation}");
        assert_eq!(fired.alert, "Failing");
        assert_eq!(shadow.until, fired.firing_at, "it has seen all");
    }
}

#[test]
fn one_that_sees_nothing_watches_to_the_end() {
    let (shadows, _) = shadows(wanted(590), |_, _| {});
    for shadow in shadows {
        assert_eq!(shadow.until, seconds(600));
        let [fired] = shadow.firings.as_slice() else {
            panic!("it fired for what was before: {shadow:?}");
        };
        assert!(fired.resolved_at.is_some_and(|at| at < seconds(590)));
    }
}

#[test]
fn a_scrape_that_is_missed_is_missed_at_every_phase() {
    let skip_all = |clock: &Clock, handle: MonitorHandle| {
        let at = clock.instant(seconds(90));
        tokio::spawn(async move {
            tokio::time::sleep_until(at).await;
            handle.skip_scrapes(20);
        });
    };
    let (shadows, alerts) = shadows(wanted(100), skip_all);
    assert_eq!(firing(&alerts), None);
    assert_eq!(shadows.len(), PHASES.len());
    assert!(shadows.iter().all(|shadow| shadow.firings.is_empty()));
}
