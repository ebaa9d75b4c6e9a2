//! Each expectation passes, and fails with the sentence that a reader needs.

mod alerts;
mod conclusive;
mod fates;
mod moments;
mod orders;
mod service;
mod values;
