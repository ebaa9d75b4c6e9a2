//! The list of all vendors. A vendor on it is replaced, never changed in place, so that looking one up is cheap and holds nothing;
//! whatever becomes of a vendor goes through `List::put` and `List::take`.

use super::{VENDORS_MAX, Vendor, VendorError, bounded};
use crate::store::Store;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The list of all vendors.
#[derive(Debug, Default)]
pub(crate) struct Vendors {
    list: Mutex<List>,
}

/// What the list holds, for whoever has locked it.
#[derive(Debug, Default)]
pub(super) struct List {
    by_key: BTreeMap<Arc<str>, Arc<Vendor>>,
    /// The key by id, in lower case: ids compare without regard to case.
    keys: BTreeMap<String, Arc<str>>,
    /// What every change is handed over to.
    store: Option<Store>,
}

impl Vendors {
    /// Hands every change over to `store` from now on.
    pub(crate) fn keep_in(&mut self, store: Store) {
        self.list().store = Some(store);
    }

    pub(crate) fn add(&self, vendor: Vendor) -> Result<Arc<Vendor>, VendorError> {
        let mut list = self.list();
        bounded(&vendor.id)?;
        if list.with_id(&vendor.id).is_some() {
            return Err(VendorError::Exists);
        }
        if list.with_key(&vendor.key).is_some() {
            return Err(VendorError::KeyTaken);
        }
        if list.keys.len() >= VENDORS_MAX {
            return Err(VendorError::Full);
        }
        Ok(list.put(vendor))
    }

    /// Changes the vendor with this key by `change`, and gives it as it is then; where `change` fails, it stays as it was.
    pub(crate) fn change(
        &self,
        key: &str,
        change: impl FnOnce(&mut Vendor) -> Result<(), VendorError>,
    ) -> Result<Arc<Vendor>, VendorError> {
        let mut list = self.list();
        let mut vendor = Vendor::clone(list.with_key(key).ok_or(VendorError::Unknown)?);
        change(&mut vendor)?;
        Ok(list.put(vendor))
    }

    /// Gives the vendor called `id` another key and, where `admin` says so, the role of an admin; the rest of it stays.
    pub(crate) fn give_key(
        &self,
        id: &str,
        key: &str,
        admin: bool,
    ) -> Result<Arc<Vendor>, VendorError> {
        let mut list = self.list();
        let mut vendor = Vendor::clone(list.with_id(id).ok_or(VendorError::Unknown)?);
        if list
            .with_key(key)
            .is_some_and(|other| other.id != vendor.id)
        {
            return Err(VendorError::KeyTaken);
        }
        let old = std::mem::replace(&mut vendor.key, key.into());
        vendor.admin |= admin;
        list.by_key.remove(&old);
        Ok(list.put(vendor))
    }

    /// Removes the vendor called `id`, its connections on both sides included.
    pub(crate) fn remove(&self, id: &str) -> Option<Arc<Vendor>> {
        let mut list = self.list();
        list.disconnect(id, None);
        list.take(id)
    }

