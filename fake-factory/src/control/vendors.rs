//! Vendors as their factory knows them, keys and codes included; and the chaos that they scheduled, begun early.

use super::Control;
use super::problem::Problem;
use crate::clock::iso;
use crate::kitchen::Kitchen;
use crate::vendors::{Chaos, Vendor, VendorError};
use axum::Json;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// All vendors.
#[derive(Serialize, JsonSchema)]
pub(super) struct Listed {
    /// In the order of their ids.
    vendors: Vec<VendorView>,
}

/// One vendor.
#[derive(Serialize, JsonSchema)]
pub(super) struct VendorView {
    /// Its id.
    id: Arc<str>,
    /// Its key: what stands after `Bearer` in its orders.
    key: Arc<str>,
    /// What it may do.
    roles: &'static [&'static str],
    /// When it was created.
    created: String,
    /// The chaos that it asked for, once it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    chaos: Option<ChaosView>,
    /// The codes that it may log in with.
    codes: Vec<String>,
}

/// The chaos of a vendor.
#[derive(Serialize, JsonSchema)]
struct ChaosView {
    /// `fail`, `throttle` or `badjwt`; `none` once it was fixed.
    r#type: &'static str,
    /// When it was asked for.
    #[serde(rename = "initiatedDate")]
    initiated_date: String,
    /// When it starts, or started.
    #[serde(rename = "startDate")]
    start_date: String,
    /// When it was fixed.
    #[serde(rename = "fixDate", skip_serializing_if = "Option::is_none")]
    fix_date: Option<String>,
    /// The code that fixes it, until it was fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The URL whose call fixes it, until it was fixed.
    #[serde(rename = "reportUrl", skip_serializing_if = "Option::is_none")]
    report_url: Option<String>,
}

impl VendorView {
    fn of(vendor: &Vendor, kitchen: &Kitchen) -> Self {
        let chaos = vendor.chaos.as_ref();
        VendorView {
            id: vendor.id.clone(),
            key: vendor.key.clone(),
            roles: vendor.roles(),
            created: iso(vendor.created),
            chaos: chaos.map(|chaos| ChaosView::of(chaos, vendor, kitchen)),
            codes: vendor.login_code.iter().cloned().collect(),
        }
    }
}

impl ChaosView {
    fn of(chaos: &Chaos, vendor: &Vendor, kitchen: &Kitchen) -> Self {
        let unfixed = chaos.fixed.is_none();
        ChaosView {
            r#type: if unfixed { chaos.kind.name() } else { "none" },
            initiated_date: iso(chaos.initiated),
            start_date: iso(chaos.starts),
            fix_date: chaos.fixed.map(iso),
            code: unfixed.then(|| chaos.code.clone()),
            report_url: unfixed.then(|| kitchen.reachable_report_url(&vendor.key, &chaos.code)),
        }
    }
}

/// GET /control/vendors.
pub(super) async fn list(State(control): State<Arc<Control>>) -> Json<Listed> {
    let kitchen = &control.kitchen;
    let vendors = kitchen.vendors.all();
    Json(Listed {
        vendors: vendors
            .iter()
            .map(|vendor| VendorView::of(vendor, kitchen))
            .collect(),
    })
}

/// POST /control/vendors/{id}/chaos/start.
pub(super) async fn start_chaos(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
) -> Result<Json<VendorView>, Problem> {
    let kitchen = &control.kitchen;
    let unknown = |error: VendorError| {
        let message = format!("there is no vendor `{}`", id.escape_debug());
        match error {
            VendorError::Unknown => Problem::missing(message),
            other => Problem::conflict(other.to_string()),
        }
    };
    let started = kitchen.start_chaos(&id).map_err(unknown)?;
    let vendor = kitchen.vendors.with_id(&id);
    let vendor = vendor.ok_or_else(|| unknown(VendorError::Unknown))?;
    if !started {
        return Err(
            Problem::conflict("the vendor has no chaos that is still to start").help(
                "have some scheduled: `PUT /api/vendor/chaos/fail`, with --chaos-start scheduled",
            ),
        );
    }
    Ok(Json(VendorView::of(&vendor, kitchen)))
}
