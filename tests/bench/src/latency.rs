//! How exact injected latency is: what a client saw, less what the seed says that the fault drew for that order.

use crate::open_loop::{Pace, Sent, run};
use crate::server::{AccessLog, NAME, SEED, Server};
use crate::statistics::quantile;
use crate::table::{Cell, Table, number, text};
use anyhow::Context;
use clap::Args;
use fake_factory::faults::kinds::latency::Latency;
use fake_factory::seed::Seed;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Orders a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// How long each distribution is measured, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
}

/// What the fault is called: its draws depend on that.
const FAULT: &str = "late";
/// The longest delay below, with room to spare, in milliseconds.
const DELAY_MS_MAX: u32 = 600;
/// An error beyond this is looked at again: the order may have come in before the one that was sent before it.
const SUSPECT_MS: f64 = 4.0;
/// How far apart two orders may be sent that came in the other way round.
const SWAP_MAX: usize = 4;

pub(crate) fn measure(options: &Options) -> anyhow::Result<Table> {
    let pace = Pace {
        per_s: options.rate,
        orders: options.rate * options.seconds,
        connections: usize::try_from(options.rate * DELAY_MS_MAX / 1_000 + 32)?,
    };
    let mut rows = vec![
        row(
            "factory, no fault",
            &run(&Server::factory(None, AccessLog::Off)?, pace)?,
            |_| 0.0,
        ),
        row(
            "axum and tokio::time::sleep, 100 ms",
            &run(&Server::bare(&["--work", "sleeps"])?, pace)?,
            |_| 100.0,
        ),
    ];
    for (name, distribution) in distributions() {
        let fault = json!([{ "name": FAULT, "inject": { "latency": distribution } }]);
        let server = Server::factory(Some(&fault), AccessLog::Off)?;
        let latency: Latency =
            serde_json::from_value(distribution).context("failed to read a distribution")?;
        let draws = Seed::new(SEED)
            .of("factory")
            .of(NAME)
            .of("fault")
            .of(FAULT)
            .of("delays");
        let drawn_ms = |order: usize| {
            // None of these depends on the age of the fault, as a ramp does.
            let delay = latency.draw(draws.nth(order as u64), Duration::ZERO);
            delay.as_secs_f64() * 1e3
        };
        rows.push(row(name, &run(&server, pace)?, drawn_ms));
    }
    Ok(Table {
        name: "latency",
        how: format!(
            "POST /api/order at {} a second in open loop, {} s each; the error is from just before an order is sent to just after its \
             reply has come, less the delay that the seed draws for it; in milliseconds. The way there and back, the pizza and its \
             signature are in it: the first row. The client's own lateness is in the last column, and no part of the error. The goals \
             for a fixed 100 ms are 0.5 at p50 and 1.5 at p99.",
            options.rate, options.seconds
        ),
        columns: vec![
            "latency",
            "least",
            "p50",
            "p99",
            "max",
            "swapped",
            "sent late, p99",
        ],
        rows,
    })
}

/// The distributions, each around 100 ms.
fn distributions() -> Vec<(&'static str, Value)> {
    vec![
        ("fixed 100 ms", json!({ "fixed": "100ms" })),
        (
            "uniform 50 to 150 ms",
            json!({ "uniform": { "min": "50ms", "max": "150ms" } }),
        ),
        (
            "normal 100 ± 20 ms",
            json!({ "normal": { "mean": "100ms", "deviation": "20ms" } }),
        ),
        (
            "pareto from 50 ms, shape 2",
            json!({ "pareto": { "scale": "50ms", "shape": 2.0, "at_most": "500ms" } }),
        ),
        (
            "lognormal around 100 ms, sigma 0.5",
            json!({ "lognormal": { "median": "100ms", "sigma": 0.5, "at_most": "500ms" } }),
        ),
    ]
}

fn row(name: &str, all: &[Sent], drawn_ms: impl Fn(usize) -> f64) -> Vec<Cell> {
    let took: Vec<f64> = all.iter().map(|sent| millis(sent.took)).collect();
    let mut drawn: Vec<f64> = (0..all.len()).map(drawn_ms).collect();
    let swapped = unswap(&took, &mut drawn);
    let errors = took.iter().zip(&drawn).map(|(took, drawn)| took - drawn);
    let mut errors: Vec<f64> = errors.collect();
    let mut late: Vec<f64> = all.iter().map(|sent| millis(sent.late)).collect();
    errors.sort_by(f64::total_cmp);
    late.sort_by(f64::total_cmp);
    vec![
        text(name),
        number(errors.first().copied().unwrap_or(0.0), 3),
        number(quantile(&errors, 0.5), 3),
        number(quantile(&errors, 0.99), 3),
        number(errors.last().copied().unwrap_or(0.0), 3),
        number(swapped as f64, 0),
        number(quantile(&late, 0.99), 3),
    ]
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A fault numbers orders as they come in. Where a server was kept waiting, two that were sent a millisecond apart come in at once,
/// in either order: their draws are exchanged where only that explains both. Tells how often.
fn unswap(took: &[f64], drawn: &mut [f64]) -> usize {
    let fits = |took: f64, drawn: f64| (took - drawn).abs() < SUSPECT_MS;
    let mut swapped = 0;
    for index in 0..took.len() {
        if fits(took[index], drawn[index]) {
            continue;
        }
        let others = index + 1..took.len().min(index + 1 + SWAP_MAX);
        for other in others {
            let now_fit = fits(took[index], drawn[other]) && fits(took[other], drawn[index]);
            if now_fit && !fits(took[other], drawn[other]) {
                drawn.swap(index, other);
                swapped += 1;
                break;
            }
        }
    }
    swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_orders_that_came_in_the_other_way_round_are_exchanged() {
        let mut drawn = [100.0, 50.0, 80.0, 60.0];
        assert_eq!(unswap(&[50.2, 100.2, 80.1, 75.0], &mut drawn), 1);
        assert_eq!(drawn, [50.0, 100.0, 80.0, 60.0]);
    }
}
