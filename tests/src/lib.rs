//! The shared harness of the end-to-end tests: calls the binary as a user would, stages scenarios with changes, and spreads work over
//! the processors. It asserts nothing of its own but that the material of a test is as the test says.

mod command;
mod script;
mod together;

pub use command::{Ended, chaos_runner, folder, programs, scenarios, write};
pub use script::{Played, Script, play};
pub use together::each;
