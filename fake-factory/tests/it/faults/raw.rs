//! A client that speaks bytes: it sends one request at a time on one connection and hears what comes, to the last byte, and how it ends.

use crate::world::{KEY, World, order};
use fake_factory::net::{Connection, Network};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long nothing has to come for a connection to be silent.
const SILENCE: Duration = Duration::from_millis(400);
/// How long a reply that is sure to come may take: longer than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(10);

/// How what was heard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The other side closed the connection.
    Closed,
    /// The other side reset it.
    Reset,
    /// It is open and nothing comes.
    Silent,
}

/// What came until it ended.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) bytes: Vec<u8>,
    pub(super) ended: Ended,
}

impl Heard {
    /// The head of the reply, in small letters, and as much of its body as came.
    pub(super) fn parts(&self) -> (String, &[u8]) {
        let end = self.bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("a whole head");
        let head = String::from_utf8_lossy(&self.bytes[..end]);
        (head.to_ascii_lowercase(), &self.bytes[end + 4..])
    }

    pub(super) fn status_line(&self) -> String {
        let (head, _) = self.parts();
        head.lines().next().unwrap_or_default().to_owned()
    }

    /// The length that the head announces.
    pub(super) fn announced(&self) -> usize {
        let length = self.header("content-length");
        length.expect("a length").parse().expect("a number")
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.parts();
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(given, _)| *given == name)
            .map(|(_, value)| value.to_owned())
    }
}

/// One connection to a factory.
pub(super) struct Raw {
    connection: Connection,
}

impl Raw {
    pub(super) async fn to(world: &World, network: &Network) -> Self {
        let url = world.factory.url();
        let uri: http::Uri = url.parse().expect("a URI");
        let host = uri.host().expect("a host");
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        let connection = network.connect(&authority).await.expect("connects");
        Raw { connection }
    }

    pub(super) async fn send(&mut self, method: &str, path: &str, body: &str) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: factory\r\nauthorization: Bearer {KEY}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.send_bytes(request.as_bytes()).await;
    }

    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.connection.write_all(bytes).await.expect("sends");
    }

    pub(super) async fn send_order(&mut self, id: u64) {
        self.send("POST", "/api/order", &order(id).to_string())
            .await;
    }

    /// Orders, and hears what comes of it.
    pub(super) async fn order(&mut self, id: u64) -> Heard {
        self.send_order(id).await;
        self.listen().await
    }

    /// Hears all that comes until the connection ends or is silent.
    pub(super) async fn listen(&mut self) -> Heard {
        self.hear(SILENCE, |_| false).await
    }

    /// Hears one reply, which has no body even where it announces one.
    pub(super) async fn head(&mut self) -> Heard {
        let whole = |heard: &Heard| heard.bytes.ends_with(b"\r\n\r\n");
        self.hear(PATIENCE, whole).await
    }

    /// Hears one whole reply.
    pub(super) async fn reply(&mut self) -> Heard {
        let whole = |heard: &Heard| {
            heard.bytes.windows(4).any(|four| four == b"\r\n\r\n")
                && heard.parts().1.len() == heard.announced()
        };
        self.hear(PATIENCE, whole).await
    }

    async fn hear(&mut self, silence: Duration, whole: impl Fn(&Heard) -> bool) -> Heard {
        let mut heard = Heard {
            bytes: Vec::new(),
            ended: Ended::Silent,
        };
        let mut piece = vec![0; 64 * 1024];
        while !whole(&heard) {
            let read = self.connection.read(&mut piece);
            match tokio::time::timeout(silence, read).await {
                Err(_) => break,
                Ok(Ok(0)) => heard.ended = Ended::Closed,
                Ok(Ok(length)) => {
                    heard.bytes.extend_from_slice(&piece[..length]);
                    continue;
                }
                Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => {
                    heard.ended = Ended::Reset;
                }
                Ok(Err(error)) => panic!("{error}"),
            }
            break;
        }
        heard
    }
}
