//! One factory with a client and ears, over either transport.

use bytes::Bytes;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::faults::plan::{FactoryPlan, FaultPlan};
use fake_factory::net::Network;
use fake_factory::net::client::{CallError, Client};
use fake_factory::net::memory::MemoryNetwork;
use fake_factory::seed::Seed;
use fake_factory::{ControlSetup, Event, Factory, Setup};
use http::{Method, Request, Response, request};
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Runs one test over in-memory pipes on paused time, and over TCP on real time.
macro_rules! over_both {
    ($($(#[$attribute:meta])* async fn $name:ident($network:ident) $body:block)+) => { $(
        mod $name {
            use super::*;

            $(#[$attribute])*
            async fn contract($network: fake_factory::net::Network) $body

            #[tokio::test(start_paused = true)]
            async fn in_memory() {
                Box::pin(contract($crate::world::memory())).await;
            }

            #[tokio::test]
            async fn over_tcp() {
                Box::pin(contract(fake_factory::net::Network::Tcp)).await;
            }
        }
    )+ };
}
pub(crate) use over_both;

pub(crate) fn memory() -> Network {
    Network::Memory(MemoryNetwork::new())
}

/// Another network of the same kind, for another factory of the same test.
pub(crate) fn another(network: &Network) -> Network {
    match network {
        Network::Tcp => Network::Tcp,
        Network::Memory(_) => memory(),
    }
}

/// An address to bind, on either network.
pub(crate) fn address(network: &Network) -> &'static str {
    match network {
        Network::Tcp => "127.0.0.1:0",
        Network::Memory(_) => "headquarters:80",
    }
}

/// An address to be controlled on, on either network.
pub(crate) fn control_address(network: &Network) -> &'static str {
    match network {
        Network::Tcp => "127.0.0.1:0",
        Network::Memory(_) => "control:80",
    }
}

pub(crate) const KEY: &str = "abcdefghijklmnop";
/// Long enough to be told from an answer at once, short enough to be waited for.
pub(crate) const ORDER_DELAY: Duration = Duration::from_millis(100);

pub(crate) struct World {
    pub(crate) factory: Factory,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    events: Arc<Mutex<Vec<Event>>>,
}

/// Faults as a scenario file has them, in JSON.
pub(crate) fn faults(plans: Value) -> Vec<FaultPlan> {
    serde_json::from_value(plans).expect("a list of faults")
}

/// What a test waits for. It is boxed, so that it is no part of the state of each of the hundreds of tests.
pub(crate) type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A factory with these faults.
pub(crate) fn world(network: &Network, plans: Value) -> Soon<'static, World> {
    world_with(network, plans, |_| {})
}

/// A factory with these faults that can be controlled.
pub(crate) fn controlled(network: &Network, plans: Value) -> Soon<'static, World> {
    world_with(network, plans, |setup| {
        setup.control = Some(ControlSetup {
            address: control_address(network).to_owned(),
            token: None,
        });
    })
}

pub(crate) fn world_with(
    network: &Network,
    plans: Value,
    change: impl FnOnce(&mut Setup),
) -> Soon<'static, World> {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let mut setup = setup(network, plans, events.clone());
    change(&mut setup);
    let network = network.clone();
    Box::pin(async move {
        World {
            clock: setup.clock.clone(),
            factory: Factory::start(setup).await.expect("starts"),
            client: Client::new(network),
            events,
        }
    })
}

fn setup(network: &Network, plans: Value, heard: Arc<Mutex<Vec<Event>>>) -> Setup {
    let clock = Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time"));
    let mut setup = Setup::new(
        "headquarters",
        clock,
        Seed::new(329),
        network.clone(),
        address(network),
    );
    setup.plan = FactoryPlan {
        faults: faults(plans),
        ..FactoryPlan::default()
    };
    setup.plan.order_delay.0 = ORDER_DELAY;
    // An RSA key takes its time to be made, and the clock is running.
    setup.algorithm = fake_factory::Algorithm::EdDsa;
    setup.vendors = vec![fake_factory::VendorKey {
        id: "student".to_owned(),
        key: KEY.to_owned(),
    }];
    setup.observer = Arc::new(move |event| heard.lock().expect("no panic").push(event));
    setup
}

pub(crate) fn order(id: impl Into<Value>) -> Value {
    json!({ "diner": { "name": "joe" }, "order": { "id": id.into(), "items": [{ "menuId": 1, "price": 0.0038 }] } })
}

