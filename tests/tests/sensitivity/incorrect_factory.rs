//! The incorrect factory, of the outage without data: what its expectations depend on, whichever way it is incorrect.

use super::no_data::{
    with_error_logs_out_of_reach, with_grafanas_data_of_another_series,
    with_grafanas_error_logs_out_of_reach, with_lasting_metrics,
};
use super::*;

#[test]
fn a_factory_that_does_not_resolve() {
    check_with(
        "incidents/2024-12-05-no-data-outage/incorrect-factory-unresolvable.yaml",
        |script| {
            script.replace(
                "{ unresolvable: pizza-factroy.cs329.click }",
                "headquarters",
            )
        },
    );
}

#[test]
fn a_host_that_is_no_factory() {
    check_with(
        "incidents/2024-12-05-no-data-outage/incorrect-factory-wrong-host.yaml",
        |script| script.replace("path: \"/*\"", "path: \"/elsewhere\""),
    );
}

/// Checks a scenario, whose factory becomes the right one by `corrected`.
fn check_with(name: &str, corrected: fn(Script) -> Script) {
    check(
        name,
        &[
            (
                "the right factory",
                corrected,
                &[
                    "alert NoPizzaCreationData fires within 5m",
                    "alert No pizza creation data fires within 5m",
                    "alert ErrorLogs fires within 2m of the first failure",
                    "alert Error logs fires within 2m of the first failure",
                    "alert ErrorLines fires within 2m of the first failure",
                    "alert Error lines fires within 2m of the first failure",
                    "orders of diners: duplicated 0, fulfilled 0, lost 0",
                ],
            ),
            (
                "metrics that last",
                with_lasting_metrics,
                &[
                    "alert NoPizzaCreationData fires within 5m",
                    "alert No pizza creation data fires within 5m",
                ],
            ),
            (
                "the threshold of ErrorLogs is out of reach",
                with_error_logs_out_of_reach,
                &["alert ErrorLogs fires within 2m of the first failure"],
            ),
            (
                "the threshold of Error logs is out of reach",
                with_grafanas_error_logs_out_of_reach,
                &["alert Error logs fires within 2m of the first failure"],
            ),
            (
                "the data of another series",
                with_grafanas_data_of_another_series,
                &["alert No pizza creation data fires within 5m"],
            ),
            (
                "another alert",
                with_another_alert,
                &["no other alert fires"],
            ),
        ],
    );
}
