//! Common table expressions: queries with names beside the query that reads them.

use crate::models::{Author, Book, Seat, Tag};
use crate::support::{Kind, World, library, postgres_scenarios, scenarios};
use yara_orm::prelude::*;

scenarios! {
    a_query_with_a_name_is_joined_and_read,
    names_are_known_within_queries,
    all_rows_along_a_relation,
    a_circle_ends,
    recursive_queries_of_projections,
    hints_are_written,
    names_that_mean_something_else_are_refused,
    what_a_recursive_part_cannot_do_is_refused,
    writing_by_name,
}

postgres_scenarios! {
    what_a_query_writes_is_read,
    writes_stand_at_the_top,
    rows_are_moved,
}

async fn a_query_with_a_name_is_joined_and_read(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let hot = Book::filter(Book::views.ge(500)).as_common("hot");
    let rows = Author::query()
        .with(&hot)
        .join(&hot, hot.col(Book::author.id).eq(Author::id))
        .order_by(Author::id)
        .select((Author::name, hot.whole(), hot.col(Book::author.name)));
    let rows = world.counting(1, rows.all(db)).await.unwrap();
    assert_eq!(
        (rows[0].0.as_str(), rows[0].1.title.as_str(), rows[0].2.as_str()),
        ("Ada", "Engine", "Ada")
    );
    assert_eq!(rows.len(), 2);
    let query = hot.query().filter(Book::author.name.eq("Cy")).load(Book::tags);
    assert_eq!(
        world.counting(2, query.clone().all(db)).await.unwrap()[0].tags.get().unwrap()[0].name,
        "rust"
    );
    assert_eq!(query.count(db).await.unwrap(), 1);
    assert!(hot.query().exists(db).await.unwrap());
    assert_eq!(hot.query().first(db).await.unwrap().unwrap().id, 2);
    let sums =
        Author::query().select((Author::id, Author::books.sum(Book::views))).as_common("sums");
    let (one, two) = (sums.alias("one"), sums.alias("two").optional());
    let rows = one
        .query()
        .with(&sums)
        .left_join(&two, two.columns().1.gt(one.columns().1))
        .order_by((one.columns().0, two.columns().0))
        .select((one.columns().0, two.columns().0));
    let rows = rows.all(db).await.unwrap();
    assert_eq!(rows, [(1, Some(3)), (2, Some(1)), (2, Some(3)), (3, None), (4, None)]);
    let most = hot.query().order_by(Book::views.desc()).limit(1);
    assert_eq!(most.update().set(Book::views, 1).exec(db).await.unwrap(), 1);
    assert_eq!(hot.query().count(db).await.unwrap(), 1);
}

