//! A 200 whose body calls itself JSON and is not. No pizza is made for it.

use super::plan::MalformedBody;
use crate::api::reply::{self, Reply};
use http::{HeaderValue, StatusCode};

/// What is sent where the file does not say: an answer that was cut in the middle.
const CUT: &str = r#"{"jwt":"eyJpYXQiOjE3"#;

impl MalformedBody {
    /// The answer.
    pub(crate) fn reply(&self) -> Reply {
        let body = self.body.clone().unwrap_or_else(|| CUT.to_owned());
        let json = HeaderValue::from_static(reply::JSON);
        reply::text(StatusCode::OK, json, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::tests::body_of;

    #[tokio::test]
    async fn the_body_is_no_json_unless_the_file_gives_another() {
        let cut = body_of(MalformedBody { body: None }.reply()).await;
        assert!(serde_json::from_str::<serde_json::Value>(&cut).is_err());
        let own = MalformedBody {
            body: Some("{]".to_owned()),
        };
        assert_eq!(body_of(own.reply()).await, "{]");
    }
}
