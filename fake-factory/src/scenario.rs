//! One factory out of a scenario: its faults and when the scenario starts. Only `starts_at` and `factories` are read; the rest of a
//! scenario is the runner's. Where the text came from, and where the answer goes, is its callers' business.

use crate::faults::check;
use crate::faults::plan::FactoryPlan;
use crate::input::units::StartsAt;
use crate::input::{Diagnostic, Diagnostics, Located, Source, read_keys, suggest};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A factory of a scenario.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What it is called there.
    pub name: String,
    /// How it behaves and breaks.
    pub plan: FactoryPlan,
    /// When the scenario starts.
    pub starts_at: StartsAt,
}

#[derive(Debug, Deserialize)]
struct Sections {
    starts_at: Located<StartsAt>,
    factories: BTreeMap<Located<String>, FactoryPlan>,
}

/// The factory called `name` of the scenario in `source`, or the only one. `by` is how a reader gives the name: `--factory`, say.
///
/// # Errors
/// Everything that is wrong with `starts_at` and `factories`, and a `name` that is none of theirs.
pub fn choose(source: &Source, name: Option<&str>, by: &str) -> Result<Chosen, Diagnostics> {
    let reading = read_keys::<Sections>(source, &["starts_at", "factories"]);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading.diagnostics);
    let Some(sections) = reading.value else {
        return Err(diagnostics);
    };
    for plan in sections.factories.values() {
        diagnostics.extend(check::check(plan, &sections.starts_at, source));
    }
    let sections = diagnostics.or(sections)?;
    let names: Vec<&str> = sections
        .factories
        .keys()
        .map(|name| name.as_str())
        .collect();
    let name = named(&names, name, by, source)?;
    let Some(plan) = sections.factories.get(name) else {
        let help = match suggest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has: {}", names.join(", ")),
        };
        let message = format!("the scenario has no factory `{name}`");
        return Err(complaint(source, &message, &help));
    };
    Ok(Chosen {
        name: name.to_owned(),
        plan: plan.clone(),
        starts_at: sections.starts_at.value,
    })
}

/// The name that was given, or the only one there is.
fn named<'n>(
    names: &[&'n str],
    name: Option<&'n str>,
    by: &str,
    source: &Source,
) -> Result<&'n str, Diagnostics> {
    match (name, names) {
        (Some(name), _) => Ok(name),
        (None, [only]) => Ok(*only),
        (None, []) => {
            let message = "the scenario has no factory";
            Err(complaint(source, message, "add one below `factories`"))
        }
        (None, _) => {
            let message = "the scenario has several factories";
            let help = format!("choose one with {by}: {}", names.join(", "));
            Err(complaint(source, message, &help))
        }
    }
}

fn complaint(source: &Source, message: &str, help: &str) -> Diagnostics {
    Diagnostics::from(Diagnostic::of_file(source, message).with_help(help))
}
