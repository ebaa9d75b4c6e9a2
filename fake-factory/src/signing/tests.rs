//! Pizzas as their eater looks at them, signed with each algorithm.

use super::*;
use jwks::VerifyError;
use serde_json::{Value, json};

pub(super) const ALGORITHMS: [Algorithm; 3] =
    [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

pub(super) fn signer(algorithm: Algorithm) -> Signer {
    Signer::new(algorithm, Seed::new(329)).expect("a key can be made")
}

/// The header (0) or the payload (1) of a JWT.
pub(super) fn part(jwt: &str, index: usize) -> Value {
    let text = jwt.split('.').nth(index).expect("a JWT has three parts");
    serde_json::from_slice(&BASE64.decode(text).expect("base64url")).expect("JSON")
}

#[test]
fn a_pizza_carries_its_claims_in_the_header_and_verifies() {
    for algorithm in ALGORITHMS {
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
fn a_pizza_is_good_until_it_expires() {
    let signer = signer(Algorithm::EdDsa);
    let jwt = signer.bake(1_700_000_000, "{}").expect("bakes");
    let at = |second| {
        let now = jiff::Timestamp::from_second(second).expect("a time");
        signer.keys().verify_at(&jwt, now)
    };
    assert_eq!(at(1_700_086_399), Ok(json!({})));
    assert_eq!(at(1_700_086_400), Err(VerifyError::Expired));
}

#[test]
fn what_a_header_says_besides_its_algorithm_may_be_anything() {
    let signer = signer(Algorithm::EdDsa);
    let now = jiff::Timestamp::from_second(1_700_000_000).expect("a time");
    for header in [
        r#"{"alg":"EdDSA","exp":"soon"}"#,
        r#"{"alg":"EdDSA","exp":null,"kid":7}"#,
        r#"{"alg":"none","exp":1,"alg":"EdDSA","exp":[]}"#,
    ] {
        let jwt = token(header, r#"{"a":1}"#, Some(&signer.own.pair)).expect("signs");
        let payload = Ok(json!({ "a": 1 }));
        assert_eq!(signer.keys().verify(&jwt), payload, "{header}");
        assert_eq!(signer.keys().verify_at(&jwt, now), payload, "{header}");
    }
    for header in [r#"{"exp":1}"#, r#"{"alg":7}"#, "[]", "7", ""] {
        let jwt = token(header, "{}", Some(&signer.own.pair)).expect("signs");
        let refused = Err(VerifyError::Malformed);
        assert_eq!(signer.keys().verify(&jwt), refused, "{header}");
    }
}

#[test]
fn a_fetched_key_set_verifies_and_a_touched_pizza_does_not() {
    for algorithm in ALGORITHMS {
        let signer = signer(algorithm);
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
}

#[test]
fn the_seed_alone_draws_both_ed25519_keys() {
    let sets = |seed| {
        let signer = Signer::new(Algorithm::EdDsa, Seed::new(seed)).expect("a key");
        [WhichKey::Own, WhichKey::Next].map(|key| signer.jwks_of(key))
    };
    assert_eq!(sets(1), sets(1));
    assert_ne!(sets(1)[0], sets(2)[0]);
    assert_ne!(sets(1)[1], sets(2)[1]);
    assert_ne!(sets(1)[0], sets(1)[1]);
}

#[test]
fn each_key_verifies_what_it_signed_and_nothing_of_the_other() {
    for algorithm in ALGORITHMS {
        let signer = signer(algorithm);
        assert_eq!(signer.jwks_of(WhichKey::Own), signer.jwks());
        for (key, other) in [
            (WhichKey::Own, WhichKey::Next),
            (WhichKey::Next, WhichKey::Own),
        ] {
            let jwt = signer.bake_with(key, 0, "{}").expect("bakes");
            assert_eq!(part(&jwt, 0)["alg"], algorithm.name());
            assert_eq!(signer.keys_of(key).verify(&jwt), Ok(json!({})));
            let published = Keys::parse(&signer.jwks_of(key)).expect("a key set");
            assert_eq!(published.verify(&jwt), Ok(json!({})));
            assert_eq!(
                signer.keys_of(other).verify(&jwt),
                Err(VerifyError::UnknownKey)
            );
        }
    }
}

#[test]
fn debug_output_names_the_key_and_shows_nothing_of_it() {
    let signer = signer(Algorithm::Es256);
    signer.bake_with(WhichKey::Next, 0, "{}").expect("bakes");
    let shown = format!("{signer:?}");
    assert!(
        shown.contains(r#"Key { algorithm: Es256, kid: ""#),
        "{shown}"
    );
    assert!(shown.len() < 400, "{shown}");
}
