//! The public order service's API.

use crate::factory::Act;
use crate::world::{World, form};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn an_order_brings_a_pizza_that_the_factory_signed() {
    let world = World::with(json!({})).await;
    let (status, body) = world.order("lunch-1").await;
    assert_eq!(status, 200);
    assert_eq!(body["order"]["id"], 1);
    assert_eq!(body.get("followLinkToEndChaos"), None);
    let payload = world
        .factory
        .verified(body["jwt"].as_str().expect("a jwt"))
        .expect("verifies");
    assert_eq!(payload["order"], body["order"]);
    let calls = world.factory.calls(|call| {
        (
            call.key.clone(),
            call.authorization.clone(),
            call.reference.clone(),
        )
    });
    let expected = (
        "1".to_owned(),
        "Bearer the-key".to_owned(),
        "lunch-1".to_owned(),
    );
    assert_eq!(calls, [expected]);
}

#[tokio::test(start_paused = true)]
async fn who_has_no_token_is_told_so_before_anything_else() {
    let world = World::with(json!({})).await;
    let bare = http::Request::post(format!("{}/api/order", world.service.url()))
        .body(Bytes::from("nonsense"))
        .expect("a request");
    let reply = world.client.call(bare, None).await.expect("a reply");
    assert_eq!(reply.status(), 401);
    assert_eq!(world.factory.call_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_makes_no_sense_is_refused_and_reaches_no_factory() {
    let world = World::with(json!({})).await;
    for body in [
        "",
        "{",
        "[]",
        "7",
        r#"{"items":[]}"#,
        r#"{"franchiseId":1,"storeId":1,"items":"two"}"#,
    ] {
        let reply = world
            .raw(Method::POST, "/api/order", Bytes::from(body))
            .await
            .expect("a reply");
        assert_eq!(reply.status(), 400, "{body}");
        let body: Value = serde_json::from_slice(reply.body()).expect("JSON");
        assert!(body["message"].is_string());
    }
    let large = Bytes::from(vec![b' '; 200_000]);
    let reply = world.raw(Method::POST, "/api/order", large).await;
    assert_eq!(reply.expect("a reply").status(), 413);
    assert_eq!(world.factory.call_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn diners_log_in_read_the_menu_and_list_their_orders() {
    let world = World::with(json!({})).await;
    let form = json!({ "email": "a@x", "password": "pw" });
    let (status, body) = world.send(Method::PUT, "/api/auth", Some(&form)).await;
    assert_eq!((status, &body["user"]["email"]), (200, &json!("a@x")));
    let wrong = json!({ "email": "a@x", "password": "wp" });
    assert_eq!(
        world.send(Method::PUT, "/api/auth", Some(&wrong)).await.0,
        404
    );
    let nobody = json!({ "email": "a@x" });
    assert_eq!(
        world.send(Method::POST, "/api/auth", Some(&nobody)).await.0,
        400
    );
    let (_, menu) = world.send(Method::GET, "/api/order/menu", None).await;
    assert_eq!(menu[0]["title"], "Veggie");
    world.order("lunch-1").await;
    let (_, page) = world.send(Method::GET, "/api/order", None).await;
    assert_eq!(
        page["orders"][0]["items"][0]["description"],
        "Veggie (lunch-1)"
    );
    for (method, path) in [
        (Method::GET, "/api/nothing"),
        (Method::DELETE, "/api/order"),
    ] {
        let (status, body) = world.send(method, path, None).await;
        assert_eq!(
            (status, &body["message"]),
            (404, &json!("unknown endpoint"))
        );
    }
    assert_eq!(world.send(Method::GET, "/health", None).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_diner_who_hangs_up_does_not_stop_the_work() {
    let world = World::with(json!({})).await;
    let wait = std::time::Duration::from_secs(20);
    world.factory.then(Act::BakeAfter(wait));
    let patience = std::time::Duration::from_secs(1);
    let hung_up = tokio::time::timeout(patience, world.order("lunch-1")).await;
    assert!(hung_up.is_err());
    crate::world::pass(30).await;
    assert_eq!(
        world.metric("orders_total{outcome=\"fulfilled\"}").await,
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn sales_and_revenue_are_counted_but_a_canary_brings_in_nothing() {
    let world = World::with(json!({})).await;
    world
        .send(Method::POST, "/api/order", Some(&form("lunch-1", 2)))
        .await;
    let token = world
        .send(
            Method::PUT,
            "/api/auth",
            Some(&json!({ "email": "a@x", "password": "pw" })),
        )
        .await
        .1["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let canary = http::Request::post(format!("{}/api/order", world.service.url()))
        .header("authorization", format!("bearer {token}"))
        .header(chaos_runner::order_service::CANARY_HEADER, "true")
        .body(Bytes::from(form("canary-1", 1).to_string()))
        .expect("a request");
    let reply = world.client.call(canary, None).await.expect("a reply");
    assert_eq!(reply.status(), 200);
    for (series, value) in [
        ("orders_total{outcome=\"fulfilled\"}", 2.0),
        ("orders_total{outcome=\"failed\"}", 0.0),
        ("pizzas_sold_total", 3.0),
        ("revenue_total", 0.0076),
        ("factory_calls_total{factory=\"hq\",code=\"200\"}", 2.0),
        ("pizza_creation_latency_seconds_count", 2.0),
        ("order_latency_seconds_bucket{le=\"+Inf\"}", 2.0),
    ] {
        assert_eq!(world.metric(series).await, Some(value), "{series}");
    }
}
