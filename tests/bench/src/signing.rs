//! Signatures a second on one processor, against OpenSSL's own measurement of its own.

use crate::order;
use crate::process;
use crate::statistics::{median, ratios, shown_ratio};
use crate::table::{Table, number, text};
use anyhow::{Context, ensure};
use clap::Args;
use fake_factory::seed::Seed;
use fake_factory::signing::{Algorithm, Signer};
use std::process::Command;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often each has its turn.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long a turn takes, in seconds.
    #[arg(long, default_value_t = 2)]
    round_s: u64,
}

/// Pizzas baked between two looks at the clock.
const BATCH: u32 = 32;

pub(crate) fn measure(options: &Options) -> anyhow::Result<Table> {
    let length = Duration::from_secs(options.round_s);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        theirs.push(openssl(options.round_s)?);
        ours.push(1e6 / microseconds_per_pizza(Algorithm::Rs256, &order::payload(), length)?);
    }
    let eddsa = microseconds_per_pizza(Algorithm::EdDsa, &order::payload(), length)?;
    let row = |name: &str, rate: f64, ratio: String| {
        vec![
            text(name),
            number(rate, 0),
            number(1e6 / rate, 1),
            text(ratio),
        ]
    };
    Ok(Table {
        name: "signing",
        how: format!(
            "One thread, {} turns of {} s each, one after the other; medians of signatures per second of processor time, which is how \
             OpenSSL counts. Ours are whole JWTs with their base64, OpenSSL's bare signatures. The goal is 0.95.",
            options.rounds, options.round_s
        ),
        columns: vec!["signer", "signatures/s", "CPU µs each", "ours / openssl"],
        rows: vec![
            row(
                "RS256, 2048 bits",
                median(&ours),
                shown_ratio(&ratios(&ours, &theirs)),
            ),
            row("openssl speed rsa2048", median(&theirs), "1".to_owned()),
            row("EdDSA", 1e6 / eddsa, String::new()),
        ],
    })
}

/// The processor time that a pizza takes to be baked.
fn microseconds_per_pizza(
    algorithm: Algorithm,
    payload: &str,
    length: Duration,
) -> anyhow::Result<f64> {
    let signer = Signer::new(algorithm, Seed::new(1)).context("failed to make a key")?;
    let (start, cpu) = (Instant::now(), process::own_cpu_time()?);
    let mut baked = 0;
    while start.elapsed() < length {
        for number in 0..BATCH {
            let jwt = signer
                .bake(i64::from(number), payload)
                .context("failed to sign")?;
            std::hint::black_box(jwt);
        }
        baked += BATCH;
    }
    let cpu = process::own_cpu_time()? - cpu;
    Ok(cpu.as_secs_f64() * 1e6 / f64::from(baked))
}

/// The signatures a second that OpenSSL says it makes.
fn openssl(seconds: u64) -> anyhow::Result<f64> {
    let output = Command::new("openssl")
        .args(["speed", "-seconds", &seconds.to_string(), "-mr", "rsa2048"])
        .output()
        .context("failed to start openssl")?;
    ensure!(output.status.success(), "failed to run `openssl speed`");
    // Machine-readable: `+F2:INDEX:BITS:SECONDS PER SIGNATURE:SECONDS PER VERIFICATION`, or the rates in later versions.
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("+F2:"));
    let sign: f64 = line
        .and_then(|line| line.split(':').nth(2)?.parse().ok())
        .context("failed to read what `openssl speed` printed")?;
    Ok(if sign < 1.0 { 1.0 / sign } else { sign })
}
