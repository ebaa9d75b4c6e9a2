//! A whole scenario file, with the rule file that it names: it is sound, or what is wrong with it is told.
#![no_main]

use chaos_runner::scenario::load::load_text;
use libfuzzer_sys::fuzz_target;

/// The rule files of the scenarios that it begins with, as those name them.
const RULES: [(&str, &str); 2] = [
    (
        "../rules/faults.yml",
        include_str!("../../../scenarios/rules/faults.yml"),
    ),
    (
        "rules/everything.yml",
        include_str!("../../valid/rules/everything.yml"),
    ),
];

fuzz_target!(|text: &str| {
    let rules = RULES.map(|(path, text)| (path.to_owned(), text.to_owned()));
    if let Err(diagnostics) = load_text("scenario.yaml", text, &rules) {
        let told = diagnostics.render(true);
        assert!(!told.is_empty(), "it was refused, and nothing said");
    }
});
