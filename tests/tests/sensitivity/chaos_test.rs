//! The chaos test and the error codes: what their expectations depend on.

use super::*;

#[test]
fn as_it_happened() {
    check(
        "incidents/2024-12-04-chaos-test-500s/as-happened.yaml",
        &[
            (
                "the app takes a minute more",
                |script| script.replace("mobile-app: { delay: 25s }", "mobile-app: { delay: 85s }"),
                &[
                    "on-call is paged within 15s of 19:34:40",
                    "on-call acknowledges within 5s of 19:35:20",
                    "on-call reports within 15s of 19:45:00",
                    "chaos-test ends within 15s of 19:47:00",
                ],
            ),
            (
                "Slack takes a minute more",
                |script| script.replace("slack: { delay: 5s }", "slack: { delay: 65s }"),
                &["as-by-slack acknowledges within 5s of 19:34:20"],
            ),
            (
                "the fault ends with the report",
                |script| script.replace("lingers: 2m ", "lingers: 0s "),
                &["chaos-test ends within 15s of 19:47:00"],
            ),
            (
                "the fault starts later",
                |script| script.replace("starts: 19:34\n", "starts: 19:35\n"),
                &[
                    "the first order fails within 15s of 19:34:00",
                    "Purchases fires within 30s of 19:34:00",
                    "on-call is paged within 15s of 19:34:40",
                    "as-by-slack acknowledges within 5s of 19:34:20",
                    "on-call acknowledges within 5s of 19:35:20",
                    "on-call reports within 15s of 19:45:00",
                    "chaos-test ends within 15s of 19:47:00",
                    "orders succeed again within 1m of 19:48:00",
                    "orders of diners during chaos-test: placed 1, fulfilled 0, failed 1",
                ],
            ),
            (
                "the threshold is out of reach",
                |script| script.replace_in_rules("> 0", "> 1e9"),
                &[
                    "alert Purchases fires within 15s of the first failure",
                    "Purchases fires within 30s of 19:34:00",
                    "on-call is paged within 15s of 19:34:40",
                    "as-by-slack acknowledges within 5s of 19:34:20",
                    "on-call acknowledges within 5s of 19:35:20",
                    "on-call reports within 15s of 19:45:00",
                    "chaos-test ends within 15s of 19:47:00",
                    "orders succeed again within 1m of 19:48:00",
                    "orders of diners during chaos-test: placed 1, fulfilled 0, failed 1",
                ],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        "      - name: chaos-test\n",
                        "{ name: next, starts: 19:45, inject: { made_but_not_told: {} } }",
                    )
                },
                &[
                    "orders succeed again within 1m of 19:48:00",
                    "orders of diners: duplicated 0, lost 0, in doubt 0",
                ],
            ),
        ],
    );
}

