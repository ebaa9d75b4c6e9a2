//! What rules are asked of: series by PromQL, log lines by LogQL. Whoever holds an [`Asked`] need not know which of the two it is;
//! both answer in the same shape.

use logql::LogStore;
use promql::{Answer, RangeAnswer, SeriesStore, TimeMs};

/// Where rules read, and where their own series are written.
pub struct Sources<'s> {
    /// Every series, those among them that rules write.
    pub series: &'s mut SeriesStore,
    /// Every log line.
    pub lines: &'s LogStore,
}

/// Where a rule reads.
#[derive(Clone, Copy)]
pub(crate) struct Readable<'s> {
    pub(crate) series: &'s SeriesStore,
    pub(crate) lines: &'s LogStore,
}

impl Sources<'_> {
    pub(super) fn readable(&self) -> Readable<'_> {
        Readable {
            series: self.series,
            lines: self.lines,
        }
    }
}

/// How queries are evaluated.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryOptions {
    /// Those of series.
    pub series: promql::Options,
    /// Those of log lines.
    pub lines: logql::Options,
}

/// The language that an expression is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Prometheus': about series.
    Promql,
    /// Loki's: about log lines.
    Logql,
}

/// An expression, compiled.
#[derive(Clone, Debug)]
pub enum Asked {
    /// About series.
    Promql(promql::Query),
    /// About log lines.
    Logql(logql::Query),
}

/// The comparison with a number that an expression ends in.
#[derive(Clone, Debug)]
pub struct AskedComparison {
    /// The side that is compared.
    pub value: Asked,
    /// The operator, with the value on its left.
    pub op: &'static str,
    /// The number it is compared with.
    pub threshold: f64,
}

/// Why a text is no expression of its language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid {}: {message}", language.name())]
pub struct AskedError {
    /// The language.
    pub language: Language,
    /// What is wrong.
    pub message: String,
    /// Where, as a byte offset into the text, when that is known.
    pub offset: Option<usize>,
}

impl Language {
    /// As people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Language::Promql => "PromQL",
            Language::Logql => "LogQL",
        }
    }

    /// Compiles an expression that a rule can ask: in LogQL one that gives numbers.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(self, text: &str) -> Result<Asked, AskedError> {
        let wrong = |message, offset| AskedError {
            language: self,
            message,
            offset,
        };
        match self {
            Language::Promql => promql::Query::parse(text)
                .map(Asked::Promql)
                .map_err(|error| wrong(error.message, error.offset)),
            Language::Logql => match logql::Query::parse(text) {
                Ok(query) if query.is_metric() => Ok(Asked::Logql(query)),
                Ok(_) => Err(wrong(logql::EvalError::NoMetricQuery.to_string(), None)),
                Err(error) => Err(wrong(error.message, error.offset)),
            },
        }
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Asked::Promql(query) => query.fmt(formatter),
            Asked::Logql(query) => query.fmt(formatter),
        }
    }
}

impl Asked {
    /// The language it is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        match self {
            Asked::Promql(_) => Language::Promql,
            Asked::Logql(_) => Language::Logql,
        }
    }

    /// How far before an evaluation's time it reads, in milliseconds.
    #[must_use]
    pub fn reach_ms(&self, options: &QueryOptions) -> i64 {
        match self {
            Asked::Promql(query) => query.reach_ms(&options.series),
            Asked::Logql(query) => query.reach_ms(),
        }
    }

    /// Every comparison with a number that its answer depends on directly.
    #[must_use]
    pub fn comparisons(&self) -> Vec<AskedComparison> {
        let Asked::Promql(query) = self else {
            return self.comparison().into_iter().collect();
        };
        let found = query.comparisons().into_iter();
        found
            .map(|comparison| AskedComparison {
                value: Asked::Promql(comparison.value),
                op: comparison.op,
                threshold: comparison.threshold,
            })
            .collect()
    }

    /// The comparison with a number that it ends in.
    #[must_use]
    pub fn comparison(&self) -> Option<AskedComparison> {
        match self {
            Asked::Promql(query) => query.comparison().map(|comparison| AskedComparison {
                value: Asked::Promql(comparison.value),
                op: comparison.op,
                threshold: comparison.threshold,
            }),
            Asked::Logql(query) => query.comparison().map(|comparison| AskedComparison {
                value: Asked::Logql(comparison.value),
                op: comparison.op,
                threshold: comparison.threshold,
            }),
        }
    }

    pub(super) fn range(
        &self,
        sources: Readable<'_>,
        (from_ms, to_ms): (TimeMs, TimeMs),
        step_ms: i64,
        options: &QueryOptions,
    ) -> Result<RangeAnswer, String> {
        match self {
            Asked::Promql(query) => query
                .range(sources.series, from_ms, to_ms, step_ms, &options.series)
                .map_err(|error| error.to_string()),
            Asked::Logql(query) => query
                .range(sources.lines, from_ms, to_ms, step_ms, &options.lines)
                .map_err(|error| error.to_string()),
        }
    }

    pub(crate) fn instant(
        &self,
        sources: Readable<'_>,
        at_ms: TimeMs,
        options: &QueryOptions,
    ) -> Result<Answer, String> {
        match self {
            Asked::Promql(query) => query
                .instant(sources.series, at_ms, &options.series)
                .map_err(|error| error.to_string()),
            Asked::Logql(query) => query
                .instant(sources.lines, at_ms, &options.lines)
                .map_err(|error| error.to_string()),
        }
    }
}
