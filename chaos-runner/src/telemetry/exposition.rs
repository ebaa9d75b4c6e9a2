//! The text formats in which a target exposes its series: Prometheus' own (0.0.4) and OpenMetrics. It turns lines into series
//! texts and numbers, and series texts into labels; it keeps nothing and knows no store.

use promql::METRIC_NAME;

/// How long a line may be, in bytes.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Which of the two formats a reply is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus' text format: timestamps in milliseconds.
    Prometheus,
    /// OpenMetrics: timestamps in seconds, exemplars, a closing `# EOF`.
    OpenMetrics,
}

impl Format {
    /// The format that a `Content-Type` names.
    #[must_use]
    pub fn of_content_type(content_type: &str) -> Self {
        if content_type
            .trim_start()
            .starts_with("application/openmetrics-text")
        {
            Format::OpenMetrics
        } else {
            Format::Prometheus
        }
    }
}

/// A line that is no sample of the format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse line {line} of the exposition: {message}")]
pub struct ExpositionError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: &'static str,
}

/// One sample as it stands in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExposedSample<'a> {
    /// The series as written, `name{label="value"}`.
    pub series: &'a str,
    /// Its value.
    pub value: f64,
    /// Its own time, in milliseconds since 1970, where it has one.
    pub timestamp_ms: Option<i64>,
}

/// The lines of `text` that hold samples, with their numbers counted from 1.
pub fn sample_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_start_matches([' ', '\t'])))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Reads one line that holds a sample. `expected` is a guess of the series text: where it is right, the line is not searched
/// for the end of its labels.
///
/// # Errors
/// What is wrong with the line.
pub fn read_sample<'a>(
    line: &'a str,
    format: Format,
    expected: Option<&str>,
) -> Result<ExposedSample<'a>, &'static str> {
    if line.len() > LINE_BYTES_MAX {
        return Err("the line is too long");
    }
    let guessed = expected.filter(|expected| {
        line.starts_with(*expected) && line.as_bytes().get(expected.len()) == Some(&b' ')
    });
    let end = match guessed {
        Some(expected) => expected.len(),
        None => series_end(line)?,
    };
    let (series, rest) = line.split_at(end);
    let mut rest = rest.trim_start_matches([' ', '\t']);
    if format == Format::OpenMetrics
        && let Some(exemplar) = rest.find(" # ")
    {
        rest = &rest[..exemplar];
    }
    let mut words = rest.split_ascii_whitespace();
    let value = words.next().ok_or("expected a value")?;
    let value = number(value).ok_or("the value is no number")?;
    let timestamp_ms = match words.next() {
        Some(word) => Some(timestamp(word, format).ok_or("the timestamp is no number")?),
        None => None,
    };
    if words.next().is_some() {
        return Err("expected the end of the line after the timestamp");
    }
    Ok(ExposedSample {
        series: series.trim_end_matches([' ', '\t']),
        value,
        timestamp_ms,
    })
}

/// Where the series ends: after the closing brace, or before the first blank where there are no labels.
fn series_end(line: &str) -> Result<usize, &'static str> {
    let bytes = line.as_bytes();
    let name_end = bytes
        .iter()
        .position(|byte| matches!(byte, b'{' | b' ' | b'\t'))
        .ok_or("expected a value")?;
    let after_blanks = bytes[name_end..]
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t'))
        .map_or(bytes.len(), |blanks| name_end + blanks);
    if bytes.get(after_blanks) != Some(&b'{') {
        return Ok(name_end);
    }
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(after_blanks + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Ok(at + 1),
            _ => {}
        }
    }
    Err("the labels have no closing brace")
}

/// A number as Go's `ParseFloat` reads it, decimal forms only.
fn number(word: &str) -> Option<f64> {
    word.parse().ok()
}

fn timestamp(word: &str, format: Format) -> Option<i64> {
    match format {
        Format::Prometheus => word.parse().ok(),
        Format::OpenMetrics => {
            let seconds: f64 = word.parse().ok()?;
            // The cast saturates, which is as good as any answer for a time outside 300 million years.
            seconds
                .is_finite()
                .then_some((seconds * 1_000.0).round() as i64)
        }
    }
}

/// The labels of a series text, `__name__` first, in the order in which they are written.
///
/// # Errors
/// What is wrong with it.
pub fn series_labels(series: &str) -> Result<Vec<(String, String)>, &'static str> {
    let mut labels = Vec::new();
    let (name, inside) = match series.split_once('{') {
        None => (series, None),
        Some((name, rest)) => (
            name.trim_end(),
            Some(
                rest.strip_suffix('}')
                    .ok_or("the labels have no closing brace")?,
            ),
        ),
    };
    if !name.is_empty() {
        if !is_metric_name(name) {
            return Err("the metric's name is invalid");
        }
        labels.push((METRIC_NAME.to_owned(), name.to_owned()));
    }
    let mut rest = inside.unwrap_or_default().trim_start();
    while !rest.is_empty() {
        rest = read_label(rest, &mut labels)?.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err("expected a comma between labels"),
        };
    }
    match labels.first() {
        Some((first, _)) if first == METRIC_NAME => Ok(labels),
        _ => Err("expected the metric's name"),
    }
}

