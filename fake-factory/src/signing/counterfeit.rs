//! Pizzas that are not what was ordered: tokens that a client must refuse, each for a reason of its own. It makes them; which
//! orders get one, a fault says.

use super::key::{header, header_rest};
use super::{Signer, SigningError, WhichKey, token};
use crate::seed::Seed;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Three parts as in a JWT, of which the first is no header.
pub(crate) const DEAD: &str = "deadbeef.cGl6emE.bm90LWEtc2lnbmF0dXJl";
/// How long ago an expired pizza was made, in seconds: it is good for one of these two days.
const EXPIRED_AGE_SECONDS: i64 = 2 * super::LIFETIME_SECONDS;
/// The letters of an id that is made up.
const ID_LETTERS: usize = 16;

/// What is wrong with a token that does not stand for the pizza that was ordered.
#[derive(
    Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord,
)]
#[serde(rename_all = "snake_case")]
pub enum Counterfeit {
    /// As the real factory's under `badjwt`: it starts with `dead`, and is no JWT.
    #[default]
    Dead,
    /// The factory's header and the order's payload, but a signature that does not verify.
    WrongSignature,
    /// The `kid` of the factory's key, but signed with another one.
    WrongKey,
    /// Signed with the factory's key, but its `kid` names none that the factory publishes.
    UnknownKid,
    /// Genuine, but its `exp` has passed: it was made two days before.
    Expired,
    /// Genuine, but of the order of somebody else: another order id and another diner.
    OtherOrder,
    /// Its header says `alg: none`, and its signature is empty.
    AlgNone,
}

impl Signer {
    /// A token of this `kind` in the place of the pizza over `payload` that is ordered at `iat`. What of it is arbitrary is drawn
    /// from `seed`.
    ///
    /// # Errors
    /// When the cryptography library makes no key or signs nothing, or `payload` is no JSON.
    pub fn counterfeit(
        &self,
        kind: Counterfeit,
        iat: i64,
        payload: &str,
        seed: Seed,
    ) -> Result<String, SigningError> {
        let own = &self.own;
        let alg = self.algorithm.name();
        let signed_as =
            |alg: &str, kid: &str, pair| token(&header(iat, &header_rest(alg, kid)), payload, pair);
        match kind {
            Counterfeit::Dead => Ok(DEAD.to_owned()),
            Counterfeit::WrongSignature => altered(&self.bake(iat, payload)?, seed),
            Counterfeit::WrongKey => {
                let other = self.key(WhichKey::Next)?;
                signed_as(alg, &own.kid, Some(&other.pair))
            }
            Counterfeit::UnknownKid => {
                // As long as the thumbprint that it stands in the place of.
                let kid = seed.letters(own.kid.len());
                signed_as(alg, &kid, Some(&own.pair))
            }
            Counterfeit::Expired => self.bake(iat.saturating_sub(EXPIRED_AGE_SECONDS), payload),
            Counterfeit::OtherOrder => self.bake(iat, &of_another(payload, seed)?),
            Counterfeit::AlgNone => signed_as("none", &own.kid, None),
        }
    }
}

/// `jwt` with one bit of its signature flipped, so that it is as long as it was.
fn altered(jwt: &str, seed: Seed) -> Result<String, SigningError> {
    let (message, signature) = jwt.rsplit_once('.').ok_or(SigningError::Signature)?;
    let mut signature = BASE64
        .decode(signature)
        .map_err(|_| SigningError::Signature)?;
    let bit = seed.rng().random_range(0..signature.len() * 8);
    signature[bit / 8] ^= 1 << (bit % 8);
    Ok(format!("{message}.{}", BASE64.encode(signature)))
}

