//! GET and POST /api/badge/:account/:badge.

use super::{OTHER, STUDENT, holds, refused, staffed};
use crate::world::over_both;
use serde_json::{Value, json};

over_both! {
    async fn there_is_a_picture_of_every_badge(network) {
        let world = staffed(&network).await;
        let none = world.get("/api/badge/student/pizza").await;
        assert_eq!(none.status, 200);
        assert!(none.header("content-type").starts_with("image/svg+xml"));
        assert!(none.text().contains("<svg") && none.text().contains("Not Found"), "{}", none.text());
        assert_eq!(none.header("access-control-allow-origin"), "*");
    }

    async fn a_badge_is_made_of_the_query(network) {
        let world = staffed(&network).await;
        let url = |name: &str| json!({ "url": format!("{}/api/badge/{name}", world.factory.url()) });
        let made = world.ask(Some(STUDENT), "POST /api/badge/student/pizza", &Value::Null).await;
        assert_eq!((made.status, &made.body), (200, &url("student/pizza")));
        let shown = world.get("/api/badge/student/pizza").await;
        for text in ["Coverage", "0.00%", "#ee0000"] {
            assert!(shown.text().contains(text), "{}", shown.text());
        }
        let query = "label=Line+Coverage&value=87%25&color=%230e0";
        let request = format!("POST /api/badge/student/pizza?{query}");
        world.ask(Some(OTHER), &request, &Value::Null).await;
        let shown = world.get("/api/badge/student/pizza").await;
        for text in ["Line Coverage", "87%", "#0e0"] {
            assert!(shown.text().contains(text), "{}", shown.text());
        }
        assert!(!shown.text().contains("Not Found"));
    }

    async fn names_keep_letters_and_digits_alone(network) {
        let world = staffed(&network).await;
        let made = world.ask(Some(STUDENT), "POST /api/badge/my-student_1/..%2Fpi%7Az%20a!", &Value::Null).await;
        assert_eq!(made.body["url"], format!("{}/api/badge/mystudent1/pizza", world.factory.url()));
        for path in ["/api/badge/mystudent1/pizza", "/api/badge/my-student1/p.i.zza"] {
            assert!(world.get(path).await.text().contains("Coverage"), "{path}");
        }
    }

    async fn a_stranger_makes_no_badge_and_too_long_a_text_is_refused(network) {
        let world = staffed(&network).await;
        let strangers = [None, Some("wrong")].map(|key| (key, "POST /api/badge/a/b", json!(null)));
        holds(&world, refused(strangers, 401, "invalid authentication")).await;
        let request = format!("POST /api/badge/a/b?label={}", "x".repeat(300));
        let long = world.ask(Some(STUDENT), &request, &Value::Null).await;
        assert_eq!(long.status, 400);
        assert!(world.get("/api/badge/a/b").await.text().contains("Not Found"));
    }
}
