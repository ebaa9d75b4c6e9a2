//! Orders at a steady rate, whatever becomes of them: each is sent at its own moment, to a few microseconds, over a connection that
//! is free. A thread waits on each connection, so that a reply's time is taken as it comes and not as others are dealt with.

use crate::order::Order;
use crate::server::{KEY, Server};
use crate::wire;
use anyhow::{Context, ensure};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;
use tokio::time::Instant;

/// How long before a moment the sender stops sleeping and begins to spin.
const SPIN: Duration = Duration::from_micros(250);
/// A thread that reads needs little of a stack.
const STACK_BYTES: usize = 128 * 1024;
/// The largest reply that is read.
const REPLY_BYTES_MAX: usize = 8 * 1024;
/// How long a reply is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The rate and the means for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) per_s: u32,
    pub(crate) orders: u32,
    /// As many as may be on their way at one time.
    pub(crate) connections: usize,
}

/// One order as its client saw it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) number: u32,
    /// How much later than meant it was sent.
    pub(crate) late: Duration,
    /// From just before it was sent to just after its reply had come.
    pub(crate) took: Duration,
}

/// What the sender leaves for the thread that reads from the connection.
#[derive(Debug, Default)]
struct Slot {
    number: AtomicU64,
    sent_ns: AtomicU64,
    late_ns: AtomicU64,
}

/// Sends the orders; gives all of them in the order of sending.
pub(crate) fn run(server: &Server, pace: Pace) -> anyhow::Result<Vec<Sent>> {
    let start = Instant::now();
    let (free, frees) = channel();
    let mut writers = Vec::new();
    let mut slots = Vec::new();
    let mut readers = Vec::new();
    for index in 0..pace.connections {
        let stream = TcpStream::connect(server.address).context("failed to connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let slot = Arc::new(Slot::default());
        let (reader, own, free) = (stream.try_clone()?, slot.clone(), free.clone());
        let thread = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || read_on(reader, index, &own, &free, start))
            .context("failed to start a thread")?;
        readers.push(thread);
        writers.push(stream);
        slots.push(slot);
    }
    drop(free);
    let mut order = Order::new(server.address, KEY);
    let between = Duration::from_secs(1) / pace.per_s;
    // Everybody is ready and asleep by then.
    let first = Instant::now() + Duration::from_millis(200);
    for number in 0..pace.orders {
        let due = first + between * number;
        wait_until(due);
        let index = frees
            .try_recv()
            .context("failed to keep the rate: every connection waits for a reply")?;
        let (slot, request) = (&slots[index], order.numbered(number));
        let now = Instant::now();
        slot.number.store(u64::from(number), Ordering::Relaxed);
        slot.late_ns.store(nanos(now - due), Ordering::Relaxed);
        slot.sent_ns.store(nanos(now - start), Ordering::Release);
        (&writers[index])
            .write_all(request)
            .context("failed to send an order")?;
    }
    // A reader ends when its connection does, and that when the last reply has come.
    let mut back = pace.connections - frees.try_iter().count();
    while back > 0 && frees.recv_timeout(PATIENCE).is_ok() {
        back -= 1;
    }
    for writer in &writers {
        // One that broke is told of by its reader.
        let _ = writer.shutdown(std::net::Shutdown::Both);
    }
    let mut all = Vec::new();
    for reader in readers {
        let read = reader
            .join()
            .map_err(|_| anyhow::anyhow!("a reader failed"))?;
        all.extend(read?);
    }
    all.sort_by_key(|sent: &Sent| sent.number);
    ensure!(
        all.len() == pace.orders as usize,
        "{} orders were sent and {} answered",
        pace.orders,
        all.len()
    );
    Ok(all)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Sleeps nearly until `due`, and spins the rest.
fn wait_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if left > SPIN {
        #[expect(clippy::disallowed_methods, reason = "a thread of a live measurement")]
        thread::sleep(left - SPIN);
    }
    while Instant::now() < due {
        std::hint::spin_loop();
    }
}

/// Reads reply after reply until the connection ends.
fn read_on(
    mut stream: TcpStream,
    index: usize,
    slot: &Slot,
    free: &Sender<usize>,
    start: Instant,
) -> anyhow::Result<Vec<Sent>> {
    let mut buffer = vec![0; REPLY_BYTES_MAX];
    let mut all = Vec::new();
    loop {
        // Whoever sends may be done and gone.
        let _ = free.send(index);
        let mut filled = 0;
        loop {
            let read = stream.read(&mut buffer[filled..]);
            let came = nanos(start.elapsed());
            match read {
                Ok(0) => return Ok(all),
                Ok(read) => filled += read,
                // Nothing was sent on this connection for so long.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock && filled == 0 => {
                    continue;
                }
                Err(error) => return Err(error).context("failed to read a reply"),
            }
            match wire::head(&buffer[..filled]) {
                Some(head) if filled >= head.bytes => {
                    ensure!(head.status == 200, "an order was answered {}", head.status);
                    let sent = slot.sent_ns.load(Ordering::Acquire);
                    let number = slot.number.load(Ordering::Relaxed);
                    all.push(Sent {
                        number: u32::try_from(number).unwrap_or(u32::MAX),
                        late: Duration::from_nanos(slot.late_ns.load(Ordering::Relaxed)),
                        took: Duration::from_nanos(came.saturating_sub(sent)),
                    });
                    break;
                }
                _ => ensure!(filled < buffer.len(), "a reply is too long"),
            }
        }
    }
}
