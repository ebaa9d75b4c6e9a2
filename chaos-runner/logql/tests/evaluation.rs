//! What queries come to, derived by hand from Loki's documentation ("Log queries", "Metric queries", "Query template functions") and,
//! where it is silent, from `pkg/logql` of Loki 3, which is named then.

mod common;

use common::{asked, store};
use logql::LogStore;

const ORDERS: &str = "app=orders level=error";

fn orders() -> LogStore {
    store(&[
        (
            ORDERS,
            &[
                (
                    10,
                    r#"{"status":500,"took":"250ms","size":"2KB","request":{"path":"/api","ids":[1,2]}}"#,
                ),
                (
                    20,
                    r#"{"status":503,"took":"1.5s","size":"1KB","request":{"path":"/"},"level":"grave"}"#,
                ),
                (30, "plain text"),
            ],
        ),
        (
            "app=orders level=info",
            &[
                (10, "method=GET path=/menu took=5ms"),
                (25, r#"method=PUT path="/a b" took=10ms empty="#),
            ],
        ),
        ("app=kitchen level=info", &[(15, "baked"), (16, "baked")]),
    ])
}

/// Holds expressions, asked at second 30, to their answers.
#[track_caller]
fn holds(cases: &[(&str, &[&str])]) {
    let store = orders();
    for (text, expected) in cases {
        assert_eq!(asked(&store, 30, text), *expected, "{text}");
    }
}

/// `pkg/logql/range_vector.go`: the lower bound of a range is not inclusive, the upper one is.
#[test]
fn a_window_is_open_on_the_left_and_closed_on_the_right() {
    holds(&[
        (
            "count_over_time({level=\"error\"}[20s])",
            &[r#"{app="orders", level="error"} 2"#],
        ),
        (
            "count_over_time({level=\"error\"}[21s])",
            &[r#"{app="orders", level="error"} 3"#],
        ),
        (
            "count_over_time({level=\"error\"}[20s] offset 10s)",
            &[r#"{app="orders", level="error"} 2"#],
        ),
        (
            "rate({level=\"error\"}[20s])",
            &[r#"{app="orders", level="error"} 0.1"#],
        ),
        (
            "bytes_over_time({app=\"kitchen\"}[1m])",
            &[r#"{app="kitchen", level="info"} 10"#],
        ),
        (
            "bytes_rate({app=\"kitchen\"}[10s] offset 10s)",
            &[r#"{app="kitchen", level="info"} 1"#],
        ),
        ("count_over_time({app=\"bar\"}[1m])", &[]),
    ]);
}

#[test]
fn streams_are_selected_by_their_labels() {
    holds(&[
        (
            r#"sum by (app) (count_over_time({app=~"ord.*|x", level!="info"}[1m]))"#,
            &[r#"{app="orders"} 3"#],
        ),
        (
            r#"sum by (app) (count_over_time({app!~"kit.+", level=`info`}[1m]))"#,
            &[r#"{app="orders"} 2"#],
        ),
        (r#"sum(count_over_time({app=~".+"}[1m]))"#, &["{} 7"]),
    ]);
}

#[test]
fn lines_are_filtered_by_what_they_contain() {
    holds(&[
        (
            r#"sum(count_over_time({app="orders"} |= "status" [1m]))"#,
            &["{} 2"],
        ),
        (
            r#"sum(count_over_time({app="orders"} |= "GET" or "PUT" or "plain" [1m]))"#,
            &["{} 3"],
        ),
        (
            r#"sum(count_over_time({app="orders"} != "GET" or "PUT" [1m]))"#,
            &["{} 3"],
        ),
        (
            r#"sum(count_over_time({app="orders"} |~ `status":50\d` !~ "50[3-9]" [1m]))"#,
            &["{} 1"],
        ),
        (
            r#"sum(count_over_time({app="orders"} |> "method=<_> path=<_>" [1m]))"#,
            &["{} 2"],
        ),
        (
            r#"sum(count_over_time({app="orders"} !> "plain<_>" [1m]))"#,
            &["{} 4"],
        ),
    ]);
}

/// "Parser expression", JSON: keys are joined by `_`, arrays are left out, a name that the stream has gets `_extracted`.
#[test]
fn json_makes_labels_of_values() {
    let path = |path: &str| {
        format!(
            r#"sum by (request_path) (count_over_time({{level="error"}} | json | request_path="{path}" [1m]))"#
        )
    };
    holds(&[
        (&path("/api"), &[r#"{request_path="/api"} 1"#]),
        (
            r#"sum by (level, level_extracted) (count_over_time({level="error"} | json | __error__="" | status=503 [1m]))"#,
            &[r#"{level="error", level_extracted="grave"} 1"#],
        ),
        (
            r#"sum by (request_ids) (count_over_time({level="error"} | json | __error__="" | status=500 [1m]))"#,
            &["{} 1"],
        ),
        (
            r#"sum by (first, p) (count_over_time({level="error"} |= "500" | json first="request.ids[0]", p="request[\"path\"]" [1m]))"#,
            &[r#"{first="1", p="/api"} 1"#],
        ),
        (
            r#"count_over_time({level="error"} |= "500" | json | drop took, size, status [1m])"#,
            &[r#"{app="orders", level="error", request_path="/api"} 1"#],
        ),
    ]);
}

/// `pkg/logql/log/parser_hints.go`: a sum that wants nothing of a line never parses it; what is parsed and fails must be filtered
/// out, or the query fails ("Pipeline errors").
#[test]
fn a_line_that_does_not_parse_fails_the_query_that_wants_something_of_it() {
    let failed = "pipeline error: 'JSONParserErr' for series:";
    holds(&[
        (
            r#"sum(count_over_time({level="error"} | json [1m]))"#,
            &["{} 3"],
        ),
        (
            r#"sum by (status) (count_over_time({level="error"} | json | __error__="" [1m]))"#,
            &[r#"{status="500"} 1"#, r#"{status="503"} 1"#],
        ),
        (
            r#"sum(count_over_time({level="error"} | json | __error__!="" [1m])) by (__error__)"#,
            &[r#"{__error__="JSONParserErr"} 1"#],
        ),
        (
            r#"sum(count_over_time({level="error"} | json | drop __error__, __error_details__ | status>=500 [1m]))"#,
            &["{} 2"],
        ),
    ]);
    let store = orders();
    for text in [
        r#"sum by (status) (count_over_time({level="error"} | json [1m]))"#,
        r#"count_over_time({level="error"} | json [1m])"#,
    ] {
        let answer = asked(&store, 30, text);
        assert!(answer[0].starts_with(failed), "{text}: {answer:?}");
    }
}

/// "Label filter expression": numbers, durations and sizes are compared as such; `and` binds more tightly than `or`.
#[test]
fn labels_are_compared() {
    let count = |filter: &str| {
        format!(r#"sum(count_over_time({{level="error"}} |= "{{" | json | {filter} [1m]))"#)
    };
    let store = orders();
    for (filter, expected) in [
        ("status >= 500", "{} 2"),
        ("status == 503", "{} 1"),
        ("status != 503", "{} 1"),
        ("took > 1s", "{} 1"),
        ("took < 1s or size <= 1KB", "{} 2"),
        ("took < 1s and size > 1KiB", "{} 1"),
        ("took < 1s, size > 3KB", ""),
        ("status = 500 or status = 503 and took < 1s", "{} 1"),
        ("(status = 500 or status = 503) and took > 1s", "{} 1"),
        (r#"status =~ "5.." and request_path != "/""#, "{} 1"),
        ("missing > 0", ""),
        (r#"missing = """#, "{} 2"),
    ] {
        assert_eq!(
            asked(&store, 30, &count(filter)).join(""),
            expected,
            "{filter}"
        );
    }
    let wrong = asked(&store, 30, &count("request_path > 5"));
    assert!(
        wrong[0].starts_with("pipeline error: 'LabelFilterErr'"),
        "{wrong:?}"
    );
}

#[test]
fn logfmt_patterns_and_regular_expressions_make_labels() {
    holds(&[
        (
            r#"sum by (method, path) (count_over_time({app="orders",level="info"} | logfmt [1m]))"#,
            &[
                r#"{method="GET", path="/menu"} 1"#,
                r#"{method="PUT", path="/a b"} 1"#,
            ],
        ),
        (
            r#"sum by (m) (count_over_time({app="orders",level="info"} | logfmt --strict m="method" [1m]))"#,
            &[r#"{m="GET"} 1"#, r#"{m="PUT"} 1"#],
        ),
        (
            r#"sum by (m, rest) (count_over_time({app="orders",level="info"} | pattern "method=<m> <_> took=<rest>" [1m]))"#,
            &[
                r#"{m="GET", rest="5ms"} 1"#,
                r#"{m="PUT", rest="10ms empty="} 1"#,
            ],
        ),
        (
            r#"sum by (verb) (count_over_time({app="orders",level="info"} | regexp "method=(?P<verb>\\w+)" [1m]))"#,
            &[r#"{verb="GET"} 1"#, r#"{verb="PUT"} 1"#],
        ),
    ]);
}

#[test]
fn lines_and_labels_are_rewritten() {
    holds(&[
        (
            r#"bytes_over_time({app="orders",level="info"} | logfmt | line_format "{{.method}}" | keep app [1m])"#,
            &[r#"{app="orders"} 6"#],
        ),
        (
            r#"sum(count_over_time({app="orders",level="info"} | logfmt | line_format "{{ .method | ToLower }}" |= "get" [1m]))"#,
            &["{} 1"],
        ),
        (
            r#"sum by (verb) (count_over_time({app="orders",level="info"} | logfmt | label_format verb=method [1m]))"#,
            &[r#"{verb="GET"} 1"#, r#"{verb="PUT"} 1"#],
        ),
        (
            r#"sum by (call) (count_over_time({app="orders",level="info"} | logfmt | label_format call="{{.method}} {{.path}}" [1m]))"#,
            &[r#"{call="GET /menu"} 1"#, r#"{call="PUT /a b"} 1"#],
        ),
        // What is not understood is borne where nobody looks at it.
        (
            r#"sum(count_over_time({app="kitchen"} | line_format "{{ if .a }}b{{ end }}" [1m]))"#,
            &["{} 2"],
        ),
        (
            r#"sum(count_over_time({app="kitchen"} | line_format "{{ if .a }}b{{ end }}" |= "b" [1m]))"#,
            &["at Some(4): the template action `{{if .a}}` is not supported"],
        ),
    ]);
}

/// "Unwrapped range aggregations": the unwrapped label is no label of the series; lines without it have no value.
#[test]
fn a_label_is_unwrapped_to_a_number() {
    let of = |function: &str, unwrap: &str| {
        format!(
            r#"{function}({{app="orders"}} |= "status" | json | unwrap {unwrap} [1m]) by (app)"#
        )
    };
    let store = orders();
    for (function, unwrap, expected) in [
        ("avg_over_time", "duration(took)", "{app=\"orders\"} 0.875"),
        ("max_over_time", "bytes(size)", "{app=\"orders\"} 2000"),
        ("min_over_time", "status", "{app=\"orders\"} 500"),
        ("first_over_time", "status", "{app=\"orders\"} 500"),
        ("last_over_time", "status", "{app=\"orders\"} 503"),
        ("stdvar_over_time", "status", "{app=\"orders\"} 2.25"),
        ("stddev_over_time", "status", "{app=\"orders\"} 1.5"),
        ("avg_over_time", "missing", ""),
    ] {
        let text = of(function, unwrap);
        assert_eq!(asked(&store, 30, &text).join(""), expected, "{text}");
    }
    holds(&[
        (
            r#"quantile_over_time(0.5, {app="orders"} |= "status" | json | unwrap status [1m]) by (app)"#,
            &[r#"{app="orders"} 501.5"#],
        ),
        (
            r#"sum(sum_over_time({app="orders"} |= "status" | json | unwrap status [1m]))"#,
            &["{} 1003"],
        ),
        (
            r#"sum(rate({app="orders"} |= "status" | json | unwrap status [10s] offset 10s))"#,
            &["{} 50.3"],
        ),
        (
            r#"sum(rate_counter({app="orders"} |= "status" | json status="status" | unwrap status [1m]))"#,
            &["{} 0.05"],
        ),
        (
            r#"sum(sum_over_time({app="orders"} |= "status" | json | unwrap took | __error__="" [1m]))"#,
            &[],
        ),
        (
            r#"sum_over_time({app="orders"} |= "503" | json | keep status | unwrap status [1m])"#,
            &["{} 503"],
        ),
    ]);
}

#[test]
fn what_is_absent_is_told_with_the_labels_that_are_known() {
    holds(&[
        (
            r#"absent_over_time({app="bar", level=~"x.*"}[5m])"#,
            &[r#"{app="bar"} 1"#],
        ),
        (
            r#"absent_over_time({app="kitchen"} |= "burnt" [5m])"#,
            &[r#"{app="kitchen"} 1"#],
        ),
        (r#"absent_over_time({app="kitchen"}[5m])"#, &[]),
    ]);
}

#[test]
fn series_are_brought_together() {
    let per_stream = r#"count_over_time({app=~".+"}[1m])"#;
    let store = orders();
    let of =
        |before: &str, behind: &str| asked(&store, 30, &format!("{before}({per_stream}){behind}"));
    assert_eq!(
        of("sum by (app) ", ""),
        [r#"{app="kitchen"} 2"#, r#"{app="orders"} 5"#]
    );
    assert_eq!(
        of("max", " by (app)"),
        [r#"{app="kitchen"} 2"#, r#"{app="orders"} 3"#]
    );
    assert_eq!(
        of("min", " without (app)"),
        [r#"{level="error"} 3"#, r#"{level="info"} 2"#]
    );
    assert_eq!(of("avg", ""), ["{} 2.3333333333333335"]);
    assert_eq!(of("count", ""), ["{} 3"]);
    assert_eq!(
        of("stdvar by (level)", ""),
        [r#"{level="error"} 0"#, r#"{level="info"} 0"#]
    );
    assert_eq!(of("sort_desc", "")[0], r#"{app="orders", level="error"} 3"#);
    let topk = asked(&store, 30, &format!("topk(1, {per_stream})"));
    assert_eq!(topk, [r#"{app="orders", level="error"} 3"#]);
    let bottomk = asked(&store, 30, &format!("bottomk by (level) (1, {per_stream})"));
    assert_eq!(
        bottomk,
        [
            r#"{app="kitchen", level="info"} 2"#,
            r#"{app="orders", level="error"} 3"#
        ]
    );
}

/// "Binary operators"; that dividing by zero gives no number is `MergeBinOp` of `pkg/logql/syntax/ast.go`.
#[test]
fn operators_join_numbers_and_series() {
    let errors = r#"sum(count_over_time({level="error"}[1m]))"#;
    let all = r#"sum(count_over_time({app="orders"}[1m]))"#;
    let store = orders();
    for (text, expected) in [
        ("1 + 2 * 3 ^ 2 ^ 0", "7"),
        ("(1 + 2) * -3 % 4", "-1"),
        ("1 / 0", "NaN"),
        ("2 > bool 1", "1"),
        ("vector(3) > 2", "{} 3"),
        ("2 < vector(3)", "{} 3"),
        ("vector(3) < bool 2", "{} 0"),
        (&format!("{errors} / {all} * 100"), "{} 60"),
        (&format!("{errors} > 2 or vector(0)"), "{} 3"),
        (&format!("{errors} > 3 or vector(0)"), "{} 0"),
        (&format!("{errors} and {all} > 9"), ""),
        (&format!("{errors} unless {all} > 9"), "{} 3"),
        (&format!("{errors} # of the last minute\n == 3"), "{} 3"),
    ] {
        assert_eq!(asked(&store, 30, text).join(""), expected, "{text}");
    }
}

#[test]
fn series_find_each_other_by_labels() {
    let by = |labels: &str| format!(r#"sum by ({labels}) (count_over_time({{app=~".+"}}[1m]))"#);
    let store = orders();
    let joined = asked(
        &store,
        30,
        &format!("{} / on (app) group_left {}", by("app, level"), by("app")),
    );
    assert_eq!(
        joined,
        [
            r#"{app="kitchen", level="info"} 1"#,
            r#"{app="orders", level="error"} 0.6"#,
            r#"{app="orders", level="info"} 0.4"#
        ]
    );
    let one_to_one = asked(
        &store,
        30,
        &format!("{} - ignoring (level) {}", by("app"), by("app")),
    );
    assert_eq!(one_to_one, [r#"{app="kitchen"} 0"#, r#"{app="orders"} 0"#]);
    let ambiguous = asked(
        &store,
        30,
        &format!("{} / on (app) {}", by("app, level"), by("app")),
    );
    assert!(
        ambiguous[0].contains("many-to-one matching must be explicit"),
        "{ambiguous:?}"
    );
    let duplicate = asked(
        &store,
        30,
        &format!("{} / on (app) {}", by("app"), by("app, level")),
    );
    assert!(
        duplicate[0].contains("duplicate series on the right"),
        "{duplicate:?}"
    );
}

#[test]
fn labels_of_series_are_replaced() {
    holds(&[
        (
            r#"label_replace(sum by (app) (count_over_time({app="kitchen"}[1m])), "where", "the $1", "app", "(.*)")"#,
            &[r#"{app="kitchen", where="the kitchen"} 2"#],
        ),
        (
            r#"label_replace(sum by (app) (count_over_time({app="kitchen"}[1m])), "where", "x", "app", "bar")"#,
            &[r#"{app="kitchen"} 2"#],
        ),
    ]);
}
