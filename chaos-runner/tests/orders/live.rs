//! The same service on real sockets and the real clock.

use chaos_runner::order_service::{FactoryAddress, OrderService, ServiceSetup};
use fake_factory::clock::Clock;
use fake_factory::net::Network;
use fake_factory::net::client::Client;
use fake_factory::seed::Seed;
use http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn over_tcp_a_restart_keeps_the_address_and_the_accounts() {
    let service = OrderService::start(ServiceSetup {
        clock: Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time")),
        seed: Seed::new(1),
        network: Network::Tcp,
        address: "127.0.0.1:0".to_owned(),
        config: serde_json::from_value(json!({ "factory": "hq" })).expect("a service"),
        primary: FactoryAddress {
            name: "hq".to_owned(),
            // The discard port: nobody listens there.
            url: "http://127.0.0.1:9".to_owned(),
            api_key: "key".to_owned(),
        },
        fallback: None,
        log: Arc::new(|_| {}),
        restart_takes: Duration::ZERO,
    })
    .await
    .expect("it starts");
    let client = Client::new(Network::Tcp);
    let form = json!({ "name": "Ann", "email": "a@x", "password": "pw" }).to_string();
    for round in 0..2 {
        let method = if round == 0 { "POST" } else { "PUT" };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/auth", service.url()))
            .body(form.clone().into())
            .expect("a request");
        let reply = client.call(request, None).await.expect("a reply");
        let body: Value = serde_json::from_slice(reply.body()).expect("JSON");
        let token = body["token"].as_str().expect("a token");
        let order = Request::post(format!("{}/api/order", service.url()))
            .header("authorization", format!("Bearer {token}"))
            .body(crate::world::form("lunch-1", 1).to_string().into())
            .expect("a request");
        let reply = client.call(order, None).await.expect("a reply");
        assert_eq!(reply.status(), 500);
        assert!(std::str::from_utf8(reply.body()).is_ok_and(|text| text.contains("fetch failed")));
        service.restart().await.expect("it restarts");
    }
}
