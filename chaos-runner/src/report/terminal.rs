//! The terminal: a line a scenario, what went wrong with those that did not pass, and the counts at the end. Plain text unless colour
//! is asked for; how wide a terminal is and whether it shows colour is the caller's business.

use super::{Ran, Tally, count};
use crate::record::orders::Fate;
use crate::verdict::{Detection, Finding, Outcome, counted};
use anstyle::{AnsiColor, Style};
use fake_factory::input::units::HumanDuration;
use std::time::Duration;

/// Widths of the columns before a scenario's name.
const WALL_WIDTH: usize = 8;
const SIMULATED_WIDTH: usize = 7;
/// Warnings of one scenario that are told, the first ones.
const WARNINGS_MAX: usize = 5;
/// The widest an expectation may be before its observation moves to a line of its own.
const EXPECTATION_WIDTH_MAX: usize = 72;

/// The colours of a report, all of them plain when none are asked for.
struct Palette {
    good: Style,
    bad: Style,
    odd: Style,
    strong: Style,
    faint: Style,
}

impl Palette {
    fn new(color: bool) -> Self {
        if !color {
            let plain = Style::new();
            return Palette {
                good: plain,
                bad: plain,
                odd: plain,
                strong: plain,
                faint: plain,
            };
        }
        let bold = |color: AnsiColor| color.on_default().bold();
        Palette {
            good: bold(AnsiColor::Green),
            bad: bold(AnsiColor::Red),
            odd: bold(AnsiColor::Yellow),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
        }
    }

    fn word(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Passed => paint(self.good, "PASS"),
            Outcome::Failed => paint(self.bad, "FAIL"),
            Outcome::Inconclusive => paint(self.odd, "INCONCLUSIVE"),
        }
    }
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// One line about a scenario: its outcome, how long it took on the wall and in its own time, and how much it looked at.
#[must_use]
pub fn line(ran: &Ran, color: bool) -> String {
    let palette = Palette::new(color);
    let word_width = "INCONCLUSIVE".len();
    let plain_word = match ran.verdict.outcome {
        Outcome::Passed => "PASS",
        Outcome::Failed => "FAIL",
        Outcome::Inconclusive => "INCONCLUSIVE",
    };
    let expectations = &ran.verdict.expectations;
    let broken = expectations
        .iter()
        .filter(|finding| !finding.passed)
        .count();
    let looked_at = match broken {
        0 => counted(expectations.len(), "expectation"),
        _ => format!(
            "{broken} of {} broken",
            counted(expectations.len(), "expectation")
        ),
    };
    format!(
        "{:indent$}{} {:>WALL_WIDTH$} {:>SIMULATED_WIDTH$}  {}  {}\n",
        "",
        palette.word(ran.verdict.outcome),
        wall(ran.wall),
        HumanDuration(Duration::from_secs(
            ran.record.ended_at.as_duration().as_secs()
        ))
        .to_string(),
        paint(palette.strong, &ran.verdict.scenario),
        paint(
            palette.faint,
            &format!("{looked_at}, {}", counted(ran.record.orders.len(), "order"))
        ),
        indent = word_width - plain_word.len(),
    )
}

/// What stands below the line of a scenario: a line for each alert whose time to detect was asked for, and for what went amiss.
#[must_use]
pub fn detections(ran: &Ran, color: bool) -> String {
    let indent = "INCONCLUSIVE".len() + WALL_WIDTH + SIMULATED_WIDTH + 4;
    let palette = Palette::new(color);
    detected(ran, &palette, indent) + &warnings(ran, &palette, indent, "")
}

/// What went amiss with a scenario of which nothing else is told, as one that passed quietly: it is named in each line.
#[must_use]
pub fn warnings_alone(ran: &Ran, color: bool) -> String {
    let of = format!("{}: ", ran.verdict.scenario);
    warnings(ran, &Palette::new(color), 0, &of)
}

