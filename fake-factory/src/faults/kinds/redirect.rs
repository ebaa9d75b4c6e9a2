//! An answer that sends its client elsewhere. No pizza is made for it here.

use super::status::{check_code_among, code, phrase};
use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use http::{HeaderValue, StatusCode, Uri, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The codes with which a client is sent elsewhere.
const CODES: [u16; 5] = [301, 302, 303, 307, 308];

/// An answer that sends its client elsewhere.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// The status code: 301, 302, 303, 307 or 308.
    #[serde(default = "found")]
    pub code: u16,
    /// Where to: an `http` or `https` URL, or a path of the factory's own.
    pub location: String,
}

fn found() -> u16 {
    StatusCode::FOUND.as_u16()
}

impl Redirect {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "redirect",
        sentence: "Sends the client to another URL.",
        stage: Stage::Answer,
        example: r#"{ "redirect": { "code": 302, "location": "/login" } }"#,
    };

    fn reply(&self) -> Reply {
        let code = code(self.code);
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        let body = format!("{}. Redirecting to {}", phrase(code), self.location);
        let mut reply = reply::text(code, text, body);
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            reply.headers_mut().insert(header::LOCATION, location);
        }
        reply
    }

    fn leads_somewhere(&self) -> bool {
        let Ok(uri) = self.location.parse::<Uri>() else {
            return false;
        };
        match uri.scheme_str() {
            Some(scheme) => matches!(scheme, "http" | "https"),
            None => uri.authority().is_none() && self.location.starts_with('/'),
        }
    }
}

impl Kind for Redirect {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        let at = ["redirect", "code"];
        check_code_among(sense, &at, self.code, &CODES, "a redirect");
        if !self.leads_somewhere() {
            sense.error_with_help(
                &["redirect", "location"],
                format!("`{}` leads nowhere", self.location.escape_debug()),
                "expected a URL such as `https://example.com/login`, or a path such as `/login`",
            );
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| self.reply())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::told_of;

    #[test]
    fn it_says_where_to() {
        let reply = Redirect {
            code: 307,
            location: "https://elsewhere.example/api/order".to_owned(),
        }
        .reply();
        assert_eq!(reply.status(), 307);
        let location = &reply.headers()[header::LOCATION];
        assert_eq!(location, "https://elsewhere.example/api/order");
    }

    #[test]
    fn a_redirect_to_nowhere_is_refused() {
        for location in ["login", "ftp://a/b", "\"\"", "\"a b\"", "\"/a\\nb\""] {
            let told = told_of(&format!("{{ redirect: {{ location: {location} }} }}"));
            assert_eq!(told.len(), 1, "{location}: {told:?}");
            assert!(told[0].ends_with("leads nowhere"), "{told:?}");
        }
        for location in ["/login?next=1", "http://127.0.0.1:1/x", "https://a"] {
            let told = told_of(&format!("{{ redirect: {{ location: \"{location}\" }} }}"));
            assert!(told.is_empty(), "{told:?}");
        }
        assert_eq!(
            told_of("{ redirect: { code: 304, location: / } }"),
            ["304 is no status of a redirect"]
        );
    }
}
