//! How a vendor looks in a reply, to whom. It is read there only: what is kept has a form of its own.

use super::chaos::Chaos;
use super::connection::Connection;
use super::list::List;
use super::{Vendor, Vendors};
use crate::clock;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// Anybody: without its key.
    Anybody,
    /// The vendor itself: without the code that would end its chaos.
    Owner,
    /// An admin, who sees all.
    Admin,
}

impl Vendors {
    /// A vendor as `show` sees it.
    pub(crate) fn shown(&self, vendor: &Vendor, show: Show) -> Value {
        self.list().shown(vendor, show)
    }

    /// Every vendor as an admin sees it.
    pub(crate) fn shown_to_admin(&self) -> Value {
        let list = self.list();
        let all = list.all().map(|vendor| list.shown(vendor, Show::Admin));
        all.collect()
    }
}

impl List {
    fn shown(&self, vendor: &Vendor, show: Show) -> Value {
        let mut json = Map::new();
        json.insert("id".to_owned(), Value::from(&*vendor.id));
        if show != Show::Anybody {
            json.insert("apiKey".to_owned(), Value::from(&*vendor.key));
        }
        json.insert("created".to_owned(), iso(vendor.created));
        json.extend(vendor.details.clone());
        if let Some(chaos) = &vendor.chaos {
            json.insert("chaos".to_owned(), shown_chaos(chaos, show));
        }
        json.insert("roles".to_owned(), json!(vendor.roles()));
        let connections: Map<String, Value> = vendor
            .connections
            .iter()
            .map(|(purpose, connection)| {
                (purpose.clone(), self.shown_connection(purpose, connection))
            })
            .collect();
        json.insert("connections".to_owned(), Value::Object(connections));
        Value::Object(json)
    }

    fn shown_connection(&self, purpose: &str, connection: &Connection) -> Value {
        let other = connection.other.as_deref().and_then(|id| self.with_id(id));
        let mut json = Map::new();
        json.insert("id".to_owned(), json!(other.map(|other| &*other.id)));
        json.insert("purpose".to_owned(), Value::from(purpose));
        json.insert("created".to_owned(), iso(connection.created));
        json.insert("rating".to_owned(), json!(connection.rating));
        for name in ["name", "phone", "email", "website"] {
            if let Some(detail) = other.and_then(|other| other.details.get(name)) {
                json.insert(name.to_owned(), detail.clone());
            }
        }
        Value::Object(json)
    }
}

fn shown_chaos(chaos: &Chaos, show: Show) -> Value {
    let kind = match chaos.fixed {
        None => chaos.kind.name(),
        Some(_) => "none",
    };
    let mut json = Map::new();
    json.insert("type".to_owned(), Value::from(kind));
    json.insert("initiatedDate".to_owned(), iso(chaos.initiated));
    json.insert("startDate".to_owned(), iso(chaos.starts));
    match chaos.fixed {
        Some(fixed) => {
            json.insert("fixDate".to_owned(), iso(fixed));
        }
        None if show == Show::Admin => {
            json.insert("fixCode".to_owned(), Value::from(chaos.code.as_str()));
        }
        None => {}
    }
    Value::Object(json)
}

fn iso(timestamp: Timestamp) -> Value {
    Value::from(clock::iso(timestamp))
}
