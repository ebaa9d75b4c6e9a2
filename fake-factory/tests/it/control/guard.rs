//! Who may control a factory, and how requests that make no sense are refused.

use crate::world::{Seen, World, control_address, controlled, over_both, world_with};
use bytes::Bytes;
use fake_factory::net::Network;
use fake_factory::{ControlError, ControlSetup, StartError};
use http::Method;
use serde_json::json;

const TOKEN: &str = "s3cret";

async fn with_token(network: &Network) -> World {
    world_with(network, json!([]), |setup| {
        setup.control = Some(ControlSetup {
            address: control_address(network).to_owned(),
            token: Some(TOKEN.to_owned()),
        });
    })
    .await
}

async fn get_with(world: &World, path: &str, name: &str, value: &str) -> Seen {
    let request = world
        .control_request(&Method::GET, path)
        .header(name, value)
        .body(Bytes::new())
        .expect("a request");
    world.call(request).await.expect("a reply")
}

over_both! {
    async fn a_token_is_asked_for_below_control_alone(network) {
        let world = with_token(&network).await;
        assert_eq!(world.control(Method::GET, "/").await.status, 200);
        for path in ["/control/state", "/control/none", "/control/faults/stop"] {
            let refused = world.control(Method::GET, path).await;
            assert_eq!(refused.status, 401, "{path}");
            assert_eq!(refused.body["message"], "the token is missing", "{path}");
            assert_eq!(refused.reply.headers()["www-authenticate"], "Bearer", "{path}");
        }
        let wrong = get_with(&world, "/control/state", "authorization", "Bearer s3creT").await;
        assert_eq!((wrong.status, &wrong.body["field"]), (401, &json!("Authorization")));
        let right = get_with(&world, "/control/state", "authorization", &format!("Bearer {TOKEN}")).await;
        assert_eq!(right.status, 200);
    }

    async fn a_page_from_elsewhere_is_refused(network) {
        let world = controlled(&network, json!([])).await;
        let url = world.factory.control_url().expect("a control");
        assert_eq!(get_with(&world, "/control/state", "origin", &url).await.status, 200);
        for origin in ["http://evil.example", "null", &world.factory.url()] {
            let refused = get_with(&world, "/control/state", "origin", origin).await;
            assert_eq!((refused.status, &refused.body["field"]), (403, &json!("Origin")), "{origin}");
        }
    }

    async fn a_name_that_leads_here_is_not_enough(network) {
        let world = controlled(&network, json!([])).await;
        assert_eq!(get_with(&world, "/control/state", "host", "localhost:4001").await.status, 200);
        for host in ["rebound.example", "rebound.example:4001"] {
            for path in ["/", "/control/state"] {
                let refused = get_with(&world, path, "host", host).await;
                assert_eq!((refused.status, &refused.body["field"]), (403, &json!("Host")), "{host}");
            }
        }
    }

    async fn unknown_paths_and_methods_are_told(network) {
        let world = controlled(&network, json!([])).await;
        for path in ["/control", "/control/", "/control/nothing", "/favicon.ico"] {
            let unknown = world.control(Method::GET, path).await;
            assert_eq!((unknown.status, unknown.body), (404, json!({ "message": "unknown endpoint" })), "{path}");
        }
        let cases = [
            (Method::DELETE, "/control/state", "GET,HEAD"),
            (Method::GET, "/control/reset", "POST"),
            (Method::PATCH, "/control/faults", "GET,HEAD,POST"),
            (Method::POST, "/control/scenario", "PUT"),
            (Method::POST, "/", "GET,HEAD"),
        ];
        for (method, path, allow) in cases {
            let refused = world.control(method, path).await;
            assert_eq!(refused.status, 405, "{path}");
            assert_eq!(refused.reply.headers()["allow"], allow, "{path}");
            assert!(refused.body["message"].is_string(), "{path}");
            let options = world.control(Method::OPTIONS, path).await;
            assert_eq!(options.status, 204, "{path}");
            assert_eq!(options.reply.headers()["allow"], allow, "{path}");
            assert!(options.reply.body().is_empty(), "{path}");
        }
        let head = world.control(Method::HEAD, "/control/state").await;
        assert_eq!((head.status, head.reply.body().len()), (200, 0));
    }

    async fn parameters_that_mean_nothing_are_refused_by_name(network) {
        let world = controlled(&network, json!([])).await;
        let cases = [
            ("/control/state?verbose=1", "verbose", "unknown parameter `verbose`"),
            ("/control/ledger?vendr=a", "vendr", "unknown parameter `vendr`"),
            ("/control/ledger?limit=1&limit=2", "limit", "the parameter `limit` is given twice"),
            ("/control/ledger?limit=1001", "limit", "expected a whole number from 0 to 1000, found `1001`"),
            ("/control/ledger?limit=-1", "limit", "expected a whole number from 0 to 1000, found `-1`"),
            ("/control/ledger?limit=", "limit", "expected a whole number from 0 to 1000, found ``"),
        ];
        for (path, field, message) in cases {
            let refused = world.control(Method::GET, path).await;
            assert_eq!(refused.status, 400, "{path}");
            assert_eq!((&refused.body["field"], &refused.body["message"]), (&json!(field), &json!(message)), "{path}");
        }
        let near = world.control(Method::GET, "/control/ledger?vendr=a").await;
        assert_eq!(near.body["help"], "did you mean `vendor`?");
        let offset = world.control(Method::GET, "/control/ledger?offset=1e3").await;
        assert_eq!((offset.status, &offset.body["field"]), (400, &json!("offset")));
    }

    async fn the_page_is_whole_and_talks_to_its_factory_alone(network) {
        let world = controlled(&network, json!([])).await;
        let page = world.control(Method::GET, "/").await;
        assert_eq!(page.status, 200);
        let headers = page.reply.headers();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-store");
        let policy = headers["content-security-policy"].to_str().expect("text");
        let allowed = format!("connect-src 'self' {} https://", world.factory.url());
        assert!(policy.contains("default-src 'none'") && policy.contains(&allowed), "{policy}");
        let text = String::from_utf8_lossy(page.reply.body());
        assert!(text.starts_with("<!doctype html>") && text.ends_with("start();\n</script>\n"), "{text}");
    }
}

