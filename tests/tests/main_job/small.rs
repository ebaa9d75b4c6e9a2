//! Small scenarios that pass, fail or show nothing, for what the command line does about it.

use end_to_end::write;
use std::path::Path;

/// Nothing breaks, and that is what is expected.
pub(crate) const PASSES: &str = "\
version: 1
name: NAME
starts_at: 2025-01-01T12:00:00Z
duration: 10m
seed: 7
diners: [{ name: lunch, arrivals: { poisson: 12/min } }]
factories: { hq: {} }
order_service: { factory: hq }
expect: [{ served: { share: 99% } }]
";

/// A name, and the text of a scenario that fails: its alert is pending when the run ends, and nothing was served.
pub(crate) fn fails(folder: &Path, name: &str) {
    let text = PASSES
        .replace("NAME", name)
        .replace(
            "{ hq: {} }",
            "{ hq: { faults: [{ name: broken, starts: 5m, ends: { after: 5m }, inject: { status: { code: 500 } } }] } }",
        )
        .replace(
            "expect:",
            "monitoring: { rules: [{ prometheus: rules/failing.yml }], channels: { phone: {} } }\nexpect:",
        )
        .replace(
            "[{ served: { share: 99% } }]",
            "[{ alert: { name: Failing, fires_within: 1m } }, { orders: { during: broken, fulfilled: 0 } }]",
        );
    write(folder, &format!("{name}.yaml"), &text);
    write(
        folder,
        "rules/failing.yml",
        "groups: [{ name: g, rules: [{ alert: Failing, expr: 'increase(orders_total{outcome=\"failed\"}[2m]) > 0', for: 1h }] }]\n",
    );
}

/// Its fault never touches a request.
pub(crate) fn shows_nothing(folder: &Path, name: &str) {
    let text = PASSES.replace("NAME", name).replace(
        "{ hq: {} }",
        "{ hq: {}, spare: { faults: [{ name: unseen, starts: 5m, ends: { after: 1m }, inject: { outage: refused } }] } }",
    );
    write(folder, &format!("{name}.yaml"), &text);
}

/// Nothing breaks.
pub(crate) fn passes(folder: &Path, name: &str) {
    write(
        folder,
        &format!("{name}.yaml"),
        &PASSES.replace("NAME", name),
    );
}
