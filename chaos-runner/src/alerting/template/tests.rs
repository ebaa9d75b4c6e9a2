//! Templates, held to what Prometheus renders and to how it fails.

use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().copied().collect()
}

/// What the answer to `query` is in these tests: two series, whatever is asked, unless it is `none` or `bad`.
fn answer(expr: &str) -> Result<Vec<(Labels, f64)>, String> {
    match expr {
        "none" => Ok(Vec::new()),
        "bad" => Err("parse error".to_owned()),
        _ => Ok(vec![
            (labels(&[("instance", "b")]), 2.0),
            (labels(&[("instance", "a")]), 11.0),
        ]),
    }
}

fn expand(text: &str) -> String {
    expand_of(text, 0.0625)
}

fn expand_of(text: &str, value: f64) -> String {
    let series = labels(&[("instance", "web:80"), ("code", "500")]);
    let data = TemplateData {
        alert: "Failing",
        labels: &series,
        value,
        external_labels: &labels(&[("cluster", "west")]),
        external_url: "http://prometheus:9090/base",
        at_ms: 1_500,
        query: &answer,
    };
    match Template::parse(text) {
        Ok(template) => template.expand(&data),
        Err(error) => format!("{error} (at {})", error.offset),
    }
}

#[test]
fn nan_is_greater_than_everything_as_go_has_it() {
    // As promtool 2.42 plays it: Go's `gt` is "not `le`", and its `ge` is "not `lt`".
    let text = "{{ lt $value 1.0 }} {{ le $value 1.0 }} {{ gt $value 1.0 }} {{ ge $value 1.0 }}";
    assert_eq!(expand_of(text, f64::NAN), "false false true true");
    assert_eq!(expand_of(text, 1.0), "false true false true");
}

