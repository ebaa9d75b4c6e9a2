//! Date functions: parts of a moment, given in seconds since the Unix epoch, in UTC.

const DAY_S: i64 = 86_400;

/// Year, month (1 to 12) and day (1 to 31) of a moment.
fn date(seconds: i64) -> (i64, i64, i64) {
    // Counting years from March puts the leap day last; eras of 400 years repeat exactly.
    let days = seconds.div_euclid(DAY_S) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(crate) fn minute(seconds: i64) -> f64 {
    (seconds.rem_euclid(3600) / 60) as f64
}

pub(crate) fn hour(seconds: i64) -> f64 {
    (seconds.rem_euclid(DAY_S) / 3600) as f64
}

/// 0 is Sunday.
pub(crate) fn day_of_week(seconds: i64) -> f64 {
    (seconds.div_euclid(DAY_S) + 4).rem_euclid(7) as f64
}

pub(crate) fn day_of_month(seconds: i64) -> f64 {
    date(seconds).2 as f64
}

pub(crate) fn day_of_year(seconds: i64) -> f64 {
    let (year, month, day) = date(seconds);
    let before: i64 = (1..month).map(|month| month_length(year, month)).sum();
    (before + day) as f64
}

pub(crate) fn days_in_month(seconds: i64) -> f64 {
    let (year, month, _) = date(seconds);
    month_length(year, month) as f64
}

pub(crate) fn month(seconds: i64) -> f64 {
    date(seconds).1 as f64
}

pub(crate) fn year(seconds: i64) -> f64 {
    date(seconds).0 as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_around_leap_days_and_the_epoch() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(951_782_400), (2000, 2, 29));
        assert_eq!(date(1_723_132_800), (2024, 8, 8));
        assert_eq!(day_of_year(1_735_603_200), 366.0);
        assert_eq!(day_of_week(1_723_132_800), 4.0);
        assert_eq!(days_in_month(951_782_400), 29.0);
    }
}