#[tokio::test]
async fn a_control_that_others_could_reach_needs_a_token() {
    let started = |address: &'static str, token: Option<&'static str>| async move {
        let mut setup = fake_factory::Setup::new(
            "headquarters",
            fake_factory::clock::Clock::starting_at(
                "2024-08-08T16:00:00Z".parse().expect("a time"),
            ),
            fake_factory::seed::Seed::new(329),
            Network::Tcp,
            "127.0.0.1:0",
        );
        setup.algorithm = fake_factory::Algorithm::EdDsa;
        setup.control = Some(ControlSetup {
            address: address.to_owned(),
            token: token.map(str::to_owned),
        });
        fake_factory::Factory::start(setup)
            .await
            .map(|factory| factory.control_url())
    };
    let refused = started("0.0.0.0:0", None).await.expect_err("it is refused");
    assert!(
        matches!(
            refused,
            StartError::Control(ControlError::TokenNeeded { .. })
        ),
        "{refused}"
    );
    let short = started("0.0.0.0:0", Some(TOKEN))
        .await
        .expect_err("it is refused");
    assert!(
        matches!(short, StartError::Control(ControlError::Token(_))),
        "{short}"
    );
    let long = started("0.0.0.0:0", Some("correct-horse-battery"));
    let url = long.await.expect("it starts");
    assert!(url.expect("a control").starts_with("http://127.0.0.1:"));
    for token in [None, Some(TOKEN)] {
        assert!(started("localhost:0", token).await.is_ok());
    }
}
