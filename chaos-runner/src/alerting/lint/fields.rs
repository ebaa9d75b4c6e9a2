//! Fields of Grafana's documents that Grafana passes over, and that look like one it knows: what is misspelt says nothing.

use super::Lint;
use crate::alerting::grafana::fields::misspelt;
use crate::alerting::rules::Rule;
use crate::alerting::rules::kind::Kind;

impl Lint<'_> {
    pub(super) fn fields(&mut self) {
        let source = self.judged.source;
        let is_grafanas = match self.rules().next() {
            Some((_, rule)) => matches!(rule, Rule::Grafana(_)),
            None => Kind::of(source) == Kind::Grafana,
        };
        if !is_grafanas {
            return;
        }
        for field in misspelt(source) {
            let name = &field.name;
            let message = format!("Grafana knows no field `{name}` here, and passes it over");
            let help = format!("did you mean `{}`?", field.meant);
            self.warn("unknown-field", name.span, &message, &help);
        }
    }
}
