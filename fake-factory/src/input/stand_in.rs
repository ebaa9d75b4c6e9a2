//! What is read in place of a field that is missing, once the user has been told: so that the rest of the file is read as well
//! and every other error is found. Nothing that was read with one is ever run.

/// Texts to try, one after the other: between them they satisfy every type that is read from text.
const TEXTS: [&str; 6] = [
    "missing",
    "1s",
    "50%",
    "1/s",
    "2000-01-01T00:00:00Z",
    "== 0",
];

/// How many tries there are.
pub(super) const ATTEMPTS: usize = TEXTS.len();

/// The text for a try, the first one being 0.
pub(super) fn text(attempt: usize) -> &'static str {
    TEXTS[attempt % TEXTS.len()]
}
