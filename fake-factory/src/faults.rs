//! The ways a factory breaks: what a file says of them (`plan`), what is active when (`schedule`), and one file a kind.

pub mod plan;
