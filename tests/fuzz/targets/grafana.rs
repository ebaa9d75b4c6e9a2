//! A document of Grafana's, of rules with their queries, formulas and templates or of notifications: it is sound, or what is wrong with
//! it is told; and what it says of where alerts go is a routing, or what is wrong with that is told.
#![no_main]

use chaos_runner::alerting::grafana::model::Version;
use chaos_runner::alerting::grafana::notifications::Assembling;
use chaos_runner::alerting::grafana::read::{GrafanaOptions, parse_document};
use chaos_runner::alerting::notify::tree::RouteTree;
use fake_factory::input::Source;
use libfuzzer_sys::fuzz_target;
use promql::Labels;
use std::collections::BTreeMap;
use std::time::Duration;

fuzz_target!(|text: &str| {
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    let source = Source::new("document.yml", text);
    let document = match parse_document(&source, &options) {
        Ok(document) => document,
        Err(told) => return assert!(!told.render(true).is_empty(), "nothing was said"),
    };
    let assembling = Assembling {
        notifications: &[&document.notifications],
        rules: &[(&source, &document.groups)],
        exists: &|_| true,
        version: Version::V13,
    };
    match assembling.assemble() {
        Ok(None) => {}
        Ok(Some(found)) => {
            let tree = RouteTree::new(&found.config.routing(|_| Vec::new()))
                .expect("every name was looked up");
            let _ = tree.routes_of(&Labels::default());
        }
        Err(told) => assert!(!told.render(true).is_empty(), "nothing was said"),
    }
});
