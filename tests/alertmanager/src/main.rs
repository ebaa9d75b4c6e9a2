//! Tells what an Alertmanager's configuration makes of a timeline of alerts, as JSON: the script that compares this with a real
//! Alertmanager asks it. Usage: `dispatch CONFIG < QUESTION`, where the question is
//! `{"starts_at": TIME, "until": SECONDS, "alerts": [{"at": SECONDS, "labels": {…}, "firing": BOOL}], "routed": [{…}]}`.

use chaos_runner::alerting::alertmanager::parse_config;
use chaos_runner::alerting::notify::destinations::destinations;
use chaos_runner::alerting::notify::routing::Integration;
use chaos_runner::alerting::notify::{AlertUpdate, Delivery, Dispatcher, Routes};
use chaos_runner::record::alerts::PageStatus;
use fake_factory::clock::Elapsed;
use fake_factory::input::Source;
use jiff::Timestamp;
use promql::Labels;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    starts_at: Timestamp,
    until: f64,
    alerts: Vec<Happening>,
    /// Label sets whose receivers are asked for.
    routed: Vec<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Happening {
    at: f64,
    labels: BTreeMap<String, String>,
    firing: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: dispatch CONFIG < QUESTION")?;
    let question: Question = serde_json::from_reader(std::io::stdin())?;
    let config =
        parse_config(&Source::read(Path::new(&path)).map_err(|wrong| wrong.render(false))?)?;
    let routing = config.routing(|receiver| {
        let ways = receiver.integrations.iter().enumerate();
        let ways = ways.map(|(number, way)| Integration {
            channel: format!("{}/{number}", receiver.name),
            send_resolved: way.send_resolved,
        });
        ways.collect()
    });
    let mut routed = Vec::new();
    for labels in question.routed {
        let found = destinations(&routing, &labels.into_iter().collect(), None)?;
        let names = found.routes.into_iter().map(|route| route.receiver);
        routed.push(names.collect::<Vec<String>>());
    }
    let routes = Routes::through(&routing)?;
    let mut dispatcher = Dispatcher::new(routes, BTreeMap::new(), question.starts_at);
    let mut sent = Vec::new();
    let mut labels_of: Vec<Labels> = Vec::new();
    let mut began: BTreeMap<Labels, Elapsed> = BTreeMap::new();
    for alert in &question.alerts {
        let at = moment(alert.at)?;
        advance(&mut dispatcher, at, &mut sent);
        let labels: Labels = alert.labels.clone().into_iter().collect();
        let starts_at = *began.entry(labels.clone()).or_insert(at);
        if !alert.firing {
            began.remove(&labels);
        }
        let number = labels_of.len();
        labels_of.push(labels.clone());
        let update = AlertUpdate {
            number,
            labels,
            starts_at,
            firing: alert.firing,
        };
        dispatcher.receive(at, &update);
    }
    advance(&mut dispatcher, moment(question.until)?, &mut sent);
    let sent: Vec<Value> = sent
        .iter()
        .map(|delivery| told(delivery, &labels_of))
        .collect();
    println!("{}", json!({ "sent": sent, "routed": routed }));
    Ok(())
}

/// Deadlines are met one by one, as the monitor of a run does.
fn advance(dispatcher: &mut Dispatcher, until: Elapsed, sent: &mut Vec<Delivery>) {
    while let Some(deadline) = dispatcher
        .next_deadline()
        .filter(|deadline| *deadline < until)
    {
        sent.extend(dispatcher.advance(deadline));
    }
}

fn moment(seconds: f64) -> Result<Elapsed, Box<dyn Error>> {
    Ok(Elapsed::from_duration(Duration::try_from_secs_f64(
        seconds,
    )?))
}

fn told(delivery: &Delivery, labels_of: &[Labels]) -> Value {
    let alerts = delivery
        .alerts
        .iter()
        .filter_map(|number| labels_of.get(*number));
    let alerts = alerts.map(|labels| -> BTreeMap<&str, &str> { labels.iter().collect() });
    json!({
        "at": delivery.sent_at.as_secs_f64(),
        "receiver": delivery.channel,
        "status": match delivery.status {
            PageStatus::Firing => "firing",
            PageStatus::Resolved => "resolved",
        },
        "alerts": alerts.collect::<Vec<_>>(),
    })
}
