//! The factory of a scenario file that the program is to serve, or one that never breaks of itself.

use super::Failure;
use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::units::StartsAt;
use fake_factory::input::{Diagnostic, Diagnostics, Source, read_keys};
use fake_factory::scenario;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::Path;

/// What the program is called where no scenario gives it a name.
const NAME: &str = "fake-factory";

/// The factory to serve.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) plan: FactoryPlan,
    /// When the scenario starts; none without a scenario.
    pub(super) starts_at: Option<StartsAt>,
}

impl Chosen {
    /// A factory that never breaks of itself.
    pub(super) fn calm() -> Self {
        Chosen {
            name: NAME.to_owned(),
            plan: FactoryPlan::default(),
            starts_at: None,
        }
    }
}

/// What is read of a scenario, whatever it may be.
#[derive(Deserialize)]
struct Sections {
    starts_at: Option<IgnoredAny>,
    factories: Option<IgnoredAny>,
}

/// What to say of a file that is none, in place of all that it lacks.
fn no_scenario(source: &Source) -> Option<Diagnostic> {
    let sections = read_keys::<Sections>(source, &["starts_at", "factories"]).value?;
    if sections.starts_at.is_some() || sections.factories.is_some() {
        return None;
    }
    let message = "this is no scenario: it has neither `starts_at` nor `factories`";
    let help = "--scenario takes a file that `chaos-runner run` takes; `chaos-runner init DIR` writes one to start from";
    Some(Diagnostic::of_file(source, message).with_help(help))
}

/// Reads the factory called `name`, or the only one, from the scenario at `path`.
pub(super) fn read(path: &Path, name: Option<&str>) -> Result<Chosen, Failure> {
    let source =
        Source::read(path).map_err(|diagnostic| Failure::file(&Diagnostics::from(diagnostic)))?;
    if let Some(diagnostic) = no_scenario(&source) {
        return Err(Failure::file(&diagnostic.into()));
    }
    let chosen = scenario::choose(&source, name, "--factory")
        .map_err(|diagnostics| Failure::file(&diagnostics))?;
    Ok(Chosen {
        name: chosen.name,
        plan: chosen.plan,
        starts_at: Some(chosen.starts_at),
    })
}
