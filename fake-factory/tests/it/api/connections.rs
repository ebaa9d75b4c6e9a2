//! POST and PUT /api/vendor/connect.

use super::{ADMIN, OTHER, STUDENT, holds, refused, staffed};
use crate::world::{World, over_both};
use serde_json::{Value, json};

async fn connect(world: &World, key: &str, purpose: &str) -> Value {
    let body = json!({ "purpose": purpose });
    let seen = world
        .ask(Some(key), "POST /api/vendor/connect", &body)
        .await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    assert_eq!(seen.body["apiKey"], key);
    seen.body["connections"][purpose].clone()
}

async fn connection(world: &World, key: &str, purpose: &str) -> Value {
    let seen = world.ask(Some(key), "GET /api/vendor", &Value::Null).await;
    seen.body["connections"][purpose].clone()
}

over_both! {
    async fn two_who_wait_for_the_same_are_paired(network) {
        let world = staffed(&network).await;
        let details = json!({ "id": "student", "name": "S", "phone": "1", "website": "w", "gitHubUrl": "g" });
        world.ask(Some(STUDENT), "PUT /api/vendor", &details).await;
        let mut waiting = connect(&world, STUDENT, "test").await;
        waiting["created"].take();
        assert_eq!(waiting, json!({ "id": null, "purpose": "test", "created": null, "rating": 0 }));
        assert_eq!(connect(&world, ADMIN, "another").await["id"], Value::Null);
        assert_eq!(connect(&world, STUDENT, "test").await["id"], Value::Null, "nobody is paired with itself");

        let mut paired = connect(&world, OTHER, "test").await;
        assert!(paired["created"].take().as_str().expect("a time").ends_with('Z'));
        let expected = json!({
            "id": "student",
            "purpose": "test",
            "created": null,
            "rating": 0,
            "name": "S",
            "phone": "1",
            "email": "student@byu.edu",
            "website": "w",
        });
        assert_eq!(paired, expected);
        assert_eq!(connection(&world, STUDENT, "test").await["id"], "Other");
        assert_eq!(connect(&world, ADMIN, "test").await["id"], Value::Null, "both are taken");
        assert_eq!(connect(&world, STUDENT, "test").await["id"], "Other", "and stay so");
    }

    async fn a_purpose_is_a_text(network) {
        let world = staffed(&network).await;
        let bad = [json!({}), json!(null), json!([]), json!({ "purpose": "" }), json!({ "purpose": 7 }), json!({ "purpose": ["x"] })];
        let bad = bad.map(|body| (Some(STUDENT), "POST /api/vendor/connect", body));
        holds(&world, refused(bad, 400, "Invalid purpose")).await;
        let strangers = ["POST /api/vendor/connect", "PUT /api/vendor/connect"];
        let strangers = strangers.map(|request| (None, request, json!({})));
        holds(&world, refused(strangers, 401, "invalid authentication")).await;
    }

    async fn one_rates_the_other_and_is_told_nothing(network) {
        let world = staffed(&network).await;
        connect(&world, STUDENT, "test").await;
        connect(&world, OTHER, "test").await;
        let none = json!({});
        let ratings = [
            (json!({ "id": "nobody", "purpose": "test", "rating": 1 }), 0),
            (json!({ "id": "other", "purpose": "another", "rating": 1 }), 0),
            (none, 0),
            (json!({ "id": "other", "purpose": "test" }), 0),
            (json!({ "id": "Other", "purpose": "test", "rating": 5 }), 5),
            (json!({ "id": "other", "purpose": "test", "rating": "3" }), 3),
        ];
        for (body, expected) in ratings {
            let seen = world.ask(Some(STUDENT), "PUT /api/vendor/connect", &body).await;
            assert_eq!((seen.status, seen.text()), (200, ""), "{body}");
            assert_eq!(connection(&world, STUDENT, "test").await["rating"], expected, "{body}");
        }
        assert_eq!(connection(&world, OTHER, "test").await["rating"], 0);
    }

    async fn purposes_have_a_limit_that_is_told(network) {
        let world = staffed(&network).await;
        for number in 0..64 {
            connect(&world, STUDENT, &number.to_string()).await;
        }
        let more = world.ask(Some(STUDENT), "POST /api/vendor/connect", &json!({ "purpose": "more" })).await;
        assert_eq!(more.status, 409);
        assert_eq!(more.body["message"], "a vendor is connected for at most 64 purposes");
    }
}
