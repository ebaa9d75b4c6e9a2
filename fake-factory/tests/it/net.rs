//! What is true of a connection over either transport.

use crate::world::{address, over_both};
use fake_factory::clock::Clock;
use fake_factory::net::client::{CallError, Client};
use fake_factory::net::serve::serve;
use fake_factory::net::{Connection, Listener, Network};
use http::Uri;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn bind(network: &Network) -> (Listener, String) {
    let listener = network.bind(address(network)).await.expect("binds");
    let authority = listener.address().expect("has an address");
    (listener, authority)
}

async fn pair(network: &Network) -> (Connection, Connection) {
    let (mut listener, authority) = bind(network).await;
    let client = network.connect(&authority).await.expect("connects");
    let server = listener.accept().await.expect("accepts");
    (client, server)
}

over_both! {
    async fn nobody_listening_refuses(network) {
        let (listener, authority) = bind(&network).await;
        drop(listener);
        let error = network.connect(&authority).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }

    async fn an_unknown_name_is_not_found(network) {
        let error = network.connect("no-such-host.invalid:80").await.expect_err("not found");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    async fn an_address_is_bound_once_and_again_when_it_is_free(network) {
        let (listener, authority) = bind(&network).await;
        let error = network.bind(&authority).await.expect_err("in use");
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        drop(listener);
        network.bind(&authority).await.expect("free again");
    }

    async fn a_client_refuses_https_rather_than_speak_it_in_the_clear(network) {
        let (_listener, authority) = bind(&network).await;
        let uri: Uri = format!("https://{authority}/").parse().expect("a URI");
        let error = Client::new(network).get(&uri, None).await.expect_err("no TLS");
        assert!(matches!(&error, CallError::Connect(why) if why.contains("https")), "{error}");
    }

    async fn a_half_closed_connection_still_carries_the_answer(network) {
        let (mut client, mut server) = pair(&network).await;
        client.write_all(b"question").await.expect("writes");
        client.shutdown().await.expect("half closes");
        let mut question = Vec::new();
        server.read_to_end(&mut question).await.expect("reads to the end");
        server.write_all(b"answer").await.expect("writes");
        drop(server);
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.expect("reads to the end");
        assert_eq!((question.as_slice(), answer.as_slice()), (&b"question"[..], &b"answer"[..]));
    }

    async fn a_reset_fails_the_read_that_waits_for_it(network) {
        let (mut client, server) = pair(&network).await;
        let read = tokio::spawn(async move { client.read(&mut [0; 8]).await });
        tokio::time::sleep(Duration::from_millis(5)).await;
        server.reset();
        let error = read.await.expect("no panic").expect_err("reset");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }

    async fn a_port_that_closes_resets_who_was_not_accepted(network) {
        let (listener, authority) = bind(&network).await;
        let mut client = network.connect(&authority).await.expect("connects");
        drop(listener);
        let error = client.read(&mut [0; 8]).await.expect_err("reset");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }

    async fn calls_share_a_connection_that_is_kept_alive(network) {
        let (mut listener, authority) = bind(&network).await;
        let client = Client::new(network);
        let uri: Uri = format!("http://{authority}/").parse().expect("a URI");
        let server = tokio::spawn(async move {
            let mut connection = listener.accept().await.expect("accepts");
            for _ in 0..3 {
                let mut request = [0; 1024];
                assert!(connection.read(&mut request).await.expect("reads") > 0);
                connection
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                    .await
                    .expect("writes");
            }
            // A second connection would have come by now.
            tokio::time::timeout(Duration::from_millis(10), listener.accept()).await.is_err()
        });
        for _ in 0..3 {
            let reply = client.get(&uri, None).await.expect("a reply");
            assert_eq!(&reply.body()[..], b"ok");
        }
        assert!(server.await.expect("no panic"), "one connection");
    }

    async fn a_call_says_why_there_is_no_reply(network) {
        let (mut listener, authority) = bind(&network).await;
        let client = Client::new(network);
        let uri: Uri = format!("http://{authority}/").parse().expect("a URI");
        let unknown: Uri = "http://no-such-host.invalid/".parse().expect("a URI");
        let silent = client.get(&uri, Some(Duration::from_millis(20))).await;
        assert!(matches!(silent, Err(CallError::TimedOut(_))), "{silent:?}");
        drop(listener.accept().await);
        let server = tokio::spawn(async move {
            let mut connection = listener.accept().await.expect("accepts");
            let _ = connection.read(&mut [0; 1024]).await;
            connection.reset();
        });
        let broken = client.get(&uri, None).await;
        assert!(matches!(broken, Err(CallError::Broken(_))), "{broken:?}");
        server.await.expect("no panic");
        let refused = client.get(&uri, None).await;
        assert!(matches!(refused, Err(CallError::Refused(_))), "{refused:?}");
        let unknown = client.get(&unknown, None).await;
        assert!(matches!(unknown, Err(CallError::Unresolved(_))), "{unknown:?}");
    }

    async fn a_router_is_served_with_the_date_of_the_run(network) {
        let (listener, authority) = bind(&network).await;
        let clock = Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time"));
        let router = axum::Router::new().route("/", axum::routing::get(|| async { "hello" }));
        tokio::spawn(serve(listener, router, clock));
        let uri: Uri = format!("http://{authority}/").parse().expect("a URI");
        let reply = Client::new(network).get(&uri, None).await.expect("a reply");
        assert_eq!(reply.headers()["date"], "Thu, 08 Aug 2024 16:00:00 GMT");
        assert_eq!(&reply.body()[..], b"hello");
    }
}
