//! Series and log lines in: what a run measures reaches the series store through here. It knows text formats and HTTP; which
//! series mean trouble is `alerting`'s business, and when a scrape is due is the stage's.

pub mod exposition;
pub mod log_series;
pub mod log_streams;
pub mod logs;
pub mod scrape;
