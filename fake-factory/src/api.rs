//! The factory's endpoints, one file a resource: which request gets which answer, and in which order things are checked. How the
//! kitchen works is `kitchen`'s, and what happens to a reply on the wire `listener`'s business.

pub(crate) mod body;
mod cors;
mod docs;
mod health;
mod orders;
pub(crate) mod reply;
mod routes;
mod support;
mod vendors;

use crate::faults::matching::Asked;
use crate::faults::touch::Touch;
use crate::kitchen::Kitchen;
use crate::vendors::Vendor;
use http::request::Parts;
use http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use reply::{Account, Reply};
use routes::Route;
use serde_json::Value;
use std::sync::Arc;

/// A request whose body has been read.
pub(crate) struct Call {
    head: Parts,
    body: Value,
}

impl Call {
    /// The path without a trailing slash, in the form that faults are matched by.
    fn path(&self) -> &str {
        let path = self.head.uri.path();
        path.strip_suffix('/')
            .filter(|path| !path.is_empty())
            .unwrap_or(path)
    }

    /// As faults look at it.
    fn asked<'a>(&'a self, vendor: Option<&'a str>) -> Asked<'a> {
        Asked {
            method: &self.head.method,
            path: self.path(),
            headers: &self.head.headers,
            vendor,
            body: &self.body,
        }
    }

    /// The vendor's key: `Bearer KEY`, or the bare key.
    fn key(&self) -> Option<&str> {
        let text = self
            .head
            .headers
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?;
        match text.split_at_checked(7) {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer ") => Some(key.trim()),
            _ => Some(text.trim()),
        }
    }

    fn vendor(&self, kitchen: &Kitchen) -> Option<Arc<Vendor>> {
        kitchen.vendors.with_key(self.key()?)
    }

    /// The host that the client dialled, when it says so in a form that fits into a URL.
    fn host(&self) -> Option<&str> {
        let host = self.head.headers.get(header::HOST)?.to_str().ok()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        (!host.is_empty() && host.bytes().all(fits)).then_some(host)
    }
}

/// Whether a request asks for an order to be made.
pub(crate) fn is_order(head: &Request<Incoming>) -> bool {
    head.method() == Method::POST && Route::find(head.uri().path()) == Some(Route::Order)
}

/// Answers one request.
pub(crate) async fn answer(kitchen: &Arc<Kitchen>, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let body = match body::read(&head, body).await {
        Ok(body) => body,
        Err(error) => {
            return reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string());
        }
    };
    let call = Call { head, body };
    let origin = call.head.headers.get(header::ORIGIN).cloned();
    let mut reply = routed(kitchen, call).await;
    cors::allow(origin, reply.headers_mut());
    reply
}

async fn routed(kitchen: &Arc<Kitchen>, call: Call) -> Reply {
    let route = Route::find(call.head.uri.path());
    match route {
        Some(Route::Order) if call.head.method == Method::POST => {
            orders::create(kitchen, call).await
        }
        // A fault that its report URL could not end would be one too many.
        Some(Route::Report { .. }) => endpoint(kitchen, &call, route),
        _ => broken_or(kitchen, &call, || endpoint(kitchen, &call, route)).await,
    }
}

/// Answers as the faults that touch this request have it, or else as `well` does.
async fn broken_or(kitchen: &Kitchen, call: &Call, well: impl FnOnce() -> Reply) -> Reply {
    let vendor = call.vendor(kitchen);
    let key = vendor.clone().or_else(|| kitchen.vendors.first());
    let key = key.as_ref().map_or("", |vendor| &vendor.key);
    let asked = call.asked(vendor.as_ref().map(|vendor| &*vendor.id));
    let mut touch = kitchen.touch(&asked, call.host(), key);
    if !touch.delay.is_zero() {
        kitchen.waiter.wait(touch.delay).await;
    }
    let reply = touch.answer.take().unwrap_or_else(well);
    let vendor = vendor.map(|vendor| vendor.id.clone());
    finish(reply, touch, vendor, None)
}

/// `reply` as the faults that touched its request have it sent, with the account of it.
fn finish(
    mut reply: Reply,
    touch: Touch,
    vendor: Option<Arc<str>>,
    order_id: Option<Arc<str>>,
) -> Reply {
    if let Some(content_type) = touch.content_type {
        reply
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
    }
    let extensions = reply.extensions_mut();
    if !touch.travel.is_plain() {
        extensions.insert(touch.travel);
    }
    extensions.insert(Account {
        vendor,
        order_id,
        faults: touch.names,
    });
    reply
}

/// The answer of every endpoint but the order's.
fn endpoint(kitchen: &Arc<Kitchen>, call: &Call, route: Option<Route<'_>>) -> Reply {
    let Some(route) = route else {
        return unknown_endpoint();
    };
    let method = match &call.head.method {
        &Method::HEAD => &Method::GET,
        other => other,
    };
    match (route, method.as_str()) {
        (Route::Docs, _) => docs::welcome(),
        (Route::Jwks, "GET") => orders::jwks(kitchen),
        (Route::Jwks, _) => unknown_endpoint(),
        (_, "OPTIONS") => options(route),
        (Route::VerifyOrder, "POST") => orders::verify(kitchen, &call.body),
        (Route::Vendor, "GET") => vendors::own(kitchen, call),
        (Route::Vendor, "POST") => vendors::create(kitchen, call),
        (Route::Vendor, "PUT") => vendors::update(kitchen, call),
        (Route::VendorById(id), "GET") => vendors::exists(kitchen, id),
        (Route::VendorChaos(kind), "PUT") => vendors::chaos(kitchen, call, kind),
        (Route::Report { key, code }, "GET") => support::report(kitchen, key, code),
        (Route::Health, "GET") => health::alive(),
        (Route::Ready, "GET") => health::ready(kitchen),
        _ => unknown_endpoint(),
    }
}

fn unknown_endpoint() -> Reply {
    reply::message(StatusCode::NOT_FOUND, "unknown endpoint")
}

fn unauthorized() -> Reply {
    reply::message(StatusCode::UNAUTHORIZED, reply::WRONG_KEY)
}

fn options(route: Route<'_>) -> Reply {
    let html = HeaderValue::from_static(reply::HTML);
    let mut reply = reply::text(StatusCode::OK, html, route.allow());
    reply
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(route.allow()));
    reply
}
