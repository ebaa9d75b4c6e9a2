//! The headquarters outage: what its expectations depend on.

use super::*;

const BUG: &str = "      - name: ordering-bug\n";

#[test]
fn as_it_happened() {
    check(
        "incidents/2024-08-08-headquarters-outage/as-happened.yaml",
        &[
            (
                "the phone takes a minute more",
                |script| script.replace("delay: 66s", "delay: 126s"),
                &[
                    "on-call is paged within 15s of 10:05:06",
                    "on-call acknowledges within 15s of 10:05:24",
                    "on-call reports within 15s of 10:15:00",
                    "ordering-bug ends within 15s of 10:15:00",
                ],
            ),
            (
                "nobody reports",
                |script| script.afterwards(|loaded| loaded.scenario.responders[0].reports = None),
                &[
                    "on-call reports within 15s of 10:15:00",
                    "ordering-bug ends within 15s of 10:15:00",
                    "orders of diners during ordering-bug: placed 14, failed 14",
                    "orders of diners: duplicated 0, failed 14, lost 0",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
            (
                "the fault ends by itself, earlier",
                |script| {
                    script
                        .replace("reports: { after: 9m 36s }", "")
                        .replace("ends: on_report ", "ends: { at: 10:14 }")
                        .replace(
                            "  - at: { what: { reported: on-call }, time: 10:15, within: 15s }\n",
                            "",
                        )
                },
                &[
                    "ordering-bug ends within 15s of 10:15:00",
                    "orders of diners during ordering-bug: placed 14, failed 14",
                    "orders of diners: duplicated 0, failed 14, lost 0",
                ],
            ),
            (
                "the fault starts later",
                |script| script.replace("starts: 10:00\n", "starts: 10:03\n"),
                &[
                    "the first order fails within 15s of 10:02:00",
                    "PizzaCreationFailing is pending within 15s of 10:03:00",
                    "PizzaCreationFailing fires within 15s of 10:04:00",
                    "on-call is paged within 15s of 10:05:06",
                    "on-call acknowledges within 15s of 10:05:24",
                    "on-call reports within 15s of 10:15:00",
                    "ordering-bug ends within 15s of 10:15:00",
                    "orders of diners during ordering-bug: placed 14, failed 14",
                    "orders of diners: duplicated 0, failed 14, lost 0",
                ],
            ),
            (
                "the rule waits longer",
                |script| script.replace_in_rules("for: 1m", "for: 3m"),
                &[
                    "PizzaCreationFailing fires within 15s of 10:04:00",
                    "on-call is paged within 15s of 10:05:06",
                    "on-call acknowledges within 15s of 10:05:24",
                    "on-call reports within 15s of 10:15:00",
                    "ordering-bug ends within 15s of 10:15:00",
                    "orders of diners during ordering-bug: placed 14, failed 14",
                    "orders of diners: duplicated 0, failed 14, lost 0",
                ],
            ),
            (
                "the threshold is out of reach",
                |script| script.replace_in_rules("> 0", "> 1e9"),
                &[
                    "PizzaCreationFailing is pending within 15s of 10:03:00",
                    "PizzaCreationFailing fires within 15s of 10:04:00",
                    "on-call is paged within 15s of 10:05:06",
                    "on-call acknowledges within 15s of 10:05:24",
                    "on-call reports within 15s of 10:15:00",
                    "ordering-bug ends within 15s of 10:15:00",
                    "orders of diners during ordering-bug: placed 14, failed 14",
                    "orders of diners: duplicated 0, failed 14, lost 0",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        BUG,
                        "{ name: next, starts: 10:15:30, inject: { status: { code: 500 } } }",
                    )
                },
                &[
                    "orders of diners: duplicated 0, failed 14, lost 0",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
        ],
    );
}

#[test]
fn hardened() {
    check(
        "incidents/2024-08-08-headquarters-outage/hardened.yaml",
        &[
            (
                "no automatic report",
                without_auto_report,
                &[
                    "order_service reports within 10s of 0s after the first failure",
                    "ordering-bug ends within 10s of 0s after the first failure",
                    "alert FactoryReportedAutomatically fires within 1m of the first failure",
                    "alert FactoryReportedAutomatically pages within 2m of the first failure",
                    "alert FactoryReportedAutomatically resolves within 5m of the fault's end",
                    "alert Factory reported automatically fires within 1m of the first failure",
                    "alert Factory reported automatically pages within 2m of the first failure",
                    "alert Factory reported automatically resolves within 5m of the fault's end",
                    "orders of diners: duplicated 0, refused 0, failed at most 1, lost 0, in doubt 0",
                    "at least 99% of orders served during the run",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
            (
                "a late automatic report",
                |script| script.replace("after_failures: 1", "after_failures: 100"),
                &[
                    "order_service reports within 10s of 0s after the first failure",
                    "ordering-bug ends within 10s of 0s after the first failure",
                ],
            ),
            (
                "no queue, but a retry",
                without_queue,
                &["queue drained within 1m of the fault's end"],
            ),
            (
                "no retry, but a queue",
                |script| {
                    script.replace(
                        "  retry: { attempts: 3, backoff: { first: 100ms, max: 1s } }\n",
                        "",
                    )
                },
                &[],
            ),
            (
                "neither queue nor automatic report",
                |script| without_auto_report(without_queue(script)),
                &[
                    "order_service reports within 10s of 0s after the first failure",
                    "ordering-bug ends within 10s of 0s after the first failure",
                    "alert FactoryReportedAutomatically fires within 1m of the first failure",
                    "alert FactoryReportedAutomatically pages within 2m of the first failure",
                    "alert FactoryReportedAutomatically resolves within 5m of the fault's end",
                    "alert Factory reported automatically fires within 1m of the first failure",
                    "alert Factory reported automatically pages within 2m of the first failure",
                    "alert Factory reported automatically resolves within 5m of the fault's end",
                    "orders of diners: duplicated 0, refused 0, failed at most 1, lost 0, in doubt 0",
                    "at least 99% of orders served during the run",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
            (
                "no rule",
                without_rules,
                &[
                    "alert FactoryReportedAutomatically fires within 1m of the first failure",
                    "alert FactoryReportedAutomatically pages within 2m of the first failure",
                    "alert FactoryReportedAutomatically resolves within 5m of the fault's end",
                    "alert Factory reported automatically fires within 1m of the first failure",
                    "alert Factory reported automatically pages within 2m of the first failure",
                    "alert Factory reported automatically resolves within 5m of the fault's end",
                ],
            ),
            (
                "the threshold is out of reach",
                |script| script.replace_in_rules("> 0", "> 1e9"),
                &[
                    "alert FactoryReportedAutomatically fires within 1m of the first failure",
                    "alert FactoryReportedAutomatically pages within 2m of the first failure",
                    "alert FactoryReportedAutomatically resolves within 5m of the fault's end",
                ],
            ),
            (
                "Grafana's threshold is out of reach",
                |script| script.replace_in_grafana("- 0\n", "- 1000000\n"),
                &[
                    "alert Factory reported automatically fires within 1m of the first failure",
                    "alert Factory reported automatically pages within 2m of the first failure",
                    "alert Factory reported automatically resolves within 5m of the fault's end",
                ],
            ),
            (
                "the phone takes a minute more",
                |script| script.replace("delay: 66s", "delay: 126s"),
                &[
                    "alert FactoryReportedAutomatically pages within 2m of the first failure",
                    "alert Factory reported automatically pages within 2m of the first failure",
                ],
            ),
            (
                "another alert",
                with_another_alert,
                &["no other alert fires"],
            ),
            (
                "the fault lingers",
                |script| {
                    script.replace(
                        "ends: on_report\n",
                        "ends: on_report\n        lingers: 3m\n",
                    )
                },
                &["ordering-bug ends within 10s of 0s after the first failure"],
            ),
            (
                "slow answers without a timeout",
                |script| {
                    with_fault(script, BUG, "{ name: slow, starts: 10:05, ends: { after: 1m }, inject: { latency: { fixed: 8s } } }").replace("  factory_timeout: 2s\n", "")
                },
                &["orders answered within 2s at p99"],
            ),
        ],
    );
}
