//! The public half of signing: a JSON Web Key Set, and whether a JWT verifies against it. It never asks what time it is, so
//! `exp` is for its callers to judge, on the clock of their run.

mod good;

use crate::json::{self, Text};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// The most keys that a set may hold; the real factory's holds one.
pub const KEYS_MAX: usize = 64;

/// The keys that a factory signs with, as its `/.well-known/jwks.json` gives them.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    kid: Option<String>,
    family: Family,
    /// As its JWK has it, which says all that `public` depends on.
    jwk: Arc<str>,
    public: DecodingKey,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Key")
            .field("kid", &self.kid)
            .field("family", &self.family)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Rsa,
    P256,
    Ed25519,
}

/// Why a body is no key set.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// It is no JSON, or not of the form `{"keys": [...]}`.
    #[error("read the key set: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It holds more than [`KEYS_MAX`] keys.
    #[error("read the key set: it holds more than {KEYS_MAX} keys")]
    TooMany,
    /// A key in it is not what its type says.
    #[error("read a key of the set: {0}")]
    Key(String),
}

/// Why a JWT is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It is not three parts of base64url with a JSON header.
    #[error("the token is no JWT")]
    Malformed,
    /// Its `alg` is not RS256, RS512, ES256 or EdDSA.
    #[error("the token's algorithm is not supported")]
    Algorithm,
    /// No key of the set has its `kid` and fits its algorithm.
    #[error("the token names a key that is not in the set")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature does not verify")]
    Signature,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// The signature is right, but what was signed is no JSON.
    #[error("the payload is no JSON")]
    Payload,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// The header of a token. A member that is not of its type is as good as none: nothing but the signature decides.
struct Header(Value);

impl Header {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// When the token ends, in Unix seconds. The real factory has it among the claims of the header.
    fn exp(&self) -> Option<f64> {
        self.0.get("exp").and_then(Value::as_f64)
    }
}

impl Keys {
    /// Reads a key set. Keys of kinds that no factory signs with are left out.
    ///
    /// # Errors
    /// As [`KeysError`] says.
    pub fn parse(json: &[u8]) -> Result<Self, KeysError> {
        Self::from_set(serde_json::from_slice(json)?)
    }

    /// Reads a key set that is already JSON.
    ///
    /// # Errors
    /// As [`Keys::parse`].
    pub fn from_value(set: &Value) -> Result<Self, KeysError> {
        Self::from_set(Set::deserialize(set)?)
    }

    /// Takes over the keys of `other`.
    pub(crate) fn extend(&mut self, other: Keys) {
        self.keys.extend(other.keys);
    }

    fn from_set(set: Set) -> Result<Self, KeysError> {
        if set.keys.len() > KEYS_MAX {
            return Err(KeysError::TooMany);
        }
        let mut keys = Vec::with_capacity(set.keys.len());
        for value in set.keys {
            let word = |name| value.get(name).and_then(Value::as_str);
            let family = match (word("kty"), word("crv")) {
                (Some("RSA"), _) => Family::Rsa,
                (Some("EC"), Some("P-256")) => Family::P256,
                (Some("OKP"), Some("Ed25519")) => Family::Ed25519,
                _ => continue,
            };
            let jwk = Jwk::deserialize(&value)?;
            let public =
                DecodingKey::from_jwk(&jwk).map_err(|error| KeysError::Key(error.to_string()))?;
            keys.push(Key {
                kid: jwk.common.key_id,
                family,
                jwk: value.to_string().into(),
                public,
            });
        }
        Ok(Keys { keys })
    }

    /// The payload of `jwt`, when one of these keys signed it. Its age is not judged.
    ///
    /// # Errors
    /// As [`VerifyError`] says.
    pub fn verify(&self, jwt: &str) -> Result<Value, VerifyError> {
        let (_, payload) = self.read(jwt)?;
        payload.value().map_err(|_| VerifyError::Payload)
    }

    /// The payload of `jwt`, when one of these keys signed it and it is good at `now`.
    ///
    /// # Errors
    /// As [`VerifyError`] says.
    pub fn verify_at(&self, jwt: &str, now: Timestamp) -> Result<Value, VerifyError> {
        let (header, payload) = self.read(jwt)?;
        // A token that does not say when it ends is good for ever.
        if header
            .exp()
            .is_some_and(|exp| exp <= now.as_second() as f64)
        {
            return Err(VerifyError::Expired);
        }
        payload.value().map_err(|_| VerifyError::Payload)
    }

    /// The payload of `jwt` as [`Keys::verify`] gives it, as it is written.
    pub(super) fn verify_text(&self, jwt: &str) -> Result<Text, VerifyError> {
        self.read(jwt).map(|(_, payload)| payload)
    }

