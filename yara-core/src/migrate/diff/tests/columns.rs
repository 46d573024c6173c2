//! Columns that come, go, change and are renamed.

use super::{changed, library, lines, named};
use crate::migrate::diff::Hints;
use crate::migrate::samples::{key, names, sql, text, unique};
use crate::migrate::{Operation, State};
use crate::schema::definition::{ColumnDefinition, Sql, TableDefinition};
use crate::value::Type;

fn book(change: impl FnOnce(&mut TableDefinition)) -> State {
    changed(|tables| change(&mut tables[1]))
}

#[test]
fn columns_come_with_what_the_rows_have_in_them() {
    let new = book(|book| {
        book.columns.push(text("slug", 50));
        book.columns.push(ColumnDefinition { nullable: true, ..text("note", 50) });
        book.columns.push(ColumnDefinition { default: Some(sql("1")), ..text("shelf", 50) });
        book.uniques.push(unique(&["slug"]));
    });
    assert_eq!(
        lines(&library(), &new, &Hints::new().fill("book.slug", "lower(\"title\")")),
        r#"[operation.add_column]
table = "book"
name = "slug"
type = "text"
max_length = 50
fill = 'lower("title")'
add_column = { table = "book", name = "note", type = "text", max_length = 50, nullable = true }
add_column = { table = "book", name = "shelf", type = "text", max_length = 50, default = "1" }
add_unique = { table = "book", columns = ["slug"] }
"#
    );
}

#[test]
fn what_a_model_gives_a_column_fills_it() {
    let new = book(|book| {
        book.columns.push(text("slug", 50));
        book.columns.push(ColumnDefinition { default: Some(sql("1")), ..text("shelf", 50) });
        book.columns[3].nullable = false;
    });
    let hints = ["slug", "shelf", "rating", "title"]
        .into_iter()
        .fold(Hints::new(), |hints, name| hints.constant(named("book"), name, sql("0")));
    assert_eq!(
        lines(&library(), &new, &hints),
        r#"add_column = { table = "book", name = "slug", type = "text", max_length = 50, fill = "0" }
add_column = { table = "book", name = "shelf", type = "text", max_length = 50, default = "1" }
alter_column = { table = "book", name = "rating", type = "f64", fill = 'coalesce("rating", 0)' }
"#
    );
}

