//! Any text at all: reading ends, never panics, tells something where it has no value, and nothing twice.

use super::{Menu, Plans};
use crate::input::units::{HumanDuration, Moment, Rate, Share, StartsAt};
use crate::input::{Diagnostics, Located, Places, Source, read, read_keys};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

const ESCAPE: char = '\u{1b}';

/// Text made of the pieces that YAML and the types are made of, so that much of it gets past the parser.
fn yaml_like() -> impl Strategy<Value = String> {
    let words = [
        "name", "seed", "diners", "kitchens", "inject", "status", "hang", "code", "patience",
        "faults", "latency", "outage", "starts", "12m", "30%", "1", "-1.5", "~", "é", ".inf",
    ];
    let signs = [
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "&a ",
        "*a",
        "!x ",
        "!!str ",
        "\"",
        "'",
        "| ",
        "> ",
        "#",
        "\t",
        "\r\n",
        "\r",
        "<<",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\u{feff}",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
    ];
    let piece = prop_oneof![
        prop::sample::select(words.to_vec()),
        prop::sample::select(signs.to_vec())
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Trees of the types' own words in flow form: all of it parses, nearly all of it is wrong.
fn tree() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "name", "seed", "diners", "kitchens", "inject", "status", "hang", "code", "patience",
        "faults", "latency", "fixed", "outage", "starts", "ends", "12m", "30%", "1", "~", "''",
        "nam", "b",
    ]);
    let leaf = word.clone().prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::btree_map(word.clone(), inner, 0..5).prop_map(|entries| {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }),
        ]
    })
}

fn holds<T: DeserializeOwned>(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("any.yaml", text);
    let reading = read::<T>(&source);
    prop_assert!(reading.value.is_some() || !reading.diagnostics.is_empty());
    let mut told = BTreeSet::new();
    for diagnostic in &reading.diagnostics {
        let one = (diagnostic.place(), diagnostic.message().to_owned());
        prop_assert!(told.insert(one.clone()), "told twice: {one:?}");
    }
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading.diagnostics);
    let plain = diagnostics.render(false);
    prop_assert!(!plain.contains(ESCAPE));
    let _ = diagnostics.render(true);
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), yaml_like(), tree()]) {
        holds::<Plans>(&text)?;
        holds::<Menu>(&text)?;
        holds::<serde_json::Value>(&text)?;
        holds::<BTreeMap<Located<String>, Located<f64>>>(&text)?;
        let source = Source::new("any.yaml", &text);
        let _ = read_keys::<Menu>(&source, &["name", "diners"]);
        let _ = Places::of(&source).at(&["name"]);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds::<Plans>(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_amount_is_read_or_refused(text in prop_oneof![any::<String>(), "[-+0-9.:/%a-zT \\[\\]é]{0,30}"]) {
        let _ = text.parse::<HumanDuration>();
        let _ = text.parse::<Moment>();
        let _ = text.parse::<StartsAt>();
        let _ = text.parse::<Share>();
        let _ = text.parse::<Rate>();
    }
}
