//! The tree of notification policies: what it matches can be read, what it waits for is some time. Whether the contact points and
//! mute timings that it names exist, only all documents together can tell.

use super::contact_points::switch;
use super::form::{Pairs, Parts, PolicyForm, Word, Words, organization};
use crate::alerting::alertmanager::matchers::MATCHER_HELP;
use crate::alerting::alertmanager::{Checker, grouping, list_of, some_time};
use crate::alerting::notify::routing::Route;
use fake_factory::input::{Located, Span};
use promql::{MatchOp, Matcher};

/// The tree that is not named otherwise.
const DEFAULT_TREE: &str = "user-defined";

/// A policy whose names are not looked up yet.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// Where it stands.
    pub(super) span: Option<Span>,
    /// The organization, where it is known.
    pub(super) org: Option<String>,
    pub(super) receiver: Option<Located<String>>,
    pub(super) mute: Vec<Located<String>>,
    pub(super) active: Vec<Located<String>>,
    /// What else it says; without its children.
    pub(super) route: Route,
    pub(super) children: Vec<Policy>,
}

/// Reads a tree.
pub(super) struct PolicyReader<'c, 's> {
    pub(super) checker: &'c mut Checker<'s>,
    /// Whether `$$` stands for a dollar, as in files.
    pub(super) is_file: bool,
}