async fn names_are_known_within_queries(world: World) {
    library(&world.db).await;
    let hot = Book::filter(Book::views.ge(500)).select(Book::id).as_common("hot");
    // Two that build on each other, one hidden by another of the same name within a query.
    let warm = Book::filter(Book::views.ge(10)).as_common("warm");
    let inner = warm.query().filter(Book::id.not_in(hot.query())).as_common("cool");
    let books = Book::query().with(&inner).join(&inner, inner.col(Book::id).eq(Book::id));
    assert_eq!(world.counting(1, books.one(&world.db)).await.unwrap().title, "Notes");
    let shared =
        Author::query().with(&hot).filter(Author::books.any(Book::id.is_in(hot.query()))).filter(
            !Author::books.any(Book::id.is_in(
                Book::filter(Book::views.eq(1000)).select(Book::id).as_common("hot").query(),
            )),
        );
    assert_eq!(shared.one(&world.db).await.unwrap().name, "Ada");
    let outside = Author::query().join(&hot, Author::id.gt(0));
    let error = world.counting(0, outside.count(&world.db)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no common table expression `hot` here; add it to the query by `with`"),
        "{error}"
    );
    let twice = Author::query().with(&hot).with(&hot);
    let error = world.counting(0, twice.count(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("two common table expressions of one query"), "{error}");
}

/// Ada taught Bob; Eve and Flo were taught by Bob, Gus by Flo.
async fn school(db: &Db) {
    library(db).await;
    let bob = Author::filter(Author::name.eq("Bob")).one(db).await.unwrap();
    Author::create().name("Eve").mentor(&bob).insert(db).await.unwrap();
    let flo = Author::create().name("Flo").mentor(&bob).insert(db).await.unwrap();
    Author::create().name("Gus").mentor(&flo).insert(db).await.unwrap();
}

async fn all_rows_along_a_relation(world: World) {
    school(&world.db).await;
    let db = &world.db;
    let named = |name: &'static str| Author::filter(Author::name.eq(name));
    let names = async |query: Query<Author>| {
        let query = query.order_by(Author::name).select(Author::name);
        world.counting(1, query.all(db)).await.unwrap()
    };
    assert_eq!(names(named("Gus").follow(Author::mentor)).await, ["Ada", "Bob", "Flo", "Gus"]);
    assert_eq!(names(named("Bob").follow(Author::pupils)).await, ["Bob", "Eve", "Flo", "Gus"]);
    assert_eq!(names(named("Dan").follow(Author::pupils)).await, ["Dan"]);
    let below = named("Bob").follow(Author::pupils).filter(Author::mentor.name.ne("Ada"));
    assert_eq!(names(below).await, ["Eve", "Flo", "Gus"]);
    let two = Author::query().order_by(Author::id.desc()).limit(1).follow(Author::mentor);
    assert_eq!(two.count(db).await.unwrap(), 4);
    let up_and_down = named("Eve").follow(Author::mentor).follow(Author::pupils);
    assert_eq!(names(up_and_down).await.len(), 5);
    let wrote =
        Book::filter(Book::author.id.is_in(named("Gus").follow(Author::mentor).select(Author::id)));
    assert_eq!(wrote.count(db).await.unwrap(), 3);
    let loaded = named("Gus")
        .load(Author::books)
        .follow(Author::mentor)
        .order_by(Author::id)
        .all(db)
        .await
        .unwrap();
    assert_eq!(loaded[0].books.get().unwrap().len(), 2);
    let renamed =
        named("Bob").follow(Author::pupils).update().set(Author::name, Author::name.concat("?"));
    assert_eq!(renamed.exec(db).await.unwrap(), 4);
    let leaves = named("Flo?").follow(Author::pupils).delete().all(db).await.unwrap();
    assert_eq!(leaves.len(), 2);
}

async fn a_circle_ends(world: World) {
    school(&world.db).await;
    let gus = Author::filter(Author::name.eq("Gus")).one(&world.db).await.unwrap();
    let close = sql("update author set mentor_id = $1 where name = 'Ada'").bind(gus.id);
    assert_eq!(close.exec(&world.db).await.unwrap(), 1);
    let all = Author::filter(Author::name.eq("Flo")).follow(Author::mentor);
    assert_eq!(world.counting(1, all.count(&world.db)).await.unwrap(), 4);
}

async fn recursive_queries_of_projections(world: World) {
    school(&world.db).await;
    let db = &world.db;
    let roots = Author::filter(Author::mentor.is_none() & Author::pupils.exists());
    let tree =
        roots.select((Author::id, Author::name, Author::id * 0)).as_recursive("tree", |above| {
            let (id, path, depth) = above.columns();
            Author::query().join(above, Author::mentor.id.eq(id)).select((
                Author::id,
                path.concat("/").concat(Author::name),
                depth + 1,
            ))
        });
    let (_, path, depth) = tree.columns();
    let query = tree.query().order_by((depth.clone(), path.clone())).select((path, depth));
    let rows = world.counting(1, query.all(db)).await.unwrap();
    let expected = [
        ("Ada", 0),
        ("Ada/Bob", 1),
        ("Ada/Bob/Eve", 2),
        ("Ada/Bob/Flo", 2),
        ("Ada/Bob/Flo/Gus", 3),
    ];
    assert_eq!(
        rows.iter().map(|(path, depth)| (path.as_str(), *depth)).collect::<Vec<_>>(),
        expected
    );
    // Beside whole rows.
    let (id, _, depth) = tree.columns();
    let deep =
        Author::query().with(&tree).join(&tree, Author::id.eq(id)).filter(depth.clone().ge(2));
    let deep = deep.order_by((depth.clone().desc(), Author::id)).select((whole::<Author>(), depth));
    assert_eq!(deep.all(db).await.unwrap()[0].0.name, "Gus");
    // Rows that are there already count again.
    let numbers = Author::filter(Author::id.eq(1)).select(Author::id * 0 + 1).as_recursive_all(
        "numbers",
        |last| {
            let (number, kept) = (last.columns(), last.columns());
            Author::filter(Author::id.le(2)).join(last, kept.lt(4)).select(number + 1)
        },
    );
    assert_eq!(numbers.query().count(db).await.unwrap(), 1 + 2 + 4 + 8);
    let whole = Author::filter(Author::name.eq("Gus")).as_recursive("lineage", |below| {
        let above = Author::alias("above");
        above.query().join(below, below.col(Author::mentor.id).eq(above.col(Author::id)))
    });
    assert_eq!(whole.query().order_by(Author::id).first(db).await.unwrap().unwrap().name, "Ada");
    assert_eq!(whole.query().count(db).await.unwrap(), 4);
}

async fn hints_are_written(world: World) {
    library(&world.db).await;
    let hot = || Book::filter(Book::views.ge(500)).as_common("hot");
    assert_eq!(hot().materialized().query().count(&world.db).await.unwrap(), 2);
    assert_eq!(hot().not_materialized().query().count(&world.db).await.unwrap(), 2);
    let sent: Vec<String> =
        world.probe.statements().iter().map(|sent| format!("{sent:?}")).collect();
    assert!(sent[sent.len() - 2].contains("AS MATERIALIZED ("), "{sent:?}");
    assert!(sent[sent.len() - 1].contains("AS NOT MATERIALIZED ("), "{sent:?}");
}

async fn names_that_mean_something_else_are_refused(world: World) {
    library(&world.db).await;
    for (name, reason) in [
        ("book", "which is that of the table of Book"),
        ("Author", "which is that of the table of Author"),
        ("", "cannot be the name"),
        (&*"x".repeat(64), "cannot be the name"),
    ] {
        let query = Book::filter(Book::author.name.eq("Ada")).as_common(name).query();
        let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query() && error.to_string().contains(reason), "{name}: {error}");
    }
    let odd = Book::query().as_common("an \"odd\" name; -- ").query();
    assert_eq!(odd.count(&world.db).await.unwrap(), 4);
}

