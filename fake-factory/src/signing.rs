//! Baking: a pizza is a signed JWT, made by hand because the factory's claims sit in the header and its payload is as it was
//! sent. It knows keys and signatures; who may have a pizza, and when, is the kitchen's business.

pub mod jwks;

use crate::seed::Seed;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use jwks::Keys;
use rand::Rng;
use serde_json::{Value, json};

/// How long a pizza is good for, in seconds: `exp` minus `iat`.
pub const LIFETIME_SECONDS: i64 = 86_400;
/// Who makes the pizzas: the `iss` of every one.
pub const ISSUER: &str = "cs329.click";

/// What a factory signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519, with a key drawn from the seed: the same pizzas for the same seed, at 12 µs each.
    EdDsa,
    /// RSA with SHA-256, as the real factory does, with a fresh key of 2048 bits.
    Rs256,
}

impl Algorithm {
    /// Its name in a JWT header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Rs256 => "RS256",
        }
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
}

/// A signing key and what the world is told of it.
#[derive(Debug)]
pub struct Signer {
    pair: Pair,
    /// The header from `iss` on: all of it that is the same for every pizza.
    header_rest: String,
    jwks: Bytes,
    keys: Keys,
}

/// The parsed key pairs. Parsing an RSA key costs more than a signature, so they are kept.
#[derive(Debug)]
enum Pair {
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>, SystemRandom),
}

impl Signer {
    /// A signer whose key is drawn from `seed` where the algorithm allows it.
    ///
    /// # Errors
    /// When the cryptography library makes no key.
    pub fn new(algorithm: Algorithm, seed: Seed) -> Result<Self, SigningError> {
        let pair = match algorithm {
            Algorithm::EdDsa => {
                let mut secret = [0_u8; 32];
                seed.rng().fill_bytes(&mut secret);
                Pair::EdDsa(
                    Ed25519KeyPair::from_seed_unchecked(&secret).map_err(|_| SigningError::Key)?,
                )
            }
            Algorithm::Rs256 => Pair::Rs256(
                Box::new(RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError::Key)?),
                SystemRandom::new(),
            ),
        };
        let (kid, jwk) = pair.public_jwk();
        let set = json!({ "keys": [jwk] });
        let keys = Keys::from_value(&set).map_err(|_| SigningError::Key)?;
        Ok(Signer {
            header_rest: format!(
                r#""iss":"{ISSUER}","alg":"{}","kid":"{kid}"}}"#,
                algorithm.name()
            ),
            pair,
            jwks: Bytes::from(set.to_string()),
            keys,
        })
    }

    /// The compact JWT over `payload`, a JSON text, issued at `iat` in Unix seconds.
    ///
    /// # Errors
    /// When the cryptography library signs nothing.
    pub fn bake(&self, iat: i64, payload: &str) -> Result<String, SigningError> {
        let exp = iat.saturating_add(LIFETIME_SECONDS);
        let header = format!(r#"{{"iat":{iat},"exp":{exp},{}"#, self.header_rest);
        let mut jwt = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 360);
        BASE64.encode_string(header, &mut jwt);
        jwt.push('.');
        BASE64.encode_string(payload, &mut jwt);
        match &self.pair {
            Pair::EdDsa(pair) => {
                let signature = pair.sign(jwt.as_bytes());
                jwt.push('.');
                BASE64.encode_string(signature, &mut jwt);
            }
            Pair::Rs256(pair, random) => {
                let mut signature = vec![0_u8; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, random, jwt.as_bytes(), &mut signature)
                    .map_err(|_| SigningError::Signature)?;
                jwt.push('.');
                BASE64.encode_string(signature, &mut jwt);
            }
        }
        Ok(jwt)
    }

    /// The JSON of `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> &Bytes {
        &self.jwks
    }

    /// The keys that verify what this signer baked.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

impl Pair {
    /// The key's id, which is its RFC 7638 thumbprint, and its public JWK.
    fn public_jwk(&self) -> (String, Value) {
        match self {
            Pair::EdDsa(pair) => {
                let x = BASE64.encode(pair.public_key());
                let kid = thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
                let jwk = json!({ "kty": "OKP", "kid": kid, "crv": "Ed25519", "x": x });
                (kid, jwk)
            }
            Pair::Rs256(pair, _) => {
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

/// RFC 7638: the SHA-256 of the required members in lexical order, without a blank.
fn thumbprint(canonical: &str) -> String {
    BASE64.encode(digest(&SHA256, canonical.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jwks::VerifyError;

    fn signer(algorithm: Algorithm) -> Signer {
        Signer::new(algorithm, Seed::new(329)).expect("a key can be made")
    }

    fn part(jwt: &str, index: usize) -> Value {
        let text = jwt.split('.').nth(index).expect("a JWT has three parts");
        serde_json::from_slice(&BASE64.decode(text).expect("base64url")).expect("JSON")
    }

    #[test]
    fn a_pizza_carries_its_claims_in_the_header_and_verifies() {
        for algorithm in [Algorithm::EdDsa, Algorithm::Rs256] {
            let signer = signer(algorithm);
            let jwt = signer
                .bake(1_700_000_000, r#"{"diner":{"id":1}}"#)
                .expect("bakes");
            let header = part(&jwt, 0);
            let names: Vec<_> = header.as_object().expect("object").keys().collect();
            assert_eq!(names, ["iat", "exp", "iss", "alg", "kid"]);
            assert_eq!(header["exp"], 1_700_086_400);
            assert_eq!(header["iss"], "cs329.click");
            assert_eq!(header["alg"], algorithm.name());
            assert_eq!(signer.keys().verify(&jwt), Ok(json!({"diner": {"id": 1}})));
        }
    }

    #[test]
    fn a_fetched_key_set_verifies_and_a_touched_pizza_does_not() {
        let signer = signer(Algorithm::Rs256);
        let keys = Keys::parse(signer.jwks()).expect("a key set");
        let jwt = signer.bake(0, "{}").expect("bakes");
        assert_eq!(keys.verify(&jwt), Ok(json!({})));
        let other = signer.bake(0, r#"{"a":1}"#).expect("bakes");
        let (head, _) = jwt.rsplit_once('.').expect("three parts");
        let (_, signature) = other.rsplit_once('.').expect("three parts");
        assert_eq!(
            keys.verify(&format!("{head}.{signature}")),
            Err(VerifyError::Signature)
        );
        assert_eq!(keys.verify("dead"), Err(VerifyError::Malformed));
    }

    #[test]
    fn the_seed_alone_draws_an_ed25519_key() {
        let jwks = |seed| {
            Signer::new(Algorithm::EdDsa, Seed::new(seed))
                .expect("a key")
                .jwks()
                .clone()
        };
        assert_eq!(jwks(1), jwks(1));
        assert_ne!(jwks(1), jwks(2));
    }

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
}
