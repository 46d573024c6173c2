//! Writes, one after the other; what stands in the tables then is asked as well.

use super::{Asker, decimal};
use crate::models::{Author, Book, City, Status, Tag};
use serde_json::json;
use yara_orm::prelude::*;

pub async fn ask(asker: &Asker<'_>) {
    let db = asker.db;
    // An instance in Python has a value for every field, and knows those that it was given.
    let author = |name: &str| Author::create().name(name).born(None).mentor_id(None);
    asker.ask("insert", author("Eve").returning(Author::id).insert(db)).await;
    let city = City::create().country_id("IS").returning((City::id, City::name));
    asker.ask("insert with a default of the database", city.insert(db)).await;
    asker
        .ask("insert many", async {
            let rows = ["go", "sql"].map(|name| Tag::create().name(name));
            Tag::insert_many(rows).returning(Tag::id).all(db).await
        })
        .await;
    asker
        .ask("insert a document", async {
            let data = json!({"b": [1, {"c": null}], "a": "é"});
            let book = Book::create().title("Data").author_id(1).price(decimal("1.5")).data(data);
            book.rating(None).published(None).returning(Book::id).insert(db).await
        })
        .await;
    asker.ask("insert what is there", Tag::create().name("go").returning(Tag::id).insert(db)).await;
    asker
        .ask("insert or ignore", async {
            let rows = ["go", "c"].map(|name| Tag::create().name(name));
            let each = Tag::insert_many(rows).or_ignore().each(db).await?;
            Ok(each.iter().map(Option::is_some).collect::<Vec<_>>())
        })
        .await;
    asker
        .ask("an upsert", async {
            let rows = [("go", 1), ("lua", 2)].map(|(name, _)| Tag::create().name(name));
            let each =
                Tag::insert_many(rows).on_conflict(Tag::name).update(Tag::name).each(db).await?;
            Ok(each.iter().map(|each| each.is_inserted()).collect::<Vec<_>>())
        })
        .await;
    asker
        .ask("get or create", async {
            let zig = Tag::filter(Tag::name.eq("zig"));
            Ok(zig.get_or_create(Tag::create().name("zig"), db).await?.1)
        })
        .await;
    asker
        .ask("get or create what is there", async {
            let zig = Tag::filter(Tag::name.eq("zig"));
            Ok(zig.get_or_create(Tag::create().name("zig"), db).await?.1)
        })
        .await;
    asker.ask("tags afterwards", Tag::query().all(db)).await;
    asker
        .ask("update", Book::filter(Book::author_id.eq(1)).update().set(Book::views, 7).exec(db))
        .await;
    asker
        .ask(
            "update by an expression",
            Book::filter(Book::views.ge(7)).update().set(Book::views, Book::views + 1).exec(db),
        )
        .await;
    asker
        .ask(
            "update to NULL",
            Book::filter(Book::title.eq("Notes"))
                .update()
                .set(Book::rating, None)
                .set(Book::status, Status::Draft)
                .exec(db),
        )
        .await;
    asker
        .ask(
            "update by a path",
            Book::filter(Book::author.name.eq("Bob")).update().set(Book::views, 9).exec(db),
        )
        .await;
    asker
        .ask(
            "update a slice",
            Book::query()
                .order_by(Book::views.desc())
                .limit(2)
                .update()
                .set(Book::rating, 1.0)
                .exec(db),
        )
        .await;
    asker
        .ask("update by a choice", {
            let views = func::case().when(Book::views.gt(8), Book::views - 1).otherwise(0);
            Book::query().update().set(Book::views, views).exec(db)
        })
        .await;
    books(asker, "after updates").await;
    asker
        .ask("add and remove", async {
            let notes = Book::find(1).one(db).await?;
            let rust = Tag::filter(Tag::name.eq("rust")).one(db).await?;
            let maths = Tag::filter(Tag::name.eq("maths")).one(db).await?;
            Book::tags.of(&notes).add(db, [&rust]).await?;
            Book::tags.of(&notes).remove(db, [&maths]).await?;
            Book::tags.of(&notes).order_by(Tag::id).all(db).await
        })
        .await;
    asker.ask("delete", Book::filter(Book::title.eq("it's")).delete().exec(db)).await;
    asker
        .ask("delete by a path", Book::filter(Book::author.name.eq("Bob")).delete().exec(db))
        .await;
    asker
        .ask(
            "delete a slice",
            Book::filter(Book::tags.is_empty()).order_by(Book::id).limit(1).delete().exec(db),
        )
        .await;
    asker
        .ask("delete what is referred to", Author::filter(Author::name.eq("Ada")).delete().exec(db))
        .await;
    asker
        .ask(
            "update a foreign key",
            Author::filter(Author::name.eq("Dan")).update().set(Author::mentor_id, 5).exec(db),
        )
        .await;
    asker
        .ask("delete and set NULL", Author::filter(Author::name.eq("Eve")).delete().exec(db))
        .await;
    asker.ask("authors afterwards", Author::query().order_by(Author::id).all(db)).await;
    books(asker, "after deletions").await;
}

async fn books(asker: &Asker<'_>, name: &str) {
    asker.ask(name, Book::query().order_by(Book::id).all(asker.db)).await;
}
