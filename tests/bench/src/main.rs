//! Measures the fake factory as a client meets it: a process of its own on loopback TCP, against something comparable in the same
//! sitting. It asserts nothing, for timings depend on the machine; it prints a table, or JSON, and says how each figure came about.

mod bare;
mod closed_loop;
mod connections;
mod latency;
mod matching;
mod open_loop;
mod order;
mod orders;
mod process;
mod server;
mod signing;
mod statistics;
mod table;
mod wire;

use anyhow::Context;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use table::Table;

/// Measures the fake factory: ratios to something comparable, in one sitting.
///
/// The factory that is measured is the `fake-factory` beside this program: `cargo build --release -p fake-factory` first. It takes
/// two processors; whatever else runs on them shows in the figures.
#[derive(Debug, Parser)]
struct Flags {
    /// Print one JSON document in place of the tables.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Orders a second, against an axum handler that returns the same JSON; and what signing costs.
    Orders(orders::Options),
    /// RS256 signatures a second, against `openssl speed rsa2048`.
    Signing(signing::Options),
    /// What 20 faults that match no request cost, against none.
    Matching(matching::Options),
    /// How exact injected latency is, for each distribution, at 1,000 requests/s.
    Latency(latency::Options),
    /// Thousands of connections held open, a part of them hung, while the others are served.
    Connections(connections::Options),
    /// All of these with their defaults; some minutes.
    All,
    /// Serves the handler that the factory is measured against.
    #[command(hide = true)]
    Bare(bare::Options),
}

fn main() -> ExitCode {
    match run(Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(3)
        }
    }
}

fn run(flags: Flags) -> anyhow::Result<()> {
    let tables = match flags.what {
        What::Orders(options) => vec![orders::measure(&options)?],
        What::Signing(options) => vec![signing::measure(&options)?],
        What::Matching(options) => vec![matching::measure(&options)?],
        What::Latency(options) => vec![latency::measure(&options)?],
        What::Connections(options) => vec![connections::measure(&options)?],
        What::All => vec![
            orders::measure(&defaults()?)?,
            signing::measure(&defaults()?)?,
            matching::measure(&defaults()?)?,
            latency::measure(&defaults()?)?,
            connections::measure(&defaults()?)?,
        ],
        What::Bare(options) => return bare::serve(&options),
    };
    if flags.json {
        println!("{:#}", Table::to_json_all(&tables));
    } else {
        for table in &tables {
            println!("{table}");
        }
    }
    Ok(())
}

/// The options of a measurement, as when none is given.
fn defaults<O: clap::Args>() -> anyhow::Result<O> {
    let command = O::augment_args(clap::Command::new("bench"));
    let matches = command
        .try_get_matches_from(["bench"])
        .context("failed to read the defaults")?;
    O::from_arg_matches(&matches).context("failed to read the defaults")
}
