//! What a PEM file holds: one private key, or a chain of certificates, each section as its DER. It tells the owner of a file what it
//! holds instead; what a key is good for is its callers' business. No error of it shows anything of a key.

use rustls_pki_types::pem::{Error as ReadError, PemObject, SectionKind};

/// Why a file does not hold what is wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// There is no section in it that is known.
    #[error("it holds no PEM section such as -----BEGIN {0}-----")]
    NoSection(&'static str),
    /// A section of it is not whole.
    #[error("its PEM is damaged: {0}")]
    Damaged(&'static str),
    /// Its key needs a password.
    #[error("its key is encrypted; write it without a password, as `openssl pkey` does")]
    Encrypted,
    /// It holds something else.
    #[error("it holds {holds}, not {wanted}")]
    Other {
        /// What it holds.
        holds: &'static str,
        /// What is wanted.
        wanted: &'static str,
    },
    /// It holds more keys than one.
    #[error("it holds {0} private keys; leave one in it")]
    Several(usize),
}

/// A section of a PEM file: what it says it is, and its content.
pub(crate) type Section = (SectionKind, Vec<u8>);

/// The one private key in `pem`, whatever else is in it.
pub(crate) fn private_key(pem: &[u8]) -> Result<Section, PemError> {
    // Neither form of encryption is a section that the reader knows.
    let has = |text: &[u8]| pem.windows(text.len()).any(|window| window == text);
    if has(b"-----BEGIN ENCRYPTED PRIVATE KEY") || has(b"Proc-Type: 4,ENCRYPTED") {
        return Err(PemError::Encrypted);
    }
    let (mut keys, others): (Vec<_>, Vec<_>) = sections(pem)?
        .into_iter()
        .partition(|(kind, _)| is_private_key(*kind));
    match (keys.len(), keys.pop()) {
        (1, Some(key)) => Ok(key),
        (0, _) | (_, None) => Err(missing(&others, "PRIVATE KEY", "a private key")),
        (count, _) => Err(PemError::Several(count)),
    }
}

/// The certificates in `pem`, in their order; one at least.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>, PemError> {
    let (certificates, others): (Vec<_>, Vec<_>) = sections(pem)?
        .into_iter()
        .partition(|(kind, _)| *kind == SectionKind::Certificate);
    if certificates.is_empty() {
        return Err(missing(&others, "CERTIFICATE", "a certificate"));
    }
    Ok(certificates.into_iter().map(|(_, der)| der).collect())
}

fn is_private_key(kind: SectionKind) -> bool {
    use SectionKind::{EcPrivateKey, PrivateKey, RsaPrivateKey};
    matches!(kind, PrivateKey | RsaPrivateKey | EcPrivateKey)
}

fn missing(others: &[Section], label: &'static str, wanted: &'static str) -> PemError {
    let holds = match others.first() {
        None => return PemError::NoSection(label),
        Some((kind, _)) if is_private_key(*kind) => "a private key",
        Some((SectionKind::PublicKey, _)) => "a public key",
        Some((SectionKind::Certificate, _)) => "a certificate",
        Some(_) => "something else",
    };
    PemError::Other { holds, wanted }
}

fn sections(pem: &[u8]) -> Result<Vec<Section>, PemError> {
    Section::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| {
            PemError::Damaged(match error {
                ReadError::MissingSectionEnd { .. } => "a section has no -----END line",
                ReadError::IllegalSectionStart { .. } => {
                    "a -----BEGIN line does not end in five dashes"
                }
                _ => "a section is not base64",
            })
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    /// A section as tools write it.
    pub(crate) fn section(label: &str, der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        let lines: Vec<_> = text
            .as_bytes()
            .chunks(64)
            .map(String::from_utf8_lossy)
            .collect();
        let lines = lines.join("\n");
        format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
    }

    fn key_error(pem: &str) -> String {
        let error = private_key(pem.as_bytes()).expect_err("no key");
        error.to_string()
    }

    #[test]
    fn a_private_key_is_found_among_other_things() {
        let file = format!(
            "Bag Attributes: of hq\n{}{}{}",
            section("EC PARAMETERS", &[6, 0]),
            section("EC PRIVATE KEY", b"secret"),
            section("CERTIFICATE", b"public"),
        );
        for text in [file.clone(), file.replace('\n', "\r\n")] {
            let (kind, der) = private_key(text.as_bytes()).expect("a key");
            assert_eq!(
                (kind, der.as_slice()),
                (SectionKind::EcPrivateKey, &b"secret"[..])
            );
        }
    }

    #[test]
    fn certificates_come_in_their_order() {
        let file = [
            section("CERTIFICATE", b"leaf"),
            section("CERTIFICATE", b"root"),
        ]
        .concat();
        let chain = certificates(file.as_bytes()).expect("a chain");
        assert_eq!(chain, [b"leaf", b"root"]);
    }

    #[test]
    fn a_file_of_something_else_says_what_it_holds() {
        let none = "it holds no PEM section such as -----BEGIN PRIVATE KEY-----";
        assert_eq!(key_error(""), none);
        assert_eq!(key_error("a key\n"), none);
        assert_eq!(key_error(&section("OPENSSH PRIVATE KEY", b"x")), none);
        assert_eq!(
            key_error(&section("PUBLIC KEY", b"x")),
            "it holds a public key, not a private key"
        );
        assert_eq!(
            key_error(&section("CERTIFICATE", b"x")),
            "it holds a certificate, not a private key"
        );
        let key = section("PRIVATE KEY", b"secret");
        assert_eq!(
            key_error(&[key.as_str(), &key].concat()),
            "it holds 2 private keys; leave one in it"
        );
        let error = certificates(key.as_bytes()).expect_err("no certificate");
        assert_eq!(
            error.to_string(),
            "it holds a private key, not a certificate"
        );
    }

    #[test]
    fn an_encrypted_key_is_told_in_both_its_forms() {
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        for file in [old, &section("ENCRYPTED PRIVATE KEY", b"x")] {
            assert_eq!(private_key(file.as_bytes()), Err(PemError::Encrypted));
        }
    }

    #[test]
    fn a_damaged_section_says_where_and_shows_nothing() {
        let key = section("PRIVATE KEY", b"secret");
        for (damaged, part) in [
            (key.replace("-----END", "----END"), "no -----END line"),
            (key.replace("\nc2", "\n!!"), "not base64"),
            (
                key.replace("BEGIN PRIVATE KEY-----", "BEGIN PRIVATE KEY"),
                "five dashes",
            ),
        ] {
            let error = key_error(&damaged);
            assert!(error.contains(part), "{damaged}{error}");
            assert!(!error.contains("c2Vj"), "{error}");
        }
    }
}
