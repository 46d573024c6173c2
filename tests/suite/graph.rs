//! Rows that are inserted together with those related to them.

use crate::models::{Author, Book, Department, Employee, Profile, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;
use yara_orm::testing::drop_after;
use yara_orm::typed::Graph;

scenarios! {
    an_author_with_books_with_tags,
    many_graphs_are_as_many_statements,
    parents_come_first,
    a_row_to_one,
    keys_that_are_no_primary_keys,
    what_is_there_is_linked,
    a_tree_of_one_model,
    all_or_nothing,
    wrong_graphs_are_refused,
    dropped_graphs_leave_nothing,
}

/// One statement for each table, those of the transaction, and one for the table between.
async fn an_author_with_books_with_tags(world: World) {
    let graph = Author::create().name("Ada").with(
        Author::books,
        [
            Book::create()
                .title("Notes")
                .author(parent())
                .with(Book::tags, ["maths", "poetry"].map(|name| Tag::create().name(name))),
            Book::create()
                .title("Engine")
                .author(parent())
                .with(Book::tags, [Tag::create().name("steam")]),
            Book::create().title("Bare").author(parent()).into_graph(),
        ],
    );
    let ada = world.counting(6, graph.insert(&world.db)).await.unwrap();
    let books = ada.books.get().unwrap();
    let titles: Vec<&str> = books.iter().map(|book| book.title.as_str()).collect();
    assert_eq!(titles, ["Notes", "Engine", "Bare"]);
    assert!(books.iter().all(|book| *book.author.key() == ada.id));
    let tags: Vec<&str> =
        books[0].tags.get().unwrap().iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(tags, ["maths", "poetry"]);
    let query = Author::query().load(Author::books.order_by(Book::id).load(Book::tags));
    let found = query.one(&world.db).await.unwrap();
    let found = found.books.get().unwrap();
    assert_eq!(found[1].tags.get().unwrap()[0].name, "steam");
    assert_eq!(found[0].tags.get().unwrap().len(), 2);
    assert!(found[2].tags.get().unwrap().is_empty());
}

async fn many_graphs_are_as_many_statements(world: World) {
    let graphs = (0..50).map(|at| {
        let books = (0..at % 4).map(move |book| {
            let tags = (0..book).map(move |tag| Tag::create().name(format!("{at}/{book}/{tag}")));
            Book::create().title(format!("{at}/{book}")).author(parent()).with(Book::tags, tags)
        });
        Author::create().name(format!("author {at}")).with(Author::books, books)
    });
    let authors = world.counting(6, Graph::insert_all(graphs, &world.db)).await.unwrap();
    assert_eq!(authors.len(), 50);
    for (at, author) in authors.iter().enumerate() {
        assert_eq!(author.name, format!("author {at}"));
        let books = author.books.get().unwrap();
        assert_eq!(books.len(), at % 4);
        for (number, book) in books.iter().enumerate() {
            assert_eq!(book.title, format!("{at}/{number}"));
            let tags = book.tags.get().unwrap();
            assert!(
                tags.iter()
                    .enumerate()
                    .all(|(tag, found)| found.name == format!("{at}/{number}/{tag}"))
            );
            assert_eq!(tags.len(), number);
            assert_eq!(Book::tags.of(book).count(&world.db).await.unwrap(), number as u64);
        }
    }
}

/// Where the foreign key is on this side, the related row is inserted before.
async fn parents_come_first(world: World) {
    let graph = Book::create()
        .title("Notes")
        .author(parent())
        .with(Book::author, Author::create().name("Ada"))
        .with(Book::tags, [Tag::create().name("maths")]);
    let book = world.counting(6, graph.insert(&world.db)).await.unwrap();
    assert_eq!(book.author.get().unwrap().name, "Ada");
    assert_eq!(*book.author.key(), book.author.get().unwrap().id);
    assert_eq!(book.tags.get().unwrap()[0].name, "maths");
}

async fn a_row_to_one(world: World) {
    let graph = Author::create()
        .name("Ada")
        .with(Author::profile, Profile::create().bio("Countess").author(parent()));
    let ada = world.counting(4, graph.insert(&world.db)).await.unwrap();
    assert_eq!(ada.profile.get().unwrap().unwrap().bio, "Countess");
}

async fn keys_that_are_no_primary_keys(world: World) {
    let staff = ["Ada", "Bob"].map(|name| Employee::create().name(name).department(parent()));
    let graph = Department::create().code("R&D").with(Department::staff, staff);
    let department = graph.insert(&world.db).await.unwrap();
    let staff = department.staff.get().unwrap();
    assert!(staff.iter().all(|employee| employee.department.key() == "R&D"));
}

async fn what_is_there_is_linked(world: World) {
    library(&world.db).await;
    let tags = Tag::query().order_by(Tag::id).all(&world.db).await.unwrap();
    let graph = Book::create()
        .title("New")
        .author_id(1)
        .with(Book::tags, [Tag::create().name("new")])
        .link(Book::tags, &tags[..2]);
    let book = graph.insert(&world.db).await.unwrap();
    let names: Vec<&str> = book.tags.get().unwrap().iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["new", "maths", "poetry"]);
    assert_eq!(Book::tags.of(&book).count(&world.db).await.unwrap(), 3);
}

