//! What a query reads: whole rows, or a choice of columns and expressions.

use super::{Aggregate, Column, Expr, Expression};
use crate::tree;
use crate::value::{DecodeError, FieldType, RowReader};

/// Something that a row is decoded into.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// #[derive(Row)]
/// struct Line {
///     title: String,
///     author: String,
/// }
///
/// let query = Book::query().select(LineColumns { title: Book::title, author: Book::author.name });
/// let lines: Vec<Line> = query.order_by(Book::id).all(&db).await?;
/// assert_eq!((lines[0].title.as_str(), lines[0].author.as_str()), ("Notes", "Ada"));
/// # Ok(()) })
/// ```
pub trait Row: Sized + Send + 'static {
    /// The number of cells.
    const WIDTH: usize;

    /// The names of its columns, for rows that are read by name; `None` for those that are read by
    /// position, such as tuples.
    fn columns() -> Option<Vec<&'static str>>;

    /// Reads it from the next cells.
    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError>;
}

/// What [`Query::select`](super::Query::select) takes: a column, an expression, a tuple of them, or
/// the columns of a struct with `#[derive(Row)]`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rows: Vec<(String, Option<f64>, i64)> = Book::query()
///     .order_by(Book::id)
///     .select((Book::author.name, Book::rating, Book::views * 2))
///     .all(&db)
///     .await?;
/// assert_eq!(rows[0], ("Ada".into(), Some(4.5), 20));
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected from `{M}`",
    note = "select columns and expressions of `{M}`, one or a tuple of up to twelve, or the columns of a struct with `#[derive(Row)]`"
)]
pub trait Projection<M> {
    /// What a row becomes.
    type Row: Send + 'static;

    /// Appends what is read.
    fn append(self, columns: &mut Vec<tree::Expr>);

    /// Reads a row from the next cells.
    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self::Row, DecodeError>;
}

macro_rules! tuple_rows {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: FieldType),+> Row for ($($part,)+) {
            const WIDTH: usize = [$(stringify!($part)),+].len();

            fn columns() -> Option<Vec<&'static str>> {
                None
            }

            fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError> {
                Ok(($(row.read::<$part>()?,)+))
            }
        }
    )+};
}

tuple_rows! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K) (A, B, C, D, E, F, G, H, I, J, K, L)
}

macro_rules! single_projections {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> Projection<M> for $shell<M, T> {
            type Row = T;

            fn append(self, columns: &mut Vec<tree::Expr>) {
                columns.push(self.into_tree());
            }

            fn decode(row: &mut RowReader<'_, '_>) -> Result<T, DecodeError> {
                row.read()
            }
        }
    )+};
}

single_projections!(Aggregate, Column, Expr);

macro_rules! tuple_projections {
    ($(($($part:ident),+))+) => {$(
        impl<M, $($part: Projection<M>),+> Projection<M> for ($($part,)+) {
            type Row = ($($part::Row,)+);

            fn append(self, columns: &mut Vec<tree::Expr>) {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                $($part.append(columns);)+
            }

            fn decode(row: &mut RowReader<'_, '_>) -> Result<Self::Row, DecodeError> {
                Ok(($($part::decode(row)?,)+))
            }
        }
    )+};
}

tuple_projections! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K) (A, B, C, D, E, F, G, H, I, J, K, L)
}
