//! Orders a second, against handlers that do ever more of what the factory does.

use crate::closed_loop::{CONNECTIONS, Round, alternate};
use crate::server::{AccessLog, Server};
use crate::statistics::{median, ratios, shown_ratio};
use crate::table::{Table, number, text};
use clap::Args;
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often each server has its turn.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// How long a turn takes, in milliseconds.
    #[arg(long, default_value_t = 1_000)]
    round_ms: u64,
}

/// The servers, and the places among them of those that are compared.
const NAMES: [&str; 5] = [
    "factory",
    "factory, access log on",
    "axum, ignores the order",
    "axum, reads the order",
    "axum, reads the order and signs",
];
const FACTORY: usize = 0;
const READS: usize = 3;
const SIGNS: usize = 4;

pub(crate) fn measure(options: &Options) -> anyhow::Result<Table> {
    let servers = [
        Server::factory(None, AccessLog::Off)?,
        Server::factory(None, AccessLog::On)?,
        Server::bare(&["--work", "ignores"])?,
        Server::bare(&["--work", "reads"])?,
        Server::bare(&["--work", "signs"])?,
    ];
    let length = Duration::from_millis(options.round_ms);
    let all = alternate(&servers, options.rounds, length)?;
    let rates: Vec<Vec<f64>> = each(&all, |round| round.orders_per_s);
    let cpu: Vec<Vec<f64>> = each(&all, |round| round.cpu_us);
    let busy = each(&all, |round| round.busy);

    let mut rows = Vec::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        rows.push(vec![
            text(name),
            number(median(&rates[index]), 0),
            number(median(&cpu[index]), 2),
            number(median(&busy[index]), 2),
            text(shown_ratio(&ratios(&rates[FACTORY], &rates[index]))),
            text(shown_ratio(&ratios(&cpu[index], &cpu[FACTORY]))),
        ]);
    }
    let signing = differences(&cpu[SIGNS], &cpu[READS]);
    let rate_unsigned: Vec<f64> = (0..options.rounds)
        .map(|round| {
            let signing = 1.0 / rates[SIGNS][round] - 1.0 / rates[READS][round];
            1.0 / (1.0 / rates[FACTORY][round] - signing)
        })
        .collect();
    let cpu_unsigned = differences(&cpu[FACTORY], &signing);
    rows.push(vec![
        text("factory without signing, to axum that reads"),
        number(median(&rate_unsigned), 0),
        number(median(&cpu_unsigned), 2),
        text(""),
        text(shown_ratio(&ratios(&rate_unsigned, &rates[READS]))),
        text(shown_ratio(&ratios(&cpu[READS], &cpu_unsigned))),
    ]);
    Ok(Table {
        name: "orders",
        how: format!(
            "POST /api/order, EdDSA, over {CONNECTIONS} connections; each server is a process of one thread; {} turns of {} ms each, one \
             server after the other; medians, and the quarter points of the ratios. Signing costs {:.1} µs: what axum that signs takes \
             beyond axum that only reads. The last row leaves it out of the factory's time. The goal there is 0.90. The ratio by \
             processor time is what the ratio of the rates would be on a machine with nothing else to do.",
            options.rounds,
            options.round_ms,
            median(&signing),
        ),
        columns: vec![
            "server",
            "orders/s",
            "CPU µs/order",
            "busy",
            "factory / server",
            "by processor time",
        ],
        rows,
    })
}

fn differences(from: &[f64], less: &[f64]) -> Vec<f64> {
    from.iter()
        .zip(less)
        .map(|(from, less)| from - less)
        .collect()
}

/// One figure of every round of every server.
fn each(all: &[Vec<Round>], figure: fn(&Round) -> f64) -> Vec<Vec<f64>> {
    all.iter()
        .map(|rounds| rounds.iter().map(figure).collect())
        .collect()
}
