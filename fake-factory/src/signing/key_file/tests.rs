//! Key files as tools write them, and as people mix them up.

use super::*;
use crate::pem::tests::section as pem;
use crate::seed::Seed;
use crate::signing::Signer;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, KeyPair as _};

fn rsa_pkcs8(size: KeySize) -> Vec<u8> {
    let pair = RsaKeyPair::generate(size).expect("a key");
    pair.as_der().expect("DER").as_ref().to_vec()
}

fn ed25519_pkcs8() -> Vec<u8> {
    let der = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new());
    der.expect("a key").as_ref().to_vec()
}

fn p256() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")
}

fn p256_pkcs8() -> Vec<u8> {
    p256().to_pkcs8v1().expect("DER").as_ref().to_vec()
}

/// What the key inside a PKCS#8 document is: PKCS#1 for RSA, SEC1 for EC.
fn inner(pkcs8: &[u8]) -> Vec<u8> {
    let (content, _) = element(SEQUENCE, pkcs8).expect("a sequence");
    let (_, content) = element(INTEGER, content).expect("a version");
    let (_, content) = element(SEQUENCE, content).expect("an algorithm");
    element(OCTET_STRING, content).expect("a key").0.to_vec()
}

fn read(pem: &str) -> Result<Algorithm, KeyFileError> {
    SigningKey::from_pem(None, pem.as_bytes()).map(|key| key.algorithm())
}

#[test]
fn each_form_of_key_tells_its_algorithm_and_signs() {
    let (rsa, ec) = (rsa_pkcs8(KeySize::Rsa2048), p256_pkcs8());
    for (label, der, algorithm) in [
        ("PRIVATE KEY", rsa.clone(), Algorithm::Rs256),
        ("RSA PRIVATE KEY", inner(&rsa), Algorithm::Rs256),
        ("PRIVATE KEY", ec.clone(), Algorithm::Es256),
        ("EC PRIVATE KEY", inner(&ec), Algorithm::Es256),
        ("PRIVATE KEY", ed25519_pkcs8(), Algorithm::EdDsa),
    ] {
        let file = pem(label, &der);
        assert_eq!(read(&file), Ok(algorithm), "{label}");
        let key = SigningKey::from_pem(Some(algorithm), file.as_bytes()).expect("fits");
        let signer = Signer::with_key(key, Seed::new(1)).expect("a signer");
        let jwt = signer.bake(0, "{}").expect("bakes");
        assert!(signer.keys().verify(&jwt).is_ok(), "{label}");
    }
}

#[test]
fn the_same_file_gives_the_same_key() {
    let file = pem("PRIVATE KEY", &p256_pkcs8());
    let jwks = || {
        let key = SigningKey::from_pem(None, file.as_bytes()).expect("a key");
        let signer = Signer::with_key(key, Seed::new(1)).expect("a signer");
        signer.jwks().clone()
    };
    assert_eq!(jwks(), jwks());
}

#[test]
fn a_key_of_4096_bits_signs_as_the_real_factory_does() {
    let key = SigningKey::from_pem(
        None,
        pem("PRIVATE KEY", &rsa_pkcs8(KeySize::Rsa4096)).as_bytes(),
    );
    let signer = Signer::with_key(key.expect("a key"), Seed::new(1)).expect("a signer");
    let jwt = signer.bake(0, "{}").expect("bakes");
    let (_, signature) = jwt.rsplit_once('.').expect("three parts");
    assert_eq!(signature.len(), 683);
    assert!(signer.keys().verify(&jwt).is_ok());
}

#[test]
fn a_key_for_another_algorithm_names_the_one_that_fits() {
    let file = pem("PRIVATE KEY", &ed25519_pkcs8());
    let error =
        SigningKey::from_pem(Some(Algorithm::Rs256), file.as_bytes()).expect_err("does not fit");
    assert_eq!(
        error.to_string(),
        "it holds an Ed25519 key, which fits EdDSA, not RS256"
    );
}

#[test]
fn a_key_that_fits_nothing_says_what_would() {
    let curve =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &SystemRandom::new());
    let pkcs8 = curve.expect("a key").as_ref().to_vec();
    let other = Err(KeyFileError::Unsupported(
        "an EC key on another curve than P-256",
    ));
    assert_eq!(read(&pem("PRIVATE KEY", &pkcs8)), other);
    // An X25519 key: for agreeing on keys, not for signing.
    let mut x25519 = ed25519_pkcs8();
    x25519[11] = 0x6e;
    assert_eq!(
        read(&pem("PRIVATE KEY", &x25519)),
        Err(KeyFileError::Unsupported("a key of another kind"))
    );
}

#[test]
fn an_rsa_key_is_of_a_size_that_is_taken() {
    for (bytes, told) in [(128, 1_024), (255, 2_040), (1_025, 8_200)] {
        let mut integer = vec![INTEGER, 0x82];
        integer.extend(u16::try_from(bytes).expect("small").to_be_bytes());
        integer.extend(vec![0xff; bytes]);
        let mut der = vec![SEQUENCE, 0x82];
        der.extend(u16::try_from(bytes + 7).expect("small").to_be_bytes());
        der.extend([INTEGER, 1, 0]);
        der.extend(integer);
        assert_eq!(
            read(&pem("RSA PRIVATE KEY", &der)),
            Err(KeyFileError::RsaSize(told))
        );
    }
}

#[test]
fn a_key_that_is_not_what_its_section_says_is_damaged() {
    let key = ed25519_pkcs8();
    for file in [
        pem("PRIVATE KEY", &key[..40]),
        pem("RSA PRIVATE KEY", &key),
        pem("EC PRIVATE KEY", &key),
    ] {
        assert_eq!(read(&file), Err(KeyFileError::DamagedKey), "{file}");
    }
    let public = p256().public_key().as_ref().to_vec();
    let error = read(&pem("PUBLIC KEY", &public)).expect_err("no private key");
    assert_eq!(
        error.to_string(),
        "it holds a public key, not a private key"
    );
}

#[test]
fn a_key_whose_numbers_were_changed_is_damaged() {
    let mut der = inner(&rsa_pkcs8(KeySize::Rsa2048));
    // In the midst of the modulus, which no longer is the product of the primes.
    der[100] ^= 1;
    assert_eq!(
        read(&pem("RSA PRIVATE KEY", &der)),
        Err(KeyFileError::DamagedKey)
    );
}

#[test]
fn debug_output_shows_the_algorithm_alone() {
    let key = SigningKey::from_pem(None, pem("PRIVATE KEY", &ed25519_pkcs8()).as_bytes());
    assert_eq!(
        format!("{:?}", key.expect("a key")),
        "SigningKey { algorithm: EdDsa, .. }"
    );
}
