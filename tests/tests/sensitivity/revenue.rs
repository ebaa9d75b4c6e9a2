//! The vanished revenue and the slow factory: what their expectations depend on.

use super::*;

const ERRORS: &str = "      - name: error-codes\n";
const THROTTLE: &str = "      - name: throttle\n";

fn with_failure_share_out_of_reach(script: Script) -> Script {
    script.replace_in_rules("> 0.2", "> 1e9")
}

fn with_revenue_out_of_reach(script: Script) -> Script {
    script.replace_in_rules("== 0", "== -1")
}

fn with_grafanas_failure_share_out_of_reach(script: Script) -> Script {
    script.replace_in_grafana("$A > 2 &&", "$A > 1e9 &&")
}

fn with_grafanas_revenue_out_of_reach(script: Script) -> Script {
    script.replace_in_grafana("$A == 0", "$A == -1")
}

fn with_slow_phone(script: Script) -> Script {
    script.replace("delay: 20s", "delay: 320s")
}

fn without_timeout(script: Script) -> Script {
    script.replace("  factory_timeout: 1s\n", "")
}

#[test]
fn as_it_happened() {
    check(
        "incidents/2025-04-08-vanished-revenue/as-happened.yaml",
        &[
            (
                "a fallback",
                |script| {
                    script
                        .replace(
                            "{ factory: headquarters }",
                            "{ factory: headquarters, fallback: backup }",
                        )
                        .replace("factories:\n", "factories:\n  backup: {}\n")
                },
                &[
                    "revenue at most 0 during error-codes",
                    "orders of diners during error-codes: fulfilled 0, failed at least 12",
                    "orders succeed again within 1m 15s of 10:55:00",
                ],
            ),
            (
                "the fault ends earlier",
                |script| script.replace("after: 15m,", "after: 13m,"),
                &[
                    "error-codes ends within 15s of 10:55:00",
                    "orders succeed again within 1m 15s of 10:55:00",
                ],
            ),
            (
                "a rule that fires",
                |script| script.replace_in_rules("up == 0", "up == 1"),
                &["no alert fires"],
            ),
            (
                "pizzas are made and nobody is told",
                |script| {
                    script.replace(
                        "status: { code: 500, message: internal error }",
                        "made_but_not_told: {}",
                    )
                },
                &[
                    "orders of diners during error-codes: fulfilled 0, failed at least 12",
                    "orders of diners: duplicated 0, lost 0, in doubt 0",
                ],
            ),
            (
                "another fault follows",
                |script| {
                    with_fault(
                        script,
                        ERRORS,
                        "{ name: next, starts: 10:55, inject: { status: { code: 500 } } }",
                    )
                },
                &[
                    "orders succeed again within 1m 15s of 10:55:00",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
        ],
    );
}

#[test]
fn hardened() {
    check(
        "incidents/2025-04-08-vanished-revenue/hardened.yaml",
        &[
            (
                "no fallback",
                without_fallback,
                &[
                    "revenue at least 1 during error-codes",
                    "queue drained within 1m of the end of backup-down",
                ],
            ),
            (
                "no queue",
                without_queue,
                &[
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during error-codes",
                    "queue drained within 1m of the end of backup-down",
                    "queue drained within 1m of the end of error-codes",
                ],
            ),
            (
                "neither fallback nor queue",
                |script| without_queue(without_fallback(script)),
                &[
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during error-codes",
                    "revenue at least 1 during error-codes",
                    "queue drained within 1m of the end of backup-down",
                    "queue drained within 1m of the end of error-codes",
                ],
            ),
            (
                "the threshold of FailureShareHigh is out of reach",
                with_failure_share_out_of_reach,
                &[
                    "alert FailureShareHigh fires within 1m of the first failure",
                    "alert FailureShareHigh pages within 2m of the first failure",
                    "alert FailureShareHigh resolves within 5m of the end of error-codes",
                ],
            ),
            (
                "the threshold of RevenueVanished is out of reach",
                with_revenue_out_of_reach,
                &[
                    "alert RevenueVanished fires within 5m of the start of error-codes",
                    "alert RevenueVanished pages within 6m of the start of error-codes",
                    "alert RevenueVanished resolves within 5m of the end of error-codes",
                ],
            ),
            (
                "the threshold of Failure share high is out of reach",
                with_grafanas_failure_share_out_of_reach,
                &[
                    "alert Failure share high fires within 1m of the first failure",
                    "alert Failure share high pages within 2m of the first failure",
                    "alert Failure share high resolves within 5m of the end of error-codes",
                ],
            ),
            (
                "the threshold of Revenue vanished is out of reach",
                with_grafanas_revenue_out_of_reach,
                &[
                    "alert Revenue vanished fires within 5m of the start of error-codes",
                    "alert Revenue vanished pages within 6m of the start of error-codes",
                    "alert Revenue vanished resolves within 5m of the end of error-codes",
                ],
            ),
            (
                "the phone takes five minutes more",
                with_slow_phone,
                &[
                    "alert FailureShareHigh pages within 2m of the first failure",
                    "alert Failure share high pages within 2m of the first failure",
                    "alert RevenueVanished pages within 6m of the start of error-codes",
                    "alert Revenue vanished pages within 6m of the start of error-codes",
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
                    without_timeout(script).replace(
                        "status: { code: 500, message: internal error }",
                        "latency: { fixed: 8s }",
                    )
                },
                &[
                    "alert RevenueVanished fires within 5m of the start of error-codes",
                    "alert RevenueVanished pages within 6m of the start of error-codes",
                    "alert RevenueVanished resolves within 5m of the end of error-codes",
                    "alert Revenue vanished fires within 5m of the start of error-codes",
                    "alert Revenue vanished pages within 6m of the start of error-codes",
                    "alert Revenue vanished resolves within 5m of the end of error-codes",
                    "orders answered within 2s at p99",
                ],
            ),
            (
                "another fault follows, and no fallback",
                |script| {
                    without_fallback(with_fault(
                        script,
                        ERRORS,
                        "{ name: next, starts: 10:01, inject: { status: { code: 500 } } }",
                    ))
                },
                &[
                    "alert FailureShareHigh resolves within 5m of the end of error-codes",
                    "alert Failure share high resolves within 5m of the end of error-codes",
                    "alert RevenueVanished resolves within 5m of the end of error-codes",
                    "alert Revenue vanished resolves within 5m of the end of error-codes",
                    "revenue at least 1 during error-codes",
                    "queue drained within 1m of the end of backup-down",
                    "queue drained within 1m of the end of error-codes",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
        ],
    );
}

#[test]
fn slow_factory() {
    check(
        "incidents/2025-04-08-vanished-revenue/slow-factory.yaml",
        &[
            (
                "no timeout",
                without_timeout,
                &[
                    "alert FailureShareHigh fires within 1m of the first failure",
                    "alert FailureShareHigh pages within 2m of the first failure",
                    "alert FailureShareHigh resolves within 5m of the end of throttle",
                    "alert Failure share high fires within 1m of the first failure",
                    "alert Failure share high pages within 2m of the first failure",
                    "alert Failure share high resolves within 5m of the end of throttle",
                    "alert RevenueVanished fires within 5m of the start of throttle",
                    "alert RevenueVanished pages within 6m of the start of throttle",
                    "alert RevenueVanished resolves within 5m of the end of throttle",
                    "alert Revenue vanished fires within 5m of the start of throttle",
                    "alert Revenue vanished pages within 6m of the start of throttle",
                    "alert Revenue vanished resolves within 5m of the end of throttle",
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during throttle",
                    "orders answered within 2s at p99",
                ],
            ),
            (
                "no fallback",
                without_fallback,
                &["revenue at least 1 during throttle"],
            ),
            (
                "no queue",
                without_queue,
                &[
                    "orders of diners: duplicated 0, refused 0, failed 0, lost 0, in doubt 0",
                    "at least 99% of orders served during throttle",
                    "queue drained within 1m of the end of throttle",
                ],
            ),
            (
                "no circuit breaker",
                |script| {
                    script.replace(
                        "  circuit_breaker: { failures: 5, within: 30s, open_for: 10s }\n",
                        "",
                    )
                },
                &[
                    "revenue at least 1 during throttle",
                    "orders answered within 2s at p99",
                ],
            ),
            (
                "the threshold of FailureShareHigh is out of reach",
                with_failure_share_out_of_reach,
                &[
                    "alert FailureShareHigh fires within 1m of the first failure",
                    "alert FailureShareHigh pages within 2m of the first failure",
                    "alert FailureShareHigh resolves within 5m of the end of throttle",
                ],
            ),
            (
                "the threshold of RevenueVanished is out of reach",
                with_revenue_out_of_reach,
                &[
                    "alert RevenueVanished fires within 5m of the start of throttle",
                    "alert RevenueVanished pages within 6m of the start of throttle",
                    "alert RevenueVanished resolves within 5m of the end of throttle",
                ],
            ),
            (
                "the threshold of Failure share high is out of reach",
                with_grafanas_failure_share_out_of_reach,
                &[
                    "alert Failure share high fires within 1m of the first failure",
                    "alert Failure share high pages within 2m of the first failure",
                    "alert Failure share high resolves within 5m of the end of throttle",
                ],
            ),
            (
                "the threshold of Revenue vanished is out of reach",
                with_grafanas_revenue_out_of_reach,
                &[
                    "alert Revenue vanished fires within 5m of the start of throttle",
                    "alert Revenue vanished pages within 6m of the start of throttle",
                    "alert Revenue vanished resolves within 5m of the end of throttle",
                ],
            ),
            (
                "the phone takes five minutes more",
                with_slow_phone,
                &[
                    "alert FailureShareHigh pages within 2m of the first failure",
                    "alert Failure share high pages within 2m of the first failure",
                    "alert RevenueVanished pages within 6m of the start of throttle",
                    "alert Revenue vanished pages within 6m of the start of throttle",
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
                        THROTTLE,
                        "{ name: next, starts: 10:01, inject: { status: { code: 500 } } }",
                    ))
                },
                &[
                    "alert FailureShareHigh resolves within 5m of the end of throttle",
                    "alert Failure share high resolves within 5m of the end of throttle",
                    "alert RevenueVanished resolves within 5m of the end of throttle",
                    "alert Revenue vanished resolves within 5m of the end of throttle",
                    "revenue at least 1 during throttle",
                    "queue drained within 1m of the end of throttle",
                    "at least 100% of orders fulfilled from 1m after the fault's end on",
                ],
            ),
        ],
    );
}
