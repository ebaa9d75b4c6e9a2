//! Scenarios as texts that a test changes before they are loaded and played: a change that does not fit the text is an error, so that
//! no test goes on to test what is not there any more.

use crate::scenarios;
use chaos_runner::record::Record;
use chaos_runner::report::json::pretty;
use chaos_runner::scenario::load::{Loaded, load, load_text};
use chaos_runner::stage::simulate;
use chaos_runner::verdict::{Outcome, Verdict, judge};

/// A scenario and its rule files, to be changed and loaded.
#[derive(Clone, Debug)]
pub struct Script {
    path: String,
    text: String,
    /// Paths and texts.
    rules: Vec<(String, String)>,
    /// What is taken away once the scenario was found sound.
    afterwards: Vec<fn(&mut Loaded)>,
}

impl Script {
    /// A scenario that is shipped, by its path below `scenarios/`.
    ///
    /// # Panics
    /// When it is not there or not sound.
    #[must_use]
    pub fn shipped(name: &str) -> Self {
        let loaded = load(&scenarios().join(name))
            .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
        Script {
            path: loaded.path.display().to_string(),
            text: loaded.source.text().to_owned(),
            rules: loaded
                .named_sources()
                .map(|source| (source.path().to_owned(), source.text().to_owned()))
                .collect(),
            afterwards: Vec::new(),
        }
    }

    /// A scenario without rule files.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Script {
            path: "scenario.yaml".to_owned(),
            text: text.to_owned(),
            rules: Vec::new(),
            afterwards: Vec::new(),
        }
    }

    /// With `new` in place of `old`, which the scenario has once.
    ///
    /// # Panics
    /// When it has it more or less often.
    #[must_use]
    pub fn replace(mut self, old: &str, new: &str) -> Self {
        self.text = replaced(&self.path, &self.text, old, new);
        self
    }

    /// With `new` in place of `old`, which the first rule file has once.
    ///
    /// # Panics
    /// When it has it more or less often, or there is none.
    #[must_use]
    pub fn replace_in_rules(mut self, old: &str, new: &str) -> Self {
        let (path, text) = self.rules.first_mut().expect("the scenario has rules");
        *text = replaced(path, text, old, new);
        self
    }

    /// With `new` in place of `old`, which the rules of Grafana's have once.
    ///
    /// # Panics
    /// When they have it more or less often, or there are none.
    #[must_use]
    pub fn replace_in_grafana(mut self, old: &str, new: &str) -> Self {
        let mut rules = self.rules.iter_mut();
        let found = rules.find(|(path, _)| path.ends_with(".grafana.yml"));
        let (path, text) = found.expect("the scenario has rules of Grafana's");
        *text = replaced(path, text, old, new);
        self
    }

    /// With a change that the checks would not let pass: it is made once the scenario was found sound.
    #[must_use]
    pub fn afterwards(mut self, change: fn(&mut Loaded)) -> Self {
        self.afterwards.push(change);
        self
    }

    /// The scenario, checked.
    ///
    /// # Panics
    /// When it is not sound.
    #[must_use]
    pub fn load(&self) -> Loaded {
        let mut loaded = load_text(&self.path, &self.text, &self.rules)
            .unwrap_or_else(|diagnostics| panic!("{}\n{}", diagnostics.render(false), self.text));
        for change in &self.afterwards {
            change(&mut loaded);
        }
        loaded
    }

    /// Loads and plays it in simulated time.
    ///
    /// # Panics
    /// When it is not sound, or the machinery fails.
    #[must_use]
    pub fn play(&self, seed: u64) -> Played {
        play(&self.load(), seed)
    }
}

fn replaced(path: &str, text: &str, old: &str, new: &str) -> String {
    let count = text.matches(old).count();
    assert_eq!(count, 1, "`{old}` stands {count} times in {path}");
    text.replace(old, new)
}

/// A run and what it came to.
#[derive(Clone, Debug)]
pub struct Played {
    /// What happened.
    pub record: Record,
    /// What it comes to.
    pub verdict: Verdict,
}

impl Played {
    /// The expectations that did not hold, in the order of the file.
    #[must_use]
    pub fn broken(&self) -> Vec<&str> {
        self.verdict
            .expectations
            .iter()
            .filter(|finding| !finding.passed)
            .map(|finding| finding.expectation.as_str())
            .collect()
    }

    /// Why it did not pass; none where it did.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        if self.verdict.outcome == Outcome::Passed {
            return None;
        }
        let mut reasons = self.verdict.inconclusive.clone();
        for finding in self
            .verdict
            .expectations
            .iter()
            .filter(|finding| !finding.passed)
        {
            let why = finding.explanation.as_deref().unwrap_or("no explanation");
            reasons.push(format!(
                "{}: {} ({why})",
                finding.expectation, finding.observed
            ));
        }
        Some(format!(
            "{} with seed {}: {reasons:#?}",
            self.verdict.scenario, self.record.seed
        ))
    }

    /// `run.json`, as `--report` writes it.
    ///
    /// # Panics
    /// When the record cannot be written.
    #[must_use]
    pub fn run_json(&self) -> String {
        pretty(&self.record).expect("a record can be written")
    }

    /// `verdict.json`, as `--report` writes it.
    ///
    /// # Panics
    /// When the verdict cannot be written.
    #[must_use]
    pub fn verdict_json(&self) -> String {
        pretty(&self.verdict).expect("a verdict can be written")
    }
}

/// Plays a scenario in simulated time and judges it.
///
/// # Panics
/// When the machinery fails.
#[must_use]
pub fn play(loaded: &Loaded, seed: u64) -> Played {
    let record = simulate(loaded, seed).expect("a simulated run can be played");
    let verdict = judge(&loaded.scenario, &record);
    Played { record, verdict }
}
