//! The derives, and what their attributes mean.

/// Makes a struct a model: a row of a table.
///
/// The struct keeps its members, and may be built and matched as any struct. The derive adds a
/// constant for each member, [`create()`](#inserting), and the verbs of [`Model`](trait@crate::Model).
///
/// ```
/// use yara_orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// struct Author {
///     id: i64,                                   // integer key: counted up by the database
///     #[field(max_length = 100)]
///     name: String,
///     mentor: Option<ForeignKey<Author>>,        // column `mentor_id`, NULL allowed
///     #[relation(reverse = "author")]
///     books: HasMany<Book>,                      // no column: the books whose author this is
/// }
///
/// #[derive(Model, Debug, Clone)]
/// #[model(table = "books", unique(author, title), check(views_positive, Book::views.ge(0)), ordering(-views))]
/// struct Book {
///     id: i64,
///     #[field(max_length = 200)]
///     title: String,
///     #[field(default = 0, index)]
///     views: i64,
///     #[relation(on_delete = Cascade)]
///     author: ForeignKey<Author>,                // column `author_id`
///     tags: ManyToMany<Tag>,                     // table `books_tags`
/// }
///
/// #[derive(Model, Debug, Clone)]
/// struct Tag {
///     id: i64,
///     #[field(unique)]
///     name: String,
///     #[relation(reverse = "tags")]
///     books: ManyToMany<Book>,
/// }
///
/// // Constants are columns, and relations are paths to the columns of other models.
/// let hot = Book::filter(Book::author.mentor.name.eq("Ada") & Book::views.gt(10));
/// let writers = Author::filter(Author::books.any(Book::tags.any(Tag::name.eq("rust"))));
/// ```
///
/// The constants are as visible as the struct. A public model that is related to a private one says
/// who sees that relation, by `#[relation(vis(pub(crate)))]`.
///
/// A struct with parameters, a tuple struct or an enum is refused. A model needs `Clone`.
///
/// # `#[model(…)]`, on the struct
///
/// | | |
/// |---|---|
/// | `table = "books"` | the table; by default the struct's name in snake_case, not in plural |
/// | `schema = "press"` | the schema of the table |
/// | `comment = "…"` | what the table is for, stored in the database (doc comments are not) |
/// | `unique(a, b)`, `unique(name = "…", a, b)` | no two rows have the same values of these |
/// | `index(a, -b)`, `index(name = "…", a, b)` | an index; it and `unique` take expressions of the row too, such as `Book::title.lower()`, and then need a name; `condition = …`, and on PostgreSQL `using = "…"`, `opclass = "…"`, `include = (a, b)` |
/// | `fulltext(a, b, language = "english")` | an index for full-text searches of these texts; the language is `simple` unless said |
/// | `check(name, Book::views.ge(0))` | a condition on each row, kept by the database |
/// | `ordering(-created, name)` | the order of queries that name none; `-`, or `created.desc()`, for the greatest first |
/// | `crate = path` | where this crate is found, if it has been renamed |
///
/// Members are named as in the struct; a foreign key stands for all its columns, and
/// `address.street` for a field of an embedded struct.
///
/// # `#[field(…)]`, on a member
///
/// | | |
/// |---|---|
/// | `primary_key` | the key, or part of it: up to four members make a composite key, whose type is a tuple. Without any, the member called `id` is the key |
/// | `auto`, `auto = false` | the database counts the key up; that is so for an integer that is the whole key, unless refused |
/// | `column = "…"` | the column; by default the member's name |
/// | `max_length = 100` | characters of a text |
/// | `precision = 12, scale = 2` | digits of a decimal number, in all and after the point |
/// | `unique`, `index` | of this column alone |
/// | `default = 0` | a Rust expression, evaluated for each row that is inserted without a value; `"text"` fits a `String` |
/// | `default_sql = "now()"` | SQL that the database evaluates |
/// | `generated = Book::views * 2` | the database computes it from other columns each time the row is written; it cannot be set |
/// | `auto_now_add`, `auto_now` | the time of the insert; of the last write of the row |
/// | `version` | counts the writes of the row: saving over someone else's change is an error |
/// | `validate = function` | `fn(&T) -> Result<(), impl Display>`, asked before a value is sent. Of an `Option<T>` it sees the `T`, and NULL is not asked about; for a `String` it may take `&str` |
/// | `comment = "…"` | stored in the database |
/// | `embed` | the member is a struct with `#[derive(Embed)]`, or an `Option` of one; `column = "…"` is then what its columns begin with |
/// | `vis(pub(crate))` | who sees constant and setter, where that is not who sees the model |
/// | `rename_const = "filter_"` | the name of constant and setter, where the member is called like a verb of the model (`filter`, `create`, `key`, …) or a method of yours |
///
/// # `#[relation(…)]`, on a member that is a relation
///
/// A relation is known by the name of its type: [`ForeignKey`](crate::typed::ForeignKey) and
/// [`OneToOne`](crate::typed::OneToOne) (or an `Option` of one), and without a column here
/// [`HasMany`](crate::typed::HasMany), [`HasOne`](crate::typed::HasOne) and
/// [`ManyToMany`](crate::typed::ManyToMany). What `#[field(…)]` says of a column can be said of a
/// foreign key in either attribute.
///
/// | foreign keys | |
/// |---|---|
/// | `on_delete = Cascade` | also `Restrict`, `SetNull`, `SetDefault` or `NoAction`, the default |
/// | `on_update = …` | likewise, for a change of the key referred to |
/// | `to = code` | refers to a unique field that is not the key; the type names its type: `ForeignKey<Country, String>` |
/// | `db_constraint = false` | the database does not check it |
/// | `related_name = "books"` | what the other side is called where the other model has no member for it; part of the schema's description |
/// | `unique` | what makes a `ForeignKey` a `OneToOne` |
/// | `column = "…"`, `columns("…", "…")` | the column; of a key with several, the columns |
/// | `primary_key`, `comment`, `vis`, `rename_const` | as for fields |
///
/// | other relations | |
/// |---|---|
/// | `reverse = "author"` | `HasMany`, `HasOne`: the foreign key of the other model that refers to this one. `ManyToMany`: the one of the other model that has the table |
/// | `to = code` | where that foreign key says the same |
/// | `through = Membership` | `ManyToMany`: the model that is the table between; rows are added by inserting it |
/// | `source = person`, `target = group` | its foreign keys to this model and to the other; by default the models' names in snake_case |
/// | `table = "…"` | `ManyToMany`: the name of the table between; by default `{table}_{member}` |
///
/// The table between has the columns `{model}_id` of both models, or `from_{model}_id` and
/// `to_{model}_id` for a relation of a model to itself.
///
/// # Inserting
///
/// `create()` gives a builder with a setter for each member. It inserts once every required one has
/// been called: those of members that are no `Option` and have no default. A foreign key is set by
/// row, `.author(&ada)`, or by key, `.author_id(7)`.
///
/// ```
/// # use yara_orm::prelude::*;
/// # #[derive(Model, Debug, Clone)]
/// # struct Author { id: i64, name: String }
/// # #[derive(Model, Debug, Clone)]
/// # struct Book { id: i64, title: String, #[field(default = 0)] views: i64, author: ForeignKey<Author> }
/// # fn example(ada: &Author) {
/// let row = Book::create().title("Notes").author(ada); // and then `.insert(&db)`
/// let rows = Book::insert_many([row, Book::create().title("Sketches").author_id(7)]);
/// # }
/// ```
///
/// ```compile_fail
/// # use yara_orm::prelude::*;
/// # #[derive(Model, Debug, Clone)]
/// # struct Book { id: i64, title: String }
/// let rows = Book::insert_many([Book::create()]); // its field `title` has not been set
/// ```
pub use yara_derive::Model;