/// Reads `name="value"`, or a quoted metric name, and returns what follows.
fn read_label<'a>(
    text: &'a str,
    labels: &mut Vec<(String, String)>,
) -> Result<&'a str, &'static str> {
    let (name, rest) = if text.starts_with('"') {
        let (name, rest) = quoted(text)?;
        let rest = rest.trim_start();
        if !rest.starts_with('=') {
            if !labels.is_empty() {
                return Err("expected `=` after the label's name");
            }
            labels.push((METRIC_NAME.to_owned(), name));
            return Ok(rest);
        }
        (name, rest)
    } else {
        let end = text
            .find('=')
            .ok_or("expected `=` after the label's name")?;
        let name = text[..end].trim_end();
        if !is_label_name(name) {
            return Err("the label's name is invalid");
        }
        (name.to_owned(), &text[end..])
    };
    let value = rest.trim_start_matches('=').trim_start();
    let (value, rest) = quoted(value)?;
    if labels.iter().any(|(have, _)| *have == name) {
        return Err("a label is given twice");
    }
    labels.push((name, value));
    Ok(rest)
}

/// Reads a quoted string and returns it unescaped, with what follows.
fn quoted(text: &str) -> Result<(String, &str), &'static str> {
    let inside = text.strip_prefix('"').ok_or("expected a quoted value")?;
    let mut value = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &inside[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((_, other)) => value.extend(['\\', other]),
                None => break,
            },
            _ => value.push(c),
        }
    }
    Err("a label's value has no closing quote")
}

fn is_metric_name(name: &str) -> bool {
    is_label_name(&name.replace(':', "_"))
}

/// Whether `name` can name a label without quotes.
#[must_use]
pub fn is_label_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<ExposedSample<'_>, &'static str> {
        read_sample(line, Format::Prometheus, None)
    }

    #[test]
    fn samples_are_read_as_prometheus_reads_them() {
        let table = [
            ("up 1", "up", 1.0, None),
            ("a_total{} 2.5", "a_total{}", 2.5, None),
            ("a{b=\"c\"} 3 1500", "a{b=\"c\"}", 3.0, Some(1500)),
            ("a{b=\"} \\\" {\",} 4e3", "a{b=\"} \\\" {\",}", 4000.0, None),
            ("a {b=\"c\"}\t-Inf", "a {b=\"c\"}", f64::NEG_INFINITY, None),
            ("{\"a b\",c=\"d\"} 1", "{\"a b\",c=\"d\"}", 1.0, None),
        ];
        for (line, series, value, timestamp_ms) in table {
            let expected = ExposedSample {
                series,
                value,
                timestamp_ms,
            };
            assert_eq!(read(line), Ok(expected), "{line}");
            let guessed = read_sample(line, Format::Prometheus, Some(series));
            assert_eq!(guessed, Ok(expected), "{line}");
        }
        assert!(read("a NaN").is_ok_and(|sample| sample.value.is_nan()));
    }

    #[test]
    fn a_guess_that_is_only_a_prefix_does_not_mislead() {
        let sample = read_sample("orders_total 1", Format::Prometheus, Some("orders"));
        assert_eq!(sample.map(|sample| sample.series), Ok("orders_total"));
    }

    #[test]
    fn openmetrics_has_seconds_and_exemplars() {
        let line = "a_bucket{le=\"1\"} 7 1.5 # {trace=\"x\"} 0.3 1";
        let sample = read_sample(line, Format::OpenMetrics, None);
        assert_eq!(
            sample.map(|sample| (sample.value, sample.timestamp_ms)),
            Ok((7.0, Some(1500)))
        );
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        assert_eq!(Format::of_content_type(kind), Format::OpenMetrics);
    }

    #[test]
    fn comments_and_blank_lines_hold_no_samples() {
        let text = "# HELP a b\n# TYPE a counter\n\n  a 1\r\n# EOF\n";
        let lines: Vec<_> = sample_lines(text).collect();
        assert_eq!(lines, [(4, "a 1")]);
    }

    #[test]
    fn labels_are_unescaped() {
        let labels = series_labels("a{b=\"x\\\"y\\\\z\\n\", c = \"d\" ,}");
        let pairs = [("__name__", "a"), ("b", "x\"y\\z\n"), ("c", "d")];
        assert_eq!(
            labels,
            Ok(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec())
        );
        assert!(series_labels("{\"a b\",\"c d\"=\"e\"}").is_ok());
    }

    #[test]
    fn broken_lines_say_what_is_wrong() {
        for line in ["a", "a x", "a{b=\"c\" 1", "a 1 x", "a 1 2 3"] {
            assert!(read(line).is_err(), "{line}");
        }
        for series in [
            "1a",
            "{b=\"c\"}",
            "a{1=\"c\"}",
            "a{b=c}",
            "a{b=\"c\" d=\"e\"}",
            "a{b=\"c\",b=\"d\"}",
        ] {
            assert!(series_labels(series).is_err(), "{series}");
        }
    }
}
