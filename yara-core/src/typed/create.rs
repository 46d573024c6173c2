//! Inserting a row.
//!
//! The derive makes a builder for each model with a setter for each field; its type parameters
//! remember which required fields have been set, so that a forgotten one does not compile. All of
//! it wraps a [`NewRow`].

use super::fetch::{Fetched, fetch};
use super::graph::without_parent;
use super::{Embed, ForeignRelation, Model, Operand, Refer};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::schema::{Default, RelationKind, Size, Table, TableRef};
use crate::tree::{Conflict, Expr, Insert, InsertSource, Statement};
use crate::value::Value;
use std::marker::PhantomData;

/// In the type of a builder: the field has been set.
#[derive(Debug, Clone, Copy)]
pub struct Set;

/// In the type of a builder: the field has not been set.
#[derive(Debug, Clone, Copy)]
pub struct Missing;

/// A row to insert: some fields, and their values.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let ada = Author::find(1).one(&db).await?;
/// let new = Book::create().title("Sketches").author(&ada); // wraps a `NewRow<Book>`
/// let book = new.insert(&db).await?;
/// assert_eq!((book.views, book.rating), (0, None));
/// # Ok(()) })
/// ```
#[must_use = "a row is not inserted until `.insert(&db)`"]
pub struct NewRow<M> {
    /// Positions of fields and their values, without those left to their defaults.
    pub(super) values: Vec<(usize, Expr)>,
    pub(super) error: Option<Error>,
    /// Foreign keys that are filled in with the row's parent, see [`parent`](super::parent).
    pub(super) parents: Vec<&'static str>,
    of: PhantomData<fn() -> M>,
}

impl<M> std::fmt::Debug for NewRow<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewRow").field("values", &self.values).finish_non_exhaustive()
    }
}

impl<M: Model> NewRow<M> {
    pub(super) fn new() -> NewRow<M> {
        NewRow { values: Vec::new(), error: None, parents: Vec::new(), of: PhantomData }
    }

    /// Sets a field; setting it again replaces the value.
    pub fn set<T>(self, field: &'static str, value: impl Operand<M, T>) -> NewRow<M> {
        self.set_expr(field, value.operand())
    }

