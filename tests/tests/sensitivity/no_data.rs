//! The outage without data, by day and at night: what their expectations depend on.

use super::*;

const FAULT: &str = "      - name: unknown-fault\n";

/// Metrics that stay when nothing updates them.
pub(super) fn with_lasting_metrics(script: Script) -> Script {
    script.replace("  metrics: { vanish_after: 2m }", "  metrics: {}")
}

pub(super) fn with_error_logs_out_of_reach(script: Script) -> Script {
    script
        .replace_in_rules("[1m])) > 4", "[1m])) > 1e9")
        .replace_in_rules("[5m])) > 7", "[5m])) > 1e9")
}

fn with_absence_of_another_series(script: Script) -> Script {
    script.replace_in_rules("absent(pizza_creation_latency_seconds_count)", "absent(up)")
}

pub(super) fn with_grafanas_error_logs_out_of_reach(script: Script) -> Script {
    script.replace_in_grafana("$A > 4 || $B > 7", "$A > 1e9 || $B > 1e9")
}

pub(super) fn with_grafanas_data_of_another_series(script: Script) -> Script {
    script.replace_in_grafana("pizza_creation_latency_seconds_count", "up")
}

fn with_slow_phone(script: Script) -> Script {
    script.replace("delay: 20s", "delay: 320s")
}

#[test]
fn as_it_happened() {
    check(
        "incidents/2024-12-05-no-data-outage/as-happened.yaml",
        &[
            (
                "metrics that last",
                with_lasting_metrics,
                &[
                    "no alert fires",
                    "alert FewPurchases stays silent",
                    "absent(pizzas_sold_total) == 1 from 15m to 2h 50m",
                    "absent(pizza_creation_latency_seconds_count) == 1 from 15m to 2h 50m",
                ],
            ),
            (
                "a lower threshold for error logs",
                |script| script.replace_in_rules("> 30", "> 0.1"),
                &["no alert fires", "alert ManyErrorLogs stays silent"],
            ),
            (
                "a rule that fires on quick pizzas",
                |script| {
                    script
                        .replace_in_rules("> 2", "< 2")
                        .replace_in_rules("rate(pizza_creation_latency_seconds_count[5m])", "1")
                },
                &["no alert fires", "alert PizzaCreationSlow stays silent"],
            ),
            (
                "the fault lingers a minute longer",
                |script| script.replace("lingers: 1m ", "lingers: 2m "),
                &["unknown-fault ends within 15s of 14:45:00"],
            ),
            (
                "nobody looks until later",
                |script| script.replace("notices: 14:40", "notices: 14:45"),
                &[
                    "keiffer reports within 15s of 14:44:00",
                    "unknown-fault ends within 15s of 14:45:00",
                ],
            ),
            (
                "half of the orders fail",
                |script| {
                    script.replace(
                        "ends: on_report ",
                        "requests: 50%\n        ends: on_report ",
                    )
                },
                &[
                    "no alert fires",
                    "alert FewPurchases stays silent",
                    "absent(pizzas_sold_total) == 1 from 15m to 2h 50m",
                    "absent(pizza_creation_latency_seconds_count) == 1 from 15m to 2h 50m",
                    "orders of diners during unknown-fault: placed at least 80, fulfilled 0",
                ],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        FAULT,
                        "{ name: next, starts: 14:45, inject: { made_but_not_told: {} } }",
                    )
                },
                &[
                    "orders of diners: duplicated 0, lost 0, in doubt 0",
                    "at least 100% of orders fulfilled from 2m after the fault's end on",
                ],
            ),
        ],
    );
}

