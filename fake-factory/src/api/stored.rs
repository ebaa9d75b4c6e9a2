//! A factory with a state file tells nobody of a change before the change is in the file, and changes nothing while the file cannot be
//! written. It wraps the routes; what they do is theirs.

use super::Call;
use super::reply::{self, Reply};
use super::routes::Route;
use crate::access::Account;
use crate::kitchen::Kitchen;
use crate::store::NotStored;
use http::{Method, StatusCode};
use std::sync::Arc;

/// The reply of the routes, held until all that it tells of is stored.
pub(super) async fn routed(kitchen: &Arc<Kitchen>, call: Call, account: &mut Account) -> Reply {
    let Some(store) = kitchen.store.as_ref().filter(|_| may_change(&call)) else {
        return super::routed(kitchen, call, account).await;
    };
    if let Err(error) = store.ready().await {
        return refusal(&error);
    }
    let mut reply = super::routed(kitchen, call, account).await;
    match store.settled().await {
        Ok(()) => reply,
        Err(error) => {
            let mut refusal = refusal(&error);
            // It travels as the faults have it.
            std::mem::swap(refusal.extensions_mut(), reply.extensions_mut());
            refusal
        }
    }
}

fn may_change(call: &Call) -> bool {
    match Route::find(call.head.uri.path()) {
        Ok(Some(Route::Report { .. })) => true,
        // These change nothing that is stored.
        Ok(None | Some(Route::VerifyOrder | Route::Badge { .. } | Route::Log)) | Err(_) => false,
        Ok(Some(_)) => ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&call.head.method),
    }
}

fn refusal(error: &NotStored) -> Reply {
    reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
}
