//! The settings within the settings of integrations, and the global section.

use super::{Section, Value, need, section};

pub(super) const HTTP: Value = Value::Section(&HTTP_SECTION);

/// Where only a token will do.
pub(super) const HTTP_WITH_AUTHORIZATION: Value = Value::Section(&Section {
    needs: &[need(&[
        "authorization",
        "bearer_token",
        "bearer_token_file",
    ])],
    ..HTTP_SECTION
});

const HTTP_SECTION: Section = Section {
    fields: &[
        (
            Value::Text,
            &["bearer_token", "bearer_token_file", "proxy_url", "no_proxy"],
        ),
        (
            Value::Switch,
            &["follow_redirects", "enable_http2", "proxy_from_environment"],
        ),
        (Value::Any, &["proxy_connect_header", "http_headers"]),
        (BASIC_AUTH, &["basic_auth"]),
        (AUTHORIZATION, &["authorization"]),
        (OAUTH2, &["oauth2"]),
        (TLS, &["tls_config"]),
    ],
    needs: &[],
    one_at_most: &[
        "basic_auth",
        "authorization",
        "oauth2",
        "bearer_token",
        "bearer_token_file",
    ],
};

const BASIC_AUTH: Value = Value::Section(&section(
    &[(
        Value::Text,
        &[
            "username",
            "username_file",
            "username_ref",
            "password",
            "password_file",
            "password_ref",
        ],
    )],
    &[],
));

const AUTHORIZATION: Value = Value::Section(&section(
    &[
        (Value::Authorization, &["type"]),
        (
            Value::Text,
            &["credentials", "credentials_file", "credentials_ref"],
        ),
    ],
    &[],
));

const OAUTH2: Value = Value::Section(&section(
    &[
        (
            Value::Text,
            &[
                "client_id",
                "client_secret",
                "client_secret_file",
                "client_secret_ref",
                "token_url",
                "proxy_url",
                "no_proxy",
                "grant_type",
                "client_certificate_key",
                "client_certificate_key_file",
                "client_certificate_key_ref",
                "client_certificate_key_id",
                "signature_algorithm",
                "iss",
                "audience",
            ],
        ),
        (Value::Texts, &["scopes"]),
        (Value::Switch, &["proxy_from_environment"]),
        (
            Value::Any,
            &["endpoint_params", "proxy_connect_header", "claims"],
        ),
        (TLS, &["tls_config"]),
    ],
    &[need(&["client_id"]), need(&["token_url"])],
));

const TLS_VERSION: Value = Value::OneOf(&["TLS10", "TLS11", "TLS12", "TLS13"]);

pub(super) const TLS: Value = Value::Section(&section(
    &[
        (
            Value::Text,
            &[
                "ca",
                "ca_file",
                "ca_ref",
                "cert",
                "cert_file",
                "cert_ref",
                "key",
                "key_file",
                "key_ref",
                "server_name",
            ],
        ),
        (Value::Switch, &["insecure_skip_verify"]),
        (TLS_VERSION, &["min_version", "max_version"]),
    ],
    &[],
));

pub(super) const SIGV4: Value = Value::Section(&section(
    &[
        (
            Value::Text,
            &[
                "region",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Value::Switch, &["use_fips_sts_endpoint"]),
    ],
    &[],
));

pub(super) const SLACK_FIELDS: Value = Value::Sections(&section(
    &[
        (Value::Text, &["title", "value"]),
        (Value::Switch, &["short"]),
    ],
    &[need(&["title"]), need(&["value"])],
));

pub(super) const SLACK_ACTIONS: Value = Value::Sections(&section(
    &[
        (
            Value::Text,
            &["type", "text", "url", "style", "name", "value"],
        ),
        (SLACK_CONFIRMATION, &["confirm"]),
    ],
    &[need(&["type"]), need(&["text"]), need(&["url", "name"])],
));

const SLACK_CONFIRMATION: Value = Value::Section(&section(
    &[(Value::Text, &["text", "title", "ok_text", "dismiss_text"])],
    &[need(&["text"])],
));

pub(super) const JIRA_TEXT: Value = Value::TextOr(&section(
    &[
        (Value::Text, &["template"]),
        (Value::Switch, &["enable_update"]),
    ],
    &[],
));

pub(super) const JIRA_LABELS: Value = Value::TextsOr(&section(
    &[
        (Value::Texts, &["values"]),
        (Value::Switch, &["enable_update"]),
        (Value::Text, &["update_mode"]),
    ],
    &[],
));

pub(super) const IMAGES: Value =
    Value::Sections(&section(&[(Value::Text, &["src", "alt", "href"])], &[]));

pub(super) const LINKS: Value = Value::Sections(&section(&[(Value::Text, &["href", "text"])], &[]));

const RESPONDER_TYPE: Value =
    Value::OneOfOrTemplate(&["team", "teams", "user", "escalation", "schedule"]);

pub(super) const RESPONDERS: Value = Value::Sections(&section(
    &[
        (Value::Text, &["id", "name", "username"]),
        (RESPONDER_TYPE, &["type"]),
    ],
    &[need(&["id", "name", "username"]), need(&["type"])],
));

/// The global section.
pub(in crate::alerting::alertmanager) const GLOBAL: Section = section(
    &[
        (
            Value::Text,
            &[
                "smtp_from",
                "smtp_hello",
                "smtp_auth_username",
                "smtp_auth_password",
                "smtp_auth_password_file",
                "smtp_auth_secret",
                "smtp_auth_secret_file",
                "smtp_auth_identity",
                "slack_api_url_file",
                "slack_app_token",
                "slack_app_token_file",
                "opsgenie_api_key",
                "opsgenie_api_key_file",
                "wechat_api_secret",
                "wechat_api_secret_file",
                "wechat_api_corp_id",
                "victorops_api_key",
                "victorops_api_key_file",
                "telegram_bot_token",
                "telegram_bot_token_file",
                "rocketchat_token",
                "rocketchat_token_file",
                "rocketchat_token_id",
                "rocketchat_token_id_file",
                "mattermost_webhook_url_file",
                "incidentio_alert_source_token",
                "incidentio_alert_source_token_file",
            ],
        ),
        (
            Value::Url,
            &[
                "jira_api_url",
                "slack_api_url",
                "slack_app_url",
                "pagerduty_url",
                "opsgenie_api_url",
                "wechat_api_url",
                "victorops_api_url",
                "telegram_api_url",
                "webex_api_url",
                "rocketchat_api_url",
                "mattermost_webhook_url",
                "incidentio_url",
            ],
        ),
        (Value::HostPort, &["smtp_smarthost"]),
        (
            Value::Switch,
            &["smtp_require_tls", "smtp_force_implicit_tls"],
        ),
        (Value::Duration, &["resolve_timeout"]),
        (HTTP, &["http_config"]),
        (TLS, &["smtp_tls_config"]),
    ],
    &[],
);
