//! The stages of a pipeline: line filters, parsers, and what rewrites lines and labels.

use super::{Parsed, Parser};
use crate::error::ParseError;
use crate::lex::Token;
use crate::pipeline::{
    ERROR, JsonPath, LabelChoice, LabelEdit, LineFilter, Look, Pattern, Stage, Template,
};

/// Labels, templates or expressions that one stage may name.
const ITEMS_MAX: usize = 256;

impl Parser {
    pub(super) fn starts_stage(&self) -> bool {
        matches!(
            self.peek(),
            Token::Sign("|=" | "!=" | "|~" | "!~" | "|>" | "!>" | "|")
        )
    }

    pub(super) fn stage(&mut self) -> Parsed<Stage> {
        if !self.takes("|") {
            return self.line_filter().map(Stage::Line);
        }
        let word = match self.peek() {
            Token::Ident(word) => word.to_ascii_lowercase(),
            Token::Sign("(") => return self.label_filter().map(Stage::Label),
            _ => return Err(self.unexpected("a parser, a formatter, or a label filter")),
        };
        // A label may be called like a stage where it is compared.
        if matches!(
            self.peek_second(),
            Token::Sign("=" | "==" | "=~" | ">" | ">=" | "<" | "<=")
        ) {
            return self.label_filter().map(Stage::Label);
        }
        if !is_stage(&word) {
            return self.label_filter().map(Stage::Label);
        }
        let start = self.placed().start;
        self.pass();
        match word.as_str() {
            "json" => self.json(),
            "logfmt" => self.logfmt(),
            "unpack" => Ok(Stage::Unpack),
            "decolorize" => Ok(Stage::Decolorize),
            "regexp" => self.regexp(),
            "pattern" => {
                let start = self.placed().start;
                let text = self.text()?;
                let pattern = Pattern::captures(&text);
                let pattern = pattern.map_err(|message| ParseError::at(start, message))?;
                Ok(Stage::Pattern(pattern))
            }
            "line_format" => self.template().map(Stage::LineFormat),
            "label_format" => self.label_format(),
            "drop" => self.label_choices().map(Stage::Drop),
            "keep" => self.label_choices().map(Stage::Keep),
            _ => Err(ParseError::at(start, format!("`{word}` is not supported"))),
        }
    }

    /// `|= "a" or "b"` and its kin.
    fn line_filter(&mut self) -> Parsed<LineFilter> {
        let Token::Sign(sign) = *self.peek() else {
            return Err(self.unexpected("a line filter"));
        };
        self.pass();
        let negated = sign.starts_with('!');
        let mut looks = Vec::new();
        loop {
            let start = self.placed().start;
            if self.is_word("ip") && *self.peek_second() == Token::Sign("(") {
                if !matches!(sign, "|=" | "!=") {
                    return Err(self.wrong("addresses are looked for by `|=` or `!=`"));
                }
                looks.push(Look::Ip(self.addresses()?));
            } else {
                looks.push(self.look(sign, start)?);
            }
            if !self.takes_word("or") {
                return Ok(LineFilter { negated, looks });
            }
            self.bounded(looks.len())?;
        }
    }

    /// What a filter of this sign looks for; it stands at `start`.
    fn look(&mut self, sign: &str, start: usize) -> Parsed<Look> {
        Ok(match sign {
            "|=" | "!=" => Look::Text(self.text()?),
            "|~" | "!~" => Look::Regex(self.regex()?),
            _ => {
                let text = self.text()?;
                let pattern = Pattern::filter(&text);
                Look::Pattern(pattern.map_err(|message| ParseError::at(start, message))?)
            }
        })
    }

    fn bounded(&self, items: usize) -> Parsed<()> {
        match items < ITEMS_MAX {
            true => Ok(()),
            false => Err(self.wrong(format!("more than {ITEMS_MAX} in one stage"))),
        }
    }

    /// `json`, or `json a="b.c", d`.
    fn json(&mut self) -> Parsed<Stage> {
        let mut paths = Vec::new();
        for (label, expression, at) in self.extractions()? {
            let path = JsonPath::parse(&expression);
            let path = path.map_err(|message| ParseError::at(at, message))?;
            paths.push((label, path));
        }
        Ok(match paths.is_empty() {
            true => Stage::Json,
            false => Stage::JsonPaths(paths),
        })
    }