#[test]
fn templates_expand_as_prometheus_expands_them() {
    let table = [
        ("plain } text", "plain } text"),
        ("{{ $labels.instance }}: {{ $value }}", "web:80: 0.0625"),
        ("{{ .Labels.code }}{{ .Value }}", "5000.0625"),
        ("[{{ $labels.missing }}]", "[]"),
        (
            "{{ $externalLabels.cluster }} {{ $externalURL }}",
            "west http://prometheus:9090/base",
        ),
        ("{{ $value | humanizePercentage }}", "6.25%"),
        ("{{ 1723132800 | toTime }}", "2024-08-08 16:00:00 +0000 UTC"),
        (
            "{{ (toTime 1723132800).Year }} {{ ($value | toTime).Format \"15:04:05.00\" }}",
            "2024 00:00:00.06",
        ),
        (
            "{{ $d := toDuration 5400 }}{{ $d }} {{ $d.Minutes }} {{ humanizeDuration $d }}",
            "1h30m0s 90 1h 30m 0s",
        ),
        ("{{ now | toTime }}", "1970-01-01 00:00:01.5 +0000 UTC"),
        (
            "{{ humanize $value }} {{ 1234567 | humanize }}",
            "62.5m 1.235M",
        ),
        (
            "{{ 3661 | humanizeDuration }} {{ 2048.0 | humanize1024 }}",
            "1h 1m 1s 2ki",
        ),
        ("{{ printf \"%.1f%%\" $value }}", "0.1%"),
        ("{{ $value | printf \"%.2f\" | toUpper }}", "0.06"),
        (
            "{{ title \"order service\" }} {{ toUpper \"a\" }}{{ toLower \"B\" }}",
            "Order Service Ab",
        ),
        ("{{ if gt $value 0.05 }}high{{ else }}low{{ end }}", "high"),
        (
            "{{ if lt $value 0.05 }}a{{ else if eq $labels.code \"500\" \"503\" }}b{{ end }}",
            "b",
        ),
        (
            "{{ if and (ge $value 0.0625) (not false) }}yes{{ end }}",
            "yes",
        ),
        ("{{ or \"\" $labels.code }}", "500"),
        ("a {{- /* b */ -}} c", "ac"),
        ("a\n  {{- if true }} b {{ end -}}  \n c", "a b c"),
        (
            "{{ $x := 5 }}{{ if true }}{{ $x = 6 }}{{ end }}{{ $x }}",
            "6",
        ),
        (
            "{{ with $labels.code }}<{{ . }}>{{ end }}{{ with \"\" }}x{{ else }}y{{ end }}",
            "<500>y",
        ),
        (
            "{{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ end }}",
            "code=500;instance=web:80;",
        ),
        (
            "{{ range query \"up\" }}{{ .Labels.instance }}={{ .Value }} {{ end }}",
            "b=2 a=11 ",
        ),
        (
            "{{ range query \"none\" }}x{{ else }}nothing{{ end }}",
            "nothing",
        ),
        (
            "{{ range $i, $s := query \"up\" }}{{ if $i }}{{ break }}{{ end }}{{ $i }}{{ end }}",
            "0",
        ),
        (
            "{{ query \"up\" | first | value }} {{ query \"up\" | first | label \"instance\" }}",
            "2 b",
        ),
        (
            "{{ with query \"up\" }}{{ . | sortByLabel \"instance\" | first | value }}{{ end }}",
            "11",
        ),
        (
            "{{ len .Labels }} {{ index .Labels \"code\" }} {{ (index (query \"up\") 1).Value }}",
            "2 500 11",
        ),
        (
            "{{ match \"^5..$\" $labels.code }} {{ reReplaceAll \"(.*):.*\" \"$1\" $labels.instance }}",
            "true web",
        ),
        (
            "{{ stripPort $labels.instance }} {{ now }} {{ pathPrefix }}",
            "web 1.5 /base",
        ),
        (
            "{{ 1435065584.128 | humanizeTimestamp }}",
            "2015-06-23 13:19:44.128 +0000 UTC",
        ),
        (
            "{{ define \"t\" }}<{{ . }}>{{ end }}{{ template \"t\" $labels.code }}",
            "<500>",
        ),
        (
            "{{ title \"o'neil foo-bar a_b \u{e9}t\u{e9}\" }}",
            "O'Neil Foo-Bar A_b \u{c9}t\u{e9}",
        ),
        (
            "{{ toUpper \"stra\u{df}e\" }} {{ toLower \"\u{c0}B\" }}",
            "STRA\u{df}E \u{e0}b",
        ),
        (
            "{{ stripPort \"[::1]:80\" }} {{ stripPort \"[::1]::80\" }} {{ stripPort \"a:b:1\" }} {{ stripPort \":80\" }}|",
            "::1 [::1]::80 a:b:1 |",
        ),
        (
            "{{ stripDomain \"a.b:1\" }} {{ stripDomain \"[::1]:80\" }} {{ stripDomain \"[a.b]\" }} {{ stripDomain \"a.b:\" }}",
            "a:1 [::1]:80 [a a",
        ),
        (
            "{{ -0.0005 | toTime }} {{ -0.0005 | humanizeTimestamp }}",
            "1970-01-01 00:00:00 +0000 UTC 1970-01-01 00:00:00 +0000 UTC",
        ),
        (
            r#"{{ "\u00e9\x41\102\"" }} {{ 'a' }} {{ '\n' }} {{ printf "%U %#x %c" 65 255 'b' }}"#,
            "\u{e9}AB\" 97 10 U+0041 0xff b",
        ),
        (
            "{{ range query \"up\" }}{{ block \"b\" .Value }}<{{ . }}>{{ end }}{{ end }}{{ template \"b\" 1 }}",
            "<2><11><1>",
        ),
        (
            "{{ parseDuration \"1h30m\" }} {{ urlquery \"a b&c\" }} {{ print 1 2 \"x\" }}",
            "5400 a+b%26c 1 2x",
        ),
        ("{{ .Labels }}", "map[code:500 instance:web:80]"),
    ];
    for (text, expected) in table {
        assert_eq!(expand(text), expected, "{text}");
    }
}

