//! Joins by conditions of the user's, and rows of several models.

use crate::models::{Author, Book, Booking, Seat, Tag};
use crate::support::{World, library, postgres_scenarios, scenarios};
use yara_orm::prelude::*;

scenarios! {
    a_self_join_reads_both_rows,
    a_left_join_keeps_rows_without_partner,
    joins_repeat_rows_and_counts_tell_so,
    paths_begin_at_aliases,
    conditions_of_joins_hold_paths_of_both_sides,
    questions_about_rows_of_an_alias,
    a_query_is_joined_by_its_columns,
    a_query_is_read_again,
    rows_nest_in_tuples_and_structs,
    an_optional_row_is_told_by_its_key,
    relations_are_read_in_one_row,
    joined_queries_load_relations,
    distinct_joined_rows_are_rows_again,
    updates_take_values_of_joined_rows,
    the_first_partner_counts,
    deletes_by_joined_rows,
    slices_of_joined_rows_are_written,
    what_is_not_joined_is_refused,
    groups_of_joined_rows,
    keys_of_several_columns,
}

postgres_scenarios! { lateral_joins }

fn names(rows: &[(String, String)]) -> Vec<(&str, &str)> {
    rows.iter().map(|(one, two)| (one.as_str(), two.as_str())).collect()
}

async fn a_self_join_reads_both_rows(world: World) {
    library(&world.db).await;
    let other = Book::alias("other");
    let query = Book::query()
        .join(&other, Book::views.lt(other.col(Book::views)) & Book::rating.is_not_null())
        .order_by((Book::id, other.col(Book::id).desc()))
        .select((Book::title, other.col(Book::title)));
    let rows = world.counting(1, query.clone().all(&world.db)).await.unwrap();
    let expected = [("Notes", "100% sure"), ("Notes", "Engine"), ("Engine", "100% sure")];
    assert_eq!(names(&rows), expected);
    assert_eq!(world.counting(1, query.clone().count(&world.db)).await.unwrap(), 3);
    assert!(query.clone().exists(&world.db).await.unwrap());
    assert_eq!(query.clone().offset(2).count(&world.db).await.unwrap(), 1);
    assert_eq!(query.first(&world.db).await.unwrap().unwrap().1, "100% sure");
    let sums = Book::query()
        .join(&other, other.col(Book::id).eq(Book::id))
        .order_by(Book::id)
        .select(other.col(Book::views * 2 + 1) + Book::views);
    assert_eq!(sums.all(&world.db).await.unwrap(), [31, 1501, 16, 3001]);
}

async fn a_left_join_keeps_rows_without_partner(world: World) {
    library(&world.db).await;
    let book = Book::alias("book").optional();
    let all = || {
        Author::query()
            .left_join(&book, book.col(Book::author.id).eq(Author::id))
            .order_by((Author::id, book.col(Book::id)))
    };
    let rows: Vec<(Author, Option<Book>)> = world
        .counting(1, all().select((whole::<Author>(), book.whole())).all(&world.db))
        .await
        .unwrap();
    let short: Vec<(&str, Option<&str>)> = rows
        .iter()
        .map(|(author, book)| (author.name.as_str(), book.as_ref().map(|book| book.title.as_str())))
        .collect();
    let expected = [
        ("Ada", Some("Notes")),
        ("Ada", Some("Engine")),
        ("Bob", Some("École")),
        ("Cy", Some("100% sure")),
        ("Dan", None),
    ];
    assert_eq!(short, expected);
    assert_eq!(rows[1].1.as_ref().unwrap().views, 500);
    let idle = all().filter(book.is_none()).select(Author::name);
    assert_eq!(idle.all(&world.db).await.unwrap(), ["Dan"]);
    assert_eq!(all().filter(book.exists()).count(&world.db).await.unwrap(), 4);
    let nulls: Vec<(Option<String>, Option<f64>)> = all()
        .filter(book.col(Book::rating).is_null())
        .select((book.col(Book::title), book.col(Book::rating)))
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(nulls, [(Some("École".into()), None), (None, None)]);
    let others = all().exclude(book.col(Book::views).gt(5)).count(&world.db).await.unwrap();
    assert_eq!(others, 2, "the complement keeps the row without a partner");
}

