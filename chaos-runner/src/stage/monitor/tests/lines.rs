//! Log lines on their way to the rules: as a count that is scraped, and as lines that are asked.

use super::*;
use crate::telemetry::logs::{Level, LogLine};

/// Writes one line of trouble at 140 s.
fn trouble(clock: &Clock, logs: Logs) {
    let clock = clock.clone();
    tokio::spawn(async move {
        clock.sleep_until(seconds(140)).await;
        logs.write(LogLine {
            at: clock.elapsed(),
            level: Level::Error,
            component: "order_service".to_owned(),
            kind: "factory-request".to_owned(),
            message: "no pizza".to_owned(),
            fields: BTreeMap::from([("factory".to_owned(), "hq".to_owned())]),
        });
    });
}

#[test]
fn log_lines_raise_alerts() {
    let rules = "groups: [{ name: g, rules: [{ alert: ErrorLogs, expr: 'increase(log_lines_total{level=\"error\"}[1m]) > 0' }] }]";
    let seen = World {
        rules,
        ..World::default()
    }
    .play_while(|clock, _, logs| trouble(clock, logs));
    assert_eq!(
        times(&seen.alerts[0])[1..],
        [Some(180), Some(246), Some(240)]
    );
}

#[test]
fn log_lines_are_asked_by_logql() {
    let loki = r#"groups: [{ name: g, rules: [
        { alert: FactoryFailing,
          expr: 'sum by (factory) (count_over_time({component="jwt-pizza-service", type="factory-request"} | json [1m])) > 0',
          annotations: { said: '{{ with query "vector(7)" }}{{ . | first | value }}{{ end }} {{ $labels.factory }}' } },
        { alert: Silence, expr: 'absent_over_time({component="jwt-pizza-service"}[2m])' }] }]"#;
    let seen = World {
        loki,
        ..World::default()
    }
    .play_while(|clock, _, logs| trouble(clock, logs));
    let times_of = |name: &str| -> Vec<[Option<u64>; 4]> {
        let alerts = seen.alerts.iter().filter(|alert| alert.name == name);
        alerts.map(times).collect()
    };
    let failing = times_of("FactoryFailing");
    assert_eq!(failing, [[Some(180), Some(180), Some(246), Some(240)]]);
    // The line leaves the window of two minutes at 260 s.
    let silence = times_of("Silence");
    assert_eq!(
        (silence[0][1], silence[0][3], silence[1][1]),
        (Some(0), Some(180), Some(300))
    );
    let mut alerts = seen.alerts.iter();
    let failing = alerts.find(|alert| alert.name == "FactoryFailing");
    // `query` of a template asks in the language of its rule.
    let said = failing.map(|alert| alert.annotations["said"].as_str());
    assert_eq!(said, Some("7 hq"));
    assert_eq!(seen.warnings.len(), 0, "{:?}", seen.warnings);
}