/// Makes a struct one that models can hold, flattened into columns of theirs.
///
/// ```
/// use yara_orm::prelude::*;
///
/// #[derive(Embed, Debug, Clone)]
/// struct Address {
///     #[field(max_length = 80)]
///     street: String,
///     city: Option<String>,
/// }
///
/// #[derive(Model, Debug, Clone)]
/// struct Person {
///     id: i64,
///     #[field(embed)]
///     address: Address,                  // columns `address_street`, `address_city`
///     #[field(embed, column = "summer")]
///     holiday: Option<Address>,          // columns `summer_street`, `summer_city`, NULL allowed
/// }
///
/// let here = Person::filter(Person::address.street.eq("Main St") & Person::holiday.city.is_null());
/// let row = Person::create().address(Address { street: "Main St".into(), city: None });
/// ```
///
/// Members are columns and embedded structs, with the attributes of [`Model`](derive@crate::Model)
/// that make sense there: `column`, `max_length`, `precision`, `scale`, `unique`, `index`, `comment`,
/// `validate` and `embed`. On the struct, `#[embed(crate = path)]` says where this crate is found.
///
/// An `Option` of which all columns are NULL is `None`: a struct of nothing but `Option`s that are all
/// `None` comes back as no struct.
pub use yara_derive::Embed;

