//! One document taken apart: which of Grafana's shapes it has was told by its keys already.

use super::contact_points::{ContactPoint, Gathered};
use super::form::{
    AlertmanagerForm, ConfigurationForm, FileForm, IntegrationForm, IntervalForm, PolicyForm,
    TemplateForm, organization,
};
use super::policies::PolicyReader;
use super::shape::{Number, Shape};
use super::{MuteTiming, Notifications};
use crate::alerting::alertmanager::{Checker, inhibition, part_of};
use crate::alerting::notify::interval::TimeInterval;
use fake_factory::input::{Diagnostics, Located, Source, read_foreign};
use serde::de::DeserializeOwned;

/// What a document of a shape says of notifications, and what is wrong with it.
pub(in crate::alerting::grafana) fn parse_notifications(
    source: &Source,
    shape: Shape,
) -> (Notifications, Diagnostics) {
    let mut reader = Reader {
        checker: Checker {
            source,
            diagnostics: Diagnostics::new(),
        },
        told: Notifications::none(source),
    };
    match shape {
        Shape::File => reader.file(),
        Shape::Policies => {
            let root: Option<Located<PolicyForm>> = reader.form();
            root.iter().for_each(|root| reader.policies(root, false));
        }
        Shape::ContactPoints(number) => {
            let forms: Vec<Located<IntegrationForm>> = reader.forms(number);
            let mut gathered = Gathered::default();
            for form in &forms {
                gathered.answered(form, &mut reader.checker);
            }
            reader.told.contact_points = Some(gathered.finish());
        }
        Shape::MuteTimings(number) => {
            let forms: Vec<Located<IntervalForm>> = reader.forms(number);
            reader.intervals(&forms, false);
        }
        Shape::Templates(number) => {
            let forms: Vec<TemplateForm> = reader.forms(number);
            reader.templates(&forms);
        }
        Shape::Configuration => {
            let form: ConfigurationForm = reader.form().unwrap_or_default();
            reader.alertmanager(&form.alertmanager_config);
        }
        Shape::Alertmanager => {
            let form: AlertmanagerForm = reader.form().unwrap_or_default();
            reader.alertmanager(&form);
        }
    }
    (reader.told, reader.checker.diagnostics)
}

struct Reader<'s> {
    checker: Checker<'s>,
    told: Notifications,
}

impl Reader<'_> {
    fn form<T: DeserializeOwned + Default>(&mut self) -> Option<T> {
        let reading = read_foreign::<T>(self.checker.source);
        self.checker.diagnostics.extend(reading.diagnostics);
        reading.value
    }

    fn forms<T: DeserializeOwned + Default>(&mut self, number: Number) -> Vec<T> {
        match number {
            Number::List => self.form().unwrap_or_default(),
            Number::One => self.form().into_iter().collect(),
        }
    }

    fn file(&mut self) {
        let form: FileForm = self.form().unwrap_or_default();
        for root in form.policies.iter().flatten() {
            self.policies(root, true);
        }
        if let Some(points) = &form.contact_points {
            let mut gathered = Gathered::default();
            for point in points {
                gathered.file(point, &mut self.checker);
            }
            self.told.contact_points = Some(gathered.finish());
        }
        for list in [&form.mute_times, &form.time_intervals]
            .into_iter()
            .flatten()
        {
            self.intervals(list, true);
        }
        self.templates(form.templates.as_deref().unwrap_or_default());
    }

    fn alertmanager(&mut self, form: &AlertmanagerForm) {
        match &form.route {
            Some(root) => self.policies(root, false),
            None => self.checker.wrong(None, "the configuration has no `route`"),
        }
        let mut gathered = Gathered::default();
        for receiver in form.receivers.iter().flatten() {
            gathered.receiver(receiver, &mut self.checker);
        }
        let points: Vec<ContactPoint> = gathered.finish();
        self.told.contact_points = Some(points);
        self.told.intervals.get_or_insert_default();
        for list in [&form.mute_time_intervals, &form.time_intervals]
            .into_iter()
            .flatten()
        {
            self.intervals(list, false);
        }
        let rules = form.inhibit_rules.iter().flatten();
        self.told.inhibitions = rules
            .map(|rule| inhibition(rule, &mut self.checker))
            .collect();
    }

    fn policies(&mut self, root: &Located<PolicyForm>, is_file: bool) {
        let mut reader = PolicyReader {
            checker: &mut self.checker,
            is_file,
        };
        self.told.policies.push(reader.root(root));
    }

    fn intervals(&mut self, forms: &[Located<IntervalForm>], is_file: bool) {
        let known = self.told.intervals.get_or_insert_default();
        for form in forms {
            let parts = form.time_intervals.iter().flatten();
            let parts: Vec<TimeInterval> =
                parts.map(|part| part_of(part, &mut self.checker)).collect();
            match form.name.as_ref().filter(|name| !name.is_empty()) {
                Some(name) => known.push(MuteTiming {
                    name: name.clone(),
                    org: organization(&form.org, is_file),
                    parts,
                }),
                None => {
                    let span = form.name.as_ref().and_then(|name| name.span);
                    let span = span.or_else(|| form.span.map(|span| span.part(0, 1)));
                    self.checker.wrong(span, "a mute timing needs a `name`");
                }
            }
        }
    }

    fn templates(&mut self, forms: &[TemplateForm]) {
        for form in forms {
            let name = form.name.as_ref().filter(|name| !name.trim().is_empty());
            let text = form.template.as_ref();
            let span = name.or(text).and_then(|word| word.span);
            match name {
                Some(name) => self.told.templates.push(name.clone()),
                None => self
                    .checker
                    .wrong(span, "a notification template needs a `name`"),
            }
            if text.is_none_or(|text| text.trim().is_empty()) {
                let message = "a notification template needs a `template`: what it says";
                self.checker.wrong(span, message);
            }
        }
    }
}
