//! What it costs to be asked about faults that match no order.

use crate::closed_loop::{CONNECTIONS, Round, alternate};
use crate::server::{AccessLog, Server};
use crate::statistics::{median, ratios, shown_ratio};
use crate::table::{Table, number, text};
use clap::Args;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often each factory has its turn.
    #[arg(long, default_value_t = 30)]
    rounds: usize,
    /// How long a turn takes, in milliseconds.
    #[arg(long, default_value_t = 500)]
    round_ms: u64,
}

/// The faults that the goal is set for.
const FAULTS: usize = 20;

pub(crate) fn measure(options: &Options) -> anyhow::Result<Table> {
    let faults = faults();
    let names = [
        "no faults",
        "20 faults that match no order",
        "no faults, once more",
    ];
    let servers = [
        Server::factory(None, AccessLog::Off)?,
        Server::factory(Some(&faults), AccessLog::Off)?,
        Server::factory(None, AccessLog::Off)?,
    ];
    let all = alternate(
        &servers,
        options.rounds,
        Duration::from_millis(options.round_ms),
    )?;
    let cpu = |rounds: &[Round]| -> Vec<f64> { rounds.iter().map(|round| round.cpu_us).collect() };
    let without = cpu(&all[0]);
    let rows = names.into_iter().zip(&all).map(|(name, rounds)| {
        let rates: Vec<f64> = rounds.iter().map(|round| round.orders_per_s).collect();
        vec![
            text(name),
            number(median(&rates), 0),
            number(median(&cpu(rounds)), 2),
            text(shown_ratio(&ratios(&cpu(rounds), &without))),
        ]
    });
    Ok(Table {
        name: "matching",
        how: format!(
            "POST /api/order over {CONNECTIONS} connections, {} turns of {} ms in turn; medians, and the quarter points of the \
             ratios. The third row is the first again: what it is off 1 is noise. The goal is 1.02.",
            options.rounds, options.round_ms
        ),
        columns: vec!["factory", "orders/s", "CPU µs/order", "CPU / no faults"],
        rows: rows.collect(),
    })
}

/// Active faults that match by every part of a request that one can match by, and none of them matches the order.
fn faults() -> Value {
    let matches = [
        json!({ "method": "POST", "path": "/api/order/verify" }),
        json!({ "method": "PUT", "path": "/api/order" }),
        json!({ "method": "*", "path": "/api/vendor*" }),
        json!({ "method": "GET", "path": "*" }),
        json!({ "vendor": "somebody-else" }),
        json!({ "store": "6" }),
        json!({ "header": { "name": "x-canary" } }),
        json!({ "items": { "at_least": 10 } }),
    ];
    let fault = |number: usize| {
        json!({
            "name": format!("fault-{number}"),
            "match": matches[number % matches.len()],
            "inject": { "status": { "code": 500 } },
        })
    };
    (0..FAULTS).map(fault).collect()
}
