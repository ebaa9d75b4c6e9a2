//! The program with a signing key of its user's.

use super::{Program, command, file, refused};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

fn pem(algorithm: &'static rcgen::SignatureAlgorithm) -> String {
    let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
    key.serialize_pem()
}

/// The header of the pizza that is baked for an order.
async fn header(program: &Program) -> Value {
    let (status, body) = program.order().await;
    assert_eq!(status, 200);
    let jwt = body["jwt"].as_str().expect("a JWT");
    let header = jwt.split('.').next().expect("a part");
    serde_json::from_slice(&BASE64.decode(header).expect("base64url")).expect("JSON")
}

#[tokio::test]
async fn a_key_tells_the_algorithm_and_is_the_same_at_the_next_start() {
    for (key, algorithm) in [
        (&rcgen::PKCS_ED25519, "EdDSA"),
        (&rcgen::PKCS_ECDSA_P256_SHA256, "ES256"),
    ] {
        let path = file(&format!("{algorithm}.pem"), pem(key));
        let first = header(&Program::launch(&["--key", &path])).await;
        assert_eq!(first["alg"], algorithm);
        let again = Program::launch(&["--key", &path, "--algorithm", &algorithm.to_lowercase()]);
        assert_eq!(header(&again).await["kid"], first["kid"]);
    }
}

#[tokio::test]
async fn without_a_key_the_algorithm_makes_one() {
    let program = Program::launch(&["--algorithm", "es256"]);
    assert_eq!(header(&program).await["alg"], "ES256");
}

#[test]
fn a_key_that_cannot_be_taken_is_exit_code_2() {
    let ed25519 = file("wrong-ed25519.pem", pem(&rcgen::PKCS_ED25519));
    let p384 = file("wrong-p384.pem", pem(&rcgen::PKCS_ECDSA_P384_SHA384));
    let binary = file("wrong.der", [0x30, 0x82, 0xff, 0xfe]);
    let large = file("wrong-large.pem", vec![b'x'; 1024 * 1024 + 1]);
    let cases: [(&[&str], &[&str]); 6] = [
        (
            &["--key", "/nowhere.pem"],
            &["error: failed to read the signing key /nowhere.pem: No such file"],
        ),
        (
            &["--key", &ed25519, "--algorithm", "RS256"],
            &["wrong-ed25519.pem: it holds an Ed25519 key, which fits EdDSA, not RS256"],
        ),
        (&["--key", &p384], &["another curve than P-256"]),
        (&["--key", &binary], &["wrong.der: it holds no PEM section"]),
        (&["--key", &large], &["larger than 1048576 bytes"]),
        (&["--algorithm", "HS256"], &["RS256, ES256, EdDSA"]),
    ];
    for (arguments, expected) in cases {
        refused(arguments, expected);
    }
}

#[test]
fn a_key_is_neither_printed_nor_logged() {
    let key = pem(&rcgen::PKCS_ED25519);
    let path = file("secret.pem", &key);
    let mut child = command(&["--bind", "127.0.0.1:0", "--key", &path])
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut told = String::new();
    while !told.contains("curl ") {
        assert_ne!(out.read_line(&mut told).expect("a line"), 0, "{told}");
    }
    child.kill().expect("runs");
    child.wait().expect("ends");
    out.read_to_string(&mut told).expect("the rest");
    let mut log = child.stderr.take().expect("a pipe");
    log.read_to_string(&mut told).expect("the log");
    let secret = key.lines().nth(1).expect("a line of base64");
    assert!(!told.contains(&secret[32..]), "{told}");
}
