//! Who may order: vendors with their keys, details, roles, chaos, connections and login codes. All of it is plain data with
//! absolute times, so that it can be kept; who asks for it, and in which words, is the business of `api`.

mod chaos;
mod codes;
mod connection;
mod list;
mod shown;
mod vendor;

pub(crate) use chaos::{Chaos, ChaosKind, name as chaos_name};
pub(crate) use list::Vendors;
pub(crate) use shown::Show;
pub(crate) use vendor::Vendor;

/// The most vendors that a factory knows.
pub(crate) const VENDORS_MAX: usize = 10_000;
/// The longest id or detail of a vendor, or purpose of a connection, in code points: as JSON Schema counts, so that a description can
/// say it.
pub(crate) const DETAIL_CHARS_MAX: usize = 1_024;
/// As deep as a detail of a vendor nests. It is kept inside of its vendor, which is read again with what reads 127 levels.
pub(crate) const DETAIL_LEVELS_MAX: usize = 100;
/// The most purposes for which one vendor is connected or waits.
pub(crate) const PURPOSES_MAX: usize = 64;

/// Why a vendor, or a change to one, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VendorError {
    /// Another vendor has its id, whatever the case.
    #[error("Vendor already exists")]
    Exists,
    /// Another vendor has its key.
    #[error("two vendors have the same key")]
    KeyTaken,
    /// No vendor has this id or key.
    #[error("Vendor not found")]
    Unknown,
    /// The list holds [`VENDORS_MAX`].
    #[error("there are {VENDORS_MAX} vendors already")]
    Full,
    /// An id, a detail or a purpose is longer than [`DETAIL_CHARS_MAX`].
    #[error("an id, detail or purpose of a vendor has at most {DETAIL_CHARS_MAX} characters")]
    TooLong,
    /// A detail nests deeper than [`DETAIL_LEVELS_MAX`].
    #[error("a detail of a vendor nests at most {DETAIL_LEVELS_MAX} levels deep")]
    TooDeep,
    /// The vendor is connected for [`PURPOSES_MAX`] purposes.
    #[error("a vendor is connected for at most {PURPOSES_MAX} purposes")]
    TooManyPurposes,
}

/// Refuses an id, a detail or a purpose that is too long.
fn bounded(text: &str) -> Result<(), VendorError> {
    // Nearly every text has too few bytes to be counted.
    if text.len() > DETAIL_CHARS_MAX && text.chars().count() > DETAIL_CHARS_MAX {
        return Err(VendorError::TooLong);
    }
    Ok(())
}