async fn joins_repeat_rows_and_counts_tell_so(world: World) {
    library(&world.db).await;
    let tag = Tag::alias("tag");
    let crossed = Book::query().cross_join(&tag);
    assert_eq!(crossed.clone().count(&world.db).await.unwrap(), 12);
    assert_eq!(crossed.clone().all(&world.db).await.unwrap().len(), 12);
    assert_eq!(crossed.clone().offset(10).limit(5).count(&world.db).await.unwrap(), 2);
    assert!(!crossed.filter(tag.holds(Tag::name.eq("none"))).exists(&world.db).await.unwrap());
}

async fn paths_begin_at_aliases(world: World) {
    library(&world.db).await;
    let other = Book::alias("other");
    let rows = Author::query()
        .join(&other, other.col(Book::author.mentor.id).eq(Author::id))
        .select((Author::name, other.col(Book::author.name), other.col(Book::author.mentor.name)));
    let row = world.counting(1, rows.one(&world.db)).await.unwrap();
    assert_eq!(row, ("Ada".into(), "Bob".into(), Some("Ada".into())));
    let maybe = Book::alias("maybe").optional();
    let rows = Author::query()
        .left_join(
            &maybe,
            maybe.col(Book::author.id).eq(Author::id) & maybe.holds(Book::views.ge(500)),
        )
        .order_by(Author::id)
        .select((Author::name, maybe.col(Book::author.name), maybe.col(Book::author.id)));
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(rows[0], ("Ada".into(), Some("Ada".into()), Some(1)));
    assert_eq!(rows[1], ("Bob".into(), None, None));
    assert_eq!(rows.len(), 4);
}

async fn conditions_of_joins_hold_paths_of_both_sides(world: World) {
    library(&world.db).await;
    let (one, two) = (Book::alias("one"), Book::alias("two").optional());
    let rows = Book::query()
        .join(
            &one,
            one.col(Book::author.name).eq(Book::author.name) & one.col(Book::id).ne(Book::id),
        )
        .left_join(
            &two,
            two.col(Book::author.name).gt(one.col(Book::author.name))
                & two.holds(Book::tags.exists()),
        )
        .order_by(Book::id)
        .select((Book::title, one.col(Book::title), two.col(Book::author.name)));
    let rows = world.counting(1, rows.all(&world.db)).await.unwrap();
    let expected = [
        ("Notes".to_owned(), "Engine".to_owned(), Some("Cy".to_owned())),
        ("Engine".into(), "Notes".into(), Some("Cy".into())),
    ];
    assert_eq!(rows, expected);
    let mentor = Author::alias("mentor").optional();
    let rows = Book::query()
        .left_join(&mentor, mentor.col(Author::name).eq(Book::author.mentor.name))
        .filter(Book::author.name.ne("Cy"))
        .order_by(Book::id)
        .select(mentor.col(Author::name));
    assert_eq!(rows.all(&world.db).await.unwrap(), [None, None, Some("Ada".to_owned())]);
}

async fn questions_about_rows_of_an_alias(world: World) {
    library(&world.db).await;
    let author = Author::alias("a");
    let rows = Tag::query()
        .join(&author, author.holds(Author::books.any(Book::tags.exists())))
        .order_by((Tag::id, author.col(Author::id)))
        .select((Tag::name, author.col(Author::name), author.col(Author::books.count())));
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0], ("maths".into(), "Ada".into(), 2));
    assert_eq!(rows[1], ("maths".into(), "Cy".into(), 1));
    // Of the same model on both sides: each question is about its own row.
    let pupil = Author::alias("pupil");
    let rows = Author::filter(Author::books.any(Book::views.ge(500)))
        .join(&pupil, pupil.col(Author::mentor.id).eq(Author::id))
        .filter(pupil.holds(!Author::books.any(Book::views.ge(500))))
        .select((Author::name, pupil.col(Author::name)));
    assert_eq!(rows.one(&world.db).await.unwrap(), ("Ada".into(), "Bob".into()));
}

