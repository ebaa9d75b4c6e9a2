//! The factory's endpoints, one file a resource: which request gets which answer, and in which order things are checked. How the
//! kitchen works is `kitchen`'s, and what happens to a reply on the wire `listener`'s business.

mod admin;
mod badge;
pub(crate) mod body;
mod charset;
mod codes;
mod connections;
mod cors;
mod docs;
mod endpoints;
mod express;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod health;
mod inflate;
mod javascript;
mod log;
mod metrics;
mod orders;
mod percent;
pub(crate) mod reply;
mod routes;
mod stored;
mod support;
mod vendors;

use crate::access::Account;
use crate::faults::matching::Asked;
use crate::faults::touch::{Promised, Published, Touch};
use crate::json::Text;
use crate::kitchen::Kitchen;
use crate::order::Order;
use crate::vendors::Vendor;
use http::request::Parts;
use http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use reply::Reply;
use routes::Route;
use std::borrow::Cow;
use std::sync::Arc;

/// What stands before a key.
const BEARER: &[u8] = b"bearer ";

/// A request whose body has been read.
pub(crate) struct Call {
    head: Parts,
    body: Text,
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
    fn asked<'a>(
        &'a self,
        order: &'a Order<'a>,
        vendor: Option<&'a str>,
        promised: Promised,
        bakes: bool,
    ) -> Asked<'a> {
        Asked {
            method: &self.head.method,
            path: self.path(),
            headers: &self.head.headers,
            vendor,
            order,
            promised,
            bakes,
        }
    }

    /// The vendor's key: `Bearer KEY`, or the bare key.
    fn key(&self) -> Option<Cow<'_, str>> {
        let header = self.head.headers.get(header::AUTHORIZATION)?;
        let text = header.to_str().ok()?;
        // The real factory takes the word out wherever it first stands, and nothing else.
        let at = text
            .as_bytes()
            .windows(BEARER.len())
            .position(|word| word.eq_ignore_ascii_case(BEARER));
        Some(match at {
            None => Cow::Borrowed(text),
            Some(0) => Cow::Borrowed(&text[BEARER.len()..]),
            Some(at) => Cow::Owned([&text[..at], &text[at + BEARER.len()..]].concat()),
        })
    }

    fn vendor(&self, kitchen: &Kitchen) -> Option<Arc<Vendor>> {
        kitchen.vendors.with_key(&self.key()?)
    }

    /// The vendor, when it is an admin.
    fn admin(&self, kitchen: &Kitchen) -> Option<Arc<Vendor>> {
        self.vendor(kitchen).filter(|vendor| vendor.admin)
    }

    /// What the query of the URL has under `name`.
    fn query(&self, name: &str) -> Option<String> {
        percent::in_query(self.head.uri.query()?, name)
    }

    /// The host that the client dialled, when it says so in a form that fits into a URL.
    fn host(&self) -> Option<&str> {
        let host = self.head.headers.get(header::HOST)?.to_str().ok()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        (!host.is_empty() && host.bytes().all(fits)).then_some(host)
    }
}

/// Whether a request asks for an order to be made.
pub(crate) fn is_order<B>(head: &Request<B>) -> bool {
    head.method() == Method::POST && Route::find(head.uri().path()) == Ok(Some(Route::Order))
}

/// The template of the path that a request has, `other` where it names no endpoint: there are only so many.
pub(crate) fn template(path: &str) -> &'static str {
    match Route::find(path) {
        Ok(Some(route)) => route.template(),
        Ok(None) | Err(_) => "other",
    }
}

/// Answers one request, and takes down in its account what was done to it, before anything is waited for.
pub(crate) async fn answer(
    kitchen: &Arc<Kitchen>,
    request: Request<Incoming>,
    account: &mut Account,
) -> Reply {
    let (head, body) = request.into_parts();
    let known = express::known_tags(&head);
    let body = match body::read(&head, body).await {
        Ok(body) => body,
        Err(error) => {
            let refusal = reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string());
            return express::finish(known.as_ref(), refusal);
        }
    };
    let call = Call { head, body };
    let origin = call.head.headers.get(header::ORIGIN).cloned();
    let mut reply = stored::routed(kitchen, call, account).await;
    cors::allow(origin, reply.headers_mut());
    express::finish(known.as_ref(), reply)
}