    /// Sets a field to a node of the tree.
    pub fn set_expr(mut self, field: &str, value: Expr) -> NewRow<M> {
        match M::table().field_index(field) {
            Ok(at) => match self.values.iter_mut().find(|(other, _)| *other == at) {
                Some((_, old)) => *old = value,
                None => self.values.push((at, value)),
            },
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// Sets a foreign key, all columns of it.
    pub fn relate<R: ForeignRelation<Owner = M>>(self, to: impl Refer<R>) -> NewRow<M> {
        let table = M::table();
        if to.is_parent() {
            return self.of_parent(R::NAME);
        }
        let fields = match table.relation(R::NAME).map(|relation| &relation.kind) {
            Ok(RelationKind::ToOne { fields, .. }) => fields,
            Ok(_) => return self,
            Err(error) => return self.fail(error),
        };
        let fields = fields.iter().map(|at| &table.fields[*at]);
        match to.key_values() {
            Ok(Some(values)) => self.set_values(fields.map(|field| field.name), values),
            Ok(None) => {
                let nulls = fields.clone().map(|field| Value::Null(field.kind)).collect();
                self.set_values(fields.map(|field| field.name), nulls)
            }
            Err(reason) => self.refuse(R::NAME, &reason.to_string()),
        }
    }

    /// Sets all fields of an embedded struct.
    pub fn embed<E: Embed>(self, member: &'static str, value: Option<&E>) -> NewRow<M> {
        let mut values = Vec::with_capacity(E::WIDTH);
        if let Err(error) = super::encode_optional(value, &mut values) {
            let error = error.within(member);
            return self.refuse(&error.field, &error.reason.to_string());
        }
        let fields =
            M::table().fields.iter().map(|field| field.name).skip_while(|name| {
                name.strip_prefix(member).is_none_or(|rest| !rest.starts_with('.'))
            });
        self.set_values(fields, values)
    }

    fn of_parent(mut self, relation: &'static str) -> NewRow<M> {
        if !self.parents.contains(&relation) {
            self.parents.push(relation);
        }
        self
    }

    fn refuse(self, field: &str, reason: &str) -> NewRow<M> {
        let message = format!("{}.{field}: {reason}", M::table().model);
        self.fail(Error::new(ErrorKind::InvalidValue, message))
    }

    /// Sets several fields, such as those of a composite foreign key or an embedded struct.
    pub fn set_values(
        mut self,
        fields: impl IntoIterator<Item = &'static str>,
        values: Vec<Value>,
    ) -> NewRow<M> {
        for (field, value) in fields.into_iter().zip(values) {
            self = self.set_expr(field, Expr::literal(value));
        }
        self
    }

    /// Keeps the first thing that was wrong; inserting returns it.
    pub fn fail(mut self, error: Error) -> NewRow<M> {
        self.error = self.error.or(Some(error));
        self
    }

    /// Inserts the row and gives it as the database has it, with its key and its defaults.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tag = Tag::create().name("new").insert(&db).await?;
    /// assert_eq!(Tag::find(tag.id).one(&db).await?, tag);
    /// let error = Tag::create().name("x".repeat(51)).insert(&db).await.unwrap_err();
    /// assert!(error.is_invalid_value()); // refused before anything is sent
    /// # Ok(()) })
    /// ```
    pub async fn insert(self, db: &impl Executor) -> Result<M> {
        let fields = vec![Expr::fields(TableRef(M::table()))];
        let statement = self.into_statement(None, fields)?;
        only(fetch(db, statement, M::decode).await?)
    }

    /// Inserts the row unless one of the same key or unique values is there: then gives `None`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert!(Tag::create().name("new").insert_or_ignore(&db).await?.is_some());
    /// assert!(Tag::create().name("new").insert_or_ignore(&db).await?.is_none());
    /// # Ok(()) })
    /// ```
    pub async fn insert_or_ignore(self, db: &impl Executor) -> Result<Option<M>> {
        let fields = vec![Expr::fields(TableRef(M::table()))];
        let statement = self.into_statement(Some(Conflict::Ignore { target: None }), fields)?;
        Ok(fetch(db, statement, M::decode).await?.rows.into_iter().next())
    }

    pub(super) fn into_statement(
        self,
        conflict: Option<Conflict>,
        returning: Vec<Expr>,
    ) -> Result<Statement> {
        Ok(insert_of(M::table(), self.complete()?, conflict, returning))
    }

    /// The values with the defaults that this library fills in, checked, in the order of fields.
    pub(super) fn complete(self) -> Result<CompleteRow> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let table = M::table();
        if let Some(relation) = self.parents.first() {
            return Err(without_parent(table, relation));
        }
        let mut values = self.values;
        fill_defaults(table, &mut values);
        values.sort_by_key(|(at, _)| *at);
        for (at, value) in &values {
            check(table, *at, value)?;
        }
        Ok(values)
    }
}

/// A row with everything that is sent of it: positions of fields, and their values.
pub(super) type CompleteRow = Vec<(usize, Expr)>;

/// The insert of a row.
pub(super) fn insert_of(
    table: &'static Table,
    row: CompleteRow,
    conflict: Option<Conflict>,
    returning: Vec<Expr>,
) -> Statement {
    let (fields, values) = row.into_iter().unzip();
    let insert = Insert::new(table, fields, InsertSource::Row(values));
    Statement::Insert(Insert { conflict, returning, ..insert })
}

/// The row that an insert gives back.
pub(super) fn only<R>(fetched: Fetched<R>) -> Result<R> {
    fetched.rows.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::Internal, "the database gave no row back for an insert")
    })
}