/// The payload of an order that somebody else made: all is as in `payload` but the order's id and the diner.
fn of_another(payload: &str, seed: Seed) -> Result<String, SigningError> {
    let mut payload: Value = serde_json::from_str(payload).map_err(|_| SigningError::Payload)?;
    if let Some(order) = payload.get_mut("order").and_then(Value::as_object_mut) {
        let id = match order.get("id") {
            Some(Value::Number(_)) => json!(seed.of("order").rng().random_range(1..=u32::MAX)),
            _ => json!(seed.of("order").letters(ID_LETTERS)),
        };
        order.insert("id".to_owned(), id);
    }
    if let Some(payload) = payload.as_object_mut() {
        let id = seed.of("diner").rng().random_range(1..=u32::MAX);
        let diner = json!({ "id": id, "name": "Somebody else", "email": "somebody.else@jwt.com" });
        payload.insert("diner".to_owned(), diner);
    }
    Ok(crate::json::text(&payload))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ALGORITHMS, part, signer};
    use super::*;
    use crate::signing::jwks::VerifyError;

    const IAT: i64 = 1_700_000_000;
    const PAYLOAD: &str = r#"{"vendor":{"id":"student"},"diner":{"id":1,"name":"Joe"},"order":{"id":17,"items":[{"menuId":1}]}}"#;

    /// What the factory's own keys say of a counterfeit, of each algorithm.
    fn verified(kind: Counterfeit) -> Vec<(String, Result<Value, VerifyError>)> {
        let judged = ALGORITHMS.map(|algorithm| {
            let signer = signer(algorithm);
            let jwt = signer
                .counterfeit(kind, IAT, PAYLOAD, Seed::new(7))
                .expect("can be made");
            let verified = signer.keys().verify(&jwt);
            (jwt, verified)
        });
        judged.into()
    }

    fn payload() -> Value {
        serde_json::from_str(PAYLOAD).expect("JSON")
    }

    #[test]
    fn a_dead_one_is_no_jwt() {
        for (jwt, verified) in verified(Counterfeit::Dead) {
            assert!(jwt.starts_with("dead"));
            assert_eq!(jwt.split('.').count(), 3);
            assert_eq!(verified, Err(VerifyError::Malformed));
        }
    }

    #[test]
    fn a_wrong_signature_is_the_only_thing_wrong() {
        for seed in 0..50 {
            let signer = signer(super::super::Algorithm::EdDsa);
            let jwt = signer
                .counterfeit(Counterfeit::WrongSignature, IAT, PAYLOAD, Seed::new(seed))
                .expect("can be made");
            assert_eq!(signer.keys().verify(&jwt), Err(VerifyError::Signature));
            let genuine = signer.bake(IAT, PAYLOAD).expect("bakes");
            let head = |jwt: &str| jwt.rsplit_once('.').map(|(head, _)| head.to_owned());
            assert_eq!(head(&jwt), head(&genuine));
            assert_eq!(jwt.len(), genuine.len());
        }
        for (_, verified) in verified(Counterfeit::WrongSignature) {
            assert_eq!(verified, Err(VerifyError::Signature));
        }
    }

    #[test]
    fn a_wrong_key_has_the_right_name() {
        for (jwt, verified) in verified(Counterfeit::WrongKey) {
            assert_eq!(part(&jwt, 1), payload());
            // Not an unknown key: the `kid` is in the set.
            assert_eq!(verified, Err(VerifyError::Signature));
        }
    }

    #[test]
    fn an_unknown_kid_hides_a_right_signature() {
        for (jwt, verified) in verified(Counterfeit::UnknownKid) {
            assert_eq!(verified, Err(VerifyError::UnknownKey));
            assert_eq!(part(&jwt, 0)["kid"].as_str().map(str::len), Some(43));
        }
    }

    #[test]
    fn an_expired_one_verifies_where_its_age_is_not_judged() {
        for (jwt, verified) in verified(Counterfeit::Expired) {
            assert_eq!(verified, Ok(payload()));
            let header = part(&jwt, 0);
            assert_eq!(header["exp"], IAT - 86_400);
            assert_eq!(header["iat"], IAT - 2 * 86_400);
        }
    }

    #[test]
    fn one_of_another_order_verifies_and_is_not_for_this_diner() {
        for (_, verified) in verified(Counterfeit::OtherOrder) {
            let told = verified.expect("genuine");
            assert!(told["order"]["id"].is_number());
            assert_ne!(told["order"]["id"], 17);
            assert_ne!(told["diner"], payload()["diner"]);
            assert_eq!(told["vendor"], payload()["vendor"]);
            assert_eq!(told["order"]["items"], payload()["order"]["items"]);
        }
    }

    #[test]
    fn one_of_no_algorithm_is_refused() {
        for (jwt, verified) in verified(Counterfeit::AlgNone) {
            assert_eq!(part(&jwt, 0)["alg"], "none");
            assert!(jwt.ends_with('.'));
            assert_eq!(verified, Err(VerifyError::Algorithm));
        }
    }

    #[test]
    fn the_seed_alone_draws_what_is_arbitrary() {
        let made = |kind, seed| {
            signer(super::super::Algorithm::EdDsa)
                .counterfeit(kind, IAT, PAYLOAD, Seed::new(seed))
                .expect("can be made")
        };
        for kind in [
            Counterfeit::WrongSignature,
            Counterfeit::UnknownKid,
            Counterfeit::OtherOrder,
        ] {
            assert_eq!(made(kind, 1), made(kind, 1));
            assert_ne!(made(kind, 1), made(kind, 2));
        }
    }
}
