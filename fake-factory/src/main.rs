//! Serves one fake factory on a port of this machine, until it is interrupted.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
