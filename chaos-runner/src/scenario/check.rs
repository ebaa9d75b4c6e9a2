//! Whether what a scenario says makes sense: every name it uses exists, every number can be run, and every expectation can
//! fail. One file a section; each reports everything that is wrong, at the word that is wrong, and none stops at the first
//! error. It reads types alone: how a file became them is `load`'s business.

mod basics;
mod diners;
mod ends;
mod expect;
mod factories;
mod facts;
mod moments;
mod monitoring;
mod names;
mod order_service;
mod people;
mod routes;

use super::Scenario;
use fake_factory::input::{Diagnostics, Findings, Source};

pub(super) use facts::{Alerts, Pruned};

/// Everything that makes no sense in `scenario`, as it was read from `source`. Names are not looked up among those of a section
/// that lacks something which was `pruned` by an error of syntax or type: they may be what is missing.
pub(super) fn check(
    scenario: &Scenario,
    source: &Source,
    pruned: Pruned<'_>,
    alerts: &Alerts,
) -> Diagnostics {
    let mut found = Findings::new(source);
    let facts = facts::Facts::gather(scenario, source, pruned, alerts);
    basics::check(&facts, &mut found);
    diners::check(&facts, &mut found);
    factories::check(&facts, &mut found);
    ends::check(&facts, &mut found);
    order_service::check(&facts, &mut found);
    monitoring::check(&facts, &mut found);
    people::check(&facts, &mut found);
    expect::check(&facts, &mut found);
    found.into_diagnostics()
}