async fn routed(kitchen: &Arc<Kitchen>, call: Call, account: &mut Account) -> Reply {
    match Route::find(call.head.uri.path()) {
        Ok(Some(Route::Order)) if call.head.method == Method::POST => {
            orders::create(kitchen, call, account).await
        }
        // A fault that its report URL could not end would be one too many.
        Ok(route @ Some(Route::Report { .. })) => {
            endpoint(kitchen, &call, route.as_ref(), Published::Own)
        }
        Ok(route) => {
            broken_or(kitchen, &call, account, |published| {
                endpoint(kitchen, &call, route.as_ref(), published)
            })
            .await
        }
        Err(error) => reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// Answers as the faults that touch this request have it, or else as `well` does.
async fn broken_or(
    kitchen: &Kitchen,
    call: &Call,
    account: &mut Account,
    well: impl Fn(Published) -> Reply,
) -> Reply {
    let vendor = call.vendor(kitchen);
    let key = vendor.clone().or_else(|| kitchen.vendors.first());
    let key = key.as_ref().map_or("", |vendor| &vendor.key);
    let order = Order::of(call.body.view());
    let promised = promised(call, &well);
    let id = vendor.as_ref().map(|vendor| &*vendor.id);
    let asked = call.asked(&order, id, promised, false);
    let mut touch = kitchen.touch(&asked, call.host(), key);
    account.vendor = vendor.map(|vendor| vendor.id.clone());
    account.faults = std::mem::take(&mut touch.names);
    if !touch.delay.is_zero() {
        kitchen.waiter.wait(touch.delay).await;
    }
    let reply = match touch.answer.take() {
        Some(reply) => reply,
        None => well(touch.published),
    };
    finish(reply, touch)
}

/// How much of a reply this call gets where nothing is wrong, which `well` answers then. What is asked for by GET and HEAD changes nothing,
/// so that it can be looked at beforehand.
fn promised(call: &Call, well: impl Fn(Published) -> Reply) -> Promised {
    let known = express::known_tags(&call.head);
    if known.is_some_and(|known| express::is_known(&known, &well(Published::Own))) {
        Promised::Unmodified
    } else if call.head.method == Method::HEAD {
        Promised::Head
    } else {
        Promised::Whole
    }
}

/// `reply` as the faults that touched its request have it sent.
fn finish(mut reply: Reply, touch: Touch) -> Reply {
    if let Some(content_type) = touch.content_type {
        reply
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
    }
    if !touch.travel.is_plain() {
        reply.extensions_mut().insert(touch.travel);
    }
    reply
}

/// The answer of every endpoint but the order's, where this key is published.
fn endpoint(
    kitchen: &Kitchen,
    call: &Call,
    route: Option<&Route<'_>>,
    published: Published,
) -> Reply {
    let Some(route) = route else {
        return unknown_endpoint();
    };
    let method = match &call.head.method {
        &Method::HEAD => &Method::GET,
        other => other,
    };
    // Looked at where it stands, and by those alone whom it concerns: how deep it nests matters to nobody else.
    let body = call.body.view();
    match (route, method.as_str()) {
        (Route::Docs, _) => docs::welcome(),
        (Route::Jwks, "GET") => orders::jwks(kitchen, published),
        (Route::Jwks, _) => unknown_endpoint(),
        (_, "OPTIONS") => options(route),
        (Route::VerifyOrder, "POST") => orders::verify(kitchen, body),
        (Route::Vendor, "GET") => vendors::own(kitchen, call),
        (Route::Vendor, "POST") => vendors::create(kitchen, body),
        (Route::Vendor, "PUT") => vendors::update(kitchen, call, body),
        (Route::VendorById(id), "GET") => vendors::exists(kitchen, id),
        // These stand where an id may, and only their own methods are theirs.
        (Route::VendorCode, "GET") => vendors::exists(kitchen, "code"),
        (Route::VendorAuth, "GET") => vendors::exists(kitchen, "auth"),
        (Route::VendorConnect, "GET") => vendors::exists(kitchen, "connect"),
        (Route::VendorCode, "POST") => codes::send(kitchen, body),
        (Route::VendorAuth, "POST") => codes::log_in(kitchen, body),
        (Route::VendorConnect, "POST") => connections::connect(kitchen, call, body),
        (Route::VendorConnect, "PUT") => connections::rate(kitchen, call, body),
        (Route::VendorChaos(kind), "PUT") => vendors::chaos(kitchen, call, kind),
        (Route::Report { key, code }, "GET") => support::report(kitchen, key, code),
        (Route::AdminVendors, "GET") => admin::vendors(kitchen, call),
        (Route::AdminRole, "PUT") => admin::assign(kitchen, call, body),
        (Route::AdminVendor, "DELETE") => admin::delete(kitchen, call, body),
        (Route::Badge { account, name }, "GET") => badge::show(kitchen, account, name),
        (Route::Badge { account, name }, "POST") => badge::make(kitchen, call, account, name),
        (Route::Log, "POST") => log::receive(kitchen, call),
        (Route::Log, "PUT") => log::set(kitchen, call, body),
        (Route::Health, "GET") => health::alive(),
        (Route::Ready, "GET") => health::ready(kitchen),
        (Route::Metrics, "GET") => metrics::scrape(kitchen),
        (Route::OpenApi, "GET") => docs::openapi(),
        _ => unknown_endpoint(),
    }
}

fn unknown_endpoint() -> Reply {
    reply::message(StatusCode::NOT_FOUND, "unknown endpoint")
}

fn unauthorized() -> Reply {
    reply::message(StatusCode::UNAUTHORIZED, reply::WRONG_KEY)
}

fn options(route: &Route<'_>) -> Reply {
    let mut reply = reply::html(route.allow());
    reply
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(route.allow()));
    reply
}
