//! Every row of the real factory's API that this one speaks, over both transports.

use crate::world::{KEY, ORDER_DELAY, order, over_both, world, world_with};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use fake_factory::{Algorithm, ChaosStart, Event, Keys, ReportUrl};
use http::Method;
use serde_json::{Value, json};

fn message(text: &str) -> Value {
    json!({ "message": text })
}

fn header_of(jwt: &Value) -> Value {
    let jwt = jwt.as_str().expect("a JWT");
    let header = jwt.split('.').next().expect("a part");
    serde_json::from_slice(&BASE64.decode(header).expect("base64url")).expect("JSON")
}

over_both! {
    async fn an_order_becomes_a_jwt_that_the_published_keys_verify(network) {
        let world = world_with(&network, json!([]), |setup| setup.algorithm = Algorithm::Rs256).await;
        let made = world.order(42).await;
        assert_eq!(made.status, 200);
        assert_eq!(made.reply.headers()["content-type"], "application/json; charset=utf-8");
        assert_eq!(made.body.as_object().map(|body| body.len()), Some(1));
        let header = header_of(&made.body["jwt"]);
        assert_eq!(header["iat"], 1_723_132_800);
        assert_eq!(header["exp"], 1_723_132_800 + 86_400);
        assert_eq!((&header["iss"], &header["alg"]), (&json!("cs329.click"), &json!("RS256")));
        assert_eq!(header.get("typ"), None);

        let jwks = world.get("/.well-known/jwks.json").await;
        assert_eq!(jwks.body["keys"][0]["kid"], header["kid"]);
        let names: Vec<_> = jwks.body["keys"][0].as_object().expect("a key").keys().collect();
        assert_eq!(names, ["kty", "kid", "n", "e"]);
        let keys = Keys::parse(jwks.reply.body()).expect("a key set");
        let payload = keys.verify(made.body["jwt"].as_str().expect("a JWT")).expect("verifies");
        let sent = order(42);
        let expected = json!({ "vendor": { "id": "student" }, "diner": sent["diner"], "order": sent["order"] });
        assert_eq!(payload, expected);
        assert_eq!(payload.to_string(), expected.to_string());

        let verify = json!({ "jwt": made.body["jwt"] });
        let verified = world.send(Method::POST, "/api/order/verify", &verify).await;
        assert_eq!((verified.status, &verified.body["message"]), (200, &json!("valid")));
        assert_eq!(verified.body["payload"], expected);
        for bad in [json!({ "jwt": "dead.beef.x" }), json!({}), json!([])] {
            let refused = world.send(Method::POST, "/api/order/verify", &bad).await;
            assert_eq!((refused.status, refused.body), (403, message("invalid")));
        }
    }

    async fn without_a_key_nothing_else_is_looked_at(network) {
        let world = world(&network, json!([])).await;
        for key in [None, Some("Bearer wrong"), Some("wrong"), Some("")] {
            let mut request = world.request(&Method::POST, "/api/order");
            if let Some(key) = key {
                request = request.header("authorization", key);
            }
            let refused = world.call(request.body(Bytes::new()).expect("a request")).await.expect("a reply");
            assert_eq!((refused.status, refused.body), (401, message("invalid authentication")));
        }
        for key in [format!("bEaReR {KEY}"), KEY.to_owned()] {
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", key)
                .header("content-type", "application/json")
                .body(Bytes::from(order(1).to_string()))
                .expect("a request");
            assert_eq!(world.call(request).await.expect("a reply").status, 200);
        }
    }

    async fn incomplete_orders_are_refused(network) {
        let world = world(&network, json!([])).await;
        let items = json!({ "items": [1] });
        for body in [json!({}), json!([]), json!({ "diner": {} }), json!({ "order": items })] {
            let refused = world.send(Method::POST, "/api/order", &body).await;
            assert_eq!((refused.status, refused.body), (400, message("Missing required parameters")));
        }
        for items in [json!({}), json!({ "items": null })] {
            let body = json!({ "diner": {}, "order": items });
            let refused = world.send(Method::POST, "/api/order", &body).await;
            assert_eq!(refused.status, 500);
            assert!(refused.body["message"].is_string());
        }
        for items in [json!("pizza"), json!(3)] {
            let body = json!({ "diner": {}, "order": { "items": items } });
            assert_eq!(world.send(Method::POST, "/api/order", &body).await.status, 200);
        }
        let plain = world
            .request(&Method::POST, "/api/order")
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "text/plain")
            .body(Bytes::from(order(1).to_string()))
            .expect("a request");
        assert_eq!(world.call(plain).await.expect("a reply").status, 400);
    }

    async fn the_oven_is_full_after_a_while(network) {
        let world = world(&network, json!([])).await;
        for count in [0, 21] {
            let before = world.clock.elapsed();
            let body = json!({ "diner": {}, "order": { "items": vec![1; count] } });
            let refused = world.send(Method::POST, "/api/order", &body).await;
            assert_eq!(refused.status, 503);
            assert_eq!(refused.body, message("Unable to satisfy pizza order. The oven is full."));
            assert!(world.clock.elapsed().since(before) >= ORDER_DELAY);
        }
        let body = json!({ "diner": {}, "order": { "items": vec![1; 20] } });
        assert_eq!(world.send(Method::POST, "/api/order", &body).await.status, 200);
        assert_eq!(world.pizzas(), 1);
    }

    async fn bodies_are_refused_before_anything_else(network) {
        let world = world(&network, json!([])).await;
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
        let cases = [
            ("application/json", "{"),
            ("application/json", "\"text\""),
            ("application/json", large.as_str()),
            ("application/json; charset=klingon", "{}"),
        ];
        for (content_type, body) in cases {
            for path in ["/api/order", "/nowhere"] {
                let request = world
                    .request(&Method::POST, path)
                    .header("content-type", content_type)
                    .body(Bytes::from(body.to_owned()))
                    .expect("a request");
                let refused = world.call(request).await.expect("a reply");
                assert_eq!(refused.status, 500, "{content_type}");
                assert!(refused.body["message"].is_string());
                assert!(refused.reply.headers().get("access-control-allow-origin").is_none());
            }
        }
    }

    async fn every_reply_may_be_read_across_origins(network) {
        let world = world(&network, json!([])).await;
        for path in ["/health", "/nowhere", "/api/vendor"] {
            let request = world
                .request(&Method::GET, path)
                .header("origin", "https://pizza.example")
                .body(Bytes::new())
                .expect("a request");
            let seen = world.call(request).await.expect("a reply");
            let headers = seen.reply.headers();
            assert_eq!(headers["access-control-allow-origin"], "https://pizza.example");
            assert_eq!(headers["access-control-allow-methods"], "GET, POST, PUT, DELETE");
            assert_eq!(headers["access-control-allow-headers"], "Content-Type, Authorization");
            assert_eq!(headers["access-control-allow-credentials"], "true");
        }
        let seen = world.get("/health").await;
        assert_eq!(seen.reply.headers()["access-control-allow-origin"], "*");
    }

    async fn unknown_endpoints_and_wrong_methods_are_not_found(network) {
        let world = world(&network, json!([])).await;
        let cases = [
            (Method::GET, "/"),
            (Method::GET, "/api/order"),
            (Method::PUT, "/api/order/verify"),
            (Method::POST, "/.well-known/jwks.json"),
            (Method::OPTIONS, "/.well-known/jwks.json"),
            (Method::POST, "/api/vendor/chaos/fail"),
            (Method::OPTIONS, "/nowhere"),
        ];
        for (method, path) in cases {
            let seen = world.send(method, path, &json!({})).await;
            assert_eq!((seen.status, seen.body), (404, message("unknown endpoint")), "{path}");
        }
        let options = world.send(Method::OPTIONS, "/api/order", &json!({})).await;
        assert_eq!(options.status, 200);
        assert_eq!(options.reply.headers()["allow"], "POST");
        assert_eq!(options.reply.headers()["content-type"], "text/html; charset=utf-8");
        let head = world.send(Method::HEAD, "/api/docs/", &json!({})).await;
        assert_eq!((head.status, head.reply.body().len()), (200, 0));
    }

    async fn the_docs_list_the_endpoints(network) {
        let world = world(&network, json!([])).await;
        for (method, path) in [(Method::GET, "/api/docs"), (Method::DELETE, "/api/docs/x/y")] {
            let docs = world.send(method, path, &json!({})).await;
            assert_eq!(docs.body["message"], "welcome to JWT Pizza Factory");
            let order = &docs.body["endpoints"][0];
            for field in ["method", "path", "requiresAuth", "description", "example", "response"] {
                assert!(order.get(field).is_some(), "{field}");
            }
        }
    }

    async fn vendors_are_created_shown_and_changed(network) {
        let world = world(&network, json!([])).await;
        assert_eq!(world.get("/api/vendor/STUDENT").await.body, json!({ "exists": true }));
        assert_eq!(world.get("/api/vendor/other").await.body, json!({ "exists": false }));
        let none = world.send(Method::POST, "/api/vendor", &json!({})).await;
        assert_eq!((none.status, none.body), (400, message("Missing param. Must have ID")));
        let made = world.send(Method::POST, "/api/vendor", &json!({ "id": "other", "name": "O" })).await;
        assert_eq!(made.status, 200);
        assert_eq!((&made.body["email"], made.body.get("apiKey")), (&json!("other@byu.edu"), None));
        assert_eq!((&made.body["roles"], &made.body["connections"]), (&json!(["vendor"]), &json!({})));
        let twice = world.send(Method::POST, "/api/vendor", &json!({ "id": "OTHER" })).await;
        assert_eq!((twice.status, twice.body), (409, message("Vendor already exists")));

        let own = world.send(Method::GET, "/api/vendor", &json!({})).await;
        assert_eq!((&own.body["id"], &own.body["apiKey"]), (&json!("student"), &json!(KEY)));
        assert_eq!(own.body["created"], "2024-08-08T16:00:00.000Z");
        let unknown = world.get("/api/vendor").await;
        assert_eq!((unknown.status, unknown.body), (401, message("invalid authentication")));
        let change = json!({ "id": "student", "name": "S", "email": null });
        let changed = world.send(Method::PUT, "/api/vendor", &change).await;
        assert_eq!((&changed.body["name"], changed.body.get("email")), (&json!("S"), None));
        let no_id = world.send(Method::PUT, "/api/vendor", &json!({ "name": "S" })).await;
        assert_eq!((no_id.status, no_id.body), (400, message("Missing required parameter: id")));
        let others = world.send(Method::PUT, "/api/vendor", &json!({ "id": "other" })).await;
        assert_eq!((others.status, others.body), (401, message("Unauthorized")));
        assert_eq!(world.order(1).await.status, 200);
        let payload = &world.factory.ledger()[0].payload;
        assert!(payload.contains(r#""vendor":{"id":"student","name":"S"}"#), "{payload}");
    }

    async fn chaos_fails_orders_until_it_is_reported(network) {
        let world = world(&network, json!([])).await;
        let put = async |kind: &str| {
            world.send(Method::PUT, &format!("/api/vendor/chaos/{kind}"), &json!({})).await
        };
        let bad = put("dance").await;
        assert_eq!((bad.status, bad.body), (400, message("Invalid chaos type")));
        assert_eq!(world.get("/ready").await.status, 200);
        let none = world.get(&format!("/api/support/{KEY}/report/x")).await;
        assert_eq!((none.status, none.body), (200, message("No chaos currently executing")));

        assert_eq!(put("fail").await.body, message("Chaos initiated"));
        assert_eq!(world.get("/ready").await.status, 503);
        assert_eq!(world.get("/health").await.status, 200);
        let failed = world.send(Method::POST, "/api/order", &json!({})).await;
        assert_eq!((failed.status, &failed.body["message"]), (500, &json!("chaos monkey")));
        let wrong = world.get(&format!("/api/support/{KEY}/report/x")).await;
        assert_eq!((wrong.status, wrong.body), (400, message("Problem unresolved")));
        let stranger = world.get("/api/support/nobody/report/x").await;
        assert_eq!(stranger.body, message("No chaos currently executing"));
        let running = world.send(Method::GET, "/api/vendor", &json!({})).await;
        assert_eq!(running.body["chaos"]["type"], "fail");
        assert!(!running.body.to_string().contains("fixCode"));

        let fixed = world.follow(&failed.body["reportUrl"]).await;
        assert_eq!((fixed.status, fixed.body), (200, message("Problem resolved. Pizza is back on the menu!")));
        assert_eq!(world.order(1).await.status, 200);
        let over = world.send(Method::GET, "/api/vendor", &json!({})).await;
        let names: Vec<_> = over.body["chaos"].as_object().expect("chaos").keys().collect();
        assert_eq!(names, ["type", "initiatedDate", "startDate", "fixDate"]);
        assert_eq!(over.body["chaos"]["type"], "none");
        assert_eq!(world.pizzas(), 1);

        put("badjwt").await;
        let bad = world.send(Method::POST, "/api/order", &json!({})).await;
        assert_eq!(bad.status, 200);
        assert!(bad.body["jwt"].as_str().expect("a JWT").starts_with("dead"));
        assert!(bad.body["reportUrl"].is_string());

        put("throttle").await;
        let before = world.clock.elapsed();
        let late = world.order(2).await;
        assert!(world.clock.elapsed().since(before) >= ORDER_DELAY);
        assert!(late.body["jwt"].is_string() && late.body["reportUrl"].is_string());
        assert_eq!(world.pizzas(), 2);
    }

    async fn scheduled_chaos_waits_for_the_next_morning(network) {
        let world = world_with(&network, json!([]), |setup| {
            setup.chaos_start = ChaosStart::Scheduled;
        }).await;
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        assert_eq!(world.order(1).await.status, 200);
        let wrong = world.get(&format!("/api/support/{KEY}/report/x")).await;
        assert_eq!(wrong.status, 400);
        let vendor = world.send(Method::GET, "/api/vendor", &json!({})).await;
        let start = vendor.body["chaos"]["startDate"].as_str().expect("a date").to_owned();
        assert!(start.starts_with("2024-08-09T"), "{start}");
        if matches!(network, fake_factory::net::Network::Memory(_)) {
            world.until(30 * 3_600_000).await;
            assert_eq!(world.order(2).await.status, 500);
            assert!(world.events().iter().any(|event| matches!(event, Event::FaultStarted { .. })));
        }
    }

    async fn a_report_url_can_look_like_the_real_one(network) {
        let world = world_with(&network, json!([]), |setup| {
            setup.report_url = ReportUrl::Real;
        }).await;
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        let failed = world.order(1).await;
        let url = failed.body["reportUrl"].as_str().expect("a URL").to_owned();
        let host = world.factory.url().replace("http://", "");
        let name = host.split(':').next().expect("a name").to_owned();
        assert!(url.starts_with(&format!("https://{name}/api/support/{KEY}/report/")), "{url}");
    }

    async fn an_idempotent_factory_gives_the_same_pizza_again(network) {
        let world = world_with(&network, json!([]), |setup| setup.plan.idempotent = true).await;
        let first = world.order("a").await;
        world.until(1_100).await;
        assert_eq!(world.order("a").await.body, first.body);
        assert_ne!(world.order("b").await.body, first.body);
        assert_eq!(world.pizzas(), 2);
        let keyed = async |key: &str| {
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", KEY)
                .header("idempotency-key", key)
                .header("content-type", "application/json")
                .body(Bytes::from(json!({ "diner": {}, "order": { "items": [1] } }).to_string()))
                .expect("a request");
            world.call(request).await.expect("a reply").body
        };
        assert_eq!(keyed("k").await, keyed("k").await);
        assert_eq!(world.pizzas(), 3);
    }

    async fn the_ledger_counts_an_order_that_is_made_twice(network) {
        let world = world(&network, json!([])).await;
        world.order(7).await;
        world.order(7).await;
        let ledger = world.factory.ledger();
        assert_eq!(ledger.len(), 1);
        assert_eq!((ledger[0].count, ledger[0].order_id.as_deref()), (2, Some("7")));
        let made: Vec<_> = world.events().into_iter().filter_map(|event| match event {
            Event::PizzaMade { count, .. } => Some(count),
            _ => None,
        }).collect();
        assert_eq!(made, [1, 2]);
    }
}
