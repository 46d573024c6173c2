//! What is read: orders, slices, columns and expressions, aggregates, groups, windows.

use super::Asker;
use crate::models::{Author, Book, Status, Tag};
use yara_orm::prelude::*;

pub async fn ask(asker: &Asker<'_>) {
    let db = asker.db;
    orders(asker).await;
    let sorted = || Book::query().order_by(Book::id);
    asker.ask("one column", sorted().select(Book::title).all(db)).await;
    asker
        .ask("columns", sorted().select((Book::title, Book::price, Book::published)).all(db))
        .await;
    asker
        .ask(
            "columns of paths",
            sorted().select((Book::title, Book::author.name, Book::author.mentor.name)).all(db),
        )
        .await;
    asker.ask("expressions", sorted().select((Book::views * 2, Book::title.lower())).all(db)).await;
    asker
        .ask("a choice", {
            let size = func::case()
                .when(Book::views.gt(100), "big")
                .when(Book::views.gt(5), "some")
                .otherwise("small");
            sorted().select(size).all(db)
        })
        .await;
    asker.ask("instead of NULL", sorted().select(Book::rating.unwrap_or(0.0)).all(db)).await;
    asker
        .ask(
            "texts together",
            sorted().select(Book::title.concat(" by ").concat(Book::author.name)).all(db),
        )
        .await;
    asker.ask("a cast", sorted().select(Book::views.cast::<String>()).all(db)).await;
    asker
        .ask("a part of a document", sorted().select(Book::data.path(("size", "w"))).all(db))
        .await;
    asker
        .ask(
            "distinct",
            Book::query().order_by(Book::author.name).select(Book::author.name).distinct().all(db),
        )
        .await;
    asker
        .ask("a number of distinct", Book::query().select(Book::author.name).distinct().count(db))
        .await;
    asker
        .ask("numbers of related rows", {
            let counts = (Author::name, Author::books.count(), Author::pupils.count());
            Author::query().order_by(Author::id).select(counts).all(db)
        })
        .await;
    asker
        .ask("aggregates of related rows", {
            let found = (
                Author::books.sum(Book::views),
                Author::books.max(Book::rating),
                Author::books.avg(Book::views),
            );
            Author::query().order_by(Author::id).select(found).all(db)
        })
        .await;
    asker
        .ask("a number of some related rows", {
            let hot = Author::books.count_where(Book::views.gt(100));
            Author::query().order_by(Author::id).select((Author::name, hot)).all(db)
        })
        .await;
    aggregates(asker).await;
    windows(asker).await;
}

async fn orders(asker: &Asker<'_>) {
    let db = asker.db;
    asker.ask("descending", Book::query().order_by((Book::views.desc(), Book::id)).all(db)).await;
    asker.ask("NULLs in order", Book::query().order_by((Book::rating, Book::id)).all(db)).await;
    asker
        .ask("NULLs descending", Book::query().order_by((Book::rating.desc(), Book::id)).all(db))
        .await;
    asker
        .ask(
            "NULLs first",
            Book::query().order_by((Book::rating.asc().nulls_first(), Book::id)).all(db),
        )
        .await;
    asker
        .ask("by a path", Book::query().order_by((Book::author.mentor.name, Book::id)).all(db))
        .await;
    asker.ask("by a decimal", Book::query().order_by((Book::price.desc(), Book::id)).all(db)).await;
    asker.ask("a slice", Book::query().order_by(Book::id).offset(1).limit(2).all(db)).await;
    asker
        .ask("a number of a slice", Book::query().order_by(Book::id).offset(4).limit(10).count(db))
        .await;
    asker.ask("first", Book::query().first(db)).await;
    asker.ask("first in an order", Book::query().order_by(Book::views.desc()).first(db)).await;
    asker.ask("last", Book::query().order_by(Book::views).last(db)).await;
    asker.ask("exists", Book::filter(Book::views.gt(100)).exists(db)).await;
    asker.ask("the model's order", Tag::query().all(db)).await;
    asker.ask("nothing", Book::filter(Book::views.gt(5000)).all(db)).await;
}

