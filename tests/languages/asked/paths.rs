//! Conditions through relations: to one row, perhaps absent, and to many.

use super::Asker;
use crate::models::{Author, Book, Club, Enrolment, Profile, Status, Tag};
use yara_orm::prelude::*;

pub async fn ask(asker: &Asker<'_>) {
    let db = asker.db;
    let books = async |name: &str, condition: Pred<Book>| {
        asker.ask(name, Book::filter(condition).order_by(Book::id).all(db)).await;
    };
    let authors = async |name: &str, condition: Pred<Author>| {
        asker.ask(name, Author::filter(condition).order_by(Author::id).all(db)).await;
    };
    books("a path", Book::author.name.eq("Ada")).await;
    books("not a path", !Book::author.name.eq("Ada")).await;
    books("a path through NULL", Book::author.mentor.name.eq("Ada")).await;
    books("not a path through NULL", !Book::author.mentor.name.eq("Ada")).await;
    books("unequal through NULL", Book::author.mentor.name.ne("Ada")).await;
    books("a long path", Book::author.mentor.mentor.name.eq("Ada")).await;
    books("two paths", Book::author.name.eq("Cy") | Book::author.mentor.name.eq("Ada")).await;
    books("no related row", Book::author.mentor.is_none()).await;
    books("a foreign key", Book::author_id.eq(1)).await;
    books("a list of foreign keys", Book::author_id.is_in([1, 2])).await;
    books("a path to one", Book::author.profile.bio.eq("Countess")).await;
    books("not a path to one", !Book::author.profile.bio.eq("Countess")).await;
    authors("no mentor", Author::mentor.is_none()).await;
    authors("a mentor", Author::mentor.exists()).await;
    authors("any", Author::books.any(Book::views.ge(10))).await;
    authors("not any", !Author::books.any(Book::views.ge(10))).await;
    authors("any of two", Author::books.any(Book::views.ge(10) & Book::status.eq(Status::Draft)))
        .await;
    authors("none", Author::books.none(Book::views.ge(10))).await;
    authors("all", Author::books.all(Book::views.ge(10))).await;
    authors("no related rows", Author::books.is_empty()).await;
    authors("related rows", Author::books.exists()).await;
    authors("any of any", Author::books.any(Book::tags.any(Tag::name.eq("maths")))).await;
    authors("any through a path", Author::mentor.books.any(Book::views.gt(100))).await;
    authors("a number of related rows", Author::books.count().ge(2)).await;
    authors("any through a model", Author::clubs.any(Club::name.eq("Go"))).await;
    authors("any member that pays", Author::enrolments.any(Enrolment::fee.gt(4))).await;
    books("any of many to many", Book::tags.any(Tag::name.is_in(["maths", "rust"]))).await;
    books("not any of many to many", !Book::tags.any(Tag::name.eq("maths"))).await;
    asker
        .ask(
            "from the far side",
            Profile::filter(Profile::author.books.any(Book::views.gt(100)))
                .order_by(Profile::id)
                .all(db),
        )
        .await;
    asker
        .ask("in its own order", Tag::filter(Tag::books.any(Book::author.name.eq("Ada"))).all(db))
        .await;
}
