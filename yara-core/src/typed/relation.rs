//! Relations as members of a model, and what the derive says of each.

use super::{Key, Model};
use crate::error::{Error, ErrorKind, Result};
use crate::value::{DecodeError, EncodeError, FieldType, RowReader, Type, Value};
use std::fmt;
use std::sync::Arc;

/// A relation of a model; the derive makes a type for each.
pub trait Relation: Send + Sync + 'static {
    /// The model that has the member.
    type Owner: Model;
    /// The model it leads to.
    type Target: Model;
    /// The part of the owner by which related rows are found: a foreign key, or its own key.
    type LocalKey: Key;
    /// What a column behind it is: `T`, or `Option<T>` where there may be no row.
    type Of<T: FieldType>: FieldType;
    /// The member.
    const NAME: &'static str;

    /// The key, if the owner has one.
    fn local_key(owner: &Self::Owner) -> Option<Self::LocalKey>;
}

/// A relation to at most one row.
pub trait OneRelation: Relation {
    /// Keeps the related row, or that there is none.
    fn attach(owner: &mut Self::Owner, row: Option<Arc<Self::Target>>);
}

/// A relation whose foreign key is on the owner's side.
pub trait ForeignRelation: OneRelation {
    /// Names and kinds of the fields that it refers to.
    const PARTS: &'static [(&'static str, Type)];
    /// The field that it refers to, where that is not the primary key.
    const TO: &'static [&'static str] = &[];
    /// Whether no two rows refer to the same row.
    const UNIQUE: bool = false;
}

/// A foreign key that may be NULL.
pub trait OptionalRelation: ForeignRelation {}

/// A relation to any number of rows.
pub trait ManyRelation: Relation {
    /// Keeps the related rows.
    fn attach(owner: &mut Self::Owner, rows: Vec<Self::Target>);
}

/// A relation through a table that has nothing but the two keys, so that rows can be added to it.
pub trait ThroughRelation: ManyRelation {}

/// The error of reading what no `load` has filled.
fn not_loaded<T: Model>() -> Error {
    Error::new(
        ErrorKind::NotLoaded,
        format!(
            "the related {} has not been loaded; add `.load(…)` of this relation to the query",
            T::table().model
        ),
    )
}

/// A foreign key to a row of `T`, and the row once it has been loaded.
///
/// It is stored in a column of its own, `author_id` for a member `author`. An
/// `Option<ForeignKey<T>>` may be NULL.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let book = Book::find(1).load(Book::author).one(&db).await?;
/// assert_eq!(book.author.key(), &1);
/// assert_eq!(book.author.get()?.name, "Ada");
/// # Ok(()) })
/// ```
pub struct ForeignKey<T: Model, K = <T as Model>::Key> {
    key: K,
    row: Option<Arc<dyn Holds<T>>>,
}

/// A loaded row, or several, behind a pointer that says by itself that it can go to other threads.
/// Without it the compiler would prove that of a model by way of all models that are related to it,
/// and gives up where the way is long.
trait Holds<T: ?Sized>: Send + Sync {
    fn held(&self) -> &T;
}

impl<T: Send + Sync> Holds<T> for T {
    fn held(&self) -> &T {
        self
    }
}

impl<T: Send + Sync> Holds<[T]> for Vec<T> {
    fn held(&self) -> &[T] {
        self
    }
}

/// A foreign key that no two rows share.
///
/// ```
/// use yara_orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// struct Person {
///     id: i64,
/// }
///
/// #[derive(Model, Debug, Clone)]
/// struct Passport {
///     #[field(primary_key)]
///     owner: OneToOne<Person>, // the key of a passport is that of its owner
/// }
///
/// # library::run(async |db| {
/// db.create_tables::<(Person, Passport)>().await?;
/// let person = Person::create().insert(&db).await?;
/// Passport::create().owner(&person).insert(&db).await?;
/// let second = Passport::create().owner(&person).insert(&db).await;
/// assert!(second.is_err_and(|error| error.is_unique_violation()));
/// # Ok(()) })
/// ```
pub type OneToOne<T, K = <T as Model>::Key> = ForeignKey<T, K>;

impl<T: Model, K: Key> ForeignKey<T, K> {
    /// A reference to the row of a key; nothing checks here that it exists.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut book = Book::find(1).one(&db).await?;
    /// book.author = ForeignKey::to(2);
    /// book.save(&db).await?;
    /// assert_eq!(Book::filter(Book::author.name.eq("Bob")).count(&db).await?, 2);
    /// book.author = ForeignKey::to(77);
    /// assert!(book.save(&db).await.is_err_and(|error| error.is_foreign_key_violation()));
    /// # Ok(()) })
    /// ```
    pub fn to(key: K) -> ForeignKey<T, K> {
        ForeignKey { key, row: None }
    }

    /// The key, which is always known.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The related row. Errs with [`is_not_loaded`](Error::is_not_loaded) until a query has loaded
    /// it: `.load(Book::author)`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::find(1).one(&db).await?;
    /// let error = book.author.get().unwrap_err();
    /// assert!(error.is_not_loaded());
    /// # Ok(()) })
    /// ```
    pub fn get(&self) -> Result<&T> {
        self.row.as_deref().map(Holds::held).ok_or_else(not_loaded::<T>)
    }

    /// Whether [`get`](ForeignKey::get) has a row to give.
    pub fn is_loaded(&self) -> bool {
        self.row.is_some()
    }

    /// Keeps a loaded row; the derive calls this.
    #[doc(hidden)]
    pub fn attach(&mut self, row: Option<Arc<T>>) {
        self.row = row.map(|row| row as Arc<dyn Holds<T>>);
    }