#[test]
fn hardened() {
    check(
        "incidents/2024-12-05-no-data-outage/hardened.yaml",
        &[
            (
                "no queue",
                without_queue,
                &[
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during unknown-fault",
                    "queue drained within 1m of the fault's end",
                ],
            ),
            (
                "no rules",
                without_rules,
                &[
                    "alert ErrorLogs fires within 1m of the first failure",
                    "alert ErrorLogs pages within 2m of the first failure",
                    "alert ErrorLogs resolves within 5m 30s of the fault's end",
                    "alert Error logs fires within 1m of the first failure",
                    "alert Error logs pages within 2m of the first failure",
                    "alert Error logs resolves within 5m 30s of the fault's end",
                    "alert ErrorLines fires within 1m of the first failure",
                    "alert ErrorLines pages within 2m of the first failure",
                    "alert ErrorLines resolves within 5m 30s of the fault's end",
                    "alert Error lines fires within 1m of the first failure",
                    "alert Error lines pages within 2m of the first failure",
                    "alert Error lines resolves within 5m 30s of the fault's end",
                    "alert FactoryCallsFailing fires within 2m of the first failure",
                    "alert FactoryCallsFailing resolves within 6m 30s of the fault's end",
                    "alert Factory calls failing fires within 2m of the first failure",
                    "alert Factory calls failing resolves within 6m 30s of the fault's end",
                    "alert NoPizzaCreationData fires within 5m",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data fires within 5m",
                    "alert No pizza creation data pages within 6m",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
            (
                "metrics that last",
                with_lasting_metrics,
                &[
                    "alert NoPizzaCreationData fires within 5m",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data fires within 5m",
                    "alert No pizza creation data pages within 6m",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                ],
            ),
            (
                "the threshold of ErrorLogs is out of reach",
                with_error_logs_out_of_reach,
                &[
                    "alert ErrorLogs fires within 1m of the first failure",
                    "alert ErrorLogs pages within 2m of the first failure",
                    "alert ErrorLogs resolves within 5m 30s of the fault's end",
                ],
            ),
            (
                "the absence of another series",
                with_absence_of_another_series,
                &[
                    "alert NoPizzaCreationData fires within 5m",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                ],
            ),
            (
                "the threshold of Error logs is out of reach",
                with_grafanas_error_logs_out_of_reach,
                &[
                    "alert Error logs fires within 1m of the first failure",
                    "alert Error logs pages within 2m of the first failure",
                    "alert Error logs resolves within 5m 30s of the fault's end",
                ],
            ),
            (
                "the threshold of Error lines is out of reach",
                |script| script.replace_in_grafana("- 4\n", "- 1000000\n"),
                &[
                    "alert Error lines fires within 1m of the first failure",
                    "alert Error lines pages within 2m of the first failure",
                    "alert Error lines resolves within 5m 30s of the fault's end",
                ],
            ),
            (
                "the threshold of Factory calls failing is out of reach",
                |script| script.replace_in_grafana("- 2\n", "- 1000000\n"),
                &[
                    "alert Factory calls failing fires within 2m of the first failure",
                    "alert Factory calls failing resolves within 6m 30s of the fault's end",
                ],
            ),
            (
                "the data of another series",
                with_grafanas_data_of_another_series,
                &[
                    "alert No pizza creation data fires within 5m",
                    "alert No pizza creation data pages within 6m",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                ],
            ),
            (
                "the phone takes five minutes more",
                with_slow_phone,
                &[
                    "alert ErrorLogs pages within 2m of the first failure",
                    "alert Error logs pages within 2m of the first failure",
                    "alert ErrorLines pages within 2m of the first failure",
                    "alert Error lines pages within 2m of the first failure",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert No pizza creation data pages within 6m",
                ],
            ),
            (
                "another alert",
                with_another_alert,
                &["no other alert fires"],
            ),
            (
                "slow answers without a timeout",
                |script| {
                    script
                        .replace(
                            "status: { code: 500, message: chaos monkey, report_url: true }",
                            "latency: { fixed: 20s, report_url: true }",
                        )
                        .replace("  factory_timeout: 2s\n", "")
                },
                &[
                    "alert ErrorLogs fires within 1m of the first failure",
                    "alert ErrorLogs pages within 2m of the first failure",
                    "alert ErrorLogs resolves within 5m 30s of the fault's end",
                    "alert Error logs fires within 1m of the first failure",
                    "alert Error logs pages within 2m of the first failure",
                    "alert Error logs resolves within 5m 30s of the fault's end",
                    "alert ErrorLines fires within 1m of the first failure",
                    "alert ErrorLines pages within 2m of the first failure",
                    "alert ErrorLines resolves within 5m 30s of the fault's end",
                    "alert Error lines fires within 1m of the first failure",
                    "alert Error lines pages within 2m of the first failure",
                    "alert Error lines resolves within 5m 30s of the fault's end",
                    "alert FactoryCallsFailing fires within 2m of the first failure",
                    "alert FactoryCallsFailing resolves within 6m 30s of the fault's end",
                    "alert Factory calls failing fires within 2m of the first failure",
                    "alert Factory calls failing resolves within 6m 30s of the fault's end",
                    "alert NoPizzaCreationData fires within 5m",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data fires within 5m",
                    "alert No pizza creation data pages within 6m",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during unknown-fault",
                    "orders answered within 2s at p99",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        FAULT,
                        "{ name: next, starts: 12:00, inject: { status: { code: 500 } } }",
                    )
                },
                &[
                    "alert ErrorLogs resolves within 5m 30s of the fault's end",
                    "alert Error logs resolves within 5m 30s of the fault's end",
                    "alert ErrorLines resolves within 5m 30s of the fault's end",
                    "alert Error lines resolves within 5m 30s of the fault's end",
                    "alert FactoryCallsFailing resolves within 6m 30s of the fault's end",
                    "alert Factory calls failing resolves within 6m 30s of the fault's end",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                    "queue drained within 1m of the fault's end",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
        ],
    );
}

#[test]
fn hardened_at_night() {
    check(
        "incidents/2024-12-05-no-data-outage/hardened-at-night.yaml",
        &[
            (
                "no canary",
                |script| script.afterwards(|loaded| loaded.scenario.diners.clear()),
                &[
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                    "alert ErrorLogs fires within 4m of the first failure",
                    "alert Error logs fires within 4m of the first failure",
                    "alert ErrorLines fires within 4m of the first failure",
                    "alert Error lines fires within 4m of the first failure",
                    "alert FactoryCallsFailing fires within 4m of the first failure",
                    "alert Factory calls failing fires within 4m of the first failure",
                    "queue drained within 1m of the fault's end",
                ],
            ),
            (
                "no queue",
                without_queue,
                &[
                    "alert ErrorLines fires within 4m of the first failure",
                    "alert Error lines fires within 4m of the first failure",
                    "orders of canaries: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "queue drained within 1m of the fault's end",
                ],
            ),
            (
                "metrics that last",
                with_lasting_metrics,
                &[
                    "alert NoPizzaCreationData fires within 5m",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data fires within 5m",
                    "alert No pizza creation data pages within 6m",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                ],
            ),
            (
                "the threshold of ErrorLogs is out of reach",
                with_error_logs_out_of_reach,
                &["alert ErrorLogs fires within 4m of the first failure"],
            ),
            (
                "the absence of another series",
                with_absence_of_another_series,
                &[
                    "alert NoPizzaCreationData fires within 5m",
                    "alert NoPizzaCreationData pages within 6m",
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                ],
            ),
            (
                "the threshold of Error logs is out of reach",
                with_grafanas_error_logs_out_of_reach,
                &["alert Error logs fires within 4m of the first failure"],
            ),
            (
                "the data of another series",
                with_grafanas_data_of_another_series,
                &[
                    "alert No pizza creation data fires within 5m",
                    "alert No pizza creation data pages within 6m",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                ],
            ),
            (
                "the phone takes five minutes more",
                with_slow_phone,
                &[
                    "alert NoPizzaCreationData pages within 6m",
                    "alert No pizza creation data pages within 6m",
                ],
            ),
            (
                "another alert",
                with_another_alert,
                &["no other alert fires"],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        FAULT,
                        "{ name: next, starts: 02:01, inject: { status: { code: 500 } } }",
                    )
                },
                &[
                    "alert NoPizzaCreationData resolves within 5m of the fault's end",
                    "alert No pizza creation data resolves within 5m of the fault's end",
                    "queue drained within 1m of the fault's end",
                ],
            ),
        ],
    );
}