    fn read(&self, jwt: &str) -> Result<(Header, Text), VerifyError> {
        let (message, signature) = jwt.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(VerifyError::Malformed)?;
        let header = BASE64.decode(header).map_err(|_| VerifyError::Malformed)?;
        let header = json::value(&header).map_err(|_| VerifyError::Malformed)?;
        let header = Header(header);
        let (algorithm, family) = match header.text("alg").ok_or(VerifyError::Malformed)? {
            "RS256" => (Algorithm::RS256, Family::Rsa),
            "RS512" => (Algorithm::RS512, Family::Rsa),
            "ES256" => (Algorithm::ES256, Family::P256),
            "EdDSA" => (Algorithm::EdDSA, Family::Ed25519),
            _ => return Err(VerifyError::Algorithm),
        };
        let mut found = false;
        let kid = header.text("kid");
        for key in self.keys.iter().filter(|key| key.fits(family, kid)) {
            found = true;
            // The message holds the algorithm.
            if good::signed(&key.jwk, message, signature, || {
                crypto::verify(signature, message.as_bytes(), &key.public, algorithm)
                    .is_ok_and(|verified| verified)
            }) {
                let payload = BASE64.decode(payload).map_err(|_| VerifyError::Malformed)?;
                let payload = Text::read(payload.into()).map_err(|_| VerifyError::Payload)?;
                return Ok((header, payload));
            }
        }
        Err(if found {
            VerifyError::Signature
        } else {
            VerifyError::UnknownKey
        })
    }
}

impl Key {
    /// A token without a `kid` may be of any key of its family.
    fn fits(&self, family: Family, kid: Option<&str>) -> bool {
        self.family == family && (kid.is_none() || kid == self.kid.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use crate::signing::{Algorithm as Signs, Signer};

    #[test]
    fn a_token_of_another_key_is_told_apart_from_a_bad_signature() {
        let ours = Signer::new(Signs::EdDsa, Seed::new(1)).expect("a key");
        let theirs = Signer::new(Signs::EdDsa, Seed::new(2)).expect("a key");
        let jwt = theirs.bake(0, "{}").expect("bakes");
        assert_eq!(ours.keys().verify(&jwt), Err(VerifyError::UnknownKey));
    }

    #[test]
    fn an_es256_token_of_another_maker_verifies() {
        // The example of RFC 7515, appendix A.3.
        let set = serde_json::json!({ "keys": [{
            "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }] });
        let keys = Keys::from_value(&set).expect("a key set");
        let message = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let payload = keys.verify(&format!("{message}.{signature}"));
        assert_eq!(payload.expect("verifies")["iss"], "joe");
        let short = format!("{message}.{}", &signature[..82]);
        assert_eq!(keys.verify(&short), Err(VerifyError::Signature));
    }

    #[test]
    fn a_key_of_another_kind_or_curve_is_left_out() {
        let set = serde_json::json!({ "keys": [
            { "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA" },
            { "kty": "OKP", "crv": "X25519", "x": "AA" },
            { "kty": "oct", "k": "AA" },
        ] });
        let keys = Keys::from_value(&set).expect("a key set");
        assert!(keys.keys.is_empty(), "{keys:?}");
    }

    #[test]
    fn a_key_signs_in_the_algorithm_of_its_own_kind_only() {
        let signer = Signer::new(Signs::EdDsa, Seed::new(1)).expect("a key");
        let jwt = signer.bake(0, "{}").expect("bakes");
        let (_, rest) = jwt.split_once('.').expect("three parts");
        let header = BASE64.encode(r#"{"alg":"ES256"}"#);
        assert_eq!(
            signer.keys().verify(&format!("{header}.{rest}")),
            Err(VerifyError::UnknownKey)
        );
    }

    #[test]
    fn the_algorithm_none_is_refused() {
        let keys = Signer::new(Signs::EdDsa, Seed::new(1))
            .expect("a key")
            .keys()
            .clone();
        let jwt = format!(
            "{}.{}.",
            BASE64.encode(r#"{"alg":"none"}"#),
            BASE64.encode("{}")
        );
        assert_eq!(keys.verify(&jwt), Err(VerifyError::Algorithm));
    }

    #[test]
    fn a_body_that_is_no_key_set_is_an_error() {
        assert!(matches!(
            Keys::parse(b"<html>"),
            Err(KeysError::Malformed(_))
        ));
        assert!(matches!(Keys::parse(b"{}"), Err(KeysError::Malformed(_))));
        let many = serde_json::json!({ "keys": vec![Value::Null; KEYS_MAX + 1] });
        assert!(matches!(Keys::from_value(&many), Err(KeysError::TooMany)));
    }
}
