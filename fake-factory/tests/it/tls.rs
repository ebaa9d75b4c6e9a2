//! The factory over HTTPS: what a client that trusts its certificate sees, and what one that does not speak TLS.

use crate::world::{World, memory, over_both, world_with};
use fake_factory::net::tls::{HANDSHAKE_MAX, Tls, TlsError, TlsFileError};
use fake_factory::net::{Connection, Network};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// A certificate of this test's own, and its key, as PEM files.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
    roots: RootCertStore,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let names = ["headquarters".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).expect("a root");
        Identity {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
            roots,
        }
    }

    fn tls(&self) -> Result<Tls, TlsError> {
        Tls::from_pem(self.certificate.as_bytes(), self.key.as_bytes())
    }

    fn connector(&self, versions: &[&'static SupportedProtocolVersion]) -> TlsConnector {
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(versions)
                .expect("versions that the provider knows")
                .with_root_certificates(self.roots.clone())
                .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsConnector::from(Arc::new(config))
    }

    /// A connection to `authority` by somebody who trusts this certificate.
    pub(crate) async fn dial(
        &self,
        network: &Network,
        authority: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> TlsStream<Connection> {
        let (host, _) = authority.rsplit_once(':').expect("a port");
        let name = host.to_owned().try_into().expect("a name");
        let below = network.connect(authority).await.expect("connects");
        let connecting = self.connector(versions).connect(name, below);
        connecting.await.expect("shakes hands")
    }
}

/// An order whose reply ends the connection.
fn order(key: &str) -> String {
    let body = r#"{"diner":{"id":1},"order":{"items":[{"menuId":1}]}}"#;
    format!(
        "POST /api/order HTTP/1.1\r\nhost: pizza.example:8443\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Orders over `stream`: the status line and the body of the reply.
pub(crate) async fn order_over(
    stream: &mut TlsStream<Connection>,
    key: &str,
) -> io::Result<(String, Value)> {
    stream.write_all(order(key).as_bytes()).await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    let (head, body) = reply.split_once("\r\n\r\n").expect("a whole reply");
    let status = head.lines().next().unwrap_or_default().to_owned();
    Ok((status, serde_json::from_str(body).expect("JSON")))
}

/// A factory that speaks TLS, and a connection to it for each call.
struct Secure {
    world: World,
    network: Network,
    identity: Identity,
}

impl Secure {
    async fn new(network: &Network, plans: Value) -> Self {
        let identity = Identity::new();
        let tls = identity.tls().expect("a certificate and its key");
        Secure {
            world: world_with(network, plans, |setup| setup.tls = Some(tls)).await,
            network: network.clone(),
            identity,
        }
    }

    async fn dial(&self) -> TlsStream<Connection> {
        let address = self.world.factory.address();
        let versions = &[&TLS13, &TLS12];
        self.identity.dial(&self.network, address, versions).await
    }

    /// A connection without TLS on it.
    async fn bare(&self) -> Connection {
        let address = self.world.factory.address();
        self.network.connect(address).await.expect("connects")
    }

    async fn order(&self) -> io::Result<(String, Value)> {
        order_over(&mut self.dial().await, crate::world::KEY).await
    }
}

fn outage(kind: &str) -> Value {
    json!([{ "name": "out", "starts": "300ms", "inject": { "outage": kind } }])
}

over_both! {
    async fn a_pizza_is_ordered_over_either_version_of_tls(network) {
        let secure = Secure::new(&network, json!([])).await;
        for version in [&TLS12, &TLS13] {
            let address = secure.world.factory.address();
            let mut stream = secure.identity.dial(&network, address, &[version]).await;
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            let (status, body) = order_over(&mut stream, crate::world::KEY).await.expect("a reply");
            assert_eq!(status, "HTTP/1.1 200 OK");
            let jwt = body["jwt"].as_str().expect("a JWT");
            assert!(secure.world.factory.keys().verify(jwt).is_ok());
        }
        assert_eq!(secure.world.pizzas(), 2);
    }

    async fn urls_say_https(network) {
        let monkey = json!([{ "name": "bug", "inject": { "status": { "code": 500, "report_url": true } } }]);
        let secure = Secure::new(&network, monkey).await;
        let address = secure.world.factory.address();
        assert_eq!(secure.world.factory.url(), format!("https://{address}"));
        let (status, body) = secure.order().await.expect("a reply");
        assert_eq!(status, "HTTP/1.1 500 Internal Server Error");
        let url = body["reportUrl"].as_str().expect("a report URL");
        assert!(url.starts_with("https://pizza.example:8443/api/support/"), "{url}");
    }

    async fn an_outage_resets_connections_with_and_without_a_request_on_them(network) {
        for kind in ["reset", "refused"] {
            let secure = Secure::new(&network, outage(kind)).await;
            let mut idle = secure.dial().await;
            let mut shaking = secure.bare().await;
            secure.world.until(350).await;
            let error = idle.read_u8().await.expect_err("no reply");
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
            let error = shaking.read_u8().await.expect_err("no handshake");
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
            drop(secure);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_hanging_factory_shakes_hands_and_never_answers(network) {
        let mut plans = outage("hang");
        plans[0]["starts"] = json!("0s");
        let secure = Secure::new(&network, plans).await;
        let silence = tokio::time::timeout(Duration::from_millis(200), secure.order()).await;
        assert!(silence.is_err());
        assert_eq!((secure.world.first_counts(), secure.world.pizzas()), ((1, 1), 0));
    }

    async fn plain_http_gets_a_clean_close(network) {
        let secure = Secure::new(&network, json!([])).await;
        let mut plain = secure.bare().await;
        plain.write_all(order(crate::world::KEY).as_bytes()).await.expect("writes");
        let mut told = Vec::new();
        plain.read_to_end(&mut told).await.expect("ends without a reset");
        // An alert record: fatal (2), and what the factory makes of the letters of `POST`.
        assert_eq!((told.first(), told.get(5)), (Some(&21), Some(&2)), "{told:?}");
        assert_eq!(secure.world.pizzas(), 0);
    }

    async fn a_client_that_does_not_trust_the_certificate_harms_nobody(network) {
        let secure = Secure::new(&network, json!([])).await;
        let stranger = Identity::new().connector(&[&TLS13, &TLS12]);
        let refused = stranger.connect("headquarters".try_into().expect("a name"), secure.bare().await);
        assert!(refused.await.is_err());
        assert_eq!(secure.order().await.expect("a reply").0, "HTTP/1.1 200 OK");
    }

    async fn a_silent_client_holds_nobody_up(network) {
        let secure = Secure::new(&network, json!([])).await;
        let mut silent = Vec::new();
        for _ in 0..20 {
            silent.push(secure.bare().await);
        }
        assert_eq!(secure.order().await.expect("a reply").0, "HTTP/1.1 200 OK");
        // Nor does it when the factory ends.
        drop(silent);
        secure.world.factory.shutdown(Duration::from_secs(5)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_has_a_deadline() {
    let secure = Secure::new(&memory(), json!([])).await;
    let mut silent = secure.bare().await;
    let before = secure.world.clock.elapsed();
    let mut told = Vec::new();
    silent.read_to_end(&mut told).await.expect("a clean close");
    let waited = secure.world.clock.elapsed().since(before);
    assert_eq!(waited.as_secs(), HANDSHAKE_MAX.as_secs());
    assert_eq!(told, b"");
}

#[test]
fn files_that_do_not_go_together_say_which_is_wrong() {
    let (one, other) = (Identity::new(), Identity::new());
    let tls = |certificate: &str, key: &str| {
        let taken = Tls::from_pem(certificate.as_bytes(), key.as_bytes());
        taken.expect_err("not taken")
    };
    let strangers = TlsError::Key(TlsFileError::Strangers);
    assert_eq!(tls(&one.certificate, &other.key), strangers);
    assert_eq!(
        tls(&one.key, &one.certificate).to_string(),
        "read the TLS certificate: it holds a private key, not a certificate"
    );
    assert_eq!(
        tls(&one.certificate, &other.certificate).to_string(),
        "read the TLS key: it holds a certificate, not a private key"
    );
    let damaged = |pem: &str| pem.replacen("MI", "AA", 1);
    assert_eq!(
        tls(&damaged(&one.certificate), &one.key),
        TlsError::Certificate(TlsFileError::NotX509)
    );
    assert_eq!(
        tls(&one.certificate, &damaged(&one.key)),
        TlsError::Key(TlsFileError::KeyKind)
    );
    // Both in one file, as some tools write them.
    let both = [one.certificate.as_str(), &one.key].concat();
    Tls::from_pem(both.as_bytes(), both.as_bytes()).expect("taken");
}
