//! Bodies that are refused while they are read: on any path, before the key is looked at, and without the cross-origin headers.

use super::{ADMIN, STUDENT, message, staffed};
use crate::world::{Seen, World, order, over_both};
use bytes::Bytes;
use flate2::Compression;
use flate2::read::{GzEncoder, ZlibEncoder};
use http::Method;
use std::io::Read;

async fn post(world: &World, path: &str, content_type: &str, body: impl AsRef<[u8]>) -> Seen {
    let request = world
        .request(&Method::POST, path)
        .header("authorization", STUDENT)
        .header("content-type", content_type)
        .body(Bytes::copy_from_slice(body.as_ref()))
        .expect("a request");
    world.call(request).await.expect("a reply")
}

fn gzip(body: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    GzEncoder::new(body.as_bytes(), Compression::default())
        .read_to_end(&mut packed)
        .expect("compresses");
    packed
}

fn deflate(body: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    ZlibEncoder::new(body.as_bytes(), Compression::default())
        .read_to_end(&mut packed)
        .expect("compresses");
    packed
}

over_both! {
    async fn what_is_no_json_is_refused_on_any_path(network) {
        let world = staffed(&network).await;
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(100 * 1024));
        let huge = format!("{{\"a\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
        let cases = [
            ("application/json", "{"),
            ("application/json", "{]"),
            ("application/json", "\"text\""),
            ("application/json", "7"),
            ("application/json", "null"),
            ("application/json", " "),
            ("application/json", large.as_str()),
            ("application/json", huge.as_str()),
            ("application/json; charset=klingon", "{}"),
            ("application/json; charset=utf8", "{}"),
            ("application/json; charset=\"iso-8859-1\"", "{}"),
        ];
        for (content_type, body) in cases {
            for path in ["/api/order", "/api/vendor", "/nowhere", "/.well-known/jwks.json"] {
                let refused = post(&world, path, content_type, body).await;
                assert_eq!(refused.status, 500, "{content_type} {path}");
                assert_eq!(refused.header("content-type"), "application/json; charset=utf-8");
                assert!(refused.body["message"].is_string());
                assert_eq!(refused.header("access-control-allow-origin"), "");
            }
        }
        assert_eq!(world.order(1).await.status, 200, "the connection is still good");
    }

    async fn a_body_of_a_get_is_read_too(network) {
        let world = staffed(&network).await;
        let request = world
            .request(&Method::GET, "/api/docs")
            .header("content-type", "application/json")
            .body(Bytes::from("{"))
            .expect("a request");
        assert_eq!(world.call(request).await.expect("a reply").status, 500);
    }

    async fn json_is_json_by_its_content_type_alone(network) {
        let world = staffed(&network).await;
        let good = order(1).to_string();
        for json in [
            "application/json",
            "Application/JSON",
            "application/json;charset=UTF-8",
            "application/json; charset=\"utf-8\"; x=y",
        ] {
            assert_eq!(post(&world, "/api/order", json, &good).await.status, 200, "{json}");
        }
        for other in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/vnd.api+json",
            "application/json, text/plain",
            "text/plain; charset=klingon",
        ] {
            let seen = post(&world, "/api/order", other, &good).await;
            assert_eq!((seen.status, seen.body), (400, message("Missing required parameters")), "{other}");
            // What is not called JSON is not read as such either.
            assert_eq!(post(&world, "/api/order", other, "{").await.status, 400, "{other}");
        }
        let marked = format!("\u{feff}{good}");
        assert_eq!(post(&world, "/api/order", "application/json", &marked).await.status, 200);
    }

    async fn every_form_of_unicode_is_taken(network) {
        let world = staffed(&network).await;
        for (charset, units) in [("utf-16", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("utf-16be", u16::to_be_bytes)] {
            let bytes: Vec<u8> = order(1).to_string().encode_utf16().flat_map(units).collect();
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", STUDENT)
                .header("content-type", format!("application/json; charset={charset}"))
                .body(Bytes::from(bytes))
                .expect("a request");
            assert_eq!(world.call(request).await.expect("a reply").status, 200, "{charset}");
        }
    }

    async fn a_body_is_read_as_javascript_reads_it(network) {
        let world = staffed(&network).await;
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let of_deep = |levels| format!(r#"{{"diner":{},"order":{{"items":"x"}}}}"#, deep(levels));
        let rest = r#""order":{"items":"x"}"#;
        for (sent, written) in [
            (
                &b"{\"diner\":{\"name\":\"\xff\"},\"order\":{\"items\":\"x\",\"10\":1,\"2\":2}}"[..],
                "\"diner\":{\"name\":\"\u{fffd}\"},\"order\":{\"2\":2,\"10\":1,\"items\":\"x\"}",
            ),
            (
                br#"{ "order": {"items": 1e400, "items": "\ud83c"}, "x": 1, "diner": "\uD83C\uDF55\udf55" }"#,
                r#""diner":"🍕\udf55","order":{"items":"\ud83c"}"#,
            ),
            (
                br#"{"diner":1e400,"order":{"items":"x","prices":[0.10,1e21,-1e400]}}"#,
                r#""diner":null,"order":{"items":"x","prices":[0.1,1e+21,null]}"#,
            ),
            (of_deep(3_999).as_bytes(), &format!(r#""diner":{},{rest}"#, deep(3_999))),
        ] {
            let made = post(&world, "/api/order", "application/json", sent.to_vec()).await;
            assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(sent));
            let jwt = serde_json::json!({ "jwt": made.body["jwt"] });
            let verified = world.ask(None, "POST /api/order/verify", &jwt).await;
            let payload = format!(r#"{{"vendor":{{"id":"student"}},{written}}}"#);
            assert_eq!(verified.text(), format!(r#"{{"message":"valid","payload":{payload}}}"#));
        }
        // Read it is, at any depth; Node.js runs out of its stack when it writes it.
        let refused = post(&world, "/api/order", "application/json", of_deep(40_000)).await;
        let expected = message("Maximum call stack size exceeded");
        assert_eq!((refused.status, refused.body), (500, expected));
        let none = post(&world, "/api/order", "application/json", deep(50_000)).await;
        assert_eq!((none.status, none.body), (400, message("Missing required parameters")));
    }

    async fn how_deep_a_body_nests_matters_only_where_it_is_kept(network) {
        let world = staffed(&network).await;
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let send = async |key: Option<&str>, endpoint: &str, body: String| {
            let (method, path) = endpoint.split_once(' ').expect("a method and a path");
            let request = world.request(&method.parse().expect("a method"), path);
            let request = match key {
                Some(key) => request.header("authorization", key),
                None => request,
            };
            let request = request
                .header("content-type", "application/json")
                .body(Bytes::from(body))
                .expect("a request");
            world.call(request).await.expect("a reply")
        };
        let of_id = format!(r#"{{"id":"deep","roles":["vendor"],"x":{}}}"#, deep(5_000));
        for (key, endpoint, body, status, told) in [
            (None, "POST /api/nowhere", deep(5_000), 404, "unknown endpoint"),
            (None, "PUT /api/vendor", deep(5_000), 401, "invalid authentication"),
            (None, "PUT /api/log", deep(5_000), 401, "invalid authentication"),
            (None, "POST /api/order/verify", deep(5_000), 403, "invalid"),
            (Some(STUDENT), "PUT /api/vendor/connect", deep(5_000), 200, ""),
            (Some(STUDENT), "PUT /api/vendor/chaos/none", deep(5_000), 400, "Invalid chaos type"),
            (None, "POST /api/vendor", of_id.clone(), 200, ""),
            (Some(ADMIN), "PUT /api/admin/role", of_id, 200, ""),
            (
                Some(STUDENT),
                "PUT /api/vendor",
                format!(r#"{{"id":"student","name":{}}}"#, deep(101)),
                400,
                "a detail of a vendor nests at most 100 levels deep",
            ),
            (
                Some(ADMIN),
                "PUT /api/log",
                format!(r#"{{"message":{}}}"#, deep(4_001)),
                500,
                "Maximum call stack size exceeded",
            ),
        ] {
            let reply = send(key, endpoint, body).await;
            assert_eq!(reply.status, status, "{endpoint}");
            assert_eq!(reply.body["message"].as_str().unwrap_or_default(), told, "{endpoint}");
        }
        let said = format!(r#"{{"message":{}}}"#, deep(4_000));
        assert_eq!(send(Some(ADMIN), "PUT /api/log", said).await.text(), deep(4_000));
        let received = send(Some(STUDENT), "POST /api/log", deep(5_000)).await;
        assert_eq!((received.status, received.text()), (200, &*deep(4_000)));
    }

    async fn a_body_may_come_compressed(network) {
        let world = staffed(&network).await;
        let send = async |encoding: &str, body: Vec<u8>| {
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", STUDENT)
                .header("content-type", "application/json")
                .header("content-encoding", encoding)
                .body(Bytes::from(body))
                .expect("a request");
            world.call(request).await.expect("a reply")
        };
        let good = order(1).to_string();
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(100 * 1024));
        assert_eq!(send("GZIP", gzip(&good)).await.status, 200);
        assert_eq!(send("deflate", deflate(&good)).await.status, 200);
        assert_eq!(send("identity", good.clone().into_bytes()).await.status, 200);
        for (encoding, body) in [
            ("gzip", gzip(&large)),
            ("deflate", deflate(&large)),
            ("gzip", gzip("{")),
            ("gzip", deflate(&good)),
            ("deflate", good.clone().into_bytes()),
            ("br", gzip(&good)),
        ] {
            let refused = send(encoding, body).await;
            assert_eq!(refused.status, 500, "{encoding}");
            assert!(refused.body["message"].is_string(), "{encoding}");
            assert_eq!(refused.header("access-control-allow-origin"), "");
        }
        assert_eq!(world.order(1).await.status, 200, "the connection is still good");
    }

    async fn a_body_of_just_100_kb_is_read(network) {
        let world = staffed(&network).await;
        let body = format!("{{\"a\":\"{}\"}}", "x".repeat(100 * 1024 - 8));
        assert_eq!(body.len(), 100 * 1024);
        let seen = post(&world, "/api/order", "application/json", &body).await;
        assert_eq!((seen.status, seen.body), (400, message("Missing required parameters")));
        let more = post(&world, "/api/order", "application/json", &format!("{body} ")).await;
        assert_eq!(more.status, 500);
    }
}
