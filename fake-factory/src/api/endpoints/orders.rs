//! Orders, as `api/orders.rs` answers them.

use super::{Message, NO_JSON, NO_KEY, message};
use crate::openapi::{Content, Group, Operation, Parameter, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) const GROUP: Group = Group {
    name: "orders",
    description: "Pizzas made and pizzas verified.",
    operations: &[
        Operation::post("/api/order", "makePizza", "Make a pizza")
            .keyed()
            .with(&[Parameter::header::<String>(
                "Idempotency-Key",
                "An idempotent factory gives the pizza that it made for this key before.",
            )])
            .takes(Content::json::<OrderRequest>().such_as(
                r#"{"diner":{"name":"joe"},"order":{"items":[{"menuId":1,"description":"Veggie","price":0.0038}]}}"#,
            ))
            .gives(&[
                Reply::new(200, "The pizza. Under chaos it may be late or bad.", Content::json::<Pizza>().such_as(r#"{"jwt":"JWT"}"#)),
                message(400, "The diner or the order is missing."),
                NO_KEY,
                Reply::new(
                    500,
                    "The order has no items, the vendor's chaos is to fail, or the body cannot be read as JSON.",
                    Content::json::<Failure>(),
                ),
                message(503, "After a while: the order has no pizza, or more than 20; or too many orders wait."),
            ]),
        Operation::post("/api/order/verify", "verifyPizza", "Verify a pizza")
            .takes(Content::json::<VerifyRequest>().such_as(r#"{"jwt":"JWT"}"#))
            .gives(&[
                Reply::new(
                    200,
                    "This factory made it. Whether it has expired does not matter.",
                    Content::json::<Verified>()
                        .such_as(r#"{"message":"valid","payload":{"vendor":{"id":"student"},"diner":{},"order":{}}}"#),
                ),
                Reply::new(403, "It did not.", Content::json::<Message>().such_as(r#"{"message":"invalid"}"#)),
                NO_JSON,
            ]),
        Operation::get("/.well-known/jwks.json", "keySet", "The keys to verify a pizza with").gives(&[Reply::new(
            200,
            "The key set.",
            Content::json::<KeySet>().such_as(r#"{"keys":[{"kty":"RSA","kid":"KID","n":"N","e":"AQAB"}]}"#),
        )]),
    ],
};

/// Who orders what.
#[derive(Serialize, Deserialize, JsonSchema)]
struct OrderRequest {
    /// Whoever the pizza is for. It goes into the JWT as it is.
    diner: Map<String, Value>,
    order: Order,
}

/// What is ordered. It goes into the JWT as it is, whatever else it holds.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Order {
    /// By which the factory tells a second order from the same one again. A string or a number.
    #[serde(default)]
    id: Value,
    /// The pizzas.
    #[schemars(length(min = 1, max = 20))]
    items: Vec<Item>,
}

/// One pizza.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default)]
    menu_id: Value,
    #[serde(default)]
    description: Value,
    #[serde(default)]
    price: Value,
}

/// A pizza.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pizza {
    /// A JWS in compact form whose header carries the claims and whose payload is the order.
    jwt: String,
    /// Under chaos: the URL that ends it.
    report_url: Option<String>,
}

/// No pizza.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Failure {
    message: String,
    /// Under chaos: the URL that ends it.
    report_url: Option<String>,
}

/// A pizza to verify.
#[derive(Serialize, Deserialize, JsonSchema)]
struct VerifyRequest {
    jwt: String,
}

/// A pizza that this factory made.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Verified {
    /// `valid`.
    message: String,
    payload: Payload,
}

/// What a JWT says.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Payload {
    vendor: PayloadVendor,
    diner: Value,
    order: Value,
}

/// The vendor who ordered.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PayloadVendor {
    id: String,
    #[serde(default)]
    name: Value,
}

/// A JWK set.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KeySet {
    keys: Vec<Key>,
}

/// A public key as a JWK; which members it has depends on its type.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Key {
    kty: String,
    /// Its RFC 7638 thumbprint.
    kid: String,
}
