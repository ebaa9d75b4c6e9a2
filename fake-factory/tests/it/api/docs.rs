//! ANY /api/docs and below.

use super::staffed;
use crate::world::over_both;
use serde_json::Value;

over_both! {
    async fn the_docs_are_there_for_any_method_and_below(network) {
        let world = staffed(&network).await;
        for request in [
            "GET /api/docs",
            "POST /api/docs",
            "DELETE /api/docs/x/y",
            "OPTIONS /api/docs",
            "GET /api/docs/a/b/c/d/e/f/",
        ] {
            let docs = world.ask(None, request, &Value::Null).await;
            assert_eq!(docs.status, 200, "{request}");
            assert_eq!(docs.body["message"], "welcome to JWT Pizza Factory");
            assert!(docs.body["version"].is_string());
        }
    }

    async fn every_endpoint_is_listed_with_an_example(network) {
        let world = staffed(&network).await;
        let docs = world.get("/api/docs").await.body;
        let endpoints = docs["endpoints"].as_array().expect("a list");
        let text = |endpoint: &Value, name: &str| endpoint[name].as_str().expect("a text").to_owned();
        let mut listed = Vec::new();
        for endpoint in endpoints {
            assert!(endpoint["requiresAuth"].is_boolean(), "{endpoint}");
            assert!(endpoint.get("response").is_some(), "{endpoint}");
            assert!(!text(endpoint, "description").is_empty(), "{endpoint}");
            assert!(text(endpoint, "example").starts_with("curl "), "{endpoint}");
            listed.push(format!("{} {}", text(endpoint, "method"), text(endpoint, "path")));
        }
        let all = [
            "POST /api/order",
            "POST /api/order/verify",
            "GET /.well-known/jwks.json",
            "GET /api/vendor",
            "POST /api/vendor",
            "PUT /api/vendor",
            "GET /api/vendor/:id",
            "POST /api/vendor/code",
            "POST /api/vendor/auth",
            "POST /api/vendor/connect",
            "PUT /api/vendor/connect",
            "PUT /api/vendor/chaos/:type",
            "GET /api/support/:apiKey/report/:fixCode",
            "GET /api/admin/vendors",
            "PUT /api/admin/role",
            "DELETE /api/admin/vendor",
            "GET /api/badge/:account/:badge",
            "POST /api/badge/:account/:badge",
            "POST /api/log",
            "PUT /api/log",
            "GET /health",
            "GET /ready",
        ];
        for endpoint in all {
            assert!(listed.iter().any(|listed| listed == endpoint), "{endpoint}");
        }
    }
}
