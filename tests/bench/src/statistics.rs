//! The few figures that samples are summed up by.

/// The middle one of `values`, or the mean of the middle two; zero where there is none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        even if even % 2 == 0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}

/// The value below which `share` of the sorted `values` lie; zero where there is none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    // An index into a slice is far from where a float loses whole numbers.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = (sorted.len() as f64 * share) as usize;
    let last = sorted.len().saturating_sub(1);
    sorted.get(index.min(last)).copied().unwrap_or(0.0)
}

/// The ratios of `over` to `under`, round by round.
pub(crate) fn ratios(over: &[f64], under: &[f64]) -> Vec<f64> {
    over.iter()
        .zip(under)
        .map(|(over, under)| over / under)
        .collect()
}

/// The middle of the ratios, and the quarter points around it, as `0.93 (0.91 to 0.95)`.
pub(crate) fn shown_ratio(ratios: &[f64]) -> String {
    let mut sorted = ratios.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    format!("{:.3} ({low:.3} to {high:.3})", median(ratios))
}
