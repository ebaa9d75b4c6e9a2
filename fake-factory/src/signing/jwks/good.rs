//! The signatures that this thread has lately found good. An order service checks its pizza and then so does the diner, and in a
//! simulated run both are one thread: half of what costs most there is to ask the same question again. An answer is kept with
//! all that it depends on, to the byte, so remembering changes nothing but the time it takes; what was bad is never kept.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

/// As many as orders that are between their service and their diner at one moment of a busy run.
const REMEMBERED: usize = 16;
/// Longer tokens are not worth their room.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

thread_local! {
    static GOOD: RefCell<VecDeque<Good>> = const { RefCell::new(VecDeque::new()) };
}

struct Good {
    key: Arc<str>,
    message: Box<str>,
    signature: Box<str>,
}

/// Whether `key`, by its public members, signed `message` with `signature`: as remembered, or else as `check` finds.
pub(super) fn signed(
    key: &Arc<str>,
    message: &str,
    signature: &str,
    check: impl FnOnce() -> bool,
) -> bool {
    let remembered = GOOD.with_borrow(|good| {
        good.iter().any(|good| {
            *good.signature == *signature && *good.message == *message && good.key == *key
        })
    });
    if remembered {
        return true;
    }
    let found = check();
    if found && message.len() + signature.len() <= TOKEN_BYTES_MAX {
        GOOD.with_borrow_mut(|good| {
            good.truncate(REMEMBERED - 1);
            good.push_front(Good {
                key: Arc::clone(key),
                message: message.into(),
                signature: signature.into(),
            });
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn only_the_very_same_question_is_not_asked_again() {
        let asked = Cell::new(0);
        let ask = |key: &str, message: &str, signature: &str, answer: bool| {
            signed(&Arc::from(key), message, signature, || {
                asked.set(asked.get() + 1);
                answer
            })
        };
        assert!(ask("key", "a.b", "s", true));
        assert!(ask("key", "a.b", "s", false), "remembered");
        assert_eq!(asked.get(), 1);
        assert!(!ask("other", "a.b", "s", false));
        assert!(!ask("key", "a.c", "s", false));
        assert!(!ask("key", "a.b", "t", false));
        assert!(ask("key", "a.b", "t", true), "what was bad is asked again");
        assert_eq!(asked.get(), 5);
    }

    #[test]
    fn the_oldest_is_forgotten() {
        for number in 0..=REMEMBERED {
            assert!(signed(&Arc::from("key"), &number.to_string(), "s", || true));
        }
        assert!(signed(&Arc::from("key"), "1", "s", || false));
        assert!(!signed(&Arc::from("key"), "0", "s", || false));
    }
}
