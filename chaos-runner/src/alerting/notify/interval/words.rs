//! A time interval in words: `22:00 to 24:00, Monday to Friday, in America/Denver`.

use super::{Span, TimeInterval};
use std::fmt;

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl fmt::Display for TimeInterval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = |month: &i8| name(&MONTHS, i32::from(*month) - 1, &month.to_string());
        let conditions = [
            said(self.times.as_deref(), "", |minute| {
                format!("{:02}:{:02}", minute / 60, minute % 60)
            }),
            said(self.weekdays.as_deref(), "", |day| {
                name(&DAYS, i32::from(*day), &day.to_string())
            }),
            said(
                self.days_of_month.as_deref(),
                "on day ",
                ToString::to_string,
            ),
            said(self.months.as_deref(), "in ", month),
            said(self.years.as_deref(), "in ", ToString::to_string),
        ];
        let conditions: Vec<String> = conditions.into_iter().flatten().collect();
        match conditions.as_slice() {
            [] => formatter.write_str("always")?,
            conditions => formatter.write_str(&conditions.join(", "))?,
        }
        let zone = self.zone.iana_name().unwrap_or("UTC");
        write!(formatter, " ({zone})")
    }
}

fn name(names: &[&str], number: i32, other: &str) -> String {
    let known = usize::try_from(number)
        .ok()
        .and_then(|number| names.get(number));
    (*known.unwrap_or(&other)).to_owned()
}

/// One condition; none where all is accepted.
fn said<T: PartialEq>(
    spans: Option<&[Span<T>]>,
    before: &str,
    word: impl Fn(&T) -> String,
) -> Option<String> {
    let spans = spans?.iter().map(|span| {
        if span.from == span.to {
            word(&span.from)
        } else {
            format!("{} to {}", word(&span.from), word(&span.to))
        }
    });
    let spans: Vec<String> = spans.collect();
    Some(match spans.as_slice() {
        [] => "never".to_owned(),
        spans => format!("{before}{}", spans.join(" or ")),
    })
}
