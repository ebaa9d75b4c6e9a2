//! The wire: accepts connections and speaks HTTP on them, and breaks them as an outage has it. It knows what an outage does to the
//! wire; when there is one, and which requests it touches, the faults say.

mod pacer;
mod sent;

use crate::access::{Access, Talk};
use crate::api;
use crate::api::reply::Reply;
use crate::clock::Elapsed;
use crate::faults::kinds::outage::WireAction;
use crate::faults::touch::{Break, Travel};
use crate::kitchen::{CONNECTIONS_MAX, Kitchen};
use crate::net::cut::{Cut, Cuttable};
use crate::net::serve::{ACCEPT_PAUSE, Dates, protocol};
use crate::net::tls::Tls;
use crate::net::{Connection, Listener, Network};
use http::{HeaderValue, header};
use http_body_util::BodyExt;
use hyper::body::Body;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pacer::Paced;
use sent::Sent;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// How long a port that was closed is waited for, before another try, when somebody else has taken it.
const REBIND_PAUSE: Duration = Duration::from_millis(50);

/// How much of what a client sends to a silent connection is taken in at a time.
const IGNORED_BYTES: usize = 1_024;

/// What the wire is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wire {
    outage: Option<(Arc<str>, WireAction)>,
    /// Open connections are cut whenever this goes up.
    cuts: u64,
    /// The factory is shutting down: no more connections, and no more requests on those that are open.
    draining: bool,
}

impl Wire {
    /// What the faults have the wire do at `now`.
    pub(crate) fn update(wire: &watch::Sender<Wire>, kitchen: &Kitchen, now: Elapsed) {
        let outage = kitchen
            .faults
            .outage(now)
            .map(|(fault, action)| (fault.name.clone(), action));
        wire.send_if_modified(|wire| {
            let changed = wire.outage != outage;
            if changed {
                let cuts = outage
                    .as_ref()
                    .is_some_and(|(_, action)| action.cuts_open_connections());
                wire.cuts += u64::from(cuts);
                wire.outage = outage;
            }
            changed
        });
    }

    pub(crate) fn drain(wire: &watch::Sender<Wire>) {
        wire.send_modify(|wire| wire.draining = true);
    }

    fn port_is_closed(&self) -> bool {
        matches!(self.outage, Some((_, WireAction::ClosePort)))
    }
}

/// The open door of one factory.
pub(crate) struct Door {
    pub(crate) kitchen: Arc<Kitchen>,
    pub(crate) network: Network,
    /// The address that was bound, with its port.
    pub(crate) address: String,
    pub(crate) listener: Option<Listener>,
    pub(crate) tls: Option<Tls>,
    pub(crate) wire: watch::Receiver<Wire>,
    pub(crate) dates: Dates,
    /// Whether the port could not be opened again, so far.
    pub(crate) rebind_failed: bool,
}

impl Door {
    /// Accepts connections until the factory shuts down.
    pub(crate) async fn keep(mut self) {
        loop {
            let (closed, draining) = {
                let wire = self.wire.borrow_and_update();
                (wire.port_is_closed(), wire.draining)
            };
            if draining {
                return;
            }
            if closed {
                self.close();
                if self.wire.changed().await.is_err() {
                    return;
                }
            } else if !self.accept_one().await {
                return;
            }
        }
    }

    /// Closes the port, and has the connections that it refuses counted where that is possible.
    fn close(&mut self) {
        let now = self.kitchen.clock.elapsed();
        if let (Network::Memory(network), Some((fault, _))) =
            (&self.network, self.kitchen.faults.outage(now))
        {
            network.count_refusals(&self.address, fault.injected_counter().clone());
        }
        self.listener = None;
        self.kitchen.port_closed.send_replace(true);
    }