/// Makes an enum without data the type of a field.
///
/// ```
/// use yara_orm::prelude::*;
///
/// #[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
/// enum State {
///     Draft,                          // stored as "draft"
///     #[db_enum(rename = "live")]
///     Published,
/// }
///
/// #[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
/// #[db_enum(integer)]
/// #[repr(i16)]
/// enum Priority {
///     Low = -1,
///     Normal = 0,
/// }
///
/// #[derive(Model, Debug, Clone)]
/// struct Article {
///     id: i64,
///     #[field(default = State::Draft)]
///     state: State,
///     priority: Option<Priority>,
/// }
///
/// let live = Article::filter(Article::state.eq(State::Published) & Article::priority.ge(Priority::Normal));
/// ```
///
/// `#[db_enum(text)]`, the default, stores the variant's name in snake_case, or the text of
/// `#[db_enum(rename = "…")]`; the database knows what it can be, and sorts by the text.
/// `#[db_enum(integer)]` stores the number of the variant, in an `i32` or the integer of
/// `#[repr(…)]`: `i16`, `i32` or `i64`; the database knows these, too. A stored value that no variant has is an error that names it
/// and the known ones. `#[db_enum(crate = path)]` says where this crate is found.
pub use yara_derive::DbEnum;

/// Makes a struct one that rows of a query are read into.
///
/// It comes with a struct `…Columns`, which says what each member is read from, and is given to
/// [`select`](crate::typed::Query::select). A member that does not fit its column does not compile.
/// Rows of [`sql`](crate::sql()) are read by the names of their columns.
///
/// ```
/// use yara_orm::prelude::*;
///
/// # #[derive(Model, Debug, Clone)]
/// # struct Author { id: i64, name: String }
/// # #[derive(Model, Debug, Clone)]
/// # struct Book { id: i64, title: String, author: ForeignKey<Author> }
/// #[derive(Row, Debug)]
/// struct Line {
///     title: String,
///     author: String,
/// }
///
/// let query = Book::query().select(LineColumns { title: Book::title, author: Book::author.name });
/// ```
///
/// `#[field(column = "…")]` names the column of a member in SQL, where it is not the member's name.
/// `#[field(nested)]` says that a member is a row itself: a model, an `Option` of one, or another
/// struct with `#[derive(Row)]`. It is selected by [`whole`](crate::typed::whole), an alias's or a
/// relation's `whole`, or the columns of that struct.
/// `#[row(crate = path)]` says where this crate is found.
pub use yara_derive::Row;
