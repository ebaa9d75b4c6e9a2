//! A random case from a seed: series, and groups of rules over them, later ones over what earlier ones record.

use crate::case::{Case, Group, Rule};
use crate::expressions::{Maker, Recorded};
use crate::series::{METRICS, Metric, series};
use fake_factory::seed::Seed;
use rand::RngExt;

/// The `number`-th case of a seed.
pub(crate) fn case(seed: Seed, number: u64) -> Case {
    let mut rng = seed.nth(number).rng();
    // Seldom, what is known to differ; `edge_total` is sampled where windows end.
    let (special, interval_ms) = match number % 40 {
        7 => (Some("edge_total"), 15_000),
        23 => (Some("young_total"), 15_001),
        _ => (
            None,
            [7_001, 15_001, 20_011, 30_001][rng.random_range(0..4)],
        ),
    };
    let metrics: Vec<Metric> = METRICS
        .into_iter()
        .filter(|metric| match special {
            Some(name) => metric.name == name,
            None => !["edge_total", "young_total", "extremes"].contains(&metric.name),
        })
        .collect();
    let evaluation_s = [15, 30, 30, 60, 40][rng.random_range(0..5)];
    let steps = rng.random_range(12..32);
    let count = (evaluation_s * steps * 1_000 / interval_ms + 2) as usize;
    // What expressions name without drawing it.
    let named = |name: &str| match name {
        "temp" | "up" | "lat_bucket" => special.is_none(),
        "extremes" => number % 100 == 31,
        _ => false,
    };
    let undrawn = METRICS.into_iter().filter(|metric| named(metric.name));
    let drawn = metrics.iter().copied();
    let drawn = drawn.filter(|metric| !["temp", "up", "lat_bucket"].contains(&metric.name));
    let all: Vec<Metric> = undrawn.chain(drawn).collect();
    let series = series(&mut rng, &all, count.max(6));
    let mut maker = Maker {
        rng: &mut rng,
        metrics: &metrics,
        recorded: Vec::new(),
    };
    let mut rules = 0;
    let mut groups: Vec<Group> = (0..maker.rng.random_range(1..4_usize))
        .map(|number| group(&mut maker, number, evaluation_s, &mut rules))
        .collect();
    match number % 100 {
        31 => groups.push(provoking("avg_over_time(extremes[90s])")),
        61 => groups.push(provoking(
            "count_over_time((predict_linear(temp[90s] @ 100, 60))[304s:60s])",
        )),
        _ => {}
    }
    let mut case = Case {
        number,
        evaluation_s,
        steps,
        interval_ms,
        behind: 0,
        groups,
        series,
    };
    if number % 5 == 4 && case.rules().all(Rule::is_timeless) {
        case.behind = 1 + u32::from(number.is_multiple_of(2));
    }
    case
}

/// What is known to differ and seldom drawn.
fn provoking(expr: &str) -> Group {
    Group {
        name: "provoking".to_owned(),
        limit: 0,
        rules: vec![Rule {
            kind: "record",
            name: "rec_known".to_owned(),
            expr: expr.to_owned(),
            hold_s: 0,
            keep_s: 0,
            labels: Vec::new(),
            annotations: Vec::new(),
        }],
    }
}

fn group(maker: &mut Maker<'_>, number: usize, evaluation_s: u32, rules: &mut usize) -> Group {
    let count = maker.rng.random_range(1..5_usize);
    Group {
        name: format!("group-{number}"),
        limit: if maker.chance(0.03) { 2 } else { 0 },
        rules: (0..count)
            .map(|_| {
                *rules += 1;
                if maker.chance(0.4) {
                    recording(maker, *rules)
                } else {
                    alerting(maker, *rules, evaluation_s)
                }
            })
            .collect(),
    }
}

fn recording(maker: &mut Maker<'_>, number: usize) -> Rule {
    let vector = maker.vector(2);
    let name = format!("rec_{number}");
    maker.recorded.push(Recorded {
        name: name.clone(),
        labels: vector.labels,
        scale: vector.scale,
    });
    let labels = match maker.rng.random_range(0..6_u8) {
        0 => vec![("team".to_owned(), "kitchen".to_owned())],
        1 => vec![("copy".to_owned(), String::new())],
        _ => Vec::new(),
    };
    Rule {
        kind: "record",
        name,
        expr: vector.text,
        hold_s: 0,
        keep_s: 0,
        labels,
        annotations: Vec::new(),
    }
}

