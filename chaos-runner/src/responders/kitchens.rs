//! The factories as the people of a run reach them: a telephone to have a fault mended, and the report URLs that were in the
//! failing replies.

use bytes::Bytes;
use fake_factory::Factory;
use fake_factory::net::client::Client;
use http::{Method, Request};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long somebody waits for a report URL to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// All factories of a run. Clones reach the same ones.
#[derive(Clone)]
pub struct Kitchens {
    factories: Arc<BTreeMap<String, Factory>>,
    client: Client,
}

impl Kitchens {
    /// These factories, by name, reached through `client`.
    #[must_use]
    pub fn new(factories: BTreeMap<String, Factory>, client: Client) -> Self {
        Kitchens {
            factories: Arc::new(factories),
            client,
        }
    }

    /// The factory of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Factory> {
        self.factories.get(name)
    }

    /// Every factory with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Factory)> {
        self.factories
            .iter()
            .map(|(name, factory)| (name.as_str(), factory))
    }

    /// Gets a fault mended, whichever factory has it; nothing happens where none has it now.
    pub fn mend(&self, fault: &str) {
        for factory in self.factories.values() {
            if factory.mend(fault).is_ok() {
                return;
            }
        }
    }

    /// Calls the report URL of every fault that goes on and can be reported: the factory, and whether it said that the problem is
    /// resolved.
    pub async fn call_report_urls(&self) -> Vec<(String, bool)> {
        let mut told = Vec::new();
        for (name, factory) in self.factories.iter() {
            for (_, url) in factory.report_urls() {
                told.push((name.clone(), self.call(&url).await));
            }
        }
        told
    }

    async fn call(&self, url: &str) -> bool {
        let Ok(request) = Request::builder()
            .method(Method::GET)
            .uri(url)
            .body(Bytes::new())
        else {
            return false;
        };
        let reply = self.client.call(request, Some(PATIENCE)).await;
        reply.is_ok_and(|reply| reply.status().is_success())
    }
}
