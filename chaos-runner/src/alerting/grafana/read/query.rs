//! A query of a data source: which language it is in, when it is asked, and its variables substituted.

use super::form::{QueryForm, Word};
use super::rule::RuleReader;
use crate::alerting::grafana::model::{DataQuery, Moments, Work};
use crate::alerting::grafana::variables::{INTERVAL_MS, POINTS_MAX, Resolution};
use crate::alerting::json::{Json, located};
use crate::alerting::rules::Expression;
use crate::alerting::rules::duration::parse_duration;
use crate::alerting::sources::{Asked, AskedError, Language};
use fake_factory::input::Located;

/// Reads a query.
pub(super) fn work(
    reader: &mut RuleReader<'_, '_>,
    form: &QueryForm,
    model: &Located<Json>,
) -> Option<Work> {
    let Some(expr) = model.text_at(&["expr"]) else {
        return not_supported(reader, form, model);
    };
    let named = named_language(reader, form, model)?;
    let (from_ms, to_ms) = range(reader, form)?;
    let mut resolution = resolution(reader, model, to_ms, from_ms)?;
    let query_type = model.text_at(&["queryType"]).or(form.query_type.clone());
    let query_type = query_type.as_ref().map(|word| word.as_str());
    // APIs write an empty one where there is none.
    let query_type = query_type.filter(|word| !word.is_empty());
    let loki_instant = query_type == Some("instant");
    let texts = |resolution: Resolution, language: Language| match language {
        Language::Promql => resolution.prometheus_text(&expr),
        Language::Logql => resolution.loki_text(&expr, loki_instant),
    };
    let compile = |language: Language| language.compile(&texts(resolution, language));
    let compiled = match named {
        Some(language) => compile(language),
        None => guess(&compile, query_type.is_some(), uid(form)),
    };
    let asked = match compiled {
        Ok(asked) => asked,
        Err(error) => {
            wrong_expression(reader, &expr, &texts(resolution, error.language), &error);
            return None;
        }
    };
    let moments = match asked.language() {
        Language::Promql => prometheus_moments(model, resolution),
        Language::Logql if loki_instant => Moments::End,
        Language::Logql => {
            resolution.factor = resolution.factor.clamp(1, 10);
            Moments::Every {
                step_ms: resolution.loki_step_ms(),
                aligned: false,
            }
        }
    };
    Some(Work::Query(DataQuery {
        datasource_uid: uid(form).to_owned(),
        expr: Expression {
            text: texts(resolution, asked.language()),
            query: asked,
            span: expr.span,
        },
        from_ms,
        to_ms,
        moments,
    }))
}

fn uid(form: &QueryForm) -> &str {
    form.datasource_uid.as_ref().map_or("", |uid| uid.as_str())
}

fn not_supported<T>(
    reader: &mut RuleReader<'_, '_>,
    form: &QueryForm,
    model: &Located<Json>,
) -> Option<T> {
    let kind = model.text_at(&["datasource", "type"]);
    let span = form.ref_id.as_ref().and_then(|ref_id| ref_id.span);
    match kind.filter(|kind| !is_prometheus(kind) && kind.as_str() != "loki") {
        Some(kind) => wrong_kind(reader, &kind),
        None => reader.wrong(
            "model.expr",
            span,
            "the query has no `expr`: only queries on Prometheus and Loki are supported",
        ),
    }
    None
}

fn wrong_kind(reader: &mut RuleReader<'_, '_>, kind: &Located<String>) {
    let message = format!("a data source of type `{}` is not supported", kind.value);
    let help = "only Prometheus and Loki can be asked here";
    reader.wrong_with_help("model.datasource.type", kind.span, &message, help);
}

fn is_prometheus(kind: &str) -> bool {
    // Amazon's and Azure's managed ones too.
    kind.contains("prometheus") || kind == "mimir"
}

/// The language that the scenario or the query says; none in both where neither does.
#[expect(
    clippy::option_option,
    reason = "the outer one is an error that was told"
)]
fn named_language(
    reader: &mut RuleReader<'_, '_>,
    form: &QueryForm,
    model: &Located<Json>,
) -> Option<Option<Language>> {
    if let Some(language) = reader.options.datasources.get(uid(form)) {
        return Some(Some(*language));
    }
    let Some(kind) = model.text_at(&["datasource", "type"]) else {
        return Some(None);
    };
    match kind.as_str() {
        "loki" => Some(Some(Language::Logql)),
        "" => Some(None),
        other if is_prometheus(other) => Some(Some(Language::Promql)),
        _ => {
            wrong_kind(reader, &kind);
            None
        }
    }
}

/// The language that the text is in. What is sound in both is LogQL where the query has a type, as only Loki's have, or the uid
/// says so.
fn guess(
    compile: &dyn Fn(Language) -> Result<Asked, AskedError>,
    has_type: bool,
    uid: &str,
) -> Result<Asked, AskedError> {
    let loki_first = has_type || uid.to_lowercase().contains("loki");
    let (first, second) = match loki_first {
        true => (Language::Logql, Language::Promql),
        false => (Language::Promql, Language::Logql),
    };
    compile(first).or_else(|error| compile(second).map_err(|_| error))
}