async fn a_tree_of_one_model(world: World) {
    let graph = Author::create().name("Ada").with(
        Author::pupils,
        [
            Author::create().name("Bob").with(Author::pupils, [Author::create().name("Cy")]),
            Author::create().name("Dan").into_graph(),
        ],
    );
    let ada = world.counting(5, graph.insert(&world.db)).await.unwrap();
    let pupils = ada.pupils.get().unwrap();
    assert_eq!(pupils[0].pupils.get().unwrap()[0].name, "Cy");
    let names =
        Author::filter(Author::mentor.name.eq("Ada")).order_by(Author::id).select(Author::name);
    assert_eq!(names.all(&world.db).await.unwrap(), ["Bob", "Dan"]);
}

async fn all_or_nothing(world: World) {
    library(&world.db).await;
    let clash = || {
        Author::create().name("Eve").with(
            Author::books,
            [Book::create()
                .title("X")
                .author(parent())
                .with(Book::tags, [Tag::create().name("rust")])],
        )
    };
    assert!(clash().insert(&world.db).await.unwrap_err().is_unique_violation());
    assert_eq!(Author::query().count(&world.db).await.unwrap(), 4);
    let tx = world.db.begin().await.unwrap();
    assert!(clash().insert(&tx).await.unwrap_err().is_unique_violation());
    Author::create().name("Fay").insert(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(Author::query().count(&world.db).await.unwrap(), 5, "it failed alone");
}

/// Refused before anything is sent, naming the place.
async fn wrong_graphs_are_refused(world: World) {
    let long = Author::create().name("Ada").with(
        Author::books,
        [
            Book::create().title("A").author(parent()).into_graph(),
            Book::create()
                .title("B")
                .author(parent())
                .with(Book::tags, [Tag::create().name("x".repeat(51))]),
        ],
    );
    let error = world.counting(0, long.insert(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_value());
    assert_eq!(
        error.to_string(),
        "books 1 of Author: tags 0 of Book: Tag.name: the text has 51 characters, and the field \
         holds at most 50"
    );
    let other =
        Author::create().name("Ada").with(Author::books, [Book::create().title("A").author_id(7)]);
    let error = world.counting(0, other.insert(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("`parent()`"), "{error}");
    let alone = Book::create().title("A").author(parent());
    let error = world.counting(0, alone.insert(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query());
    assert!(error.to_string().starts_with("Book.author is to be the row"), "{error}");
    let alone =
        Book::create().title("A").author(parent()).with(Book::tags, [Tag::create().name("x")]);
    assert!(world.counting(0, alone.insert(&world.db)).await.unwrap_err().is_invalid_query());
}

/// Dropped at any await, a graph is there as a whole or not at all.
async fn dropped_graphs_leave_nothing(world: World) {
    for polls in 1..30 {
        let graph = Author::create().name(format!("author {polls}")).with(
            Author::books,
            [Book::create()
                .title("A")
                .author(parent())
                .with(Book::tags, [Tag::create().name(format!("tag {polls}"))])],
        );
        let finished = drop_after(polls, graph.insert(&world.db)).await;
        // One statement: a COMMIT may be under way that nobody waits for any more.
        let tagged = Book::tags.any(Tag::name.eq(format!("tag {polls}")));
        let books = Author::filter(Author::name.eq(format!("author {polls}")))
            .select(Author::books.count_where(tagged));
        let found = books.optional(&world.db).await.unwrap();
        assert!(matches!(found, None | Some(1)), "{found:?} after {polls} polls");
        if let Some(outcome) = finished {
            assert_eq!((outcome.unwrap().books.get().unwrap().len(), found), (1, Some(1)));
        }
    }
}