#[test]
fn hardened() {
    check(
        "incidents/2024-12-04-chaos-test-500s/hardened.yaml",
        &[
            (
                "no automatic report",
                without_auto_report,
                &[
                    "order_service reports within 10s of 0s after chaos-test starts",
                    "alert FactoryFailing resolves within 5m of the end of chaos-test",
                    "alert Factory failing resolves within 5m of the end of chaos-test",
                    "sum(auto_reports_total) > 0 5m after the first fault starts",
                    "alert FactoryRejectsOurKey fires within 1m of the start of wrong-key",
                    "alert FactoryRejectsOurKey pages within 2m of the start of wrong-key",
                    "alert FactoryRejectsOurKey resolves within 5m of the end of wrong-key",
                    "alert Factory rejects our key fires within 1m of the start of wrong-key",
                    "alert Factory rejects our key pages within 2m of the start of wrong-key",
                    "alert Factory rejects our key resolves within 5m of the end of wrong-key",
                    "sum(increase(configuration_errors_total[1m])) > 0 13m after the first fault starts",
                    "sum(increase(backoffs_total[1m])) > 0 19m after the first fault starts",
                    "sum(increase(factory_calls_total{code=\"bad_jwt\"}[1m])) > 0 25m after the first fault starts",
                    "sum(factory_calls_total{code=\"503\"}) == 1 9m after the first fault starts",
                    "orders of customers: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during the faults",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the end of bad-jwt on",
                ],
            ),
            (
                "no queue",
                without_queue,
                &[
                    "orders of customers: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during the faults",
                    "queue drained within 1m of the fault's end",
                ],
            ),
            (
                "no rules",
                without_rules,
                &[
                    "alert FactoryFailing fires within 1m of the first failure",
                    "alert FactoryFailing pages within 1m 10s of the first failure",
                    "alert FactoryFailing resolves within 5m of the end of chaos-test",
                    "alert Factory failing fires within 1m of the first failure",
                    "alert Factory failing pages within 1m 10s of the first failure",
                    "alert Factory failing resolves within 5m of the end of chaos-test",
                    "alert FactoryRejectsOurKey fires within 1m of the start of wrong-key",
                    "alert FactoryRejectsOurKey pages within 2m of the start of wrong-key",
                    "alert FactoryRejectsOurKey resolves within 5m of the end of wrong-key",
                    "alert Factory rejects our key fires within 1m of the start of wrong-key",
                    "alert Factory rejects our key pages within 2m of the start of wrong-key",
                    "alert Factory rejects our key resolves within 5m of the end of wrong-key",
                ],
            ),
            (
                "the threshold of FactoryFailing is out of reach",
                |script| script.replace_in_rules("> 0.2", "> 1e9"),
                &[
                    "alert FactoryFailing fires within 1m of the first failure",
                    "alert FactoryFailing pages within 1m 10s of the first failure",
                    "alert FactoryFailing resolves within 5m of the end of chaos-test",
                ],
            ),
            (
                "the threshold of FactoryRejectsOurKey is out of reach",
                |script| script.replace_in_rules("[2m])) > 0", "[2m])) > 1e9"),
                &[
                    "alert FactoryRejectsOurKey fires within 1m of the start of wrong-key",
                    "alert FactoryRejectsOurKey pages within 2m of the start of wrong-key",
                    "alert FactoryRejectsOurKey resolves within 5m of the end of wrong-key",
                ],
            ),
            (
                "the threshold of Factory failing is out of reach",
                |script| script.replace_in_grafana(" > 2 &&", " > 1e9 &&"),
                &[
                    "alert Factory failing fires within 1m of the first failure",
                    "alert Factory failing pages within 1m 10s of the first failure",
                    "alert Factory failing resolves within 5m of the end of chaos-test",
                ],
            ),
            (
                "the threshold of Factory rejects our key is out of reach",
                |script| script.replace_in_grafana("- 0\n", "- 1000000\n"),
                &[
                    "alert Factory rejects our key fires within 1m of the start of wrong-key",
                    "alert Factory rejects our key pages within 2m of the start of wrong-key",
                    "alert Factory rejects our key resolves within 5m of the end of wrong-key",
                ],
            ),
            (
                "Slack takes two minutes more",
                |script| script.replace("delay: 5s", "delay: 125s"),
                &[
                    "alert FactoryFailing pages within 1m 10s of the first failure",
                    "alert Factory failing pages within 1m 10s of the first failure",
                    "alert FactoryRejectsOurKey pages within 2m of the start of wrong-key",
                    "alert Factory rejects our key pages within 2m of the start of wrong-key",
                ],
            ),
            (
                "another alert",
                with_another_alert,
                &["no other alert fires"],
            ),
            (
                "no 500 has a report URL",
                |script| {
                    script
                        .replace("ends: on_report\n", "ends: { after: 5m }\n")
                        .replace("report_url: true", "report_url: false")
                },
                &[
                    "order_service reports within 10s of 0s after chaos-test starts",
                    "sum(auto_reports_total) > 0 5m after the first fault starts",
                ],
            ),
            (
                "no 401",
                |script| script.replace("code: 401, message: invalid authentication", "code: 500"),
                &[
                    "alert FactoryRejectsOurKey fires within 1m of the start of wrong-key",
                    "alert FactoryRejectsOurKey pages within 2m of the start of wrong-key",
                    "alert FactoryRejectsOurKey resolves within 5m of the end of wrong-key",
                    "alert Factory rejects our key fires within 1m of the start of wrong-key",
                    "alert Factory rejects our key pages within 2m of the start of wrong-key",
                    "alert Factory rejects our key resolves within 5m of the end of wrong-key",
                    "sum(increase(configuration_errors_total[1m])) > 0 13m after the first fault starts",
                ],
            ),
            (
                "no 429",
                |script| {
                    script.replace(
                        "code: 429, message: too many requests, retry_after: 5s",
                        "code: 500",
                    )
                },
                &["sum(increase(backoffs_total[1m])) > 0 19m after the first fault starts"],
            ),
            (
                "no bad JWT",
                |script| script.replace("bad_jwt: {}", "malformed_body: {}"),
                &[
                    "sum(increase(factory_calls_total{code=\"bad_jwt\"}[1m])) > 0 25m after the first fault starts",
                ],
            ),
            (
                "the party fits the oven",
                |script| script.replace("pizzas: 21", "pizzas: 20"),
                &[
                    "orders of party: placed 1, refused 1",
                    "sum(factory_calls_total{code=\"503\"}) == 1 9m after the first fault starts",
                ],
            ),
            (
                "slow answers and a patient service",
                |script| {
                    script
                        .replace("factory_timeout: 1s", "factory_timeout: 30s")
                        .replace("bad_jwt: {}", "latency: { fixed: 8s }")
                },
                &[
                    "sum(increase(factory_calls_total{code=\"bad_jwt\"}[1m])) > 0 25m after the first fault starts",
                    "orders answered within 2s at p99",
                ],
            ),
            (
                "the last fault stays",
                |script| {
                    script.replace("        inject: { bad_jwt: {} }\n", "        inject: { bad_jwt: {} }\n      - { name: next, starts: 19:58, inject: { status: { code: 500 } } }\n")
                },
                &[
                    "orders of customers: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the end of bad-jwt on",
                ],
            ),
        ],
    );
}
