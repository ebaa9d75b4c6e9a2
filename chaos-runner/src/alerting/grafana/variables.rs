//! The step of a query and the variables that stand for it, as Grafana's data sources for Prometheus (`pkg/promlib/models/query.go`)
//! and Loki (`pkg/tsdb/loki`) work them out on the server.

/// What a query says of its step; what it leaves out has Grafana's defaults.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolution {
    /// The length of its time range, in milliseconds.
    pub(super) range_ms: i64,
    /// `intervalMs`.
    pub(super) interval_ms: i64,
    /// `maxDataPoints`.
    pub(super) points_max: i64,
    /// `interval`, the least step, in milliseconds.
    pub(super) step_min_ms: Option<i64>,
    /// `intervalFactor` of Prometheus and `resolution` of Loki.
    pub(super) factor: i64,
}

/// `intervalMs` where a model has none.
pub(super) const INTERVAL_MS: i64 = 1_000;
/// `maxDataPoints` where a model has none.
pub(super) const POINTS_MAX: i64 = 43_200;
/// The scrape interval that a data source for Prometheus has unless it is told another, in milliseconds.
const SCRAPE_INTERVAL_MS: i64 = 15_000;
/// Points that a server answers at most.
const SAFE_POINTS: i64 = 11_000;

/// The longest interval of each class and what it is rounded to, in milliseconds.
const ROUNDED_MS: [(i64, i64); 27] = [
    (10, 1),
    (15, 10),
    (35, 20),
    (75, 50),
    (150, 100),
    (350, 200),
    (750, 500),
    (1_500, 1_000),
    (3_500, 2_000),
    (7_500, 5_000),
    (12_500, 10_000),
    (17_500, 15_000),
    (25_000, 20_000),
    (45_000, 30_000),
    (90_000, 60_000),
    (210_000, 120_000),
    (450_000, 300_000),
    (750_000, 600_000),
    (1_050_000, 900_000),
    (1_500_000, 1_200_000),
    (2_700_000, 1_800_000),
    (5_400_000, 3_600_000),
    (9_000_000, 7_200_000),
    (16_200_000, 10_800_000),
    (32_400_000, 21_600_000),
    (86_400_000, 43_200_000),
    (604_800_000, 86_400_000),
];

fn rounded(interval_ms: i64) -> i64 {
    let class = ROUNDED_MS
        .iter()
        .find(|(longest, _)| interval_ms <= *longest);
    class.map_or(604_800_000, |(_, rounded)| *rounded)
}

impl Resolution {
    /// The step of a query of Prometheus, in milliseconds.
    pub(super) fn prometheus_step_ms(self) -> i64 {
        let least = match (self.step_min_ms, self.interval_ms) {
            (Some(least), _) => least,
            (None, 0) => SCRAPE_INTERVAL_MS,
            (None, interval) => interval,
        };
        let by_points = self.range_ms / self.points_max.max(1);
        let calculated = match by_points < least {
            true => least,
            false => rounded(by_points),
        };
        let safe = rounded(self.range_ms / SAFE_POINTS);
        calculated
            .max(safe)
            .saturating_mul(self.factor.max(1))
            .max(1)
    }

    /// The step of a query of Loki, in milliseconds.
    pub(super) fn loki_step_ms(self) -> i64 {
        let step = self.interval_ms.saturating_mul(self.factor.max(1));
        step.max(self.range_ms / SAFE_POINTS).max(1)
    }

    /// `$__rate_interval`, in milliseconds: four scrapes, or a step and a scrape where that is longer.
    fn rate_interval_ms(self) -> i64 {
        let scrape = self.step_min_ms.unwrap_or(SCRAPE_INTERVAL_MS);
        (self.interval_ms + scrape).max(4 * scrape)
    }

    /// A query of Prometheus with its variables substituted.
    pub(super) fn prometheus_text(self, text: &str) -> String {
        let step = self.prometheus_step_ms();
        let rate = self.rate_interval_ms();
        substitute(
            text,
            &[
                ("__interval_ms", step.to_string()),
                ("__interval", duration(step)),
                ("__range_ms", self.range_ms.to_string()),
                ("__range_s", self.range_seconds().to_string()),
                ("__range", format!("{}s", self.range_seconds())),
                ("__rate_interval_ms", rate.to_string()),
                ("__rate_interval", exact(rate)),
            ],
        )
    }

