//! Who may order: vendors with their keys, details and chaos. A vendor on the list is replaced, never changed in place, so that
//! looking one up is cheap and holds nothing.

use crate::clock::Elapsed;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most vendors that a factory knows.
pub(crate) const VENDORS_MAX: usize = 10_000;
/// The longest id or detail of a vendor, in bytes.
pub(crate) const DETAIL_BYTES_MAX: usize = 1_024;
/// The details that a vendor may give of itself.
const DETAILS: [&str; 5] = ["name", "email", "gitHubUrl", "website", "phone"];

/// The three ways in which a vendor may have the factory break for itself alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChaosKind {
    Fail,
    Throttle,
    BadJwt,
}

impl ChaosKind {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "fail" => Some(ChaosKind::Fail),
            "throttle" => Some(ChaosKind::Throttle),
            "badjwt" => Some(ChaosKind::BadJwt),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            ChaosKind::Fail => "fail",
            ChaosKind::Throttle => "throttle",
            ChaosKind::BadJwt => "badjwt",
        }
    }
}

/// Chaos that a vendor asked for.
#[derive(Clone, Debug)]
pub(crate) struct Chaos {
    pub(crate) kind: ChaosKind,
    pub(crate) initiated: Timestamp,
    pub(crate) starts: Elapsed,
    pub(crate) start_date: Timestamp,
    pub(crate) code: String,
    pub(crate) fixed: Option<Timestamp>,
}

impl Chaos {
    fn to_json(&self) -> Value {
        let (initiated, start) = (iso(self.initiated), iso(self.start_date));
        match self.fixed {
            None => {
                json!({ "type": self.kind.name(), "initiatedDate": initiated, "startDate": start })
            }
            Some(fixed) => {
                json!({ "type": "none", "initiatedDate": initiated, "startDate": start, "fixDate": iso(fixed) })
            }
        }
    }
}

/// The ISO 8601 form of the real factory: UTC, in milliseconds.
pub(crate) fn iso(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// One vendor.
#[derive(Clone, Debug)]
pub(crate) struct Vendor {
    pub(crate) id: Arc<str>,
    pub(crate) key: Arc<str>,
    pub(crate) created: Timestamp,
    details: Map<String, Value>,
    pub(crate) chaos: Option<Chaos>,
    /// `{"id":…,"name":…}`, as it stands in every pizza of this vendor.
    pub(crate) in_payload: String,
}

impl Vendor {
    pub(crate) fn new(id: &str, key: &str, created: Timestamp) -> Self {
        let mut vendor = Vendor {
            id: id.into(),
            key: key.into(),
            created,
            details: Map::new(),
            chaos: None,
            in_payload: String::new(),
        };
        vendor.detail("email", Value::String(format!("{id}@byu.edu")));
        vendor
    }

    /// Takes over the details that `given` has; null removes one.
    pub(crate) fn update(&mut self, given: &Value) -> Result<(), VendorError> {
        for name in DETAILS {
            match given.get(name) {
                None => {}
                Some(value) if value.to_string().len() > DETAIL_BYTES_MAX => {
                    return Err(VendorError::TooLong);
                }
                Some(value) => self.detail(name, value.clone()),
            }
        }
        Ok(())
    }

    fn detail(&mut self, name: &str, value: Value) {
        if value.is_null() {
            self.details.remove(name);
        } else {
            self.details.insert(name.to_owned(), value);
        }
        let in_payload = match self.details.get("name") {
            Some(name) => json!({ "id": *self.id, "name": name }),
            None => json!({ "id": *self.id }),
        };
        self.in_payload = in_payload.to_string();
    }

    /// The chaos that its orders meet at `now`.
    pub(crate) fn chaos_at(&self, now: Elapsed) -> Option<&Chaos> {
        self.unfixed_chaos().filter(|chaos| chaos.starts <= now)
    }

    /// Its chaos, started or not, until it is fixed.
    pub(crate) fn unfixed_chaos(&self) -> Option<&Chaos> {
        self.chaos.as_ref().filter(|chaos| chaos.fixed.is_none())
    }

    /// As its owner sees it, with its key or without.
    pub(crate) fn to_json(&self, with_key: bool) -> Value {
        let mut json = Map::new();
        json.insert("id".to_owned(), Value::from(&*self.id));
        if with_key {
            json.insert("apiKey".to_owned(), Value::from(&*self.key));
        }
        json.insert("created".to_owned(), Value::from(iso(self.created)));
        json.extend(self.details.clone());
        if let Some(chaos) = &self.chaos {
            json.insert("chaos".to_owned(), chaos.to_json());
        }
        json.insert("roles".to_owned(), json!(["vendor"]));
        json.insert("connections".to_owned(), json!({}));
        Value::Object(json)
    }
}

/// Why a vendor is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VendorError {
    /// Another vendor has its id, whatever the case.
    #[error("Vendor already exists")]
    Exists,
    /// Another vendor has its key.
    #[error("two vendors have the same key")]
    KeyTaken,
    /// The list holds [`VENDORS_MAX`].
    #[error("there are {VENDORS_MAX} vendors already")]
    Full,
    /// Its id or a detail is longer than [`DETAIL_BYTES_MAX`].
    #[error("an id or detail of a vendor has at most {DETAIL_BYTES_MAX} bytes")]
    TooLong,
}

