//! The program over HTTPS.

use super::{Program, file, refused};
use crate::tls::{Identity, order_over};
use fake_factory::net::Network;
use tokio_rustls::rustls::version::{TLS12, TLS13};

/// The files of an identity.
fn files(name: &str, identity: &Identity) -> (String, String) {
    (
        file(&format!("{name}.crt"), &identity.certificate),
        file(&format!("{name}.key"), &identity.key),
    )
}

#[tokio::test]
async fn it_serves_orders_over_https() {
    let identity = Identity::new();
    let (certificate, key) = files("serves", &identity);
    let program = Program::start(&["--tls-cert", &certificate, "--tls-key", &key]);
    let address = program.hello["address"].as_str().expect("an address");
    assert_eq!(program.hello["url"], format!("https://{address}"));
    let curl = program.hello["curl"].as_str().expect("a curl line");
    let start = format!("curl --cacert '{certificate}' -X POST https://{address}/api/order ");
    assert!(curl.starts_with(&start), "{curl}");
    let mut stream = identity
        .dial(&Network::Tcp, address, &[&TLS13, &TLS12])
        .await;
    let vendor = program.hello["vendors"][0]["key"].as_str().expect("a key");
    let (status, body) = order_over(&mut stream, vendor).await.expect("a reply");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(body["jwt"].is_string());
    assert_eq!(program.terminate(), Some(0));
}

#[test]
fn files_that_do_not_fit_are_exit_code_2() {
    let (certificate, key) = files("one", &Identity::new());
    let (_, strange) = files("other", &Identity::new());
    let cases: [(&[&str], &[&str]); 5] = [
        (&["--tls-cert", &certificate], &["--tls-key <FILE>"]),
        (&["--tls-key", &key], &["--tls-cert <FILE>"]),
        (
            &["--tls-cert", &certificate, "--tls-key", &strange],
            &[
                "failed to read the TLS key",
                "other.key: its key does not belong to the certificate",
            ],
        ),
        (
            &["--tls-cert", &key, "--tls-key", &key],
            &[
                "failed to read the TLS certificate",
                "one.key: it holds a private key, not a certificate",
            ],
        ),
        (
            &["--tls-cert", "/nowhere.crt", "--tls-key", &key],
            &["failed to read the TLS certificate /nowhere.crt: No such file"],
        ),
    ];
    for (arguments, expected) in cases {
        refused(arguments, expected);
    }
}
