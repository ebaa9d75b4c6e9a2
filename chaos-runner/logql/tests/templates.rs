//! What templates of lines and labels make, and what stages refuse, derived by hand from Loki's documentation and its sources.

mod common;

use common::{asked, store};
use logql::Query;

/// "Template functions": each stage is followed by what the line is then.
#[test]
fn functions_are_called_and_piped() {
    let store = store(&[(
        "app=gate route=/orders/pay code=503 empty=",
        &[(1, "  a line  ")],
    )]);
    for (template, line) in [
        ("{{.code}}!", "503!"),
        ("{{ .route | upper }}", "/ORDERS/PAY"),
        ("{{ lower \"GET\" }}", "get"),
        ("{{ title \"two pizzas\" }}", "Two Pizzas"),
        ("{{ title \"it's\" }}", "It'S"),
        ("{{ \"stra\u{df}e\" | ToUpper }}", "STRA\u{df}E"),
        ("{{ lower \"\u{391}\u{3a3}\" }}", "\u{3b1}\u{3c3}"),
        ("{{ div .code 100 }}xx", "5xx"),
        ("{{ .code | mod 10 }}", "10"),
        ("{{ add .code 1 | sub 1000 | mul 2 }}", "992"),
        ("{{ .nothing | default \"-\" }}", "-"),
        ("{{ 0 | default 7 | mul .code }}", "3521"),
        ("{{ .empty | default \"-\" }}", "-"),
        ("{{ .code | default \"-\" }}", "503"),
        ("{{ Replace .route \"/\" \"_\" -1 }}", "_orders_pay"),
        ("{{ Replace .route \"/\" \"_\" 1 }}", "_orders/pay"),
        ("{{ .route | replace \"/\" \".\" }}", ".orders.pay"),
        ("{{ .route | trimPrefix \"/\" | trunc 6 }}", "orders"),
        ("{{ trunc -3 .route }}", "pay"),
        ("{{ .route | substr 1 3 }}", "or"),
        ("{{ \"ab\" | repeat 2 }}", "abab"),
        ("[{{ __line__ | trim }}]", "[a line]"),
        ("{{ TrimSuffix .route \"/pay\" }}", "/orders"),
    ] {
        let text = format!(
            "sum(count_over_time({{app=\"gate\"}} | line_format `<{template}>` |= `<{line}>` [1m]))"
        );
        assert_eq!(asked(&store, 30, &text), ["{} 1"], "{template}");
    }
    assert_eq!(
        asked(
            &store,
            30,
            "sum by (code) (count_over_time({app=\"gate\"} | label_format code=`{{ div .code 100 }}xx` [1m]))"
        ),
        ["{code=\"5xx\"} 1"]
    );
}

/// Go's `text/template` gives no function a value of another type: labels are texts, and what arithmetic gives is an `int64`.
#[test]
fn values_of_another_type_are_errors() {
    let store = store(&[("app=gate code=503 n=2 x=ab", &[(1, "a")])]);
    let details = |template: &str| {
        asked(
            &store,
            30,
            &format!(
                "sum by (__error__, __error_details__) (count_over_time({{app=\"gate\"}} | line_format `{template}` [1m]))"
            ),
        )
    };
    for (template, wanted, got) in [
        ("{{ add .code 1 | trunc 2 }}", "string", "int64"),
        ("{{ 503 | trim }}", "string", "int"),
        ("{{ TrimPrefix 5 .code }}", "string", "int"),
        ("{{ trunc .n .x }}", "int", "string"),
        ("{{ repeat .n \"x\" }}", "int", "string"),
        ("{{ .x | substr 0 \"1\" }}", "int", "string"),
        ("{{ add 1 1 | Replace .x \"a\" \"b\" }}", "int", "int64"),
    ] {
        let wrong = format!(
            "{{__error__=\"TemplateFormatErr\", __error_details__=\"wrong type for value; expected {wanted}; got {got}\"}} 1"
        );
        assert_eq!(details(template), [wrong], "{template}");
    }
    for template in [
        "{{ .code | div 1000 | default .x | add 1 }}",
        "{{ 1 | Replace .x \"a\" \"b\" }}",
        "{{ 0 | default 7 }}",
    ] {
        assert_eq!(details(template), ["{} 1"], "{template}");
    }
}

/// `pkg/logql/log/parser.go`: what Promtail did not pack stays as it is.
#[test]
fn only_a_packed_line_is_unpacked() {
    let store = store(&[(
        "app=gate",
        &[
            (1, r#"{"pod":"a","_entry":"hello"}"#),
            (2, r#"{"pod":"b","message":"hello"}"#),
        ],
    )]);
    assert_eq!(
        asked(
            &store,
            30,
            "sum by (pod) (count_over_time({app=\"gate\"} | unpack [1m]))"
        ),
        ["{} 1", "{pod=\"a\"} 1"]
    );
}

/// `pkg/logql/log/jsonexpr` and `logfmt`: what names no field is told when the query is read.
#[test]
fn what_names_no_field_is_refused() {
    for stage in [
        r#"json a="b[\"c\"d\"]""#,
        r#"logfmt a="two words""#,
        r#"label_format __error__="none""#,
    ] {
        let text = format!("count_over_time({{app=\"gate\"}} | {stage} [1m])");
        assert!(Query::parse(&text).is_err(), "{text}");
    }
}
