//! POST /api/vendor/code and POST /api/vendor/auth.

use super::{STUDENT, holds, message, refused, staffed};
use crate::world::{World, over_both};
use serde_json::{Value, json};

/// The code that the vendor called `id` was sent last.
fn code_of(world: &World, id: &str) -> String {
    let codes = world.factory.login_codes();
    let own = codes.into_iter().find(|(vendor, _)| &**vendor == id);
    own.expect("a code").1
}

over_both! {
    async fn a_code_gets_a_new_vendor_its_key_as_often_as_it_is_used(network) {
        let world = staffed(&network).await;
        world.ask(None, "POST /api/vendor", &json!({ "id": "new", "email": "new@x.org" })).await;
        assert_eq!(world.factory.login_codes(), []);
        let sent = json!({ "email": "new@x.org" });
        holds(&world, [(None, "POST /api/vendor/code", json!({ "id": "NEW" }), 200, sent)]).await;
        let code = code_of(&world, "new");
        assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
        for _ in 0..2 {
            let vendor = world.ask(None, "POST /api/vendor/auth", &json!({ "id": "new", "code": code })).await;
            assert_eq!((vendor.status, &vendor.body["id"]), (200, &json!("new")));
            let key = vendor.body["apiKey"].as_str().expect("a key");
            let own = world.ask(Some(key), "GET /api/vendor", &Value::Null).await;
            assert_eq!((own.status, own.body), (200, vendor.body.clone()));
        }
    }

    async fn the_latest_code_is_the_one(network) {
        let world = staffed(&network).await;
        let asks = json!({ "id": "student" });
        world.ask(None, "POST /api/vendor/code", &asks).await;
        let first = code_of(&world, "student");
        world.ask(None, "POST /api/vendor/code", &asks).await;
        let second = code_of(&world, "student");
        assert_ne!(first, second);
        let log_in = |code: &str| json!({ "id": "student", "code": code });
        let old = world.ask(None, "POST /api/vendor/auth", &log_in(&first)).await;
        assert_eq!((old.status, old.body), (401, message("Invalid code")));
        let new = world.ask(None, "POST /api/vendor/auth", &log_in(&second)).await;
        assert_eq!((new.status, &new.body["apiKey"]), (200, &json!(STUDENT)));
    }

    async fn nobody_is_sent_a_code_or_logs_in(network) {
        let world = staffed(&network).await;
        let unknown = [json!({ "id": "nobody" }), json!({}), json!(null), json!([]), json!({ "id": 7 })];
        for request in ["POST /api/vendor/code", "POST /api/vendor/auth"] {
            let unknown = unknown.clone().map(|body| (None, request, body));
            holds(&world, refused(unknown, 404, "Vendor not found")).await;
        }
    }

    async fn a_wrong_code_is_invalid(network) {
        let world = staffed(&network).await;
        world.ask(None, "POST /api/vendor/code", &json!({ "id": "other" })).await;
        let others = code_of(&world, "Other");
        let wrong = [
            json!({ "id": "other", "code": "wrong" }),
            json!({ "id": "other" }),
            json!({ "id": "other", "code": null }),
            json!({ "id": "student", "code": others }),
            json!({ "id": "student", "code": "" }),
        ];
        let wrong = wrong.map(|body| (None, "POST /api/vendor/auth", body));
        holds(&world, refused(wrong, 401, "Invalid code")).await;
    }
}
