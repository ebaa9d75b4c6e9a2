//! Every row of the real factory's API, one file a resource, over both transports. Rows that say the same of several requests are
//! tables: a request, and what comes back.

mod admin;
mod badges;
mod bodies;
mod chaos;
mod codes;
mod connections;
mod docs;
mod log;
mod manners;
mod orders;
mod own;
mod pizza;
mod vendors;

use crate::world::{World, world_with};
use fake_factory::net::Network;
use fake_factory::{Setup, VendorKey};
use serde_json::{Value, json};

/// The vendor called `student`.
use crate::world::KEY as STUDENT;
/// The vendor called `Other`.
const OTHER: &str = "otherotherotherother";
/// The admin called `root`.
const ADMIN: &str = "adminadminadminadmin";

/// A factory with two vendors and an admin.
async fn staffed(network: &Network) -> World {
    staffed_with(network, |_| {}).await
}

async fn staffed_with(network: &Network, change: impl FnOnce(&mut Setup)) -> World {
    let named = |id: &str, key: &str| VendorKey {
        id: id.to_owned(),
        key: key.to_owned(),
    };
    world_with(network, json!([]), |setup| {
        setup.vendors.push(named("Other", OTHER));
        setup.admins.push(named("root", ADMIN));
        change(setup);
    })
    .await
}

fn message(text: &str) -> Value {
    json!({ "message": text })
}

/// Who asks, what, with which body; the status and the body that come back.
type Row = (Option<&'static str>, &'static str, Value, u16, Value);

/// Sends the requests of a table one after the other.
async fn holds(world: &World, rows: impl IntoIterator<Item = Row>) {
    for (key, request, body, status, expected) in rows {
        let seen = world.ask(key, request, &body).await;
        let found = (seen.status, &seen.body);
        assert_eq!(found, (status, &expected), "{key:?} {request} {body}");
    }
}

/// The same refusal of many requests.
fn refused(
    requests: impl IntoIterator<Item = (Option<&'static str>, &'static str, Value)>,
    status: u16,
    text: &str,
) -> Vec<Row> {
    let row = |(key, request, body)| (key, request, body, status, message(text));
    requests.into_iter().map(row).collect()
}
