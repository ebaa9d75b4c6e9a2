//! What is wrong with a document because a field of it is misspelt: the field is told of, and not what lacks it.

use crate::alerting::grafana::fields::{Misspelt, misspelt};
use fake_factory::input::{Diagnostic, Diagnostics, Source};

/// Misspelt fields that are tried: each costs a reading of the document.
const TRIED_MAX: usize = 16;

/// What is wrong with a document, where `read` reads one: fields without whose misspelling less would be wrong, and what is wrong
/// besides.
pub(super) fn told<T>(
    source: &Source,
    wrong: Diagnostics,
    read: &dyn Fn(&Source) -> Result<T, Diagnostics>,
) -> Diagnostics {
    let with = |fields: &[&Misspelt]| {
        let keys = fields
            .iter()
            .filter_map(|field| Some((field.name.span?, field.meant.to_owned())));
        let rest = read(&source.respelt(keys)).err();
        rest.unwrap_or_default()
    };
    let fields = misspelt(source);
    let tried = fields.iter().take(TRIED_MAX);
    let decisive: Vec<&Misspelt> = tried
        .filter(|field| with(&[field]).len() < wrong.len())
        .collect();
    if decisive.is_empty() {
        return wrong;
    }
    let mut told = Diagnostics::new();
    for field in &decisive {
        let rule = field
            .rule
            .as_ref()
            .map_or_else(String::new, |title| format!("the rule `{title}`: "));
        let message = format!("{rule}unknown field `{}`", field.name);
        let help = format!("did you mean `{}`?", field.meant);
        told.push(Diagnostic::at(source, field.name.span, &message).with_help(&help));
    }
    told.extend(with(&decisive));
    told
}
