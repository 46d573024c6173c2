//! Queries within queries.

use crate::models::{Account, Author, Book, Seat, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::func::exists;
use yara_orm::prelude::*;

scenarios! {
    a_value_is_among_those_of_a_query,
    null_is_in_no_query,
    exists_is_about_the_row_around,
    a_scalar_is_the_value_of_the_first_row,
    queries_of_one_model_within_each_other,
    outer_paths_and_questions,
    aggregates_of_what_is_around,
    subqueries_hold_in_every_statement,
    what_is_not_around_is_refused,
}

async fn titles(query: Query<Book>, world: &World) -> Vec<String> {
    world.counting(1, query.order_by(Book::id).select(Book::title).all(&world.db)).await.unwrap()
}

async fn a_value_is_among_those_of_a_query(world: World) {
    library(&world.db).await;
    let mentored = Author::filter(Author::mentor.exists()).select(Author::id);
    let among = Book::filter(Book::author.id.is_in(mentored.clone()));
    assert_eq!(titles(among, &world).await, ["École"]);
    let others = Book::filter(Book::author.id.not_in(mentored));
    assert_eq!(titles(others, &world).await.len(), 3);
    // Slices hold, in the order of the query.
    let top = Book::query().order_by(Book::views.desc()).limit(2).select(Book::id);
    assert_eq!(
        titles(Book::filter(Book::id.is_in(top.clone())), &world).await,
        ["Engine", "100% sure"]
    );
    let of_top =
        Author::filter(Author::books.any(Book::id.is_in(top.offset(1)))).select(Author::name);
    assert_eq!(of_top.order_by(Author::id).all(&world.db).await.unwrap(), ["Ada"]);
    let none = Tag::filter(Tag::name.eq("no such")).select(Tag::name);
    assert!(titles(Book::filter(Book::title.is_in(none.clone())), &world).await.is_empty());
    assert_eq!(titles(Book::filter(Book::title.not_in(none)), &world).await.len(), 4);
    // Decimals are compared as numbers.
    Account::create()
        .owner("a")
        .balance("1.50".parse::<rust_decimal::Decimal>().unwrap())
        .insert(&world.db)
        .await
        .unwrap();
    Account::create()
        .owner("b")
        .balance("1.5".parse::<rust_decimal::Decimal>().unwrap())
        .insert(&world.db)
        .await
        .unwrap();
    let of_a = Account::filter(Account::owner.eq("a")).select(Account::balance);
    assert_eq!(Account::filter(Account::balance.is_in(of_a)).count(&world.db).await.unwrap(), 2);
}

/// NULL among what a query gives matches nothing, and makes nothing unknown.
async fn null_is_in_no_query(world: World) {
    library(&world.db).await;
    let ratings = || Book::filter(Book::id.ne(1)).select(Book::rating);
    let among = Book::filter(Book::rating.is_in(ratings()));
    assert_eq!(titles(among, &world).await, ["Engine", "100% sure"]);
    let others = Book::filter(Book::rating.not_in(ratings()));
    assert_eq!(titles(others, &world).await, ["Notes", "École"], "the complement, NULL among it");
    assert_eq!(titles(Book::query().exclude(Book::rating.is_in(ratings())), &world).await.len(), 2);
}

async fn exists_is_about_the_row_around(world: World) {
    library(&world.db).await;
    let hot = || Book::filter(Book::author.id.eq(outer(Author::id)) & Book::views.ge(500));
    let with = Author::filter(exists(hot())).order_by(Author::id).select(Author::name);
    assert_eq!(world.counting(1, with.all(&world.db)).await.unwrap(), ["Ada", "Cy"]);
    let without = Author::filter(!exists(hot())).order_by(Author::id).select(Author::name);
    assert_eq!(without.all(&world.db).await.unwrap(), ["Bob", "Dan"]);
    let second =
        Author::filter(exists(Book::filter(Book::author.id.eq(outer(Author::id))).offset(1)));
    assert_eq!(second.select(Author::name).all(&world.db).await.unwrap(), ["Ada"]);
    // A column of another model than the query's is one of a query around it, said or not.
    let implied = Author::filter(Author::books.any(Book::author.name.eq(outer(Author::name))));
    assert_eq!(implied.count(&world.db).await.unwrap(), 3);
    let flag =
        Author::query().order_by(Author::id).select((Author::name, exists(hot()).as_value()));
    assert_eq!(flag.all(&world.db).await.unwrap()[1], ("Bob".into(), Some(false)));
}

async fn a_scalar_is_the_value_of_the_first_row(world: World) {
    library(&world.db).await;
    let of_author = || Book::filter(Book::author.id.eq(outer(Author::id)));
    let rows = Author::query().order_by(Author::id).select((
        of_author().select(Book::title).scalar(),
        of_author().order_by(Book::views.desc()).select(Book::title).scalar(),
        of_author().order_by(Book::id).offset(1).select(Book::rating).scalar(),
    ));
    let rows = world.counting(1, rows.all(&world.db)).await.unwrap();
    assert_eq!(rows[0], (Some("Notes".into()), Some("Engine".into()), Some(3.0)));
    assert_eq!(rows[3], (None, None, None));
    let most = Book::query().order_by(Book::views.desc()).select(Book::views).scalar();
    assert_eq!(titles(Book::filter(Book::views.eq(most.clone())), &world).await, ["100% sure"]);
    assert_eq!(
        titles(Book::filter((Book::views * 2).ge(most.clone())), &world).await,
        ["Engine", "100% sure"]
    );
    let sorted =
        Author::query().order_by(of_author().select(Book::views).scalar().desc().nulls_last());
    assert_eq!(
        sorted.select(Author::name).all(&world.db).await.unwrap(),
        ["Cy", "Ada", "Bob", "Dan"]
    );
}

async fn queries_of_one_model_within_each_other(world: World) {
    library(&world.db).await;
    let better = Book::filter(
        Book::author.id.eq(outer(Book::author.id)) & Book::views.gt(outer(Book::views)),
    );
    assert_eq!(
        titles(Book::filter(!exists(better)), &world).await,
        ["Engine", "École", "100% sure"]
    );
    // Two levels up, by name.
    let book = Book::alias("book");
    let same_author = Author::filter(
        Author::id.eq(book.col(Book::author.id))
            & exists(Book::filter(
                Book::author.id.eq(outer(Author::id)) & Book::id.ne(book.col(Book::id)),
            )),
    );
    let query = book.query().filter(exists(same_author));
    assert_eq!(titles(query, &world).await, ["Notes", "Engine"]);
    let above = Author::filter(
        Author::id.lt(outer(Author::id)) & Author::books.any(Book::title.eq("Notes")),
    );
    assert_eq!(Author::filter(exists(above)).count(&world.db).await.unwrap(), 3);
}

async fn outer_paths_and_questions(world: World) {
    library(&world.db).await;
    let by_mentor = Book::filter(Book::author.name.eq(outer(Author::mentor.name)));
    let query = Author::filter(exists(by_mentor)).select(Author::name);
    assert_eq!(world.counting(1, query.all(&world.db)).await.unwrap(), ["Bob"]);
    let as_many = Tag::filter(Tag::books.count().eq(outer(Author::books.count())));
    let rows =
        Author::query().order_by(Author::id).select((Author::name, exists(as_many).as_value()));
    let rows = rows.all(&world.db).await.unwrap();
    let flags: Vec<_> = rows.into_iter().map(|(_, flag)| flag.unwrap()).collect();
    assert_eq!(flags, [true, true, true, false]);
    let same = Author::filter(
        Author::books.count().eq(outer(Author::books.count())) & Author::id.ne(outer(Author::id)),
    );
    assert_eq!(Author::filter(exists(same)).count(&world.db).await.unwrap(), 2);
}

async fn subqueries_hold_in_every_statement(world: World) {
    library(&world.db).await;
    let hot = || exists(Book::filter(Book::author.id.eq(outer(Author::id)) & Book::views.ge(500)));
    assert_eq!(Author::filter(hot()).count(&world.db).await.unwrap(), 2);
    let renamed = Author::filter(hot()).update().set(Author::name, Author::name.concat("!"));
    assert_eq!(world.counting(1, renamed.exec(&world.db)).await.unwrap(), 2);
    let of_self = Author::filter(exists(Author::filter(Author::mentor.id.eq(outer(Author::id)))));
    assert_eq!(of_self.clone().select(Author::name).one(&world.db).await.unwrap(), "Ada!");
    let title = Book::filter(Book::author.id.eq(outer(Author::id))).select(Book::title).scalar();
    let update = of_self.update().set(Author::name, title);
    let refused = update.exec(&world.db).await;
    assert_eq!(refused.unwrap(), 1);
    assert_eq!(Author::find(1).select(Author::name).one(&world.db).await.unwrap(), "Notes");
    let unread = !exists(Book::filter(Book::author.id.eq(outer(Author::id))));
    assert_eq!(Author::filter(unread).delete().exec(&world.db).await.unwrap(), 1);
    let seats = Seat::filter(exists(Seat::filter(Seat::number.gt(outer(Seat::number)))));
    assert_eq!(seats.delete().exec(&world.db).await.unwrap(), 0);
}

async fn what_is_not_around_is_refused(world: World) {
    let refused = [
        Book::filter(Book::title.eq(outer(Author::name))),
        Book::filter(Book::title.eq(outer(Book::title))),
    ];
    for query in refused {
        let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query(), "{error}");
        assert!(
            error.to_string().contains("is to be read from a query around this one"),
            "{error}"
        );
    }
}

