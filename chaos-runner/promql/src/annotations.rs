//! What an evaluation has to say besides its answer, in Prometheus' words: warnings (the answer may be wrong) and infos
//! (the query may not mean what its author thinks). Each message is kept once.

use std::collections::BTreeSet;

use crate::number::general;

/// The notes of one evaluation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    warnings: BTreeSet<String>,
    infos: BTreeSet<String>,
}

impl Notes {
    fn warn(&mut self, message: std::fmt::Arguments<'_>) {
        self.warnings.insert(format!("PromQL warning: {message}"));
    }

    fn inform(&mut self, message: std::fmt::Arguments<'_>) {
        self.infos.insert(format!("PromQL info: {message}"));
    }

    pub(crate) fn into_lists(self) -> (Vec<String>, Vec<String>) {
        (
            self.warnings.into_iter().collect(),
            self.infos.into_iter().collect(),
        )
    }

    pub(crate) fn check_quantile(&mut self, q: f64) {
        if !(0.0..=1.0).contains(&q) {
            self.warn(format_args!(
                "quantile value should be between 0 and 1, got {}",
                general(q)
            ));
        }
    }

    pub(crate) fn ratio_capped(&mut self, ratio: f64, to: f64) {
        self.warn(format_args!(
            "ratio value should be between -1 and 1, got {}, capping to {to}",
            general(ratio)
        ));
    }

    pub(crate) fn bad_bucket(&mut self, metric: Option<&str>, bound: &str) {
        let of = for_metric(metric);
        self.warn(format_args!(
            "bucket label \"le\" is missing or has a malformed value of {bound:?}{of}"
        ));
    }

    pub(crate) fn starts_overlap(&mut self, metric: &str) {
        self.warn(format_args!(
            "sample has start time that overlaps with previous sample timestamp for metric {metric:?}"
        ));
    }

    pub(crate) fn sort_ineffective(&mut self) {
        self.warn(format_args!(
            "sort is ineffective for range queries since results are always ordered by labels"
        ));
    }

    pub(crate) fn not_a_counter(&mut self, metric: &str) {
        self.inform(format_args!(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {metric:?}"
        ));
    }

    pub(crate) fn type_is_no_counter(&mut self, metric: &str, kind: &str) {
        self.inform(format_args!(
            "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got {kind:?}: {metric:?}"
        ));
    }

    pub(crate) fn native_histograms_only(&mut self, function: &str) {
        self.inform(format_args!(
            "{function} is a function of native histograms, which are not stored here: there is no result"
        ));
    }

    pub(crate) fn monotonicity_forced(&mut self, metric: Option<&str>) {
        let of = for_metric(metric);
        self.inform(format_args!(
            "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile){of}"
        ));
    }
}

fn for_metric(metric: Option<&str>) -> String {
    metric.map_or_else(String::new, |name| format!(" for metric name {name:?}"))
}
