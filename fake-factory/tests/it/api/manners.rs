//! What is true of every path: unknown endpoints, OPTIONS, HEAD, cross-origin headers, slashes, case, percent signs, and what Express
//! adds by itself.

use super::{STUDENT, holds, message, refused, staffed};
use crate::world::over_both;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

over_both! {
    async fn anything_else_or_a_wrong_method_is_unknown(network) {
        let world = staffed(&network).await;
        let requests = [
            "GET /",
            "GET /api",
            "GET /nowhere",
            "GET /api/nowhere",
            "GET /api/order",
            "PUT /api/order",
            "GET /api/order/verify",
            "PUT /api/order/verify",
            "POST /.well-known/jwks.json",
            "OPTIONS /.well-known/jwks.json",
            "DELETE /api/vendor",
            "POST /api/vendor/chaos/fail",
            "GET /api/vendor/chaos/fail",
            "PUT /api/vendor/code",
            "PUT /api/vendor/auth",
            "DELETE /api/vendor/connect",
            "POST /api/vendor/student",
            "POST /api/support/k/report/c",
            "POST /api/admin/vendors",
            "GET /api/admin/role",
            "GET /api/admin/vendor",
            "PUT /api/admin/vendor",
            "PUT /api/badge/a/b",
            "GET /api/badge/a",
            "GET /api/log",
            "OPTIONS /nowhere",
            "OPTIONS /api",
            "PATCH /api/order",
        ];
        let requests = requests.map(|request| (Some(STUDENT), request, json!(null)));
        holds(&world, refused(requests, 404, "unknown endpoint")).await;
    }

    async fn options_lists_the_methods_of_a_known_route(network) {
        let world = staffed(&network).await;
        let routes = [
            ("/api/order", "POST"),
            ("/api/order/", "POST"),
            ("/api/order/verify", "POST"),
            ("/api/vendor", "GET,HEAD,POST,PUT"),
            ("/api/vendor/student", "GET,HEAD"),
            ("/api/vendor/code", "GET,HEAD,POST"),
            ("/api/vendor/auth", "GET,HEAD,POST"),
            ("/api/vendor/connect", "GET,HEAD,POST,PUT"),
            ("/api/vendor/chaos/fail", "PUT"),
            ("/api/support/k/report/c", "GET,HEAD"),
            ("/api/admin/vendors", "GET,HEAD"),
            ("/api/admin/role", "PUT"),
            ("/api/admin/vendor", "DELETE"),
            ("/api/badge/a/b", "GET,HEAD,POST"),
            ("/api/log", "PUT,POST"),
        ];
        for (path, methods) in routes {
            let seen = world.ask(None, &format!("OPTIONS {path}"), &Value::Null).await;
            assert_eq!((seen.status, seen.text(), seen.header("allow")), (200, methods, methods), "{path}");
            assert_eq!(seen.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(seen.header("access-control-allow-methods"), "GET, POST, PUT, DELETE");
        }
    }

    async fn head_is_get_without_a_body(network) {
        let world = staffed(&network).await;
        let paths = [
            "/api/docs",
            "/.well-known/jwks.json",
            "/api/vendor",
            "/api/vendor/student",
            "/api/badge/a/b",
            "/api/support/k/report/c",
            "/api/order",
            "/nowhere",
        ];
        for path in paths {
            let get = world.ask(Some(STUDENT), &format!("GET {path}"), &Value::Null).await;
            let head = world.ask(Some(STUDENT), &format!("HEAD {path}"), &Value::Null).await;
            assert_eq!((head.status, head.text()), (get.status, ""), "{path}");
            for name in ["content-type", "content-length", "etag"] {
                assert_eq!(head.header(name), get.header(name), "{path} {name}");
                assert!(!head.header(name).is_empty(), "{path} {name}");
            }
        }
    }

    async fn every_reply_may_be_read_across_origins(network) {
        let world = staffed(&network).await;
        for path in ["/health", "/nowhere", "/api/vendor", "/api/docs", "/api/vendor/%zz"] {
            let request = world
                .request(&Method::GET, path)
                .header("origin", "https://pizza.example")
                .body(Bytes::new())
                .expect("a request");
            let seen = world.call(request).await.expect("a reply");
            assert_eq!(seen.header("access-control-allow-origin"), "https://pizza.example");
            assert_eq!(seen.header("access-control-allow-methods"), "GET, POST, PUT, DELETE");
            assert_eq!(seen.header("access-control-allow-headers"), "Content-Type, Authorization");
            assert_eq!(seen.header("access-control-allow-credentials"), "true");
            assert_eq!(world.get(path).await.header("access-control-allow-origin"), "*");
        }
    }

    async fn case_and_a_trailing_slash_do_not_matter(network) {
        let world = staffed(&network).await;
        let exists = json!({ "exists": true });
        let docs = world.get("/api/docs").await.body;
        holds(&world, [
            (None, "GET /API/Vendor/Student/", json!(null), 200, exists.clone()),
            (None, "GET /api//vendor/student", json!(null), 200, exists.clone()),
            (None, "GET /api/vendor/student?a=b", json!(null), 200, exists),
            (None, "GET /api/DOCS/", json!(null), 200, docs),
            (None, "GET /api/vendor/student//", json!(null), 404, message("unknown endpoint")),
            (Some(STUDENT), "POST /Api/Order/", json!({}), 400, message("Missing required parameters")),
            (None, "POST /api/order/Verify/", json!({}), 403, message("invalid")),
        ]).await;
    }

    async fn parameters_are_decoded_and_paths_are_not(network) {
        let world = staffed(&network).await;
        let invalid = message("Failed to decode param '%zz'");
        holds(&world, [
            (None, "GET /api/vendor/%73tudent", json!(null), 200, json!({ "exists": true })),
            (None, "GET /api/vendor/a%2Fb", json!(null), 200, json!({ "exists": false })),
            (None, "GET /api/vendor/%zz", json!(null), 500, invalid.clone()),
            (Some(STUDENT), "PUT /api/vendor/chaos/%zz", json!(null), 500, invalid),
            (Some(STUDENT), "PUT /api/vendor/chaos/%66ail", json!(null), 200, message("Chaos initiated")),
            (Some(STUDENT), "POST /api/%6Frder", json!({}), 404, message("unknown endpoint")),
        ]).await;
    }

    async fn express_names_itself_and_tags_what_it_sends(network) {
        let world = staffed(&network).await;
        let seen = world.get("/api/vendor/student").await;
        assert_eq!(seen.header("x-powered-by"), "Express");
        // Of `{"exists":true}`.
        assert_eq!(seen.header("etag"), "W/\"f-lWSD52foMX4qLT82tweJE091S9Q\"");
        let again = world
            .request(&Method::GET, "/api/vendor/student")
            .header("if-none-match", seen.header("etag"))
            .body(Bytes::new())
            .expect("a request");
        let again = world.call(again).await.expect("a reply");
        assert_eq!((again.status, again.text(), again.header("content-type")), (304, "", ""));
        let missing = world.get("/nowhere").await;
        assert_eq!((missing.status, missing.header("x-powered-by")), (404, "Express"));
    }
}
