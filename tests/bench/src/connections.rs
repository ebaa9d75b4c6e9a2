//! Thousands of connections at one time: all of them stay open, a tenth of them hang for good, and the others order again and again.

use crate::order::Order;
use crate::process;
use crate::server::{AccessLog, KEY, Server};
use crate::statistics::quantile;
use crate::table::{Table, number, text};
use crate::wire;
use anyhow::{Context, bail, ensure};
use clap::Args;
use serde_json::json;
use std::cell::RefCell;
use std::env;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many connections; 10000 is the most that the factory is made for.
    #[arg(long, default_value_t = 2_000)]
    connections: u32,
    /// How many of them hang.
    #[arg(long, default_value_t = 200)]
    hung: u32,
    /// How long the others order, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Orders a second, all of the others together.
    #[arg(long, default_value_t = 2_000)]
    rate: u32,
}

/// Files that this process has open beside the connections.
const OTHER_FILES: u64 = 64;
/// Set for the copy of this program that was started with a higher limit.
const RAISED: &str = "BENCH_RAISED_LIMIT";
/// How long anything but a hung reply is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections that are opened at one time.
const OPENING: usize = 256;
const REPLY_BYTES_MAX: usize = 8 * 1024;

/// The waves of connections: each opens all of them and leaves. What every wave adds to the memory would be a leak.
const WAVES: [&str; 4] = ["first wave", "second", "third", "fourth"];

/// How the orders went.
#[derive(Debug, Default)]
struct Tally {
    served: u64,
    errors: u64,
    /// What the first error was.
    first_error: Option<String>,
    /// From the moment an order was due to its reply, in milliseconds.
    took_ms: Vec<f64>,
}

