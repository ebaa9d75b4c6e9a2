//! POST and PUT /api/log.

use super::{ADMIN, STUDENT, holds, refused, staffed};
use crate::world::over_both;
use serde_json::json;

over_both! {
    async fn a_log_is_received_and_the_admin_says_in_which_words(network) {
        let world = staffed(&network).await;
        let log = async || world.ask(Some(STUDENT), "POST /api/log", &json!({ "message": "hello" })).await;
        let received = log().await;
        assert_eq!((received.status, received.text()), (200, "Log received"));
        assert_eq!(received.header("content-type"), "text/html; charset=utf-8");
        let set = world.ask(Some(ADMIN), "PUT /api/log", &json!({ "message": "Thank you" })).await;
        assert_eq!((set.status, set.text()), (200, "Thank you"));
        assert_eq!(set.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(log().await.text(), "Thank you");
    }

    async fn only_a_vendor_logs_and_only_an_admin_sets_the_words(network) {
        let world = staffed(&network).await;
        let strangers = [
            (None, "POST /api/log", json!({})),
            (Some("wrong"), "POST /api/log", json!({})),
            (None, "PUT /api/log", json!({ "message": "x" })),
            (Some(STUDENT), "PUT /api/log", json!({ "message": "x" })),
        ];
        holds(&world, refused(strangers, 401, "invalid authentication")).await;
        let log = world.ask(Some(STUDENT), "POST /api/log", &json!(null)).await;
        assert_eq!(log.text(), "Log received");
    }
}
