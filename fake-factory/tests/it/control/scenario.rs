//! A scenario, swapped in.
