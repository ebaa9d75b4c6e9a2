//! Quantiles and fractions of classic histograms: cumulative buckets that carry their upper bound in the label `le`.

use std::collections::BTreeMap;

use super::{Evaluated, Evaluator, Item};
use crate::ast::Node;
use crate::labels::Labels;
use crate::number::{decimal, parse_number};
use crate::store::TimeMs;

const BOUND: &str = "le";

#[derive(Clone, Copy, Debug)]
struct Bucket {
    upper: f64,
    /// Observations not greater than `upper`.
    count: f64,
}

/// One histogram of a vector.
struct Histogram {
    labels: Labels,
    buckets: Vec<Bucket>,
}

impl Evaluator<'_> {
    pub(super) fn histogram_quantile(&mut self, args: &[Node], at: TimeMs) -> Evaluated<Vec<Item>> {
        let q = self.scalar_arg(args, 0, at)?;
        let items = self.vector_arg(args, 1, at)?;
        self.notes.check_quantile(q);
        let histograms = self.histograms(items);
        Ok(self.quantiles(&histograms, q, |labels| labels.clone()))
    }

    pub(super) fn histogram_quantiles(
        &mut self,
        args: &[Node],
        label: &str,
        at: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        let items = self.vector_arg(args, 0, at)?;
        let histograms = self.histograms(items);
        let mut out = Vec::new();
        for arg in args.iter().skip(2) {
            let q = self.scalar(arg, at)?;
            self.notes.check_quantile(q);
            let text = open_metrics_number(q);
            out.extend(self.quantiles(&histograms, q, |labels| labels.with(label, &text)));
        }
        Ok(out)
    }

    pub(super) fn histogram_fraction(&mut self, args: &[Node], at: TimeMs) -> Evaluated<Vec<Item>> {
        let lower = self.scalar_arg(args, 0, at)?;
        let upper = self.scalar_arg(args, 1, at)?;
        let items = self.vector_arg(args, 2, at)?;
        let histograms = self.histograms(items);
        let fractions = histograms.into_iter().map(|histogram| Item {
            labels: histogram.labels,
            value: bucket_fraction(lower, upper, histogram.buckets),
            drop_name: true,
        });
        Ok(fractions.collect())
    }

    fn quantiles(
        &mut self,
        histograms: &[Histogram],
        q: f64,
        labels: impl Fn(&Labels) -> Labels,
    ) -> Vec<Item> {
        let mut items = Vec::with_capacity(histograms.len());
        for histogram in histograms {
            let (value, forced) = bucket_quantile(q, histogram.buckets.clone());
            if forced {
                self.notes.monotonicity_forced(histogram.labels.name());
            }
            items.push(Item {
                labels: labels(&histogram.labels),
                value,
                drop_name: true,
            });
        }
        items
    }

    /// Groups buckets into histograms: all labels but the bound are equal.
    fn histograms(&mut self, items: Vec<Item>) -> Vec<Histogram> {
        let mut grouped: BTreeMap<Labels, Vec<Bucket>> = BTreeMap::new();
        for item in items {
            let bound = item.labels.get(BOUND).unwrap_or_default();
            let Some(upper) = parse_number(bound) else {
                self.notes.bad_bucket(item.labels.name(), bound);
                continue;
            };
            let bucket = Bucket {
                upper,
                count: item.value,
            };
            let labels = item.labels.without(BOUND);
            grouped.entry(labels).or_default().push(bucket);
        }
        grouped
            .into_iter()
            .map(|(labels, buckets)| Histogram { labels, buckets })
            .collect()
    }
}

/// A quantile as a label value: always with a decimal point.
fn open_metrics_number(value: f64) -> String {
    let text = decimal(value);
    if value.is_finite() && !text.contains('.') {
        text + ".0"
    } else {
        text
    }
}

/// Sorts buckets and merges those of one bound.
fn sorted(mut buckets: Vec<Bucket>) -> Vec<Bucket> {
    buckets.sort_by(|a, b| a.upper.total_cmp(&b.upper));
    buckets.dedup_by(|next, kept| {
        let same = next.upper == kept.upper;
        if same {
            kept.count += next.count;
        }
        same
    });
    buckets
}

