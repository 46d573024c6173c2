//! What the derive says of a model.

use super::{
    Alias, BulkLoad, Edit, Fields, InsertFrom, InsertMany, IntoNewRow, Key, NewRow, Path, Pred,
    Query, Row, Takes, UpdateMany,
};
use crate::error::Result;
use crate::executor::Executor;
use crate::schema::Table;
use crate::value::{EncodeError, Type, Value};
use std::borrow::Cow;

/// A struct that is stored as a row; made by `#[derive(Model)]`.
///
/// The methods with bodies are the verbs of every model. The derive adds a constant for each field
/// and relation, and `create()`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let mut book = Book::find(1).one(&db).await?;
/// assert_eq!((book.key(), Book::table().name), (1, "book"));
/// book.views += 1;
/// book.save(&db).await?;
/// book.delete(&db).await?;
/// assert_eq!(Book::query().count(&db).await?, 3);
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "add `#[derive(Model)]` to the struct"
)]
pub trait Model: Row + Clone + Sync {
    /// The type of the primary key; a tuple where it has several columns.
    type Key: Key;

    /// The columns seen from a path, so that `Book::author.name` is a column of `Book`.
    type Columns<P: Path>: 'static;

    /// Names and kinds of the primary key's fields. Constants, so that a table that refers to this
    /// one can be described before this one is.
    const KEY: &'static [(&'static str, Type)];

    /// The model as data.
    fn table() -> &'static Table;

    /// The columns seen from a path.
    fn columns<P: Path>() -> &'static Self::Columns<P>;

    /// The row's primary key.
    fn key(&self) -> Self::Key;

    /// Appends the values of all fields, in the order of [`Table::fields`].
    fn encode(&self, out: &mut Vec<Value>) -> Result<(), FieldError>;

    /// Takes over the columns of a row that has just been written or read. A relation stays loaded
    /// where its key is the same.
    fn refresh(&mut self, fresh: Self);

    /// A query for all rows.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::query().count(&db).await?, 4);
    /// # Ok(()) })
    /// ```
    fn query() -> Query<Self> {
        Query::new()
    }

    /// A query for the rows that match.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let books = Book::filter(Book::author.name.eq("Ada") & Book::views.gt(100)).all(&db).await?;
    /// assert_eq!(books[0].title, "Engine");
    /// # Ok(()) })
    /// ```
    fn filter(condition: Pred<Self>) -> Query<Self> {
        Query::new().filter(condition)
    }

    /// A query for the row of a key.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::find(1).one(&db).await?;
    /// assert_eq!(book.title, "Notes");
    /// assert_eq!(Book::find(77).optional(&db).await?, None);
    /// # Ok(()) })
    /// ```
    fn find(key: Self::Key) -> Query<Self> {
        Query::new().filter(Pred::key_is(key))
    }

    /// The table by a name, to be joined: see [`Alias`].
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let other = Book::alias("other");
    /// let pairs = Book::query().join(&other, Book::views.lt(other.col(Book::views)));
    /// assert_eq!(pairs.count(&db).await?, 6);
    /// # Ok(()) })
    /// ```
    fn alias(name: impl Into<crate::tree::Name>) -> Alias<Self> {
        Alias::of_table(name.into())
    }

    /// Rows to insert in one statement: `Book::insert_many(rows).exec(&db)`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tags = Tag::insert_many(["new", "newer"].map(|name| Tag::create().name(name)));
    /// assert_eq!(tags.all(&db).await?[1].name, "newer");
    /// # Ok(()) })
    /// ```
    fn insert_many<R: IntoNewRow<Self>>(rows: impl IntoIterator<Item = R>) -> InsertMany<Self> {
        InsertMany::new(rows.into_iter().map(R::into_new_row).collect())
    }

    /// Rows to insert that a query gives: columns of this model, and a query that selects values
    /// of the same types in the same order, of this model or of another one. What is not named is
    /// filled in as by an insert, the same for all rows.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let names = Author::filter(Author::books.is_empty()).select(Author::name);
    /// let tags = Tag::insert_from(Tag::name, names).returning_rows().all(&db).await?;
    /// assert_eq!(tags[0].name, "Dan");
    /// # Ok(()) })
    /// ```
    fn insert_from<N: Model, R: Send + 'static>(
        columns: impl Takes<Self, R>,
        query: Query<N, R>,
    ) -> InsertFrom<Self> {
        InsertFrom::new(columns, query)
    }

    /// Fields of many rows to write, each row its own values, in one statement:
    /// `Book::update_many(&books, Book::views).exec(&db)`.
    fn update_many<'a>(
        rows: impl IntoIterator<Item = &'a Self>,
        fields: impl Fields<Self>,
    ) -> UpdateMany<Self> {
        UpdateMany::new(rows, fields)
    }

    /// Begins to load any number of rows, see [`BulkLoad`].
    fn bulk_load(db: &impl Executor) -> impl Future<Output = Result<BulkLoad<Self>>> + Send {
        BulkLoad::begin(db)
    }

    /// Changes to write: `book.edit().set(Book::title, "New").save(&db)`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut book = Book::find(1).one(&db).await?;
    /// book.edit().set(Book::title, "New").save(&db).await?;
    /// assert_eq!(book.title, "New");
    /// # Ok(()) })
    /// ```
    fn edit(&mut self) -> Edit<'_, Self> {
        Edit::new(self)
    }

    /// Writes every field but the key, and takes over the row as it is then. Errs with
    /// [`is_stale_row`](crate::error::Error::is_stale_row) if the row is gone or, where the model
    /// has a `version` field, has been changed since it was read.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut book = Book::find(1).one(&db).await?;
    /// book.title = "New".into();
    /// book.rating = None;
    /// book.save(&db).await?;
    /// assert_eq!(Book::find(1).one(&db).await?, book);
    /// # Ok(()) })
    /// ```
    fn save(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        super::edit::save(self, db)
    }

    /// Deletes the row. Errs as [`save`](Model::save) does.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::find(1).one(&db).await?;
    /// book.delete(&db).await?;
    /// assert!(book.delete(&db).await.is_err_and(|error| error.is_stale_row()));
    /// # Ok(()) })
    /// ```
    fn delete(&self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        super::edit::delete(self, db)
    }

    /// Reads the row again. Relations stay loaded where their keys are the same.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut book = Book::find(1).one(&db).await?;
    /// Book::find(1).update().set(Book::views, 99).exec(&db).await?;
    /// book.reload(&db).await?;
    /// assert_eq!(book.views, 99);
    /// # Ok(()) })
    /// ```
    fn reload(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        super::edit::reload(self, db)
    }

    /// A row to insert whose fields are not checked by the compiler; `create()` is the one to use.
    fn new_row() -> NewRow<Self> {
        NewRow::new()
    }
}

/// Which field could not be sent, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// The field.
    pub field: Cow<'static, str>,
    /// Why.
    pub reason: EncodeError,
}

impl FieldError {
    /// The error of a field of an embedded struct, seen from the model.
    #[must_use]
    pub fn within(self, member: &str) -> FieldError {
        FieldError { field: format!("{member}.{}", self.field).into(), ..self }
    }
}

/// One or more models, as in `db.create_tables::<(Author, Book)>()`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// db.drop_tables::<(Author, Book, Tag)>().await?;
/// db.create_tables::<(Author, Book, Tag)>().await?;
/// # Ok(()) })
/// ```
pub trait Models {
    /// Their tables.
    fn tables() -> Vec<&'static Table>;
}

impl<M: Model> Models for M {
    fn tables() -> Vec<&'static Table> {
        vec![M::table()]
    }
}

macro_rules! model_tuples {
    ($(($($model:ident),+))+) => {$(
        impl<$($model: Models),+> Models for ($($model,)+) {
            fn tables() -> Vec<&'static Table> {
                let mut tables = Vec::new();
                $(tables.extend($model::tables());)+
                tables
            }
        }
    )+};
}

model_tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K) (A, B, C, D, E, F, G, H, I, J, K, L)
}