/// A reply as a test looks at it; a body that is no JSON is null.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) reply: Response<Bytes>,
}

impl Seen {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.reply.body()).expect("UTF-8")
    }

    /// The text of a header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.reply.headers().get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }
}

impl World {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().expect("no panic").clone()
    }

    pub(crate) fn call(&self, request: Request<Bytes>) -> Soon<'_, Result<Seen, CallError>> {
        Box::pin(async move {
            let deadline = Some(Duration::from_secs(5));
            let reply = self.client.call(request, deadline).await?;
            Ok(Seen {
                status: reply.status().as_u16(),
                body: serde_json::from_slice(reply.body()).unwrap_or(Value::Null),
                reply,
            })
        })
    }

    /// What is answered to a request that is sure to be.
    fn answer(&self, request: request::Builder, body: impl Into<Bytes>) -> Soon<'_, Seen> {
        let request = request.body(body.into()).expect("a request");
        Box::pin(async move { self.call(request).await.expect("a reply") })
    }

    pub(crate) fn request(&self, method: &Method, path: &str) -> request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.factory.url()))
    }

    pub(crate) fn get(&self, path: &str) -> Soon<'_, Seen> {
        self.answer(self.request(&Method::GET, path), Bytes::new())
    }

    /// A request with a key and JSON.
    fn keyed(&self, method: &Method, path: &str) -> request::Builder {
        self.request(method, path)
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/json")
    }

    /// What is answered to a request with a key and JSON.
    #[expect(clippy::needless_pass_by_value)] // it is a constant at every call
    pub(crate) fn send(&self, method: Method, path: &str, body: &Value) -> Soon<'_, Seen> {
        self.answer(self.keyed(&method, path), body.to_string())
    }

    /// A request as a table has it, `METHOD /path`, with a key or none; null is no body.
    pub(crate) fn ask(&self, key: Option<&str>, request: &str, body: &Value) -> Soon<'_, Seen> {
        let (method, path) = request.split_once(' ').expect("METHOD /path");
        let method: Method = method.parse().expect("a method");
        let mut request = self.request(&method, path);
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let mut bytes = Bytes::new();
        if !body.is_null() {
            request = request.header("content-type", "application/json");
            bytes = Bytes::from(body.to_string());
        }
        self.answer(request, bytes)
    }

    pub(crate) fn order(&self, id: impl Into<Value>) -> Soon<'_, Seen> {
        self.send(Method::POST, "/api/order", &order(id))
    }

    pub(crate) fn try_order(&self, id: impl Into<Value>) -> Soon<'_, Result<Seen, CallError>> {
        let request = self.keyed(&Method::POST, "/api/order");
        let body = Bytes::from(order(id).to_string());
        self.call(request.body(body).expect("a request"))
    }

    /// GETs a URL that a reply gave, as it is.
    pub(crate) fn follow(&self, url: &Value) -> Soon<'_, Seen> {
        let url = url.as_str().expect("a URL");
        self.answer(Request::get(url), Bytes::new())
    }

    /// A request to the control, where the world has one.
    pub(crate) fn control_request(&self, method: &Method, path: &str) -> request::Builder {
        let url = self.factory.control_url().expect("a control");
        Request::builder()
            .method(method)
            .uri(format!("{url}{path}"))
    }

    /// What the control answers to a request without a body.
    #[expect(clippy::needless_pass_by_value)] // it is a constant at every call
    pub(crate) fn control(&self, method: Method, path: &str) -> Soon<'_, Seen> {
        self.answer(self.control_request(&method, path), Bytes::new())
    }

    /// What the control answers to JSON.
    #[expect(clippy::needless_pass_by_value)] // it is a constant at every call
    pub(crate) fn control_send(&self, method: Method, path: &str, body: &Value) -> Soon<'_, Seen> {
        let request = self
            .control_request(&method, path)
            .header("content-type", "application/json");
        self.answer(request, body.to_string())
    }

    pub(crate) fn until(&self, millis: u64) -> Soon<'_, ()> {
        let at = Elapsed::from_micros(millis * 1_000);
        Box::pin(self.clock.sleep_until(at))
    }

    pub(crate) fn pizzas(&self) -> u32 {
        self.factory.ledger().iter().map(|made| made.count).sum()
    }

    /// How often the first fault was asked and injected.
    pub(crate) fn first_counts(&self) -> (u64, u64) {
        let counts = self.factory.fault_counts();
        (counts[0].asked, counts[0].injected)
    }
}
