//! promtool's notation of samples: `1 2 _ stale 0+10x5 1x3 _x2 NaN Inf`. Numbers only, no histograms.

use anyhow::{Context, bail};
use promql::{Labels, STALE_NAN};

/// The samples of a text, one for each interval; none where there is a gap.
pub(crate) fn samples(text: &str) -> anyhow::Result<Vec<Option<f64>>> {
    let mut samples = Vec::new();
    for word in text.split_whitespace() {
        expand(word, &mut samples).with_context(|| format!("read {word:?}"))?;
    }
    Ok(samples)
}

fn expand(word: &str, samples: &mut Vec<Option<f64>>) -> anyhow::Result<()> {
    match word {
        "_" => samples.push(None),
        "stale" => samples.push(Some(STALE_NAN)),
        _ => match word.split_once('x') {
            None => samples.push(Some(word.parse()?)),
            Some(("_", times)) => {
                let times: usize = times.parse()?;
                samples.extend(std::iter::repeat_n(None, times));
            }
            Some((head, times)) => {
                let times: u32 = times.parse()?;
                // The sign of the step, not of the start.
                let sign = head.get(1..).and_then(|rest| rest.find(['+', '-']));
                let (start, step): (f64, f64) = match sign {
                    Some(at) => (head[..=at].parse()?, head[at + 1..].parse()?),
                    None => (head.parse()?, 0.0),
                };
                // Added up, as promtool does, so that the last bits are the same.
                let mut value = start;
                for _ in 0..=times {
                    samples.push(Some(value));
                    value += step;
                }
            }
        },
    }
    Ok(())
}

/// Reads labels as `name{a="b", c="d"}` or `{__name__="name", a="b"}`, and returns what follows them.
pub(crate) fn labels(text: &str) -> anyhow::Result<(Labels, &str)> {
    let open = text.find(['{', ' ']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(open);
    let mut found = Vec::new();
    if !name.is_empty() {
        found.push((promql::METRIC_NAME.to_owned(), name.to_owned()));
    }
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            rest = rest.trim_start_matches([',', ' ']);
            if let Some(after) = rest.strip_prefix('}') {
                rest = after;
                break;
            }
            let (label, after) = rest.split_once('=').context("labels without an end")?;
            let mut values = serde_json::Deserializer::from_str(after).into_iter::<String>();
            let Some(value) = values.next() else {
                bail!("a label without a value: {after:?}");
            };
            found.push((label.to_owned(), value?));
            rest = &after[values.byte_offset()..];
        }
    }
    Ok((found.into_iter().collect(), rest))
}
