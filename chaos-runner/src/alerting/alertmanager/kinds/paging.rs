//! The integrations that page people, send mail or tell programs, from version 0.25 of Alertmanager on.

use super::sections::{HTTP, IMAGES, JIRA_LABELS, JIRA_TEXT, LINKS, RESPONDERS, SIGV4, TLS};
use super::{IntegrationKind, Value, kind, need, need_or};

const PAIRS: Value = Value::PairsBut(&[]);
/// What a VictorOps integration says of its own accord.
const VICTOROPS_FIELDS: Value = Value::PairsBut(&[
    "routing_key",
    "message_type",
    "state_message",
    "entity_display_name",
    "monitoring_tool",
    "entity_id",
    "entity_state",
]);

pub(super) const PAGERS: [IntegrationKind; 9] = [
    kind(
        "email",
        false,
        &[
            (
                Value::Text,
                &[
                    "to",
                    "from",
                    "hello",
                    "auth_username",
                    "auth_password",
                    "auth_password_file",
                    "auth_secret",
                    "auth_secret_file",
                    "auth_identity",
                    "html",
                    "text",
                ],
            ),
            (Value::HostPort, &["smarthost"]),
            (Value::Headers, &["headers"]),
            (
                Value::Switch,
                &["send_resolved", "require_tls", "force_implicit_tls"],
            ),
            (TLS, &["tls_config"]),
            (Value::Any, &["threading"]),
        ],
        &[
            need(&["to"]),
            need_or(&["smarthost"], &["smtp_smarthost"]),
            need_or(&["from"], &["smtp_from"]),
        ],
    ),
    kind(
        "incidentio",
        true,
        &[
            (
                Value::Text,
                &["url_file", "alert_source_token", "alert_source_token_file"],
            ),
            (Value::Url, &["url"]),
            (Value::Count, &["max_alerts"]),
            (Value::Timeout, &["timeout"]),
            (Value::Any, &["metadata"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[need(&["url", "url_file"])],
    ),
    kind(
        "jira",
        true,
        &[
            (
                Value::Text,
                &[
                    "api_type",
                    "project",
                    "priority",
                    "issue_type",
                    "reopen_transition",
                    "resolve_transition",
                    "wont_fix_resolution",
                ],
            ),
            (Value::Url, &["api_url"]),
            (JIRA_TEXT, &["summary", "description"]),
            (JIRA_LABELS, &["labels"]),
            (Value::Duration, &["reopen_duration"]),
            (Value::Any, &["fields", "custom_fields"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[
            need_or(&["api_url"], &["jira_api_url"]),
            need(&["project"]),
            need(&["issue_type"]),
        ],
    ),
    kind(
        "opsgenie",
        true,
        &[
            (
                Value::Text,
                &[
                    "api_key",
                    "api_key_file",
                    "message",
                    "description",
                    "source",
                    "entity",
                    "actions",
                    "tags",
                    "note",
                    "priority",
                ],
            ),
            (Value::Url, &["api_url"]),
            (PAIRS, &["details"]),
            (RESPONDERS, &["responders"]),
            (Value::Switch, &["send_resolved", "update_alerts"]),
            (HTTP, &["http_config"]),
        ],
        &[need_or(
            &["api_key", "api_key_file"],
            &["opsgenie_api_key", "opsgenie_api_key_file"],
        )],
    ),
    kind(
        "pagerduty",
        true,
        &[
            (
                Value::Text,
                &[
                    "service_key",
                    "service_key_file",
                    "routing_key",
                    "routing_key_file",
                    "client",
                    "client_url",
                    "description",
                    "source",
                    "severity",
                    "class",
                    "component",
                    "group",
                ],
            ),
            (Value::Url, &["url"]),
            (Value::Any, &["details"]),
            (IMAGES, &["images"]),
            (LINKS, &["links"]),
            (Value::Timeout, &["timeout"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[need(&[
            "routing_key",
            "service_key",
            "routing_key_file",
            "service_key_file",
        ])],
    ),
    kind(
        "pushover",
        true,
        &[
            (
                Value::Text,
                &[
                    "user_key",
                    "user_key_file",
                    "token",
                    "token_file",
                    "title",
                    "message",
                    "url",
                    "url_title",
                    "device",
                    "sound",
                    "priority",
                ],
            ),
            (Value::GoDuration, &["retry", "expire", "ttl"]),
            (Value::Switch, &["send_resolved", "html", "monospace"]),
            (HTTP, &["http_config"]),
        ],
        &[
            need(&["user_key", "user_key_file"]),
            need(&["token", "token_file"]),
        ],
    )
    .one_at_most(&["html", "monospace"]),
    kind(
        "sns",
        true,
        &[
            (
                Value::Text,
                &[
                    "api_url",
                    "topic_arn",
                    "phone_number",
                    "target_arn",
                    "subject",
                    "message",
                ],
            ),
            (SIGV4, &["sigv4"]),
            (PAIRS, &["attributes"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved", "use_aws_http_client"]),
        ],
        &[need(&["topic_arn", "phone_number", "target_arn"])],
    )
    .one_at_most(&["topic_arn", "phone_number", "target_arn"]),
    kind(
        "victorops",
        true,
        &[
            (
                Value::Text,
                &[
                    "api_key",
                    "api_key_file",
                    "routing_key",
                    "message_type",
                    "state_message",
                    "entity_display_name",
                    "monitoring_tool",
                ],
            ),
            (Value::Url, &["api_url"]),
            (VICTOROPS_FIELDS, &["custom_fields"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[
            need(&["routing_key"]),
            need_or(
                &["api_key", "api_key_file"],
                &["victorops_api_key", "victorops_api_key_file"],
            ),
        ],
    ),
    kind(
        "webhook",
        true,
        &[
            (Value::Text, &["url_file"]),
            (Value::Url, &["url"]),
            (Value::Count, &["max_alerts"]),
            (Value::Timeout, &["timeout"]),
            (Value::Any, &["payload"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[need(&["url", "url_file"])],
    ),
];
