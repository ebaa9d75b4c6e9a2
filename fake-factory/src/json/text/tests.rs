//! What JavaScript makes of a text, and that a glance at one changes nothing.

use super::*;
use proptest::prelude::*;

/// What `JSON.stringify` makes of what `JSON.parse` reads.
fn again(sent: &[u8]) -> String {
    let text = Text::read(Bytes::copy_from_slice(sent)).expect("JSON");
    let mut bytes = Vec::new();
    text.view().append_to(&mut bytes);
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_text_is_written_as_node_writes_it() {
    // Each was given to `JSON.stringify(JSON.parse(…))` of Node.js 20.
    for (sent, expected) in [
        (
            r#" { "b" : [ 1.0 , { } ] , "a" : "A\/" } "#,
            r#"{"b":[1,{}],"a":"A/"}"#,
        ),
        (
            r#"{"2":1,"1":2,"b":3,"0":5}"#,
            r#"{"0":5,"1":2,"2":1,"b":3}"#,
        ),
        (
            r#"{"b":1,"a":2,"10":3,"9":4}"#,
            r#"{"9":4,"10":3,"b":1,"a":2}"#,
        ),
        (
            r#"[{"-1":1,"01":2,"+1":3,"1.0":4,"1":5}]"#,
            r#"[{"1":5,"-1":1,"01":2,"+1":3,"1.0":4}]"#,
        ),
        (
            r#"{"a":1,"4294967295":2,"4294967294":3}"#,
            r#"{"4294967294":3,"a":1,"4294967295":2}"#,
        ),
        (
            r#"{"b":1,"a":2,"b":{"1":3,"0":4}}"#,
            r#"{"b":{"0":4,"1":3},"a":2}"#,
        ),
        (
            r#"{"a":1,"\u0061":2,"__proto__":3}"#,
            r#"{"a":2,"__proto__":3}"#,
        ),
        (
            r#"["\ud800","\udc00\ud800","\ud83c\udf55","\u0007\u007f\u2028\u001F\b"]"#,
            "[\"\\ud800\",\"\\udc00\\ud800\",\"🍕\",\"\\u0007\u{7f}\u{2028}\\u001f\\b\"]",
        ),
        (
            r#"["\uD83C\n","\ud83c\ud83c\udf55"]"#,
            r#"["\ud83c\n","\ud83c🍕"]"#,
        ),
        (
            r#"{"a":1e400,"b":[-1e400,1e300],"1e999":"1e999"}"#,
            r#"{"a":null,"b":[null,1e+300],"1e999":"1e999"}"#,
        ),
        (
            "[-0,1e21,0.1e-6,9007199254740993]",
            "[0,1e+21,1e-7,9007199254740992]",
        ),
        ("\"\\u0022\\u005c\"", r#""\"\\""#),
    ] {
        assert_eq!(again(sent.as_bytes()), expected, "{sent}");
    }
    assert_eq!(again(b"[\"\xff\xfe\"]"), "[\"\u{fffd}\u{fffd}\"]");
}

#[test]
fn what_is_no_json_is_told_by_its_place() {
    let told = |sent: &str| Text::read(Bytes::copy_from_slice(sent.as_bytes())).err();
    for end in [
        "", "  ", "{", "[1", "[\"a", "[\"\\", "{\"a\"", "[1e", "[tru", "[\"\\u12",
    ] {
        assert_eq!(told(end), Some(JsonError::End), "{end}");
    }
    for (sent, token, position) in [
        ("[1] 2", '2', 4),
        ("[1,]", ']', 3),
        ("{\"é🍕\":x}", 'x', 7),
        ("[01]", '1', 2),
        ("[1.]", ']', 3),
        ("[\"\n\"]", '\n', 2),
        ("[\"\\x\"]", 'x', 3),
        ("[\"\\u00é\"]", 'é', 6),
        ("[}", '}', 1),
        ("{\"a\":1]", ']', 6),
        ("[nul]", ']', 4),
        ("{a}", 'a', 1),
    ] {
        assert_eq!(
            told(sent),
            Some(JsonError::Token { token, position }),
            "{sent}"
        );
    }
}

#[test]
fn a_text_may_be_deep() {
    for levels in [127, 128, STRINGIFIED_LEVELS_MAX, 100_000] {
        let deep = "[".repeat(levels) + &"]".repeat(levels);
        let text = Text::read(deep.clone().into()).expect("JSON");
        assert_eq!((text.levels(), &*text.bytes), (levels, deep.as_bytes()));
        assert_eq!(text.value().is_ok(), levels <= VALUE_LEVELS_MAX);
    }
}

#[test]
fn values_have_no_halves_of_pairs_and_nothing_infinite() {
    let text = Text::read(Bytes::from_static(
        br#"{"a":1e400,"\ud83c":"\\ud800 \udf55"}"#,
    ));
    let value = text.expect("JSON").value();
    let expected = serde_json::json!({ "a": null, "\u{fffd}": "\\ud800 \u{fffd}" });
    assert_eq!(value, Ok(expected));
    let own = r#"{"$serde_json::private::RawValue":"1"}"#;
    let text = Text::read(Bytes::from_static(own.as_bytes())).expect("JSON");
    assert_eq!(text.value().expect("values").to_string(), own);
}

/// A JSON text with all that may be odd about one.
fn odd() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        "-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?",
        any::<f64>().prop_map(|number| format!("{number:e}")),
        any::<i64>().prop_map(|number| number.to_string()),
        "[1-9]?[0-9]\\.[0-9]{1,9}",
    ]
    .prop_filter("finite or not, but a number", |number| {
        number.parse::<f64>().is_ok()
    });
    let string = "\"([a-c0-9é🍕 ]|\\\\[\"\\\\/bfnrt]|\\\\u[dD][89aAcCfF][0-9a-f]{2}|\\\\u00[0-7][0-9a-fA-F]){0,4}\"";
    let name = prop_oneof![string, "\"[ab0-3]\"", "\"(0|[1-9][0-9]{0,11})\""];
    let leaf = prop_oneof![
        number,
        string,
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("false".to_owned())
    ];
    let blank = prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\n\t\r")];
    (
        leaf.prop_recursive(5, 40, 6, move |inner| {
            let members = proptest::collection::vec((name.clone(), inner.clone()), 0..6);
            prop_oneof![
                proptest::collection::vec(inner, 0..5)
                    .prop_map(|list| format!("[{}]", list.join(","))),
                members.prop_map(|members| {
                    let members = members
                        .iter()
                        .map(|(name, value)| format!("{name}:{value}"));
                    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
                }),
            ]
        }),
        blank,
    )
        .prop_map(|(text, blank)| text.replace(',', &format!(",{blank}")))
}

