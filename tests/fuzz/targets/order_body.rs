//! The body of an order: whatever bytes come, they are an order or they are refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = fake_factory::fuzzing::order_body(bytes);
});
