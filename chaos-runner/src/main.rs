//! The command line: see `chaos-runner --help`.

use chaos_runner::cli::{self, exit::Exit};

fn main() -> Exit {
    cli::main()
}
