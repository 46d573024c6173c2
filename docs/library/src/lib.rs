//! A small library: the models and rows that the examples of the documentation are about.
//!
//! | author | books: views, rating, tags |
//! |---|---|
//! | Ada | "Notes": 10, 4.5, maths and poetry; "Engine": 500, 3.0, maths |
//! | Bob, whose mentor is Ada | "École": 5, not rated |
//! | Cy | "100% sure": 1000, 5.0, rust |
//! | Dan | |
//!
//! Eve has an account with a balance of 100.
//!
//! ```
//! use library::*;
//!
//! run(async |db| {
//!     assert_eq!(Book::query().count(&db).await?, 4);
//!     Ok(())
//! })
//! ```

pub use yara_orm::prelude::*;

use yara_orm::Result;

/// Someone who writes books.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Author {
    /// The key, counted up by the database.
    pub id: i64,
    /// The name.
    #[field(max_length = 100, unique)]
    pub name: String,
    /// Who taught them.
    pub mentor: Option<ForeignKey<Author>>,
    /// Whom they taught.
    #[relation(reverse = "mentor")]
    pub pupils: HasMany<Author>,
    /// What they wrote.
    #[relation(reverse = "author")]
    pub books: HasMany<Book>,
}

/// A book.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(author, title), check(views_not_negative, Book::views.ge(0)))]
pub struct Book {
    /// The key, counted up by the database.
    pub id: i64,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
    /// How often it was read.
    #[field(default = 0, index)]
    pub views: i64,
    /// From 0 to 5, once somebody has rated it.
    pub rating: Option<f64>,
    /// Who wrote it.
    #[relation(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    /// What it is about.
    pub tags: ManyToMany<Tag>,
}

/// What books are about.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Tag {
    /// The key, counted up by the database.
    pub id: i64,
    /// The name.
    #[field(max_length = 50, unique)]
    pub name: String,
    /// The books about it.
    #[relation(reverse = "tags")]
    pub books: ManyToMany<Book>,
}

/// A reader's account; it counts its writes.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Account {
    /// The key, counted up by the database.
    pub id: i64,
    /// Whose it is.
    #[field(unique)]
    pub owner: String,
    /// What they have paid in.
    #[field(default = 0)]
    pub balance: i64,
    /// How many times the row has been written.
    #[field(version)]
    pub version: i32,
}

/// A database in memory that holds the rows above.
pub async fn library() -> Result<Db> {
    let db = Db::connect("sqlite://:memory:").await?;
    db.create_tables::<(Author, Book, Tag, Account)>().await?;
    let ada = Author::create().name("Ada").insert(&db).await?;
    let bob = Author::create().name("Bob").mentor(&ada).insert(&db).await?;
    let cy = Author::create().name("Cy").insert(&db).await?;
    Author::create().name("Dan").insert(&db).await?;
    let notes = Book::create().title("Notes").views(10).rating(4.5).author(&ada);
    let engine = Book::create().title("Engine").views(500).rating(3.0).author(&ada);
    let ecole = Book::create().title("École").views(5).author(&bob);
    let sure = Book::create().title("100% sure").views(1000).rating(5.0).author(&cy);
    let (notes, engine) = (notes.insert(&db).await?, engine.insert(&db).await?);
    ecole.insert(&db).await?;
    let sure = sure.insert(&db).await?;
    let maths = Tag::create().name("maths").insert(&db).await?;
    let poetry = Tag::create().name("poetry").insert(&db).await?;
    let rust = Tag::create().name("rust").insert(&db).await?;
    Book::tags.of(&notes).add(&db, [&maths, &poetry]).await?;
    Book::tags.of(&engine).add(&db, [&maths]).await?;
    Book::tags.of(&sure).add(&db, [&rust]).await?;
    Account::create().owner("Eve").balance(100).insert(&db).await?;
    Ok(db)
}

/// Runs an example on a [`library`] of its own. A program has `#[tokio::main]` instead.
///
/// # Panics
///
/// Where the example gives an error.
#[allow(clippy::panic, reason = "an example that fails is a test that fails")]
pub fn run(example: impl AsyncFnOnce(Db) -> Result<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(async { example(library().await?).await }),
        Err(cause) => panic!("no runtime: {cause}"),
    };
    if let Err(error) = outcome {
        panic!("{error:?}");
    }
}
