//! What the factory is measured against: an axum handler that answers an order with the same JSON, and nothing around it. It is
//! served as the factory is, by hyper's HTTP/1.1 on a runtime of one thread.

use crate::order;
use anyhow::Context;
use axum::routing::post;
use axum::{Json, Router};
use clap::{Args, ValueEnum};
use fake_factory::seed::Seed;
use fake_factory::signing::{Algorithm, Signer};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What the handler does for an order.
    #[arg(long, value_enum)]
    work: Work,
}

/// What the handler does before it answers.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Work {
    /// Nothing: the body is left to hyper.
    Ignores,
    /// Reads the order as JSON.
    Reads,
    /// Reads the order as JSON, and signs a pizza of the same size.
    Signs,
    /// Answers 100 ms later, by tokio's timer.
    Sleeps,
}

/// The reply.
#[derive(Clone, Debug, Serialize)]
struct Pizza {
    jwt: String,
}

pub(crate) fn serve(options: &Options) -> anyhow::Result<()> {
    let signer = Signer::new(Algorithm::EdDsa, Seed::new(1)).context("failed to make a key")?;
    let (signer, payload) = (Arc::new(signer), Arc::new(order::payload()));
    let jwt = signer.bake(0, &payload).context("failed to sign")?;
    let same = Pizza { jwt };
    let handler = match options.work {
        Work::Ignores => post(move || async move { Json(same.clone()) }),
        Work::Reads => post(move |Json(_): Json<Value>| async move { Json(same.clone()) }),
        Work::Signs => post(move |Json(_): Json<Value>| async move {
            let jwt = signer.bake(0, &payload).unwrap_or_default();
            Json(Pizza { jwt })
        }),
        Work::Sleeps => post(move || async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Json(same.clone())
        }),
    };
    let router = Router::new().route("/api/order", handler);
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start a runtime")?
        .block_on(accept(router))
}

async fn accept(router: Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("failed to listen")?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("{}", json!({ "event": "listening", "url": url }));
    loop {
        let (stream, _) = listener.accept().await.context("failed to accept")?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