#[test]
fn mistakes_are_found_when_a_template_is_parsed() {
    let table = [
        (
            "{{ $label.x }}",
            "parse template: undefined variable \"$label\" (at 3)",
        ),
        (
            "x {{ nosuch 1 }}",
            "parse template: function \"nosuch\" not defined (at 5)",
        ),
        (
            "{{ if true }}x",
            "parse template: unexpected EOF: {{end}} is missing (at 2)",
        ),
        ("{{ end }}", "parse template: unexpected {{end}} (at 2)"),
        ("{{ $value ", "parse template: unclosed action (at 2)"),
        ("{{ }}", "parse template: missing value for command (at 2)"),
        ("{{ (1 }}", "parse template: unclosed left paren (at 3)"),
        (
            "{{ \"a }}",
            "parse template: unterminated quoted string (at 3)",
        ),
        (
            "{{ $value | 5 }}",
            "parse template: non executable command in pipeline stage 2 (at 12)",
        ),
        (
            "{{ break }}",
            "parse template: {{break}} outside {{range}} (at 2)",
        ),
        (
            "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}",
            "parse template: undefined variable \"$x\" (at 38)",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(expand(text), expected, "{text}");
    }
}

#[test]
fn what_fails_later_stands_in_the_text() {
    let prefix = "<error expanding template: error executing template __alert_Failing: template: __alert_Failing:";
    let table = [
        (
            "{{ gt $value 5 }}",
            "1:115: executing \"__alert_Failing\" at <gt $value 5>: error calling gt: incompatible types for comparison>",
        ),
        (
            "a\n{{ .Nothing }}",
            "2:3: executing \"__alert_Failing\" at <.Nothing>: can't evaluate field Nothing in type struct { Labels \
             map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }>",
        ),
        (
            "{{ query \"none\" | first }}",
            "1:130: executing \"__alert_Failing\" at <first>: error calling first: first() called on vector with no elements>",
        ),
        (
            "{{ $labels.a.b }}",
            "1:122: executing \"__alert_Failing\" at <$labels.a.b>: can't evaluate field b in type string>",
        ),
        (
            "{{ $labels.code \"x\" }}",
            "1:122: executing \"__alert_Failing\" at <$labels.code>: code is not a method but has arguments>",
        ),
        (
            "{{ humanize }}",
            "1:115: executing \"__alert_Failing\" at <humanize>: wrong number of args for humanize: want 1 got 0>",
        ),
        (
            "{{ title }}",
            "1:115: executing \"__alert_Failing\" at <title>: wrong number of args for title: want 1 got 0>",
        ),
        (
            "{{ 9223372036.9 | toTime }}",
            "1:130: executing \"__alert_Failing\" at <toTime>: error calling toTime: 9.2233720369e+09 cannot be \
             represented as a nanoseconds timestamp since it overflows int64>",
        ),
        (
            "{{ humanize \"1e400\" }}",
            "1:115: executing \"__alert_Failing\" at <humanize \"1e400\">: error calling humanize: strconv.ParseFloat: \
             parsing \"1e400\": value out of range>",
        ),
        (
            "{{ reReplaceAll \"(\" \"\" \"x\" }}",
            "1:115: executing \"__alert_Failing\" at <reReplaceAll \"(\" \"\" \"x\">: error calling reReplaceAll: regexp: \
             Compile(`(`): error parsing regexp: missing closing ): `(`>",
        ),
        (
            "{{ parseDuration \"x\" }}",
            "1:115: executing \"__alert_Failing\" at <parseDuration \"x\">: error calling parseDuration: not a valid \
             duration string: \"x\">",
        ),
        (
            "{{ template \"nope\" }}",
            "1:124: executing \"__alert_Failing\" at <{{template \"nope\"}}>: template \"nope\" not defined>",
        ),
        (
            "{{ nil }}",
            "1:115: executing \"__alert_Failing\" at <nil>: nil is not a command>",
        ),
        (
            "{{ index (query \"up\") 5 }}",
            "1:115: executing \"__alert_Failing\" at <index (query \"up\") 5>: error calling index: index out of range: 5>",
        ),
        (
            "{{ query \"bad\" }}",
            "1:115: executing \"__alert_Failing\" at <query \"bad\">: error calling query: parse error>",
        ),
    ];
    for (text, expected) in table {
        let expanded = expand(text);
        assert_eq!(expanded.strip_prefix(prefix), Some(expected), "{text}");
    }
}

#[test]
fn what_a_template_writes_and_calls_is_bounded() {
    let long = format!("{{{{ printf \"%s{}\" $labels.code }}}}", "x".repeat(70_000));
    assert!(expand(&long).starts_with("<error expanding template"));
    let endless = "{{ define \"t\" }}{{ template \"t\" }}{{ end }}{{ template \"t\" }}";
    assert!(expand(endless).contains("exceeded maximum template depth"));
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(500), ")".repeat(500));
    assert!(expand(&deep).contains("nests too deeply"));
}

#[test]
fn blocks_and_calls_nest_together_no_deeper_than_the_stack_allows() {
    let blocks = [
        "{{ if true }}",
        "{{ with 1 }}",
        "{{ range args 1 }}",
        "{{ with not 1 }}{{ else }}",
    ];
    let parens = format!("{{{{ {}1{} }}}}", "(".repeat(48), ")".repeat(48));
    for block in blocks {
        let (open, close) = (block.repeat(45), "{{ end }}".repeat(45));
        let text = format!(
            "{{{{ define \"a\" }}}}{parens}{open}{{{{ template \"a\" }}}}{close}{{{{ end }}}}{{{{ template \"a\" }}}}"
        );
        // As small a stack as any thread of ours has.
        let small = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        let expanded = small.spawn(move || expand(&text)).map(|one| one.join());
        let expanded = expanded
            .expect("a thread starts")
            .expect("it does not panic");
        assert!(
            expanded.contains("exceeded maximum template depth (200)"),
            "{block}: {expanded}"
        );
    }
}