async fn a_query_is_joined_by_its_columns(world: World) {
    library(&world.db).await;
    let hot = Book::query()
        .order_by(Book::views.desc())
        .limit(2)
        .select((Book::author.id, Book::views * 2, Book::rating))
        .as_table("hot");
    let (author, twice, rating) = hot.columns();
    let rows = Author::query()
        .join(&hot, Author::id.eq(author) & twice.clone().gt(5))
        .order_by(twice.clone().desc())
        .select((Author::name, twice, rating));
    let rows = world.counting(1, rows.all(&world.db)).await.unwrap();
    assert_eq!(rows, [("Cy".into(), 2000, Some(5.0)), ("Ada".into(), 1000, Some(3.0))]);
    // The same columns by what they are, and absent.
    let maybe = hot.optional();
    let rows = Author::query()
        .left_join(&maybe, maybe.col(Book::author.id).eq(Author::id))
        .order_by(Author::id)
        .select((Author::name, maybe.col(Book::rating), maybe.columns().1));
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(rows[1], ("Bob".into(), None, None));
    assert_eq!(rows[2], ("Cy".into(), Some(5.0), Some(2000)));
    // Those of a struct, by its members.
    let parts = Book::query().select(PartColumns { name: Book::title, rating: Book::rating });
    let parts = parts.as_table("parts");
    let of_part = parts.columns();
    let rows = Author::filter(Author::id.eq(1))
        .join(&parts, of_part.rating.ge(4.5))
        .order_by(of_part.name.clone())
        .select((of_part.name, parts.whole()));
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(rows[0].0, "100% sure");
    assert_eq!(rows[1].1, Part { name: "Notes".into(), rating: Some(4.5) });
    // Whole rows, with paths from them.
    let recent = Book::query().order_by(Book::id.desc()).limit(2).as_table("recent");
    let rows = Tag::filter(Tag::name.eq("rust"))
        .join(&recent, recent.holds(Book::author.mentor.name.eq("Ada")))
        .select((Tag::name, recent.whole(), recent.col(Book::author.name)));
    let (tag, book, author) = rows.one(&world.db).await.unwrap();
    assert_eq!((tag.as_str(), book.title.as_str(), author.as_str()), ("rust", "École", "Bob"));
}

async fn a_query_is_read_again(world: World) {
    library(&world.db).await;
    let top = Book::query().order_by(Book::views.desc()).limit(3).as_table("top").query();
    let query = top.filter(Book::author.name.ne("Cy")).order_by(Book::title);
    let titles = query.clone().select(Book::title).all(&world.db).await.unwrap();
    assert_eq!(titles, ["Engine", "Notes"]);
    assert_eq!(query.clone().count(&world.db).await.unwrap(), 2);
    let loaded = query.load(Book::author).all(&world.db).await.unwrap();
    assert_eq!(loaded[0].author.get().unwrap().name, "Ada");
    let sums =
        Author::query().select((Author::name, Author::books.sum(Book::views))).as_table("sums");
    let (name, sum) = sums.columns();
    let rows = sums.query().filter(sum.clone().gt(100)).order_by(sum.desc());
    assert_eq!(rows.clone().first(&world.db).await.unwrap(), Some(("Cy".into(), Some(1000))));
    assert_eq!(rows.select(name).all(&world.db).await.unwrap(), ["Cy", "Ada"]);
    assert_eq!(sums.query().count(&world.db).await.unwrap(), 4);
    assert_eq!(sums.query().first(&world.db).await.unwrap(), Some(("Ada".into(), Some(510))));
    // A table by a name, read from queries within it.
    let book = Book::alias("b");
    let above = Book::filter(Book::views.gt(book.col(Book::views))).select(Book::id);
    let best = book.query().filter(!yara_orm::func::exists(above));
    assert_eq!(best.one(&world.db).await.unwrap().title, "100% sure");
}

#[derive(Row, Debug, PartialEq)]
struct Line {
    #[field(nested)]
    book: Book,
    #[field(nested)]
    mentor: Option<Author>,
    tags: i64,
    #[field(nested)]
    part: Part,
}

#[derive(Row, Debug, PartialEq)]
struct Part {
    name: String,
    rating: Option<f64>,
}