/// Adds what this library fills in where nothing was set, and refuses what is missing.
fn fill_defaults(table: &Table, values: &mut Vec<(usize, Expr)>) {
    let now = std::cell::OnceCell::new();
    for (at, field) in table.fields.iter().enumerate() {
        if values.iter().any(|(given, _)| *given == at) {
            continue;
        }
        let value = match &field.default {
            _ if field.auto_now => now_of(field.kind, &now),
            Default::Now => now_of(field.kind, &now),
            Default::Value(value) => Some(value()),
            _ if field.version => Some(version_start(field.kind)),
            Default::None
            | Default::Auto
            | Default::Sql(_)
            | Default::Constant(_)
            | Default::Clock
            | Default::RandomHex(_) => None,
        };
        if let Some(value) = value {
            values.push((at, Expr::literal(value)));
        }
    }
}

/// The first version of a row.
pub(super) fn version_start(kind: crate::value::Type) -> Value {
    match kind {
        crate::value::Type::I16 => Value::I16(1),
        crate::value::Type::I32 => Value::I32(1),
        _ => Value::I64(1),
    }
}

/// The current time as a value of a kind; the same for all fields of one row.
pub(super) fn now_of(kind: crate::value::Type, now: &std::cell::OnceCell<i64>) -> Option<Value> {
    use crate::value::Type;
    const DAY: i64 = 86_400_000_000;
    let micros = *now.get_or_init(|| chrono::Utc::now().timestamp_micros());
    match kind {
        Type::TimestampTz => Some(Value::TimestampTz(micros)),
        Type::Timestamp => Some(Value::Timestamp(micros)),
        Type::Date => Some(Value::Date(micros.div_euclid(DAY) as i32)),
        Type::Time => Some(Value::Time(micros.rem_euclid(DAY))),
        _ => None,
    }
}

/// Why a value is too large for a field, or could not be read of it; of a list, why an item is.
fn misfit(size: Size, value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => {
            let (limit, length) = (size.max_length?, text.chars().count());
            (length > limit as usize).then(|| {
                format!("the text has {length} characters, and the field holds at most {limit}")
            })
        }
        Value::Numeric(number) => {
            size.precision.and_then(|(digits, scale)| number.misfit(digits, scale))
        }
        // PostgreSQL would keep it, and then refuse every question about any row that has it.
        Value::Json(text) if holds_nul(text) => Some(
            "the document has a text with a NUL character, which databases do not store".into(),
        ),
        Value::Array(array) => {
            array.items.iter().enumerate().find_map(|(at, item)| {
                misfit(size, item).map(|reason| format!("item {at}: {reason}"))
            })
        }
        _ => None,
    }
}

/// Whether a text of a JSON document has a NUL character, which is always escaped there.
fn holds_nul(document: &str) -> bool {
    document.match_indices("\\u0000").any(|(at, _)| {
        let before = document[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        before % 2 == 0
    })
}

/// Refuses a value that its field cannot hold, before anything is sent.
pub(super) fn check(table: &Table, at: usize, value: &Expr) -> Result<()> {
    let field = &table.fields[at];
    let refuse = |kind, reason: String| {
        Err(Error::new(kind, format!("{}.{}: {reason}", table.model, field.name)))
    };
    if field.computed.is_some() {
        return refuse(
            ErrorKind::InvalidQuery,
            "the database computes it from other fields; it cannot be set".into(),
        );
    }
    let literal = match value {
        Expr::Literal(literal) => &literal.value,
        Expr::Invalid(reason) => return refuse(ErrorKind::InvalidValue, reason.to_string()),
        _ => return Ok(()),
    };
    if literal.is_null() && !field.nullable {
        return refuse(ErrorKind::InvalidValue, "it cannot be NULL".into());
    }
    if let Some(reason) = misfit(table.size(at), literal) {
        return refuse(ErrorKind::InvalidValue, reason);
    }
    match field.validate.map(|validate| validate(literal)) {
        Some(Err(reason)) if !literal.is_null() => {
            refuse(ErrorKind::InvalidValue, reason.to_string())
        }
        _ => Ok(()),
    }
}
