//! What admins may do, as `api/admin.rs` answers it.

use super::vendors::Vendor;
use super::{NO_JSON, message};
use crate::openapi::{Content, Group, Operation, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) const GROUP: Group = Group {
    name: "admin",
    description: "What an admin's key opens.",
    operations: &[
        Operation::get(
            "/api/admin/vendors",
            "vendors",
            "All vendors, with their keys",
        )
        .keyed()
        .gives(&[
            Reply::new(
                200,
                "All vendors.",
                Content::json::<Vec<Vendor>>().such_as("[]"),
            ),
            NO_ADMIN,
        ]),
        Operation::put("/api/admin/role", "setRoles", "Set the roles of a vendor")
            .keyed()
            .takes(Content::json::<Roles>().such_as(r#"{"id":"student","roles":["vendor"]}"#))
            .gives(&[
                Reply::new(
                    200,
                    "The vendor; nothing where there is no such vendor.",
                    Content::json::<Vendor>(),
                ),
                message(400, "There is no id."),
                NO_ADMIN,
                message(
                    500,
                    "The body cannot be read as JSON, or the roles are no list.",
                ),
            ]),
        Operation::new(
            "DELETE",
            "/api/admin/vendor",
            "deleteVendor",
            "Delete a vendor, or its connections or chaos",
        )
        .keyed()
        .takes(Content::json::<Delete>().such_as(r#"{"id":"student","deleteType":"chaos"}"#))
        .gives(&[
            Reply::empty(204, "It is gone, or was not there."),
            message(400, "There is no id, or no such type."),
            NO_ADMIN,
            NO_JSON,
        ]),
    ],
};

const NO_ADMIN: Reply = message(401, "The key is not an admin's.");

/// The roles that a vendor is to have.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Roles {
    id: String,
    /// `vendor` is always among them.
    roles: Vec<String>,
}

/// What to delete.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Delete {
    id: String,
    delete_type: DeleteType,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum DeleteType {
    Connection,
    Chaos,
    All,
}
