//! A rule file, with its PromQL and templates: it is sound, or what is wrong with it is told.
#![no_main]

use chaos_runner::alerting::rules::prometheus::parse_rule_file;
use fake_factory::input::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(diagnostics) = parse_rule_file(&Source::new("rules.yml", text)) {
        assert!(!diagnostics.render(true).is_empty(), "nothing was said");
    }
});