fn alerting(maker: &mut Maker<'_>, number: usize, evaluation_s: u32) -> Rule {
    let vector = maker.vector(3);
    let operator = maker.pick(&[">", ">", "<", ">=", "!=", "<="]);
    let threshold = maker.rng.random_range(-0.3..1.3_f64) * vector.scale;
    let is_exact = is_exact(&vector.text);
    let mut labels = Vec::new();
    // A sum of nothing but -0 is -0 in 2.x and 0 in 3.x.
    let texts = [
        ("severity", "page"),
        ("where", "{{ $labels.inst }}/{{ $labels.job | toUpper }}"),
        (
            "value",
            "{{ printf \"%.2f\" $value | reReplaceAll \"-0.00\" \"0.00\" }}",
        ),
        ("large", "{{ if gt $value 1.0 }}yes{{ else }}no{{ end }}"),
        ("inst", "{{ $labels.inst | title }}"),
        (
            "rounded",
            "{{ $value | humanize | reReplaceAll \"^-0$\" \"0\" }}",
        ),
    ];
    for (at, (name, text)) in texts.into_iter().enumerate() {
        let told = is_exact || !shows_value(text);
        if told && maker.chance(if at == 0 { 0.5 } else { 0.08 }) {
            labels.push((name.to_owned(), text.to_owned()));
        }
    }
    let annotations = annotations(maker, is_exact);
    let odd = maker.pick(&[0, 0, 0, 7]);
    Rule {
        kind: "alert",
        name: format!("Alert{number}"),
        expr: format!("{} {operator} {threshold:.5}", vector.text),
        hold_s: maker.pick(&[0, 1, 1, 2, 4]) * evaluation_s + odd,
        keep_s: maker.pick(&[0, 0, 1, 3]) * evaluation_s + maker.pick(&[0, 0, 5]),
        labels,
        annotations,
    }
}

/// What annotations say. What they ask is sorted.
fn annotations(maker: &mut Maker<'_>, is_exact: bool) -> Vec<(String, String)> {
    const TEXTS: [(&str, &str); 12] = [
        (
            "summary",
            "{{ $labels.inst }} of {{ $labels.job }} has {{ $value | printf \"%.4g\" | reReplaceAll \"^-0$\" \"0\" }}, says {{ $labels.alertname }}",
        ),
        (
            "large",
            "{{ if lt $value 1.0 }}small{{ else if gt $value 20.0 }}large{{ else }}some{{ end }}",
        ),
        (
            "share",
            "{{ humanizePercentage 0.12345 }} {{ printf \"%08.3f|%+d|%x\" 3.14159 7 255 }}",
        ),
        (
            "si",
            "{{ $value | humanize | reReplaceAll \"^-0$\" \"0\" }} {{ humanize 1234567.0 }} {{ humanize1024 1536.0 }} {{ humanizeDuration 3723.5 }}",
        ),
        (
            "when",
            "{{ humanizeTimestamp 1435065584.128 }} {{ with $labels.job }}job {{ . | title }}{{ end }}",
        ),
        (
            "asked",
            "{{ range query \"sum by (inst) (up)\" | sortByLabel \"inst\" }}{{ .Labels.inst }}={{ .Value }};{{ end }}",
        ),
        (
            "first",
            "{{ with query \"count(up)\" }}{{ . | first | value }} up{{ else }}nothing is up{{ end }}",
        ),
        (
            "matched",
            "{{ if match \"^a|ç\" $labels.inst }}one of two{{ end }}{{ $labels.none }}{{ toUpper \"é\" }}{{ \"ABC\" | toLower }}",
        ),
        (
            "parts",
            "{{ range $i, $x := args \"a\" \"b\" }}{{ if $i }}, {{ end }}{{ $x }}{{ end }}{{/* nothing */}} {{- \" end\" }}",
        ),
        (
            "links",
            "{{ tableLink \"up > 0\" }} {{ graphLink \"sum(up)\" }}",
        ),
        (
            "logic",
            "{{ if and (gt $value 0.5) (or (eq $labels.inst \"a\") (not $labels.job)) }}yes{{ else }}no{{ end }} {{ len $labels.job }} {{ printf \"%q %5s|%-5s|%v\" $labels.job \"x\" \"y\" true }}",
        ),
        (
            "define",
            "{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" $labels.inst }} {{ stripPort \"a.b:80\" }} {{ parseDuration \"1h30m\" }}",
        ),
    ];
    let told = TEXTS
        .iter()
        .filter(|(_, text)| is_exact || !shows_value(text));
    let drawn = told.filter(|_| maker.chance(0.15));
    drawn
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

impl Rule {
    /// Whether it means the same wherever the clock stands: its expression neither reads it nor is evaluated at its round moments,
    /// and its annotations ask nothing, which they do at the evaluation.
    fn is_timeless(&self) -> bool {
        let clocks = ["@", ":", "time(", "timestamp("];
        let asks = |(_, text): &(String, String)| text.contains("query");
        !clocks.iter().any(|clock| self.expr.contains(clock)) && !self.annotations.iter().any(asks)
    }
}

/// Whether both sides compute the very same value: where sums are added up in another order, the last bit shows in what is rounded.
fn is_exact(expr: &str) -> bool {
    const INEXACT: [&str; 20] = [
        "avg", "sum", "std", "rate", "increase", "deriv", "delta", "predict", "quantile", "rec_",
        "/", "%", "^", "*", "exp", "ln", "log", "sqrt", "atan", "round",
    ];
    !INEXACT.iter().any(|word| expr.contains(word))
        && !expr.contains("sin(")
        && !expr.contains("deg(")
}

fn shows_value(template: &str) -> bool {
    template.contains("$value |") || template.contains("\" $value")
}
