//! What the factory says of itself at `/api/docs` and below.

use super::reply::{self, Reply};
use http::StatusCode;
use serde_json::{Value, json};

/// Any method on /api/docs.
pub(super) fn welcome() -> Reply {
    let body = json!({
        "message": "welcome to JWT Pizza Factory",
        "version": env!("CARGO_PKG_VERSION"),
        "endpoints": endpoints(),
    });
    reply::json(StatusCode::OK, &body)
}

fn endpoints() -> Vec<Value> {
    let key = "-H 'Authorization: Bearer KEY'";
    vec![
        endpoint(
            ("POST", "/api/order", true),
            "Make a pizza",
            &format!(
                r#"curl -X POST HOST/api/order {key} -H 'Content-Type: application/json' -d '{{"diner":{{"name":"joe"}},"order":{{"items":[{{"menuId":1,"description":"Veggie","price":0.0038}}]}}}}'"#
            ),
            &json!({ "jwt": "JWT" }),
        ),
        endpoint(
            ("POST", "/api/order/verify", false),
            "Verify a pizza",
            r#"curl -X POST HOST/api/order/verify -H 'Content-Type: application/json' -d '{"jwt":"JWT"}'"#,
            &json!({ "message": "valid", "payload": { "vendor": { "id": "student" }, "diner": {}, "order": {} } }),
        ),
        endpoint(
            ("GET", "/.well-known/jwks.json", false),
            "The keys to verify a pizza with",
            "curl HOST/.well-known/jwks.json",
            &json!({ "keys": [{ "kty": "RSA", "kid": "KID", "n": "N", "e": "AQAB" }] }),
        ),
        endpoint(
            ("GET", "/api/vendor", true),
            "The vendor that the key belongs to",
            &format!("curl HOST/api/vendor {key}"),
            &json!({ "id": "student", "apiKey": "KEY", "roles": ["vendor"], "connections": {} }),
        ),
        endpoint(
            ("POST", "/api/vendor", false),
            "Create a vendor",
            r#"curl -X POST HOST/api/vendor -H 'Content-Type: application/json' -d '{"id":"student"}'"#,
            &json!({ "id": "student", "email": "student@byu.edu" }),
        ),
        endpoint(
            ("PUT", "/api/vendor", true),
            "Change a vendor; null removes a field",
            &format!(
                r#"curl -X PUT HOST/api/vendor {key} -H 'Content-Type: application/json' -d '{{"id":"student","phone":"555"}}'"#
            ),
            &json!({ "id": "student", "phone": "555" }),
        ),
        endpoint(
            ("GET", "/api/vendor/:id", false),
            "Whether there is such a vendor",
            "curl HOST/api/vendor/student",
            &json!({ "exists": true }),
        ),
        endpoint(
            ("POST", "/api/vendor/code", false),
            "Ask for a login code",
            r#"curl -X POST HOST/api/vendor/code -H 'Content-Type: application/json' -d '{"id":"student"}'"#,
            &json!({ "email": "student@byu.edu" }),
        ),
        endpoint(
            ("POST", "/api/vendor/auth", false),
            "Get the vendor and its key for a login code",
            r#"curl -X POST HOST/api/vendor/auth -H 'Content-Type: application/json' -d '{"id":"student","code":"CODE"}'"#,
            &json!({ "id": "student", "apiKey": "KEY", "roles": ["vendor"], "connections": {} }),
        ),
        endpoint(
            ("POST", "/api/vendor/connect", true),
            "Be connected with another vendor who waits for the same purpose",
            &format!(
                r#"curl -X POST HOST/api/vendor/connect {key} -H 'Content-Type: application/json' -d '{{"purpose":"test"}}'"#
            ),
            &json!({ "id": "student", "connections": { "test": { "id": "other", "purpose": "test", "rating": 0 } } }),
        ),
        endpoint(
            ("PUT", "/api/vendor/connect", true),
            "Rate a vendor that one is connected with",
            &format!(
                r#"curl -X PUT HOST/api/vendor/connect {key} -H 'Content-Type: application/json' -d '{{"id":"other","purpose":"test","rating":5}}'"#
            ),
            &Value::Null,
        ),
        endpoint(
            ("PUT", "/api/vendor/chaos/:type", true),
            "Begin chaos: fail, throttle or badjwt",
            &format!("curl -X PUT HOST/api/vendor/chaos/fail {key}"),
            &json!({ "message": "Chaos initiated" }),
        ),
        endpoint(
            ("GET", "/api/support/:apiKey/report/:fixCode", false),
            "Report a problem, which resolves it",
            "curl HOST/api/support/KEY/report/CODE",
            &json!({ "message": "Problem resolved. Pizza is back on the menu!" }),
        ),
        endpoint(
            ("GET", "/api/admin/vendors", true),
            "Every vendor, for an admin",
            &format!("curl HOST/api/admin/vendors {key}"),
            &json!([{ "id": "student", "apiKey": "KEY", "roles": ["vendor"], "connections": {} }]),
        ),
        endpoint(
            ("PUT", "/api/admin/role", true),
            "Make a vendor an admin, or no admin any more",
            &format!(
                r#"curl -X PUT HOST/api/admin/role {key} -H 'Content-Type: application/json' -d '{{"id":"student","roles":["admin"]}}'"#
            ),
            &json!({ "id": "student", "roles": ["admin", "vendor"] }),
        ),
        endpoint(
            ("DELETE", "/api/admin/vendor", true),
            "Delete a vendor's connections or chaos, or the vendor: connection, chaos or all",
            &format!(
                r#"curl -X DELETE HOST/api/admin/vendor {key} -H 'Content-Type: application/json' -d '{{"id":"student","deleteType":"all"}}'"#
            ),
            &Value::Null,
        ),
        endpoint(
            ("GET", "/api/badge/:account/:badge", false),
            "A badge",
            "curl HOST/api/badge/student/coverage",
            &json!("<svg>...</svg>"),
        ),
        endpoint(
            ("POST", "/api/badge/:account/:badge", true),
            "Make a badge of a label, a value and a color",
            &format!(
                "curl -X POST 'HOST/api/badge/student/coverage?label=Coverage&value=87%25&color=green' {key}"
            ),
            &json!({ "url": "HOST/api/badge/student/coverage" }),
        ),
        endpoint(
            ("POST", "/api/log", true),
            "Send a log",
            &format!(
                r#"curl -X POST HOST/api/log {key} -H 'Content-Type: application/json' -d '{{"message":"hello"}}'"#
            ),
            &json!("Log received"),
        ),
        endpoint(
            ("PUT", "/api/log", true),
            "Set what is said to a log, for an admin",
            &format!(
                r#"curl -X PUT HOST/api/log {key} -H 'Content-Type: application/json' -d '{{"message":"thanks"}}'"#
            ),
            &json!("thanks"),
        ),
        endpoint(
            ("GET", "/health", false),
            "Whether the factory lives",
            "curl HOST/health",
            &json!({ "status": "ok" }),
        ),
        endpoint(
            ("GET", "/ready", false),
            "Whether an order would be made: 503 while a fault would touch it",
            "curl HOST/ready",
            &json!({ "status": "ready" }),
        ),
    ]
}

fn endpoint(
    (method, path, requires_auth): (&str, &str, bool),
    description: &str,
    example: &str,
    response: &Value,
) -> Value {
    json!({
        "method": method,
        "path": path,
        "requiresAuth": requires_auth,
        "description": description,
        "example": example,
        "response": response,
    })
}
