//! What a rule says itself of where its alerts go. Whether the contact point and the mute timings exist is told later: they may
//! stand in other documents.

use super::form::{SettingsForm, Word};
use super::rule::RuleReader;
use crate::alerting::grafana::settings::NotificationSettings;
use fake_factory::input::Located;
use std::collections::BTreeSet;
use std::time::Duration;

impl RuleReader<'_, '_> {
    /// The settings of a rule; those of an empty list are none.
    pub(super) fn notification(
        &mut self,
        form: Option<&Located<SettingsForm>>,
    ) -> Option<NotificationSettings> {
        let form = form?;
        if let Some(policy) = form.policy.as_ref().filter(|policy| !policy.is_empty()) {
            self.wrong_with_help(
                "notification_settings.policy",
                policy.span,
                "trees of policies beside the default one are not supported",
                "name a contact point as `receiver`, or leave the settings out",
            );
            return None;
        }
        let Some(receiver) = form.receiver.clone().filter(|name| !name.is_empty()) else {
            let message = "the settings name no contact point";
            let span = form.span.map(|span| span.part(0, 1));
            self.wrong("notification_settings.receiver", span, message);
            return None;
        };
        let all = |list: &Option<Vec<Located<String>>>| -> Vec<Located<String>> {
            // Grafana passes over those that are empty.
            let named = list.iter().flatten().filter(|word| !word.is_empty());
            named.cloned().collect()
        };
        Some(NotificationSettings {
            receiver,
            group_by: self.grouping(&all(&form.group_by)),
            group_wait: self.duration("notification_settings.group_wait", &form.group_wait),
            group_interval: self.some_time("group_interval", &form.group_interval),
            repeat_interval: self.some_time("repeat_interval", &form.repeat_interval),
            mute_time_intervals: all(&form.mute_time_intervals),
            active_time_intervals: all(&form.active_time_intervals),
        })
    }

    fn grouping(&mut self, labels: &[Located<String>]) -> Vec<String> {
        let field = "notification_settings.group_by";
        let mut known = BTreeSet::new();
        for label in labels {
            if !known.insert(label.as_str()) {
                let message = format!("`{label}` is in the list twice");
                self.wrong(field, label.span, &message);
            }
        }
        labels.iter().map(|label| label.value.clone()).collect()
    }

    fn some_time(&mut self, field: &str, word: &Word) -> Option<Duration> {
        let field = format!("notification_settings.{field}");
        let time = self.duration(&field, word)?;
        if time.is_zero() {
            let span = word.as_ref().and_then(|word| word.span);
            self.wrong(&field, span, "it must be longer than 0");
        }
        Some(time)
    }
}
