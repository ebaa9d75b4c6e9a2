//! Input that nobody would write: whatever is missing from a scenario or wrong in it, reading it ends, without a panic, and a
//! refusal says something.

use chaos_runner::scenario::load::load_text;
use proptest::prelude::*;
use std::fs;

const PATH: &str = "valid/everything.yaml";
const RULES_PATH: &str = "valid/rules/everything.yml";

fn text(path: &str) -> String {
    fs::read_to_string(path).expect("the file is there")
}

/// Reads a text as if it stood in place of the valid scenario.
fn try_to_load(scenario: &str, rules: &str) {
    let rules = [(RULES_PATH.to_owned(), rules.to_owned())];
    if let Err(diagnostics) = load_text(PATH, scenario, &rules) {
        let told = diagnostics.render(true);
        assert!(told.contains("error"), "{told}");
    }
}

#[test]
fn any_line_may_be_missing() {
    let (scenario, rules) = (text(PATH), text(RULES_PATH));
    let lines: Vec<&str> = scenario.lines().collect();
    for left_out in 0..lines.len() {
        let mut lines = lines.clone();
        lines.remove(left_out);
        try_to_load(&lines.join("\n"), &rules);
    }
}

#[test]
fn the_file_may_end_anywhere() {
    let (scenario, rules) = (text(PATH), text(RULES_PATH));
    for (end, _) in scenario.char_indices().step_by(7) {
        try_to_load(&scenario[..end], &rules);
    }
    for (end, _) in rules.char_indices() {
        try_to_load(&scenario, &rules[..end]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_word_may_be_another(at in 0_usize..2_000, word in "(|~|-1|0|1e999|99999999999999999999|0s|\\[\\]|\\{\\}|run|é€|\"\"|10:00|\\*a|&a|!!str|[a-z]{1,8})") {
        let scenario = text(PATH);
        let words: Vec<(usize, &str)> = scenario
            .split_inclusive([' ', '\n', ',', '}', ']'])
            .scan(0, |start, word| {
                let place = (*start, word);
                *start += word.len();
                Some(place)
            })
            .collect();
        let (start, old) = words[at % words.len()];
        let old = old.trim_end_matches([' ', '\n', ',', '}', ']']);
        let mangled = format!("{}{word}{}", &scenario[..start], &scenario[start + old.len()..]);
        try_to_load(&mangled, &text(RULES_PATH));
    }
}