/// What went amiss while a scenario was played: whoever reads its outcome should know of it. `of` stands before each message.
fn warnings(ran: &Ran, palette: &Palette, indent: usize, of: &str) -> String {
    let all = &ran.verdict.warnings;
    let mut text = String::new();
    for warning in all.iter().take(WARNINGS_MAX) {
        let word = paint(palette.odd, "warning:");
        text.push_str(&format!("{:indent$}{word} {of}{}\n", "", warning.message));
    }
    if let Some(more @ 1..) = all.len().checked_sub(WARNINGS_MAX) {
        let more = counted(more, "warning");
        text.push_str(&format!(
            "{:indent$}{of}and {more} more; --format json and --report have them all\n",
            ""
        ));
    }
    text
}

/// Everything about a scenario that did not pass: each expectation with what was observed, the first broken one explained, what its
/// faults touched, and how to run it again. Nothing for one that passed.
#[must_use]
pub fn details(ran: &Ran, color: bool) -> String {
    if ran.verdict.outcome == Outcome::Passed {
        return String::new();
    }
    let palette = Palette::new(color);
    let mut text = format!(
        "\n{} {}\n",
        palette.word(ran.verdict.outcome),
        paint(palette.strong, &ran.verdict.scenario)
    );
    let findings = std::iter::once(&ran.verdict.steady_state).chain(&ran.verdict.expectations);
    text.push_str(&table(findings, &palette));
    let broken = ran
        .verdict
        .expectations
        .iter()
        .find(|finding| !finding.passed);
    if let Some(finding) = broken {
        text.push_str(&format!(
            "\n  {} {}\n      {}\n",
            paint(palette.bad, "why:"),
            finding.expectation,
            finding.explanation.as_deref().unwrap_or(&finding.observed)
        ));
        if let Some(command) = ran.explain_command(&finding.expectation) {
            let command = paint(palette.strong, &command);
            text.push_str(&format!("      evaluation by evaluation: {command}\n"));
        }
    }
    for reason in &ran.verdict.inconclusive {
        text.push_str(&format!(
            "\n  {} {reason}\n",
            paint(palette.odd, "inconclusive:")
        ));
    }
    text.push('\n');
    text.push_str(&detected(ran, &palette, 2));
    text.push_str(&warnings(ran, &palette, 2, ""));
    for fault in &ran.record.faults {
        text.push_str(&format!(
            "  fault {}: asked to touch {}, touched {}\n",
            fault.name,
            counted(
                usize::try_from(fault.asked).unwrap_or(usize::MAX),
                "request"
            ),
            fault.injected
        ));
    }
    text.push_str(&format!("  orders: {}\n", orders(ran)));
    text.push_str(&format!(
        "  seed {}; run it again: {}\n",
        ran.record.seed,
        paint(palette.strong, &ran.replay_command())
    ));
    text
}

/// The counts of all that ran in `wall`, which is less than their sum where several ran at once.
#[must_use]
pub fn summary(ran: &[Ran], wall_total: Duration, color: bool) -> String {
    let palette = Palette::new(color);
    let tally = Tally::of(ran);
    let style = match tally {
        Tally { failed: 1.., .. } => palette.bad,
        Tally {
            inconclusive: 1.., ..
        } => palette.odd,
        _ => palette.good,
    };
    let simulated: Duration = ran
        .iter()
        .map(|one| one.record.ended_at.as_duration())
        .sum();
    let mut counts = vec![format!("{} passed", tally.passed)];
    if tally.failed > 0 {
        counts.push(paint(palette.bad, &format!("{} failed", tally.failed)));
    }
    if tally.inconclusive > 0 {
        counts.push(paint(
            palette.odd,
            &format!("{} inconclusive", tally.inconclusive),
        ));
    }
    let mut text = format!(
        "{:-<WIDTH$}\n     {} {:>WALL_WIDTH$}  {}, {} of incidents: {}\n",
        "",
        paint(style, "Summary"),
        wall(wall_total),
        counted(tally.total(), "scenario"),
        HumanDuration(Duration::from_secs(simulated.as_secs())),
        counts.join(", "),
        WIDTH = 12,
    );
    for one in ran
        .iter()
        .filter(|one| one.verdict.outcome != Outcome::Passed)
    {
        text.push_str(&line(one, color));
    }
    text
}

