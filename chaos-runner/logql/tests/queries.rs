//! Queries as their users hold them: what is refused and where, what a query reads and is compared with, and its limits.

mod common;

use common::{asked, store};
use logql::{EvalError, Limits, LogStore, Options, Query};

fn refusal(text: &str) -> String {
    match Query::parse(text) {
        Ok(_) => format!("accepted: {text}"),
        Err(error) => format!("{}: {}", error.offset.unwrap_or(9_999), error.message),
    }
}

#[test]
fn what_is_no_logql_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "",
            "0: unexpected end of the query: expected a metric query",
        ),
        (
            r#"{app=~".*"}"#,
            "0: queries require at least one regexp or equality matcher",
        ),
        ("{}", "0: queries require at least one regexp"),
        (
            r#"{app="a""#,
            "8: unexpected end of the query: expected `,` or `}`",
        ),
        (r#"{app="a"} |= "b"#, "13: unterminated quoted string"),
        ("{app=\"a\"} |= `b", "13: unterminated raw string"),
        (
            r#"{app="a"} |= "b\c""#,
            "15: unknown escape sequence U+0063 'c'",
        ),
        (
            r#"{app="a"} |= "b\xff""#,
            "13: a string with an escaped byte that is no character",
        ),
        (r#"{app="a"} |~ "(""#, "13: invalid regular expression"),
        (r#"{app=~"("}"#, "6: invalid regular expression"),
        (
            r#"{app="a"} |~ "a{1001}""#,
            "13: invalid regular expression \"a{1001}\": invalid repeat count: `{1001}`",
        ),
        (
            r#"rate({app="a"})"#,
            "14: unexpected `)`: expected a range, as in `[5m]`",
        ),
        (
            r#"rate({app="a"}[5])"#,
            "15: unexpected `5`: expected a duration",
        ),
        (
            r#"rate({app="a"}[0s])"#,
            "15: a range must be longer than nothing",
        ),
        (r#"{app="a"}[5m]"#, "9: a range stands inside of a function"),
        (r#"{app="a"} | unwrap b"#, "10: `unwrap` gives numbers"),
        (
            r#"sum_over_time({app="a"}[5m])"#,
            "0: `sum_over_time` needs a number of each line",
        ),
        (
            r#"count_over_time({app="a"} | unwrap b [5m])"#,
            "0: `count_over_time` counts lines",
        ),
        (
            r#"count_over_time({app="a"}[5m]) by (b)"#,
            "31: `count_over_time` takes no grouping",
        ),
        (
            r#"rate({app="a"} | json | unwrap b | json [5m])"#,
            "33: only label filters may stand behind `unwrap`",
        ),
        (r#"{app="a"} | level == "b""#, "18: a string is compared by"),
        (
            r#"{app="a"} | level "b""#,
            "18: unexpected the string \"b\": expected what the label `level` is compared with",
        ),
        (
            r#"{app="a"} |~ ip("10.0.0.0/8")"#,
            "13: addresses are looked for by `|=` or `!=`",
        ),
        (
            r#"{app="a"} | logfmt | client > ip("10.0.0.1")"#,
            "30: addresses are compared by `=` or `!=`",
        ),
        (
            r#"{app="a"} |= ip("10.0.0/8")"#,
            "16: \"10.0.0/8\" is no address, range or network",
        ),
        (
            r#"{app="a"} | regexp "x""#,
            "19: at least one named capture",
        ),
        (
            r#"{app="a"} | pattern "<a><b>""#,
            "20: two captures follow each other",
        ),
        (
            r#"{app="a"} | line_format "{{.a""#,
            "24: invalid template: an action `{{` has no `}}`",
        ),
        (
            r#"{app="a"} | json a="b..c""#,
            "19: cannot parse expression [b..c]",
        ),
        (
            "http_requests_total",
            "0: unknown function `http_requests_total`",
        ),
        (
            r#"sum({app="a"})"#,
            "4: a log query gives lines, not numbers",
        ),
        (r#"topk(0, rate({app="a"}[5m]))"#, "5: invalid parameter"),
        (
            "vector(1) and 2",
            "10: unexpected number: `and` joins series",
        ),
        ("1 + bool 2", "2: `bool` is for comparisons, not for `+`"),
        (
            r#"approx_topk(1, rate({app="a"}[5m]))"#,
            "0: the function `approx_topk` is not supported",
        ),
        ("rate(é)", "5: unexpected `é`: expected a stream selector"),
        ("1 ; 2", "2: unexpected character ';'"),
    ] {
        let refused = refusal(text);
        assert!(
            refused.starts_with(expected),
            "{text}\n  {refused}\n  {expected}"
        );
    }
}

#[test]
fn nesting_and_length_have_bounds() {
    let deep = format!("{}1{}", "(".repeat(1_000), ")".repeat(1_000));
    assert!(refusal(&deep).contains("nested deeper than 64"));
    let wide = format!("1{}", "+1".repeat(20_000));
    assert!(Query::parse(&wide).is_ok());
    assert!(refusal(&wide.repeat(4)).contains("longer than"));
    let regex = format!(r#"{{app="a"}} |~ "{}""#, r"\\pL{1000}");
    assert!(refusal(&regex).contains("too big"));
}

#[test]
fn what_doubles_at_each_stage_has_a_bound() {
    let store = store(&[("app=a", &[(1, "x")])]);
    let stage = r#" | label_format a="{{.a}}{{.a}}xx""#;
    let stages = stage.repeat(40);
    let formatted = format!(r#"sum by (a) (count_over_time({{app="a"}}{stages} [1m]))"#);
    assert!(asked(&store, 2, &formatted)[0].contains("TemplateFormatErr"));
    let mut replaced = "vector(1)".to_owned();
    for _ in 0..30 {
        replaced = format!(r#"label_replace({replaced}, "a", "${{1}}${{1}}xx", "a", "(.*)")"#);
    }
    let answer = asked(&store, 2, &replaced);
    assert_eq!(
        answer,
        ["`label_replace` writes a label of more than 65536 bytes"]
    );
}

#[test]
fn a_log_query_gives_no_numbers() {
    let query = Query::parse(r#"{app="a"} |= `` | json | line_format "{{ if .a }}{{ end }}""#)
        .expect("LogQL");
    assert!(!query.is_metric());
    let asked = query.instant(&LogStore::new(), 0, &Options::default());
    assert_eq!(asked, Err(EvalError::NoMetricQuery));
}

#[test]
fn the_comparison_of_an_alert_is_told() {
    let text = r#"(sum(rate({app="a"} |= "error" [5m])) by (b) > 0.5)"#;
    let comparison = Query::parse(text)
        .expect("LogQL")
        .comparison()
        .expect("one");
    assert_eq!((comparison.op, comparison.threshold), (">", 0.5));
    assert_eq!(
        comparison.value.to_string(),
        r#"sum(rate({app="a"} |= "error" [5m])) by (b)"#
    );
    let mirrored = Query::parse("1 <= vector(2)")
        .expect("LogQL")
        .comparison()
        .expect("one");
    assert_eq!((mirrored.op, mirrored.threshold), (">=", 1.0));
    for none in [
        "vector(2) > bool 1",
        "vector(1) + 1",
        "vector(1) > vector(2)",
    ] {
        assert!(
            Query::parse(none).expect("LogQL").comparison().is_none(),
            "{none}"
        );
    }
}

#[test]
fn a_query_tells_what_it_reads() {
    let text = r#"rate({app="a", b!="c"}[5m] offset 1m) / rate({app="d"}[10m])"#;
    let query = Query::parse(text).expect("LogQL");
    let selectors = query.selectors();
    let shown: Vec<String> = selectors[0]
        .matchers
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(shown, [r#"app="a""#, r#"b!="c""#]);
    assert_eq!(
        (selectors[0].reach_ms, query.reach_ms()),
        (360_000, 600_000)
    );
}

#[test]
fn what_is_too_much_is_an_error() {
    let lines: Vec<(i64, String)> = (0..20).map(|n| (n, format!("n={n}"))).collect();
    let lines: Vec<(i64, &str)> = lines.iter().map(|(at, line)| (*at, &**line)).collect();
    let store = store(&[("app=a", &lines)]);
    let query = Query::parse(r#"count_over_time({app="a"} | logfmt [1m])"#).expect("LogQL");
    let asked = |lines, series| {
        let limits = Limits { lines, series };
        query
            .instant(&store, 30_000, &Options { limits })
            .map(|_| ())
    };
    assert_eq!(asked(20, 20), Ok(()));
    assert_eq!(asked(19, 20), Err(EvalError::TooManyLines { limit: 19 }));
    assert_eq!(asked(20, 19), Err(EvalError::TooManySeries { limit: 19 }));
}

#[test]
fn series_that_become_the_same_are_an_error() {
    let store = store(&[("app=a b=1", &[(1, "x")]), ("app=a b=2", &[(1, "x")])]);
    let text = r#"label_replace(count_over_time({app="a"}[1m]), "b", "", "b", ".*")"#;
    assert_eq!(
        asked(&store, 2, text),
        ["vector cannot contain metrics with the same labelset"]
    );
}

/// What alert rules use of the language, in the ways in which the documentation writes it.
#[test]
fn the_documented_forms_are_read() {
    for text in [
        r#"sum by (org) (rate(({app="a"} |= "error" | logfmt | duration > 10s or status >= 500)[5m])) > bool 1"#,
        r#"quantile_over_time(0.99, {app="a"} | json | __error__ = "" | unwrap request_time [1m]) by (path)"#,
        r#"avg_over_time({app="a"} | logfmt | unwrap duration(took) | __error__="" [5m]) by (cluster)"#,
        r#"sum_over_time({app="a"} | logfmt | unwrap bytes(size) [1m] offset 5m)"#,
        r#"max_over_time({app="a"} | unwrap duration_seconds(took) [5m]) without (pod)"#,
        r#"rate_counter({app="a"} | logfmt | unwrap total [5m])"#,
        r#"absent_over_time({app="a", env=~"p.*"} |= "up" [15m]) == 1"#,
        r#"count_over_time({app="a"} | regexp `(?P<method>\w+) (?P<path>[\w|/]+)` | method="GET" [5m])"#,
        r#"sum(count_over_time({app="a"} | pattern `<ip> - <_> "<method> <uri> <_>" <status>` | status >= 500 [5m]))"#,
        r#"count_over_time({app="a"} | unpack | decolorize | drop level, method="GET" [5m])"#,
        r#"count_over_time({app="a"} | json server="list[0]", ua=`headers["User-Agent"]` | keep server [5m])"#,
        r#"count_over_time({app="a"} | logfmt --strict --keep-empty a="b", c | label_format d=a, e="{{.c}}" [5m])"#,
        r#"count_over_time({app="a"} | size > 20MB and took <= 1h15m30.918273645s, code != 200 [5m])"#,
        r#"sort_desc(sum by (a) (rate({app="a"}[5m])) / on (a) group_left (b) sum by (a, b) (rate({app="b"}[5m])))"#,
        r#"label_replace(rate({app="a"}[1m]), "b", "$1", "app", "(.*):.*") unless ignoring (b) rate({app="b"}[1m])"#,
        r#"topk(10, sum(rate({app="a"} |> "<_>level=error<_>" !> "<_>debug<_>" [5m])) by (name)) or vector(0)"#,
        r#"sum(bytes_rate({app="a"} |~ "(?i)error" !~ `timeout\d+` != "debug" [1m])) # per second"#,
        r#"stddev_over_time({app="a"} | unwrap a [5m]) ^ 2 % 3 - -1"#,
    ] {
        assert!(
            Query::parse(text).is_ok(),
            "{text}: {:?}",
            Query::parse(text).err()
        );
    }
}
