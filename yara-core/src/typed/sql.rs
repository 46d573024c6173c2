//! Statements in SQL.

use super::fetch::{Fetched, request};
use super::{Asked, Expr, Expression, Part, Pred, Row};
use crate::backend::{ColumnInfo, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::names::nearest;
use crate::tree::{self, Raw, RawPart, Statement};
use crate::value::{FieldType, RowReader, Type, Value, ValueRef};
use std::any::Any;

/// A statement in SQL. `$1`, `$2`, … stand for the values given to [`bind`](RawQuery::bind), on
/// every backend; values are always bound, never spliced into the text.
///
/// Rows are read into models and structs by the names of their columns, into tuples by position.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rows: Vec<(String, i64)> = sql("select title, views from book where views > $1 order by views")
///     .bind(100_i64)
///     .all(&db)
///     .await?;
/// assert_eq!(rows[0], ("Engine".into(), 500));
/// let books: Vec<Book> = sql("select * from book").all(&db).await?;
/// assert_eq!(books.len(), 4);
/// # Ok(()) })
/// ```
pub fn sql(text: impl Into<String>) -> RawQuery {
    RawQuery { text: text.into(), values: Vec::new(), error: None }
}

/// A statement in SQL with its values, made by [`sql`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let query = sql("select title from book where views > $1").bind(500_i64);
/// let (title,): (String,) = query.one(&db).await?;
/// assert_eq!(title, "100% sure");
/// # Ok(()) })
/// ```
#[derive(Debug)]
#[must_use = "a statement does nothing until it is run, for instance by `.all(&db)`"]
pub struct RawQuery {
    text: String,
    values: Vec<tree::Expr>,
    error: Option<Error>,
}

impl RawQuery {
    /// The value of the next placeholder.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let name = "'; drop table book; --".to_owned();
    /// let found: Vec<(i64,)> = sql("select id from author where name = $1").bind(name).all(&db).await?;
    /// assert!(found.is_empty());
    /// let error = sql("select $2").bind(1_i64).exec(&db).await.unwrap_err();
    /// assert!(error.is_invalid_query());
    /// # Ok(()) })
    /// ```
    pub fn bind(mut self, value: impl FieldType) -> Self {
        match value.into_value() {
            Ok(value) => self.values.push(tree::Expr::literal(value)),
            Err(reason) => {
                let message = format!("the value of ${}: {reason}", self.values.len() + 1);
                self.error = self.error.or(Some(Error::new(ErrorKind::InvalidValue, message)));
                self.values.push(tree::Expr::literal(Value::Null(Type::Text)));
            }
        }
        self
    }

    /// A column or expression for the next placeholder, of text that becomes a
    /// [`condition`](RawQuery::condition) or a [`value`](RawQuery::value) in a typed query: a path
    /// through relations brings its joins along.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let code = sql("unicode($1) + $2").expr(Book::author.name).bind(0_i64).value::<Book, i64>();
    /// let codes = Book::query().order_by(Book::id).select(code).all(&db).await?;
    /// assert_eq!(codes, [65, 65, 66, 67]);
    /// # Ok(()) })
    /// ```
    pub fn expr(mut self, expression: impl Expression) -> Self {
        self.values.push(expression.into_tree());
        self
    }

    /// The value of the next placeholder, for a program that makes values by itself.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use yara_orm::value::Value;
    ///
    /// let query = sql("select title from book where views > $1").bind_value(Value::I64(500));
    /// let (title,): (String,) = query.one(&db).await?;
    /// assert_eq!(title, "100% sure");
    /// # Ok(()) })
    /// ```
    pub fn bind_value(mut self, value: Value) -> Self {
        self.values.push(tree::Expr::literal(value));
        self
    }

    /// The expression for the next placeholder, for a program that makes trees by itself.
    ///
    /// ```
    /// use yara_orm::prelude::*;
    /// use yara_orm::tree::Expr;
    /// use yara_orm::value::Value;
    ///
    /// let query = sql("select $1").bind_tree(Expr::literal(Value::I64(1)));
    /// assert!(query.into_statement().is_ok());
    /// ```
    pub fn bind_tree(mut self, expression: tree::Expr) -> Self {
        self.values.push(expression);
        self
    }

    /// All rows.
    pub async fn all<R: Row>(self, db: &impl Executor) -> Result<Vec<R>> {
        let request = request(db, &mut self.into_statement()?)?;
        let sink = db.run(vec![request], Box::new(ByName::<R>::new())).await?;
        ByName::<R>::rows_of(sink)
    }

    /// [`all`](RawQuery::all), as a part of a [batch](crate::db::Db::batch). Without it, the
    /// statement gives the number of rows that it wrote.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let (written, rows) = db
    ///     .batch((
    ///         sql("update book set views = 0 where views < $1").bind(100_i64),
    ///         sql("select title from book where views = 0 order by id").into_rows::<(String,)>(),
    ///     ))
    ///     .await?;
    /// assert_eq!((written, rows[1].0.as_str()), (2, "École"));
    /// # Ok(()) })
    /// ```
    pub fn into_rows<R: Row>(self) -> Asked<Vec<R>> {
        let statement = self.into_statement();
        Asked::new(statement.map(|statement| {
            let sink = Box::new(ByName::<R>::new());
            Part::with_sink(vec![statement], sink, ByName::<R>::rows_of)
        }))
    }

    /// The one row; none and several are errors.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let (count,): (i64,) = sql("select count(*) from book").one(&db).await?;
    /// assert_eq!(count, 4);
    /// # Ok(()) })
    /// ```
    pub async fn one<R: Row>(self, db: &impl Executor) -> Result<R> {
        self.optional(db)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, "the statement gave no row"))
    }

    /// The one row, or none; several are an error.
    pub async fn optional<R: Row>(self, db: &impl Executor) -> Result<Option<R>> {
        let mut rows = self.all(db).await?;
        let row = rows.pop();
        if rows.is_empty() {
            return Ok(row);
        }
        let message = format!("the statement gave {} rows where one was asked for", rows.len() + 1);
        Err(Error::new(ErrorKind::MultipleFound, message))
    }

    /// Runs the statement and gives the number of rows that it wrote.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let written = sql("update book set views = 0 where views < $1").bind(100_i64).exec(&db).await?;
    /// assert_eq!(written, 2);
    /// # Ok(()) })
    /// ```
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let batch = vec![request(db, &mut self.into_statement()?)?];
        let fetched: Fetched<()> = super::fetch::run(db, batch, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// The text as a condition on `M` in a typed query, beside typed ones.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let short = sql("length(title) < $1").bind(6_i32).condition();
    /// let books = Book::filter(Book::views.ge(10) & short).all(&db).await?;
    /// assert_eq!(books[0].title, "Notes");
    /// # Ok(()) })
    /// ```
    pub fn condition<M: 'static>(self) -> Pred<M> {
        Pred::from_tree(self.into_expr(Type::Bool))
    }

    /// The text as a value of type `T` in a typed query over `M`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let length = sql("length(title)").value::<Book, i64>();
    /// let rows = Book::query().order_by(Book::id).select((Book::title, length)).all(&db).await?;
    /// assert_eq!(rows[0], ("Notes".into(), 5));
    /// # Ok(()) })
    /// ```
    pub fn value<M: 'static, T: FieldType>(self) -> Expr<M, T> {
        Expr::from_tree(self.into_expr(T::TYPE))
    }

    fn into_expr(self, kind: Type) -> tree::Expr {
        match self.into_raw() {
            Ok(raw) => tree::Expr::Raw(Box::new(Raw { kind: Some(kind), ..raw })),
            Err(error) => tree::Expr::Invalid(error.to_string().into()),
        }
    }

    /// The statement as a tree, for a program that runs trees.
    ///
    /// Errs where a value was refused, and where placeholders and values do not match.
    ///
    /// ```
    /// use yara_orm::prelude::*;
    ///
    /// assert!(sql("select $1").bind(1_i64).into_statement().is_ok());
    /// assert!(sql("select $1").into_statement().is_err_and(|error| error.is_invalid_query()));
    /// ```
    pub fn into_statement(self) -> Result<Statement> {
        self.into_raw().map(Statement::Raw)
    }

    fn into_raw(self) -> Result<Raw> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.text.trim().is_empty() {
            return Err(Error::new(ErrorKind::InvalidQuery, "the statement is empty"));
        }
        let mut used = vec![false; self.values.len()];
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, end, number) in placeholders(&self.text) {
            let Some(value) = number.checked_sub(1).and_then(|index| self.values.get(index)) else {
                let message = format!(
                    "the statement has the placeholder ${number}, and {} values are bound",
                    self.values.len()
                );
                return Err(Error::new(ErrorKind::InvalidQuery, message));
            };
            used[number - 1] = true;
            parts.push(RawPart::Text(self.text[start..at].to_owned()));
            parts.push(RawPart::Expr(value.clone()));
            start = end;
        }
        parts.push(RawPart::Text(self.text[start..].to_owned()));
        if let Some(unused) = used.iter().position(|used| !used) {
            let message =
                format!("a value is bound for ${}, which the statement does not have", unused + 1);
            return Err(Error::new(ErrorKind::InvalidQuery, message));
        }
        Ok(Raw { parts, kind: None })
    }
}

