//! What is asked, and hints that answer nothing.

use super::{changed, library, lines, refused};
use crate::migrate::State;
use crate::migrate::diff::Hints;
use crate::migrate::samples::text;
use crate::schema::definition::{ColumnDefinition, TableDefinition};
use crate::value::Type;

fn book(change: impl FnOnce(&mut TableDefinition)) -> State {
    changed(|tables| change(&mut tables[1]))
}

/// The rating goes, and two columns like it come.
fn two_ratings() -> State {
    book(|book| {
        book.columns.remove(3);
        for name in ["stars", "points"] {
            let column = ColumnDefinition::new(name, Type::F64);
            book.columns.push(ColumnDefinition { nullable: true, ..column });
        }
    })
}

#[test]
fn a_column_that_may_have_another_name_is_asked_about() {
    assert_eq!(
        refused(&library(), &two_ratings(), &Hints::new()),
        "`book.rating` goes, and a column of its kind comes: rename(\"book.rating\", \"stars\") or \
         rename(\"book.rating\", \"points\") keeps its values, drop(\"book.rating\") lets them go"
    );
    let renamed = lines(&library(), &two_ratings(), &Hints::new().rename("book.rating", "stars"));
    assert_eq!(
        renamed,
        r#"rename_column = { table = "book", from = "rating", to = "stars" }
add_column = { table = "book", name = "points", type = "f64", nullable = true }
"#
    );
    let dropped = lines(&library(), &two_ratings(), &Hints::new().drop("book.rating"));
    assert_eq!(
        dropped,
        r#"add_column = { table = "book", name = "stars", type = "f64", nullable = true }
add_column = { table = "book", name = "points", type = "f64", nullable = true }
drop_column = { table = "book", name = "rating" }
"#
    );
}

#[test]
fn a_column_of_another_kind_is_not_the_one_that_goes() {
    let new = book(|book| {
        book.columns[3] = ColumnDefinition { nullable: true, ..text("verdict", 20) };
    });
    assert_eq!(
        lines(&library(), &new, &Hints::new()),
        r#"add_column = { table = "book", name = "verdict", type = "text", max_length = 20, nullable = true }
drop_column = { table = "book", name = "rating" }
"#
    );
}

#[test]
fn all_is_asked_at_once() {
    let new = book(|book| {
        book.columns[1].kind = Type::Json;
        book.columns[3].nullable = false;
        book.columns[4].precision = Some((10, 0));
        book.columns.push(text("slug", 20));
    });
    assert_eq!(
        refused(&library(), &new, &Hints::new()),
        "4 questions:\n\
         - `book.slug` comes and cannot be NULL: what do the rows that are there have in it? \
         fill(\"book.slug\", \"…\") says it in SQL; or let it be NULL, or have a default of the \
         database\n\
         - `book.title` is text and becomes JSON, and what becomes of its values is not clear: \
         fill(\"book.title\", \"…\") says it in SQL, of what they are now\n\
         - `book.rating` cannot be NULL any more: what do the rows have that are? \
         fill(\"book.rating\", \"…\") says it in SQL\n\
         - `book.price` keeps 0 digits after the point instead of 2, and what becomes of its values \
         is not clear: fill(\"book.price\", \"…\") says it in SQL, of what they are now"
    );
    let hints = Hints::new()
        .fill("book.slug", "''")
        .fill("book.title", "to_json(\"title\")")
        .fill("book.rating", "0")
        .fill("book.price", "round(\"price\")");
    let told = lines(&library(), &new, &hints);
    for fill in
        ["\"''\"", "'to_json(\"title\")'", "'coalesce(\"rating\", 0)'", "'round(\"price\")'"]
    {
        assert!(told.contains(&format!("fill = {fill}")), "{fill} in {told}");
    }
}

#[test]
fn all_tables_do_not_go_at_once() {
    let none = State::default();
    assert_eq!(
        refused(&library(), &none, &Hints::new()),
        "none of the tables has a model any more, and all rows would go; were the models imported? \
         There is `author`, `book`, `tag`, `book_tag` in the migrations. If they are to go, allow \
         destructive changes"
    );
    let dropped = lines(&library(), &none, &Hints::new().allow_destructive(true));
    assert_eq!(dropped.lines().count(), 4);
    let told = ["author", "book", "tag", "book_tag"].into_iter().fold(Hints::new(), Hints::drop);
    assert_eq!(lines(&library(), &none, &told), dropped);
    assert_eq!(super::diff(&library(), &none, &Hints::new().partial(true)).unwrap(), []);
}

#[test]
fn a_destructive_change_still_asks_what_keeps_rows() {
    let new = changed(|tables| {
        tables.pop();
        tables[2].name = super::named("label");
    });
    let hints = Hints::new().allow_destructive(true);
    assert_eq!(
        refused(&library(), &new, &hints),
        "the table `tag` goes, and one with such columns comes: rename(\"tag\", \"label\") keeps \
         its rows, drop(\"tag\") lets them go"
    );
}

#[test]
fn hints_that_answer_nothing_are_told() {
    let said = |hints: Hints| refused(&library(), &two_ratings(), &hints);
    for (hints, what) in [
        (
            Hints::new().rename("book.ratin", "stars"),
            "the table `book` has no column `ratin`; did you mean `rating`?",
        ),
        (Hints::new().drop("boook"), "there is no table `boook`; did you mean `book`?"),
        (
            Hints::new().rename("book.rating", "star"),
            "rename(\"book.rating\", \"star\"): `book` is to have no column `star`; did you mean \
             `stars`?",
        ),
        (
            Hints::new().rename("book.title", "stars"),
            "rename(\"book.title\", \"stars\"): `book` is to have a column `title` still",
        ),
        (
            Hints::new().drop("book.title"),
            "drop(\"book.title\"): `book` is to have a column `title` still",
        ),
        (Hints::new().drop("book"), "drop(\"book\"): a model is stored in `book` still"),
        (
            Hints::new().rename("book", "tag"),
            "rename(\"book\", \"tag\"): a model is stored in `book` still",
        ),
        (
            Hints::new().drop("book.rating").fill("book.title", "''"),
            "fill(\"book.title\", …): the column neither comes nor changes, so that nothing is \
             filled",
        ),
        (
            Hints::new().fill("book", "''"),
            "fill(\"book\", …): `book` is a table; a column of it is `book.column`",
        ),
        (
            Hints::new().drop("a.b.c.d"),
            "`a.b.c.d` is no name of a table or column, such as `book`, `book.title` or \
             `shop.book.title`",
        ),
    ] {
        assert_eq!(said(hints), what);
    }
    let without = changed(|tables| drop(tables.pop()));
    for (hints, what) in [
        (
            Hints::new().rename("book_tag", "boook"),
            "rename(\"book_tag\", \"boook\"): no model is stored in `boook`; did you mean `book`?",
        ),
        (
            Hints::new().drop("book_tag").drop("book_tag.tag_id"),
            "drop(\"book_tag.tag_id\"): no model is stored in `book_tag` any more",
        ),
        (
            Hints::new().drop("book_tag").rename("book_tag.tag_id", "x"),
            "rename(\"book_tag.tag_id\", \"x\"): no model is stored in `book_tag` any more",
        ),
        (
            Hints::new().rename("book_tag", "tag").drop("book_tag"),
            "drop(\"book_tag\"): another hint gives it another name",
        ),
        (
            Hints::new().rename("book_tag", "tag"),
            "rename(\"book_tag\", \"tag\"): the name `tag` is taken when it is needed; make one \
             migration with a third name, and another one after it",
        ),
    ] {
        assert_eq!(refused(&library(), &without, &hints), what);
    }
}
