//! PromQL as Prometheus 3 evaluates it, over an in-memory store of float series.
//!
//! ```
//! use promql::{Labels, Options, Query, SeriesStore};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut store = SeriesStore::new();
//! let labels: Labels = [("__name__", "orders_total"), ("status", "500")].into_iter().collect();
//! let orders = store.series_id(&labels)?;
//! for minute in 0..=5_i32 {
//!     store.append(orders, i64::from(minute) * 60_000, f64::from(minute * 3))?;
//! }
//! let query = Query::parse(r#"sum by (status) (increase(orders_total[5m])) > 10"#)?;
//! let answer = query.instant(&store, 300_000, &Options::default())?;
//! assert_eq!(answer.value.samples()[0].labels.to_string(), r#"{status="500"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! The rules followed are those of Prometheus 3: range windows and the lookback are open on the left and closed on the
//! right, staleness markers end a series at once, subqueries without a step use the default one, and metric names are
//! dropped by each function and operator or, where [`Options`] say so, at the end of the evaluation ("delayed name
//! removal"). Native histograms are not stored.
//!
//! Nothing here reads a clock, draws a random number or depends on a hash order: equal inputs give equal outputs.

mod annotations;
mod ast;
mod display;
mod error;
mod eval;
mod facts;
mod go_case;
mod hash;
mod labels;
mod matcher;
mod number;
mod parse;
mod query;
mod re2;
mod series;
mod store;
mod value;

pub use error::{EvalError, ParseError};
pub use facts::{Condition, SelectorInfo};
pub use go_case::{go_lower, go_title, go_upper};
pub use labels::{Labels, METRIC_NAME};
pub use matcher::{MatchOp, Matcher};
pub use number::general as go_general;
pub use parse::{BadString, duration_ms, go_integer, go_string};
pub use query::{Comparison, Query};
pub use re2::re2;
pub use series::Series;
pub use store::{
    AppendError, Point, STALE_NAN, STALE_NAN_BITS, SeriesId, SeriesStore, TimeMs, TooManySeries,
    is_stale,
};
pub use value::{Answer, Limits, Options, RangeAnswer, RangeSeries, Sample, Value};
