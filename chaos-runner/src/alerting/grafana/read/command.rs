//! An expression: which kind it is, and what it is told.

use super::form::QueryForm;
use super::query::bound;
use super::rule::RuleReader;
use crate::alerting::grafana::expressions::classic::{ClassicReducer, Condition, Operator};
use crate::alerting::grafana::expressions::evaluator::{Comparison, Evaluator};
use crate::alerting::grafana::expressions::math::Formula;
use crate::alerting::grafana::expressions::reduce::{Mode, Reducer};
use crate::alerting::grafana::expressions::resample::{Resample, Upsampler};
use crate::alerting::grafana::expressions::threshold::Threshold;
use crate::alerting::grafana::model::Work;
use crate::alerting::json::Json;
use crate::alerting::rules::duration::parse_duration;
use fake_factory::input::{Located, Span, suggest};

/// What the models of expressions say, each some of it.
const FIELDS: [&str; 15] = [
    "conditions",
    "datasource",
    "downsampler",
    "expression",
    "hide",
    "intervalMs",
    "key",
    "maxDataPoints",
    "queryType",
    "reducer",
    "refId",
    "settings",
    "type",
    "upsampler",
    "window",
];

/// The kinds of expressions.
#[derive(Clone, Copy)]
enum Kind {
    Math,
    Reduce,
    Resample,
    Threshold,
    Classic,
}

/// Reads an expression.
pub(super) fn work(
    reader: &mut RuleReader<'_, '_>,
    form: &QueryForm,
    model: &Located<Json>,
    is_condition: bool,
) -> Option<Work> {
    let kinds = [
        ("math", Kind::Math),
        ("reduce", Kind::Reduce),
        ("resample", Kind::Resample),
        ("threshold", Kind::Threshold),
        ("classic_conditions", Kind::Classic),
    ];
    let mut command = Command {
        span: model.span,
        reader,
        model,
    };
    let help = "expected `math`, `reduce`, `resample`, `threshold` or `classic_conditions`";
    let word = command.text("type", "what it does", help)?;
    let kind = command.reader.choice("model.type", Some(&word), &kinds)?;
    match kind {
        Kind::Math => command.math(),
        Kind::Reduce => command.reduce(),
        Kind::Resample => command.resample(form),
        Kind::Threshold => command.threshold(is_condition),
        Kind::Classic => command.classic(),
    }
}

struct Command<'c, 'f, 's> {
    reader: &'c mut RuleReader<'f, 's>,
    model: &'c Located<Json>,
    span: Option<Span>,
}