/// Makes counts never decrease; says whether that took more than mending rounding errors.
fn make_monotonic(buckets: &mut [Bucket]) -> bool {
    const TOLERANCE: f64 = 1e-12;
    let mut before = buckets[0].count;
    for bucket in &mut buckets[1..] {
        let difference = (bucket.count - before).abs();
        if difference == 0.0 {
            continue;
        }
        if difference / bucket.count <= TOLERANCE {
            bucket.count = before;
        } else {
            before = bucket.count;
        }
    }
    let mut forced = false;
    let mut most = buckets[0].count;
    for bucket in &mut buckets[1..] {
        if bucket.count > most {
            most = bucket.count;
        } else if bucket.count < most {
            bucket.count = most;
            forced = true;
        }
    }
    forced
}

/// The quantile, interpolated linearly within its bucket, and whether the counts had to be made monotonic.
fn bucket_quantile(q: f64, buckets: Vec<Bucket>) -> (f64, bool) {
    if q.is_nan() {
        return (f64::NAN, false);
    }
    if q < 0.0 {
        return (f64::NEG_INFINITY, false);
    }
    if q > 1.0 {
        return (f64::INFINITY, false);
    }
    let mut buckets = sorted(buckets);
    if buckets
        .last()
        .is_none_or(|last| last.upper != f64::INFINITY)
    {
        return (f64::NAN, false);
    }
    let forced = make_monotonic(&mut buckets);
    let [below @ .., last] = &buckets[..] else {
        return (f64::NAN, forced);
    };
    if below.is_empty() || last.count == 0.0 || last.count.is_nan() {
        return (f64::NAN, false);
    }
    let rank = q * last.count;
    let at = below.partition_point(|bucket| bucket.count < rank);
    if at == below.len() {
        return (below[at - 1].upper, forced);
    }
    let bucket = below[at];
    if at == 0 {
        if bucket.upper <= 0.0 {
            return (bucket.upper, forced);
        }
        return (bucket.upper * (rank / bucket.count), forced);
    }
    let start = below[at - 1];
    let share = (rank - start.count) / (bucket.count - start.count);
    (start.upper + (bucket.upper - start.upper) * share, forced)
}

/// The share of observations between two bounds, interpolated linearly within buckets.
fn bucket_fraction(lower: f64, upper: f64, buckets: Vec<Bucket>) -> f64 {
    let mut buckets = sorted(buckets);
    if buckets
        .last()
        .is_none_or(|last| last.upper != f64::INFINITY)
    {
        return f64::NAN;
    }
    make_monotonic(&mut buckets);
    let count = buckets.last().map_or(0.0, |last| last.count);
    if count == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (rank_of(upper, &buckets).min(count) - rank_of(lower, &buckets).min(count)) / count
}

/// How many observations are not greater than `value`, by interpolation.
fn rank_of(value: f64, buckets: &[Bucket]) -> f64 {
    let mut rank = 0.0;
    let mut start = f64::NEG_INFINITY;
    for (at, bucket) in buckets.iter().enumerate() {
        if at == 0 && bucket.upper > 0.0 {
            // Observations are taken to be positive unless there is a bucket of others.
            start = 0.0;
        }
        if start >= value {
            return rank;
        }
        if bucket.upper > value {
            return rank + share_below(value, start, *bucket, rank);
        }
        rank = bucket.count;
        start = bucket.upper;
    }
    rank
}

/// The part of a bucket's observations below `value`; the unbounded ones cannot be interpolated.
fn share_below(value: f64, start: f64, bucket: Bucket, rank: f64) -> f64 {
    let own = bucket.count - rank;
    if start == f64::NEG_INFINITY {
        own
    } else if bucket.upper == f64::INFINITY {
        0.0
    } else {
        own * (value - start) / (bucket.upper - start)
    }
}
