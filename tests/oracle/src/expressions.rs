//! Random expressions that mean something: each knows the labels that its series are told apart by, so that operators find their
//! pairs. What it makes is text; nothing here evaluates.

use crate::series::Metric;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// An expression that gives a vector.
#[derive(Clone, Debug)]
pub(crate) struct Vector {
    pub(crate) text: String,
    /// What tells its series apart.
    pub(crate) labels: Vec<&'static str>,
    /// About how large its values are.
    pub(crate) scale: f64,
}

/// A series that an earlier rule writes.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) labels: Vec<&'static str>,
    pub(crate) scale: f64,
}

/// What expressions are made over.
pub(crate) struct Maker<'r> {
    pub(crate) rng: &'r mut ChaCha8Rng,
    pub(crate) metrics: &'r [Metric],
    pub(crate) recorded: Vec<Recorded>,
}

const GAUGE_WINDOWS: [&str; 16] = [
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "sum_over_time",
    "count_over_time",
    "last_over_time",
    "present_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "changes",
    "resets",
    "delta",
    "idelta",
    "deriv",
    "quantile_over_time",
    "predict_linear",
];
const COUNTER_WINDOWS: [&str; 6] = ["rate", "increase", "irate", "rate", "resets", "changes"];
const WINDOWS_S: [u32; 7] = [45, 60, 75, 90, 120, 200, 300];
const MAPS: [&str; 13] = [
    "abs", "ceil", "floor", "sgn", "sqrt", "exp", "ln", "log2", "log10", "-", "atan", "sin", "deg",
];
const CLOCKS: [&str; 8] = [
    "hour",
    "minute",
    "day_of_week",
    "day_of_month",
    "day_of_year",
    "days_in_month",
    "month",
    "year",
];

