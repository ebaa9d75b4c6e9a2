//! A JWT to be verified, and the key set that a client fetches: nothing that was not signed is good.
#![no_main]

use fake_factory::Keys;
use fake_factory::seed::Seed;
use fake_factory::signing::{Algorithm, Signer};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static SIGNER: OnceLock<Signer> = OnceLock::new();

fuzz_target!(|text: &str| {
    let signer = SIGNER
        .get_or_init(|| Signer::new(Algorithm::EdDsa, Seed::new(329)).expect("a seed makes a key"));
    assert!(signer.keys().verify(text).is_err(), "signed by nobody");
    if let Ok(keys) = Keys::parse(text.as_bytes()) {
        let _ = keys.verify(&signer.bake(0, "{}").expect("a key signs"));
    }
});