impl Command<'_, '_, '_> {
    fn wrong(&mut self, field: &str, span: Option<Span>, message: &str) {
        let field = format!("model.{field}");
        self.reader.wrong(&field, span, message);
    }

    /// A text that the model must have: `lacks` is what the expression does not say without it.
    fn text(&mut self, field: &str, lacks: &str, help: &str) -> Option<Located<String>> {
        let text = self.model.text_at(&[field]).filter(|text| !text.is_empty());
        if text.is_none() {
            let message = format!("the expression does not say {lacks}");
            self.missing(field, &message, help);
        }
        text
    }

    /// Tells of a field that must be there, at what was likely meant by it.
    fn missing(&mut self, field: &str, message: &str, help: &str) {
        let others = self.model.keys();
        let mut others = others.filter(|key| !FIELDS.contains(&key.as_str()));
        match others.find(|key| suggest(key, [field]).is_some()) {
            Some(key) => {
                let help = format!("did you mean `{field}`?");
                let path = format!("model.{}", key.value);
                self.reader
                    .wrong_with_help(&path, key.span, "unknown field", &help);
            }
            None => {
                let span = self.model.get(field).map_or(self.span, |given| given.span);
                let path = format!("model.{field}");
                self.reader.wrong_with_help(&path, span, message, help);
            }
        }
    }

    /// The node that the expression is about.
    fn input(&mut self) -> Option<String> {
        let help = "name a query or another expression, as in `expression: A`; only classic conditions name theirs in `conditions`";
        let text = self.text("expression", "what it is about", help)?;
        Some(text.strip_prefix('$').unwrap_or(&text).to_owned())
    }

    fn math(&mut self) -> Option<Work> {
        let help = "expected a formula, as in `expression: $A / $B`";
        let text = self.text("expression", "what it computes", help)?;
        match Formula::parse(&text) {
            Ok(formula) => Some(Work::Math(formula)),
            Err(error) => {
                let span = self.reader.found.place_in(&text, Some(error.offset));
                self.wrong("expression", span, &format!("invalid formula: {error}"));
                None
            }
        }
    }

    fn reduce(&mut self) -> Option<Work> {
        let input = self.input();
        let word = self.text(
            "reducer",
            "what a series is reduced by",
            "as in `reducer: last`",
        )?;
        let lower = Located {
            value: word.to_lowercase(),
            span: word.span,
        };
        let reducer = self
            .reader
            .choice("model.reducer", Some(&lower), &Reducer::WORDS)?;
        let mode = self.mode()?;
        Some(Work::Reduce(input?, reducer, mode))
    }

    fn mode(&mut self) -> Option<Mode> {
        let word = self.model.text_at(&["settings", "mode"]);
        let modes = [("strict", 0), ("dropNN", 1), ("replaceNN", 2)];
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            return Some(Mode::Strict);
        };
        match self
            .reader
            .choice("model.settings.mode", Some(&word), &modes)?
        {
            0 => Some(Mode::Strict),
            1 => Some(Mode::Drop),
            _ => {
                let settings = self.model.get("settings");
                let with = settings.and_then(|settings| settings.get("replaceWithValue"));
                match with.map(|with| &with.value) {
                    Some(Json::Number(number)) => Some(Mode::Replace(*number)),
                    _ => {
                        let span = with.map_or(word.span, |with| with.span);
                        let message = "the mode `replaceNN` needs a number here";
                        self.wrong("settings.replaceWithValue", span, message);
                        None
                    }
                }
            }
        }
    }

    fn resample(&mut self, form: &QueryForm) -> Option<Work> {
        let input = self.input();
        let lacks = "how far apart the points are to be";
        let window = self.text("window", lacks, "as in `window: 10s`");
        let lacks = "what several points of one window become";
        let downsampler = self.text("downsampler", lacks, "as in `downsampler: mean`");
        let lacks = "what stands where a window has no point";
        let upsampler = self.text("upsampler", lacks, "as in `upsampler: fillna`");
        let reducers = [
            ("sum", Reducer::Sum),
            ("mean", Reducer::Mean),
            ("min", Reducer::Min),
            ("max", Reducer::Max),
            ("last", Reducer::Last),
        ];
        let upsamplers = [
            ("pad", Upsampler::Pad),
            ("backfilling", Upsampler::Backfilling),
            ("fillna", Upsampler::Fillna),
        ];
        let field = "model.downsampler";
        let downsampler = self.reader.choice(field, downsampler.as_ref(), &reducers);
        let field = "model.upsampler";
        let upsampler = self.reader.choice(field, upsampler.as_ref(), &upsamplers);
        let window = window?;
        let window_ms = match parse_duration(&window) {
            Ok(duration) => i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
            Err(error) => {
                self.wrong("window", window.span, &error.to_string());
                return None;
            }
        };
        let range = form.range.as_ref().map(|range| &range.value);
        let from_ms = bound(self.reader, "from", range.map(|range| &range.from))?;
        let to_ms = bound(self.reader, "to", range.map(|range| &range.to))?;
        let resample = Resample {
            window_ms,
            downsampler: downsampler?,
            upsampler: upsampler?,
            from_ms,
            to_ms,
        };
        Some(Work::Resample(input?, resample))
    }

    fn threshold(&mut self, is_condition: bool) -> Option<Work> {
        let input = self.input();
        let conditions = self.conditions()?;
        let [condition] = conditions.as_slice() else {
            let message = "a threshold has exactly one condition";
            self.wrong("conditions", self.span, message);
            return None;
        };
        let evaluator = self.evaluator(condition, "evaluator", false)?;
        let unload = match condition.get("unloadEvaluator") {
            None => None,
            Some(_) if !is_condition => {
                let message = "a recovery threshold can only be the condition of the rule";
                self.wrong("conditions.unloadEvaluator", condition.span, message);
                return None;
            }
            Some(_) => Some(self.evaluator(condition, "unloadEvaluator", false)?),
        };
        Some(Work::Threshold(input?, Threshold { evaluator, unload }))
    }

    fn conditions(&mut self) -> Option<Vec<Located<Json>>> {
        match self.model.get("conditions").map(|list| &list.value) {
            Some(Json::List(conditions)) if !conditions.is_empty() => Some(conditions.clone()),
            _ => {
                let help = "as in `conditions: [{ evaluator: { type: gt, params: [0] } }]`";
                self.missing("conditions", "the expression has no conditions", help);
                None
            }
        }
    }

    fn evaluator(
        &mut self,
        condition: &Located<Json>,
        field: &str,
        is_classic: bool,
    ) -> Option<Evaluator> {
        let path = format!("conditions.{field}");
        let word = condition.text_at(&[field, "type"]);
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            self.wrong(&path, condition.span, "the condition has no evaluator");
            return None;
        };
        let params = condition.get(field).and_then(|field| field.get("params"));
        let numbers: Vec<f64> = match params.map(|params| &params.value) {
            Some(Json::List(items)) => items.iter().map_while(number).collect(),
            _ => Vec::new(),
        };
        let span = params.map_or(word.span, |params| params.span);
        let classic = CLASSIC_COMPARISONS.iter().filter(|_| is_classic);
        let comparisons = COMPARISONS.iter().chain(classic);
        let mut choices: Vec<(&str, Choice)> = comparisons
            .map(|(word, comparison)| (*word, Choice::One(*comparison)))
            .collect();
        choices.extend(RANGES);
        if is_classic {
            choices.push(("no_value", Choice::None));
        }
        let field = format!("model.{path}.type");
        let choice = self.reader.choice(&field, Some(&word), &choices)?;
        let evaluator = match (choice, numbers.as_slice()) {
            (Choice::One(comparison), [bound, ..]) => Some(Evaluator::Against(comparison, *bound)),
            (Choice::Two { within, included }, [low, high, ..]) => Some(Evaluator::Range {
                within,
                included,
                bounds: [*low, *high],
            }),
            (Choice::None, _) => Some(Evaluator::NoValue),
            _ => None,
        };
        if evaluator.is_none() {
            let count = match choice {
                Choice::Two { .. } => "two numbers",
                _ => "a number",
            };
            let message = format!("`{}` needs {count}", word.value);
            self.wrong(&format!("{path}.params"), span, &message);
        }
        evaluator
    }

    fn classic(&mut self) -> Option<Work> {
        let conditions = self.conditions()?;
        let mut read = Vec::new();
        for (at, condition) in conditions.iter().enumerate() {
            read.push(self.condition(condition, at == 0));
        }
        let conditions: Option<Vec<Condition>> = read.into_iter().collect();
        conditions.map(Work::Classic)
    }

    fn condition(&mut self, condition: &Located<Json>, is_first: bool) -> Option<Condition> {
        let params = condition.get("query").and_then(|query| query.get("params"));
        let input = match params.map(|params| &params.value) {
            Some(Json::List(params)) => params.first().map(|first| &first.value),
            _ => None,
        };
        let input = match input {
            Some(Json::Text(input)) if !input.is_empty() => Some(input.clone()),
            _ => {
                let message = "the condition names no query";
                self.wrong("conditions.query.params", condition.span, message);
                None
            }
        };
        let word = condition.text_at(&["reducer", "type"]);
        let field = "model.conditions.reducer.type";
        let reducer = self
            .reader
            .choice(field, word.as_ref(), &ClassicReducer::WORDS);
        if word.is_none_or(|word| word.is_empty()) {
            let message = "the condition has no reducer";
            self.wrong("conditions.reducer.type", condition.span, message);
        }
        let evaluator = self.evaluator(condition, "evaluator", true);
        let operators = [
            ("and", Operator::And),
            ("or", Operator::Or),
            ("logic-or", Operator::LogicOr),
        ];
        let word = condition.text_at(&["operator", "type"]);
        let operator = match is_first {
            // It joins nothing.
            true => Some(Operator::And),
            false => self.operator(condition, word.as_ref(), &operators),
        };
        Some(Condition {
            input: input?,
            reducer: reducer?,
            evaluator: evaluator?,
            operator: operator?,
        })
    }

    fn operator(
        &mut self,
        condition: &Located<Json>,
        word: Option<&Located<String>>,
        operators: &[(&str, Operator)],
    ) -> Option<Operator> {
        let field = "model.conditions.operator.type";
        if word.is_none() {
            let message = "the condition does not say how it joins the one before";
            self.reader.wrong(field, condition.span, message);
        }
        self.reader.choice(field, word, operators)
    }
}

fn number(value: &Located<Json>) -> Option<f64> {
    match value.value {
        Json::Number(number) => Some(number),
        _ => None,
    }
}

/// What an evaluator's word stands for.
#[derive(Clone, Copy)]
enum Choice {
    One(Comparison),
    Two { within: bool, included: bool },
    None,
}

const COMPARISONS: [(&str, Comparison); 6] = [
    ("gt", Comparison::Gt),
    ("lt", Comparison::Lt),
    ("eq", Comparison::Eq),
    ("ne", Comparison::Ne),
    ("gte", Comparison::Gte),
    ("lte", Comparison::Lte),
];

/// Names by which classic conditions know two of them as well.
const CLASSIC_COMPARISONS: [(&str, Comparison); 2] =
    [("ge", Comparison::Gte), ("le", Comparison::Lte)];

const RANGES: [(&str, Choice); 4] = [
    (
        "within_range",
        Choice::Two {
            within: true,
            included: false,
        },
    ),
    (
        "outside_range",
        Choice::Two {
            within: false,
            included: false,
        },
    ),
    (
        "within_range_included",
        Choice::Two {
            within: true,
            included: true,
        },
    ),
    (
        "outside_range_included",
        Choice::Two {
            within: false,
            included: true,
        },
    ),
];
