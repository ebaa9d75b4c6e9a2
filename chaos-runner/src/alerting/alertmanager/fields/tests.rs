//! Settings of integrations, each held against what Debian's `amtool check-config` says of it.

use crate::alerting::alertmanager::parse_config;
use fake_factory::input::Source;

/// What is wrong with a file with one integration.
fn wrong(kind: &str, settings: &str) -> Vec<String> {
    let text = format!(
        "route: {{ receiver: a }}\nreceivers:\n- name: a\n  {kind}_configs:\n  - {{ {settings} }}\n"
    );
    of_file(&text)
}

fn of_file(text: &str) -> Vec<String> {
    match parse_config(&Source::new("alertmanager.yml", text)) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong
            .sorted()
            .into_iter()
            .map(|wrong| {
                let helps: Vec<String> = wrong
                    .helps()
                    .iter()
                    .map(|help| format!("; {help}"))
                    .collect();
                format!("{}{}", wrong.message(), helps.concat())
            })
            .collect(),
    }
}

#[test]
fn settings_that_an_alertmanager_takes_are_taken() {
    for (kind, settings) in [
        (
            "webhook",
            "url: 'http://user:word@host.example:8080/a%20b?c=d#e'",
        ),
        (
            "webhook",
            "url: 'https://[::1]:9/', max_alerts: 3, timeout: 1m30s, send_resolved: no",
        ),
        ("webhook", "url: <secret>"),
        ("webhook", "url: 'http://{{ .CommonLabels.host }}/'"),
        (
            "webhook",
            "url: http://x, http_config: { basic_auth: { username: a, password_file: b } }",
        ),
        (
            "webhook",
            "url: http://x, http_config: { tls_config: { insecure_skip_verify: on, min_version: TLS12 } }",
        ),
        (
            "webhook",
            "url: http://x, http_config: { oauth2: { client_id: a, client_secret: b, token_url: 'http://t' } }",
        ),
        ("webhook", "url: http://x, http_config:"),
        (
            "email",
            "to: a, from: b, smarthost: ':25', headers: { Subject: 1 }, require_tls: false",
        ),
        ("email", "to: a, from: b, smarthost: '[::1]:25', html: ''"),
        (
            "slack",
            "api_url: http://x, title: 3, fields: [{ title: a, value: b, short: true }]",
        ),
        (
            "slack",
            "api_url: http://x, actions: [{ type: button, text: t, url: u, confirm: { text: sure } }]",
        ),
        (
            "opsgenie",
            "api_key: x, responders: [{ name: a, type: Team }, { id: b, type: '{{ .x }}' }]",
        ),
        (
            "pagerduty",
            "routing_key: x, details: { a: { b: c } }, images: [{ src: a }]",
        ),
        (
            "pushover",
            "user_key: a, token: b, retry: 1.5m, html: true, monospace: false",
        ),
        ("telegram", "bot_token: x, chat_id: -100123, parse_mode: ''"),
        ("telegram", "bot_token: x, chat_id: 0x10"),
        ("telegram", "bot_token: x, chat_id: -1_000"),
        ("webhook", "url: 'http://sms/send?text=100%&to=%s'"),
        ("webhook", "url: 'http://<host>:9093/x'"),
        ("pagerduty", "routing_key: 0"),
        (
            "slack",
            "api_url: http://x, fields: [{ title: a, value: 0 }]",
        ),
        (
            "jira",
            "api_url: http://x, project: a, issue_type: b, summary: { template: c, enable_update: false }, labels: [d]",
        ),
        (
            "sns",
            "topic_arn: a, sigv4: { region: b }, attributes: { c: d }",
        ),
        (
            "webex",
            "room_id: a, http_config: { authorization: { credentials: b } }",
        ),
        (
            "victorops",
            "api_key: a, routing_key: b, custom_fields: { c: d }",
        ),
    ] {
        assert_eq!(wrong(kind, settings), [""; 0], "{kind}: {settings}");
    }
}