impl PolicyReader<'_, '_> {
    /// The root and everything below it.
    pub(super) fn root(&mut self, form: &Located<PolicyForm>) -> Policy {
        if form.receiver.as_ref().is_none_or(|name| name.is_empty()) {
            self.checker.wrong_with_help(
                heading(form),
                "the root policy has no `receiver`: an alert that matches none below it would go nowhere",
                "add `receiver: CONTACT POINT`",
            );
        }
        let matches = [("match", &form.equal), ("match_re", &form.match_re)];
        for (word, pairs) in matches {
            if let Some(pairs) = pairs.as_ref().filter(|pairs| !pairs.is_empty()) {
                let message = format!("the root policy takes every alert: expected no `{word}`");
                self.checker.wrong(pairs.span, &message);
            }
        }
        let intervals = [
            ("mute_time_intervals", &form.mute_time_intervals),
            ("active_time_intervals", &form.active_time_intervals),
        ];
        for (word, list) in intervals {
            if let Some(list) = list.as_ref().filter(|list| !list.is_empty()) {
                let message = format!("the root policy is never muted: expected no `{word}`");
                let help = "put it into a policy below the root that takes the same alerts";
                self.checker.wrong_with_help(list.span, &message, help);
            }
        }
        if switch("continue", &form.continues, self.checker) {
            let span = form.continues.as_ref().and_then(|word| word.span);
            let message = "the root policy has no sibling: expected no `continue`";
            self.checker.wrong(span, message);
        }
        let name = form.name.as_ref().filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|name| name.as_str() != DEFAULT_TREE) {
            let message =
                format!("`name`: trees beside the default one, as `{name}`, are not supported");
            let help = "put its routes into the default tree, with matchers of their own";
            self.checker.wrong_with_help(name.span, &message, help);
        }
        self.policy(form)
    }

    fn policy(&mut self, form: &Located<PolicyForm>) -> Policy {
        let list = |list: &Words| -> Vec<Located<String>> {
            let list = list.iter().flat_map(|list| &list.value);
            list.map(|word| self.said(word)).collect()
        };
        let (mute, active) = (
            list(&form.mute_time_intervals),
            list(&form.active_time_intervals),
        );
        let receiver = form.receiver.as_ref().filter(|name| !name.is_empty());
        let receiver = receiver.map(|name| self.said(name));
        let matchers = self.matchers(form);
        let children = form.routes.iter().flatten();
        let children = children.map(|child| self.policy(child)).collect();
        let org = organization(&form.org, self.is_file);
        let checker = &mut *self.checker;
        let named = |word: &Word| word.clone().filter(|word| !word.is_empty());
        let every = named(&form.group_interval);
        let again = named(&form.repeat_interval);
        Policy {
            span: heading(form),
            org,
            receiver,
            mute,
            active,
            route: Route {
                group_by: grouping(form.group_by.as_ref(), checker),
                matchers,
                continues: switch("continue", &form.continues, checker),
                group_wait: checker.duration(named(&form.group_wait).as_ref()),
                group_interval: some_time("group_interval", every.as_ref(), checker),
                repeat_interval: some_time("repeat_interval", again.as_ref(), checker),
                line: checker.line(form.span),
                ..Route::default()
            },
            children,
        }
    }

    /// A text as Grafana takes it.
    fn said(&self, text: &Located<String>) -> Located<String> {
        match self.is_file {
            true => Located {
                value: text.replace("$$", "$"),
                span: text.span,
            },
            false => text.clone(),
        }
    }

    fn matchers(&mut self, form: &PolicyForm) -> Vec<Matcher> {
        let mut matchers = self.pairs(form.equal.as_ref(), MatchOp::Equal);
        matchers.extend(self.pairs(form.match_re.as_ref(), MatchOp::Matches));
        let texts = form.matchers.iter().flat_map(|list| &list.value);
        let texts: Vec<Located<String>> = texts.map(|text| self.said(text)).collect();
        matchers.extend(list_of(Some(&texts), self.checker));
        for parts in form.object_matchers.iter().flatten() {
            matchers.extend(self.object(parts));
        }
        matchers
    }

    /// The deprecated way: a label and its value, or a regular expression.
    fn pairs(&mut self, pairs: Option<&Located<Pairs>>, operator: MatchOp) -> Vec<Matcher> {
        let pairs = pairs.into_iter().flat_map(|pairs| &pairs.value);
        let mut matchers = Vec::new();
        for (label, value) in pairs {
            let value = value.as_ref().map(|value| self.said(value));
            let span = value.as_ref().and_then(|value| value.span);
            let text = value.map(|value| value.value).unwrap_or_default();
            matchers.extend(self.matcher(label, operator, &text, span));
        }
        matchers
    }

    /// A matcher as three words: label, operator, value.
    fn object(&mut self, parts: &Parts) -> Option<Matcher> {
        let [label, operator, value] = parts.as_slice() else {
            let message = format!(
                "a matcher of `object_matchers` has three parts, this one has {}",
                parts.len()
            );
            let help = r#"expected a label, one of `=`, `!=`, `=~`, `!~`, and a value, as in `["severity", "=", "page"]`"#;
            self.checker.wrong_with_help(parts.span, &message, help);
            return None;
        };
        let operator = match operator.as_str() {
            "=" => MatchOp::Equal,
            "!=" => MatchOp::NotEqual,
            "=~" => MatchOp::Matches,
            "!~" => MatchOp::NotMatches,
            _ => {
                let message = format!("`{operator}` is no operator of a matcher");
                self.checker
                    .wrong_with_help(operator.span, &message, MATCHER_HELP);
                return None;
            }
        };
        // Grafana takes the quotes off that an Alertmanager would write around a value.
        let text = self.said(value);
        let text = text.strip_prefix('"').unwrap_or(&text);
        let text = text.strip_suffix('"').unwrap_or(text);
        self.matcher(label, operator, text, value.span)
    }

    fn matcher(
        &mut self,
        label: &str,
        operator: MatchOp,
        value: &str,
        span: Option<Span>,
    ) -> Option<Matcher> {
        let matcher = Matcher::new(label, operator, value);
        matcher
            .map_err(|error| self.checker.wrong(span, &error.message))
            .ok()
    }
}

/// What of a policy is pointed at when something is missing from it.
fn heading(form: &Located<PolicyForm>) -> Option<Span> {
    let receiver = form.receiver.as_ref().and_then(|name| name.span);
    receiver.or_else(|| form.span.map(|span| span.part(0, 1)))
}
