//! JSON, which is YAML, and the fields of it that are wrong.

use super::Menu;
use crate::input::{Diagnostics, Places, Source, read, read_or};

/// The field and the message of each error, from top to bottom.
fn fields(text: &str) -> Vec<(Option<String>, String)> {
    let source = Source::new("request", text);
    let places = Places::of(&source);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(read::<Menu>(&source).diagnostics);
    let sorted = diagnostics.sorted().into_iter();
    sorted
        .map(|found| (found.field(&places), found.message().to_owned()))
        .collect()
}

#[test]
fn each_error_names_its_field() {
    let cases = [
        (r#"{}"#, Some("name"), "missing `name`"),
        (r#"[]"#, None, "expected a mapping, found a list"),
        (
            r#"{ "name": "a", "seed": "x" }"#,
            Some("seed"),
            "expected a whole number, 0 or more, found the text `x`",
        ),
        (
            r#"{ "name": "a", "sed": 3 }"#,
            Some("sed"),
            "unknown field `sed`",
        ),
        (
            r#"{ "name": "a", "diners": [{ "name": "b", "patience": 1 }, { "name": "c" }] }"#,
            Some("diners[1].patience"),
            "missing `patience`",
        ),
        (
            r#"{ "name": "a", "kitchens": { "k": { "inject": { "status": { "cod": 500 } } } } }"#,
            Some("kitchens.k.inject.status.cod"),
            "unknown field `cod`",
        ),
        (
            r#"{ "name": "a", "kitchens": { "k": { "inject": { "status": {} } } } }"#,
            Some("kitchens.k.inject.status.code"),
            "missing `code`",
        ),
        (
            r#"{ "name": "a", "kitchens": { "k": { "inject": { "hag": null } } } }"#,
            Some("kitchens.k.inject.hag"),
            "unknown word `hag`",
        ),
    ];
    for (text, field, message) in cases {
        let expected = (field.map(str::to_owned), message.to_owned());
        assert_eq!(fields(text), [expected], "{text}");
    }
}

#[test]
fn json_is_read_however_it_is_laid_out() {
    for text in [
        "{\"name\":\"a\",\"seed\":3}",
        "{\n\t\"name\": \"a\",\n\t\"seed\": 3\n}\n",
        "{\"name\"\n:\n\"a\",\"seed\":3}",
        "{\r\n  \"name\" : \"\\u0061\",\r\n  \"seed\" : 3\r\n}",
        " \t{\"name\":\"a\" , \"diners\":[ ] ,\"kitchens\":{ }, \"seed\":3}",
    ] {
        let reading = read::<Menu>(&Source::new("request", text));
        assert!(
            reading.diagnostics.is_empty(),
            "{text}: {:?}",
            reading.diagnostics
        );
        let menu = reading.value.expect("a value");
        assert_eq!((menu.name.as_str(), menu.seed), ("a", Some(3)), "{text}");
    }
    for (written, meant) in [
        (r#"a\/b"#, "a/b"),
        (r#"\ud83c\udf55"#, "\u{1f355}"),
        (r#"\b\f\n\r\t\\\""#, "\u{8}\u{c}\n\r\t\\\""),
        (r#"\u007f"#, "\u{7f}"),
    ] {
        let text = format!(r#"{{"name":"{written}"}}"#);
        let reading = read::<Menu>(&Source::new("request", &text));
        assert!(
            reading.diagnostics.is_empty(),
            "{text}: {:?}",
            reading.diagnostics
        );
        assert_eq!(reading.value.expect("a value").name, meant, "{text}");
    }
}

#[test]
fn a_field_known_from_elsewhere_need_not_be_written() {
    let name = |text: &str| {
        let reading = read_or::<Menu>(&Source::new("request", text), "name", "b");
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        reading.value.expect("a value").name
    };
    assert_eq!(name("{}"), "b");
    assert_eq!(name(r#"{ "seed": 3 }"#), "b");
    assert_eq!(name(r#"{ "name": "a" }"#), "a");
}