fn table<'a>(findings: impl Iterator<Item = &'a Finding> + Clone, palette: &Palette) -> String {
    let width = findings
        .clone()
        .map(|finding| finding.expectation.chars().count())
        .filter(|width| *width <= EXPECTATION_WIDTH_MAX)
        .max()
        .unwrap_or(0);
    findings
        .map(|finding| {
            let mark = if finding.passed {
                paint(palette.good, " ok ")
            } else {
                paint(palette.bad, "FAIL")
            };
            let expectation = &finding.expectation;
            let observed = paint(palette.faint, &finding.observed);
            if expectation.chars().count() <= EXPECTATION_WIDTH_MAX {
                format!("  {mark} {expectation:<width$}  {observed}\n")
            } else {
                format!("  {mark} {expectation}\n       {:width$}  {observed}\n", "")
            }
        })
        .collect()
}

fn detected(ran: &Ran, palette: &Palette, indent: usize) -> String {
    let mut text = String::new();
    for detection in &ran.verdict.detections {
        let Detection { alert, summary, .. } = detection;
        text.push_str(&format!("{:indent$}{alert} {summary}\n", ""));
        if let Some(warning) = &detection.warning {
            let mark = paint(palette.odd, "lucky:");
            text.push_str(&format!("{:indent$}{mark} {warning}\n", ""));
        }
    }
    text
}

fn orders(ran: &Ran) -> String {
    let all = &ran.record.orders;
    let fates = [
        ("fulfilled", Fate::Fulfilled),
        ("queued", Fate::Queued),
        ("refused", Fate::Refused),
        ("failed", Fate::Failed),
        ("lost", Fate::Lost),
        ("in doubt", Fate::InDoubt),
    ];
    let mut counts = vec![format!("{} placed", all.len())];
    counts.extend(
        fates
            .into_iter()
            .map(|(word, fate)| (word, count(all, fate)))
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| format!("{count} {word}")),
    );
    let duplicated = all.iter().filter(|order| order.is_duplicated()).count();
    if duplicated > 0 {
        counts.push(format!("{duplicated} made more than once"));
    }
    counts.join(", ")
}

fn wall(duration: Duration) -> String {
    format!("{:.3}s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn all() -> [Ran; 3] {
        [sample::passed(), sample::failed(), sample::inconclusive()]
    }

    #[test]
    fn a_line_says_what_ran_and_what_it_came_to() {
        let lines: String = all().iter().map(|ran| line(ran, false)).collect();
        insta::assert_snapshot!(lines);
    }

    #[test]
    fn details_explain_what_did_not_pass() {
        assert_eq!(details(&sample::passed(), false), "");
        let details: String = all().iter().map(|ran| details(ran, false)).collect();
        insta::assert_snapshot!(details);
    }

    #[test]
    fn what_went_amiss_is_told_whatever_the_outcome() {
        for mut ran in [sample::passed(), sample::failed()] {
            ran.verdict.warnings = (1..=7)
                .map(|number| crate::record::WarningRecord {
                    at: fake_factory::clock::Elapsed::ZERO,
                    message: format!("thing {number} went amiss"),
                })
                .collect();
            let below = detections(&ran, false);
            assert!(below.contains("warning: thing 1 went amiss\n"), "{below}");
            assert!(below.contains("warning: thing 5 went amiss\n"), "{below}");
            assert!(!below.contains("thing 6"), "{below}");
            assert!(
                below.contains("and 2 warnings more; --format json"),
                "{below}"
            );
            let told = details(&ran, false);
            let failed = ran.verdict.outcome == Outcome::Failed;
            assert_eq!(told.contains("  warning: thing 5"), failed, "{told}");
            let name = &ran.verdict.scenario;
            let alone = warnings_alone(&ran, false);
            let first = format!("warning: {name}: thing 1 went amiss\n");
            assert!(alone.starts_with(&first), "{alone}");
            assert_eq!(alone.lines().count(), 6, "{alone}");
        }
    }

    #[test]
    fn a_summary_counts_and_names_what_did_not_pass() {
        insta::assert_snapshot!(summary(&all(), Duration::from_millis(1_234), false));
    }

    #[test]
    fn colour_is_there_only_when_asked_for() {
        let ran = all();
        let draw = |color| {
            let mut text = summary(&ran, Duration::ZERO, color);
            for one in &ran {
                text.push_str(&line(one, color));
                text.push_str(&details(one, color));
            }
            text
        };
        assert!(draw(true).contains("\u{1b}["));
        assert!(draw(false).is_ascii());
    }
}
