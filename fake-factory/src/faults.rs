//! The ways a factory breaks: what a file says of them (`plan`), which requests they may touch (`matching`), what is active when
//! (`schedule`), what a running one counts (`fault`), the list of them (`roster`), and one file a kind (`kinds`). They decide; `api`
//! and `listener` carry out.
//!
//! # Several at once
//!
//! All active faults that match a request are asked, and what they do composes in the order of [`kind::Stage`]: delays add up; the
//! first fault in the order of the list that gives an answer, or sends what is none, gives the answer; where none does, the pizza is
//! baked as the baking faults have it; the reply is dressed up; it travels at the slowest pace, and the first that breaks its way out
//! breaks it. A fault that comes too late to do anything is asked and not injected.

pub mod check;
pub(crate) mod fault;
pub mod inject;
pub mod kind;
pub mod kinds;
pub mod matching;
pub mod plan;
pub(crate) mod roster;
pub mod schedule;
pub(crate) mod touch;
