//! What `rules check` says: a line a file for a reader, with what was found below it, or one JSON document.

use super::rules_in;
use crate::alerting::rules::RuleGroup;
use crate::alerting::rules::kind::Kind;
use crate::cli::exit::Exit;
use crate::cli::finding::Finding;
use crate::cli::output;
use fake_factory::input::{Diagnostics, Severity, Source};
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;

/// A file and what was found in it.
pub(super) struct Checked {
    pub(super) path: PathBuf,
    pub(super) kind: Option<Kind>,
    pub(super) source: Option<Source>,
    pub(super) groups: Vec<RuleGroup>,
    pub(super) found: Diagnostics,
}

impl Checked {
    /// Whether its server would take it.
    fn is_sound(&self) -> bool {
        let mut found = self.found.iter();
        found.all(|one| one.severity() != Severity::Error)
    }
}

pub(super) fn text(checked: &[Checked], exit: Exit) -> Exit {
    let mut sound = String::new();
    let mut all = Diagnostics::new();
    for file in checked {
        if file.is_sound() {
            let kind = file.kind.map_or("", Kind::name);
            let (rules, groups) = (rules_in(&file.groups), file.groups.len());
            // Writing to a string cannot fail.
            let _ = writeln!(
                sound,
                "ok {} ({kind}: {rules} rule{} in {groups} group{})",
                file.path.display(),
                plural(rules),
                plural(groups)
            );
        }
        all.extend(file.found.clone());
    }
    let exit = output::print(&sound, exit);
    if all.is_empty() {
        return exit;
    }
    let mut told = all.render(output::colors_errors());
    let refused = checked.iter().filter(|file| !file.is_sound()).count();
    if refused > 0 {
        let count = checked.len();
        let _ = writeln!(told, "{refused} of {count} files would be refused");
    }
    output::print_error(&told, exit)
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[derive(Serialize)]
struct Report<'c> {
    valid: usize,
    invalid: usize,
    errors: usize,
    warnings: usize,
    files: Vec<FileReport<'c>>,
}

#[derive(Serialize)]
struct FileReport<'c> {
    path: String,
    kind: Option<&'static str>,
    valid: bool,
    groups: usize,
    rules: usize,
    findings: Vec<Finding<'c>>,
}

pub(super) fn json(checked: &[Checked]) -> String {
    let files: Vec<FileReport<'_>> = checked.iter().map(file_report).collect();
    let valid = files.iter().filter(|file| file.valid).count();
    let found = || files.iter().flat_map(|file| &file.findings);
    let errors = found().filter(|one| one.severity == "error").count();
    let report = Report {
        valid,
        invalid: files.len() - valid,
        errors,
        warnings: found().count() - errors,
        files,
    };
    // Plain data without maps: it can always be written.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn file_report(file: &Checked) -> FileReport<'_> {
    FileReport {
        path: file.path.display().to_string(),
        kind: file.kind.map(|kind| match kind {
            Kind::Prometheus => "prometheus",
            Kind::Loki => "loki",
            Kind::Grafana => "grafana",
        }),
        valid: file.is_sound(),
        groups: file.groups.len(),
        rules: rules_in(&file.groups),
        findings: file.found.sorted().into_iter().map(Finding::of).collect(),
    }
}
