//! A document of Grafana's rules, with its queries, formulas and templates: it is sound, or what is wrong with it is told.
#![no_main]

use chaos_runner::alerting::grafana::model::Version;
use chaos_runner::alerting::grafana::read::{GrafanaOptions, parse_rule_file};
use fake_factory::input::Source;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::time::Duration;

fuzz_target!(|text: &str| {
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    if let Err(diagnostics) = parse_rule_file(&Source::new("rules.yml", text), &options) {
        assert!(!diagnostics.render(true).is_empty(), "nothing was said");
    }
});
