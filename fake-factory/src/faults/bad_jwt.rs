//! A 200 with a JWT that does not verify: it starts with `dead`, as the real factory's does. No pizza is made for it.

use super::plan::BadJwt;
use crate::api::reply::{self, Reply};
use http::StatusCode;
use serde_json::json;

/// Three parts as in a JWT, of which the first is no header.
const DEAD: &str = "deadbeef.cGl6emE.bm90LWEtc2lnbmF0dXJl";

impl BadJwt {
    /// The answer, which the real factory gives even to a bad order.
    pub(crate) fn reply(report_url: Option<&str>) -> Reply {
        let body = match report_url {
            Some(url) => json!({ "jwt": DEAD, "reportUrl": url }),
            None => json!({ "jwt": DEAD }),
        };
        reply::json(StatusCode::OK, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use crate::signing::{Algorithm, Signer};

    #[test]
    fn the_bad_jwt_starts_with_dead_and_does_not_verify() {
        let signer = Signer::new(Algorithm::EdDsa, Seed::new(1)).expect("a key");
        assert!(DEAD.starts_with("dead"));
        assert!(signer.keys().verify(DEAD).is_err());
    }
}
