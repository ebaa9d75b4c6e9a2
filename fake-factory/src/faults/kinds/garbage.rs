//! What comes back is no HTTP: as when something else listens on the port, or speaks another protocol. No pizza is made for it.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::{Break, Touch};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is sent where the file does not say: the alert with which TLS answers what it does not understand.
const TLS_ALERT: &[u8] = b"\x15\x03\x01\x00\x02\x02\x0a";
/// The most that a file may have sent.
const BYTES_MAX: usize = 64 * 1024;

/// Bytes that are no HTTP, in place of a reply. The connection is closed after them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Garbage {
    /// The bytes to send, as text, 64 KiB at the most; what a TLS server says to plain HTTP when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
}

impl Garbage {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "garbage",
        sentence: "Sends bytes that are no HTTP, and closes the connection.",
        stage: Stage::Answer,
        example: r#"{ "garbage": { "bytes": "SSH-2.0-OpenSSH_9.9\r\n" } }"#,
    };

    fn sent(&self) -> Bytes {
        match &self.bytes {
            Some(bytes) => Bytes::copy_from_slice(bytes.as_bytes()),
            None => Bytes::from_static(TLS_ALERT),
        }
    }
}

impl Kind for Garbage {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        let bytes = self.bytes.as_ref().map_or(0, String::len);
        if bytes > BYTES_MAX {
            let message = format!("{bytes} bytes are too many: expected {BYTES_MAX} at the most");
            sense.error(&["garbage", "bytes"], message);
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_nothing(Break::Garbage(self.sent()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::{struck, told_of};

    #[test]
    fn it_sends_what_the_file_says_or_what_tls_would() {
        let own = Garbage {
            bytes: Some("hello".to_owned()),
        };
        let sent = |garbage| struck(garbage).1.travel.breaks;
        let hello = Bytes::from_static(b"hello");
        assert_eq!(sent(&own), Some(Break::Garbage(hello)));
        let alert = Bytes::from_static(TLS_ALERT);
        assert_eq!(sent(&Garbage::default()), Some(Break::Garbage(alert)));
    }

    #[test]
    fn more_than_is_kept_is_refused() {
        let told = told_of(&format!(
            "{{ garbage: {{ bytes: {} }} }}",
            "x".repeat(65_537)
        ));
        assert_eq!(
            told,
            ["65537 bytes are too many: expected 65536 at the most"]
        );
    }
}
