//! What is PromQL and what is not, held to Prometheus 3: the canonical text of what it takes, its words for what it refuses. Places are
//! ours: an operator where Prometheus points at its left side, what was opened where it points at the end.

use super::parse;

fn canonical(text: &str) -> Result<String, (Option<usize>, String)> {
    match parse(text) {
        Ok(node) => Ok(node.to_string()),
        Err(error) => Err((error.offset, error.message)),
    }
}

#[test]
fn what_prometheus_takes_is_taken() {
    for (text, means) in [
        ("0755 + 0x1F", "493 + 31"),
        ("1_000 * .5e1", "1000 * 5"),
        ("1h30m", "5400"),
        ("-1^2", "-1 ^ 2"),
        ("+oven", "oven"),
        (
            "{\"oven.temp\", `a\\d`='x'}",
            r#"{__name__="oven.temp","a\\d"="x"}"#,
        ),
        ("oven{or='1',by!=\"2\",}", r#"oven{or="1",by!="2"}"#),
        (
            "{__name__=\"a\", __name__=\"b\"}",
            r#"{__name__="a",__name__="b"}"#,
        ),
        ("# why\noven # not\n", "oven"),
        (
            "sum by (start, on, atan2, smoothed, 'a b',) (oven)",
            "sum by (start, on, atan2, smoothed, \"a b\") (oven)",
        ),
        ("SUM(oven) WITHOUT (zone)", "sum without (zone) (oven)"),
        ("oven OFFSET 1m30ms @ 2.3335", "oven @ 2.334 offset 1m30ms"),
        ("oven @ 1m", "oven @ 60.000"),
        ("oven @ -3.3e1", "oven @ -33.000"),
        ("oven[1001ms] @ END()", "oven[1s1ms] @ end()"),
        ("oven[300:1_0]", "oven[5m:10s]"),
        ("oven offset 5s-8", "oven offset 5s - 8"),
        ("oven offset -1^2", "oven offset -1s ^ 2"),
        ("oven offset -(1^2)", "oven offset -1s"),
        ("oven[11s+10s-5*2^2]", "oven[1s]"),
        ("oven[-(10s-5s)+20s:Step()]", "oven[15s:step()]"),
        (
            "oven offset -min(5s, step()+8s)",
            "oven offset (-min_of(5, step() + 8))",
        ),
        (
            "sum(x) - on() group_left (a) (b)",
            "sum(x) - on () group_left (a) (b)",
        ),
        ("a + bool_ + fill", "a + bool_ + fill"),
        (
            "rate(x[5m] offset 1m smoothed)",
            "rate(x[5m] smoothed offset 1m)",
        ),
        ("info(oven, {zone=\"\"})", "info(oven, {zone=\"\"})"),
        ("'\\u70ac\\'' == 'x'", ""),
    ] {
        match canonical(text) {
            Ok(canonical) => assert_eq!(canonical, means, "{text}"),
            Err((_, message)) => assert_eq!(means, "", "{text}: {message}"),
        }
    }
}

#[test]
fn every_word_can_be_the_name_of_a_metric_that_can_be_one() {
    for word in [
        "and",
        "or",
        "unless",
        "by",
        "without",
        "offset",
        "anchored",
        "smoothed",
        "fill_left",
    ] {
        assert_eq!(canonical(word), Ok(word.to_owned()));
    }
    for word in [
        "sum", "topk", "start", "step", "range", "max_of", "nano", ":a", "info",
    ] {
        let text = format!("{word}{{end=\"1\"}} + {word}");
        assert_eq!(canonical(&text), Ok(text.clone()));
    }
    assert_eq!(canonical("and and and"), Ok("and and and".to_owned()));
    for (word, shown) in [
        ("on", "<on>"),
        ("bool", "<bool>"),
        ("group_left", "<group_left>"),
        ("atan2", "<op:atan2>"),
    ] {
        assert_eq!(
            canonical(word),
            Err((Some(0), format!("unexpected {shown}")))
        );
    }
}

/// Refused texts: where, and why.
fn refused(table: &[(&str, usize, &str)]) {
    for (text, at, message) in table {
        assert_eq!(
            canonical(text),
            Err((Some(*at), (*message).to_owned())),
            "{text}"
        );
    }
}

#[test]
fn what_is_out_of_place_is_told_as_prometheus_tells_it() {
    refused(&[
        ("", 0, "no expression found in input"),
        ("# nothing", 0, "no expression found in input"),
        ("oven + ", 7, "unexpected end of input"),
        ("* oven", 0, "unexpected <op:*>"),
        ("oven cold", 5, "unexpected identifier \"cold\""),
        (
            "oven hot:cold",
            5,
            "unexpected metric identifier \"hot:cold\"",
        ),
        ("oven 5", 5, "unexpected number \"5\""),
        ("1 5m", 2, "unexpected duration \"5m\""),
        ("1 'b'", 2, "unexpected string \"'b'\""),
        (
            "1 \"0123456789\"",
            2,
            "unexpected string \"\\\"012345678\"...",
        ),
        ("oven sum", 5, "unexpected <aggr:sum>"),
        ("oven{a=\"b\"}{c=\"d\"}", 11, "unexpected \"{\""),
        ("a:b(c)", 3, "unexpected \"(\""),
        (
            "sum(oven cold)",
            9,
            "unexpected identifier \"cold\" in aggregation",
        ),
        (
            "abs(sum(rate(oven cold)))",
            18,
            "unexpected identifier \"cold\" in aggregation",
        ),
        (
            "sum(oven) + abs(oven cold)",
            21,
            "unexpected identifier \"cold\"",
        ),
        ("sum(,oven)", 4, "unexpected \",\" in aggregation"),
        (
            "abs(oven,)",
            8,
            "trailing commas not allowed in function call args",
        ),
        (
            "round(oven, , 5)",
            10,
            "trailing commas not allowed in function call args",
        ),
        ("a - on(b) ignoring(c) d", 10, "unexpected <ignoring>"),
        (
            "a = 1",
            2,
            "unexpected \"=\": comparisons are ==, !=, <, <=, > and >=",
        ),
        ("a =~ \"1\"", 2, "unexpected character after '=': '~'"),
        ("a ! b", 2, "unexpected character after '!': ' '"),
        ("oven & cold", 5, "unexpected character: '&'"),
        ("1a", 0, "bad number or duration syntax: \"1\""),
        ("sum(rate(x[5m])", 3, "unclosed left parenthesis"),
        ("oven)", 4, "unexpected right parenthesis ')'"),
        ("oven]", 4, "unexpected right bracket ']'"),
        ("x{a=\"b}", 4, "unterminated quoted string"),
    ]);
}

#[test]
fn labels_that_are_none_are_told_as_prometheus_tells_them() {
    refused(&[
        ("oven{", 4, "unexpected end of input inside braces"),
        (
            "oven{a=b}",
            7,
            "unexpected identifier \"b\" in label matching, expected string",
        ),
        (
            "oven{\"a\"=}",
            9,
            "unexpected \"}\" in label matching, expected string",
        ),
        (
            "oven{a}",
            6,
            "unexpected \"}\" in label matching, expected label matching operator",
        ),
        (
            "oven{,}",
            5,
            "unexpected \",\" in label matching, expected identifier or \"}\"",
        ),
        (
            "oven{a=\"b\" c}",
            11,
            "unexpected identifier \"c\" in label matching, expected \",\" or \"}\"",
        ),
        (
            "oven{a>\"b\"}",
            6,
            "unexpected character inside braces: '>'",
        ),
        (
            "oven{a:b=\"c\"}",
            6,
            "unexpected character inside braces: ':'",
        ),
        (
            "oven{__name__=\"grill\"}",
            0,
            "metric name must not be set twice: \"oven\" or \"grill\"",
        ),
        (
            "1 + {a!=\"b\"}",
            4,
            "vector selector must contain at least one non-empty matcher",
        ),
        (
            "sum by zone (x)",
            7,
            "unexpected identifier \"zone\" in grouping opts, expected \"(\"",
        ),
        (
            "sum by (zone area) (x)",
            13,
            "unexpected identifier \"area\" in grouping opts, expected \",\" or \")\"",
        ),
        (
            "sum by (a:b) (x)",
            8,
            "unexpected metric identifier \"a:b\" in grouping opts, expected label",
        ),
        (
            "sum by (a,,) (x)",
            10,
            "unexpected \",\" in grouping opts, expected label",
        ),
        (
            "sum by ('') (x)",
            8,
            "unexpected string \"''\" in grouping opts, expected label",
        ),
    ]);
}

#[test]
fn moved_selectors_that_are_none_are_told_as_prometheus_tells_them() {
    const DURATION: &str = "expected number, duration, step(), or range()";
    let offset = format!("unexpected identifier \"b\" in offset, {DURATION}");
    let empty = format!("unexpected \"]\" in subquery or range selector, {DURATION}");
    refused(&[
        ("a offset b", 9, &offset),
        ("a[]", 2, &empty),
        ("a[step]", 6, &empty),
        ("a[5m", 1, "unclosed left bracket"),
        ("a[", 1, "unexpected end of input in duration expression"),
        (
            "sum(a[5m)",
            8,
            "unexpected \")\" in subquery or range, expected \":\" or \"]\"",
        ),
        (
            "a[5m:1m:2m]",
            7,
            "unexpected \":\" in subquery selector, expected \"]\"",
        ),
        (
            "a[time()]",
            2,
            "unexpected character in duration expression: 't'",
        ),
        ("a[5m x]", 5, "unexpected character: 'x', expected ':'"),
        ("a[5m1h]", 2, "not a valid duration string: \"5m1h\""),
        ("a[0s]", 2, "duration must be greater than 0"),
        ("a[1:0]", 4, "duration must be greater than 0"),
        ("a[-2^2]", 2, "duration must be greater than 0"),
        ("a[5s/0d]", 4, "division by zero"),
        ("a offset (5s%0)", 12, "modulo by zero"),
        ("a offset 9.5e10", 9, "duration out of range"),
        (
            "a offset 1s offset 2s",
            0,
            "offset may not be set multiple times",
        ),
        (
            "a @ 1 @ 2",
            0,
            "@ <timestamp> may not be set multiple times",
        ),
        (
            "a @ start",
            9,
            "unexpected end of input in @, expected timestamp",
        ),
        (
            "a @ +Inf",
            0,
            "timestamp out of bounds for @ modifier: +Inf",
        ),
        (
            "a offset 1m[5m]",
            11,
            "no offset modifiers allowed before range",
        ),
        ("a @ end()[5m]", 9, "no @ modifiers allowed before range"),
        ("(a + b)[5m]", 7, "ranges only allowed for vector selectors"),
        (
            "1 offset 1d",
            0,
            "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        ),
        (
            "a[5m][5m:]",
            0,
            "subquery is only allowed on instant vector, got matrix instead",
        ),
        (
            "a[5m:] anchored",
            7,
            "anchored modifier is not supported for subqueries",
        ),
        (
            "a anchored smoothed",
            11,
            "anchored and smoothed modifiers cannot be used together",
        ),
    ]);
}

#[test]
fn operands_of_the_wrong_type_are_told_as_prometheus_tells_them() {
    refused(&[
        (
            "1 + rate(x)",
            9,
            "expected type range vector in call to function \"rate\", got instant vector",
        ),
        (
            "sum(incrase(x[5m]))",
            4,
            "unknown function with name \"incrase\": did you mean \"increase\"?",
        ),
        ("pizza(x)", 0, "unknown function with name \"pizza\""),
        (
            "floor()",
            0,
            "expected 1 argument(s) in call to \"floor\", got 0",
        ),
        (
            "hour(x, y)",
            0,
            "expected at most 1 argument(s) in call to \"hour\", got 2",
        ),
        (
            "label_join(x, \"a\")",
            0,
            "expected at least 3 argument(s) in call to \"label_join\", got 2",
        ),
        (
            "topk(x)",
            0,
            "wrong number of arguments for aggregate expression provided, expected 2, got 1",
        ),
        ("sum()", 0, "no arguments for aggregate expression provided"),
        (
            "sum(1)",
            4,
            "expected type instant vector in aggregation expression, got scalar",
        ),
        (
            "topk(x, y)",
            5,
            "expected type scalar in aggregation parameter, got instant vector",
        ),
        (
            "-x[5m]",
            0,
            "unary expression only allowed on expressions of type scalar or instant vector, got \"range vector\"",
        ),
        (
            "1 == 1",
            2,
            "comparisons between scalars must use BOOL modifier",
        ),
        (
            "x + bool 1",
            2,
            "bool modifier can only be used on comparison operators",
        ),
        (
            "x and 1",
            2,
            "set operator \"and\" not allowed in binary scalar expression",
        ),
        (
            "x == on(a) 1",
            2,
            "vector matching only allowed between instant vectors",
        ),
        (
            "x or on(a) group_left(b) y",
            2,
            "no grouping allowed for \"or\" operation",
        ),
        (
            "x + on(a) group_left(b, a) y",
            2,
            "label \"a\" must not occur in ON and GROUP clause at once",
        ),
        (
            "x[5m] + 1",
            0,
            "binary expression must contain only scalar and instant vector types",
        ),
        (
            "info(x, target_info{a=\"b\"})",
            8,
            "expected label selectors only, got vector selector instead",
        ),
        (
            "info(x, {a=\"b\"} == 1)",
            8,
            "expected label selectors only",
        ),
        // What is no PromQL at all comes first.
        ("rate(x) foo", 8, "unexpected identifier \"foo\""),
    ]);
}
