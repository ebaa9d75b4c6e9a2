//! A reply that is cut short: its head announces the whole body, a part of it comes, and the connection is closed, politely. A pizza is
//! made.

use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::{BodyBreak, Break, Extent, Touch};
use crate::input::units::{Share, UnitError, written_as_text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A reply that is cut short.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Truncate {
    /// How much of the body comes: a number of bytes, or a share such as `50%`, which it is when this is left out. At least one
    /// byte is missing, whatever is said.
    #[serde(default)]
    pub after: Part,
}

/// A part of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// So many bytes.
    Bytes(u64),
    /// A share of it.
    Share(Share),
}

impl Default for Part {
    fn default() -> Self {
        Part::Share(Share(0.5))
    }
}

impl FromStr for Part {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text.trim().ends_with('%') {
            return text.parse().map(Part::Share);
        }
        let bytes = text.trim().parse().map(Part::Bytes);
        bytes.map_err(|_| {
            UnitError(format!(
                "`{text}` is no part of a body: expected a number of bytes or a share such as `50%`"
            ))
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Bytes(bytes) => bytes.fmt(formatter),
            Part::Share(share) => share.fmt(formatter),
        }
    }
}

written_as_text!(Part, "a number of bytes or a share such as `50%`", {
    "type": ["string", "integer"],
    "pattern": "^\\s*([0-9]+|[0-9.]+\\s*%)\\s*$",
    "minimum": 0,
    "description": "A part of a body: a number of bytes, or a share such as `50%`."
});

impl Part {
    fn extent(self) -> Extent {
        match self {
            Part::Bytes(bytes) => Extent::Bytes(bytes),
            // A share lies between 0 and 1.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            Part::Share(share) => Extent::Thousandths((share.0 * 1_000.0).round() as u64),
        }
    }
}

impl Truncate {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "truncate",
        sentence: "Sends a part of the body and closes the connection, though the headers announced all of it.",
        stage: Stage::Travel,
        example: r#"{ "truncate": { "after": "50%" } }"#,
    };
}

impl Kind for Truncate {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        let part = Break::Body(self.after.extent(), BodyBreak::Close);
        touch.has_body() && touch.travel.break_with(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    #[test]
    fn a_part_is_a_number_of_bytes_or_a_share() {
        for (text, extent) in [
            ("0", Extent::Bytes(0)),
            ("12", Extent::Bytes(12)),
            ("12.5%", Extent::Thousandths(125)),
            ("100%", Extent::Thousandths(1_000)),
        ] {
            let part: Part = text.parse().expect("a part");
            assert_eq!(part.extent(), extent);
            assert_eq!(part.to_string(), text);
        }
        for text in ["0.5", "-1", "101%", "half", ""] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_pizza_is_made_and_half_of_the_reply_sent() {
        let (did, touch) = struck(&Truncate::default());
        assert!(did && touch.answer.is_none());
        let half = Break::Body(Extent::Thousandths(500), BodyBreak::Close);
        assert_eq!(touch.travel.breaks, Some(half));
    }
}
