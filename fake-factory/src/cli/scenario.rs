//! Picks one factory out of a scenario file. Only `starts_at` and `factories` are read; the rest of the file is the runner's.

use super::Failure;
use fake_factory::faults::check;
use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::units::StartsAt;
use fake_factory::input::{Diagnostic, Diagnostics, Located, Source, read_keys, suggest};
use serde::Deserialize;
use std::collections::BTreeMap;
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

#[derive(Debug, Deserialize)]
struct Sections {
    starts_at: Located<StartsAt>,
    factories: BTreeMap<Located<String>, FactoryPlan>,
}

/// Reads the factory called `name`, or the only one, from the scenario at `path`.
pub(super) fn read(path: &Path, name: Option<&str>) -> Result<Chosen, Failure> {
    let source =
        Source::read(path).map_err(|diagnostic| Failure::file(&Diagnostics::from(diagnostic)))?;
    let reading = read_keys::<Sections>(&source, &["starts_at", "factories"]);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading.diagnostics);
    let Some(sections) = reading.value else {
        return Err(Failure::file(&diagnostics));
    };
    for plan in sections.factories.values() {
        diagnostics.extend(check::check(plan, &sections.starts_at, &source));
    }
    if !diagnostics.is_empty() {
        return Err(Failure::file(&diagnostics));
    }
    choose(sections, name, &source)
}

fn choose(sections: Sections, name: Option<&str>, source: &Source) -> Result<Chosen, Failure> {
    let names: Vec<String> = sections
        .factories
        .keys()
        .map(|name| name.value.clone())
        .collect();
    let list = names.join(", ");
    let complain = |message: &str, help: &str| {
        let diagnostic = Diagnostic::of_file(source, message).with_help(help);
        Failure::file(&Diagnostics::from(diagnostic))
    };
    let name = match (name, names.as_slice()) {
        (Some(name), _) => name,
        (None, [only]) => only,
        (None, []) => {
            return Err(complain(
                "the scenario has no factory",
                "add one below `factories`",
            ));
        }
        (None, _) => {
            let help = format!("choose one with --factory: {list}");
            return Err(complain("the scenario has several factories", &help));
        }
    };
    let Some(plan) = sections.factories.get(name) else {
        let help = match suggest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has: {list}"),
        };
        return Err(complain(
            &format!("the scenario has no factory `{name}`"),
            &help,
        ));
    };
    Ok(Chosen {
        name: name.to_owned(),
        plan: plan.clone(),
        starts_at: Some(sections.starts_at.value),
    })
}
