//! A reply that is far larger than it needs to be: what it has to say, with spaces after it, which leave JSON what it is. The spaces
//! are made on their way, so that a large body costs its client memory and the factory none.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The largest body, in bytes.
const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A reply that is larger than it needs to be.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OversizedBody {
    /// How large the body becomes, in bytes: 64 MiB at the most. One that is larger is left alone.
    pub bytes: u64,
}

impl OversizedBody {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "oversized_body",
        sentence: "Makes the body of the reply as large as you like; the JSON in it stays valid.",
        stage: Stage::Dressing,
        example: r#"{ "oversized_body": { "bytes": 10485760 } }"#,
    };
}

impl Kind for OversizedBody {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        let bytes = self.bytes;
        if bytes == 0 || bytes > BODY_BYTES_MAX {
            sense.error(
                &["oversized_body", "bytes"],
                format!(
                    "a body of {bytes} bytes cannot be made: expected 1 to {BODY_BYTES_MAX} (64 MiB)"
                ),
            );
        }
    }

    /// A reply without a body stays without.
    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        let pads = touch.has_body() && touch.travel.padded_to < Some(self.bytes);
        if pads {
            touch.travel.padded_to = Some(self.bytes);
        }
        pads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::Reply;
    use crate::faults::kind::tests::{struck, struck_after, told_of};

    #[test]
    fn the_largest_counts_and_a_reply_without_a_body_stays_without() {
        let (did, mut touch) = struck(&OversizedBody { bytes: 7 });
        assert!(did && !struck_after(&OversizedBody { bytes: 6 }, &mut touch));
        assert!(struck_after(&OversizedBody { bytes: 8 }, &mut touch));
        assert_eq!(touch.travel.padded_to, Some(8));
        let mut empty = Touch::default();
        empty.answer_with(Reply::default);
        assert!(!struck_after(&OversizedBody { bytes: 7 }, &mut empty));
    }

    #[test]
    fn a_body_without_bounds_is_refused() {
        for bytes in [0, 67_108_865] {
            let told = told_of(&format!("{{ oversized_body: {{ bytes: {bytes} }} }}"));
            assert_eq!(told.len(), 1);
        }
        assert!(told_of("{ oversized_body: { bytes: 67108864 } }").is_empty());
    }
}
