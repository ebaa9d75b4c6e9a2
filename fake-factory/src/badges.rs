//! Badges: small pictures that vendors make of a label and a value, for a page of theirs. This knows them by account and name, and
//! draws them; who may make one is the business of `api`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The most badges that a factory knows.
pub(crate) const BADGES_MAX: usize = 10_000;
/// The longest text of a badge, and the longest name of one or of its account, in code points.
pub(crate) const TEXT_CHARS_MAX: usize = 256;

/// The width of a letter, in pixels: badges are drawn without knowing the font.
const LETTER_WIDTH: usize = 7;
/// What is left free on either side of a text, in pixels.
const PADDING: usize = 5;

/// What there is to see on a badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Badge {
    pub(crate) label: String,
    pub(crate) value: String,
    /// The colour behind the value, as SVG writes it.
    pub(crate) color: String,
}

/// Why a badge is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadgeError {
    #[error("there are {BADGES_MAX} badges already")]
    Full,
    #[error("a name, label, value or color of a badge has at most {TEXT_CHARS_MAX} characters")]
    TooLong,
}

/// All badges, by account and name.
#[derive(Debug, Default)]
pub(crate) struct Badges {
    all: Mutex<BTreeMap<(String, String), Badge>>,
}

impl Badges {
    /// Takes a badge in, in place of the one of that name.
    pub(crate) fn put(&self, account: &str, name: &str, badge: Badge) -> Result<(), BadgeError> {
        let texts = [account, name, &badge.label, &badge.value, &badge.color];
        if texts
            .iter()
            .any(|text| text.chars().count() > TEXT_CHARS_MAX)
        {
            return Err(BadgeError::TooLong);
        }
        // An insertion is done or not, whoever panics.
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (account.to_owned(), name.to_owned());
        if all.len() >= BADGES_MAX && !all.contains_key(&key) {
            return Err(BadgeError::Full);
        }
        all.insert(key, badge);
        Ok(())
    }

    pub(crate) fn get(&self, account: &str, name: &str) -> Option<Badge> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&(account.to_owned(), name.to_owned())).cloned()
    }
}

impl Badge {
    /// The picture of it.
    pub(crate) fn svg(&self) -> String {
        let [label, value, color] =
            [&self.label, &self.value, &self.color].map(|text| escape(text));
        let [left, right] = [&self.label, &self.value].map(|text| width(text));
        let (total, middle_left, middle_right) = (left + right, left / 2, left + right / 2);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{label}: {value}">
  <title>{label}: {value}</title>
  <clipPath id="round"><rect width="{total}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#round)">
    <rect width="{left}" height="20" fill="#555"/>
    <rect x="{left}" width="{right}" height="20" fill="{color}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana, sans-serif" font-size="11">
    <text x="{middle_left}" y="14">{label}</text>
    <text x="{middle_right}" y="14">{value}</text>
  </g>
</svg>"##
        )
    }
}

/// The picture that stands for a badge that does not exist.
pub(crate) const NOT_FOUND_SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20" role="img" aria-label="Not Found">
  <title>Not Found</title>
  <rect width="90" height="20" rx="3" fill="#888"/>
  <text x="45" y="14" fill="#fff" text-anchor="middle" font-family="Verdana, sans-serif" font-size="11">Not Found</text>
</svg>"##;

fn width(text: &str) -> usize {
    text.chars().count() * LETTER_WIDTH + 2 * PADDING
}

/// `text` as it may stand in SVG. The real factory trusts what it is given; a page that shows this badge should not have to.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write most control characters.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn badge(label: &str) -> Badge {
        Badge {
            label: label.to_owned(),
            value: "87%".to_owned(),
            color: "#0e0".to_owned(),
        }
    }

    #[test]
    fn a_badge_shows_its_label_and_value_and_nothing_runs() {
        let svg = badge("<script>\"&\u{7}").svg();
        assert!(svg.contains("&lt;script&gt;&quot;&amp; : 87%"), "{svg}");
        assert!(svg.contains(r##"fill="#0e0""##), "{svg}");
        assert!(!svg.contains("<script"), "{svg}");
    }

    #[test]
    fn a_badge_is_replaced_and_there_is_a_limit_to_new_ones() {
        let badges = Badges::default();
        for number in 0..BADGES_MAX {
            let put = badges.put("account", &number.to_string(), badge("old"));
            assert_eq!(put, Ok(()));
        }
        assert_eq!(
            badges.put("account", "more", badge("new")),
            Err(BadgeError::Full)
        );
        assert_eq!(badges.put("account", "7", badge("new")), Ok(()));
        assert_eq!(badges.get("account", "7"), Some(badge("new")));
        let long = badge(&"x".repeat(TEXT_CHARS_MAX + 1));
        assert_eq!(badges.put("account", "7", long), Err(BadgeError::TooLong));
    }
}
