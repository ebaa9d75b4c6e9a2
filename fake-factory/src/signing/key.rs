//! One key pair: how it is made, how it signs, and its public half as a JSON Web Key. It knows bytes and algorithms; what is signed
//! is its callers' business. The private half never leaves it, not even as debug output.

use super::jwks::Keys;
use super::{Algorithm, ISSUER, LIFETIME_SECONDS, SigningError, token};
use crate::seed::Seed;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use rand::Rng;
use serde_json::{Value, json};

/// The parsed key pairs. Parsing an RSA key costs more than a signature, so they are kept.
#[derive(Clone)]
pub(super) enum Pair {
    EdDsa(Ed25519KeyPair),
    Es256(Box<EcdsaKeyPair>),
    Rs256(Box<RsaKeyPair>),
}

impl Pair {
    /// A new key, drawn from `seed` where the algorithm allows it.
    pub(super) fn generate(algorithm: Algorithm, seed: Seed) -> Result<Self, SigningError> {
        let made = match algorithm {
            Algorithm::EdDsa => {
                let mut secret = [0_u8; 32];
                seed.rng().fill_bytes(&mut secret);
                Ed25519KeyPair::from_seed_unchecked(&secret)
                    .ok()
                    .map(Pair::EdDsa)
            }
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .ok()
                .map(|pair| Pair::Es256(Box::new(pair))),
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .ok()
                .map(|pair| Pair::Rs256(Box::new(pair))),
        };
        made.ok_or(SigningError::Key)
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Pair::EdDsa(_) => Algorithm::EdDsa,
            Pair::Es256(_) => Algorithm::Es256,
            Pair::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// The length of its signatures.
    pub(super) fn signature_bytes(&self) -> usize {
        match self {
            Pair::EdDsa(_) | Pair::Es256(_) => 64,
            Pair::Rs256(pair) => pair.public_modulus_len(),
        }
    }

    /// The signature of `message` in the form of RFC 7518.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let mut signature = vec![0_u8; self.signature_bytes()];
        match self {
            Pair::EdDsa(pair) => signature.copy_from_slice(pair.sign(message).as_ref()),
            Pair::Es256(pair) => {
                let signed = pair.sign(&SystemRandom::new(), message);
                // The fixed form: r and s, 32 bytes each.
                signature.copy_from_slice(signed.map_err(|_| SigningError::Signature)?.as_ref());
            }
            Pair::Rs256(pair) => pair
                .sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .map_err(|_| SigningError::Signature)?,
        }
        Ok(signature)
    }

    /// The key's id, which is its RFC 7638 thumbprint, and its public JWK.
    fn public_jwk(&self) -> (String, Value) {
        match self {
            Pair::EdDsa(pair) => {
                let x = BASE64.encode(pair.public_key());
                let kid = thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
                let jwk = json!({ "kty": "OKP", "kid": kid, "crv": "Ed25519", "x": x });
                (kid, jwk)
            }
            Pair::Es256(pair) => {
                // An uncompressed point: a 4, then both coordinates.
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (BASE64.encode(x), BASE64.encode(y));
                let kid = thumbprint(&format!(
                    r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#
                ));
                let jwk = json!({ "kty": "EC", "kid": kid, "crv": "P-256", "x": x, "y": y });
                (kid, jwk)
            }
            Pair::Rs256(pair) => {
                let public = pair.public_key();
                let n = BASE64.encode(public.modulus().big_endian_without_leading_zero());
                let e = BASE64.encode(public.exponent().big_endian_without_leading_zero());
                let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
                let jwk = json!({ "kty": "RSA", "kid": kid, "n": n, "e": e });
                (kid, jwk)
            }
        }
    }
}

/// A key pair and what the world is told of it.
pub(super) struct Key {
    pub(super) pair: Pair,
    /// Its thumbprint.
    pub(super) kid: String,
    /// The header from `iss` on: all of it that is the same for every pizza.
    header_rest: String,
    pub(super) jwks: Bytes,
    pub(super) keys: Keys,
}

impl Key {
    pub(super) fn new(pair: Pair) -> Result<Self, SigningError> {
        let (kid, jwk) = pair.public_jwk();
        let set = json!({ "keys": [jwk] });
        let keys = Keys::from_value(&set).map_err(|_| SigningError::Key)?;
        Ok(Key {
            header_rest: header_rest(pair.algorithm().name(), &kid),
            pair,
            kid,
            jwks: Bytes::from(set.to_string()),
            keys,
        })
    }

    pub(super) fn bake(&self, iat: i64, payload: &str) -> Result<String, SigningError> {
        token(&header(iat, &self.header_rest), payload, Some(&self.pair))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Key")
            .field("algorithm", &self.pair.algorithm())
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// The header of a pizza of `iat`, of which `rest` is what [`header_rest`] gives.
pub(super) fn header(iat: i64, rest: &str) -> String {
    let exp = iat.saturating_add(LIFETIME_SECONDS);
    format!(r#"{{"iat":{iat},"exp":{exp},{rest}"#)
}

/// A header from `iss` on.
pub(super) fn header_rest(alg: &str, kid: &str) -> String {
    format!(r#""iss":"{ISSUER}","alg":"{alg}","kid":"{kid}"}}"#)
}

/// RFC 7638: the SHA-256 of the required members in lexical order, without a blank.
fn thumbprint(canonical: &str) -> String {
    BASE64.encode(digest(&SHA256, canonical.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        // The example of RFC 8037, appendix A.3.
        let canonical =
            r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(
            thumbprint(canonical),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_public_key_has_the_members_of_its_kind_and_no_private_one() {
        let members = |algorithm| {
            let pair = Pair::generate(algorithm, Seed::new(1)).expect("a key");
            let (_, jwk) = pair.public_jwk();
            let names = jwk.as_object().expect("an object").keys().cloned();
            names.collect::<Vec<_>>()
        };
        assert_eq!(members(Algorithm::EdDsa), ["kty", "kid", "crv", "x"]);
        assert_eq!(members(Algorithm::Es256), ["kty", "kid", "crv", "x", "y"]);
        assert_eq!(members(Algorithm::Rs256), ["kty", "kid", "n", "e"]);
    }
}
