//! A rate that changes over time, in stretches over which it is level or changes evenly, and its integral: moving along it by an
//! exponentially distributed amount gives the next arrival of a Poisson process, exactly.

use std::time::Duration;

/// A part of the run, in seconds from its start, with the rate per second at its beginning and its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) first: f64,
    pub(super) last: f64,
}

impl Stretch {
    /// A stretch over which the rate stays the same.
    pub(super) fn level(from: Duration, to: Duration, rate: f64) -> Self {
        Stretch {
            from: from.as_secs_f64(),
            to: to.as_secs_f64(),
            first: rate,
            last: rate,
        }
    }

    fn slope(&self) -> f64 {
        (self.last - self.first) / (self.to - self.from)
    }

    fn rate_at(&self, at: f64) -> f64 {
        (self.first + self.slope() * (at - self.from)).max(0.0)
    }

    /// How many are to be expected from `at` to its end.
    fn left(&self, at: f64) -> f64 {
        (self.to - at) * f64::midpoint(self.rate_at(at), self.last)
    }

    /// The same, ending at `until` at the latest; none when nothing of it is left.
    fn clipped(self, until: f64) -> Option<Self> {
        let to = self.to.min(until);
        (self.from < to).then(|| Stretch {
            to,
            last: self.rate_at(to),
            ..self
        })
    }

    /// Where the integral of the rate from `at` on reaches `amount`, which is less than what is left.
    fn reach(&self, at: f64, amount: f64) -> f64 {
        // The smaller root of slope/2 x² + rate x = amount, in the form that does not cancel.
        let rate = self.rate_at(at);
        let root = (rate * rate + 2.0 * self.slope() * amount).max(0.0).sqrt();
        (at + 2.0 * amount / (rate + root)).min(self.to)
    }
}

/// Stretches in their order, and how far one has come.
#[derive(Debug)]
pub(super) struct Rates {
    stretches: Vec<Stretch>,
    current: usize,
    at: f64,
}

impl Rates {
    /// Stretches in ascending order; what lies beyond `until` is cut off.
    pub(super) fn new(stretches: Vec<Stretch>, until: f64) -> Self {
        Rates {
            stretches: stretches
                .into_iter()
                .filter_map(|stretch| stretch.clipped(until))
                .collect(),
            current: 0,
            at: 0.0,
        }
    }

    /// How many are to be expected altogether.
    pub(super) fn total(&self) -> f64 {
        let totals = self
            .stretches
            .iter()
            .map(|stretch| stretch.left(stretch.from));
        totals.sum()
    }

    /// Moves on by `amount` of the integral; none when the end is reached before.
    pub(super) fn advance(&mut self, mut amount: f64) -> Option<f64> {
        while let Some(stretch) = self.stretches.get(self.current) {
            let at = self.at.max(stretch.from);
            let left = stretch.left(at);
            if amount < left {
                self.at = stretch.reach(at, amount);
                return Some(self.at);
            }
            amount -= left;
            self.current += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_along_a_ramp_inverts_its_integral() {
        let stretch = Stretch {
            from: 10.0,
            to: 20.0,
            first: 2.0,
            last: 0.0,
        };
        let mut rates = Rates::new(vec![stretch], 100.0);
        assert!((rates.total() - 10.0).abs() < 1e-9);
        let at = rates.advance(7.5).expect("it is not the end");
        assert!((at - 15.0).abs() < 1e-9, "{at}");
        assert_eq!(rates.advance(2.6), None);
    }

    #[test]
    fn a_stretch_without_a_rate_is_passed_over() {
        let second = Duration::from_secs;
        let mut rates = Rates::new(
            vec![
                Stretch::level(second(0), second(10), 0.0),
                Stretch::level(second(10), second(20), 1.0),
            ],
            15.0,
        );
        assert_eq!(rates.advance(1.0), Some(11.0));
        assert_eq!(rates.advance(4.5), None, "beyond the end");
    }
}