proptest! {
    #[test]
    fn a_glance_changes_nothing(text in odd()) {
        let glanced = Text::read(text.clone().into());
        let read = Text::read_anew(&text);
        prop_assert!(read.is_ok(), "{read:?}");
        prop_assert_eq!(&glanced, &read);
        // What was written is written so again. The levels of a member that another replaced are gone by then.
        let written = read.expect("JSON").bytes;
        let again = Text::read(written.clone()).map(|again| again.bytes);
        prop_assert_eq!(again, Ok(written));
    }

    #[test]
    fn no_text_is_too_strange_to_be_told(text in r#"[\[\]{}",:0-9a-e.\\u \-]{0,24}"#) {
        let glanced = Text::read(text.clone().into());
        prop_assert_eq!(&glanced, &Text::read_anew(&text));
        let theirs = serde_json::from_str::<Value>(&text).ok();
        // They refuse halves of pairs and what is infinite.
        prop_assert!(theirs.is_none() || glanced.is_ok());
    }

    #[test]
    fn the_values_are_those_of_serde_json(text in odd()) {
        if let Ok(theirs) = serde_json::from_str::<Value>(&text) {
            let ours = Text::read(text.into()).expect("JSON").value();
            // Sorted otherwise, and each number a double.
            let doubles = |value: &Value| crate::json::text(value).parse::<Value>();
            prop_assert_eq!(ours.map(|ours| doubles(&ours).ok()), Ok(doubles(&theirs).ok()));
        }
    }
}
