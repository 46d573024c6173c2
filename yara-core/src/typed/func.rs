//! Functions that have no value to be methods of: `func::count()`, `func::now()`,
//! `func::coalesce((a, b))`, `func::row_number()`.
//!
//! ```
//! # use library::*;
//! # run(async |db| {
//! let rows: Vec<(String, i64)> = Book::query()
//!     .group_by(Book::author)
//!     .order_by(Book::author.name)
//!     .select((Book::author.name, func::count()))
//!     .all(&db)
//!     .await?;
//! assert_eq!(rows[0], ("Ada".into(), 2));
//! # Ok(()) })
//! ```

pub use super::aggregates::{
    all, any, array_agg, avg, count, count_of, custom_aggregate, json_agg, max, min, stddev_pop,
    stddev_samp, string_agg, sum, var_pop, var_samp,
};
pub use super::functions::case::{Case, CaseStart, CaseValue, case};
pub use super::functions::choice::{Alternatives, LastOf, coalesce, greatest, least};
pub use super::functions::custom::{Arguments, custom, operator};
pub use super::functions::moment::{now, today};
pub use super::functions::number::random;
pub use super::functions::operators::{Addend, Subtrahend};
pub use super::functions::value::value;
pub use super::functions::{fulltext, json_array, json_object};
pub use super::subquery::{exists, outer};
pub use super::whole::whole;
pub use super::windows::{
    cume_dist, dense_rank, first_value, lag, lag_or, last_value, lead, lead_or, nth_value, ntile,
    percent_rank, rank, row_number, window,
};
