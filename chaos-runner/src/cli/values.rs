//! Values of flags that several verbs take, read so that what is wrong is told in the words of a user.

use fake_factory::input::units::{HumanDuration, whole_number};
use std::time::Duration;

/// Any whole number.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    whole_number(text, 0).map_err(|error| error.to_string())
}

/// How many at the same time: at least one. So many that there are not as many scenarios are all of them.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    let jobs = whole_number(text, 1).map_err(|error| error.to_string())?;
    Ok(usize::try_from(jobs).unwrap_or(usize::MAX))
}

/// How often something is done: some time passes between.
pub(super) fn interval(text: &str) -> Result<HumanDuration, String> {
    let interval: HumanDuration = text.parse().map_err(|error| format!("{error}"))?;
    if interval.0 < Duration::from_millis(1) {
        return Err("expected more than no time at all, as in `15s`".to_owned());
    }
    Ok(interval)
}
