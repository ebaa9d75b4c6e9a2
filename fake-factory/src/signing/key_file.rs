//! A signing key out of a PEM file: PKCS#8, PKCS#1 or SEC1, not encrypted. What is wrong with a file is said in the words of its
//! owner: which kind of key it holds, and what would fit. It reads no file itself, and nothing here ever shows a private key.

mod der;

use super::Algorithm;
use super::key::Pair;
use crate::pem::{PemError, private_key};
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use der::{INTEGER, OBJECT_ID, OCTET_STRING, PARAMETERS, SEQUENCE, bits, element};
use rustls_pki_types::pem::SectionKind;
use std::ops::RangeInclusive;

/// The sizes of an RSA key that are taken, in bits.
pub const RSA_BITS: RangeInclusive<usize> = 2_048..=8_192;

/// Object identifiers, as their DER has them.
const OID_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const OID_EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const OID_P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const OID_ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A private key that somebody brought. It shows its algorithm and nothing else.
#[derive(Clone)]
pub struct SigningKey(Pair);

/// Why a file gives no signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// The file holds no private key that can be read.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// Its key is for another algorithm.
    #[error("it holds {holds}, which fits {fits}, not {asked}")]
    WrongAlgorithm {
        /// What it holds.
        holds: &'static str,
        /// The algorithm that it would fit.
        fits: Algorithm,
        /// The one that was asked for.
        asked: Algorithm,
    },
    /// Its key is for an algorithm that the factory does not know.
    #[error(
        "it holds {0}; an RSA key fits RS256, an EC key on P-256 fits ES256, an Ed25519 key fits EdDSA"
    )]
    Unsupported(&'static str),
    /// Its RSA key is too small or too large.
    #[error(
        "its RSA key has {0} bits; from {min} to {max} are taken",
        min = RSA_BITS.start(),
        max = RSA_BITS.end()
    )]
    RsaSize(usize),
    /// The cryptography library does not take the key.
    #[error("its key is damaged")]
    DamagedKey,
}

impl SigningKey {
    /// Reads the private key in `pem`, for `algorithm` or, where there is none, for the one that the key fits.
    ///
    /// # Errors
    /// As [`KeyFileError`] says.
    pub fn from_pem(algorithm: Option<Algorithm>, pem: &[u8]) -> Result<Self, KeyFileError> {
        let (section, der) = private_key(pem)?;
        let kind = Kind::of(section, &der).ok_or(KeyFileError::DamagedKey)?;
        let (holds, fits) = kind.fits()?;
        if let Some(asked) = algorithm.filter(|asked| *asked != fits) {
            return Err(KeyFileError::WrongAlgorithm { holds, fits, asked });
        }
        pair(fits, section, &der).map(SigningKey)
    }

    /// What it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    pub(super) fn into_pair(self) -> Pair {
        self.0
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// What kind of key it is, as far as its own labels say.
#[derive(Clone, Copy)]
enum Kind {
    Rsa { bits: usize },
    P256,
    OtherCurve,
    Ed25519,
    Other,
}

impl Kind {
    /// None where it is not what its section says.
    fn of(section: SectionKind, der: &[u8]) -> Option<Kind> {
        match section {
            SectionKind::RsaPrivateKey => Kind::of_pkcs1(der),
            SectionKind::EcPrivateKey => Kind::of_sec1(der),
            _ => Kind::of_pkcs8(der),
        }
    }

    /// RFC 5958: version, algorithm with its parameters, the key as the algorithm has it.
    fn of_pkcs8(der: &[u8]) -> Option<Kind> {
        let (content, _) = element(SEQUENCE, der)?;
        let (_, content) = element(INTEGER, content)?;
        let (algorithm, content) = element(SEQUENCE, content)?;
        let (key, _) = element(OCTET_STRING, content)?;
        let (id, parameters) = element(OBJECT_ID, algorithm)?;
        match id {
            OID_RSA => Kind::of_pkcs1(key),
            OID_EC => Some(Kind::of_curve(parameters)),
            OID_ED25519 => Some(Kind::Ed25519),
            _ => Some(Kind::Other),
        }
    }

    /// RFC 8017: version, modulus, and more.
    fn of_pkcs1(der: &[u8]) -> Option<Kind> {
        let (content, _) = element(SEQUENCE, der)?;
        let (_, content) = element(INTEGER, content)?;
        let (modulus, _) = element(INTEGER, content)?;
        Some(Kind::Rsa {
            bits: bits(modulus),
        })
    }

    /// RFC 5915: version, the key, perhaps the curve, and more.
    fn of_sec1(der: &[u8]) -> Option<Kind> {
        let (content, _) = element(SEQUENCE, der)?;
        let (_, content) = element(INTEGER, content)?;
        let (_, content) = element(OCTET_STRING, content)?;
        let (curve, _) = element(PARAMETERS, content).unwrap_or_default();
        Some(Kind::of_curve(curve))
    }

    /// A key whose curve has no name is taken for one on the only curve that fits: the library checks it.
    fn of_curve(parameters: &[u8]) -> Kind {
        match element(OBJECT_ID, parameters) {
            Some((OID_P256, _)) | None => Kind::P256,
            Some(_) => Kind::OtherCurve,
        }
    }

    /// What to call it, and what it can sign with.
    fn fits(self) -> Result<(&'static str, Algorithm), KeyFileError> {
        match self {
            Kind::Rsa { bits } if !RSA_BITS.contains(&bits) => Err(KeyFileError::RsaSize(bits)),
            Kind::Rsa { .. } => Ok(("an RSA key", Algorithm::Rs256)),
            Kind::P256 => Ok(("an EC key on P-256", Algorithm::Es256)),
            Kind::Ed25519 => Ok(("an Ed25519 key", Algorithm::EdDsa)),
            Kind::OtherCurve => Err(KeyFileError::Unsupported(
                "an EC key on another curve than P-256",
            )),
            Kind::Other => Err(KeyFileError::Unsupported("a key of another kind")),
        }
    }
}

/// The key pair in `der`, which its labels say is one for `algorithm`.
fn pair(algorithm: Algorithm, section: SectionKind, der: &[u8]) -> Result<Pair, KeyFileError> {
    let pair = match algorithm {
        Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(der).map(Pair::EdDsa),
        Algorithm::Es256 => {
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                .map(|pair| Pair::Es256(Box::new(pair)))
        }
        Algorithm::Rs256 if section == SectionKind::RsaPrivateKey => {
            RsaKeyPair::from_der(der).map(|pair| Pair::Rs256(Box::new(pair)))
        }
        Algorithm::Rs256 => RsaKeyPair::from_pkcs8(der).map(|pair| Pair::Rs256(Box::new(pair))),
    };
    pair.map_err(|_| KeyFileError::DamagedKey)
}

#[cfg(test)]
mod tests;