    fn logfmt(&mut self) -> Parsed<Stage> {
        let (mut strict, mut keep_empty) = (false, false);
        while let Token::Flag(flag) = self.peek() {
            match *flag {
                "strict" => strict = true,
                _ => keep_empty = true,
            }
            self.pass();
        }
        let keys = self.extractions()?;
        if let Some((_, key, at)) = keys.iter().find(|(_, key, _)| !is_key(key)) {
            let message = format!("cannot parse expression [{key}]: expected one key of the line");
            return Err(ParseError::at(*at, message));
        }
        let keys = keys.into_iter();
        Ok(Stage::Logfmt {
            strict,
            keep_empty,
            keys: keys.map(|(label, key, _)| (label, key)).collect(),
        })
    }

    /// `a="b", c`: which label gets what, and where that is said.
    fn extractions(&mut self) -> Parsed<Vec<(String, String, usize)>> {
        let mut found = Vec::new();
        while let Token::Ident(_) = self.peek() {
            let label = self.ident("a label")?;
            let named = self.takes("=");
            let at = self.placed().start;
            match named {
                true => found.push((label, self.text()?, at)),
                false => found.push((label.clone(), label, at)),
            }
            self.bounded(found.len())?;
            if !self.takes(",") {
                break;
            }
            if !matches!(self.peek(), Token::Ident(_)) {
                return Err(self.unexpected("a label"));
            }
        }
        Ok(found)
    }

    fn regexp(&mut self) -> Parsed<Stage> {
        let start = self.placed().start;
        let regex = self.regex()?;
        if regex.capture_names().flatten().next().is_none() {
            let message = "at least one named capture must be supplied, as in `(?P<status>\\\\d+)`";
            return Err(ParseError::at(start, message));
        }
        Ok(Stage::Regexp(regex))
    }

    fn template(&mut self) -> Parsed<Template> {
        let start = self.placed().start;
        let text = self.text()?;
        Template::parse(&text).map_err(|message| ParseError::at(start, message))
    }

    /// `label_format a=b, c="{{.d}}"`.
    fn label_format(&mut self) -> Parsed<Stage> {
        let mut edits: Vec<LabelEdit> = Vec::new();
        loop {
            let start = self.placed().start;
            let to = self.ident("a label")?;
            if to == ERROR {
                let message = format!("the label `{to}` cannot be formatted");
                return Err(ParseError::at(start, message));
            }
            if edits.iter().any(|edit| edit.to() == to) {
                let message = format!("the label `{to}` is formatted twice");
                return Err(ParseError::at(start, message));
            }
            self.expect("=")?;
            edits.push(match self.peek() {
                Token::Ident(_) => LabelEdit::Rename {
                    to,
                    from: self.ident("a label")?,
                },
                _ => {
                    let start = self.placed().start;
                    let template = self.template()?;
                    if let Some(reason) = template.unsupported() {
                        return Err(ParseError::at(start, reason));
                    }
                    LabelEdit::Format { to, template }
                }
            });
            self.bounded(edits.len())?;
            if !self.takes(",") {
                return Ok(Stage::LabelFormat(edits));
            }
        }
    }

    /// `a, b="c"`: labels, or labels of some value.
    fn label_choices(&mut self) -> Parsed<Vec<LabelChoice>> {
        let mut choices = Vec::new();
        loop {
            let name = self.ident("a label")?;
            choices.push(match self.peek() {
                Token::Sign("=" | "!=" | "=~" | "!~")
                    if matches!(self.peek_second(), Token::Text(_)) =>
                {
                    LabelChoice::Value(self.matcher(name)?)
                }
                _ => LabelChoice::Name(name),
            });
            self.bounded(choices.len())?;
            if !self.takes(",") {
                return Ok(choices);
            }
        }
    }
}

/// Whether a text can be a key of a line of `key=value` pairs.
fn is_key(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '"' || c == '=')
}

fn is_stage(word: &str) -> bool {
    matches!(
        word,
        "json"
            | "logfmt"
            | "unpack"
            | "decolorize"
            | "regexp"
            | "pattern"
            | "line_format"
            | "label_format"
            | "drop"
            | "keep"
            | "distinct"
    )
}
