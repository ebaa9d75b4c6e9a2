//! Arithmetic that PromQL's functions and aggregations share: compensated sums, quantiles, and how numbers are written.

/// A sum that carries its rounding error along (Neumaier's variant of Kahan's).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) sum: f64,
    pub(crate) compensation: f64,
}

impl Sum {
    pub(crate) fn starting_at(sum: f64) -> Self {
        Self {
            sum,
            compensation: 0.0,
        }
    }

    pub(crate) fn add(&mut self, value: f64) {
        let total = self.sum + value;
        if total.is_infinite() {
            self.compensation = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.compensation += (self.sum - total) + value;
        } else {
            self.compensation += (value - total) + self.sum;
        }
        self.sum = total;
    }

    pub(crate) fn total(self) -> f64 {
        if self.sum.is_infinite() {
            self.sum
        } else {
            self.sum + self.compensation
        }
    }
}

/// The mean, as a plain compensated sum until that would overflow, incrementally from there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mean {
    acc: Sum,
    count: f64,
    incremental: bool,
}

impl Mean {
    pub(crate) fn starting_at(value: f64) -> Self {
        Self {
            acc: Sum::starting_at(value),
            count: 1.0,
            incremental: false,
        }
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if !self.incremental {
            let mut next = self.acc;
            next.add(value);
            if !next.sum.is_infinite() {
                self.acc = next;
                return;
            }
            self.incremental = true;
            self.acc.sum /= self.count - 1.0;
            self.acc.compensation /= self.count - 1.0;
        }
        let kept = (self.count - 1.0) / self.count;
        self.acc.sum *= kept;
        self.acc.compensation *= kept;
        self.acc.add(value / self.count);
    }

    pub(crate) fn value(self) -> f64 {
        if self.incremental {
            self.acc.sum + self.acc.compensation
        } else {
            self.acc.sum / self.count + self.acc.compensation / self.count
        }
    }
}

/// The quantile `q` of `values`, interpolated between the two nearest; NaNs sort first. Sorts `values`.
pub(crate) fn quantile(q: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    values.sort_by(|a, b| nan_first(*a, *b));
    let last = values.len() - 1;
    let rank = q * last as f64;
    let lower = rank.floor();
    let weight = rank - lower;
    let lower = lower as usize;
    let upper = (lower + 1).min(last);
    values[lower] * (1.0 - weight) + values[upper] * weight
}

/// Ascending order with every NaN before every number.
pub(crate) fn nan_first(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

/// A number as a label value or in PromQL: the shortest decimal that reads back, without an exponent.
pub(crate) fn decimal(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        format!("{value}")
    }
}

/// A number as Go's `%v` and `%g` write it: with an exponent when it is large or small.
#[must_use]
pub fn general(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || value == 0.0 || (1e-4..1e6).contains(&size) {
        return decimal(value);
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

/// Reads a number as Go's `ParseFloat` does, which bucket bounds are written for.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    if text.is_empty() || text.trim() != text {
        return None;
    }
    text.replace('_', "x").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_what_plain_addition_loses() {
        let mut sum = Sum::default();
        for value in [1e16, 1.0, 1.0, -1e16] {
            sum.add(value);
        }
        assert_eq!(sum.total(), 2.0);
    }

    #[test]
    fn the_mean_of_huge_values_does_not_overflow() {
        let mut mean = Mean::starting_at(1.6e308);
        mean.add(1.6e308);
        assert!((mean.value() / 1.6e308 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn quantiles_interpolate_and_clip() {
        assert_eq!(quantile(0.5, &mut [3.0, 1.0]), 2.0);
        assert_eq!(quantile(-0.1, &mut [1.0]), f64::NEG_INFINITY);
        assert!(quantile(f64::NAN, &mut [1.0]).is_nan());
    }

    #[test]
    fn general_numbers_have_an_exponent_only_when_they_need_one() {
        assert_eq!(general(1e21), "1e+21");
        assert_eq!(general(-2.5e-7), "-2.5e-07");
        assert_eq!(general(0.5), "0.5");
        assert_eq!(general(123_456.5), "123456.5");
        assert_eq!(general(1_234_567.0), "1.234567e+06");
    }

    #[test]
    fn numbers_are_written_without_an_exponent() {
        assert_eq!(decimal(1e21), "1000000000000000000000");
        assert_eq!(decimal(f64::NEG_INFINITY), "-Inf");
    }
}
