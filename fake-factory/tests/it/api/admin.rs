//! GET /api/admin/vendors, PUT /api/admin/role and DELETE /api/admin/vendor.

use super::{ADMIN, OTHER, STUDENT, holds, message, refused, staffed};
use crate::world::{World, over_both};
use fake_factory::{EndedBy, Event};
use serde_json::{Value, json};

async fn own(world: &World, key: &str) -> Value {
    world
        .ask(Some(key), "GET /api/vendor", &Value::Null)
        .await
        .body
}

over_both! {
    async fn only_an_admin_may_before_anything_is_checked(network) {
        let world = staffed(&network).await;
        for request in ["GET /api/admin/vendors", "PUT /api/admin/role", "DELETE /api/admin/vendor"] {
            for key in [None, Some("wrong"), Some(STUDENT)] {
                let row = (key, request, json!({}), 401, message("invalid authentication"));
                holds(&world, [row]).await;
            }
        }
    }

    async fn an_admin_sees_every_vendor_with_keys_and_codes(network) {
        let world = staffed(&network).await;
        world.ask(Some(STUDENT), "PUT /api/vendor/chaos/fail", &Value::Null).await;
        let seen = world.ask(Some(ADMIN), "GET /api/admin/vendors", &Value::Null).await;
        assert_eq!(seen.status, 200);
        let all = seen.body.as_array().expect("a list");
        let keys: Vec<_> = all.iter().map(|vendor| (&vendor["id"], &vendor["apiKey"], &vendor["roles"])).collect();
        let (vendor, admin) = (json!(["vendor"]), json!(["admin", "vendor"]));
        assert_eq!(keys, [
            (&json!("Other"), &json!(OTHER), &vendor),
            (&json!("root"), &json!(ADMIN), &admin),
            (&json!("student"), &json!(STUDENT), &vendor),
        ]);
        let code = all[2]["chaos"]["fixCode"].as_str().expect("a code");
        let report = world.get(&format!("/api/support/{STUDENT}/report/{code}")).await;
        assert_eq!(report.body, message("Problem resolved. Pizza is back on the menu!"));
        let seen = world.ask(Some(ADMIN), "GET /api/admin/vendors", &Value::Null).await;
        assert_eq!(seen.body[2]["chaos"].get("fixCode"), None);
    }

    async fn a_role_is_given_and_taken(network) {
        let world = staffed(&network).await;
        let assign = async |body: Value| world.ask(Some(ADMIN), "PUT /api/admin/role", &body).await;
        let (vendor, admin) = (json!(["vendor"]), json!(["admin", "vendor"]));
        let roles = [
            (json!(["admin"]), &admin),
            (json!(null), &admin),
            (json!(["vendor"]), &vendor),
            (json!(["cook", "admin"]), &admin),
            (json!([]), &vendor),
        ];
        for (given, expected) in roles {
            let seen = assign(json!({ "id": "STUDENT", "roles": given })).await;
            assert_eq!((seen.status, &seen.body["roles"]), (200, expected), "{given}");
            assert_eq!((&seen.body["id"], &seen.body["apiKey"]), (&json!("student"), &json!(STUDENT)));
            assert_eq!(&own(&world, STUDENT).await["roles"], expected);
            let may = world.ask(Some(STUDENT), "GET /api/admin/vendors", &Value::Null).await;
            assert_eq!(may.status == 200, *expected == admin, "{given}");
        }
        let unknown = assign(json!({ "id": "nobody", "roles": ["admin"] })).await;
        assert_eq!((unknown.status, unknown.text()), (200, ""));
        let missing = [json!({}), json!(null), json!([]), json!({ "roles": ["admin"] }), json!({ "id": "" })];
        let missing = missing.map(|body| (Some(ADMIN), "PUT /api/admin/role", body));
        holds(&world, refused(missing, 400, "Missing required parameter")).await;
        assert_eq!(assign(json!({ "id": "student", "roles": 7 })).await.status, 500);
    }

    async fn a_deletion_needs_an_id_and_a_type(network) {
        let world = staffed(&network).await;
        let bad = [
            json!({}),
            json!(null),
            json!({ "deleteType": "all" }),
            json!({ "id": "", "deleteType": "all" }),
            json!({ "id": "student" }),
            json!({ "id": "student", "deleteType": "none" }),
            json!({ "id": "student", "deleteType": "ALL" }),
            json!({ "id": "student", "deleteType": ["all"] }),
        ];
        let bad = bad.map(|body| (Some(ADMIN), "DELETE /api/admin/vendor", body));
        holds(&world, refused(bad, 400, "Missing required parameter")).await;
        assert_eq!(own(&world, STUDENT).await["id"], "student");
    }

    async fn what_is_deleted_is_gone_and_may_be_deleted_again(network) {
        let world = staffed(&network).await;
        for key in [STUDENT, OTHER] {
            for purpose in ["one", "two"] {
                world.ask(Some(key), "POST /api/vendor/connect", &json!({ "purpose": purpose })).await;
            }
        }
        world.ask(Some(STUDENT), "PUT /api/vendor/chaos/fail", &Value::Null).await;
        assert_eq!(world.order(1).await.status, 500);
        let delete = async |what: &str, more: Value| {
            let mut body = json!({ "id": "STUDENT", "deleteType": what });
            body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            for _ in 0..2 {
                let seen = world.ask(Some(ADMIN), "DELETE /api/admin/vendor", &body).await;
                assert_eq!((seen.status, seen.text()), (204, ""), "{body}");
                assert_eq!(seen.header("content-type"), "");
            }
        };
        delete("connection", json!({ "purpose": "one" })).await;
        for key in [STUDENT, OTHER] {
            let connections = own(&world, key).await["connections"].clone();
            assert_eq!((connections.get("one"), connections["two"]["purpose"].as_str()), (None, Some("two")));
        }
        delete("connection", json!(null)).await;
        for key in [STUDENT, OTHER] {
            assert_eq!(own(&world, key).await["connections"], json!({}));
        }

        delete("chaos", json!(null)).await;
        assert_eq!(own(&world, STUDENT).await.get("chaos"), None);
        assert_eq!(world.order(1).await.status, 200);
        let over = world.get(&format!("/api/support/{STUDENT}/report/x")).await;
        assert_eq!((over.status, over.body), (200, message("No chaos currently executing")));
        let by_hand = |event: &Event| matches!(event, Event::FaultEndTriggered { by: EndedBy::Mended, .. });
        assert_eq!(world.events().iter().filter(|event| by_hand(event)).count(), 1);

        delete("all", json!(null)).await;
        assert_eq!(world.get("/api/vendor/student").await.body, json!({ "exists": false }));
        assert_eq!(world.order(1).await.status, 401);
        let again = world.ask(None, "POST /api/vendor", &json!({ "id": "student" })).await;
        assert_eq!(again.status, 200);
    }
}
