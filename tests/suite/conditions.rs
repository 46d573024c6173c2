//! What conditions mean.

use crate::models::{Author, Book};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    comparisons,
    negation_is_the_complement,
    null_is_a_value,
    lists,
    texts,
    case_folds_alike_on_every_backend,
    conditions_combine,
    paths_go_through_relations,
    long_chains,
    deep_conditions_are_refused,
    a_pattern_that_ends_in_the_middle_of_an_escape_is_refused,
}

/// The titles that match, in order of their ids.
async fn titles(world: &World, condition: Pred<Book>) -> Vec<String> {
    Book::filter(condition).order_by(Book::id).select(Book::title).all(&world.db).await.unwrap()
}

async fn comparisons(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, Book::views.eq(10)).await, ["Notes"]);
    assert_eq!(titles(&world, Book::views.ne(10)).await, ["Engine", "École", "100% sure"]);
    assert_eq!(titles(&world, Book::views.lt(10)).await, ["École"]);
    assert_eq!(titles(&world, Book::views.le(10)).await, ["Notes", "École"]);
    assert_eq!(titles(&world, Book::views.gt(10)).await, ["Engine", "100% sure"]);
    assert_eq!(titles(&world, Book::views.ge(500)).await, ["Engine", "100% sure"]);
    assert_eq!(titles(&world, Book::views.between(5, 500)).await, ["Notes", "Engine", "École"]);
    assert_eq!(
        titles(&world, Book::views.gt(Book::id)).await,
        ["Notes", "Engine", "École", "100% sure"]
    );
    assert_eq!(titles(&world, (Book::views * 2).eq(Book::views + 10)).await, ["Notes"]);
}

/// A condition and its negation together take every row once, NULL or not.
async fn negation_is_the_complement(world: World) {
    library(&world.db).await;
    let conditions: Vec<Pred<Book>> = vec![
        Book::rating.eq(4.5),
        Book::rating.ne(4.5),
        Book::rating.gt(4.0),
        Book::rating.between(1.0, 4.5),
        Book::rating.is_null(),
        Book::rating.is_in([4.5]),
        Book::rating.is_in([Some(4.5), None]),
        Book::rating.is_in(Vec::<f64>::new()),
        Book::author.mentor.name.eq("Ada"),
        Book::author.mentor.name.contains("d"),
        Book::rating.gt(4.0) & Book::views.gt(100),
        Book::rating.gt(4.0) | Book::author.mentor.name.eq("Ada"),
        Book::rating.eq(Book::rating),
    ];
    for condition in conditions {
        let shown = format!("{condition:?}");
        let matching = Book::filter(condition.clone()).count(&world.db).await.unwrap();
        let others = Book::query().exclude(condition.clone()).count(&world.db).await.unwrap();
        let twice = Book::filter(!!condition.clone()).count(&world.db).await.unwrap();
        assert_eq!(matching + others, 4, "{shown}");
        assert_eq!(matching, twice, "{shown}");
        let both = Book::filter(condition.clone() & !condition).count(&world.db).await.unwrap();
        assert_eq!(both, 0, "{shown}");
    }
}

async fn null_is_a_value(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, Book::rating.eq(None)).await, ["École"]);
    assert_eq!(titles(&world, Book::rating.ne(None)).await, ["Notes", "Engine", "100% sure"]);
    assert_eq!(titles(&world, Book::rating.ne(4.5)).await, ["Engine", "École", "100% sure"]);
    assert_eq!(titles(&world, Book::rating.is_not_null()).await, ["Notes", "Engine", "100% sure"]);
    assert_eq!(titles(&world, Book::rating.gt(0.0)).await, ["Notes", "Engine", "100% sure"]);
}

async fn lists(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, Book::views.is_in([10, 5])).await, ["Notes", "École"]);
    assert_eq!(titles(&world, Book::views.not_in([10, 5])).await, ["Engine", "100% sure"]);
    assert_eq!(titles(&world, Book::title.is_in(["Notes", "nothing"])).await, ["Notes"]);
    assert_eq!(titles(&world, Book::title.is_in(Vec::<String>::new())).await, [""; 0]);
    assert_eq!(titles(&world, Book::title.not_in(Vec::<String>::new())).await.len(), 4);
    assert_eq!(titles(&world, Book::rating.is_in([Some(4.5), None])).await, ["Notes", "École"]);
    assert_eq!(
        titles(&world, Book::rating.not_in([Some(4.5), None])).await,
        ["Engine", "100% sure"]
    );
    assert_eq!(titles(&world, Book::rating.not_in([4.5])).await, ["Engine", "École", "100% sure"]);
    let many: Vec<i64> = (0..100_000).collect();
    assert_eq!(titles(&world, Book::views.is_in(&many)).await.len(), 4);
}