#[test]
fn what_a_template_computes_is_bounded() {
    let calls: String = (0..30)
        .map(|at| {
            let next = format!("{{{{ template \"t{}\" }}}}", at + 1).repeat(2);
            format!("{{{{ define \"t{at}\" }}}}{next}{{{{ end }}}}")
        })
        .collect();
    let ranges = "{{ range (query \"up\") }}".repeat(45) + &"{{ end }}".repeat(45);
    let doubled = "{{ $a = printf \"%s%s\" $a $a }}".repeat(40);
    let wrapped = "{{ $a = args $a }}".repeat(40);
    let listed = "{{ $a = args $a $a $a $a $a $a $a $a }}".repeat(20);
    let star = "{{ $a = reReplaceAll \".\" \"$0$0$0$0\" $a }}".repeat(20);
    let kilobyte = "y".repeat(50_000);
    let cases = [
        (
            "{{ define \"a\" }}{{ template \"a\" (args . .) }}{{ end }}{{ template \"a\" 1 }}"
                .to_owned(),
            "the template takes more than 100000 steps",
        ),
        (
            format!("{{{{ $a := \"x\" }}}}{doubled}"),
            "the text is longer than 65536 bytes",
        ),
        (
            format!("{{{{ $a := \"x\" }}}}{star}"),
            "the text is longer than 65536 bytes",
        ),
        (
            format!("{{{{ $a := 1 }}}}{wrapped}"),
            "a value nests more than 32 deep",
        ),
        (
            format!("{{{{ $a := 1 }}}}{listed}"),
            "the template takes more than 100000 steps",
        ),
        (
            format!(
                "{{{{ reReplaceAll \".*\" \"{}\" \"{kilobyte}\" }}}}",
                "$0".repeat(20_000)
            ),
            "the text is longer than 65536 bytes",
        ),
        (
            format!(
                "{{{{ printf \"{}\" \"{kilobyte}\" }}}}",
                "%[1]s".repeat(10_000)
            ),
            "the text is longer than 65536 bytes",
        ),
        (
            format!("{calls}{{{{ define \"t30\" }}}}{{{{ end }}}}{{{{ template \"t0\" }}}}"),
            "the template takes more than 100000 steps",
        ),
        (ranges, "the template takes more than 100000 steps"),
    ];
    for (text, expected) in cases {
        let expanded = expand(&text);
        assert!(
            expanded.starts_with(
                "<error expanding template: error executing template __alert_Failing: "
            ),
            "{expanded:.200}"
        );
        assert!(
            expanded.contains(expected),
            "{:.300}",
            &expanded[expanded.len().saturating_sub(300)..]
        );
    }
}

#[test]
fn what_is_not_ascii_in_layouts_and_formats_expands() {
    assert_eq!(
        expand("{{ (toTime $value).Format \"2006年01月02日\" }}"),
        "1970年01月01日"
    );
    assert_eq!(
        expand("{{ printf \"%[0]d 年%\" 1 }}"),
        "%!d(BADINDEX) 年%!(NOVERB)"
    );
}

#[test]
fn what_is_read_is_read_as_go_reads_it() {
    let chain = "{{ else if eq $value 2.0 }}b".repeat(900);
    let table = [
        ("a {{- /* gone */ -}} b{{/* gone */}}".to_owned(), "ab"),
        ("{{ /* c */ }}".to_owned(), "parse template: unexpected '/' in command (at 3)"),
        (
            "{{/* c */ }}".to_owned(),
            "parse template: comment ends before closing delimiter (at 2)",
        ),
        (
            "{{ define \"a\" }}1{{ end }}{{ define \"a\" }} {{ end }}{{ template \"a\" }}".to_owned(),
            "1",
        ),
        (
            "{{ define \"a\" }} {{ end }}{{ define \"a\" }}2{{ end }}{{ template \"a\" }}".to_owned(),
            "2",
        ),
        (
            "{{ define \"a\" }}1{{ end }}{{ define \"a\" }}2{{ end }}".to_owned(),
            "parse template: multiple definition of template \"a\" (at 28)",
        ),
        ("{{ 0755 }} {{ 0x1F }} {{ 0b101 }} {{ -0o17 }} {{ 1_000 }} {{ 1e3 }}".to_owned(), "493 31 5 -15 1000 1000"),
        ("{{ 08 }}".to_owned(), "parse template: integer overflow: \"08\" (at 3)"),
        (format!("{{{{ if eq $value 1.0 }}}}a{chain}{{{{ else }}}}c{{{{ end }}}}"), "c"),
        (
            "{{ with $a := 0 }}{{ else with $b := 2 }}{{ . }}{{ $a }}{{ else }}c{{ end }}".to_owned(),
            "20",
        ),
        ("{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}{{ range 0 }}{{ else }}none{{ end }}".to_owned(), "01201none"),
    ];
    for (text, expected) in table {
        assert_eq!(expand(&text), expected, "{text:.200}");
    }
    assert!(expand("{{ range 9000000000 }}{{ end }}").contains("more than 100000 steps"));
    let two = expand("{{ range $i, $x := 3 }}{{ end }}");
    assert!(
        two.contains("can't use 3 to iterate over more than one variable"),
        "{two}"
    );
    let operator = expand("{{ range $i, $x | args 1 }}{{ end }}");
    assert!(operator.starts_with("parse template: "), "{operator}");
}