/// The list of all vendors.
#[derive(Debug, Default)]
pub(crate) struct Vendors {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    by_key: BTreeMap<Arc<str>, Arc<Vendor>>,
    /// The key by id, in lower case: ids compare without regard to case.
    keys: BTreeMap<String, Arc<str>>,
}

impl Vendors {
    pub(crate) fn add(&self, vendor: Vendor) -> Result<Arc<Vendor>, VendorError> {
        let mut list = self.list();
        let id = vendor.id.to_lowercase();
        if vendor.id.len() > DETAIL_BYTES_MAX {
            return Err(VendorError::TooLong);
        }
        if list.keys.contains_key(&id) {
            return Err(VendorError::Exists);
        }
        if list.by_key.contains_key(&vendor.key) {
            return Err(VendorError::KeyTaken);
        }
        if list.keys.len() >= VENDORS_MAX {
            return Err(VendorError::Full);
        }
        let vendor = Arc::new(vendor);
        list.keys.insert(id, vendor.key.clone());
        list.by_key.insert(vendor.key.clone(), vendor.clone());
        Ok(vendor)
    }

    pub(crate) fn with_key(&self, key: &str) -> Option<Arc<Vendor>> {
        self.list().by_key.get(key).cloned()
    }

    /// The vendor whose key comes first, for those who have none of their own.
    pub(crate) fn first(&self) -> Option<Arc<Vendor>> {
        self.list().by_key.values().next().cloned()
    }

    /// The vendor with this id, whatever the case.
    pub(crate) fn with_id(&self, id: &str) -> Option<Arc<Vendor>> {
        let list = self.list();
        let key = list.keys.get(&id.to_lowercase())?;
        list.by_key.get(key).cloned()
    }

    /// All of them, in the order of their ids.
    pub(crate) fn all(&self) -> Vec<Arc<Vendor>> {
        let list = self.list();
        let keys = list.keys.values();
        keys.filter_map(|key| list.by_key.get(key).cloned())
            .collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.list().keys.len()
    }

    pub(crate) fn exists(&self, id: &str) -> bool {
        self.list().keys.contains_key(&id.to_lowercase())
    }

    /// Changes the vendor with this key by `change`; gives it as it is then, or nothing when there is none.
    pub(crate) fn change(
        &self,
        key: &str,
        change: impl FnOnce(&mut Vendor),
    ) -> Option<Arc<Vendor>> {
        let mut list = self.list();
        let entry = list.by_key.get_mut(key)?;
        let mut vendor = Vendor::clone(entry);
        change(&mut vendor);
        *entry = Arc::new(vendor);
        Some(entry.clone())
    }

    /// The chaos, by name, that some vendor's orders meet at `now`.
    pub(crate) fn any_chaos(&self, now: Elapsed) -> Option<String> {
        let list = self.list();
        list.by_key.values().find_map(|vendor| {
            Some(format!(
                "{} of {}",
                vendor.chaos_at(now)?.kind.name(),
                vendor.id
            ))
        })
    }

    fn list(&self) -> MutexGuard<'_, List> {
        // Every change is a single insertion, so a panic elsewhere leaves nothing half done.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_compare_without_regard_to_case_and_keys_with() {
        let vendors = Vendors::default();
        vendors
            .add(Vendor::new("Pizza", "KeyOne", Timestamp::UNIX_EPOCH))
            .expect("new");
        assert!(vendors.exists("pIZZA"));
        assert!(vendors.with_key("keyone").is_none());
        let again = Vendor::new("PIZZA", "KeyTwo", Timestamp::UNIX_EPOCH);
        assert_eq!(vendors.add(again).err(), Some(VendorError::Exists));
    }

    #[test]
    fn a_detail_of_null_is_removed() {
        let mut vendor = Vendor::new("a", "k", Timestamp::UNIX_EPOCH);
        assert_eq!(vendor.in_payload, r#"{"id":"a"}"#);
        vendor
            .update(&json!({ "name": "A", "phone": "1", "apiKey": "no" }))
            .expect("short");
        assert_eq!(vendor.in_payload, r#"{"id":"a","name":"A"}"#);
        vendor.update(&json!({ "phone": null })).expect("short");
        let json = vendor.to_json(true);
        assert_eq!((json.get("phone"), &json["apiKey"]), (None, &json!("k")));
    }
}
