//! An Alertmanager's configuration: it is sound, and alerts have somewhere to go by it, or what is wrong with it is told.
#![no_main]

use chaos_runner::alerting::alertmanager::parse_config;
use chaos_runner::alerting::notify::destinations::destinations;
use fake_factory::input::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match parse_config(&Source::new("alertmanager.yml", text)) {
        Ok(config) => {
            let labels = [("alertname", "A"), ("severity", "page")].into_iter().collect();
            let found = destinations(&config.routing(|_| Vec::new()), &labels, None);
            assert!(found.is_ok_and(|found| !found.routes.is_empty()), "it goes nowhere");
        }
        Err(diagnostics) => assert!(!diagnostics.render(true).is_empty(), "nothing was said"),
    }
});
