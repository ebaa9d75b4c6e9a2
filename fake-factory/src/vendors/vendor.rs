//! One vendor: plain data, and what follows from it alone. What it has to do with other vendors is the list's business.

use super::connection::Connection;
use super::{Chaos, DETAIL_LEVELS_MAX, VendorError, bounded};
use crate::json::View;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The details that a vendor may give of itself.
const DETAILS: [&str; 5] = ["name", "email", "gitHubUrl", "website", "phone"];

/// One vendor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Vendor {
    pub(crate) id: Arc<str>,
    pub(crate) key: Arc<str>,
    pub(crate) created: Timestamp,
    /// Whether it has the role of an admin. The role of a vendor has everybody.
    pub(crate) admin: bool,
    pub(super) details: Map<String, Value>,
    pub(crate) chaos: Option<Chaos>,
    /// Its connections, and those it waits for, by purpose.
    pub(super) connections: BTreeMap<String, Connection>,
    /// The code that was sent to it last. It is good until the next one.
    pub(crate) login_code: Option<String>,
    /// `{"id":…,"name":…}`, as it stands in every pizza of this vendor; written whenever the list takes a vendor in.
    #[serde(skip)]
    pub(crate) in_payload: String,
}

impl Vendor {
    pub(crate) fn new(id: &str, key: &str, created: Timestamp) -> Self {
        let mut vendor = Vendor {
            id: id.into(),
            key: key.into(),
            created,
            admin: false,
            details: Map::new(),
            chaos: None,
            connections: BTreeMap::new(),
            login_code: None,
            in_payload: String::new(),
        };
        vendor.default_email();
        vendor
    }

    /// The same, as an admin.
    pub(crate) fn into_admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// Gives it the address that a vendor has who gives none.
    fn default_email(&mut self) {
        let email = format!("{}@byu.edu", self.id);
        self.details.insert("email".to_owned(), Value::from(email));
    }

    /// Takes over the details of a vendor that is new: an email that is none is none given.
    pub(crate) fn introduce(&mut self, given: View<'_>) -> Result<(), VendorError> {
        self.update(given)?;
        if matches!(self.detail("email"), None | Some("")) {
            self.default_email();
        }
        Ok(())
    }

    /// Takes over the details that `given` has; null removes one.
    pub(crate) fn update(&mut self, given: View<'_>) -> Result<(), VendorError> {
        for name in DETAILS {
            let Some(given) = given.get(name) else {
                continue;
            };
            if given.levels() > DETAIL_LEVELS_MAX {
                return Err(VendorError::TooDeep);
            }
            match given.value().map_err(|_| VendorError::TooDeep)? {
                Value::Null => {
                    self.details.remove(name);
                }
                value => {
                    match &value {
                        Value::String(text) => bounded(text)?,
                        other => bounded(&other.to_string())?,
                    }
                    self.details.insert(name.to_owned(), value);
                }
            }
        }
        Ok(())
    }

    /// A detail that is a text.
    pub(crate) fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).and_then(Value::as_str)
    }

    /// Its roles, in the real factory's order.
    pub(crate) fn roles(&self) -> &'static [&'static str] {
        if self.admin {
            &["admin", "vendor"]
        } else {
            &["vendor"]
        }
    }

    /// Writes down what follows from the rest.
    pub(super) fn settle(&mut self) {
        let in_payload = match self.details.get("name") {
            Some(name) => json!({ "id": *self.id, "name": name }),
            None => json!({ "id": *self.id }),
        };
        self.in_payload = crate::json::text(&in_payload);
    }

    /// The chaos that its orders meet at `now`.
    pub(crate) fn chaos_at(&self, now: Timestamp) -> Option<&Chaos> {
        self.unfixed_chaos().filter(|chaos| chaos.starts <= now)
    }

    /// Its chaos, started or not, until it is fixed.
    pub(crate) fn unfixed_chaos(&self) -> Option<&Chaos> {
        self.chaos.as_ref().filter(|chaos| chaos.fixed.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Text;
    use crate::vendors::DETAIL_CHARS_MAX;

    fn read(given: &Value) -> Text {
        Text::read(given.to_string().into()).expect("JSON")
    }

    fn update(vendor: &mut Vendor, given: &Value) -> Result<(), VendorError> {
        vendor.update(read(given).view())
    }

    fn vendor() -> Vendor {
        Vendor::new("a", "k", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_detail_of_null_is_removed_and_what_is_no_detail_is_left_out() {
        let mut vendor = vendor();
        vendor.settle();
        assert_eq!(vendor.in_payload, r#"{"id":"a"}"#);
        let given = json!({ "name": "A", "phone": "1", "apiKey": "no", "admin": true });
        update(&mut vendor, &given).expect("short");
        vendor.settle();
        assert_eq!(vendor.in_payload, r#"{"id":"a","name":"A"}"#);
        assert_eq!((vendor.detail("phone"), vendor.admin), (Some("1"), false));
        update(&mut vendor, &json!({ "phone": null })).expect("short");
        assert_eq!((vendor.detail("phone"), &*vendor.key), (None, "k"));
    }

    #[test]
    fn a_new_vendor_has_an_email_and_an_old_one_may_have_none() {
        for email in [json!(null), json!("")] {
            let mut vendor = vendor();
            let given = json!({ "email": email });
            vendor.introduce(read(&given).view()).expect("short");
            assert_eq!(vendor.detail("email"), Some("a@byu.edu"));
            update(&mut vendor, &json!({ "email": null })).expect("short");
            assert_eq!(vendor.detail("email"), None);
        }
    }

    #[test]
    fn a_detail_that_is_too_long_is_refused() {
        let named = |name: Value| update(&mut vendor(), &json!({ "name": name }));
        let text = |count: usize| json!("é".repeat(count));
        assert_eq!(named(text(DETAIL_CHARS_MAX)), Ok(()));
        assert_eq!(named(text(DETAIL_CHARS_MAX + 1)), Err(VendorError::TooLong));
        assert_eq!(
            named(json!([text(DETAIL_CHARS_MAX)])),
            Err(VendorError::TooLong)
        );
    }

    #[test]
    fn a_detail_nests_as_deep_as_it_can_be_kept() {
        let named = |levels: usize| {
            let name = "[".repeat(levels) + &"]".repeat(levels);
            let given = Text::read(format!("{{\"name\":{name}}}").into()).expect("JSON");
            let mut vendor = vendor();
            vendor.update(given.view()).map(|()| vendor)
        };
        let vendor = named(DETAIL_LEVELS_MAX).expect("not too deep");
        let text = serde_json::to_string(&vendor).expect("JSON");
        assert!(serde_json::from_str::<Vendor>(&text).is_ok());
        for levels in [DETAIL_LEVELS_MAX + 1, 500] {
            assert_eq!(named(levels).err(), Some(VendorError::TooDeep));
        }
    }

    #[test]
    fn a_vendor_that_was_written_down_is_the_same_again() {
        let mut vendor = vendor().into_admin();
        vendor.login_code = Some("12345678".to_owned());
        let text = serde_json::to_string(&vendor).expect("JSON");
        let again: Vendor = serde_json::from_str(&text).expect("a vendor");
        assert_eq!(serde_json::to_string(&again).expect("JSON"), text);
        assert_eq!(
            (again.roles(), again.created),
            (vendor.roles(), vendor.created)
        );
    }
}
