//! The main job, by the binary: every shipped scenario passes in one command, whose document and files a program can read, and whose
//! exit code says what came of it.

mod exit_codes;
mod grafana_rules;
mod options;
mod rules;
mod shipped;
mod small;