fn wrong_expression(
    reader: &mut RuleReader<'_, '_>,
    expr: &Located<String>,
    text: &str,
    error: &AskedError,
) {
    // Where variables were substituted, the places are others.
    let offset = error.offset.filter(|_| text == expr.as_str());
    let span = reader.found.place_in(expr, offset);
    reader.wrong("model.expr", span, &error.to_string());
}

/// The time range, as `(from, to)` before the evaluation in milliseconds.
fn range(reader: &mut RuleReader<'_, '_>, form: &QueryForm) -> Option<(i64, i64)> {
    let span = form.range.as_ref().and_then(|range| range.span);
    let span = span.or(form.ref_id.as_ref().and_then(|ref_id| ref_id.span));
    let range = form.range.as_ref().map(|range| &range.value);
    let from = bound(reader, "from", range.map(|range| &range.from))?;
    let to = bound(reader, "to", range.map(|range| &range.to))?;
    if from <= to {
        let message = "the time range must start before it ends, as in `{ from: 600, to: 0 }`: seconds before the evaluation";
        reader.wrong("relativeTimeRange", span, message);
        return None;
    }
    Some((from, to))
}

/// A bound of a time range: seconds, or a duration.
pub(super) fn bound(
    reader: &mut RuleReader<'_, '_>,
    name: &str,
    word: Option<&Word>,
) -> Option<i64> {
    let Some(word) = word.and_then(Option::as_ref) else {
        return Some(0);
    };
    let text = word.strip_prefix("now-").unwrap_or(word);
    let seconds = || {
        text.parse::<u32>()
            .ok()
            .map(|seconds| i64::from(seconds) * 1_000)
    };
    let duration = || {
        let duration = parse_duration(text).ok()?;
        i64::try_from(duration.as_millis()).ok()
    };
    let bound = match text {
        "now" => Some(0),
        _ => seconds().or_else(duration),
    };
    if bound.is_none() {
        let message = format!(
            "`{}` is no number of seconds before the evaluation",
            word.value
        );
        reader.wrong(&format!("relativeTimeRange.{name}"), word.span, &message);
    }
    bound
}

fn resolution(
    reader: &mut RuleReader<'_, '_>,
    model: &Located<Json>,
    to_ms: i64,
    from_ms: i64,
) -> Option<Resolution> {
    let interval_ms = whole(reader, model, "intervalMs")?.filter(|ms| *ms > 0);
    let points_max = whole(reader, model, "maxDataPoints")?.filter(|points| *points > 0);
    let factor = whole(reader, model, "intervalFactor")?
        .or(whole(reader, model, "resolution")?)
        .unwrap_or(1);
    Some(Resolution {
        range_ms: from_ms - to_ms,
        interval_ms: interval_ms.unwrap_or(INTERVAL_MS),
        points_max: points_max.unwrap_or(POINTS_MAX),
        step_min_ms: step_min(reader, model)?,
        factor,
    })
}

/// A whole number of the model; the outer none is an error that was told.
#[expect(
    clippy::option_option,
    reason = "the outer one is an error that was told"
)]
fn whole(
    reader: &mut RuleReader<'_, '_>,
    model: &Located<Json>,
    field: &str,
) -> Option<Option<i64>> {
    let Some(value) = model.get(field) else {
        return Some(None);
    };
    let number = match &value.value {
        Json::Number(number) => Some(*number),
        Json::Text(text) if text.is_empty() => return Some(None),
        _ => None,
    };
    match number.filter(|number| (0.0..1e15).contains(number)) {
        Some(number) => Some(Some(number as i64)),
        None => {
            let message = format!("expected a number, found {}", value.kind());
            reader.wrong(&format!("model.{field}"), value.span, &message);
            None
        }
    }
}

/// The least step that the query asks for: `interval` of Prometheus, `step` of Loki. A variable asks for none.
#[expect(
    clippy::option_option,
    reason = "the outer one is an error that was told"
)]
fn step_min(reader: &mut RuleReader<'_, '_>, model: &Located<Json>) -> Option<Option<i64>> {
    let word = model.text_at(&["interval"]).or(model.text_at(&["step"]));
    let Some(word) = word.filter(|word| !word.is_empty() && !word.starts_with('$')) else {
        return Some(None);
    };
    let text = word.trim_start_matches(['<', '>']);
    // A number alone is one of seconds.
    let text = match text.parse::<u32>() {
        Ok(seconds) => format!("{seconds}s"),
        Err(_) => text.to_owned(),
    };
    match parse_duration(&text) {
        Ok(step) => Some(i64::try_from(step.as_millis()).ok().filter(|ms| *ms > 0)),
        Err(error) => {
            let place = located(&word, word.span);
            reader.wrong("model.interval", place.span, &error.to_string());
            None
        }
    }
}

/// Neither `instant` nor `range` means a range, as older dashboards have it; with both, the instant is what alerts are about.
fn prometheus_moments(model: &Located<Json>, resolution: Resolution) -> Moments {
    let is_instant = model
        .get("instant")
        .is_some_and(|value| value.value == Json::Bool(true));
    match is_instant {
        true => Moments::End,
        false => Moments::Every {
            step_ms: resolution.prometheus_step_ms(),
            aligned: true,
        },
    }
}
