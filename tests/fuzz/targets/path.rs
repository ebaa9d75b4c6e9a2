//! The path of a request: a trailing slash and the case of its letters change nothing.
#![no_main]

use fake_factory::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|path: &str| {
    let found = fuzzing::path(path);
    if !path.ends_with('/') {
        assert_eq!(found, fuzzing::path(&format!("{path}/")));
    }
    assert_eq!(found, fuzzing::path(&path.to_ascii_uppercase()));
});