async fn aggregates(asker: &Asker<'_>) {
    let db = asker.db;
    asker
        .ask("one row of all", {
            let all = (
                func::count(),
                func::sum(Book::views),
                func::min(Book::rating),
                func::max(Book::price),
            );
            Book::query().aggregate(all).one(db)
        })
        .await;
    asker
        .ask("a mean", Book::filter(Book::views.gt(5)).aggregate(func::avg(Book::views)).one(db))
        .await;
    asker
        .ask(
            "a sum of nothing",
            Book::filter(Book::views.lt(0)).aggregate(func::sum(Book::views)).one(db),
        )
        .await;
    asker.ask("a sum of decimals", Book::query().aggregate(func::sum(Book::price)).one(db)).await;
    asker
        .ask(
            "a number of values",
            Book::query()
                .aggregate((
                    func::count_of(Book::rating),
                    func::count_of(Book::author_id).distinct(),
                ))
                .one(db),
        )
        .await;
    asker
        .ask(
            "an aggregate of some",
            Book::query().aggregate(func::count().filter(Book::views.gt(100))).one(db),
        )
        .await;
    asker
        .ask(
            "an aggregate of a slice",
            Book::query()
                .order_by(Book::views.desc())
                .limit(2)
                .aggregate(func::sum(Book::views))
                .one(db),
        )
        .await;
    let by_status = || Book::query().group_by(Book::status).order_by(Book::status);
    asker
        .ask(
            "groups",
            by_status().select((Book::status, func::count(), func::sum(Book::views))).all(db),
        )
        .await;
    asker
        .ask("groups by a path", {
            let groups = Book::query().group_by(Book::author.name).order_by(Book::author.name);
            groups.select((Book::author.name, func::count())).all(db)
        })
        .await;
    asker
        .ask("having", {
            let groups = Book::query()
                .group_by(Book::author_id)
                .having(func::count().gt(1))
                .order_by(Book::author_id);
            groups.select((Book::author_id, func::max(Book::views))).all(db)
        })
        .await;
    asker
        .ask("groups of filtered rows", {
            let groups = Book::filter(Book::status.eq(Status::Live))
                .group_by(Book::author_id)
                .order_by(Book::author_id);
            groups.select((Book::author_id, func::count())).all(db)
        })
        .await;
}

async fn windows(asker: &Asker<'_>) {
    let db = asker.db;
    let place = || {
        func::row_number()
            .over(func::window().partition_by(Book::author_id).order_by(Book::views.desc()))
    };
    asker
        .ask(
            "a row's number",
            Book::query().order_by(Book::id).select((Book::title, place())).all(db),
        )
        .await;
    asker
        .ask("ranks", {
            let by_views = || func::window().order_by(Book::views.desc());
            let ranks = (func::rank().over(by_views()), func::dense_rank().over(by_views()));
            Book::query().order_by(Book::id).select(ranks).all(db)
        })
        .await;
    asker
        .ask("the row before", {
            let before = func::lag(Book::views, 1).over(func::window().order_by(Book::id));
            Book::query().order_by(Book::id).select(before).all(db)
        })
        .await;
    asker
        .ask("a running sum", {
            let sum = func::sum(Book::views).over(func::window().order_by(Book::id));
            Book::query().order_by(Book::id).select(sum).all(db)
        })
        .await;
    asker
        .ask("a share", {
            let sum = func::sum(Book::views).over(func::window().partition_by(Book::author_id));
            Book::query().order_by(Book::id).select((Book::title, sum)).all(db)
        })
        .await;
    asker.ask("a filter by a window", Book::filter(place().eq(1)).order_by(Book::id).all(db)).await;
    asker.ask("a number by a window", Book::filter(place().le(2)).count(db)).await;
}
