//! Vendors, as `api/vendors.rs` answers them.

use super::{Message, NO_JSON, NO_KEY, message};
use crate::openapi::{Content, Group, Operation, Parameter, Reply};
use crate::vendors::DETAIL_CHARS_MAX;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const GROUP: Group = Group {
    name: "vendors",
    description: "Who may order, and the chaos they ask for.",
    operations: &[
        Operation::get("/api/vendor", "ownVendor", "The vendor that the key belongs to")
            .keyed()
            .gives(&[
                Reply::new(200, "The vendor, with its key.", OWN),
                NO_KEY,
            ]),
        Operation::post("/api/vendor", "createVendor", "Create a vendor")
            .takes(Content::json::<NewVendor>().such_as(r#"{"id":"student"}"#))
            .gives(&[
                Reply::new(
                    200,
                    "The vendor, without its key, which the real factory sends by mail.",
                    Content::json::<Vendor>().such_as(
                        r#"{"id":"student","created":"2024-08-08T16:00:00.000Z","email":"student@byu.edu","roles":["vendor"],"connections":{}}"#,
                    ),
                ),
                message(400, "There is no id, or a detail is too long."),
                message(409, "Another vendor has this id, whatever the case, or there are too many vendors."),
                NO_JSON,
            ]),
        Operation::put("/api/vendor", "changeVendor", "Change a vendor; null removes a field")
            .keyed()
            .takes(Content::json::<NewVendor>().such_as(r#"{"id":"student","phone":"555"}"#))
            .gives(&[
                Reply::new(
                    200,
                    "The vendor as it is now.",
                    Content::json::<Vendor>().such_as(
                        r#"{"id":"student","apiKey":"KEY","created":"2024-08-08T16:00:00.000Z","phone":"555","roles":["vendor"],"connections":{}}"#,
                    ),
                ),
                message(400, "There is no id, or a detail is too long."),
                message(401, "There is no key, no vendor has it, or the id is another vendor's."),
                message(404, "There is no such vendor."),
                NO_JSON,
            ]),
        Operation::get("/api/vendor/{id}", "vendorExists", "Whether there is such a vendor")
            .with(&[Parameter::path::<String>("id", "The vendor's id, in whatever case.").such_as("student")])
            .gives(&[Reply::new(200, "Whether there is.", Content::json::<Exists>().such_as(r#"{"exists":true}"#))]),
        Operation::post("/api/vendor/code", "sendCode", "Ask for a login code")
            .takes(Content::json::<VendorId>().such_as(r#"{"id":"student"}"#))
            .gives(&[
                Reply::new(
                    200,
                    "It was sent. The real factory mails it; this one logs it.",
                    Content::json::<CodeSent>().such_as(r#"{"email":"student@byu.edu"}"#),
                ),
                message(404, "There is no such vendor."),
                NO_JSON,
            ]),
        Operation::post("/api/vendor/auth", "logIn", "Get the vendor, key and all, for a login code")
            .takes(Content::json::<LogIn>().such_as(r#"{"id":"student","code":"CODE"}"#))
            .gives(&[
                Reply::new(200, "The vendor, with its key.", OWN),
                message(401, "The code is wrong."),
                message(404, "There is no such vendor."),
                NO_JSON,
            ]),
        Operation::post(
            "/api/vendor/connect",
            "connect",
            "Be connected with another vendor who waits for the same purpose",
        )
        .keyed()
        .takes(Content::json::<Connect>().such_as(r#"{"purpose":"test"}"#))
        .gives(&[
            Reply::new(200, "The vendor, connected or waiting.", OWN),
            message(400, "There is no purpose, or it is too long."),
            NO_KEY,
            message(409, "The vendor has too many purposes."),
            NO_JSON,
        ]),
        Operation::put("/api/vendor/connect", "rate", "Rate a vendor that one is connected with")
            .keyed()
            .takes(Content::json::<Rate>().such_as(r#"{"id":"other","purpose":"test","rating":5}"#))
            .gives(&[
                Reply::empty(200, "It is rated, or there was nobody to rate."),
                NO_KEY,
                NO_JSON,
            ]),
        Operation::put("/api/vendor/chaos/{type}", "beginChaos", "Begin chaos: fail, throttle or badjwt")
            .keyed()
            .with(&[Parameter::path::<ChaosType>("type", "How orders of this vendor are to go wrong.").such_as("fail")])
            .gives(&[
                Reply::new(
                    200,
                    "It begins at once, or at its time.",
                    Content::json::<Message>().such_as(r#"{"message":"Chaos initiated"}"#),
                ),
                message(400, "There is no such type."),
                NO_KEY,
            ]),
    ],
};

/// A vendor as it sees itself.
const OWN: Content = Content::json::<Vendor>().such_as(
    r#"{"id":"student","apiKey":"KEY","created":"2024-08-08T16:00:00.000Z","roles":["vendor"],"connections":{}}"#,
);

/// A vendor as it is to be. A field that is null is removed, one that is left out stays.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NewVendor {
    #[schemars(length(min = 1, max = DETAIL_CHARS_MAX))]
    id: String,
    name: Option<Detail>,
    git_hub_url: Option<Detail>,
    website: Option<Detail>,
    phone: Option<Detail>,
    /// `ID@byu.edu` for a new vendor, unless it is given.
    email: Option<Detail>,
}

/// A detail of a vendor.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct Detail(#[schemars(length(max = DETAIL_CHARS_MAX))] String);

/// A vendor. Its details are as they were given, strings or not.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Vendor {
    id: String,
    /// What stands after `Bearer`; only its owner and admins see it.
    api_key: Option<String>,
    /// ISO 8601, in UTC.
    created: String,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    git_hub_url: Value,
    #[serde(default)]
    website: Value,
    #[serde(default)]
    phone: Value,
    #[serde(default)]
    email: Value,
    chaos: Option<Chaos>,
    roles: Vec<String>,
    /// By purpose.
    connections: BTreeMap<String, Connection>,
}

/// A vendor's side of a connection.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Connection {
    /// The other's, null while nobody else waits for the purpose.
    id: Option<String>,
    purpose: String,
    created: String,
    /// What this vendor thinks of the other.
    rating: f64,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    phone: Value,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    website: Value,
}

/// The chaos that a vendor asked for last.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Chaos {
    /// `none` once it is fixed.
    r#type: ChaosState,
    initiated_date: String,
    start_date: String,
    fix_date: Option<String>,
    /// What ends it, for an admin.
    fix_code: Option<String>,
}

/// What chaos does to orders: nothing once it is fixed.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ChaosState {
    Fail,
    Throttle,
    BadJwt,
    None,
}

/// What chaos does to orders.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ChaosType {
    Fail,
    Throttle,
    BadJwt,
}

/// Whether there is such a vendor.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Exists {
    exists: bool,
}

/// Who asks for a login code.
#[derive(Serialize, Deserialize, JsonSchema)]
struct VendorId {
    id: String,
}

/// Where the code was sent.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CodeSent {
    #[serde(default)]
    email: Value,
}

/// Who logs in.
#[derive(Serialize, Deserialize, JsonSchema)]
struct LogIn {
    id: String,
    code: String,
}

/// What to be connected for.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Connect {
    #[schemars(length(min = 1, max = DETAIL_CHARS_MAX))]
    purpose: String,
}

/// What one thinks of another.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Rate {
    id: String,
    purpose: String,
    rating: f64,
}
