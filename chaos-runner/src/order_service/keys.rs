//! A factory's public keys: fetched once, and again when a JWT names a key that is not among them. It judges signatures and the age of a
//! JWT, not what was signed.

use super::failure::Cause;
use fake_factory::clock::Clock;
use fake_factory::net::client::Client;
use fake_factory::signing::jwks::Keys;
use fake_factory::signing::jwks::VerifyError;
use http::Uri;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The keys of one factory.
#[derive(Debug)]
pub(super) struct KeyRing {
    uri: Uri,
    client: Client,
    clock: Clock,
    deadline: Duration,
    keys: Mutex<Option<Arc<Keys>>>,
}

impl KeyRing {
    pub(super) fn new(uri: Uri, client: Client, clock: Clock, deadline: Duration) -> Self {
        KeyRing {
            uri,
            client,
            clock,
            deadline,
            keys: Mutex::new(None),
        }
    }

    /// What was signed, when one of the factory's keys signed it and it has not expired.
    ///
    /// # Errors
    /// `BadJwt`, or `NoKeys` when the keys cannot be had.
    pub(super) async fn verified(&self, jwt: &str) -> Result<Value, Cause> {
        let (keys, fresh) = self.keys().await?;
        match keys.verify_at(jwt, self.clock.now()) {
            Err(VerifyError::UnknownKey) if !fresh => {
                let keys = self.refreshed(&keys).await?;
                keys.verify_at(jwt, self.clock.now())
            }
            verified => verified,
        }
        .map_err(|error| Cause::BadJwt(error.to_string()))
    }

    /// The keys, and whether they were fetched just now.
    async fn keys(&self) -> Result<(Arc<Keys>, bool), Cause> {
        // The lock is held while fetching, so that many first pizzas fetch once.
        let mut held = self.keys.lock().await;
        if let Some(keys) = &*held {
            return Ok((keys.clone(), false));
        }
        let keys = self.fetched().await?;
        *held = Some(keys.clone());
        Ok((keys, true))
    }

    async fn refreshed(&self, stale: &Arc<Keys>) -> Result<Arc<Keys>, Cause> {
        let mut held = self.keys.lock().await;
        match &*held {
            Some(newer) if !Arc::ptr_eq(newer, stale) => Ok(newer.clone()),
            _ => {
                let keys = self.fetched().await?;
                *held = Some(keys.clone());
                Ok(keys)
            }
        }
    }

    async fn fetched(&self) -> Result<Arc<Keys>, Cause> {
        let reply = self
            .client
            .get(&self.uri, Some(self.deadline))
            .await
            .map_err(|error| Cause::NoKeys(error.to_string()))?;
        Keys::parse(reply.body())
            .map(Arc::new)
            .map_err(|error| Cause::NoKeys(error.to_string()))
    }
}
