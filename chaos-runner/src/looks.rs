//! What a file seems to be, told from the words at its top: one message that says so is worth more than an error for each of its
//! fields. It is asked only about what could not be read as what it was given for, and knows nothing of how anything is read.

mod kind;

use fake_factory::input::{Diagnostic, Located, Source, Span};
pub use kind::Kind;

/// What a file was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A scenario.
    Scenario,
    /// Rules of any server.
    Rules,
    /// Groups of rules for Prometheus or for Loki's ruler.
    RuleGroups,
    /// An Alertmanager's configuration.
    Alertmanager,
    /// A document of Grafana's.
    Grafana,
}

impl Wanted {
    const fn name(self) -> &'static str {
        match self {
            Wanted::Scenario => Kind::Scenario.name(),
            Wanted::Rules => "a rule file",
            Wanted::RuleGroups => Kind::Rules.name(),
            Wanted::Alertmanager => Kind::Alertmanager.name(),
            Wanted::Grafana => Kind::Grafana.name(),
        }
    }

    /// Whether a file of this kind may well be meant: then what is wrong with it is what its reader says.
    fn may_be(self, kind: Kind) -> bool {
        match self {
            Wanted::Scenario => kind == Kind::Scenario,
            Wanted::Rules => matches!(kind, Kind::Rules | Kind::Grafana),
            Wanted::RuleGroups => kind == Kind::Rules,
            Wanted::Alertmanager => kind == Kind::Alertmanager,
            // Grafana's own Alertmanager has a configuration in the same words.
            Wanted::Grafana => matches!(kind, Kind::Alertmanager | Kind::Grafana),
        }
    }
}

/// What to say of a file that was given for what it is not, in place of what its reader says; none where it may well be meant.
#[must_use]
pub fn instead(source: &Source, wanted: Wanted) -> Option<Diagnostic> {
    let (kind, span) = other_kind(source, wanted)?;
    let message = format!("this is {}, not {}", kind.name(), wanted.name());
    Some(Diagnostic::at(source, span, &message).with_help(&kind.taken_by(source)))
}

/// As [`instead`], of a file that a scenario names at `written`.
#[must_use]
pub fn instead_named(
    source: &Source,
    wanted: Wanted,
    scenario: &Source,
    written: &Located<String>,
) -> Option<Diagnostic> {
    let (kind, _) = other_kind(source, wanted)?;
    let path = source.path();
    let message = format!("`{path}` is {}, not {}", kind.name(), wanted.name());
    let diagnostic = Diagnostic::at(scenario, written.span, &message);
    Some(match kind.named_by(source, written) {
        Some(help) => diagnostic.with_help(&help),
        None => diagnostic,
    })
}

fn other_kind(source: &Source, wanted: Wanted) -> Option<(Kind, Option<Span>)> {
    Kind::of(source).filter(|(kind, _)| !wanted.may_be(*kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a file that was given for something else, and of one that a scenario names so.
    fn told(text: &str, wanted: Wanted) -> [Option<Diagnostic>; 2] {
        let source = Source::new("given.yml", text);
        let scenario = Source::new("s.yaml", "rules: given.yml");
        let written = Located {
            value: "given.yml".to_owned(),
            span: Some(Span { start: 7, end: 16 }),
        };
        [
            instead(&source, wanted),
            instead_named(&source, wanted, &scenario, &written),
        ]
    }

    #[test]
    fn a_file_of_another_kind_is_told_once() {
        let texts = [
            "starts_at: x\nfactories: {}\nexpect: []\n",
            "groups: [{ name: g, rules: [{ alert: A, expr: up == 0 }] }]\n",
            "groups: [{ name: g, rules: [{ alert: A, expr: 'count_over_time({a=\"b\"} |= \"x\" [1m]) > 0' }] }]\n",
            "apiVersion: 1\ngroups: []\n",
            "[{ uid: a, title: A, data: [] }]\n",
            "route: { receiver: a }\nreceivers: [{ name: a }]\n",
            "{ \"format\": 1, \"orders\": [], \"generator_behind_max\": 0.0 }\n",
            "{ \"scenario\": \"a\", \"outcome\": \"passed\", \"expectations\": [] }\n",
            "{ \"passed\": 1, \"scenarios\": [] }\n",
            "{ \"$schema\": \"x\", \"properties\": {} }\n",
            "global: {}\nscrape_configs: []\n",
            "rule_files: [a.yml]\ntests: []\n",
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: { groups: [] }\n",
            "<?xml version=\"1.0\"?>\n<testsuites/>\n",
        ];
        let mut all = String::new();
        for text in texts {
            let wanted = if text.starts_with("starts_at") {
                Wanted::Rules
            } else {
                Wanted::Scenario
            };
            for told in told(text, wanted) {
                let told = told.expect("it is of another kind");
                all.push_str(&format!("{}\n\n", told.render(false)));
            }
        }
        for (text, wanted) in [
            (texts[1], Wanted::Grafana),
            (texts[3], Wanted::RuleGroups),
            (texts[5], Wanted::Rules),
            (texts[3], Wanted::Alertmanager),
        ] {
            let [told, _] = told(text, wanted);
            let told = told.expect("it is of another kind");
            all.push_str(&format!("{}\n", told.message()));
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn what_may_well_be_meant_is_left_to_its_reader() {
        for (text, wanted) in [
            ("version: 1\nname: a\nexpect: []\n", Wanted::Scenario),
            ("debug: true\n", Wanted::Scenario),
            (
                "apiVersion: rules.grafana.app/v1\nkind: A\n",
                Wanted::Grafana,
            ),
            ("[]\n", Wanted::Scenario),
            ("", Wanted::Scenario),
            ("a: [\n", Wanted::Scenario),
            ("groups: 1\n", Wanted::RuleGroups),
            ("apiVersion: 1\ngroups: []\n", Wanted::Rules),
            ("apiVersion: 1\npolicies: []\n", Wanted::Grafana),
            ("route: {}\nreceivers: []\n", Wanted::Alertmanager),
            (
                "route: {}\nreceivers: []\nrule_files: [a]\n",
                Wanted::Alertmanager,
            ),
            (
                "version: 1\nduration: 1h\nmonitoring: {}\ngroups: []\n",
                Wanted::Scenario,
            ),
        ] {
            assert!(told(text, wanted).iter().all(Option::is_none), "{text}");
        }
    }
}
