//! GET /api/vendor/:id, and GET, POST and PUT /api/vendor.

use super::{ADMIN, OTHER, STUDENT, holds, message, refused, staffed};
use crate::world::over_both;
use serde_json::{Value, json};

const NOBODY: Option<&str> = None;

over_both! {
    async fn whether_a_vendor_exists_is_told_without_regard_to_case(network) {
        let world = staffed(&network).await;
        let exists = |exists: bool| json!({ "exists": exists });
        holds(&world, [
            (NOBODY, "GET /api/vendor/student", json!(null), 200, exists(true)),
            (NOBODY, "GET /api/vendor/STUDENT", json!(null), 200, exists(true)),
            (NOBODY, "GET /api/vendor/other", json!(null), 200, exists(true)),
            (NOBODY, "GET /api/vendor/nobody", json!(null), 200, exists(false)),
            (NOBODY, "GET /api/vendor/code", json!(null), 200, exists(false)),
            (NOBODY, "GET /api/vendor/connect", json!(null), 200, exists(false)),
            (NOBODY, "GET /api/vendor/chaos", json!(null), 200, exists(false)),
        ]).await;
    }

    async fn a_vendor_sees_itself_with_its_key(network) {
        let world = staffed(&network).await;
        let student = json!({
            "id": "student",
            "apiKey": STUDENT,
            "created": "2024-08-08T16:00:00.000Z",
            "email": "student@byu.edu",
            "roles": ["vendor"],
            "connections": {},
        });
        holds(&world, [(Some(STUDENT), "GET /api/vendor", json!(null), 200, student)]).await;
        let admin = world.ask(Some(ADMIN), "GET /api/vendor", &Value::Null).await;
        assert_eq!(admin.body["roles"], json!(["admin", "vendor"]));
        let strangers = [NOBODY, Some("wrong")].map(|key| (key, "GET /api/vendor", json!(null)));
        holds(&world, refused(strangers, 401, "invalid authentication")).await;
    }

    async fn a_new_vendor_is_shown_without_its_key(network) {
        let world = staffed(&network).await;
        let asked = json!({ "id": "new", "name": "N", "gitHubUrl": "g", "website": "w", "phone": "p", "email": "e@x.org" });
        let made = world.ask(NOBODY, "POST /api/vendor", &asked).await;
        assert_eq!(made.status, 200);
        for (name, value) in asked.as_object().expect("an object") {
            assert_eq!(&made.body[name], value, "{name}");
        }
        assert_eq!((made.body.get("apiKey"), &made.body["roles"]), (None, &json!(["vendor"])));
        assert!(made.body["created"].is_string());

        let bare = world.ask(NOBODY, "POST /api/vendor", &json!({ "id": "bare", "apiKey": "mine", "roles": ["admin"] })).await;
        assert_eq!((bare.status, &bare.body["email"]), (200, &json!("bare@byu.edu")));
        assert_eq!((bare.body.get("apiKey"), &bare.body["roles"]), (None, &json!(["vendor"])));
        let bare = json!({ "exists": true });
        holds(&world, [(NOBODY, "GET /api/vendor/BARE", json!(null), 200, bare)]).await;

        let all = world.ask(Some(ADMIN), "GET /api/admin/vendors", &Value::Null).await.body;
        for vendor in all.as_array().expect("a list") {
            let key = vendor["apiKey"].as_str().expect("a key");
            assert!(key.len() >= 16 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
        }
    }

    async fn a_vendor_needs_an_id_that_nobody_has(network) {
        let world = staffed(&network).await;
        let none = [json!(null), json!({}), json!([]), json!({ "id": "" }), json!({ "id": null }), json!({ "name": "x" })];
        let none = none.map(|body| (NOBODY, "POST /api/vendor", body));
        holds(&world, refused(none, 400, "Missing param. Must have ID")).await;
        let taken = ["student", "STUDENT", "other"].map(|id| (NOBODY, "POST /api/vendor", json!({ "id": id })));
        holds(&world, refused(taken, 409, "Vendor already exists")).await;
        let long = world.ask(NOBODY, "POST /api/vendor", &json!({ "id": "x".repeat(2_000) })).await;
        assert_eq!(long.status, 400);
        assert!(long.body["message"].as_str().expect("a text").contains("at most 1024 characters"));
    }

    async fn a_vendor_changes_itself_and_null_removes(network) {
        let world = staffed(&network).await;
        let change = json!({ "id": "student", "name": "S", "phone": "1", "email": null, "apiKey": "mine", "roles": ["admin"] });
        let changed = world.ask(Some(STUDENT), "PUT /api/vendor", &change).await;
        assert_eq!((changed.status, &changed.body["name"]), (200, &json!("S")));
        let removed = world.ask(Some(STUDENT), "PUT /api/vendor", &json!({ "id": "student", "phone": null })).await;
        let kept = json!({
            "id": "student",
            "apiKey": STUDENT,
            "created": "2024-08-08T16:00:00.000Z",
            "name": "S",
            "roles": ["vendor"],
            "connections": {},
        });
        assert_eq!((removed.status, &removed.body), (200, &kept));
        holds(&world, [(Some(STUDENT), "GET /api/vendor", json!(null), 200, kept)]).await;
    }

    async fn a_change_is_checked_in_the_order_of_the_real_factory(network) {
        let world = staffed(&network).await;
        let put = |key, body| (key, "PUT /api/vendor", body);
        holds(&world, refused([put(NOBODY, json!({ "id": "student" })), put(Some("wrong"), json!({}))], 401, "invalid authentication")).await;
        let no_id = [json!({}), json!(null), json!([]), json!({ "name": "S" })].map(|body| put(Some(STUDENT), body));
        holds(&world, refused(no_id, 400, "Missing required parameter: id")).await;
        let others = ["other", "root", "nobody"].map(|id| put(Some(STUDENT), json!({ "id": id, "name": "S" })));
        holds(&world, refused(others, 401, "Unauthorized")).await;
        let unknown = [put(Some(ADMIN), json!({ "id": "nobody", "name": "S" }))];
        holds(&world, refused(unknown, 404, "Vendor not found")).await;
        let by_admin = world.ask(Some(ADMIN), "PUT /api/vendor", &json!({ "id": "OTHER", "name": "O" })).await;
        assert_eq!((by_admin.status, &by_admin.body["id"], &by_admin.body["name"]), (200, &json!("Other"), &json!("O")));
        let other = world.ask(Some(OTHER), "GET /api/vendor", &Value::Null).await;
        assert_eq!(other.body["name"], "O");
        let long = world.ask(Some(OTHER), "PUT /api/vendor", &json!({ "id": "other", "name": null, "phone": "x".repeat(2_000) })).await;
        assert_eq!((long.status, long.body), (400, message("an id, detail or purpose of a vendor has at most 1024 characters")));
        let other = world.ask(Some(OTHER), "GET /api/vendor", &Value::Null).await;
        assert_eq!(other.body["name"], "O", "nothing of a change that is refused is done");
    }
}
