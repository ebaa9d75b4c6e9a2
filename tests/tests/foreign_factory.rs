//! The order service before a factory that is none of ours: an HTTP server of another make, on real sockets, that answers what
//! third parties answer. What its diners are told must not depend on who wrote the factory.

use chaos_runner::order_service::{FactoryAddress, OrderService, ServiceSetup};
use chaos_runner::scenario::order_service::{FactoryTarget, OrderService as Config};
use fake_factory::clock::Clock;
use fake_factory::input::{Source, read};
use fake_factory::net::Network;
use fake_factory::net::client::Client;
use fake_factory::seed::Seed;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A service over real sockets, built as `yaml` says, that orders from `factory`.
async fn service(yaml: &str, factory: &MockServer) -> OrderService {
    let reading = read::<Config>(&Source::new("order_service.yaml", yaml));
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    let config = reading.value.expect("a configuration");
    assert_eq!(
        config.factory.value,
        FactoryTarget::Named("foreign".to_owned())
    );
    let setup = ServiceSetup {
        clock: Clock::starting_at("2024-08-08T15:50:00Z".parse().expect("a moment")),
        seed: Seed::new(1),
        network: Network::Tcp,
        address: "127.0.0.1:0".to_owned(),
        config,
        primary: FactoryAddress {
            name: "foreign".to_owned(),
            url: factory.uri(),
            api_key: "secret".to_owned(),
        },
        fallback: None,
        log: Arc::new(|_| {}),
        restart_takes: Duration::ZERO,
    };
    OrderService::start(setup).await.expect("a service")
}

/// Sends `body` and returns the status and the JSON of the reply.
async fn call(
    client: &Client,
    verb: &str,
    url: &str,
    token: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(verb)
        .uri(url)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(body.to_string().into())
        .expect("a request");
    let reply = client
        .call(request, Some(Duration::from_secs(30)))
        .await
        .expect("a reply");
    let text = String::from_utf8_lossy(reply.body()).into_owned();
    (
        reply.status(),
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// What a diner is told who orders one pizza.
async fn order(service: &OrderService) -> (StatusCode, Value) {
    let client = Client::new(Network::Tcp);
    let account = json!({ "name": "Ann", "email": "ann@example.org", "password": "a" });
    let (status, login) = call(
        &client,
        "POST",
        &format!("{}/api/auth", service.url()),
        "",
        &account,
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{login}");
    let token = login["token"].as_str().expect("a token").to_owned();
    let pizza = json!({ "menuId": 1, "description": "Veggie", "price": 0.0038 });
    let body = json!({ "franchiseId": 1, "storeId": 1, "items": [pizza] });
    call(
        &client,
        "POST",
        &format!("{}/api/order", service.url()),
        &token,
        &body,
    )
    .await
}

/// Has the foreign factory answer every order so.
async fn answers(factory: &MockServer, template: ResponseTemplate) {
    Mock::given(method("POST"))
        .and(path("/api/order"))
        .and(header("authorization", "Bearer secret"))
        .respond_with(template)
        .mount(factory)
        .await;
}

#[tokio::test]
async fn an_error_with_a_report_url_is_passed_on_to_the_diner() {
    let factory = MockServer::start().await;
    let url = format!("{}/api/support/secret/report/1", factory.uri());
    let chaos = json!({ "message": "chaos monkey", "reportUrl": url });
    answers(&factory, ResponseTemplate::new(500).set_body_json(chaos)).await;
    let service = service("factory: foreign", &factory).await;
    let (status, told) = order(&service).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(told["message"], "Failed to fulfill order at factory");
    assert_eq!(told["followLinkToEndChaos"], json!(url));
}

#[tokio::test]
async fn a_page_of_html_is_no_pizza() {
    let factory = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>welcome</html>", "text/html");
    answers(&factory, page).await;
    let service = service("factory: foreign", &factory).await;
    let (status, told) = order(&service).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
}

#[tokio::test]
async fn a_jwt_that_nobody_can_verify_is_never_delivered() {
    let factory = MockServer::start().await;
    answers(
        &factory,
        ResponseTemplate::new(200).set_body_json(json!({ "jwt": "dead.beef.x" })),
    )
    .await;
    let keys = ResponseTemplate::new(200).set_body_json(json!({ "keys": [] }));
    Mock::given(method("GET"))
        .and(path("/.well-known/jwks.json"))
        .respond_with(keys)
        .mount(&factory)
        .await;
    let service = service("factory: foreign", &factory).await;
    let (status, told) = order(&service).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
    assert!(told.get("jwt").is_none(), "{told}");
}

#[tokio::test]
async fn an_order_that_no_factory_takes_waits_in_the_queue_after_its_retries() {
    let factory = MockServer::start().await;
    answers(&factory, ResponseTemplate::new(502)).await;
    let yaml = "{ factory: foreign, retry: { attempts: 3, backoff: { first: 1ms, max: 2ms } }, queue: { capacity: 5 } }";
    let service = service(yaml, &factory).await;
    let (status, told) = order(&service).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{told}");
    assert_eq!(told["queued"], json!(true));
    let calls = factory
        .received_requests()
        .await
        .expect("a log of requests");
    let orders = calls
        .iter()
        .filter(|call| call.url.path() == "/api/order")
        .count();
    assert!(
        orders >= 3,
        "asked {orders} times, and again from the queue"
    );
}
