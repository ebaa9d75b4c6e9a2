//! The factory of a scenario file that the program is to serve, or one that never breaks of itself.

use super::Failure;
use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::units::StartsAt;
use fake_factory::input::{Diagnostics, Source};
use fake_factory::scenario;
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

/// Reads the factory called `name`, or the only one, from the scenario at `path`.
pub(super) fn read(path: &Path, name: Option<&str>) -> Result<Chosen, Failure> {
    let source =
        Source::read(path).map_err(|diagnostic| Failure::file(&Diagnostics::from(diagnostic)))?;
    let chosen = scenario::choose(&source, name, "--factory")
        .map_err(|diagnostics| Failure::file(&diagnostics))?;
    Ok(Chosen {
        name: chosen.name,
        plan: chosen.plan,
        starts_at: Some(chosen.starts_at),
    })
}
