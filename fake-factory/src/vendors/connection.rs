//! Connections: two vendors who wait for the same purpose are paired, and may rate each other. Each has a connection of its own,
//! with the other's id; the other's details are looked up when it is shown.

use super::list::List;
use super::{PURPOSES_MAX, Vendor, VendorError, Vendors, bounded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::sync::Arc;

/// One vendor's side of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Connection {
    /// The id of the other, once there is one.
    pub(crate) other: Option<Arc<str>>,
    pub(crate) created: Timestamp,
    /// What this vendor thinks of the other.
    pub(crate) rating: Number,
}

impl Vendors {
    /// Has the vendor with this key wait for `purpose`, or pairs it with the one that has waited for it longest.
    pub(crate) fn connect(
        &self,
        key: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<Arc<Vendor>, VendorError> {
        bounded(purpose)?;
        let mut list = self.list();
        let mut vendor = Vendor::clone(list.with_key(key).ok_or(VendorError::Unknown)?);
        let known = vendor.connections.contains_key(purpose);
        if !known && vendor.connections.len() >= PURPOSES_MAX {
            return Err(VendorError::TooManyPurposes);
        }
        let waiting = list.waiting_longest(&vendor, purpose);
        let own = vendor
            .connections
            .entry(purpose.to_owned())
            .or_insert_with(|| Connection {
                other: None,
                created: now,
                rating: Number::from(0),
            });
        if own.other.is_none()
            && let Some(mut other) = waiting
        {
            own.other = Some(other.id.clone());
            if let Some(theirs) = other.connections.get_mut(purpose) {
                theirs.other = Some(vendor.id.clone());
            }
            list.put(other);
        }
        Ok(list.put(vendor))
    }

    /// Writes down what the vendor with this key thinks of its connection to `other`, where it has that one.
    pub(crate) fn rate(
        &self,
        key: &str,
        other: &str,
        purpose: &str,
        rating: Number,
    ) -> Result<Arc<Vendor>, VendorError> {
        self.change(key, |vendor| {
            if let Some(connection) = vendor.connections.get_mut(purpose)
                && connection.is_to(other)
            {
                connection.rating = rating;
            }
            Ok(())
        })
    }

    /// Ends the connections of the vendor called `id` on both sides: those of one purpose, or all.
    pub(crate) fn disconnect(&self, id: &str, purpose: Option<&str>) {
        self.list().disconnect(id, purpose);
    }
}

impl List {
    /// The vendor that has waited for this purpose longest, other than `vendor`.
    fn waiting_longest(&self, vendor: &Vendor, purpose: &str) -> Option<Vendor> {
        self.all()
            .filter(|other| other.key != vendor.key)
            .filter_map(|other| Some((other.connections.get(purpose)?, other)))
            .filter(|(theirs, _)| theirs.other.is_none())
            .min_by_key(|(theirs, _)| theirs.created)
            .map(|(_, other)| Vendor::clone(other))
    }

    pub(super) fn disconnect(&mut self, id: &str, purpose: Option<&str>) {
        let concerned = |at: &str| purpose.is_none_or(|purpose| purpose == at);
        let ends = |vendor: &Vendor, at: &str, connection: &Connection| {
            concerned(at) && (same(&vendor.id, id) || connection.is_to(id))
        };
        let changed: Vec<Vendor> = self
            .all()
            .filter(|vendor| {
                let mut own = vendor.connections.iter();
                own.any(|(at, connection)| ends(vendor, at, connection))
            })
            .map(|vendor| {
                let mut changed = Vendor::clone(vendor);
                changed
                    .connections
                    .retain(|at, connection| !ends(vendor, at, connection));
                changed
            })
            .collect();
        for vendor in changed {
            self.put(vendor);
        }
    }
}

impl Connection {
    fn is_to(&self, id: &str) -> bool {
        self.other.as_deref().is_some_and(|other| same(other, id))
    }
}

/// Whether two ids are the same: they compare without regard to case.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::DETAIL_CHARS_MAX;

    fn vendors(ids: &[&str]) -> Vendors {
        let vendors = Vendors::default();
        for id in ids {
            vendors
                .add(Vendor::new(id, id, Timestamp::UNIX_EPOCH))
                .expect("new");
        }
        vendors
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    /// With whom each of these is connected for `purpose`: nothing where there is no connection, an empty id while it waits.
    fn others(vendors: &Vendors, ids: &[&str], purpose: &str) -> Vec<Option<String>> {
        let other = |id: &&str| {
            let vendor = vendors.with_id(id)?;
            let connection = vendor.connections.get(purpose)?;
            Some(connection.other.as_deref().unwrap_or_default().to_owned())
        };
        ids.iter().map(other).collect()
    }

    #[test]
    fn the_one_who_has_waited_longest_for_the_same_purpose_is_next() {
        let vendors = vendors(&["a", "b", "c", "d"]);
        for (key, purpose, second) in [("b", "test", 2), ("a", "test", 3), ("c", "other", 1)] {
            vendors.connect(key, purpose, at(second)).expect("connects");
        }
        assert_eq!(others(&vendors, &["a"], "test"), [Some("b".to_owned())]);
        vendors.connect("d", "test", at(4)).expect("waits");
        vendors.connect("a", "test", at(5)).expect("stays");
        let ids = ["a", "b", "c", "d"];
        let now = others(&vendors, &ids, "test");
        let expected = [Some("b"), Some("a"), None, Some("")];
        assert_eq!(now, expected.map(|id| id.map(str::to_owned)));
        assert_eq!(others(&vendors, &["c"], "other"), [Some(String::new())]);
    }

    #[test]
    fn a_connection_ends_on_both_sides() {
        let vendors = vendors(&["a", "b"]);
        for purpose in ["one", "two"] {
            vendors.connect("a", purpose, at(1)).expect("waits");
            vendors.connect("b", purpose, at(1)).expect("connects");
        }
        vendors.disconnect("B", Some("one"));
        assert_eq!(others(&vendors, &["a", "b"], "one"), [None, None]);
        assert!(others(&vendors, &["a", "b"], "two")[0].is_some());
        vendors.disconnect("a", None);
        assert_eq!(others(&vendors, &["a", "b"], "two"), [None, None]);
    }

    #[test]
    fn only_the_connection_that_is_meant_is_rated() {
        let vendors = vendors(&["a", "b"]);
        vendors.connect("a", "test", at(1)).expect("waits");
        vendors.connect("b", "test", at(1)).expect("connects");
        let rate = |other: &str, purpose: &str| {
            let rated = vendors.rate("a", other, purpose, Number::from(5));
            rated.expect("known").connections["test"].rating.clone()
        };
        assert_eq!(rate("nobody", "test"), Number::from(0));
        assert_eq!(rate("b", "other"), Number::from(0));
        assert_eq!(rate("B", "test"), Number::from(5));
        let theirs = vendors.with_id("b").expect("known");
        assert_eq!(theirs.connections["test"].rating, Number::from(0));
    }

    #[test]
    fn purposes_have_a_limit() {
        let vendors = vendors(&["a"]);
        for number in 0..PURPOSES_MAX {
            vendors
                .connect("a", &number.to_string(), at(1))
                .expect("waits");
        }
        let refused = |purpose: &str| vendors.connect("a", purpose, at(1)).err();
        assert_eq!(refused("more"), Some(VendorError::TooManyPurposes));
        assert_eq!(refused("0"), None);
        let long = "x".repeat(DETAIL_CHARS_MAX + 1);
        assert_eq!(refused(&long), Some(VendorError::TooLong));
    }
}
