//! Eager loading: what is loaded, and in how many statements.

use crate::models::{Author, Book, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    every_kind_of_relation_in_one_statement_each,
    loads_nest_filter_and_sort,
    statements_do_not_grow_with_rows,
    a_limit_is_for_each_owner,
    both_sides_of_many_to_many,
    what_is_not_loaded_says_so,
}

async fn every_kind_of_relation_in_one_statement_each(world: World) {
    library(&world.db).await;
    let query = Author::query()
        .order_by(Author::id)
        .load(Author::mentor)
        .load(Author::books.order_by(Book::id))
        .load(Author::pupils)
        .load(Author::profile);
    let authors = world.counting(5, query.all(&world.db)).await.unwrap();
    let (ada, bob, dan) = (&authors[0], &authors[1], &authors[3]);
    let titles = |author: &Author| -> Vec<String> {
        author.books.get().unwrap().iter().map(|book| book.title.clone()).collect()
    };
    assert_eq!(titles(ada), ["Notes", "Engine"]);
    assert_eq!(titles(dan), [""; 0]);
    assert!(ada.mentor.is_none());
    assert_eq!(bob.mentor.as_ref().unwrap().get().unwrap().name, "Ada");
    assert_eq!(ada.pupils.get().unwrap()[0].name, "Bob");
    assert_eq!(ada.profile.get().unwrap().unwrap().bio, "Countess");
    assert!(bob.profile.get().unwrap().is_none());
}

async fn loads_nest_filter_and_sort(world: World) {
    library(&world.db).await;
    let query = Author::filter(Author::books.any(Book::views.gt(0))).order_by(Author::id).load(
        Author::books
            .filter(Book::views.ge(10))
            .order_by(Book::views.desc())
            .load(Book::tags.order_by(Tag::name)),
    );
    let authors = world.counting(3, query.all(&world.db)).await.unwrap();
    let shown: Vec<String> = authors
        .iter()
        .flat_map(|author| author.books.get().unwrap().iter().map(move |book| (author, book)))
        .map(|(author, book)| {
            let tags = book.tags.get().unwrap().iter().map(|tag| tag.name.as_str());
            format!("{}: {} {:?}", author.name, book.title, tags.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(authors.len(), 3);
    assert_eq!(
        shown,
        [
            r#"Ada: Engine ["maths"]"#,
            r#"Ada: Notes ["maths", "poetry"]"#,
            r#"Cy: 100% sure ["rust"]"#,
        ]
    );
}

/// The number of statements is that of the relations, not that of the rows.
async fn statements_do_not_grow_with_rows(world: World) {
    library(&world.db).await;
    let ada = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    let rows = (0..300).map(|at| Book::create().title(format!("Book {at}")).author(&ada));
    Book::insert_many(rows).exec(&world.db).await.unwrap();
    let query = Book::query().load(Book::author.load(Author::profile)).load(Book::tags);
    let books = world.counting(4, query.all(&world.db)).await.unwrap();
    assert_eq!(books.len(), 304);
    assert!(books.iter().all(|book| book.author.is_loaded() && book.tags.is_loaded()));
}

async fn a_limit_is_for_each_owner(world: World) {
    library(&world.db).await;
    let query = Author::query()
        .order_by(Author::id)
        .load(Author::books.order_by(Book::views.desc()).limit(1));
    let authors = world.counting(2, query.all(&world.db)).await.unwrap();
    let titles: Vec<Vec<String>> = authors
        .iter()
        .map(|author| author.books.get().unwrap().iter().map(|book| book.title.clone()).collect())
        .collect();
    assert_eq!(
        titles,
        [vec!["Engine".to_owned()], vec!["École".to_owned()], vec!["100% sure".to_owned()], vec![]]
    );
}

async fn both_sides_of_many_to_many(world: World) {
    library(&world.db).await;
    let query = Tag::query()
        .order_by(Tag::name)
        .load(Tag::books.order_by(Book::title).load(Book::tags.order_by(Tag::name)));
    let tags = world.counting(3, query.all(&world.db)).await.unwrap();
    let books = tags[0].books.get().unwrap();
    assert_eq!(
        books.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(),
        ["Engine", "Notes"]
    );
    assert_eq!(books[1].tags.get().unwrap().len(), 2);
    let poetry = tags[1].books.get().unwrap();
    assert_eq!(
        poetry[0].tags.get().unwrap().len(),
        2,
        "a row loaded twice has its relations twice"
    );
}

async fn what_is_not_loaded_says_so(world: World) {
    library(&world.db).await;
    let book = Book::query().order_by(Book::id).first(&world.db).await.unwrap().unwrap();
    let error = book.author.get().unwrap_err();
    assert!(error.is_not_loaded());
    assert!(error.to_string().contains("related Author has not been loaded"), "{error}");
    assert!(book.tags.get().unwrap_err().is_not_loaded());
    let none = Author::filter(Author::name.eq("nobody")).load(Author::books);
    assert!(world.counting(1, none.all(&world.db)).await.unwrap().is_empty());
}