#[test]
fn rows_that_are_not_null_keep_what_they_have_in_a_wider_column() {
    let old = book(|book| {
        let narrow = ColumnDefinition::new("n", Type::I32);
        book.columns.push(ColumnDefinition { nullable: true, ..narrow });
    });
    let becomes = |kind| {
        let mut new = old.clone();
        let column = new.tables.iter_mut().flat_map(|table| &mut table.columns);
        for column in column.filter(|column| column.name == "n") {
            (column.kind, column.nullable) = (kind, false);
        }
        super::diff(&old, &new, &Hints::new().fill("book.n", "0")).unwrap()
    };
    let fill = |kind| match becomes(kind).remove(0) {
        Operation::AlterColumn { fill: Some(Sql::Same(fill)), .. } => fill,
        other => panic!("{other}"),
    };
    assert_eq!(fill(Type::I64), r#"coalesce("n", 0)"#);
    assert_eq!(fill(Type::Text), r#"coalesce(CAST("n" AS text), 0)"#);
    assert_eq!(fill(Type::Bool), "0");
}

#[test]
fn a_column_of_another_width_may_be_the_renamed_one() {
    let old = book(|book| book.columns.push(ColumnDefinition::new("n", Type::I32)));
    let new = book(|book| book.columns.push(ColumnDefinition::new("m", Type::I64)));
    let error = super::diff(&old, &new, &Hints::new().fill("book.m", "0")).unwrap_err();
    assert!(error.to_string().contains("rename(\"book.n\", \"m\") keeps its values"), "{error}");
}

#[test]
fn what_a_column_is_part_of_goes_before_it() {
    let new = book(|book| {
        book.columns.retain(|column| column.name != "views" && column.name != "title");
        book.uniques.clear();
        book.checks.clear();
        book.indexes.clear();
        book.fulltext.clear();
    });
    assert_eq!(
        lines(&library(), &new, &Hints::new()),
        r#"drop_fulltext = { table = "book", name = "book_words" }
drop_index = { table = "book", keys = ["views"] }
drop_index = { table = "book", name = "book_popular" }
drop_check = { table = "book", name = "views_not_negative" }
drop_unique = { table = "book", columns = ["author_id", "title"] }
drop_column = { table = "book", name = "title" }
drop_column = { table = "book", name = "views" }
"#
    );
}

#[test]
fn a_renamed_column_takes_its_parts_along() {
    let new = book(|book| {
        book.columns[2].name = "reads".into();
        book.columns[2].default = None;
        book.checks[0].condition = sql("\"reads\" >= 0");
        book.indexes[0].keys[0] = crate::schema::definition::KeyDefinition::column("reads");
        book.indexes[1].keys[0].of = crate::schema::definition::KeySource::Column("reads".into());
    });
    assert_eq!(
        lines(&library(), &new, &Hints::new().rename("book.views", "reads")),
        r#"rename_column = { table = "book", from = "views", to = "reads" }
alter_column = { table = "book", name = "reads", type = "i64", comment = "How often it was read." }
"#
    );
}

#[test]
fn names_are_passed_on_in_an_order_that_frees_them() {
    let new = |first: &str, second: &str| State {
        tables: vec![TableDefinition::new(
            named("t"),
            vec![text("id", 9), text(first, 9), text(second, 9)],
        )],
    };
    let renamed = Hints::new().rename("t.a", "c").rename("t.b", "d");
    assert_eq!(
        lines(&new("a", "b"), &new("c", "d"), &renamed),
        r#"rename_column = { table = "t", from = "a", to = "c" }
rename_column = { table = "t", from = "b", to = "d" }
"#
    );
    let twice = Hints::new().rename("t.a", "c").rename("t.b", "c");
    assert_eq!(
        super::refused(&new("a", "b"), &new("c", "d"), &twice),
        "rename(\"t.b\", \"c\"): the name `c` is taken when it is needed; make one migration with \
         a third name, and another one after it"
    );
}

#[test]
fn columns_become_wider_without_a_question() {
    let new = book(|book| {
        book.columns[1].max_length = Some(10);
        book.columns[2].kind = Type::Numeric;
        book.columns[4].precision = Some((20, 4));
        book.columns[6].comment = Some("Who wrote it.".into());
    });
    assert_eq!(
        lines(&library(), &new, &Hints::new()),
        r#"alter_column = { table = "book", name = "title", type = "text", max_length = 10 }
[operation.alter_column]
table = "book"
name = "views"
type = "numeric"
default = "0"
comment = "How often it was read."
alter_column = { table = "book", name = "price", type = "numeric", precision = [20, 4] }
alter_column = { table = "book", name = "author_id", type = "i64", comment = "Who wrote it." }
"#
    );
}

#[test]
fn foreign_keys_are_away_while_their_columns_change() {
    let new = changed(|tables| {
        tables[0].columns[0].kind = Type::I32;
        tables[0].columns[2].kind = Type::I32;
        tables[1].columns[6].kind = Type::I32;
    });
    assert_eq!(
        lines(&library(), &new, &Hints::new()),
        r#"drop_foreign_key = { table = "author", columns = ["mentor_id"] }
drop_foreign_key = { table = "book", columns = ["author_id"] }
alter_column = { table = "author", name = "id", type = "i32", counted = true }
alter_column = { table = "author", name = "mentor_id", type = "i32", nullable = true }
alter_column = { table = "book", name = "author_id", type = "i32" }
[operation.add_foreign_key]
table = "author"
columns = ["mentor_id"]
references = "author"
to = ["id"]
on_delete = "set_null"
[operation.add_foreign_key]
table = "book"
columns = ["author_id"]
references = "author"
to = ["id"]
on_delete = "cascade"
"#
    );
}

#[test]
fn another_primary_key_is_made_of_columns_that_are_ready() {
    let new = changed(|tables| {
        tables.pop();
        let tag = &mut tables[2];
        tag.columns[0] =
            ColumnDefinition { nullable: true, ..ColumnDefinition::new("id", Type::I64) };
        tag.columns.push(ColumnDefinition { nullable: false, ..text("code", 9) });
        tag.primary_key = names(&["code"]);
    });
    let hints = Hints::new().fill("tag.code", "\"id\"").drop("book_tag");
    assert_eq!(
        lines(&library(), &new, &hints),
        r#"drop_foreign_key = { table = "book_tag", columns = ["tag_id"] }
add_column = { table = "tag", name = "code", type = "text", max_length = 9, fill = '"id"' }
alter_column = { table = "tag", name = "id", type = "i64" }
set_primary_key = { table = "tag", columns = ["code"] }
alter_column = { table = "tag", name = "id", type = "i64", nullable = true }
drop_table = "book_tag"
"#
    );
}

#[test]
fn what_is_computed_is_made_anew_around_what_it_is_computed_from() {
    let computed = |text: &str| ColumnDefinition {
        computed: Some(sql(text)),
        ..ColumnDefinition::new("total", Type::Numeric)
    };
    let old = book(|book| {
        book.columns.push(computed("\"price\" * \"views\""));
        book.uniques.push(unique(&["total"]));
    });
    let new = book(|book| {
        book.columns[4].precision = Some((12, 2));
        book.columns.push(computed("\"price\" * \"views\""));
        book.uniques.push(unique(&["total"]));
    });
    assert_eq!(
        lines(&old, &new, &Hints::new()),
        r#"drop_unique = { table = "book", columns = ["total"] }
drop_column = { table = "book", name = "total" }
alter_column = { table = "book", name = "price", type = "numeric", precision = [12, 2] }
add_column = { table = "book", name = "total", type = "numeric", computed = '"price" * "views"' }
add_unique = { table = "book", columns = ["total"] }
"#
    );
    let plain = book(|book| {
        book.columns.push(ColumnDefinition { computed: None, ..computed("") });
        book.uniques.push(unique(&["total"]));
    });
    assert_eq!(
        lines(&old, &plain, &Hints::new()),
        "alter_column = { table = \"book\", name = \"total\", type = \"numeric\" }\n"
    );
    assert_eq!(
        super::refused(&plain, &old, &Hints::new()),
        "`book.total` is to be computed from others, and its own values go: drop(\"book.total\") \
         says so"
    );
    let dropped = lines(&plain, &old, &Hints::new().drop("book.total"));
    assert!(dropped.contains("drop_column") && dropped.contains("computed = "), "{dropped}");
}

#[test]
fn a_key_that_is_counted_comes_and_goes_around_the_change_of_the_key() {
    let code = || TableDefinition {
        primary_key: names(&["code"]),
        ..TableDefinition::new(named("t"), vec![text("code", 9), text("a", 9)])
    };
    let counted = TableDefinition {
        primary_key: names(&["id"]),
        columns: vec![key("id"), text("code", 9), text("a", 9)],
        ..code()
    };
    let (code, counted) = (State { tables: vec![code()] }, State { tables: vec![counted] });
    assert_eq!(
        super::refused(&code, &counted, &Hints::new()),
        "`t.id` comes and cannot be NULL: what do the rows that are there have in it? \
         fill(\"t.id\", \"…\") says it in SQL; or let it be NULL, or have a default of the database"
    );
    assert_eq!(
        lines(&code, &counted, &Hints::new().fill("t.id", "length(\"code\")")),
        r#"add_column = { table = "t", name = "id", type = "i64", fill = 'length("code")' }
set_primary_key = { table = "t", columns = ["id"] }
alter_column = { table = "t", name = "id", type = "i64", counted = true }
"#
    );
    assert_eq!(
        lines(&counted, &code, &Hints::new()),
        r#"alter_column = { table = "t", name = "id", type = "i64" }
set_primary_key = { table = "t", columns = ["code"] }
drop_column = { table = "t", name = "id" }
"#
    );
}
