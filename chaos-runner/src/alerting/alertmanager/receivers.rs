//! Receivers: their names, their integrations, and whether each of these has what it cannot do without.

use super::checker::Checker;
use super::fields::Held;
use super::form::{Fields, FileForm, ReceiverForm};
use super::kinds::{GLOBAL, kind_of};
use super::{IntegrationConfig, ReceiverConfig};
use fake_factory::input::Located;
use std::collections::BTreeMap;

/// Everything about receivers, in the order of the file.
pub(super) fn receivers(form: &FileForm, checker: &mut Checker<'_>) -> Vec<ReceiverConfig> {
    let no_global = Fields::new();
    let global = form.global.as_ref().unwrap_or(&no_global);
    Held {
        called: "global section",
        global,
    }
    .check(&GLOBAL, global, None, checker);
    let mut first: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    let mut receivers = Vec::new();
    for receiver in form.receivers.iter().flatten() {
        let name = &receiver.name;
        if name.is_empty() {
            checker.wrong(name.span, "a receiver's name may not be empty");
        } else if let Some(other) = first.insert(name, name) {
            checker.twice("receiver", name, other);
        }
        receivers.push(ReceiverConfig {
            name: name.value.clone(),
            line: checker.line(receiver.span),
            integrations: integrations(receiver, global, checker),
        });
    }
    receivers
}

fn integrations(
    receiver: &ReceiverForm,
    global: &Fields,
    checker: &mut Checker<'_>,
) -> Vec<IntegrationConfig> {
    let mut integrations = Vec::new();
    for (word, fields) in receiver.integrations() {
        let Some(kind) = kind_of(word) else {
            continue;
        };
        let called = format!("{word} integration");
        let held = Held {
            called: &called,
            global,
        };
        held.check(&kind.section, fields, fields.span, checker);
        let send_resolved = fields.get("send_resolved");
        let send_resolved = send_resolved.and_then(|written| written.switch());
        integrations.push(IntegrationConfig {
            kind: kind.word,
            send_resolved: send_resolved.unwrap_or(kind.send_resolved),
        });
    }
    integrations
}