#[test]
fn values_of_another_form_are_refused() {
    const ADDRESS: &str = "expected one that begins with `http://` or `https://`";
    for (kind, settings, expected) in [
        ("webhook", "url: x", format!("`x` is no address: {ADDRESS}")),
        ("webhook", "url: 'ftp://x'", format!("`ftp://x` is no address: {ADDRESS}")),
        ("webhook", "url: 'http://'", "`http://` is no address: it has no host".into()),
        (
            "webhook",
            "url: 'http://a b/'",
            "`http://a b/` is no address: its host has a character that no host has".into(),
        ),
        ("webhook", "url: 'http://a:b/'", "`http://a:b/` is no address: its port is no number".into()),
        (
            "webhook",
            "url: 'http://a/%zz'",
            "`http://a/%zz` is no address: a `%` in it has no two hexadecimal digits behind it".into(),
        ),
        ("webhook", "url: [x]", "expected a text, found a list".into()),
        ("webhook", "url: http://x, max_alerts: -1", "expected a number from 0, found a number".into()),
        (
            "webhook",
            "url: http://x, timeout: 1d",
            "`1d` is no duration: expected one such as `90s` or `1h30m`, in the units h, m, s, ms".into(),
        ),
        ("webhook", "url: http://x, send_resolved: TrUe", "expected `true` or `false`".into()),
        (
            "email",
            "to: a, from: b, smarthost: mail",
            "`mail` is no address of a mail server; expected a host and a port, as in `mail.example.org:587`".into(),
        ),
        (
            "email",
            "to: a, from: b, smarthost: 'x:25', headers: { cc: a, CC: b }",
            "the header `cc` is given twice: upper and lower case are one".into(),
        ),
        ("slack", "api_url: http://x, mrkdwn_in: text", "expected a list of texts, found a text".into()),
        ("slack", "api_url: http://x, fields: { a: b }", "expected a list of mappings, found a mapping".into()),
        ("telegram", "bot_token: x, chat_id: a", "expected a whole number, found a text".into()),
        (
            "telegram",
            "bot_token: x, chat_id: 1, parse_mode: html",
            "unknown word `html`; did you mean `HTML`?".into(),
        ),
        (
            "opsgenie",
            "api_key: x, responders: [{ name: a, type: teem }]",
            "unknown word `teem`; did you mean `team`?".into(),
        ),
        (
            "victorops",
            "api_key: a, routing_key: b, custom_fields: { entity_id: c }",
            "`entity_id` is a field of its own: expected it beside this mapping, not in it".into(),
        ),
    ] {
        assert_eq!(wrong(kind, settings), [expected], "{kind}: {settings}");
    }
}

#[test]
fn settings_within_settings_are_looked_at() {
    for (kind, settings, expected) in [
        (
            "webhook",
            "url: http://x, http_config: x",
            "expected a mapping, found a text",
        ),
        (
            "webhook",
            "url: http://x, http_config: { basic_auth: { usernam: a } }",
            "unknown field `usernam`; did you mean `username`?",
        ),
        (
            "webhook",
            "url: http://x, http_config: { bearer_token: a, bearer_token_file: b }",
            "at most one of `bearer_token` and `bearer_token_file` can be given",
        ),
        (
            "webhook",
            "url: http://x, http_config: { authorization: { credentials: a }, basic_auth: { username: b } }",
            "at most one of `authorization` and `basic_auth` can be given",
        ),
        (
            "webhook",
            "url: http://x, http_config: { authorization: { type: Basic, credentials: a } }",
            "the type of `authorization` cannot be `Basic`; use `basic_auth` instead",
        ),
        (
            "webhook",
            "url: http://x, http_config: { tls_config: { min_version: TLS9 } }",
            "unknown word `TLS9`; expected one of: `TLS10`, `TLS11`, `TLS12`, `TLS13`",
        ),
        (
            "webhook",
            "url: http://x, http_config: { oauth2: { token_url: t } }",
            "this oauth2 has no `client_id`",
        ),
        (
            "webex",
            "room_id: a, http_config: {}",
            "this http_config has no `authorization` or `bearer_token` or `bearer_token_file`",
        ),
        (
            "slack",
            "api_url: http://x, fields: [{ title: a }]",
            "this item of fields has no `value`",
        ),
        (
            "slack",
            "api_url: http://x, actions: [{ type: a, text: b }]",
            "this item of actions has no `url` or `name`",
        ),
        (
            "sns",
            "topic_arn: a, phone_number: b",
            "at most one of `phone_number` and `topic_arn` can be given",
        ),
        (
            "email",
            "to: a, from: b, smarthost: 'x:25', http_config: {}",
            "unknown field `http_config`",
        ),
    ] {
        assert_eq!(wrong(kind, settings), [expected], "{kind}: {settings}");
    }
}

#[test]
fn the_global_section_is_held_against_its_words() {
    for (settings, expected) in [
        (
            "resolve_timeout: x",
            "`x` is no duration: expected one such as `5m` or `1h30m`, in the units y, w, d, h, m, s, ms",
        ),
        (
            "smtp_smarthost: mail",
            "`mail` is no address of a mail server; expected a host and a port, as in `mail.example.org:587`",
        ),
        ("smtp_require_tls: perhaps", "expected `true` or `false`"),
        (
            "slack_api_url: x",
            "`x` is no address: expected one that begins with `http://` or `https://`",
        ),
        (
            "http_config: { follow: true }",
            "unknown field `follow`; did you mean `follow_redirects`?",
        ),
        ("smtp_from: [a]", "expected a text, found a list"),
    ] {
        let text = format!(
            "global: {{ {settings} }}\nroute: {{ receiver: a }}\nreceivers: [{{ name: a }}]"
        );
        assert_eq!(of_file(&text), [expected], "{settings}");
    }
}

#[test]
fn keys_are_merged_and_what_follows_the_first_document_is_not_read() {
    let text = "route:
  receiver: a
  routes:
    - &first { receiver: a, matchers: [b=c] }
    - { <<: *first, continue: true }
receivers: [{ name: a }]
---
route: nonsense
";
    assert_eq!(of_file(text), [""; 0]);
}