/// Case counts unless the name says otherwise, and user text is plain text.
async fn texts(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, Book::title.contains("o")).await, ["Notes", "École"]);
    assert_eq!(titles(&world, Book::title.contains("N")).await, ["Notes"]);
    assert_eq!(titles(&world, Book::title.icontains("N")).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, Book::title.icontains("éCOLE")).await, ["École"]);
    assert_eq!(titles(&world, Book::title.contains("école")).await, [""; 0]);
    assert_eq!(titles(&world, Book::title.ieq("ÉCOLE")).await, ["École"]);
    assert_eq!(titles(&world, Book::title.starts_with("E")).await, ["Engine"]);
    assert_eq!(titles(&world, Book::title.istarts_with("é")).await, ["École"]);
    assert_eq!(titles(&world, Book::title.ends_with("e")).await, ["Engine", "École", "100% sure"]);
    assert_eq!(titles(&world, Book::title.iends_with("SURE")).await, ["100% sure"]);
    assert_eq!(titles(&world, Book::title.contains("%")).await, ["100% sure"]);
    assert_eq!(titles(&world, Book::title.contains("_")).await, [""; 0]);
    assert_eq!(titles(&world, Book::title.contains("\\")).await, [""; 0]);
    assert_eq!(titles(&world, Book::title.like("%o%e")).await, ["École"]);
    assert_eq!(titles(&world, Book::title.like("_ngine")).await, ["Engine"]);
    assert_eq!(titles(&world, Book::title.like("n%")).await, [""; 0]);
    assert_eq!(titles(&world, Book::title.ilike("n%")).await, ["Notes"]);
    assert_eq!(titles(&world, Book::title.like("100\\% %")).await, ["100% sure"]);
    assert_eq!(titles(&world, Book::title.contains("")).await.len(), 4);
    assert_eq!(titles(&world, Book::title.lower().eq("école")).await, ["École"]);
    assert_eq!(titles(&world, Book::title.upper().eq("ÉCOLE")).await, ["École"]);
    assert_eq!(titles(&world, Book::title.concat("!").eq("Notes!")).await, ["Notes"]);
}

/// A sigma is a sigma, wherever in a word it stands.
async fn case_folds_alike_on_every_backend(world: World) {
    let rows = ["ΟΔΟΣ", "οδος", "οδοσ"].map(|name| Author::create().name(name));
    Author::insert_many(rows).exec(&world.db).await.unwrap();
    let count = async |condition| Author::filter(condition).count(&world.db).await.unwrap();
    for word in ["ΟΔΟΣ", "οδος", "οδοσ"] {
        assert_eq!(count(Author::name.ieq(word)).await, 3);
        assert_eq!(count(Author::name.icontains(word)).await, 3);
        assert_eq!(count(Author::name.iends_with(Author::name.upper())).await, 3);
        assert_eq!(count(Author::name.ilike(format!("%{word}"))).await, 3);
    }
    assert_eq!(count(Author::name.lower().eq("οδος")).await, 2);
}

async fn conditions_combine(world: World) {
    library(&world.db).await;
    let hot = || Book::views.gt(100);
    assert_eq!(titles(&world, hot() & Book::rating.gt(4.0)).await, ["100% sure"]);
    assert_eq!(
        titles(&world, hot() | Book::title.eq("Notes")).await,
        ["Notes", "Engine", "100% sure"]
    );
    assert_eq!(titles(&world, !(hot() | Book::title.eq("Notes"))).await, ["École"]);
    let none: Option<Pred<Book>> = None;
    assert_eq!(
        Book::query().filter_if(none).filter_if(Some(hot())).count(&world.db).await.unwrap(),
        2
    );
    let chained = Book::filter(hot()).filter(Book::id.gt(0)).exclude(Book::title.eq("Engine"));
    assert_eq!(chained.select(Book::title).all(&world.db).await.unwrap(), ["100% sure"]);
}

async fn paths_go_through_relations(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, Book::author.name.eq("Ada")).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, Book::author.mentor.name.eq("Ada")).await, ["École"]);
    assert_eq!(
        titles(&world, Book::author.mentor.name.ne("Ada")).await,
        ["Notes", "Engine", "100% sure"]
    );
    assert_eq!(
        titles(&world, Book::author.mentor.is_none()).await,
        ["Notes", "Engine", "100% sure"]
    );
    let ada = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    assert_eq!(titles(&world, Book::author.is(&ada)).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, Book::author_id.eq(ada.id)).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, Book::author.id.eq(ada.id)).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, Book::author.mentor.is(&ada)).await, ["École"]);
    assert_eq!(
        titles(&world, Book::author.books.any(Book::title.eq("Engine"))).await,
        ["Notes", "Engine"]
    );
}

/// A chain of conditions is one level deep, however long it is; SQLite's own trees are not.
async fn long_chains(world: World) {
    library(&world.db).await;
    let any = (0..3000).map(|views| Book::views.eq(views)).reduce(|all, one| all | one).unwrap();
    assert_eq!(titles(&world, any.clone()).await.len(), 4);
    assert_eq!(titles(&world, !any).await, [""; 0]);
    let query = (11..3000).fold(Book::query(), |query, views| query.filter(Book::views.ne(views)));
    assert_eq!(query.count(&world.db).await.unwrap(), 2);
}

/// What is nested too deeply is refused, before the stack of the program or of the database is full.
async fn deep_conditions_are_refused(world: World) {
    library(&world.db).await;
    let nested = |levels: i64| {
        (0..levels).fold(Book::views.eq(5), |inner, views| !(inner & Book::views.ne(-views)))
    };
    assert_eq!(titles(&world, nested(48)).await, ["École"]);
    let deep = (0..1000).fold(Book::views + 0, |sum, _| sum + 1).gt(0);
    for condition in [nested(1000), deep] {
        let error = world.counting(0, Book::filter(condition).count(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query());
        assert_eq!(
            error.to_string(),
            "an expression is nested more than 100 levels deep; ask in several queries, or by a list: `is_in`"
        );
    }
}

/// PostgreSQL would refuse such a pattern only when it meets a row that matches so far.
async fn a_pattern_that_ends_in_the_middle_of_an_escape_is_refused(world: World) {
    for condition in [Book::title.like("100\\"), Book::title.ilike("100\\\\\\")] {
        let error = world.counting(0, Book::filter(condition).count(&world.db)).await.unwrap_err();
        assert!(error.to_string().contains("ends with a `\\` that escapes nothing"), "{error}");
    }
    assert_eq!(titles(&world, Book::title.like("100\\\\")).await, [""; 0]);
}
