//! Work on many things at a time, one thread a processor: runs share nothing, so that hundreds of them take as long as the machine
//! needs and no longer.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What `work` makes of each of `items`, in their order.
///
/// # Panics
/// When `work` does.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let hand = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else {
                return;
            };
            let result = work(item);
            results
                .lock()
                .expect("a thread that panicked ends the test")
                .insert(number, result);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZeroUsize::get) {
            scope.spawn(hand);
        }
    });
    results
        .into_inner()
        .expect("a thread that panicked ends the test")
        .into_values()
        .collect()
}
