//! Files that are made to be too much: each is refused, soon, and with a reason.

use super::{Menu, Plans, errors, reading, right};

/// What is told first of a file.
fn told(text: &str) -> String {
    let reading = reading::<serde_json::Value>(text);
    assert!(reading.value.is_none());
    let first = reading.diagnostics.first().expect("it is refused");
    first.message().to_owned()
}

#[test]
fn aliases_are_written_out_within_bounds() {
    let menu = right("name: &n a\ndiners: [{name: *n, patience: 1}]");
    assert_eq!(menu.diners[0].name.value, "a");
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(
        told(&bomb),
        "more than 200000 values in one file, aliases written out"
    );
    let long = format!("- &a {}\n{}", "x".repeat(500_000), "- *a\n".repeat(50_000));
    assert_eq!(
        told(&long),
        "more than 8388608 bytes of text, aliases written out"
    );
    let anchors: String = (0..60).map(|level| format!("&a{level} [")).collect();
    let nested = format!("{anchors}{}{}", "x, ".repeat(50_000), "]".repeat(60));
    assert_eq!(
        told(&nested),
        "more than 200000 values in one file, aliases written out"
    );
}

#[test]
fn aliases_nest_no_deeper_than_anything_else() {
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        let [open, close] = ["[".repeat(30), "]".repeat(30)];
        deep.push_str(&format!(
            "a{level}: &a{level} {open}*a{}{close}\n",
            level - 1
        ));
    }
    assert_eq!(told(&deep), "nested more than 64 deep");
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    for open in ["[", "{a: ", "- ", "? ", "[{a: ", "!!seq [", "&a [", "a:\n "] {
        told(&open.repeat(100_000));
        reading::<Menu>(&open.repeat(100_000));
    }
    let deeper: String = (0..300)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    assert_eq!(told(&deeper), "nested more than 64 deep");
}

#[test]
fn reading_stops_where_a_file_has_too_many_errors() {
    let sound = "  - { name: a, patience: 1 }\n".repeat(35_000);
    let wrong = "  - { name: a, patience: b }\n".repeat(200);
    let block = reading::<Menu>(&format!("name: a\ndiners:\n{sound}{wrong}"));
    assert!(block.diagnostics.len() >= 10, "{}", block.diagnostics.len());
    let line = format!(
        "{{name: a, diners: [{}]}}",
        "{bad: 1, badly: 2}, ".repeat(35_000)
    );
    let line = errors(&line);
    assert!(
        line.contains("reading stopped after so many errors"),
        "{line}"
    );
    let faults = "    - { name: a, inject: outage, requests: 130%, paths: 3 }\n".repeat(200);
    let plans = reading::<Plans>(&format!("hq:\n  faults:\n{faults}"));
    assert_eq!(plans.diagnostics.len(), 100);
}