async fn what_a_recursive_part_cannot_do_is_refused(world: World) {
    let sliced = Author::query().select(Author::id).as_recursive("sliced", |above| {
        Author::query()
            .join(above, Author::mentor.id.eq(above.columns()))
            .select(Author::id)
            .limit(1)
    });
    let error = world.counting(0, sliced.query().all(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    assert!(error.to_string().contains("it has no order, slice or aggregate"), "{error}");
}

/// A query that writes is one that PostgreSQL alone has.
async fn writing_by_name(world: World) {
    library(&world.db).await;
    let gone = Book::filter(Book::views.lt(10)).delete().as_common("gone");
    let deleted = gone.query().all(&world.db).await;
    let left = Book::query().count(&world.db).await.unwrap();
    match world.kind {
        Kind::Postgres => assert_eq!((deleted.unwrap().len(), left), (1, 3)),
        Kind::Sqlite => {
            let error = deleted.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            assert!(error.to_string().contains("one after the other in a transaction"), "{error}");
            assert_eq!(left, 4);
        }
    }
}

async fn what_a_query_writes_is_read(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let hot = Book::filter(Book::views.ge(500))
        .update()
        .set(Book::views, Book::views + 1)
        .as_common("hot");
    let rows = Author::query()
        .with(&hot)
        .join(&hot, hot.col(Book::author.id).eq(Author::id))
        .order_by(Author::id)
        .select((Author::name, hot.col(Book::views)));
    let rows = world.counting(1, rows.all(db)).await.unwrap();
    assert_eq!(rows, [("Ada".to_owned(), 501), ("Cy".into(), 1001)]);
    assert_eq!(hot.query().count(db).await.unwrap(), 2, "written once, and counted");
    assert!(hot.query().filter(Book::views.ge(1003)).exists(db).await.unwrap());
    assert_eq!(Book::find(2).select(Book::views).one(db).await.unwrap(), 503);
    let gone = Book::filter(Book::tags.any(Tag::name.eq("rust"))).delete().as_common("gone");
    let both = gone.query().select(Book::title).union(Author::query().select(Author::name));
    assert_eq!(both.count(db).await.unwrap(), 5);
    assert_eq!(Book::query().count(db).await.unwrap(), 3);
    // Where a transaction reads only, it is refused as the write that it is.
    let options = TransactionOptions { read_only: true, ..TransactionOptions::default() };
    let refused =
        db.transaction_with(options, async |tx| hot.query().count(&tx).await.map(drop)).await;
    assert!(refused.is_err());
    let nothing = Seat::query().update().as_common("nothing");
    let error = nothing.query().all(db).await.unwrap_err();
    assert!(error.is_invalid_query() && error.to_string().contains("sets nothing"), "{error}");
}

async fn writes_stand_at_the_top(world: World) {
    library(&world.db).await;
    let gone = Book::filter(Book::views.lt(10)).delete().as_common("gone");
    let within = Author::filter(Author::id.is_in(gone.query().select(Book::author.id)));
    let error = world.counting(0, within.all(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    assert!(error.to_string().contains("`gone` writes, and stands in a query within"), "{error}");
    let error = gone.query().update().set(Book::views, 1).exec(&world.db).await.unwrap_err();
    assert!(error.to_string().contains("`gone` writes"), "{error}");
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 4);
}

/// What one statement takes away another one inserts, and a query reads what was inserted.
async fn rows_are_moved(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let few = Book::filter(Book::views.lt(10)).as_common("few");
    let insert = Tag::insert_from(Tag::name, few.query().select(Book::title));
    assert_eq!(world.counting(1, insert.exec(db)).await.unwrap(), 1, "a name beside an insert");
    let gone = Book::filter(Book::views.ge(500)).delete().as_common("gone");
    let moved = || Tag::insert_from(Tag::name, gone.query().select(Book::title));
    if world.kind == Kind::Sqlite {
        assert!(world.counting(0, moved().exec(db)).await.unwrap_err().is_unsupported());
        return;
    }
    let names = moved().returning(Tag::name);
    let mut names = world.counting(1, names.all(db)).await.unwrap();
    names.sort();
    assert_eq!(names, ["100% sure", "Engine"]);
    assert_eq!(Book::query().count(db).await.unwrap(), 2);
    let new = Tag::insert_from(Tag::name, Author::query().select(Author::name)).as_common("fresh");
    let upper = new.query().order_by(Tag::name).select(Tag::name.upper());
    assert_eq!(world.counting(1, upper.all(db)).await.unwrap(), ["ADA", "BOB", "CY", "DAN"]);
    let again = Tag::insert_from(Tag::name, Author::query().select(Author::name));
    assert_eq!(again.or_ignore().as_common("again").query().count(db).await.unwrap(), 0);
}
