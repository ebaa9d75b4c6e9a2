//! The `Authorization` header: a key that is found in it stands in it, without blanks around.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(key) = fake_factory::fuzzing::authorization(bytes) {
        let stands = key.is_empty()
            || bytes
                .windows(key.len())
                .any(|window| window == key.as_bytes());
        assert!(stands && key.trim() == key, "{key:?}");
    }
});
