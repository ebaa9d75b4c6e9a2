//! A whole scenario file, with the rule file that it names: it is sound, or what is wrong with it is told.
#![no_main]

use chaos_runner::scenario::load::load_text;
use libfuzzer_sys::fuzz_target;

/// A rule file for those scenarios that name it.
const RULES: &str = "groups:
  - name: orders
    rules:
      - alert: OrdersFail
        expr: rate(orders_failed_total[1m]) > 0
        for: 1m
";

fuzz_target!(|text: &str| {
    let rules = [("rules.yml".to_owned(), RULES.to_owned())];
    if let Err(diagnostics) = load_text("scenario.yaml", text, &rules) {
        let told = diagnostics.render(true);
        assert!(!told.is_empty(), "it was refused, and nothing said");
    }
});
