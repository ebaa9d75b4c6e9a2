//! Each expectation passes, and fails with the sentence that a reader needs.

mod alerts;
mod conclusive;
mod detection;
mod fates;
mod moments;
mod orders;
mod service;
mod values;