    pub(crate) fn with_key(&self, key: &str) -> Option<Arc<Vendor>> {
        self.list().with_key(key).cloned()
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<Arc<Vendor>> {
        self.list().with_id(id).cloned()
    }

    /// Every vendor, by id.
    pub(crate) fn all(&self) -> Vec<Arc<Vendor>> {
        self.list().all().cloned().collect()
    }

    /// The vendor whose key stands in for those who have none of their own: an admin's never does.
    pub(crate) fn first(&self) -> Option<Arc<Vendor>> {
        self.find(|vendor| !vendor.admin)
    }

    /// The first vendor, by id, of which `is_it` is true.
    pub(super) fn find(&self, is_it: impl Fn(&Vendor) -> bool) -> Option<Arc<Vendor>> {
        self.list().all().find(|vendor| is_it(vendor)).cloned()
    }

    /// What `pick` makes of those vendors that it makes something of, by id.
    pub(super) fn pick<T>(&self, pick: impl Fn(&Vendor) -> Option<T>) -> Vec<T> {
        self.list()
            .all()
            .filter_map(|vendor| pick(vendor))
            .collect()
    }

    pub(super) fn list(&self) -> MutexGuard<'_, List> {
        // Whoever changes the list puts whole vendors, so a panic elsewhere leaves nothing half done.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    /// Takes a vendor in, in place of the one with its key if there is one.
    pub(super) fn put(&mut self, mut vendor: Vendor) -> Arc<Vendor> {
        vendor.settle();
        let vendor = Arc::new(vendor);
        let id = vendor.id.to_lowercase();
        if let Some(store) = &self.store {
            store.vendor(&id, &*vendor);
        }
        self.keys.insert(id, vendor.key.clone());
        self.by_key.insert(vendor.key.clone(), vendor.clone());
        vendor
    }

    /// Takes a vendor off the list.
    fn take(&mut self, id: &str) -> Option<Arc<Vendor>> {
        let id = id.to_lowercase();
        let key = self.keys.remove(&id)?;
        if let Some(store) = &self.store {
            store.vendor_gone(&id);
        }
        self.by_key.remove(&key)
    }

    pub(super) fn with_key(&self, key: &str) -> Option<&Arc<Vendor>> {
        self.by_key.get(key)
    }

    pub(super) fn with_id(&self, id: &str) -> Option<&Arc<Vendor>> {
        self.with_key(self.keys.get(&id.to_lowercase())?)
    }

    /// Every vendor, by id.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Vendor>> {
        self.keys.values().filter_map(|key| self.with_key(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn vendor(id: &str, key: &str) -> Vendor {
        Vendor::new(id, key, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn ids_compare_without_regard_to_case_and_keys_with() {
        let vendors = Vendors::default();
        vendors.add(vendor("Pizza", "KeyOne")).expect("new");
        assert!(vendors.with_id("pIZZA").is_some());
        assert!(vendors.with_key("keyone").is_none());
        let again = vendors.add(vendor("PIZZA", "KeyTwo"));
        assert_eq!(again.err(), Some(VendorError::Exists));
        let key = vendors.add(vendor("Other", "KeyOne"));
        assert_eq!(key.err(), Some(VendorError::KeyTaken));
    }

    #[test]
    fn another_key_is_one_that_nobody_else_has() {
        let vendors = Vendors::default();
        vendors.add(vendor("a", "ka")).expect("new");
        vendors.add(vendor("b", "kb")).expect("new");
        assert_eq!(
            vendors.give_key("A", "kb", true).err(),
            Some(VendorError::KeyTaken)
        );
        vendors.give_key("A", "kc", false).expect("free");
        assert!(vendors.with_key("ka").is_none());
        let again = vendors.give_key("a", "kc", true).expect("its own");
        assert_eq!((&*again.id, again.admin), ("a", true));
        assert_eq!(vendors.all().len(), 2);
    }

    #[test]
    fn a_change_that_fails_leaves_the_vendor_as_it_was() {
        let vendors = Vendors::default();
        vendors.add(vendor("a", "k")).expect("new");
        let failed = vendors.change("k", |vendor| {
            vendor.admin = true;
            Err(VendorError::TooLong)
        });
        assert_eq!(failed.err(), Some(VendorError::TooLong));
        assert!(!vendors.with_key("k").expect("known").admin);
    }

    #[test]
    fn a_vendor_that_is_removed_makes_room_for_another() {
        let vendors = Vendors::default();
        for number in 0..VENDORS_MAX {
            let name = number.to_string();
            vendors.add(vendor(&name, &name)).expect("new");
        }
        let more = vendors.add(vendor("more", "more"));
        assert_eq!(more.err(), Some(VendorError::Full));
        assert!(vendors.remove("7").is_some());
        assert!(vendors.remove("7").is_none());
        vendors.add(vendor("more", "more")).expect("room");
        assert_eq!(vendors.all().len(), VENDORS_MAX);
    }

    #[test]
    fn an_admins_key_stands_in_for_nobody() {
        let vendors = Vendors::default();
        vendors.add(vendor("a", "ka").into_admin()).expect("new");
        assert!(vendors.first().is_none());
        vendors.add(vendor("b", "kb")).expect("new");
        assert_eq!(
            vendors.first().map(|first| first.id.clone()),
            Some("b".into())
        );
    }
}
