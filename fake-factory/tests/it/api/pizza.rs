//! The pizza itself: what the JWT carries, what verifies it, and the keys to do so with.

use super::{STUDENT, holds, message, refused, staffed, staffed_with};
use crate::world::{order, over_both};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA512};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use fake_factory::{Algorithm, Keys};
use http::Method;
use serde_json::{Value, json};

fn header_of(jwt: &Value) -> Value {
    let jwt = jwt.as_str().expect("a JWT");
    let header = jwt.split('.').next().expect("a part");
    serde_json::from_slice(&BASE64.decode(header).expect("base64url")).expect("JSON")
}

over_both! {
    async fn an_order_becomes_a_jwt_with_its_claims_in_the_header(network) {
        let world = staffed_with(&network, |setup| setup.algorithm = Algorithm::Rs256).await;
        let made = world.order(42).await;
        assert_eq!(made.status, 200);
        assert_eq!(made.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(made.body.as_object().map(|body| body.len()), Some(1));
        let header = header_of(&made.body["jwt"]);
        let names: Vec<_> = header.as_object().expect("a header").keys().collect();
        assert_eq!(names, ["iat", "exp", "iss", "alg", "kid"]);
        assert_eq!(header["iat"], 1_723_132_800);
        assert_eq!(header["exp"], 1_723_132_800 + 86_400);
        assert_eq!((&header["iss"], &header["alg"]), (&json!("cs329.click"), &json!("RS256")));

        let jwks = world.get("/.well-known/jwks.json").await;
        assert_eq!(jwks.body["keys"][0]["kid"], header["kid"]);
        let names: Vec<_> = jwks.body["keys"][0].as_object().expect("a key").keys().collect();
        assert_eq!(names, ["kty", "kid", "n", "e"]);
        let keys = Keys::parse(jwks.reply.body()).expect("a key set");
        let payload = keys.verify(made.body["jwt"].as_str().expect("a JWT")).expect("verifies");
        let sent = order(42);
        let expected = json!({ "vendor": { "id": "student" }, "diner": sent["diner"], "order": sent["order"] });
        assert_eq!(payload.to_string(), expected.to_string());
    }

    async fn the_vendor_in_a_pizza_has_its_name_and_what_was_sent_is_as_it_was(network) {
        let world = staffed(&network).await;
        let named = json!({ "id": "student", "name": "S" });
        assert_eq!(world.ask(Some(STUDENT), "PUT /api/vendor", &named).await.status, 200);
        let sent = json!({ "order": { "z": [1, { "é": null }], "items": "x", "a": 0.0038 }, "extra": 1, "diner": { "name": "é" } });
        let made = world.ask(Some(STUDENT), "POST /api/order", &sent).await;
        let jwt = made.body["jwt"].as_str().expect("a JWT");
        let payload = world.factory.keys().verify(jwt).expect("verifies");
        let expected = json!({ "vendor": named, "diner": sent["diner"], "order": sent["order"] });
        assert_eq!(payload.to_string(), expected.to_string());
    }

    async fn numbers_in_a_pizza_are_written_as_javascript_writes_them(network) {
        let world = staffed(&network).await;
        let sent = r#"{"diner":{"id":7.0},"order":{"id":9007199254740993,"items":[-0,1e3,1e-6,1e20,1e21]}}"#;
        let request = world
            .request(&Method::POST, "/api/order")
            .header("authorization", STUDENT)
            .header("content-type", "application/json")
            .body(Bytes::from(sent))
            .expect("a request");
        let made = world.call(request).await.expect("a reply");
        let jwt = made.body["jwt"].as_str().expect("a JWT");
        let expected = r#"{"vendor":{"id":"student"},"diner":{"id":7},"order":{"id":9007199254740992,"items":[0,1000,0.000001,100000000000000000000,1e+21]}}"#;
        let payload = jwt.split('.').nth(1).expect("a payload");
        let payload = BASE64.decode(payload).expect("base64url");
        assert_eq!(String::from_utf8(payload).expect("UTF-8"), expected);
        let verified = world.ask(None, "POST /api/order/verify", &json!({ "jwt": jwt })).await;
        assert_eq!(verified.text(), format!(r#"{{"message":"valid","payload":{expected}}}"#));
    }

    async fn a_pizza_is_verified_without_a_key_and_at_any_age(network) {
        let world = staffed(&network).await;
        let made = world.order(42).await;
        if matches!(network, fake_factory::net::Network::Memory(_)) {
            world.until(100_000_000).await;
        }
        let jwt = json!({ "jwt": made.body["jwt"] });
        let verified = world.ask(None, "POST /api/order/verify", &jwt).await;
        assert_eq!((verified.status, &verified.body["message"]), (200, &json!("valid")));
        assert_eq!(verified.body["payload"]["order"], order(42)["order"]);
    }

    async fn what_is_no_pizza_is_invalid(network) {
        let world = staffed(&network).await;
        let made = world.order(42).await;
        let jwt = made.body["jwt"].as_str().expect("a JWT");
        let (head, _) = jwt.rsplit_once('.').expect("a signature");
        for bad in [json!("dead.beef.x"), json!(format!("{head}.AAAA")), json!(head), json!(""), json!(7)] {
            let seen = world.ask(None, "POST /api/order/verify", &json!({ "jwt": bad })).await;
            assert_eq!((seen.status, seen.body), (403, message("invalid")), "{bad}");
        }
        let bodies = [json!({}), json!([]), json!(null), json!({ "jwt": null })];
        let requests = bodies.map(|body| (None, "POST /api/order/verify", body));
        holds(&world, refused(requests, 403, "invalid")).await;
    }
}

#[test]
fn keys_of_rsa_verify_rs512_too() {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let public = pair.public_key();
    let n = BASE64.encode(public.modulus().big_endian_without_leading_zero());
    let e = BASE64.encode(public.exponent().big_endian_without_leading_zero());
    let set = json!({ "keys": [{ "kty": "RSA", "kid": "k", "n": n, "e": e }] });
    let header = BASE64.encode(r#"{"alg":"RS512","kid":"k"}"#);
    let text = format!("{header}.{}", BASE64.encode(r#"{"a":1}"#));
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA512, &random, text.as_bytes(), &mut signature)
        .expect("signs");
    let jwt = format!("{text}.{}", BASE64.encode(signature));
    let keys = Keys::from_value(&set).expect("a key set");
    assert_eq!(keys.verify(&jwt), Ok(json!({ "a": 1 })));
}
