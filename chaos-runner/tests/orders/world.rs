//! A service, its factories and a diner, on an in-memory network and virtual time.

use crate::factory::Factory;
use bytes::Bytes;
use chaos_runner::order_service::log::{Level, LogLine};
use chaos_runner::order_service::reference::mark;
use chaos_runner::order_service::{CANARY_HEADER, FactoryAddress, OrderService, ServiceSetup};
use chaos_runner::scenario;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::net::client::{CallError, Client};
use fake_factory::net::memory::MemoryNetwork;
use fake_factory::seed::Seed;
use http::{Method, Request, Response, header};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) factory: Arc<Factory>,
    pub(crate) backup: Arc<Factory>,
    pub(crate) service: OrderService,
    pub(crate) client: Client,
    pub(crate) lines: Arc<Mutex<Vec<LogLine>>>,
    token: String,
}

impl World {
    /// A service with these parts; one with a `fallback` turns to the backup.
    pub(crate) async fn with(parts: Value) -> World {
        World::ordering_from(parts, None).await
    }

    /// The same, but the service looks for its factory elsewhere.
    pub(crate) async fn ordering_from(mut parts: Value, url: Option<&str>) -> World {
        let clock = Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time"));
        let network = Network::Memory(MemoryNetwork::new());
        let factory = Factory::start("hq", &clock, &network).await;
        let backup = Factory::start("backup", &clock, &network).await;
        parts["factory"] = json!("hq");
        let config: scenario::OrderService = serde_json::from_value(parts).expect("a service");
        let lines: Arc<Mutex<Vec<LogLine>>> = Arc::default();
        let own = lines.clone();
        let mut primary: FactoryAddress = factory.address();
        if let Some(url) = url {
            url.clone_into(&mut primary.url);
        }
        let service = OrderService::start(ServiceSetup {
            clock: clock.clone(),
            seed: Seed::new(329),
            network: network.clone(),
            address: "order-service:80".to_owned(),
            fallback: config.fallback.is_some().then(|| backup.address()),
            config,
            primary,
            log: Arc::new(move |line| own.lock().expect("not poisoned").push(line)),
            restart_takes: Duration::ZERO,
        })
        .await
        .expect("the service starts");
        let client = Client::new(network);
        let mut world = World {
            clock,
            factory,
            backup,
            service,
            client,
            lines,
            token: String::new(),
        };
        let form = json!({ "name": "Ann", "email": "a@x", "password": "pw" });
        let (status, body) = world.send(Method::POST, "/api/auth", Some(&form)).await;
        assert_eq!(status, 200);
        world.token = body["token"].as_str().expect("a token").to_owned();
        world
    }

    pub(crate) fn now(&self) -> Elapsed {
        self.clock.elapsed()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let text = body.map_or_else(String::new, Value::to_string);
        let reply = self.raw(method, path, text.into()).await.expect("a reply");
        let body = serde_json::from_slice(reply.body()).unwrap_or_default();
        (reply.status().as_u16(), body)
    }

    pub(crate) async fn raw(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, CallError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.service.url()))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CANARY_HEADER, "false")
            .body(body)
            .expect("a request");
        self.client.call(request, None).await
    }

    /// Places an order of one pizza; its status and body.
    pub(crate) async fn order(&self, reference: &str) -> (u16, Value) {
        self.send(Method::POST, "/api/order", Some(&form(reference, 1)))
            .await
    }

    /// Places `count` orders at once; their statuses.
    pub(crate) async fn orders(self: &Arc<Self>, count: usize) -> Vec<u16> {
        let placing: Vec<_> = (0..count)
            .map(|number| {
                let world = self.clone();
                tokio::spawn(async move { world.order(&format!("many-{number}")).await.0 })
            })
            .collect();
        let mut statuses = Vec::new();
        for placed in placing {
            statuses.push(placed.await.expect("no panic"));
        }
        statuses
    }

    /// The value of a series as `/metrics` shows it; none where it is not there.
    pub(crate) async fn metric(&self, series: &str) -> Option<f64> {
        let reply = self.raw(Method::GET, "/metrics", Bytes::new()).await;
        let reply = reply.expect("a reply");
        let text = std::str::from_utf8(reply.body()).expect("text");
        text.lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
    }

    pub(crate) fn has_logged(&self, level: Level, message: &str) -> bool {
        let lines = self.lines.lock().expect("not poisoned");
        lines
            .iter()
            .any(|line| line.level == level && line.message == message)
    }
}

/// The body of an order.
pub(crate) fn form(reference: &str, pizzas: usize) -> Value {
    let item = json!({ "menuId": 1, "description": mark("Veggie", reference), "price": 0.0038 });
    json!({ "franchiseId": 1, "storeId": 1, "items": vec![item; pizzas] })
}

pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
