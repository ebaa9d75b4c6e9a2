//! The control API: a factory asked and steered from outside while it runs, on a listener of its own, so that it answers while the
//! factory refuses connections. One file a resource. It asks and tells the kitchen; it knows nothing of the factory's own endpoints
//! and nothing of the wire.
//!
//! Bounds: a body has at most [`body::BODY_BYTES_MAX`], [`CONNECTIONS_MAX`] connections are open at one time, and
//! [`hub::READERS_MAX`] of them read events.

mod body;
mod catalogue;
mod events;
mod faults;
mod guard;
mod hub;
mod ledger;
mod openapi;
mod page;
mod problem;
mod query;
mod scenario;
mod state;
mod stored;
mod told;
mod vendors;

use crate::event::Observer;
use crate::kitchen::Kitchen;
use crate::net::serve::serve_at_most;
use crate::net::{Listener, Network};
use crate::seed::Seed;
use crate::signing::Algorithm;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use guard::Guard;
use http::{Method, StatusCode};
use hub::Hub;
use problem::Problem;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// The most connections to the control that are open at one time; one more is closed as it is accepted.
const CONNECTIONS_MAX: usize = 256;
/// The fewest characters of a token where others than this machine may try to guess it.
pub const TOKEN_LETTERS_MIN: usize = 16;

/// How a factory is controlled.
#[derive(Clone)]
pub struct ControlSetup {
    /// The address to listen on; over TCP, port 0 picks a free one.
    pub address: String,
    /// What stands after `Bearer` in each request. Where there is none, only this machine may be listened to.
    pub token: Option<String>,
}

/// Why a factory cannot be controlled as it is asked for.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The address cannot be listened on.
    #[error("listen on {address} for the control: {source}")]
    Bind {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// Others could reach it, and there is no token to tell them by.
    #[error(
        "control the factory on {address}: it can be reached from elsewhere and there is no token"
    )]
    TokenNeeded {
        /// The address.
        address: String,
    },
    /// The token is none.
    #[error("take the control's token: {0}")]
    Token(#[from] TokenError),
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It could be guessed from elsewhere.
    #[error("it has fewer than {TOKEN_LETTERS_MIN} characters, and can be guessed from elsewhere")]
    Short,
    /// It does not fit into a header as it is.
    #[error("it is made of other characters than letters, digits and -._~+/=")]
    Letters,
}

/// Whether `token` may be a token.
fn check_token(token: &str) -> Result<(), TokenError> {
    if token.is_empty() {
        return Err(TokenError::Empty);
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.bytes().all(fits) {
        Ok(())
    } else {
        Err(TokenError::Letters)
    }
}

/// What a factory is, for whoever controls it.
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) seed: Seed,
    pub(crate) algorithm: Algorithm,
}

/// An open door to a control that nobody serves yet.
pub(crate) struct Desk {
    listener: Listener,
    guard: Guard,
    hub: Arc<Hub>,
    /// The address that was bound, with its port.
    pub(crate) address: String,
}

impl Desk {
    /// Listens as `setup` says.
    pub(crate) async fn open(setup: ControlSetup, network: &Network) -> Result<Self, ControlError> {
        if let Some(token) = &setup.token {
            check_token(token)?;
        }
        let bind_error = |source| ControlError::Bind {
            address: setup.address.clone(),
            source,
        };
        let listener = network.bind(&setup.address).await.map_err(bind_error)?;
        let address = listener.address().map_err(bind_error)?;
        let from_elsewhere = match network {
            Network::Memory(_) => false,
            Network::Tcp => !address
                .parse::<SocketAddr>()
                .is_ok_and(|address| address.ip().to_canonical().is_loopback()),
        };
        match &setup.token {
            None if from_elsewhere => return Err(ControlError::TokenNeeded { address }),
            Some(token) if from_elsewhere && token.len() < TOKEN_LETTERS_MIN => {
                return Err(TokenError::Short.into());
            }
            None | Some(_) => {}
        }
        Ok(Desk {
            listener,
            guard: Guard::new(setup.token, &address),
            hub: Arc::new(Hub::new()),
            address,
        })
    }

    /// An observer that hears for the control and then for `own`.
    pub(crate) fn listening(&self, own: Observer) -> Observer {
        let hub = self.hub.clone();
        Arc::new(move |event| {
            hub.hear(event.clone());
            own(event);
        })
    }

    /// Serves the control until it is dropped.
    pub(crate) async fn keep(self, kitchen: Arc<Kitchen>, about: About) {
        let clock = kitchen.clock.clone();
        let control = Arc::new(Control {
            kitchen,
            hub: self.hub,
            about,
            guard: self.guard,
        });
        serve_at_most(CONNECTIONS_MAX, self.listener, router(control), clock).await;
    }
}

/// What all resources share.
struct Control {
    kitchen: Arc<Kitchen>,
    hub: Arc<Hub>,
    about: About,
    guard: Guard,
}

fn router(control: Arc<Control>) -> Router {
    let asking = Router::new()
        .route("/control/ledger", get(ledger::list))
        .route("/control/scenario", put(scenario::load));
    let plain = Router::new()
        .route("/control/state", get(state::show))
        .route("/control/reset", post(state::reset))
        .route("/control/faults", get(faults::list).post(faults::add))
        .route(
            "/control/faults/stop",
            // A fault may be called `stop`, too.
            get(faults::show)
                .put(faults::replace)
                .delete(faults::remove)
                .post(faults::stop_all),
        )
        .route(
            "/control/faults/{name}",
            get(faults::show)
                .put(faults::replace)
                .delete(faults::remove),
        )
        .route("/control/faults/{name}/stop", post(faults::stop))
        .route("/control/catalogue", get(catalogue::show))
        .route("/control/vendors", get(vendors::list))
        .route(
            "/control/vendors/{id}/chaos/start",
            post(vendors::start_chaos),
        )
        .route("/control/events", get(events::stream))
        .route("/control/openapi.json", get(openapi::document))
        .route_layer(from_fn(query::none));
    Router::new()
        .route("/", get(page::show))
        .merge(asking)
        .merge(plain)
        .route_layer(from_fn_with_state(control.clone(), stored::hold))
        .method_not_allowed_fallback(other_method)
        .fallback(unknown)
        .layer(from_fn_with_state(control.clone(), guard::stand))
        .with_state(control)
}

/// The router says which methods there are.
async fn other_method(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = format!("{} is no method of this endpoint", request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, message).into_response()
}

async fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown endpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_there_and_fits_into_a_header() {
        assert_eq!(check_token(""), Err(TokenError::Empty));
        assert_eq!(check_token("a"), Ok(()));
        assert_eq!(check_token("abcdefghijklmno p"), Err(TokenError::Letters));
        assert_eq!(
            check_token("abcdefghijklmno\u{e9}"),
            Err(TokenError::Letters)
        );
    }
}
