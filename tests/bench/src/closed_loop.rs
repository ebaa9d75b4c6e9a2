//! As many orders as a server answers: a few connections, each with the next order as soon as the last was answered. What a server
//! did is told in orders a second and in processor time for each, which a busy machine disturbs less.

use crate::order::Order;
use crate::process;
use crate::server::{KEY, Server};
use crate::wire;
use anyhow::{Context, ensure};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// The connections over which is ordered.
pub(crate) const CONNECTIONS: u32 = 32;
/// The largest reply that is read.
const REPLY_BYTES_MAX: usize = 16 * 1024;

/// One client of one server, whose connections stay open between rounds.
#[derive(Debug)]
pub(crate) struct Client {
    streams: Vec<TcpStream>,
    /// The next order's number, so that no two are the same.
    next: Rc<Cell<u32>>,
    order: Order,
}

/// What a server did in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) orders_per_s: f64,
    /// Processor time of the server for one order, in microseconds.
    pub(crate) cpu_us: f64,
    /// The share of the round in which the server had a processor: near 1 when it was what limited the rate.
    pub(crate) busy: f64,
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> anyhow::Result<Self> {
        let mut streams = Vec::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(server.address)
                .await
                .context("failed to connect")?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        Ok(Client {
            streams,
            next: Rc::default(),
            order: Order::new(server.address, KEY),
        })
    }

    /// Orders for as long as `length`.
    pub(crate) async fn round(
        &mut self,
        server: &Server,
        length: Duration,
    ) -> anyhow::Result<Round> {
        let (cpu, start) = (process::cpu_time(server.pid())?, Instant::now());
        let first = self.next.get();
        let until = start + length;
        let local = tokio::task::LocalSet::new();
        let tasks: Vec<_> = self
            .streams
            .drain(..)
            .map(|stream| {
                local.spawn_local(order_on(
                    stream,
                    self.order.clone(),
                    self.next.clone(),
                    until,
                ))
            })
            .collect();
        local.await;
        for task in tasks {
            self.streams.push(task.await.context("failed to order")??);
        }
        let took = start.elapsed().as_secs_f64();
        let cpu = (process::cpu_time(server.pid())? - cpu).as_secs_f64();
        let orders = f64::from(self.next.get() - first);
        Ok(Round {
            orders_per_s: orders / took,
            cpu_us: cpu / orders * 1e6,
            busy: cpu / took,
        })
    }
}

async fn order_on(
    mut stream: TcpStream,
    mut order: Order,
    next: Rc<Cell<u32>>,
    until: Instant,
) -> anyhow::Result<TcpStream> {
    let mut buffer = vec![0; REPLY_BYTES_MAX];
    while Instant::now() < until {
        let number = next.get();
        next.set(number + 1);
        stream.write_all(order.numbered(number)).await?;
        let mut filled = 0;
        loop {
            let read = stream.read(&mut buffer[filled..]).await?;
            ensure!(read > 0, "the server closed a connection");
            filled += read;
            match wire::head(&buffer[..filled]) {
                Some(head) if filled >= head.bytes => {
                    ensure!(head.status == 200, "an order was answered {}", head.status);
                    break;
                }
                _ => ensure!(filled < buffer.len(), "a reply is too long"),
            }
        }
    }
    Ok(stream)
}

/// Rounds on all `servers` in turn, `rounds` times after one that does not count; for each server, its rounds.
pub(crate) fn alternate(
    servers: &[Server],
    rounds: usize,
    length: Duration,
) -> anyhow::Result<Vec<Vec<Round>>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start a runtime")?;
    runtime.block_on(async {
        let mut clients = Vec::new();
        for server in servers {
            clients.push(Client::connect(server).await?);
        }
        let mut all = vec![Vec::new(); servers.len()];
        for round in 0..=rounds {
            for ((server, client), own) in servers.iter().zip(&mut clients).zip(&mut all) {
                let done = client.round(server, length).await?;
                if round > 0 {
                    own.push(done);
                }
            }
        }
        Ok(all)
    })
}
