//! Log queries: a stream selector and its pipeline.

use super::{Parsed, Parser};
use crate::ast::{LogExpr, Unwrap, UnwrapUnit};
use crate::error::ParseError;
use crate::lex::Token;
use crate::pipeline::Stage;
use promql::{MatchOp, Matcher};

/// A selector with its pipeline, and the window that range aggregations read.
pub(super) struct LogRange {
    pub(super) log: LogExpr,
    pub(super) unwrap: Option<Unwrap>,
    pub(super) range_ns: i64,
    pub(super) offset_ns: i64,
}

/// What there is so far of a log range, whose parts may come in several orders.
struct Parts {
    log: LogExpr,
    unwrap: Option<Unwrap>,
    window: Option<(i64, i64)>,
}

impl Parser {
    /// Whether a log query starts here: a selector, in parentheses perhaps.
    pub(super) fn starts_selector(&self) -> bool {
        let rest = self.tokens[self.at..].iter();
        let mut rest = rest.skip_while(|placed| placed.token == Token::Sign("("));
        rest.next()
            .is_some_and(|placed| placed.token == Token::Sign("{"))
    }

    pub(super) fn log_query(&mut self) -> Parsed<LogExpr> {
        self.deeper(|parser| {
            let mut log = match parser.takes("(") {
                true => {
                    let inner = parser.log_query()?;
                    parser.expect(")")?;
                    inner
                }
                false => LogExpr {
                    matchers: parser.selector()?,
                    stages: Vec::new(),
                },
            };
            while parser.starts_stage() {
                if parser.starts_unwrap() {
                    return Err(parser.wrong(
                        "`unwrap` gives numbers: it stands inside of a function, as in `sum_over_time({…} | unwrap bytes [5m])`",
                    ));
                }
                log.stages.push(parser.stage()?);
            }
            Ok(log)
        })
    }

    /// What stands in the parentheses of a range aggregation.
    pub(super) fn log_range(&mut self) -> Parsed<LogRange> {
        let parts = self.log_parts()?;
        let (range_ns, offset_ns) = parts
            .window
            .ok_or_else(|| self.unexpected("a range, as in `[5m]`"))?;
        Ok(LogRange {
            log: parts.log,
            unwrap: parts.unwrap,
            range_ns,
            offset_ns,
        })
    }

    fn log_parts(&mut self) -> Parsed<Parts> {
        self.deeper(|parser| {
            let mut parts = match parser.takes("(") {
                true => {
                    let inner = parser.log_parts()?;
                    parser.expect(")")?;
                    inner
                }
                false => Parts {
                    log: LogExpr {
                        matchers: parser.selector()?,
                        stages: Vec::new(),
                    },
                    unwrap: None,
                    window: None,
                },
            };
            loop {
                if parser.is_sign("[") && parts.window.is_none() {
                    parts.window = Some(parser.window()?);
                } else if parser.starts_stage() {
                    parser.part(&mut parts)?;
                } else {
                    return Ok(parts);
                }
            }
        })
    }

    fn part(&mut self, parts: &mut Parts) -> Parsed<()> {
        if self.starts_unwrap() {
            if parts.unwrap.is_some() {
                return Err(self.wrong("a second `unwrap`: a line has one value"));
            }
            parts.unwrap = Some(self.unwrap()?);
            return Ok(());
        }
        let start = self.placed().start;
        let stage = self.stage()?;
        match (&mut parts.unwrap, stage) {
            (None, stage) => parts.log.stages.push(stage),
            (Some(unwrap), filter @ Stage::Label(_)) => unwrap.filters.push(filter),
            (Some(_), _) => {
                let message = "only label filters may stand behind `unwrap`";
                return Err(ParseError::at(start, message));
            }
        }
        Ok(())
    }

    /// `[5m]`, with what `offset` moves it by.
    fn window(&mut self) -> Parsed<(i64, i64)> {
        self.expect("[")?;
        let range_ns = self.duration()?;
        if range_ns <= 0 {
            self.at -= 1;
            return Err(self.wrong("a range must be longer than nothing"));
        }
        self.expect("]")?;
        let offset_ns = match self.takes_word("offset") {
            false => 0,
            true if self.takes("-") => -self.duration()?,
            true => self.duration()?,
        };
        Ok((range_ns, offset_ns))
    }

    /// A duration in nanoseconds, as in `5m`, `1h30m` or `1.5h`.
    fn duration(&mut self) -> Parsed<i64> {
        let duration = match self.peek() {
            Token::Number(text) => crate::units::duration_ns(text),
            _ => None,
        };
        let duration = duration.ok_or_else(|| self.unexpected("a duration, as in `5m`"))?;
        self.at += 1;
        Ok(duration)
    }

    fn selector(&mut self) -> Parsed<Vec<Matcher>> {
        let start = self.placed().start;
        if !self.takes("{") {
            return Err(self.unexpected("a stream selector, as in `{app=\"orders\"}`"));
        }
        let mut matchers = Vec::new();
        while !self.takes("}") {
            if !matchers.is_empty() {
                if !self.takes(",") {
                    return Err(self.unexpected("`,` or `}`"));
                }
                if self.takes("}") {
                    break;
                }
            }
            let name = self.ident("a label, or `}`")?;
            matchers.push(self.matcher(name)?);
        }
        if matchers.iter().all(|matcher| matcher.accepts("")) {
            let message = "queries require at least one regexp or equality matcher that does not have an empty-compatible \
                           value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";
            return Err(ParseError::at(start, message));
        }
        Ok(matchers)
    }

    /// What follows the name in `name=~"value"`.
    pub(super) fn matcher(&mut self, name: String) -> Parsed<Matcher> {
        let op = match self.peek() {
            Token::Sign("=") => MatchOp::Equal,
            Token::Sign("!=") => MatchOp::NotEqual,
            Token::Sign("=~") => MatchOp::Matches,
            Token::Sign("!~") => MatchOp::NotMatches,
            _ => return Err(self.unexpected("`=`, `!=`, `=~` or `!~`")),
        };
        self.pass();
        let start = self.placed().start;
        let value = self.text()?;
        if matches!(op, MatchOp::Matches | MatchOp::NotMatches) {
            self.compile(&value, start)?;
        }
        Matcher::new(name, op, value).map_err(|error| ParseError::at(start, error.message))
    }

    fn starts_unwrap(&self) -> bool {
        self.is_sign("|")
            && matches!(self.peek_second(), Token::Ident(word) if word.eq_ignore_ascii_case("unwrap"))
    }

    /// `| unwrap label` or `| unwrap duration(label)`.
    fn unwrap(&mut self) -> Parsed<Unwrap> {
        self.pass();
        self.pass();
        let start = self.placed().start;
        let name = self.ident("the label to unwrap")?;
        let unit = match name.to_ascii_lowercase().as_str() {
            _ if !self.is_sign("(") => UnwrapUnit::Float,
            "bytes" => UnwrapUnit::Bytes,
            "duration" | "duration_seconds" => UnwrapUnit::Duration,
            _ => {
                let message = format!(
                    "`{name}` converts nothing: `duration`, `duration_seconds` and `bytes` do"
                );
                return Err(ParseError::at(start, message));
            }
        };
        let label = match self.takes("(") {
            false => name,
            true => {
                let label = self.ident("the label to unwrap")?;
                self.expect(")")?;
                label
            }
        };
        Ok(Unwrap {
            label,
            unit,
            filters: Vec::new(),
        })
    }
}
