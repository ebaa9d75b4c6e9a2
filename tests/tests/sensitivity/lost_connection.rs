//! The lost connection: what its expectations depend on.

use super::*;

const LAST: &str = "      - name: last-group";

fn without_probe(script: Script) -> Script {
    script.replace("  health_probe: { every: 2s }\n", "")
}

#[test]
fn as_it_happened() {
    check(
        "incidents/2024-12-05-lost-connection/as-happened.yaml",
        &[
            (
                "the phone takes a minute more",
                |script| script.replace("delay: 15s", "delay: 75s"),
                &[
                    "alex acknowledges within 15s of 18:58:00",
                    "lost-connection ends within 15s of 19:20:00",
                ],
            ),
            (
                "a lower threshold",
                |script| script.replace_in_rules("> 14.5", "> 3.5"),
                &[
                    "FailedPizzaRequests fires within 30s of 18:57:30",
                    "alex acknowledges within 15s of 18:58:00",
                    "lost-connection ends within 15s of 19:20:00",
                    "orders of diners during lost-connection: fulfilled 0, in doubt at least 50",
                ],
            ),
            (
                "a higher threshold",
                |script| script.replace_in_rules("> 14.5", "> 18.5"),
                &[
                    "alert FailedPizzaRequests fires within 8m",
                    "FailedPizzaRequests fires within 30s of 18:57:30",
                    "alex acknowledges within 15s of 18:58:00",
                    "lost-connection ends within 15s of 19:20:00",
                ],
            ),
            (
                "a retry",
                |script| {
                    script.replace(
                        "{ factory: headquarters }",
                        "{ factory: headquarters, retry: { attempts: 2 } }",
                    )
                },
                &["orders of diners: duplicated 0, lost 0"],
            ),
            (
                "the last group comes later",
                |script| {
                    script
                        .replace("starts: 19:22\n", "starts: 19:40\n")
                        .replace("ends: { at: 19:26 }", "ends: { at: 19:44 }")
                },
                &[
                    "orders of diners from 19:20:30 to 19:30:00: fulfilled at least 1, failed at least 1",
                    "at least 100% of orders fulfilled from 4m after the fault's end on",
                ],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        LAST,
                        "{ name: next, starts: 19:22, inject: { status: { code: 500 } } }",
                    )
                },
                &["at least 100% of orders fulfilled from 4m after the fault's end on"],
            ),
        ],
    );
}

#[test]
fn hardened() {
    check(
        "incidents/2024-12-05-lost-connection/hardened.yaml",
        &[
            (
                "no fallback",
                without_fallback,
                &[
                    "sum(increase(factory_calls_total{factory=\"backup\",code=\"200\"}[10m])) > 0 15m after the first fault starts",
                ],
            ),
            (
                "no queue",
                without_queue,
                &[
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "queue drained within 1m of the end of last-group",
                ],
            ),
            (
                "no probe",
                without_probe,
                &[
                    "FactoryDown fires before the first order fails",
                    "Factory down fires before the first order fails",
                    "alert FactoryDown fires within 1m of the first failure",
                    "alert FactoryDown pages within 2m of the first failure",
                    "alert Factory down fires within 1m of the first failure",
                    "alert Factory down pages within 2m of the first failure",
                    "alert FactoryDown resolves within 5m of the end of last-group",
                    "alert Factory down resolves within 5m of the end of last-group",
                ],
            ),
            (
                "neither probe nor queue",
                |script| without_queue(without_probe(script)),
                &[
                    "FactoryDown fires before the first order fails",
                    "Factory down fires before the first order fails",
                    "alert FactoryDown fires within 1m of the first failure",
                    "alert FactoryDown pages within 2m of the first failure",
                    "alert Factory down fires within 1m of the first failure",
                    "alert Factory down pages within 2m of the first failure",
                    "alert FactoryDown resolves within 5m of the end of last-group",
                    "alert Factory down resolves within 5m of the end of last-group",
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "queue drained within 1m of the end of last-group",
                ],
            ),
            (
                "neither fallback nor queue",
                |script| without_queue(without_fallback(script)),
                &[
                    "Factory down fires before the first order fails",
                    "no other alert fires",
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during lost-connection",
                    "sum(increase(factory_calls_total{factory=\"backup\",code=\"200\"}[10m])) > 0 15m after the first fault starts",
                    "queue drained within 1m of the end of last-group",
                ],
            ),
            (
                "a factory that makes an order again",
                |script| {
                    script.replace(
                        "  headquarters:\n    idempotent: true",
                        "  headquarters:\n    idempotent: false",
                    )
                },
                &["orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0"],
            ),
            (
                "silence in place of a reset, and no timeout",
                |script| {
                    script
                        .replace("reply: reset", "reply: hang")
                        .replace("  factory_timeout: 1s\n", "")
                },
                &[
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during lost-connection",
                    "orders answered within 2s at p99",
                ],
            ),
            (
                "no rules",
                without_rules,
                &[
                    "FactoryDown fires before the first order fails",
                    "Factory down fires before the first order fails",
                    "alert FactoryDown fires within 1m of the first failure",
                    "alert FactoryDown pages within 2m of the first failure",
                    "alert Factory down fires within 1m of the first failure",
                    "alert Factory down pages within 2m of the first failure",
                    "alert FactoryDown resolves within 5m of the end of last-group",
                    "alert Factory down resolves within 5m of the end of last-group",
                ],
            ),
            (
                "the threshold of FactoryDown is out of reach",
                |script| script.replace_in_rules("factory_up == 0", "factory_up < -1"),
                &[
                    "FactoryDown fires before the first order fails",
                    "alert FactoryDown fires within 1m of the first failure",
                    "alert FactoryDown pages within 2m of the first failure",
                    "alert FactoryDown resolves within 5m of the end of last-group",
                ],
            ),
            (
                "the threshold of Factory down is out of reach",
                |script| script.replace_in_grafana("- 1\n", "- -1\n"),
                &[
                    "Factory down fires before the first order fails",
                    "alert Factory down fires within 1m of the first failure",
                    "alert Factory down pages within 2m of the first failure",
                    "alert Factory down resolves within 5m of the end of last-group",
                ],
            ),
            (
                "the phone takes two minutes more",
                |script| script.replace("delay: 15s", "delay: 135s"),
                &[
                    "alert FactoryDown pages within 2m of the first failure",
                    "alert Factory down pages within 2m of the first failure",
                ],
            ),
            (
                "another alert",
                with_another_alert,
                &["no other alert fires"],
            ),
            (
                "another fault follows, and no fallback",
                |script| {
                    without_fallback(with_fault(
                        script,
                        LAST,
                        "{ name: next, starts: 19:25, inject: { status: { code: 500 } } }",
                    ))
                },
                &[
                    "alert FactoryDown resolves within 5m of the end of last-group",
                    "alert Factory down resolves within 5m of the end of last-group",
                    "sum(increase(factory_calls_total{factory=\"backup\",code=\"200\"}[10m])) > 0 15m after the first fault starts",
                    "queue drained within 1m of the end of last-group",
                    "at least 100% of orders fulfilled from 1m after the end of last-group on",
                ],
            ),
        ],
    );
}