/// SQL computes an aggregate in the query whose columns it names; here it is computed where it is
/// written.
async fn aggregates_of_what_is_around(world: World) {
    library(&world.db).await;
    let rows = Author::query().order_by(Author::id).select((
        Author::books.sum(outer(Author::id)),
        Author::books.aggregate(func::count_of(outer(Author::mentor.id))),
        Author::books.aggregate(func::string_agg(outer(Author::name), "/")),
        Author::books.filter(Book::views.gt(5)).aggregate(func::min(outer(Author::name))),
    ));
    let rows = world.counting(1, rows.all(&world.db)).await.unwrap();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(rows[0], (Some(2), 0, text("Ada/Ada"), text("Ada")));
    assert_eq!(rows[1], (Some(2), 1, text("Bob"), None));
    assert_eq!(rows[3], (None, 0, None, None));
    // In filters, orders and groups, and over a slice.
    let often = Author::filter(Author::books.sum(outer(Author::id)).ge(2));
    assert_eq!(often.clone().count(&world.db).await.unwrap(), 3);
    let sorted = often.order_by(Author::books.max(outer(Author::name)).desc());
    assert_eq!(sorted.first(&world.db).await.unwrap().unwrap().name, "Cy");
    let sums = Author::query().group_by(Author::books.sum(outer(Author::mentor.id)));
    let sums = sums.order_by(func::count()).select(func::count());
    assert_eq!(sums.all(&world.db).await.unwrap(), [1, 3]);
    let others =
        Author::filter(Author::id.ne(outer(Author::id))).select(func::max(outer(Author::id)));
    let rows = Author::query().order_by(Author::id).select(others.scalar());
    assert_eq!(rows.all(&world.db).await.unwrap(), [Some(1), Some(2), Some(3), Some(4)]);
}
