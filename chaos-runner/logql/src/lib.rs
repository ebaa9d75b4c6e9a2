//! LogQL as Loki evaluates it, over an in-memory store of log lines: what alert rules ask of logs, answered in numbers.
//!
//! ```
//! use logql::{LogStore, Options, Query};
//! use promql::Labels;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut store = LogStore::new();
//! let labels: Labels = [("component", "orders"), ("level", "error")].into_iter().collect();
//! let orders = store.stream_id(&labels)?;
//! for second in 0..4_i64 {
//!     store.append(orders, second * 1_000_000_000, r#"{"message":"no pizza"}"#)?;
//! }
//! let query = Query::parse(r#"sum by (level) (count_over_time({component="orders"} |= "no pizza" [2s])) > 1"#)?;
//! let answer = query.instant(&store, 3_000, &Options::default())?;
//! assert_eq!(answer.value.samples()[0].labels.to_string(), r#"{level="error"}"#);
//! assert_eq!(answer.value.samples()[0].value, 2.0);
//! # Ok(())
//! # }
//! ```
//!
//! The rules followed are those of Loki 3: range windows are open on the left and closed on the right, and labels that a parser
//! extracts from a line become labels of the result unless an aggregation takes them away. Answers have the shape of PromQL's.
//!
//! Nothing here reads a clock, draws a random number or depends on a hash order: equal inputs give equal outputs.

mod ast;
mod error;
mod eval;
mod lex;
mod options;
mod parse;
mod pipeline;
mod query;
mod store;
mod units;

pub use error::{EvalError, ParseError};
pub use options::{Limits, Options};
pub use query::{Comparison, Query, SelectorInfo};
pub use store::{AppendError, LogStore, Stream, StreamId, TooManyStreams};
