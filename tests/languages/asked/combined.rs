//! Queries of queries: subqueries and sets.

use super::Asker;
use crate::models::{Author, Book};
use yara_orm::prelude::*;

pub async fn ask(asker: &Asker<'_>) {
    let db = asker.db;
    let writers = || Book::filter(Book::views.gt(100)).select(Book::author_id);
    asker
        .ask("in a query", Author::filter(Author::id.is_in(writers())).order_by(Author::id).all(db))
        .await;
    asker
        .ask(
            "not in a query",
            Author::filter(Author::id.not_in(writers())).order_by(Author::id).all(db),
        )
        .await;
    asker
        .ask("equals a query", {
            let most =
                Book::filter(Book::rating.is_not_null()).order_by(Book::rating.desc()).limit(1);
            Book::filter(Book::rating.eq(most.select(Book::rating).scalar())).all(db)
        })
        .await;
    asker
        .ask("exists, correlated", {
            let books = Book::filter(Book::author_id.eq(outer(Author::id)) & Book::views.gt(100));
            Author::filter(func::exists(books)).order_by(Author::id).all(db)
        })
        .await;
    asker
        .ask("does not exist, correlated", {
            let books = Book::filter(Book::author_id.eq(outer(Author::id)));
            Author::filter(!func::exists(books)).order_by(Author::id).all(db)
        })
        .await;
    asker
        .ask("a value of a query", {
            let latest = Book::filter(Book::author_id.eq(outer(Author::id)))
                .order_by(Book::id.desc())
                .limit(1);
            let latest = latest.select(Book::title).scalar();
            Author::query().order_by(Author::id).select((Author::name, latest)).all(db)
        })
        .await;
    let born = || Author::filter(Author::born.is_not_null());
    let pupils = || Author::filter(Author::mentor.exists());
    asker.ask("a union", born().union(pupils()).order_by(Author::id).all(db)).await;
    asker.ask("a union of all", born().union_all(pupils()).order_by(Author::id).all(db)).await;
    asker.ask("an intersection", born().intersect(pupils()).order_by(Author::id).all(db)).await;
    asker.ask("a difference", born().except(pupils()).order_by(Author::id).all(db)).await;
    asker.ask("a number of a union", born().union(pupils()).count(db)).await;
    asker
        .ask(
            "a slice of a union",
            born().union(pupils()).order_by(Author::name.desc()).limit(2).all(db),
        )
        .await;
    asker
        .ask(
            "a filter of a union",
            born()
                .union(pupils())
                .filter(Author::mentor.name.eq("Ada"))
                .order_by(Author::id)
                .all(db),
        )
        .await;
    asker
        .ask("a union of slices", {
            let first = Author::query().order_by(Author::name).limit(1);
            let last = Author::query().order_by(Author::name.desc()).limit(1);
            first.union(last).order_by(Author::id).all(db)
        })
        .await;
    asker
        .ask("the first of each", {
            let first = Book::query()
                .distinct_on(Book::author_id)
                .order_by((Book::author_id, Book::views.desc()));
            first.select(Book::title).all(db)
        })
        .await;
}
