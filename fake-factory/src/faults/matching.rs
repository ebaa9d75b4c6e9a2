//! Which requests a fault may touch: what a file says of it, and whether a request fits. It sees a request whose body was read, and
//! knows nothing of what a fault does.

use super::touch::Promised;
use crate::input::Located;
use crate::input::units::{UnitError, written_as_text};
use crate::json::View;
use crate::order::Order;
use http::{HeaderMap, Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which requests a fault may touch: those that fit everything that is said. The support route, which the report URL calls, is touched
/// by wire faults alone.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The method, in capitals; `*` for any.
    #[serde(default = "post")]
    pub method: Located<String>,
    /// The path; one that ends in `*` stands for all that begin so.
    #[serde(default = "order_path")]
    pub path: Located<String>,
    /// The id of the vendor whose key the request carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Located<String>>,
    /// The `storeId` of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<Id>,
    /// The `franchiseId` of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub franchise: Option<Id>,
    /// A header that the request has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderMatch>,
    /// How many pizzas are in the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Located<Items>>,
}

impl Default for Match {
    fn default() -> Self {
        Match {
            method: post(),
            path: order_path(),
            vendor: None,
            store: None,
            franchise: None,
            header: None,
            items: None,
        }
    }
}

fn post() -> Located<String> {
    Located::unknown("POST".to_owned())
}

fn order_path() -> Located<String> {
    Located::unknown(ORDER_PATH.to_owned())
}

/// An id as an order carries it, a number or a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Id(String);

impl FromStr for Id {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Ok(Id(text.to_owned()))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

written_as_text!(Id, "an id such as `3` or `provo`", {
    "type": ["string", "number"],
    "description": "An id, as in `3` or `provo`."
});

/// A header that a request has.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct HeaderMatch {
    /// Its name, in any case.
    pub name: Located<String>,
    /// Its value; any when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A number of pizzas.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// No fewer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// No more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// A request as faults look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    /// Without a trailing slash.
    pub(crate) path: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The id of the vendor whose key it carries.
    pub(crate) vendor: Option<&'a str>,
    pub(crate) order: &'a Order<'a>,
    /// How much of a reply it gets.
    pub(crate) promised: Promised,
    /// Whether a pizza would be baked for it if nothing went wrong.
    pub(crate) bakes: bool,
}

/// The route of orders.
pub(crate) const ORDER_PATH: &str = "/api/order";
/// The route of the keys.
pub(crate) const KEYS_PATH: &str = "/.well-known/jwks.json";

impl Asked<'_> {
    /// Whether it asks for the keys.
    pub(crate) fn is_for_keys(&self) -> bool {
        [Method::GET, Method::HEAD].contains(self.method)
            && self.path.eq_ignore_ascii_case(KEYS_PATH)
    }
}

impl Match {
    /// Whether a request of this method and path could fit.
    pub(crate) fn fits_route(&self, method: &Method, path: &str) -> bool {
        (self.method.as_str() == "*" || self.method.as_str() == method.as_str())
            && match self.path.strip_suffix('*') {
                Some(start) => path
                    .get(..start.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(start)),
                None => without_slash(path).eq_ignore_ascii_case(without_slash(&self.path)),
            }
    }

    /// Whether a request whose method and path fit, fits in all else.
    pub(super) fn fits_rest(&self, asked: &Asked<'_>) -> bool {
        let is = |wanted: &Option<Id>, given: Option<View<'_>>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| given.is_some_and(|given| given.is_id(&wanted.0)))
        };
        let vendor = self.vendor.as_ref().is_none_or(|wanted| {
            asked
                .vendor
                .is_some_and(|vendor| vendor.eq_ignore_ascii_case(wanted))
        });
        let header = self
            .header
            .as_ref()
            .is_none_or(|header| header.fits(asked.headers));
        let items = self
            .items
            .as_ref()
            .is_none_or(|items| items.fits(asked.order.items));
        vendor
            && header
            && is(&self.store, asked.order.store)
            && is(&self.franchise, asked.order.franchise)
            && items
    }
}

fn without_slash(path: &str) -> &str {
    path.trim_end_matches('/')
}

impl HeaderMatch {
    fn fits(&self, headers: &HeaderMap) -> bool {
        // A look at each of a few headers takes less time than to make a key of the name.
        headers.iter().any(|(name, given)| {
            name.as_str().eq_ignore_ascii_case(&self.name)
                && self
                    .value
                    .as_ref()
                    .is_none_or(|wanted| given.as_bytes() == wanted.as_bytes())
        })
    }
}

impl Items {
    fn fits(&self, items: Option<View<'_>>) -> bool {
        let count = items.and_then(View::count).unwrap_or_default();
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.at_least.is_none_or(|least| count >= least)
            && self.at_most.is_none_or(|most| count <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Text;
    use bytes::Bytes;
    use http::HeaderValue;
    use serde_json::{Value, json};

    /// Whether an order of `student` with a header `x-test: 1`, from store 3 of franchise `jwt`, with two pizzas, fits.
    fn fits(matches: Value) -> bool {
        let matches: Match = serde_json::from_value(matches).expect("a match");
        let mut headers = HeaderMap::new();
        headers.insert("x-test", HeaderValue::from_static("1"));
        let body = br#"{"order":{"storeId":3,"franchiseId":"jwt","items":[1,2]}}"#;
        let body = Text::read(Bytes::from_static(body)).expect("JSON");
        let asked = Asked {
            method: &Method::POST,
            path: "/api/order",
            headers: &headers,
            vendor: Some("Student"),
            order: &Order::of(body.view()),
            promised: Promised::Whole,
            bakes: true,
        };
        matches.fits_route(asked.method, asked.path) && matches.fits_rest(&asked)
    }

    #[test]
    fn a_match_fits_what_it_says_and_nothing_else() {
        for (yes, no) in [
            (json!({}), json!({ "method": "GET" })),
            (json!({ "method": "*" }), json!({ "path": "/api/vendor" })),
            (
                json!({ "path": "/API/*" }),
                json!({ "path": "/api/orders*" }),
            ),
            (json!({ "vendor": "student" }), json!({ "vendor": "other" })),
            (json!({ "store": "3" }), json!({ "store": "4" })),
            (json!({ "store": "3" }), json!({ "store": "03" })),
            (json!({ "store": "3" }), json!({ "store": "+3" })),
            (json!({ "store": "3" }), json!({ "store": "" })),
            (json!({ "franchise": "jwt" }), json!({ "franchise": "1" })),
            (
                json!({ "header": { "name": "X-Test" } }),
                json!({ "header": { "name": "x-none" } }),
            ),
            (
                json!({ "header": { "name": "x-test", "value": "1" } }),
                json!({ "header": { "name": "x-test", "value": "2" } }),
            ),
            (
                json!({ "items": { "at_least": 2, "at_most": 2 } }),
                json!({ "items": { "at_least": 3 } }),
            ),
            (
                json!({ "store": "3", "vendor": "STUDENT" }),
                json!({ "store": "3", "vendor": "other" }),
            ),
        ] {
            assert!(fits(yes.clone()), "{yes}");
            assert!(!fits(no.clone()), "{no}");
        }
    }
}