impl Maker<'_> {
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.random_range(0..from.len())]
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    /// A vector, at most `depth` operations deep.
    pub(crate) fn vector(&mut self, depth: u32) -> Vector {
        if depth == 0 {
            return self.leaf();
        }
        match self.rng.random_range(0..16_u8) {
            0..=2 => self.leaf(),
            3..=6 => self.aggregated(depth),
            7 | 8 => self.with_number(depth),
            9..=11 => self.paired(depth),
            12 | 13 => self.mapped(depth),
            14 => self.over_subquery(depth),
            _ => self.special(depth),
        }
    }

    /// What is selected, with its matchers, from a metric or an earlier rule.
    fn selector(&mut self) -> (String, Vec<&'static str>, f64, bool, bool) {
        if !self.recorded.is_empty() && self.chance(0.3) {
            let at = self.rng.random_range(0..self.recorded.len());
            let recorded = self.recorded[at].clone();
            return (recorded.name, recorded.labels, recorded.scale, false, true);
        }
        let metric = self.pick(self.metrics);
        let matcher = match self.rng.random_range(0..8_u8) {
            0 => "{inst=\"a\"}",
            1 => "{inst!=\"b\"}",
            2 => "{inst=~\"a|ç\"}",
            3 => "{inst!~\"a.*\", job=~\".+\"}",
            4 => "{job=\"api\"}",
            _ => "",
        };
        let matcher = if metric.name == "lat_bucket" {
            ""
        } else {
            matcher
        };
        let text = format!("{}{matcher}", metric.name);
        (
            text,
            metric.labels.to_vec(),
            metric.scale,
            metric.is_counter,
            false,
        )
    }

    /// Where a selector looks from. Multiples of ten seconds keep clear of the samples, and three more of what rules write.
    fn moved(&mut self, is_recorded: bool) -> String {
        match self.rng.random_range(0..12_u8) {
            0 => format!(" offset {}s", 10 * self.rng.random_range(1..15_u32)),
            1 => {
                let at = 10 * self.rng.random_range(10..40_u32) + 3 * u32::from(is_recorded);
                format!(" @ {at}")
            }
            _ => String::new(),
        }
    }

    fn leaf(&mut self) -> Vector {
        let (selector, labels, scale, is_counter, is_recorded) = self.selector();
        let moved = self.moved(is_recorded);
        if !is_counter && self.chance(0.45) {
            let text = format!("{selector}{moved}");
            return Vector {
                text,
                labels,
                scale,
            };
        }
        // A window over what rules write ends between two evaluations.
        let window = self.pick(&WINDOWS_S) + u32::from(is_recorded);
        let ranged = format!("{selector}[{window}s]{moved}");
        let function = if is_counter {
            self.pick(&COUNTER_WINDOWS)
        } else {
            self.pick(&GAUGE_WINDOWS)
        };
        let function = match function {
            // They count what differs in the last bit alone, as sums do that were added up in another order.
            "changes" | "resets" if is_recorded => "count_over_time",
            other => other,
        };
        let text = match function {
            "quantile_over_time" => format!(
                "quantile_over_time(0.{}, {ranged})",
                self.rng.random_range(1..10_u8)
            ),
            "predict_linear" => format!(
                "predict_linear({ranged}, {})",
                self.rng.random_range(10..900_u32)
            ),
            _ => format!("{function}({ranged})"),
        };
        let scale = match function {
            "increase" => scale * f64::from(window),
            "changes" | "resets" | "count_over_time" => 5.0,
            "present_over_time" => 1.0,
            "deriv" => scale / 50.0,
            _ => scale,
        };
        Vector {
            text,
            labels,
            scale,
        }
    }

    fn some_of(&mut self, labels: &[&'static str]) -> Vec<&'static str> {
        labels
            .iter()
            .copied()
            .filter(|_| self.chance(0.5))
            .collect()
    }

    fn aggregated(&mut self, depth: u32) -> Vector {
        let inner = self.vector(depth - 1);
        let kept = self.some_of(&inner.labels);
        let grouping = if self.chance(0.25) {
            let dropped: Vec<_> = inner
                .labels
                .iter()
                .copied()
                .filter(|label| !kept.contains(label))
                .collect();
            format!("without ({})", dropped.join(", "))
        } else {
            format!("by ({})", kept.join(", "))
        };
        let operator = self.pick(&[
            "sum", "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile",
            "topk", "bottomk",
        ]);
        let (argument, labels) = match operator {
            "quantile" => (format!("0.{}, ", self.rng.random_range(0..100_u8)), kept),
            // Where one series is no number, 2.42 says that it does not deviate.
            "stddev" | "stdvar" => {
                let odd =
                    self.metrics.iter().any(|metric| metric.name == "weird") && self.chance(0.1);
                let of = if odd { "weird" } else { "temp" };
                let text = format!("{operator} {grouping} ({of})");
                let kept = kept
                    .into_iter()
                    .filter(|label| ["job", "inst"].contains(label));
                return Vector {
                    text,
                    labels: kept.collect(),
                    scale: 5.0,
                };
            }
            // Of a vector of its own, whose values are no whole numbers: between equals anybody may win.
            "topk" | "bottomk" => {
                let count = self.rng.random_range(1..3_u8);
                let text = format!("{operator} {grouping} ({count}, temp)");
                return Vector {
                    text,
                    labels: vec!["job", "inst"],
                    scale: 30.0,
                };
            }
            _ => (String::new(), kept),
        };
        let scale = if matches!(operator, "count" | "group") {
            2.0
        } else {
            inner.scale
        };
        let text = format!("{operator} {grouping} ({argument}{})", inner.text);
        Vector {
            text,
            labels,
            scale,
        }
    }

    fn number(&mut self, scale: f64) -> f64 {
        let drawn = self.rng.random_range(-0.2..1.5_f64) * scale;
        (drawn * 10_000.0).round() / 10_000.0 + 0.000_013
    }

    fn with_number(&mut self, depth: u32) -> Vector {
        let mut inner = self.vector(depth - 1);
        let operator = self.pick(&[
            "+", "-", "*", "/", "%", "^", ">", "<", ">=", "!=", "== bool", "> bool", "<= bool",
        ]);
        let number = if operator == "^" {
            2.0
        } else {
            self.number(inner.scale)
        };
        inner.text = if self.chance(0.2) {
            format!("({number} {operator} {})", inner.text)
        } else {
            format!("({} {operator} {number})", inner.text)
        };
        if operator.ends_with("bool") {
            inner.scale = 1.0;
        }
        inner
    }

    fn paired(&mut self, depth: u32) -> Vector {
        let left = self.vector(depth - 1);
        let right = self.vector(depth - 1);
        let common: Vec<&'static str> = left
            .labels
            .iter()
            .copied()
            .filter(|label| right.labels.contains(label))
            .collect();
        let on = common.join(", ");
        if self.chance(0.4) {
            let operator = self.pick(&["and", "unless", "or", "and"]);
            let text = format!("({} {operator} on ({on}) {})", left.text, right.text);
            return Vector { text, ..left };
        }
        let operator = self.pick(&["+", "-", "*", "/", "<", ">", ">= bool", "%", "atan2"]);
        let same = left.labels.len() == common.len() && right.labels.len() == common.len();
        let (text, labels) = if same {
            (
                format!("({} {operator} {})", left.text, right.text),
                left.labels,
            )
        } else if right.labels.len() == common.len() {
            (
                format!(
                    "({} {operator} on ({on}) group_left () {})",
                    left.text, right.text
                ),
                left.labels,
            )
        } else if left.labels.len() == common.len() {
            (
                format!(
                    "({} {operator} on ({on}) group_right () {})",
                    left.text, right.text
                ),
                right.labels,
            )
        } else {
            let text = format!(
                "(sum by ({on}) ({}) {operator} ignoring () max by ({on}) ({}))",
                left.text, right.text
            );
            (text, common)
        };
        Vector {
            text,
            labels,
            scale: left.scale,
        }
    }

    fn mapped(&mut self, depth: u32) -> Vector {
        let mut inner = self.vector(depth - 1);
        let text = &inner.text;
        inner.text = match self.rng.random_range(0..9_u8) {
            0 => format!("clamp_min({text}, {})", self.number(inner.scale)),
            1 => format!("clamp_max({text}, {})", self.number(inner.scale)),
            2 => format!("clamp({text}, 0.25, 2.75)"),
            3 => format!("round({text}, 0.25)"),
            4 => format!("label_replace({text}, \"copy\", \"$1-x\", \"inst\", \"(.*)\")"),
            5 => format!("label_join({text}, \"both\", \"/\", \"inst\", \"job\")"),
            6 => format!("sort_desc({text})"),
            _ => match self.pick(&MAPS) {
                "-" => format!("-({text})"),
                // What is large has its errors in the whole digits.
                "exp" => format!("exp(clamp_max({text}, 4))"),
                map => format!("{map}({text})"),
            },
        };
        inner
    }

    fn over_subquery(&mut self, depth: u32) -> Vector {
        let inner = self.vector(depth - 1);
        let function = self.pick(&[
            "max_over_time",
            "min_over_time",
            "avg_over_time",
            "sum_over_time",
            "count_over_time",
            "last_over_time",
            "deriv",
        ]);
        // The window's left edge is no multiple of the step.
        let step = self.pick(&[15, 30, 60]);
        let window = step * self.rng.random_range(1..6_u32) + 4;
        let moved = if self.chance(0.2) { " offset 1m" } else { "" };
        let text = format!("{function}(({})[{window}s:{step}s]{moved})", inner.text);
        Vector { text, ..inner }
    }

    fn special(&mut self, depth: u32) -> Vector {
        let (selector, _, scale, _, _) = self.selector();
        let window = self.pick(&WINDOWS_S) + 1;
        let one = |text: String, labels: &[&'static str], scale: f64| Vector {
            text,
            labels: labels.to_vec(),
            scale,
        };
        match self.rng.random_range(0..10_u8) {
            0 => one(format!("absent({selector})"), &[], 1.0),
            1 => one(format!("absent_over_time({selector}[{window}s])"), &[], 1.0),
            2 => one(
                "count_values by (job) (\"value\", up)".to_owned(),
                &["job", "value"],
                2.0,
            ),
            3 | 4 => {
                let q = self.pick(&["0.1", "0.5", "0.9", "0.99", "1.5"]);
                let by = self.pick(&["le", "le, job"]);
                let text =
                    format!("histogram_quantile({q}, sum by ({by}) (rate(lat_bucket[{window}s])))");
                one(text, if by == "le" { &[] } else { &["job"] }, 1.0)
            }
            5 => one(format!("vector(scalar(sum({selector})))"), &[], scale),
            6 => {
                let clock = self.pick(&CLOCKS);
                one(format!("{clock}(vector(time() * 5000))"), &[], 10.0)
            }
            7 => one("vector(time() % 200)".to_owned(), &[], 200.0),
            8 => {
                let inner = self.vector(depth - 1);
                Vector {
                    text: format!("(time() - timestamp({}))", inner.text),
                    scale: 30.0,
                    ..inner
                }
            }
            _ => {
                let inner = self.vector(depth - 1);
                Vector {
                    text: format!("({} or vector(0))", inner.text),
                    ..inner
                }
            }
        }
    }
}
