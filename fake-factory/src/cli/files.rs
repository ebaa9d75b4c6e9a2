//! The files that flags name, apart from scenarios: the keys and the certificate. It says which file is wrong and why; what is in
//! one is the library's business, and no message shows any of it.

use super::Failure;
use fake_factory::Algorithm;
use fake_factory::net::tls::{Tls, TlsError};
use fake_factory::signing::key_file::SigningKey;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The key at `path`, for `algorithm` where one was asked for.
pub(super) fn signing_key(
    path: &Path,
    algorithm: Option<Algorithm>,
) -> Result<SigningKey, Failure> {
    let what = "signing key";
    SigningKey::from_pem(algorithm, &read(what, path)?).map_err(|error| wrong(what, path, error))
}

/// What to speak TLS with.
pub(super) fn tls(certificate: &Path, key: &Path) -> Result<Tls, Failure> {
    let files = (read("TLS certificate", certificate)?, read("TLS key", key)?);
    Tls::from_pem(&files.0, &files.1).map_err(|error| match error {
        TlsError::Certificate(reason) => wrong("TLS certificate", certificate, reason),
        TlsError::Key(reason) => wrong("TLS key", key, reason),
    })
}

fn read(what: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    // What `/dev/zero` and the like tell of their size is not to be relied on.
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(what, path, error))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let reason = format!("it is larger than {FILE_BYTES_MAX} bytes");
        return Err(wrong(what, path, reason));
    }
    Ok(bytes)
}

fn wrong(what: &str, path: &Path, reason: impl std::fmt::Display) -> Failure {
    Failure::input(format!(
        "failed to read the {what} {}: {reason}",
        path.display()
    ))
}
