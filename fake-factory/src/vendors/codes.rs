//! Login codes: how somebody without a key gets one. The real factory mails a code to the vendor; here whoever runs the factory
//! reads it in the log, or asks for it. A vendor has one at a time, and it is good as often as it is used.

use super::{Vendor, VendorError, Vendors};
use std::sync::Arc;

impl Vendors {
    /// Gives the vendor called `id` a code in place of the one before.
    pub(crate) fn give_code(&self, id: &str, code: String) -> Result<Arc<Vendor>, VendorError> {
        let vendor = self.with_id(id).ok_or(VendorError::Unknown)?;
        self.change(&vendor.key, |vendor| {
            vendor.login_code = Some(code);
            Ok(())
        })
    }

    /// The vendor called `id`, when this is its code.
    pub(crate) fn with_code(&self, id: &str, code: &str) -> Option<Arc<Vendor>> {
        self.with_id(id)
            .filter(|vendor| vendor.login_code.as_deref() == Some(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn a_code_is_good_until_the_next_one_and_for_its_vendor_alone() {
        let vendors = Vendors::default();
        for (id, key) in [("a", "ka"), ("b", "kb")] {
            vendors
                .add(Vendor::new(id, key, Timestamp::UNIX_EPOCH))
                .expect("new");
        }
        vendors.give_code("A", "first".to_owned()).expect("known");
        assert!(vendors.with_code("a", "first").is_some());
        assert!(vendors.with_code("a", "first").is_some());
        assert!(vendors.with_code("b", "first").is_none());
        vendors.give_code("a", "second".to_owned()).expect("known");
        assert!(vendors.with_code("a", "first").is_none());
        let nobody = vendors.give_code("nobody", "third".to_owned());
        assert_eq!(nobody.err(), Some(VendorError::Unknown));
    }
}
