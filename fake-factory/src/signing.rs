//! Baking: a pizza is a signed JWT, made by hand because the factory's claims sit in the header and its payload is as it was
//! sent. It knows keys and signatures; who may have a pizza, and when, is the kitchen's business.

pub mod counterfeit;
pub mod jwks;
mod key;
pub mod key_file;

use crate::json::Text;
use crate::seed::Seed;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use jwks::{Keys, VerifyError};
use key::{Key, Pair};
use key_file::SigningKey;
use std::sync::OnceLock;

/// How long a pizza is good for, in seconds: `exp` minus `iat`.
pub const LIFETIME_SECONDS: i64 = 86_400;
/// Who makes the pizzas: the `iss` of every one.
pub const ISSUER: &str = "cs329.click";

/// What a factory signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519, with a key drawn from the seed: the same pizzas for the same seed, at 12 µs each. What simulated runs use.
    EdDsa,
    /// ECDSA on P-256 with SHA-256, with a fresh key. Its signatures are randomised: the same pizza baked twice differs in them,
    /// so a run that signs so is not reproduced byte for byte.
    Es256,
    /// RSA with SHA-256, as the real factory does, with a fresh key of 2048 bits.
    Rs256,
}

impl Algorithm {
    /// Its name in a JWT header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
            Algorithm::Rs256 => "RS256",
        }
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Why a pizza could not be signed, or a key not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The cryptography library made no key.
    #[error("make a signing key")]
    Key,
    /// The cryptography library signed nothing.
    #[error("sign a pizza")]
    Signature,
    /// What was to be changed before it was signed is no JSON.
    #[error("read the payload of a pizza")]
    Payload,
}

/// One of a signer's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichKey {
    /// The key that it signs with.
    Own,
    /// The key that follows it when keys are rotated. It is made when it is first asked for, which takes an RSA key some 60 ms.
    Next,
}

/// The signing keys of a factory and what the world is told of them.
#[derive(Debug)]
pub struct Signer {
    algorithm: Algorithm,
    own: Key,
    next: OnceLock<Result<Key, SigningError>>,
    seed: Seed,
}

impl Signer {
    /// A signer whose keys are drawn from `seed` where the algorithm allows it.
    ///
    /// # Errors
    /// When the cryptography library makes no key.
    pub fn new(algorithm: Algorithm, seed: Seed) -> Result<Self, SigningError> {
        Signer::with(Pair::generate(algorithm, seed)?, seed)
    }

    /// A signer with a key from a file; the one that follows it is made, drawn from `seed` where the algorithm allows it.
    ///
    /// # Errors
    /// When the cryptography library does not tell the public half of the key.
    pub fn with_key(key: SigningKey, seed: Seed) -> Result<Self, SigningError> {
        Signer::with(key.into_pair(), seed)
    }

    fn with(pair: Pair, seed: Seed) -> Result<Self, SigningError> {
        Ok(Signer {
            algorithm: pair.algorithm(),
            own: Key::new(pair)?,
            next: OnceLock::new(),
            seed,
        })
    }

    /// The compact JWT over `payload`, a JSON text, issued at `iat` in Unix seconds.
    ///
    /// # Errors
    /// When the cryptography library signs nothing.
    pub fn bake(&self, iat: i64, payload: &str) -> Result<String, SigningError> {
        self.own.bake(iat, payload)
    }

    /// [`Signer::bake`] with one of the two keys.
    ///
    /// # Errors
    /// When the cryptography library makes no key or signs nothing.
    pub fn bake_with(
        &self,
        key: WhichKey,
        iat: i64,
        payload: &str,
    ) -> Result<String, SigningError> {
        self.key(key)?.bake(iat, payload)
    }

    /// The JSON of `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> &Bytes {
        &self.own.jwks
    }

    /// A key set of the one key; of none where it could not be made.
    #[must_use]
    pub fn jwks_of(&self, key: WhichKey) -> Bytes {
        match self.key(key) {
            Ok(key) => key.jwks.clone(),
            Err(_) => Bytes::from_static(br#"{"keys":[]}"#),
        }
    }

    /// The keys that verify what this signer baked.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.own.keys
    }

    /// The keys that verify what was baked with the one key; none where it could not be made.
    #[must_use]
    pub fn keys_of(&self, key: WhichKey) -> Keys {
        self.key(key)
            .map(|key| key.keys.clone())
            .unwrap_or_default()
    }

    /// Makes a key before it is first asked for. Where it cannot be made, each use of it says so again.
    pub(crate) fn prepare(&self, key: WhichKey) {
        if let Err(error) = self.key(key) {
            tracing::warn!("failed to {error}");
        }
    }

    /// What a pizza says that was baked with either key.
    ///
    /// # Errors
    /// As [`Keys::verify`].
    pub(crate) fn verify(&self, jwt: &str) -> Result<Text, VerifyError> {
        let own = self.own.keys.verify_text(jwt);
        match (&own, self.next.get()) {
            (Err(VerifyError::UnknownKey), Some(Ok(next))) => next.keys.verify_text(jwt),
            _ => own,
        }
    }

    fn key(&self, which: WhichKey) -> Result<&Key, SigningError> {
        match which {
            WhichKey::Own => Ok(&self.own),
            WhichKey::Next => self
                .next
                .get_or_init(|| {
                    let seed = self.seed.of("signing-next");
                    Key::new(Pair::generate(self.algorithm, seed)?)
                })
                .as_ref()
                .map_err(|error| *error),
        }
    }
}

/// The compact JWT of a header and a payload, signed by `pair`, or with an empty signature where there is none.
fn token(header: &str, payload: &str, pair: Option<&Pair>) -> Result<String, SigningError> {
    let signature_bytes = pair.map_or(0, Pair::signature_bytes);
    let bytes = header.len() + payload.len() + signature_bytes;
    // Base64 makes four letters of three bytes; each of the three parts may end in a letter more, and two dots part them.
    let mut jwt = Vec::with_capacity(bytes * 4 / 3 + 5);
    encode(header.as_bytes(), &mut jwt);
    jwt.push(b'.');
    encode(payload.as_bytes(), &mut jwt);
    let signature = match pair {
        Some(pair) => pair.sign(&jwt)?,
        None => Vec::new(),
    };
    jwt.push(b'.');
    encode(&signature, &mut jwt);
    Ok(String::from_utf8(jwt).expect("base64url is ASCII"))
}

/// Adds the letters of `bytes` to `jwt`. They are written where they belong, and not by way of a buffer, as `encode_string` does it.
fn encode(bytes: &[u8], jwt: &mut Vec<u8>) {
    let start = jwt.len();
    // As many as there are with padding, so at least as many as there are without.
    jwt.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let letters = BASE64.encode_slice(bytes, &mut jwt[start..]);
    jwt.truncate(start + letters.expect("there is room for all letters"));
}

#[cfg(test)]
mod tests;