async fn rows_nest_in_tuples_and_structs(world: World) {
    library(&world.db).await;
    let mentor = Author::alias("mentor").optional();
    let query = Book::query()
        .left_join(&mentor, mentor.col(Author::id).eq(Book::author.mentor.id))
        .order_by(Book::id);
    let lines: Vec<Line> = query
        .clone()
        .select(LineColumns {
            book: whole::<Book>(),
            mentor: mentor.whole(),
            tags: Book::tags.count(),
            part: PartColumns { name: Book::author.name, rating: Book::rating },
        })
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(
        (lines[0].book.title.as_str(), lines[0].tags, &lines[0].mentor),
        ("Notes", 2, &None)
    );
    assert_eq!(lines[2].mentor.as_ref().unwrap().name, "Ada");
    assert_eq!(lines[2].part, Part { name: "Bob".into(), rating: None });
    type Nested = ((Book, (String, Option<Author>)), i64);
    let tuples: Vec<Nested> = query
        .select(((whole::<Book>(), (Book::title, mentor.whole())), Book::views))
        .all(&world.db)
        .await
        .unwrap();
    let ((book, (title, mentor)), views) = &tuples[2];
    assert_eq!((&book.title, book.views), (title, *views));
    assert_eq!(mentor.as_ref().unwrap().id, 1);
    // By the names of their columns, which must not be the same.
    let refused = sql("select * from book").all::<Line>(&world.db).await.unwrap_err();
    assert!(refused.is_decode_error(), "{refused}");
    assert!(refused.to_string().contains("two members are read from a column `id`"), "{refused}");
}

/// A row that is there may be NULL in all columns but its key.
async fn an_optional_row_is_told_by_its_key(world: World) {
    let seat = Seat::create().row("A").number(1).comfortable(true).insert(&world.db).await.unwrap();
    Booking::create().guest("Ada").seat(&seat).insert(&world.db).await.unwrap();
    Booking::create().guest("Bob").insert(&world.db).await.unwrap();
    let place = Seat::alias("place").optional();
    let on = place.col(Seat::row).eq(Booking::seat.row)
        & place.col(Seat::number).eq(Booking::seat.number);
    let rows: Vec<(Option<Seat>, String)> = Booking::query()
        .left_join(&place, on)
        .order_by(Booking::guest)
        .select((place.whole(), Booking::guest))
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(rows[0].0.as_ref().map(|seat| seat.number), Some(1));
    assert_eq!(rows[1], (None, "Bob".into()));
}

async fn relations_are_read_in_one_row(world: World) {
    library(&world.db).await;
    let query = Book::query().order_by(Book::id).select((
        whole::<Book>(),
        Book::author.whole(),
        Book::author.mentor.whole(),
    ));
    let rows: Vec<(Book, Author, Option<Author>)> =
        world.counting(1, query.all(&world.db)).await.unwrap();
    assert_eq!(
        (rows[2].1.name.as_str(), rows[2].2.as_ref().unwrap().name.as_str()),
        ("Bob", "Ada")
    );
    assert_eq!((rows[0].1.name.as_str(), &rows[0].2), ("Ada", &None));
}

