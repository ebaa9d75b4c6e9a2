//! The integrations that write where people talk, from version 0.25 of Alertmanager on.

use super::sections::{HTTP, HTTP_WITH_AUTHORIZATION, SLACK_ACTIONS, SLACK_FIELDS};
use super::{IntegrationKind, Need, Value, kind, need, need_or};

const HOOK: Need = need(&["webhook_url", "webhook_url_file"]);
const PARSE_MODE: Value = Value::OneOf(&["Markdown", "MarkdownV2", "HTML"]);
const WECHAT_TYPE: Value = Value::OneOf(&["text", "markdown"]);

pub(super) const CHATS: [IntegrationKind; 9] = [
    kind(
        "discord",
        true,
        &[
            (
                Value::Text,
                &[
                    "webhook_url_file",
                    "content",
                    "title",
                    "message",
                    "username",
                    "avatar_url",
                ],
            ),
            (Value::Url, &["webhook_url"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[HOOK],
    ),
    kind(
        "mattermost",
        true,
        &[
            (
                Value::Text,
                &[
                    "webhook_url_file",
                    "channel",
                    "username",
                    "text",
                    "icon_url",
                    "icon_emoji",
                    "type",
                    "fallback",
                    "color",
                    "pretext",
                    "author_name",
                    "author_link",
                    "author_icon",
                    "title",
                    "title_link",
                    "thumb_url",
                    "footer",
                    "footer_icon",
                    "image_url",
                ],
            ),
            (Value::Url, &["webhook_url"]),
            (Value::Any, &["attachments", "props", "priority", "fields"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[need_or(
            &["webhook_url", "webhook_url_file"],
            &["mattermost_webhook_url", "mattermost_webhook_url_file"],
        )],
    ),
    kind(
        "msteams",
        true,
        &[
            (
                Value::Text,
                &["webhook_url_file", "title", "summary", "text"],
            ),
            (Value::Url, &["webhook_url"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[HOOK],
    ),
    kind(
        "msteamsv2",
        true,
        &[
            (Value::Text, &["webhook_url_file", "title", "text"]),
            (Value::Url, &["webhook_url"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[HOOK],
    ),
    kind(
        "rocketchat",
        false,
        &[
            (
                Value::Text,
                &[
                    "token_id",
                    "token_id_file",
                    "token",
                    "token_file",
                    "channel",
                    "color",
                    "title",
                    "title_link",
                    "text",
                    "emoji",
                    "icon_url",
                    "image_url",
                    "thumb_url",
                ],
            ),
            (Value::Url, &["api_url"]),
            (Value::Any, &["fields", "actions"]),
            (
                Value::Switch,
                &["send_resolved", "short_fields", "link_names"],
            ),
            (HTTP, &["http_config"]),
        ],
        &[
            need_or(
                &["token_id", "token_id_file"],
                &["rocketchat_token_id", "rocketchat_token_id_file"],
            ),
            need_or(
                &["token", "token_file"],
                &["rocketchat_token", "rocketchat_token_file"],
            ),
        ],
    ),
    kind(
        "slack",
        false,
        &[
            (
                Value::Text,
                &[
                    "api_url_file",
                    "app_token",
                    "app_token_file",
                    "channel",
                    "username",
                    "color",
                    "title",
                    "title_link",
                    "pretext",
                    "text",
                    "footer",
                    "fallback",
                    "callback_id",
                    "icon_emoji",
                    "icon_url",
                    "image_url",
                    "thumb_url",
                    "message_text",
                ],
            ),
            (Value::Url, &["api_url", "app_url"]),
            (SLACK_FIELDS, &["fields"]),
            (
                Value::Switch,
                &[
                    "send_resolved",
                    "short_fields",
                    "link_names",
                    "update_message",
                    "edit_messages",
                ],
            ),
            (Value::Texts, &["mrkdwn_in"]),
            (SLACK_ACTIONS, &["actions"]),
            (Value::Timeout, &["timeout"]),
            (HTTP, &["http_config"]),
        ],
        &[need_or(
            &["api_url", "api_url_file", "app_token", "app_token_file"],
            &[
                "slack_api_url",
                "slack_api_url_file",
                "slack_app_token",
                "slack_app_token_file",
            ],
        )],
    ),
    kind(
        "telegram",
        true,
        &[
            (
                Value::Text,
                &["bot_token", "bot_token_file", "chat_id_file", "message"],
            ),
            (Value::Url, &["api_url"]),
            (Value::Integer, &["chat_id", "message_thread_id"]),
            (Value::Switch, &["send_resolved", "disable_notifications"]),
            (PARSE_MODE, &["parse_mode"]),
            (HTTP, &["http_config"]),
        ],
        &[
            need_or(
                &["bot_token", "bot_token_file"],
                &["telegram_bot_token", "telegram_bot_token_file"],
            ),
            need(&["chat_id", "chat_id_file"]),
        ],
    ),
    kind(
        "webex",
        true,
        &[
            (Value::Text, &["message", "room_id"]),
            (Value::Url, &["api_url"]),
            (HTTP_WITH_AUTHORIZATION, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[need(&["room_id"]), need(&["http_config"])],
    ),
    kind(
        "wechat",
        false,
        &[
            (
                Value::Text,
                &[
                    "api_secret",
                    "api_secret_file",
                    "corp_id",
                    "message",
                    "to_user",
                    "to_party",
                    "to_tag",
                    "agent_id",
                ],
            ),
            (Value::Url, &["api_url"]),
            (WECHAT_TYPE, &["message_type"]),
            (HTTP, &["http_config"]),
            (Value::Switch, &["send_resolved"]),
        ],
        &[
            need_or(
                &["api_secret", "api_secret_file"],
                &["wechat_api_secret", "wechat_api_secret_file"],
            ),
            need_or(&["corp_id"], &["wechat_api_corp_id"]),
        ],
    ),
];