    /// Takes the key of a row that has been read anew, and keeps the loaded row if it is the same.
    #[doc(hidden)]
    pub fn refresh(&mut self, fresh: ForeignKey<T, K>) {
        if self.key != fresh.key {
            *self = fresh;
        }
    }

    /// [`refresh`](ForeignKey::refresh) of a key that may be NULL.
    #[doc(hidden)]
    pub fn refresh_optional(old: &mut Option<Self>, fresh: Option<Self>) {
        if *old != fresh {
            *old = fresh;
        }
    }

    /// Appends the values of a key that may be NULL.
    #[doc(hidden)]
    pub fn encode_optional(
        key: Option<&Self>,
        parts: &[(&'static str, Type)],
        out: &mut Vec<Value>,
    ) -> Result<(), EncodeError> {
        match key {
            Some(key) => key.encode(out),
            None => {
                out.extend(parts.iter().map(|(_, kind)| Value::Null(*kind)));
                Ok(())
            }
        }
    }

    /// Reads a key that may be NULL.
    #[doc(hidden)]
    pub fn decode_optional(row: &mut RowReader<'_, '_>) -> Result<Option<Self>, DecodeError> {
        if row.all_null(K::WIDTH) {
            row.skip(K::WIDTH);
            return Ok(None);
        }
        Self::decode(row).map(Some)
    }

    /// Appends the values of the key's columns.
    #[doc(hidden)]
    pub fn encode(&self, out: &mut Vec<Value>) -> Result<(), EncodeError> {
        self.key.encode(out)
    }

    /// Reads the key from the next cells.
    #[doc(hidden)]
    pub fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError> {
        K::decode(row).map(ForeignKey::to)
    }
}

impl<T: Model> From<&T> for ForeignKey<T> {
    fn from(row: &T) -> Self {
        ForeignKey::to(row.key())
    }
}

impl<T: Model, K: Clone> Clone for ForeignKey<T, K> {
    fn clone(&self) -> Self {
        ForeignKey { key: self.key.clone(), row: self.row.clone() }
    }
}

impl<T: Model + fmt::Debug, K: fmt::Debug> fmt::Debug for ForeignKey<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.row {
            Some(row) => (**row).held().fmt(f),
            None => write!(f, "ForeignKey({:?})", self.key),
        }
    }
}

/// Equal where the keys are.
impl<T: Model, K: PartialEq> PartialEq for ForeignKey<T, K> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<T: Model, K: Eq> Eq for ForeignKey<T, K> {}

impl<T: Model, K: std::hash::Hash> std::hash::Hash for ForeignKey<T, K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// Containers of rows that other tables refer from. They are no columns: a fresh row has them not
/// loaded, and two rows are equal whatever is loaded.
macro_rules! far_side {
    ($(#[$doc:meta])* $name:ident holds $held:ty as $kept:ty, gives $given:ty, by $give:expr) => {
        $(#[$doc])*
        pub struct $name<T> {
            rows: Option<Arc<dyn Holds<$kept>>>,
        }

        impl<T: Model> $name<T> {
            /// What was loaded. Errs with [`is_not_loaded`](Error::is_not_loaded) until a query has
            /// loaded it with `.load(…)`.
            pub fn get(&self) -> Result<$given> {
                self.rows.as_deref().map(Holds::held).map($give).ok_or_else(not_loaded::<T>)
            }

            /// Whether [`get`](Self::get) has something to give.
            pub fn is_loaded(&self) -> bool {
                self.rows.is_some()
            }

            /// Keeps what was loaded; the derive calls this.
            #[doc(hidden)]
            pub fn attach(&mut self, rows: $held) {
                self.rows = Some(Arc::new(rows));
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                $name { rows: None }
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                $name { rows: self.rows.clone() }
            }
        }

        impl<T: fmt::Debug> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match &self.rows {
                    Some(rows) => (**rows).held().fmt(f),
                    None => f.write_str("(not loaded)"),
                }
            }
        }

        impl<T> PartialEq for $name<T> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<T> Eq for $name<T> {}
    };
}

far_side! {
    /// The rows of `T` whose foreign key refers to this row.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let ada = Author::filter(Author::name.eq("Ada")).load(Author::books).one(&db).await?;
    /// assert_eq!(ada.books.get()?.len(), 2);
    /// assert!(ada.pupils.get().is_err_and(|error| error.is_not_loaded()));
    /// # Ok(()) })
    /// ```
    HasMany holds Vec<T> as [T], gives &[T], by |rows| rows
}

far_side! {
    /// The rows of `T` that a table between the two models relates to this row.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::find(1).load(Book::tags.order_by(Tag::name)).one(&db).await?;
    /// assert_eq!(book.tags.get()?[1].name, "poetry");
    /// # Ok(()) })
    /// ```
    ManyToMany holds Vec<T> as [T], gives &[T], by |rows| rows
}

far_side! {
    /// The row of `T`, if there is one, whose unique foreign key refers to this row.
    ///
    /// ```
    /// use yara_orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone)]
    /// struct Person {
    ///     id: i64,
    ///     #[relation(reverse = "owner")]
    ///     passport: HasOne<Passport>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone)]
    /// struct Passport {
    ///     id: i64,
    ///     owner: OneToOne<Person>,
    /// }
    ///
    /// # library::run(async |db| {
    /// db.create_tables::<(Person, Passport)>().await?;
    /// let person = Person::create().insert(&db).await?;
    /// let passport = Passport::create().owner(&person).insert(&db).await?;
    /// let person = Person::find(person.id).load(Person::passport).one(&db).await?;
    /// assert_eq!(person.passport.get()?.map(|found| found.id), Some(passport.id));
    /// # Ok(()) })
    /// ```
    HasOne holds Option<Arc<T>> as Option<Arc<T>>, gives Option<&T>, by Option::as_deref
}
