//! The path and the query of a request: a trailing slash and the case of its letters change nothing about the endpoint.
#![no_main]

use fake_factory::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let _ = fuzzing::query(query, "label");
    let found = fuzzing::path(path).ok();
    if !path.ends_with('/') {
        assert_eq!(found, fuzzing::path(&format!("{path}/")).ok());
    }
    assert_eq!(found, fuzzing::path(&path.to_ascii_uppercase()).ok());
});
