//! Our engine over the files of a case, as promtool goes over them: a step at a time, the samples up to it loaded before, the groups
//! in their order.

use crate::notation::{labels, samples};
use crate::timeline::{Step, Timeline, firing};
use anyhow::{Context, anyhow};
use chaos_runner::alerting::evaluate::{AlertState, Engine, EngineOptions};
use chaos_runner::alerting::rules::duration::parse_duration;
use chaos_runner::alerting::rules::prometheus::parse_rule_file;
use chaos_runner::alerting::sources::Sources;
use fake_factory::input::Source;
use logql::LogStore;
use promql::{Options, Query, SeriesId, SeriesStore};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct TestFile {
    evaluation_interval: String,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    interval: String,
    input_series: Vec<Input>,
    promql_expr_test: Vec<Asked>,
}

#[derive(Deserialize)]
struct Input {
    series: String,
    values: String,
}

#[derive(Deserialize)]
struct Asked {
    expr: String,
    eval_time: String,
}

/// A series that is still to be loaded.
struct Coming {
    id: SeriesId,
    samples: Vec<Option<f64>>,
    next: usize,
}

/// What was gone through.
pub(crate) struct Played {
    pub(crate) timeline: Timeline,
    pub(crate) samples: usize,
}

/// Goes over a test file and its rule file.
pub(crate) fn play(test: &str, rules: &str) -> anyhow::Result<Played> {
    let file: TestFile = serde_json::from_str(test).context("read the test file")?;
    let [test] = file.tests.as_slice() else {
        return Err(anyhow!("the file has {} tests", file.tests.len()));
    };
    let groups = parse_rule_file(&Source::new("rules", rules))
        .map_err(|diagnostics| anyhow!("{}", diagnostics.render(false)))?;
    let mut engine = Engine::new(groups, EngineOptions::default());
    let mut store = SeriesStore::new();
    let mut coming = test
        .input_series
        .iter()
        .map(|input| coming(&mut store, input))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let evaluation_ms = millis(&file.evaluation_interval)?;
    let interval_ms = millis(&test.interval)?;
    let times = test
        .promql_expr_test
        .iter()
        .map(|asked| millis(&asked.eval_time));
    let end_ms = times
        .collect::<anyhow::Result<Vec<_>>>()?
        .into_iter()
        .max()
        .unwrap_or(0);
    let behind_ms = behind_ms(&engine)?;
    let mut alerts = Vec::new();
    let mut at_ms = 0;
    while at_ms <= end_ms {
        load(&mut store, &mut coming, interval_ms, at_ms)?;
        let failed = evaluate(&mut engine, &mut store, at_ms);
        if !failed.is_empty() {
            return Ok(Played {
                timeline: Timeline::Failed(at_ms, failed),
                samples: store.sample_count(),
            });
        }
        alerts.push(firing_alerts(&engine));
        at_ms += evaluation_ms;
    }
    let mut steps = observed(&store, &test.promql_expr_test, behind_ms)?;
    for (step, alerts) in steps.iter_mut().zip(alerts) {
        step.extend(alerts);
    }
    Ok(Played {
        timeline: Timeline::Steps(steps),
        samples: store.sample_count(),
    })
}

fn millis(text: &str) -> anyhow::Result<i64> {
    let duration = parse_duration(text).map_err(|error| anyhow!("{text}: {error}"))?;
    Ok(i64::try_from(duration.as_millis())?)
}

fn coming(store: &mut SeriesStore, input: &Input) -> anyhow::Result<Coming> {
    let (labels, _) = labels(&input.series)?;
    Ok(Coming {
        id: store.series_id(&labels)?,
        samples: samples(&input.values)?,
        next: 0,
    })
}

fn load(
    store: &mut SeriesStore,
    coming: &mut [Coming],
    interval_ms: i64,
    until_ms: i64,
) -> anyhow::Result<()> {
    for series in coming {
        while let Some(sample) = series.samples.get(series.next) {
            let at_ms = i64::try_from(series.next)? * interval_ms;
            if at_ms > until_ms {
                break;
            }
            if let Some(value) = sample {
                store.append(series.id, at_ms, *value)?;
            }
            series.next += 1;
        }
    }
    Ok(())
}

/// Evaluates every group and tells which rules failed.
fn evaluate(engine: &mut Engine, store: &mut SeriesStore, at_ms: i64) -> BTreeSet<String> {
    let lines = LogStore::default();
    let mut failed = BTreeSet::new();
    for group in 0..engine.groups().count() {
        let mut sources = Sources {
            series: store,
            lines: &lines,
        };
        for outcome in engine.evaluate(group, &mut sources, at_ms) {
            if outcome.error.is_some() {
                failed.insert(engine.rule_name(group, outcome.rule).to_owned());
            }
        }
    }
    failed
}

/// How far behind the evaluations rules ask; every group does alike.
fn behind_ms(engine: &Engine) -> anyhow::Result<i64> {
    let offset = engine.groups().next().map(|group| group.query_offset);
    Ok(i64::try_from(offset.unwrap_or_default().as_millis())?)
}

fn firing_alerts(engine: &Engine) -> Step {
    let firing_now = engine
        .active()
        .filter(|alert| alert.state == AlertState::Firing);
    firing_now
        .map(|alert| {
            let annotations = alert.annotations.iter();
            let annotations = annotations.map(|(name, text)| (name.as_str(), text.as_str()));
            (firing(alert.labels.iter(), annotations), 1.0)
        })
        .collect()
}

fn observed(store: &SeriesStore, asked: &[Asked], behind_ms: i64) -> anyhow::Result<Vec<Step>> {
    let Some(first) = asked.first() else {
        return Ok(Vec::new());
    };
    let query = Query::parse(&first.expr)?;
    asked
        .iter()
        .map(|asked| {
            let answer = query.instant(
                store,
                millis(&asked.eval_time)? - behind_ms,
                &Options::default(),
            )?;
            let samples = answer.value.samples().iter();
            Ok(samples
                .map(|sample| (sample.labels.clone(), sample.value))
                .collect())
        })
        .collect()
}
