//! Exit codes: what a script or a CI job may rely on.

use std::process::{ExitCode, Termination};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Every expectation held, or what was asked for was done.
    Held,
    /// An expectation did not hold.
    Failed,
    /// The input is wrong: a scenario, a rule file, the arguments. Nothing ran.
    InputWrong,
    /// The harness itself failed, or an abort condition stopped it.
    HarnessFailed,
    /// No expectation failed, but a run could not tell: its steady state did not hold, or a fault touched nothing.
    Inconclusive,
    /// Interrupted from the keyboard.
    Interrupted,
}

/// What help says of them where scenarios are run.
pub const OF_RUNS: &str = "\
Exit codes:
  0    every expectation held
  1    an expectation did not hold
  2    the input is wrong, nothing ran
  3    the harness failed, or an abort condition stopped it
  4    inconclusive: no expectation failed, but a run could not tell
  130  interrupted";

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Held => 0,
            Exit::Failed => 1,
            Exit::InputWrong => 2,
            Exit::HarnessFailed => 3,
            Exit::Inconclusive => 4,
            Exit::Interrupted => 130,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}