    /// Accepts a connection, or notices that the wire changed. False when the factory is gone.
    async fn accept_one(&mut self) -> bool {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            closed => match self.network.bind(&self.address).await {
                Ok(listener) => {
                    self.kitchen.port_closed.send_replace(false);
                    self.rebind_failed = false;
                    closed.insert(listener)
                }
                Err(error) => {
                    // Said once, not at each try.
                    if !std::mem::replace(&mut self.rebind_failed, true) {
                        tracing::warn!(%error, address = self.address, "failed to open the port again");
                    }
                    tokio::time::sleep(REBIND_PAUSE).await;
                    return true;
                }
            },
        };
        tokio::select! {
            biased;
            changed = self.wire.changed() => changed.is_ok(),
            accepted = listener.accept() => {
                match accepted {
                    Ok(connection) => self.welcome(connection),
                    Err(error) => {
                        tracing::warn!(%error, "failed to accept a connection");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
                true
            }
        }
    }

    fn welcome(&self, connection: Connection) {
        let now = self.kitchen.clock.elapsed();
        if let Some((fault, action)) = self.kitchen.faults.outage(now)
            && action.cuts_open_connections()
            && fault.strikes(now)
        {
            connection.reset();
            return;
        }
        let Ok(place) = self.kitchen.places.clone().try_acquire_owned() else {
            tracing::warn!("closed a connection: {CONNECTIONS_MAX} are open");
            return;
        };
        let line = Line {
            kitchen: self.kitchen.clone(),
            dates: self.dates.clone(),
            cut: Cut::default(),
            talk: Arc::default(),
        };
        let connection = match &self.tls {
            Some(tls) => tls.over(connection),
            None => connection,
        };
        tokio::spawn(line.converse(connection, self.wire.clone(), place));
    }
}

/// A reply that is not sent: the connection ends in its place.
#[derive(Debug, thiserror::Error)]
#[error("the reply was lost")]
struct ReplyLost;

/// One connection's own.
#[derive(Clone)]
struct Line {
    kitchen: Arc<Kitchen>,
    dates: Dates,
    cut: Cut,
    talk: Arc<Talk>,
}

impl Line {
    /// Serves `connection` until either side ends it.
    async fn converse(
        self,
        connection: Connection,
        mut wire: watch::Receiver<Wire>,
        _place: OwnedSemaphorePermit,
    ) {
        let cuts = wire.borrow_and_update().cuts;
        let service = service_fn(|request| {
            let line = self.clone();
            async move { line.answer(request).await }
        });
        let io = TokioIo::new(Cuttable::new(connection, self.cut.clone()));
        let mut served = protocol().serve_connection(io, service);
        loop {
            tokio::select! {
                biased;
                news = self.news(&mut wire, cuts) => match news {
                    News::Cut => return,
                    News::Draining => Pin::new(&mut served).graceful_shutdown(),
                },
                () = self.cut.silenced() => break,
                ended = &mut served => {
                    if let Err(error) = ended {
                        // A client that goes away in the middle is everyday life here.
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
            }
        }
        // Taken back from HTTP, which reads no further while it owes an answer, and so would not notice that the client leaves.
        let mut silent = served.into_parts().io.into_inner();
        tokio::select! {
            biased;
            _ = self.news(&mut wire, cuts) => {}
            () = ignore(&mut silent) => {}
        }
    }

    /// Waits until the wire is cut, or the factory shuts down, since it had so many `cuts`.
    async fn news(&self, wire: &mut watch::Receiver<Wire>, cuts: u64) -> News {
        loop {
            let changed = wire.changed().await;
            let now = wire.borrow_and_update();
            if changed.is_err() || now.cuts != cuts {
                drop(now);
                self.note_cut();
                return News::Cut;
            }
            if now.draining {
                return News::Draining;
            }
        }
    }

    /// The connection is cut by an outage, and with it the request on it.
    fn note_cut(&self) {
        let now = self.kitchen.clock.elapsed();
        let outage = self.kitchen.faults.outage(now);
        if let Some((fault, _)) = outage.filter(|_| self.talk.is_busy.load(Ordering::Relaxed))
            && fault.strikes(now)
        {
            // It is cut once.
            let _ = self.talk.cut_by.set(fault.name.clone());
        }
        self.cut.reset();
    }

    /// Answers one request, or ends its connection, or never answers.
    async fn answer(
        &self,
        request: http::Request<hyper::body::Incoming>,
    ) -> Result<http::Response<Sent>, ReplyLost> {
        let kitchen = &self.kitchen;
        let mut access = Access::begin(kitchen, &self.talk, &request);
        let outage = kitchen.faults.outage(access.came());
        if let Some((fault, action)) = &outage
            && fault.strikes(access.came())
        {
            access.touched_by(fault);
            return self.lose(access, *action == WireAction::HangRequest).await;
        }
        let mut reply = api::answer(kitchen, request, access.account()).await;
        let now = kitchen.clock.elapsed();
        if let Some((fault, WireAction::HangRequest)) = kitchen.faults.outage(now)
            && outage.is_none_or(|(before, _)| before.name != fault.name)
            && fault.strikes(now)
        {
            access.touched_by(&fault);
            return self.lose(access, true).await;
        }
        let travel = reply.extensions_mut().remove::<Travel>();
        self.send(reply, travel.unwrap_or_default(), access).await
    }

    /// Sends `reply` as `travel` has it.
    async fn send(
        &self,
        mut reply: Reply,
        travel: Travel,
        mut access: Access,
    ) -> Result<http::Response<Sent>, ReplyLost> {
        self.dates.set(reply.headers_mut());
        let breaks = match travel.breaks {
            Some(Break::Reset) => return self.lose(access, false).await,
            Some(Break::Hang) => return self.lose(access, true).await,
            Some(Break::Garbage(bytes)) => {
                access.lost();
                self.cut.send_instead(bytes);
                let close = HeaderValue::from_static("close");
                reply.headers_mut().insert(header::CONNECTION, close);
                return Ok(reply.map(Sent::whole));
            }
            None => None,
            Some(Break::Body(extent, how)) => Some((extent, how)),
        };
        access.begins(reply.status());
        let is_plain = breaks.is_none() && travel.padded_to.is_none() && travel.pace.is_none();
        // Where there is no body, there is nothing to slow down or break off, and spaces alone say nothing either.
        if is_plain || reply.body().is_end_stream() {
            access.answered();
            return Ok(reply.map(Sent::whole));
        }
        let (head, body) = reply.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|never| match never {})?
            .to_bytes();
        let paced = Paced::new(body, travel.padded_to, travel.pace);
        let sent = Sent::pieces(paced, breaks, self.cut.clone(), access);
        Ok(http::Response::from_parts(head, sent))
    }

    /// Ends the connection, or leaves it open and silent until the client ends it.
    async fn lose<T>(&self, access: Access, hang: bool) -> Result<T, ReplyLost> {
        access.lost();
        if hang {
            self.cut.fall_silent();
            pending::<()>().await;
        }
        self.cut.reset();
        Err(ReplyLost)
    }
}

/// What a connection hears of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// It is cut.
    Cut,
    /// The factory is shutting down.
    Draining,
}

/// Takes in what still comes on a connection that is silent, until its client ends it.
async fn ignore(connection: &mut Cuttable) {
    let mut ignored = [0; IGNORED_BYTES];
    while let Ok(1..) = connection.read(&mut ignored).await {}
}
