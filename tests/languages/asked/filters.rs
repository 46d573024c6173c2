//! Conditions on a row's own columns: comparisons, text, NULL, lists, negation, moments, documents.

use super::{Asker, day, decimal, moment};
use crate::models::{Author, Book, Status};
use serde_json::json;
use yara_orm::prelude::*;

pub async fn ask(asker: &Asker<'_>) {
    let books = async |name: &str, condition: Pred<Book>| {
        asker.ask(name, Book::filter(condition).order_by(Book::id).all(asker.db)).await;
    };
    books("equal", Book::views.eq(10)).await;
    books("not equal", Book::views.ne(10)).await;
    books("not equal, with NULLs", Book::rating.ne(4.5)).await;
    books("the complement of equal", !Book::rating.eq(4.5)).await;
    books("less", Book::views.lt(10)).await;
    books("at least", Book::rating.ge(3.0)).await;
    books("between", Book::views.between(5, 500)).await;
    books("a column with a column", Book::id.lt(Book::views.cast::<i64>())).await;
    books("NULL", Book::rating.is_null()).await;
    books("not NULL", Book::rating.is_not_null()).await;
    books("equals None", Book::rating.eq(None)).await;
    books("an enum", Book::status.eq(Status::Draft)).await;
    books("a list of enums", Book::status.is_in([Status::Draft, Status::Live])).await;
    books("a decimal", Book::price.gt(decimal("9.5"))).await;
    books("a decimal of another scale", Book::price.eq(decimal("9.500"))).await;
    books("a list", Book::views.is_in([5, 10])).await;
    books("a list with None", Book::rating.is_in([Some(5.0), None])).await;
    books("not in a list with None", Book::rating.not_in([Some(5.0), None])).await;
    books("not in a list", Book::rating.not_in([4.5, 5.0])).await;
    books("an empty list", Book::views.is_in(Vec::<i32>::new())).await;
    books("not in an empty list", Book::views.not_in(Vec::<i32>::new())).await;
    books("contains", Book::title.contains("_")).await;
    books("contains, any case", Book::title.icontains("éCO")).await;
    books("starts with", Book::title.starts_with("100%")).await;
    books("ends with a backslash", Book::title.ends_with("\\")).await;
    books("equal in any case", Book::title.ieq("ÉCOLE")).await;
    books("a quote", Book::title.eq("it's")).await;
    books("and", Book::views.ge(10) & Book::rating.gt(4.0)).await;
    books("or", Book::views.eq(5) | Book::rating.lt(1.0)).await;
    books("and of or", (Book::views.eq(5) | Book::views.eq(10)) & Book::status.eq(Status::Draft))
        .await;
    books("not", !Book::rating.gt(3.0)).await;
    books("not of and", !(Book::views.ge(10) & Book::rating.gt(4.0))).await;
    books("not of or", !(Book::views.eq(5) | Book::rating.eq(5.0))).await;
    books("not of not", !!Book::rating.gt(3.0)).await;
    books("arithmetic", (Book::views * 2 + 1).gt(20)).await;
    books("an instant", Book::published.ge(moment("2024-01-31T23:30:00Z"))).await;
    books("a year", Book::published.year().eq(2024)).await;
    books("a month at least", Book::published.month().ge(2)).await;
    books("the day of an instant", Book::published.date().eq(day(2024, 2, 29))).await;
    books("upper", Book::title.upper().eq("ÉCOLE")).await;
    books("a length", Book::title.length().le(5)).await;
    books("a pattern", Book::title.matches("^[A-Z][a-z]+$")).await;
    books("a document's text", Book::data.path("lang").eq("en")).await;
    books("a document's number", Book::data.path(("size", "w")).gt(8)).await;
    books("a document's item", Book::data.path(("tags", 0)).eq("a")).await;
    books("a document contains", Book::data.contains_json(json!({"tags": ["b"]}))).await;
    books("a document has a key", Book::data.has_key("size")).await;
    asker.ask("a day", Author::filter(Author::born.lt(day(1900, 1, 1))).all(asker.db)).await;
    asker.ask("a key", Book::find(2).one(asker.db)).await;
    asker.ask("no such key", Book::find(99).optional(asker.db)).await;
    asker
        .ask(
            "two filters",
            Book::filter(Book::views.ge(5)).filter(Book::views.le(10)).count(asker.db),
        )
        .await;
    asker.ask("exclude", Book::query().exclude(Book::rating.eq(5.0)).count(asker.db)).await;
}