    /// A query of Loki with its variables substituted.
    pub(super) fn loki_text(self, text: &str, is_instant: bool) -> String {
        let auto = match is_instant {
            true => format!("{}s", self.range_seconds()),
            false => duration(self.loki_step_ms()),
        };
        substitute(
            text,
            &[
                ("__interval_ms", self.interval_ms.to_string()),
                ("__interval", duration(self.interval_ms)),
                ("__range_ms", self.range_ms.to_string()),
                ("__range_s", self.range_seconds().to_string()),
                ("__range", format!("{}s", self.range_seconds())),
                ("__auto", auto),
            ],
        )
    }

    fn range_seconds(self) -> i64 {
        (self.range_ms + 500) / 1_000
    }
}

/// Replaces `$name` and `${name}`. Longer names come before those that they start with.
fn substitute(text: &str, variables: &[(&str, String)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in variables {
        text = text.replace(&format!("${name}"), value);
    }
    for (name, value) in variables {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    text
}

/// In the largest unit that it reaches, whatever is left over: `1m` for 90 s, as Grafana writes intervals.
fn duration(ms: i64) -> String {
    const UNITS: [(i64, &str); 6] = [
        (31_536_000_000, "y"),
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "m"),
        (1_000, "s"),
        (1, "ms"),
    ];
    let mut units = UNITS.into_iter();
    match units.find(|(length, _)| ms / length > 0) {
        Some((length, unit)) => format!("{}{unit}", ms / length),
        None => "1ms".to_owned(),
    }
}

/// Nothing left over.
fn exact(ms: i64) -> String {
    match ms % 1_000 {
        0 => format!("{}s", ms / 1_000),
        _ => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolution(range_s: i64) -> Resolution {
        Resolution {
            range_ms: range_s * 1_000,
            interval_ms: INTERVAL_MS,
            points_max: POINTS_MAX,
            step_min_ms: None,
            factor: 1,
        }
    }

    /// By hand from `calculatePrometheusInterval` and `gtime.RoundInterval`.
    #[test]
    fn the_step_of_prometheus_is_grafanas() {
        let table = [
            (
                "ten minutes: intervalMs is the least",
                resolution(600),
                1_000,
            ),
            (
                "six hours: 2.0 s for 11,000 points",
                resolution(21_600),
                2_000,
            ),
            (
                "few points: 600 s / 20",
                Resolution {
                    points_max: 20,
                    ..resolution(600)
                },
                30_000,
            ),
            (
                "a least step of the query's own",
                Resolution {
                    step_min_ms: Some(15_000),
                    ..resolution(600)
                },
                15_000,
            ),
            (
                "no intervalMs: the scrape interval",
                Resolution {
                    interval_ms: 0,
                    ..resolution(600)
                },
                15_000,
            ),
            (
                "a factor",
                Resolution {
                    factor: 2,
                    ..resolution(600)
                },
                2_000,
            ),
        ];
        for (what, resolution, step_ms) in table {
            assert_eq!(resolution.prometheus_step_ms(), step_ms, "{what}");
        }
    }

    /// By hand from `interpolateVariables` of both data sources.
    #[test]
    fn variables_are_substituted_as_grafana_does() {
        let all = "$__interval|$__interval_ms|${__interval}|$__rate_interval|${__rate_interval}|$__range|$__range_s|$__range_ms";
        assert_eq!(
            resolution(600).prometheus_text(all),
            "1s|1000|1s|60s|60s|600s|600|600000"
        );
        let coarse = Resolution {
            step_min_ms: Some(60_000),
            ..resolution(600)
        };
        assert_eq!(
            coarse.prometheus_text("$__interval $__rate_interval"),
            "1m 240s"
        );
        let all = "$__interval|$__interval_ms|${__range}|$__range_ms|$__auto";
        assert_eq!(
            resolution(600).loki_text(all, true),
            "1s|1000|600s|600000|600s"
        );
        assert_eq!(resolution(600).loki_text("$__auto", false), "1s");
    }
}
