//! The command line: see `chaos-runner --help`.

use chaos_runner::cli::{self, exit::Exit};
use mimalloc::MiMalloc;

/// A simulated run asks for and gives back many small pieces of memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Exit {
    cli::main()
}
