//! The `Authorization` header: the key is what stands in it, less the word before it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(key) = fake_factory::fuzzing::authorization(bytes) {
        let word = bytes.len() - key.len();
        assert!(word == 0 || word == "Bearer ".len(), "{key:?}");
    }
});
