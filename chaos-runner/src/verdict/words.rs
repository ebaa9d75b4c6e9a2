//! How verdicts put durations, numbers and orders into words. It knows the record of an order and nothing of expectations.

use super::story::Story;
use crate::record::orders::{Fate, OrderRecord, Told};
use fake_factory::input::units::HumanDuration;
use std::time::Duration;

/// How many orders an explanation names.
const ORDERS_NAMED_MAX: usize = 3;
/// How many characters of a message an explanation repeats.
const MESSAGE_CHARS_MAX: usize = 80;

/// A measured duration, to the second from a minute on, else to the millisecond.
pub(super) fn length(duration: Duration) -> String {
    let rounded = if duration >= Duration::from_secs(60) {
        Duration::from_secs((duration + Duration::from_millis(500)).as_secs())
    } else {
        Duration::from_millis(
            u64::try_from(duration.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX),
        )
    };
    HumanDuration(rounded).to_string()
}

/// A measured duration where a second more or less says little: to the second from ten seconds on, else to the tenth of one.
pub(super) fn rough_length(duration: Duration) -> String {
    let grain_ms = if duration >= Duration::from_secs(10) {
        1_000
    } else {
        100
    };
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let rounded = millis.saturating_add(grain_ms / 2) / grain_ms * grain_ms;
    HumanDuration(Duration::from_millis(rounded)).to_string()
}

/// A number with at most four significant digits behind the point.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = 3 - value.abs().log10().floor().clamp(-9.0, 3.0) as i32;
    let scale = 10_f64.powi(digits);
    let rounded = (value * scale).round() / scale;
    rounded.to_string()
}

/// A share as a percentage with at most two digits behind the point, never rounded up to 100%.
pub(super) fn percent(part: usize, whole: usize) -> String {
    let share = part as f64 / whole.max(1) as f64;
    let hundredths = (share * 10_000.0 + 1e-6).floor();
    format!("{}%", hundredths / 100.0)
}

/// `count` of something, as in "1 order", "2 orders".
pub(crate) fn counted(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

/// The first few of `orders` with their times and what became of them, and how many more there are.
pub(super) fn first_of(story: &Story<'_>, orders: &[&OrderRecord]) -> String {
    let mut named: Vec<String> = orders
        .iter()
        .take(ORDERS_NAMED_MAX)
        .map(|order| one(story, order))
        .collect();
    if orders.len() > ORDERS_NAMED_MAX {
        named.push(format!("and {} more", orders.len() - ORDERS_NAMED_MAX));
    }
    named.join("; ")
}

fn one(story: &Story<'_>, order: &OrderRecord) -> String {
    let mut text = format!(
        "{} at {} {}",
        order.reference,
        story.clock(order.placed_at),
        told(order)
    );
    match order.fate {
        Fate::InDoubt => text.push_str(", yet a pizza was made"),
        Fate::Lost => text.push_str(", and no pizza was made"),
        Fate::Queued => text.push_str(", and waits in the queue"),
        Fate::Fulfilled | Fate::Refused | Fate::Failed => {}
    }
    if order.is_duplicated() {
        text.push_str(&format!(", and was made {} times", order.made_at.len()));
    }
    text
}

fn told(order: &OrderRecord) -> String {
    match &order.told {
        Told::Pizza => "got a pizza".to_owned(),
        Told::BadPizza => "got a pizza that does not verify".to_owned(),
        Told::Accepted => "was accepted".to_owned(),
        Told::Refused { status, message } => format!("was refused: {status}{}", quoted(message)),
        Told::Error {
            status: Some(status),
            message,
        } => format!("was told {status}{}", quoted(message)),
        Told::Error {
            status: None,
            message,
        } => format!("lost the connection{}", quoted(message)),
        Told::HungUp => format!(
            "hung up after {}",
            length(
                order
                    .answered_at
                    .unwrap_or(order.placed_at)
                    .since(order.placed_at)
            )
        ),
        Told::Nothing => "was told nothing until the run ended".to_owned(),
    }
}

/// A message from outside, short and on one line.
fn quoted(message: &str) -> String {
    let line = message.trim();
    if line.is_empty() {
        return String::new();
    }
    let mut safe: String = line
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(MESSAGE_CHARS_MAX)
        .collect();
    if line.chars().count() > MESSAGE_CHARS_MAX {
        safe.push_str("...");
    }
    format!(" \"{safe}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_wrong_in_size() {
        let written: Vec<String> = [0.0, 0.03, 1.0 / 3.0, 12.345_678, 123_456.7, 0.000_012_345]
            .into_iter()
            .map(number)
            .collect();
        assert_eq!(
            written,
            ["0", "0.03", "0.3333", "12.35", "123457", "0.00001235"]
        );
    }

    #[test]
    fn a_share_below_all_never_reads_as_all() {
        assert_eq!(percent(99_999, 100_000), "99.99%");
        assert_eq!(percent(3, 3), "100%");
        assert_eq!(percent(1, 3), "33.33%");
    }

    #[test]
    fn a_message_stays_on_one_line_and_carries_no_control_characters() {
        assert_eq!(quoted("<h1>\n\u{1b}[31mno"), " \"<h1>  [31mno\"");
        assert_eq!(quoted(&"x".repeat(200)).len(), MESSAGE_CHARS_MAX + 6);
    }
}
