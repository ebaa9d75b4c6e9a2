//! Filters of addresses, and of lines that something went wrong with, derived by hand from Loki's documentation and its sources.

mod common;

use common::{asked, store};

/// "Matching IP addresses", and `pkg/logql/log/ip.go`: a label that is not there passes neither way.
#[test]
fn addresses_are_looked_for_in_lines_and_labels() {
    let store = store(&[(
        "app=gate",
        &[
            (1, "client=10.1.2.3 asks"),
            (2, "client=192.168.4.5:99 asks"),
            (3, "client=[2001:db8::7]:99 asks"),
            (4, "nobody asks"),
        ],
    )]);
    for (filter, expected) in [
        (r#"|= ip("10.0.0.0/8")"#, "{} 1"),
        (r#"!= ip("10.0.0.0/8")"#, "{} 3"),
        (r#"|= ip("192.168.4.0-192.168.4.9") or "nobody""#, "{} 2"),
        (r#"|= ip("2001:db8::/32")"#, "{} 1"),
        (r#"| logfmt | client = ip("192.168.4.5")"#, "{} 1"),
        (r#"| logfmt | client != ip("192.168.4.5")"#, "{} 2"),
        (
            r#"| logfmt | client=ip("10.1.2.3") or client=ip("192.168.4.5")"#,
            "{} 2",
        ),
    ] {
        let text = format!("sum(count_over_time({{app=\"gate\"}} {filter} [1m]))");
        assert_eq!(asked(&store, 30, &text), [expected], "{text}");
    }
}

/// `pkg/logql/log/label_filter.go`: only texts are compared where something went wrong; the error is told.
#[test]
fn a_line_in_error_passes_comparisons_with_numbers() {
    let broken = store(&[("app=orders level=error", &[(30, "plain text")])]);
    for filter in [
        "status >= 500",
        "took > 1s",
        "size < 1KB",
        r#"status = ip("::1")"#,
    ] {
        let text = format!("sum(count_over_time({{level=\"error\"}} | json | {filter} [1m]))");
        let answer = asked(&broken, 30, &text);
        assert!(
            answer[0].starts_with("pipeline error: 'JSONParserErr'"),
            "{text}: {answer:?}"
        );
    }
}
