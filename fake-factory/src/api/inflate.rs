//! Bodies that come compressed, in the two ways that Express's `express.json()` knows. What they say is for `body` to read.

use super::body::{BODY_BYTES_MAX, BodyError};
use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// How many bytes a compressed body may be longer than the longest one: as much as compressing adds to what cannot be compressed.
const FRAMING_BYTES_MAX: usize = 1024;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Deflate,
}

impl Encoding {
    /// The one that `Content-Encoding` names.
    pub(super) fn parse(name: &[u8]) -> Result<Self, BodyError> {
        let name = String::from_utf8_lossy(name).to_lowercase();
        match name.as_str() {
            "identity" => Ok(Encoding::Identity),
            "gzip" => Ok(Encoding::Gzip),
            "deflate" => Ok(Encoding::Deflate),
            _ => Err(BodyError::Encoding(name)),
        }
    }

    /// The most bytes of a body as it is sent.
    pub(super) fn bytes_max(self) -> usize {
        match self {
            Encoding::Identity => BODY_BYTES_MAX,
            Encoding::Gzip | Encoding::Deflate => BODY_BYTES_MAX + FRAMING_BYTES_MAX,
        }
    }

    /// The body that was sent as `bytes`. The limit is for what becomes of them, and no more than that is made.
    pub(super) fn inflated(self, bytes: Bytes) -> Result<Bytes, BodyError> {
        match self {
            Encoding::Identity => Ok(bytes),
            Encoding::Gzip => bounded(MultiGzDecoder::new(&*bytes)),
            Encoding::Deflate => bounded(ZlibDecoder::new(&*bytes)),
        }
    }
}

fn bounded(decoder: impl Read) -> Result<Bytes, BodyError> {
    let mut inflated = Vec::new();
    decoder
        .take(BODY_BYTES_MAX as u64 + 1)
        .read_to_end(&mut inflated)
        .map_err(BodyError::Compressed)?;
    if inflated.len() > BODY_BYTES_MAX {
        return Err(BodyError::TooLarge);
    }
    Ok(inflated.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::{GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    /// `bytes` under either encoding.
    fn packed(bytes: &[u8], level: Compression) -> [(Encoding, Bytes); 2] {
        let (mut gzip, mut deflate) = (Vec::new(), Vec::new());
        GzEncoder::new(bytes, level)
            .read_to_end(&mut gzip)
            .expect("compresses");
        ZlibEncoder::new(bytes, level)
            .read_to_end(&mut deflate)
            .expect("compresses");
        [
            (Encoding::Gzip, gzip.into()),
            (Encoding::Deflate, deflate.into()),
        ]
    }

    #[test]
    fn the_limit_is_for_what_becomes_of_a_body() {
        for level in [Compression::none(), Compression::best()] {
            for (encoding, bytes) in packed(&vec![b'x'; BODY_BYTES_MAX], level) {
                assert!(bytes.len() <= encoding.bytes_max());
                let inflated = encoding.inflated(bytes).expect("inflates");
                assert_eq!(inflated.len(), BODY_BYTES_MAX);
            }
        }
        for bytes_sent in [BODY_BYTES_MAX + 1, 64 * BODY_BYTES_MAX] {
            for (encoding, bytes) in packed(&vec![b'x'; bytes_sent], Compression::best()) {
                assert!(bytes.len() <= encoding.bytes_max());
                let refused = encoding.inflated(bytes);
                assert!(matches!(refused, Err(BodyError::TooLarge)), "{encoding:?}");
            }
        }
    }

    #[test]
    fn what_was_cut_or_never_compressed_is_refused() {
        for (encoding, bytes) in packed(b"[1, 2, 3]", Compression::fast()) {
            for wrong in [
                bytes.slice(..bytes.len() - 1),
                Bytes::from_static(b"[1, 2, 3]"),
            ] {
                let refused = encoding.inflated(wrong);
                assert!(
                    matches!(refused, Err(BodyError::Compressed(_))),
                    "{encoding:?}"
                );
            }
        }
    }

    #[test]
    fn an_encoding_is_known_in_any_case() {
        for (name, expected) in [
            ("Identity", Encoding::Identity),
            ("GZIP", Encoding::Gzip),
            ("deflate", Encoding::Deflate),
        ] {
            assert_eq!(Encoding::parse(name.as_bytes()).ok(), Some(expected));
        }
        for unknown in ["br", "x-gzip", "gzip, gzip", ""] {
            let refused = Encoding::parse(unknown.as_bytes());
            assert!(matches!(refused, Err(BodyError::Encoding(name)) if name == unknown));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange_to_be_refused(bytes: Vec<u8>) {
            for encoding in [Encoding::Gzip, Encoding::Deflate] {
                let _ = encoding.inflated(bytes.clone().into());
            }
        }
    }
}
