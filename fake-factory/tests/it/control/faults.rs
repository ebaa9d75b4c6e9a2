//! Faults while the factory runs.
