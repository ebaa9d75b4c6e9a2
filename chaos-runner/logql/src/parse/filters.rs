//! Label filters: comparisons of labels, joined by `and`, `or` and commas.

use super::{Parsed, Parser};
use crate::error::ParseError;
use crate::lex::Token;
use crate::pipeline::{Addresses, Compared, LabelFilter, Operator};
use crate::units;

impl Parser {
    /// A label filter with everything that is joined to it. `and` binds more tightly than `or`.
    pub(super) fn label_filter(&mut self) -> Parsed<LabelFilter> {
        self.deeper(|parser| {
            let mut any = vec![parser.all_of()?];
            while parser.takes_word("or") {
                any.push(parser.all_of()?);
            }
            Ok(match any.len() {
                1 => any.remove(0),
                _ => LabelFilter::Any(any),
            })
        })
    }

    /// Filters joined by `and`, by a comma, or by nothing at all.
    fn all_of(&mut self) -> Parsed<LabelFilter> {
        let mut all = vec![self.one_filter()?];
        loop {
            let joined = self.takes_word("and") || self.takes(",");
            let goes_on = self.is_sign("(")
                || matches!(self.peek(), Token::Ident(word) if !word.eq_ignore_ascii_case("or"));
            if !joined && !goes_on {
                break;
            }
            all.push(self.one_filter()?);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => LabelFilter::All(all),
        })
    }

    fn one_filter(&mut self) -> Parsed<LabelFilter> {
        if self.takes("(") {
            let inner = self.label_filter()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let name = self.ident("a label to compare")?;
        let is_text = matches!(self.peek_second(), Token::Text(_));
        if is_text && matches!(self.peek(), Token::Sign("=" | "!=" | "=~" | "!~")) {
            return self.matcher(name).map(LabelFilter::Matches);
        }
        let operator = match self.peek() {
            Token::Sign("=" | "==") => Operator::Equal,
            Token::Sign("!=") => Operator::NotEqual,
            Token::Sign(">") => Operator::Greater,
            Token::Sign(">=") => Operator::GreaterOrEqual,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::LessOrEqual,
            _ => {
                return Err(self.unexpected(&format!(
                    "what the label `{name}` is compared with, as in `{name}=\"500\"` or `{name}>=500`"
                )));
            }
        };
        if is_text {
            return Err(self.wrong("a string is compared by `=`, `!=`, `=~` or `!~`"));
        }
        self.pass();
        if self.is_word("ip") && *self.peek_second() == Token::Sign("(") {
            let negated = match operator {
                Operator::Equal => false,
                Operator::NotEqual => true,
                _ => return Err(self.wrong("addresses are compared by `=` or `!=`")),
            };
            let addresses = self.addresses()?;
            return Ok(LabelFilter::Ip {
                name,
                negated,
                addresses,
            });
        }
        let (compared, value) = self.quantity()?;
        Ok(LabelFilter::Compares {
            name,
            operator,
            compared,
            value,
        })
    }

    /// `ip("10.0.0.0/8")`.
    pub(super) fn addresses(&mut self) -> Parsed<Addresses> {
        self.pass();
        self.expect("(")?;
        let start = self.placed().start;
        let text = self.text()?;
        let addresses =
            Addresses::parse(&text).map_err(|message| ParseError::at(start, message))?;
        self.expect(")")?;
        Ok(addresses)
    }

    /// A number, a duration or a size, and which of them it is.
    fn quantity(&mut self) -> Parsed<(Compared, f64)> {
        let sign = match (self.takes("-"), self.takes("+")) {
            (true, _) => -1.0,
            _ => 1.0,
        };
        let Token::Number(text) = self.peek() else {
            return Err(self.unexpected("a number, a duration or a size"));
        };
        let number = units::float(text).map(|value| (Compared::Number, value));
        let duration = || {
            let ns = units::duration_ns(text)?;
            Some((Compared::Duration, ns as f64 / 1e9))
        };
        let bytes = || units::bytes(text).map(|value| (Compared::Bytes, value));
        let found = number.or_else(duration).or_else(bytes);
        let (compared, value) =
            found.ok_or_else(|| self.unexpected("a number, a duration or a size"))?;
        self.pass();
        Ok((compared, sign * value))
    }
}
