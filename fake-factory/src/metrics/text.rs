//! Prometheus' text format, version 0.0.4: families with their help and type, samples with their labels. Written here rather than by
//! a client library because those keep their label sets in hash maps, and the same run must give the same bytes.

use std::fmt::{Display, Write};

/// The media type of the text.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a family measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// The text as it grows.
#[derive(Debug, Default)]
pub(crate) struct Text {
    written: String,
}

/// The family that is being written.
#[derive(Debug)]
pub(crate) struct Family<'a> {
    written: &'a mut String,
    name: &'static str,
}

impl Text {
    /// Begins a family.
    pub(crate) fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = escaped(help, false);
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
        Family {
            written: &mut self.written,
            name,
        }
    }

    /// A family of one sample without labels.
    pub(crate) fn single(
        &mut self,
        name: &'static str,
        kind: Kind,
        help: &str,
        value: impl Display,
    ) {
        self.family(name, kind, help).sample(&[], value);
    }

    /// The whole text.
    pub(crate) fn finish(self) -> String {
        self.written
    }

    fn line(&mut self, line: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.written, "{line}");
    }
}

impl Family<'_> {
    /// Writes a sample.
    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.line("", labels, None, value);
    }

    /// Writes a histogram: each bound with the number of values up to it, then all of them.
    pub(crate) fn histogram(
        &mut self,
        labels: &[(&str, &str)],
        buckets: impl Iterator<Item = (f64, u64)>,
        count: u64,
        sum: f64,
    ) {
        for (bound, below) in buckets {
            self.line("_bucket", labels, Some(&bound.to_string()), below);
        }
        self.line("_bucket", labels, Some("+Inf"), count);
        self.line("_sum", labels, None, sum);
        self.line("_count", labels, None, count);
    }

    fn line(
        &mut self,
        suffix: &str,
        labels: &[(&str, &str)],
        bound: Option<&str>,
        value: impl Display,
    ) {
        let labels = labels.iter().copied().chain(bound.map(|le| ("le", le)));
        let labels: Vec<String> = labels
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value, true)))
            .collect();
        let (name, labels) = (self.name, labels.join(","));
        let braces = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(self.written, "{name}{suffix}{braces} {value}");
    }
}

fn escaped(text: &str, quotes: bool) -> String {
    let text = text.replace('\\', r"\\").replace('\n', r"\n");
    if quotes {
        text.replace('"', "\\\"")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_as_prometheus_reads_it() {
        let mut text = Text::default();
        let mut family = text.family("things_total", Kind::Counter, "Things.\nAll \"of\" them.");
        family.sample(&[("kind", "a \\ \"b\"\n"), ("more", "")], 3);
        text.single("level", Kind::Gauge, "How high.", 0.5);
        assert_eq!(
            text.finish(),
            "# HELP things_total Things.\\nAll \"of\" them.\n\
             # TYPE things_total counter\n\
             things_total{kind=\"a \\\\ \\\"b\\\"\\n\",more=\"\"} 3\n\
             # HELP level How high.\n\
             # TYPE level gauge\n\
             level 0.5\n"
        );
    }
}