/// The placeholders of a text, outside of quotes and comments: start, end and number of each.
fn placeholders(text: &str) -> Vec<(usize, usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => at = after(bytes, at + 1, &[quote]),
            b'-' if bytes[at..].starts_with(b"--") => at = after(bytes, at, b"\n"),
            b'/' if bytes[at..].starts_with(b"/*") => at = after(bytes, at + 2, b"*/"),
            b'$' => {
                let digits =
                    bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let end = at + 1 + digits;
                // `$tag$ … $tag$` is a quoted text on PostgreSQL; `a$1` is a name.
                let in_name =
                    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
                match text[at + 1..end].parse() {
                    Ok(number) if !in_name => found.push((at, end, number)),
                    _ if !in_name => {
                        if let Some(after_quote) = dollar_quoted(text, at) {
                            at = after_quote;
                            continue;
                        }
                    }
                    _ => {}
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// The position after `ending`, searched from `at`; the end of the text where there is none.
fn after(bytes: &[u8], at: usize, ending: &[u8]) -> usize {
    bytes
        .get(at..)
        .and_then(|rest| rest.windows(ending.len()).position(|window| window == ending))
        .map_or(bytes.len(), |found| at + found + ending.len())
}

/// The position after the dollar-quoted text that starts at `at`, if one does.
fn dollar_quoted(text: &str, at: usize) -> Option<usize> {
    let tag_end = text[at + 1..].find('$')? + at + 2;
    let tag = &text[at..tag_end];
    let name = &tag[1..tag.len() - 1];
    if !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
        return None;
    }
    let close = text[tag_end..].find(tag)?;
    Some(tag_end + close + tag.len())
}

/// Collects rows whose columns are matched by name.
struct ByName<R> {
    rows: Vec<R>,
    /// For each column that is wanted, its position in the row; `None` where they are the same.
    places: Option<Vec<usize>>,
    names: Vec<String>,
}

impl<R: Row> ByName<R> {
    fn new() -> ByName<R> {
        ByName { rows: Vec::new(), places: None, names: Vec::new() }
    }

    fn rows_of(sink: Box<dyn RowSink>) -> Result<Vec<R>> {
        match sink.into_any().downcast::<ByName<R>>() {
            Ok(sink) => Ok(sink.rows),
            Err(_) => Err(Error::new(ErrorKind::Internal, "the backend gave back another sink")),
        }
    }
}

impl<R: Row> RowSink for ByName<R> {
    fn columns(&mut self, _request: usize, columns: &[ColumnInfo]) -> Result<()> {
        self.names = columns.iter().map(|column| column.name.clone()).collect();
        match R::columns() {
            Some(wanted) => self.places = Some(places(&wanted, &self.names)?),
            None if columns.len() != R::WIDTH => {
                return Err(Error::new(
                    ErrorKind::Decode,
                    format!(
                        "the rows have {} columns, and {} were expected",
                        columns.len(),
                        R::WIDTH
                    ),
                ));
            }
            None => {}
        }
        Ok(())
    }

    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let ordered: Vec<ValueRef<'_>>;
        let cells = match &self.places {
            Some(places) => {
                ordered = places.iter().filter_map(|at| cells.get(*at).cloned()).collect();
                &ordered
            }
            None => cells,
        };
        let mut reader = RowReader::new(cells);
        match R::decode(&mut reader) {
            Ok(row) => self.rows.push(row),
            Err(reason) => {
                let at = reader.position();
                let at =
                    self.places.as_ref().and_then(|places| places.get(at).copied()).unwrap_or(at);
                let name = self.names.get(at).map(String::as_str).unwrap_or_default();
                return Err(Error::decode(at, &reason).context(format!("column `{name}`")));
            }
        }
        Ok(())
    }

    fn restart(&mut self) {
        self.rows.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Where each wanted column is. Missing and unknown columns are errors.
fn places(wanted: &[&'static str], names: &[String]) -> Result<Vec<usize>> {
    let refuse = |message: String| Err(Error::new(ErrorKind::Decode, message));
    let twice = |(at, column): &(usize, &&str)| wanted[..*at].contains(column);
    if let Some((_, column)) = wanted.iter().enumerate().find(twice) {
        return refuse(format!(
            "two members are read from a column `{column}`, and a name stands for one; read a tuple, \
             or a struct whose columns differ in name"
        ));
    }
    if let Some(unknown) = names.iter().find(|name| !wanted.contains(&name.as_str())) {
        let near = nearest(unknown, wanted.iter().copied());
        return refuse(format!("the rows have a column `{unknown}` that is not asked for{near}"));
    }
    let mut places = Vec::with_capacity(wanted.len());
    for column in wanted {
        let mut found = names.iter().enumerate().filter(|(_, name)| name == column);
        match (found.next(), found.next()) {
            (Some((at, _)), None) => places.push(at),
            (Some(_), Some(_)) => return refuse(format!("the rows have two columns `{column}`")),
            (None, _) => {
                let near = nearest(column, names.iter().map(String::as_str));
                return refuse(format!("the rows have no column `{column}`{near}"));
            }
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_outside_of_quotes_and_comments() {
        let numbers = |text: &str| -> Vec<usize> {
            placeholders(text).into_iter().map(|found| found.2).collect()
        };
        assert_eq!(numbers("a = $1 and b = $12"), [1, 12]);
        assert_eq!(numbers("'$1' \"$2\" -- $3\n /* $4 */ $5"), [5]);
        assert_eq!(numbers("'it''s $1' $2"), [2]);
        assert_eq!(numbers("$tag$ $1 $tag$ $2 $$ $3 $$ a$4"), [2]);
        assert_eq!(numbers("é$1é"), [1]);
    }
}