async fn joined_queries_load_relations(world: World) {
    library(&world.db).await;
    let tag = Tag::alias("tag");
    let query = Book::filter(Book::views.le(10))
        .join(&tag, tag.holds(Tag::name.ne("rust")))
        .order_by((Book::id, tag.col(Tag::id)))
        .load(Book::author)
        .load(Book::tags);
    let rows = world.counting(3, query.all(&world.db)).await.unwrap();
    let short: Vec<(&str, &str, usize)> = rows
        .iter()
        .map(|book| {
            (
                book.title.as_str(),
                book.author.get().unwrap().name.as_str(),
                book.tags.get().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [("Notes", "Ada", 2), ("Notes", "Ada", 2), ("École", "Bob", 0), ("École", "Bob", 0)]
    );
}

async fn distinct_joined_rows_are_rows_again(world: World) {
    library(&world.db).await;
    let other = Book::alias("other");
    let query = || Book::query().join(&other, other.col(Book::views).gt(Book::views)).distinct();
    assert_eq!(query().count(&world.db).await.unwrap(), 3);
    let books = query().order_by(Book::id).all(&world.db).await.unwrap();
    assert_eq!(books.iter().map(|book| book.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(
        query()
            .order_by(Book::id)
            .limit(2)
            .update()
            .set(Book::views, 1)
            .exec(&world.db)
            .await
            .unwrap(),
        2
    );
    let error = query().order_by(other.col(Book::id)).all(&world.db).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
}

async fn views(world: &World) -> Vec<i64> {
    Book::query().order_by(Book::id).select(Book::views).all(&world.db).await.unwrap()
}

async fn updates_take_values_of_joined_rows(world: World) {
    library(&world.db).await;
    let other = Book::alias("other");
    let same = Book::author.id.eq(other.col(Book::author.id)) & Book::id.ne(other.col(Book::id));
    let update = Book::query()
        .join(&other, same)
        .update()
        .set(Book::views, Book::views + other.col(Book::views) * 2)
        .set(Book::title, other.col(Book::title.concat("!")));
    assert_eq!(world.counting(1, update.exec(&world.db)).await.unwrap(), 2);
    assert_eq!(views(&world).await, [1010, 520, 5, 1000]);
    let titles = Book::filter(Book::author.name.eq("Ada")).order_by(Book::id).select(Book::title);
    assert_eq!(titles.all(&world.db).await.unwrap(), ["Engine!", "Notes!"]);
    // Of a joined query, with what its rows are related to, and a path from the row itself.
    let best =
        Author::query().select((Author::id, Author::books.max(Book::rating))).as_table("best");
    let (author, rating) = best.columns();
    let rows = Book::filter(Book::rating.is_null() | Book::rating.eq(3.0))
        .join(&best, Book::author.id.eq(author))
        .update()
        .set(Book::rating, rating)
        .set(Book::title, Book::author.name)
        .all(&world.db)
        .await
        .unwrap();
    let mut rows: Vec<_> =
        rows.into_iter().map(|book| (book.id, book.title, book.rating)).collect();
    rows.sort_by_key(|row| row.0);
    assert_eq!(rows, [(2, "Ada".into(), Some(4.5)), (3, "Bob".into(), None)]);
    let writer = Author::alias("writer");
    let update = Book::query()
        .join(
            &writer,
            Book::author.id.eq(writer.col(Author::id)) & writer.holds(Author::mentor.exists()),
        )
        .update()
        .set(Book::views, writer.col(Author::books.count()))
        .set(Book::title, writer.col(Author::mentor.name).concat("'s"));
    assert_eq!(update.exec(&world.db).await.unwrap(), 1);
    let ecole = Book::find(3).one(&world.db).await.unwrap();
    assert_eq!((ecole.title.as_str(), ecole.views), ("Ada's", 1));
    // A value that is wrong is refused as ever.
    let negative = Book::query().join(&other, other.col(Book::id).eq(Book::id)).update();
    let error =
        negative.set(Book::views, other.col(Book::views * -1)).exec(&world.db).await.unwrap_err();
    assert!(error.is_check_violation(), "{error}");
}

/// Of several partners the first in the order of the query counts, and without one, that of the
/// smallest key.
async fn the_first_partner_counts(world: World) {
    library(&world.db).await;
    let other = Book::alias("other");
    let joined = || Book::filter(Book::id.eq(3)).join(&other, other.col(Book::id).ne(Book::id));
    let set = |query: Query<Book>| query.update().set(Book::views, other.col(Book::views));
    assert_eq!(set(joined()).exec(&world.db).await.unwrap(), 1);
    assert_eq!(views(&world).await, [10, 500, 10, 1000]);
    assert_eq!(
        set(joined().order_by(other.col(Book::rating).desc())).exec(&world.db).await.unwrap(),
        1
    );
    assert_eq!(views(&world).await[2], 1000);
    let second = joined().order_by(other.col(Book::id)).offset(1).limit(1);
    assert_eq!(set(second).exec(&world.db).await.unwrap(), 1);
    assert_eq!(views(&world).await[2], 500);
    let same = Book::query().select(Book::views).as_table("same");
    let joined = Book::filter(Book::id.eq(3)).join(&same, same.columns().lt(500));
    assert_eq!(
        joined.update().set(Book::views, same.columns() + 1).exec(&world.db).await.unwrap(),
        1
    );
    assert_eq!(views(&world).await[2], 11, "of equals, the least of what is read");
    let error = set(Book::query().join(&other, other.col(Book::id).eq(Book::id)).distinct())
        .exec(&world.db)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("leave out `distinct`"), "{error}");
}

async fn deletes_by_joined_rows(world: World) {
    library(&world.db).await;
    let other = Book::alias("other");
    let worse = Book::query().join(
        &other,
        other.col(Book::author.id).eq(Book::author.id) & other.col(Book::views).gt(Book::views),
    );
    let gone = world.counting(1, worse.delete().all(&world.db)).await.unwrap();
    assert_eq!(gone.iter().map(|book| book.id).collect::<Vec<_>>(), [1]);
    let book = Book::alias("book").optional();
    let idle = Author::query()
        .left_join(&book, book.col(Book::author.id).eq(Author::id))
        .filter(book.is_none());
    assert_eq!(idle.delete().exec(&world.db).await.unwrap(), 1);
    assert_eq!(Author::query().count(&world.db).await.unwrap(), 3);
}

async fn slices_of_joined_rows_are_written(world: World) {
    library(&world.db).await;
    let tag = Tag::alias("tag");
    // Twelve rows; the first five are of two books.
    let first = Book::query().cross_join(&tag).order_by((Book::id, tag.col(Tag::id))).limit(5);
    assert_eq!(first.clone().count(&world.db).await.unwrap(), 5);
    assert_eq!(first.clone().update().set(Book::views, 1).exec(&world.db).await.unwrap(), 2);
    assert_eq!(views(&world).await, [1, 1, 5, 1000]);
    assert_eq!(first.delete().exec(&world.db).await.unwrap(), 2);
    assert_eq!(views(&world).await, [5, 1000]);
    // A query of a query, and several combined.
    let both = Book::filter(Book::views.eq(5)).union(Book::filter(Book::views.gt(5)));
    assert_eq!(
        both.order_by(Book::views.desc()).limit(1).delete().exec(&world.db).await.unwrap(),
        1
    );
    assert_eq!(views(&world).await, [5]);
}

async fn what_is_not_joined_is_refused(world: World) {
    library(&world.db).await;
    let (other, third) = (Book::alias("other"), Book::alias("third"));
    let refused = [
        Book::query().filter(other.col(Book::title).eq("Notes")),
        Book::query().join(&third, third.col(Book::id).eq(Book::id)).order_by(other.col(Book::id)),
    ];
    for query in refused {
        let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query(), "{error}");
        assert!(
            error
                .to_string()
                .contains("is to be read from `other`, which this query does not join"),
            "{error}"
        );
    }
    let twice = Book::query().cross_join(&other).cross_join(&other);
    let error = world.counting(0, twice.count(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("two joins of one query have the name `other`"), "{error}");
    let early =
        Book::query().join(&other, other.col(Book::id).eq(third.col(Book::id))).cross_join(&third);
    let error = world.counting(0, early.count(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("`third`, which this query does not join"), "{error}");
    let titles = Book::query().select(Book::title).as_table("titles");
    let query = Author::query().join(&titles, titles.col(Book::views).gt(1));
    let error = world.counting(0, query.count(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("does not select it"), "{error}");
}

async fn groups_of_joined_rows(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let book = Book::alias("book").optional();
    let rows = Author::query()
        .left_join(&book, book.col(Book::author.id).eq(Author::id))
        .group_by(Author::name)
        .order_by(Author::name)
        .select((Author::name, func::sum(book.col::<Author, _>(Book::views)), func::count()));
    let rows = world.counting(1, rows.all(db)).await.unwrap();
    let expected =
        [("Ada", Some(510), 2), ("Bob", Some(5), 1), ("Cy", Some(1000), 1), ("Dan", None, 1)];
    assert_eq!(rows.iter().map(|row| (row.0.as_str(), row.1, row.2)).collect::<Vec<_>>(), expected);
    // Groups as a table, and what a group does not fix.
    let sums =
        Book::query().group_by(Book::author.id).select((Book::author.id, func::sum(Book::views)));
    let sums = sums.as_table("sums");
    let (author, sum) = sums.columns();
    let rows = Author::query().join(&sums, Author::id.eq(author)).order_by(sum.clone().desc());
    let rows = rows.select((Author::name, sum)).all(db).await.unwrap();
    assert_eq!(rows[1], ("Ada".into(), Some(510)));
    let (author, sum) = sums.columns();
    let loose = Author::query().join(&sums, Author::id.eq(author)).group_by(Author::name);
    let error = world.counting(0, loose.select((Author::name, sum)).all(db)).await.unwrap_err();
    assert!(error.to_string().contains("neither grouped by nor inside an aggregate"), "{error}");
    // A window over joined rows, and a filter by it.
    let other = Book::alias("other");
    let rank = func::row_number()
        .over(func::window().partition_by(Book::id).order_by(other.col(Book::views).desc()));
    let best = Book::query()
        .join(&other, other.col(Book::views).lt(Book::views))
        .filter(rank.eq(1))
        .order_by(Book::id)
        .select((Book::title, other.col(Book::title)));
    let rows = world.counting(1, best.all(db)).await.unwrap();
    assert_eq!(names(&rows), [("Notes", "École"), ("Engine", "Notes"), ("100% sure", "Engine")]);
    let total = Book::query().join(&other, other.col(Book::id).lt(Book::id));
    let total = total.aggregate((func::count(), func::max(other.col::<Book, _>(Book::views))));
    assert_eq!(total.one(db).await.unwrap(), (6, Some(500)));
}

async fn keys_of_several_columns(world: World) {
    for (row, number) in [("A", 1), ("A", 2), ("B", 1)] {
        Seat::create().row(row).number(number).comfortable(false).insert(&world.db).await.unwrap();
    }
    let other = Seat::alias("other");
    let beside = Seat::row.eq(other.col(Seat::row)) & Seat::number.ne(other.col(Seat::number));
    let update = Seat::query().join(&other, beside.clone()).update();
    assert_eq!(
        update
            .set(Seat::comfortable, other.col(Seat::number.gt(0).as_value()))
            .exec(&world.db)
            .await
            .unwrap(),
        2
    );
    let rows = Seat::filter(Seat::comfortable.eq(true)).select((Seat::row, Seat::number));
    let rows = rows.order_by(Seat::number).all(&world.db).await.unwrap();
    assert_eq!(rows, [("A".to_owned(), 1), ("A".into(), 2)]);
    assert_eq!(Seat::query().join(&other, beside).delete().exec(&world.db).await.unwrap(), 2);
}

/// A query that is run for each row.
async fn lateral_joins(world: World) {
    library(&world.db).await;
    let best = Book::filter(Book::author.id.eq(outer(Author::id)))
        .order_by(Book::views.desc())
        .limit(1)
        .as_table("best");
    let maybe = best.optional();
    let rows = Author::query()
        .left_join_lateral(&maybe, Author::id.gt(0))
        .order_by(Author::id)
        .select((Author::name, maybe.col(Book::title), maybe.whole()));
    let rows = world.counting(1, rows.all(&world.db)).await.unwrap();
    let short: Vec<(&str, Option<&str>)> =
        rows.iter().map(|(name, title, _)| (name.as_str(), title.as_deref())).collect();
    let expected =
        [("Ada", Some("Engine")), ("Bob", Some("École")), ("Cy", Some("100% sure")), ("Dan", None)];
    assert_eq!(short, expected);
    assert_eq!((rows[0].2.as_ref().map(|book| book.views), &rows[3].2), (Some(500), &None));
    // Through a path, and past a join before it.
    let mentor = Author::alias("mentor");
    let of_mentor = Book::filter(
        Book::author.id.eq(mentor.col(Author::id)) & Book::title.ne(outer(Author::mentor.name)),
    );
    let of_mentor = of_mentor.select(Book::title).as_table("of_mentor");
    let rows = Author::query()
        .join(&mentor, Author::mentor.id.eq(mentor.col(Author::id)))
        .join_lateral(&of_mentor, Author::id.gt(0))
        .order_by(of_mentor.columns())
        .select((Author::name, of_mentor.columns()));
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(names(&rows), [("Bob", "Engine"), ("Bob", "Notes")]);
}
