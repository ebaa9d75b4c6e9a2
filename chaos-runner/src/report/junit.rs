//! JUnit XML for CI servers: a suite a scenario, a case an expectation. It holds no times of the wall and no machine's name, so that
//! the same run gives the same file.

use super::Ran;
use crate::verdict::Finding;
use quick_junit::{
    NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite,
};
use std::time::Duration;

/// The name of the report, which CI servers show above the suites.
const REPORT: &str = "chaos-runner";

/// One report of all that ran, in their order.
///
/// # Errors
/// When it cannot be written as XML.
pub fn document(ran: &[Ran]) -> Result<String, SerializeError> {
    write(ran.iter())
}

/// A report of one scenario.
///
/// # Errors
/// When it cannot be written as XML.
pub fn document_of(ran: &Ran) -> Result<String, SerializeError> {
    write(std::iter::once(ran))
}

fn write<'a>(ran: impl Iterator<Item = &'a Ran>) -> Result<String, SerializeError> {
    let mut report = Report::new(REPORT);
    report.add_test_suites(ran.map(suite));
    let mut text = report.to_string()?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn suite(ran: &Ran) -> TestSuite {
    let mut suite = TestSuite::new(ran.verdict.scenario.as_str());
    suite.set_time(ran.record.ended_at.as_duration());
    suite.add_property(Property::new("path", ran.path.as_str()));
    suite.add_property(Property::new("seed", ran.record.seed.to_string()));
    suite.add_property(Property::new("replay", ran.replay_command()));
    for fault in &ran.record.faults {
        suite.add_property(Property::new(
            format!("fault {}", fault.name),
            format!("asked {}, injected {}", fault.asked, fault.injected),
        ));
    }
    for detection in &ran.verdict.detections {
        suite.add_property(Property::new(
            format!("time to detect {}", detection.alert),
            detection.summary.as_str(),
        ));
        if let Some(warning) = &detection.warning {
            suite.add_property(Property::new("lucky", warning.as_str()));
        }
    }
    suite.add_test_cases(
        ran.verdict
            .expectations
            .iter()
            .map(|finding| case(ran, finding)),
    );
    if !ran.verdict.inconclusive.is_empty() {
        suite.add_test_case(conclusive(ran));
    }
    let warnings = ran.verdict.warnings.iter();
    let warnings: String = warnings
        .map(|warning| format!("warning: {}\n", warning.message))
        .collect();
    if !warnings.is_empty() {
        suite.set_system_err(warnings);
    }
    suite
}

fn case(ran: &Ran, finding: &Finding) -> TestCase {
    let status = if finding.passed {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_type("expectation")
            .set_message(finding.explanation.as_deref().unwrap_or(&finding.observed))
            .set_description(format!("observed: {}", finding.observed));
        status
    };
    named(ran, &finding.expectation, status)
}

/// The case that says that the run shows nothing: an error, not a failure.
fn conclusive(ran: &Ran) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status
        .set_type("inconclusive")
        .set_message(ran.verdict.inconclusive.join("; "));
    named(ran, "the run is conclusive", status)
}

fn named(ran: &Ran, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(ran.verdict.scenario.as_str());
    case.set_time(Duration::ZERO);
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::WarningRecord;
    use crate::report::sample;
    use fake_factory::clock::Elapsed;

    #[test]
    fn expectations_are_cases_and_an_inconclusive_run_is_an_error() {
        let ran = [sample::failed(), sample::passed(), sample::inconclusive()];
        insta::assert_snapshot!(document(&ran).expect("it is plain data"));
    }

    #[test]
    fn what_went_amiss_is_said_beside_the_cases() {
        let mut ran = sample::passed();
        let amiss = |message: &str| WarningRecord {
            at: Elapsed::ZERO,
            message: message.to_owned(),
        };
        ran.verdict.warnings = vec![amiss("one <thing>"), amiss("another")];
        let text = document_of(&ran).expect("it is plain data");
        let told = "<system-err>warning: one &lt;thing&gt;\nwarning: another\n</system-err>";
        assert!(text.contains(told), "{text}");
        assert!(text.contains("failures=\"0\" errors=\"0\""), "{text}");
    }

    #[test]
    fn what_is_no_xml_is_escaped() {
        let mut ran = sample::failed();
        ran.verdict.expectations[0].explanation = Some("\u{1b}[31m<b>\u{1}\"&".to_owned());
        let text = document_of(&ran).expect("it is plain data");
        assert!(text.contains("&lt;b&gt;&quot;&amp;"), "{text}");
    }
}