pub(crate) fn measure(options: &Options) -> anyhow::Result<Table> {
    ensure!(
        options.hung < options.connections,
        "some connections have to be left to order: --hung is below --connections"
    );
    if let Some(shown) = raise_limit(u64::from(options.connections) + OTHER_FILES)? {
        return Ok(shown);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start a runtime")?
        .block_on(tokio::task::LocalSet::new().run_until(hold(options)))
}

/// Sees to it that `needed` files may be open, here and in the server, which inherits the limit. Where it has to be raised, a shell
/// does so for a copy of this program, whose exit is then this one's.
fn raise_limit(needed: u64) -> anyhow::Result<Option<Table>> {
    let (soft, hard) = process::open_files()?;
    if soft >= needed {
        return Ok(None);
    }
    if hard < needed || env::var_os(RAISED).is_some() {
        bail!(
            "failed to open {needed} files: this process may open {soft}, and ask for {hard}; raise the limit, or take fewer \
             --connections"
        );
    }
    eprintln!("raising the limit of open files from {soft} to {needed}");
    let this = env::current_exe().context("failed to find this program")?;
    let status = Command::new("sh")
        .args(["-c", r#"ulimit -n "$0" && exec "$@""#, &needed.to_string()])
        .arg(this)
        .args(env::args_os().skip(1))
        .env(RAISED, "1")
        .status()
        .context("failed to start a shell")?;
    std::process::exit(status.code().unwrap_or(3));
}

async fn hold(options: &Options) -> anyhow::Result<Table> {
    let hang = json!([{
        "name": "hang",
        "match": { "method": "GET", "path": "/health" },
        "inject": { "hang": {} },
    }]);
    let server = Server::factory(Some(&hang), AccessLog::Off)?;
    let before = Size::of(&server)?;
    let mut waves = Vec::new();
    for _ in WAVES {
        waves.push(wave(&server, options, before).await?);
    }
    let row = |what: &str, digits: usize, of: &dyn Fn(&Wave) -> f64| {
        let figures = waves.iter().map(|wave| number(of(wave), digits));
        [text(what)].into_iter().chain(figures).collect()
    };
    let connections = f64::from(options.connections);
    Ok(Table {
        name: "connections",
        how: format!(
            "{} connections on loopback, {} of them hung by a fault and silent to the end; the others order in turn, {} a second in \
             open loop, for {} s, each order's time counted from the moment it was due. Then all of them leave, and the next \
             wave comes with the same orders, so that the ledger does not grow: what every wave adds to the memory would be a leak. The \
             factory's memory and sockets are those that Linux tells.",
            options.connections, options.hung, options.rate, options.seconds
        ),
        columns: [""].into_iter().chain(WAVES).collect(),
        rows: vec![
            row("orders served", 0, &|wave| wave.tally.served as f64),
            row("orders failed", 0, &|wave| wave.tally.errors as f64),
            row("order p50, ms", 2, &|wave| {
                quantile(&wave.tally.took_ms, 0.5)
            }),
            row("order p99, ms", 2, &|wave| {
                quantile(&wave.tally.took_ms, 0.99)
            }),
            row("sockets before", 0, &|_| before.sockets as f64),
            row("sockets while all are open", 0, &|wave| {
                wave.open.sockets as f64
            }),
            row("sockets after all left", 0, &|wave| {
                wave.left.sockets as f64
            }),
            row("memory before, MiB", 1, &|_| before.memory_mib),
            row("memory while all are open, MiB", 1, &|wave| {
                wave.open.memory_mib
            }),
            row("memory after all left, MiB", 1, &|wave| {
                wave.left.memory_mib
            }),
            row("memory for each connection, KiB", 1, &|wave| {
                (wave.open.memory_mib - before.memory_mib) * 1024.0 / connections
            }),
        ],
    })
}

/// How large the factory is.
#[derive(Clone, Copy, Debug)]
struct Size {
    memory_mib: f64,
    sockets: usize,
}

impl Size {
    fn of(server: &Server) -> anyhow::Result<Self> {
        Ok(Size {
            memory_mib: process::memory(server.pid())? as f64 / 1024.0 / 1024.0,
            sockets: process::sockets(server.pid())?,
        })
    }
}

/// All connections once, from their opening until they are gone.
#[derive(Debug)]
struct Wave {
    tally: Tally,
    open: Size,
    left: Size,
}

async fn wave(server: &Server, options: &Options, before: Size) -> anyhow::Result<Wave> {
    let mut hung = connect(server, options.connections).await?;
    let serving = hung.split_off(options.hung as usize);
    for stream in &mut hung {
        let request = format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
        stream.write_all(request.as_bytes()).await?;
    }
    let (mut tally, serving) = order_on_all(server, serving, options).await?;
    let open = Size::of(server)?;
    for stream in &hung {
        let silent = timeout(Duration::ZERO, stream.peek(&mut [0]))
            .await
            .is_err();
        ensure!(
            silent,
            "a connection that should hang was answered or closed"
        );
    }
    drop((hung, serving));
    let patience = Instant::now() + PATIENCE;
    while Size::of(server)?.sockets > before.sockets && Instant::now() < patience {
        sleep(Duration::from_millis(50)).await;
    }
    if let Some(error) = &tally.first_error {
        eprintln!("the first order that failed: {error}");
    }
    tally.took_ms.sort_by(f64::total_cmp);
    Ok(Wave {
        tally,
        open,
        left: Size::of(server)?,
    })
}

async fn connect(server: &Server, count: u32) -> anyhow::Result<Vec<TcpStream>> {
    let mut streams = Vec::new();
    let mut left = count as usize;
    while left > 0 {
        let batch: Vec<_> = (0..left.min(OPENING))
            .map(|_| tokio::task::spawn_local(TcpStream::connect(server.address)))
            .collect();
        left -= batch.len();
        for opening in batch {
            let stream = timeout(PATIENCE, opening)
                .await
                .context("no connection")??;
            let stream = stream.context("failed to connect")?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
    }
    Ok(streams)
}

/// Has every connection order in turn, and gives them back, open.
async fn order_on_all(
    server: &Server,
    streams: Vec<TcpStream>,
    options: &Options,
) -> anyhow::Result<(Tally, Vec<TcpStream>)> {
    let tally = Rc::new(RefCell::new(Tally::default()));
    let (start, width) = (Instant::now(), streams.len());
    let orders = options.rate * options.seconds;
    let mut tasks = Vec::new();
    for (lane, mut stream) in streams.into_iter().enumerate() {
        let (tally, rate) = (tally.clone(), options.rate);
        let mut order = Order::new(server.address, KEY);
        let numbers = (u32::try_from(lane)?..orders).step_by(width);
        tasks.push(tokio::task::spawn_local(async move {
            let mut buffer = vec![0; REPLY_BYTES_MAX];
            for number in numbers {
                let due = start + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
                sleep_until(due).await;
                let request = order.numbered(number);
                let placed = timeout(PATIENCE, place(&mut stream, request, &mut buffer)).await;
                let mut tally = tally.borrow_mut();
                match placed.unwrap_or_else(|_| bail!("no reply in time")) {
                    Ok(()) => {
                        tally.served += 1;
                        tally.took_ms.push(due.elapsed().as_secs_f64() * 1e3);
                    }
                    Err(error) => {
                        tally.errors += 1;
                        tally.first_error.get_or_insert(format!("{error:#}"));
                        // Nobody knows what comes next on this connection.
                        break;
                    }
                }
            }
            stream
        }));
    }
    let mut streams = Vec::new();
    for task in tasks {
        streams.push(task.await.context("failed to order")?);
    }
    Ok((tally.take(), streams))
}

async fn place(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> anyhow::Result<()> {
    stream.write_all(request).await?;
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        ensure!(read > 0, "the factory closed a connection");
        filled += read;
        match wire::head(&buffer[..filled]) {
            Some(head) if filled >= head.bytes => {
                ensure!(head.status == 200, "an order was answered {}", head.status);
                return Ok(());
            }
            _ => ensure!(filled < buffer.len(), "a reply is too long"),
        }
    }
}
