//! Tables that come, go and are renamed.

use super::{changed, library, lines, named, refused};
use crate::migrate::State;
use crate::migrate::diff::Hints;
use crate::migrate::samples::{author, index, key, refers, tag, text, unique};
use crate::schema::OnDelete;
use crate::schema::definition::{ColumnDefinition, TableDefinition};
use crate::value::Type;

#[test]
fn nothing_changes_where_nothing_is_different() {
    let other_order = changed(|tables| {
        tables.reverse();
        tables.iter_mut().for_each(|table| table.columns.reverse());
    });
    assert_eq!(lines(&library(), &other_order, &Hints::new()), "");
}

#[test]
fn new_tables_come_after_those_that_they_refer_to() {
    let all = changed(|tables| tables.reverse());
    let created = lines(&State::default(), &all, &Hints::new());
    let tables: Vec<&str> = created.split("[operation.create_table]\n").skip(1).collect();
    let names: Vec<&str> = tables.iter().filter_map(|table| table.lines().next()).collect();
    assert_eq!(
        names,
        ["name = \"author\"", "name = \"book\"", "name = \"tag\"", "name = \"book_tag\""]
    );
    assert!(!created.contains("add_foreign_key"), "{created}");
}

/// Two tables that refer to each other.
fn circle() -> [TableDefinition; 2] {
    let refers_to = |name: &str, other: &str| {
        let column = format!("{other}_id");
        let columns = vec![
            key("id"),
            ColumnDefinition { nullable: true, ..ColumnDefinition::new(&column, Type::I64) },
        ];
        TableDefinition {
            foreign_keys: vec![refers(&column, other, OnDelete::SetNull)],
            ..TableDefinition::new(named(name), columns)
        }
    };
    [refers_to("ship", "captain"), refers_to("captain", "ship")]
}

#[test]
fn a_circle_is_closed_and_opened_by_foreign_keys_of_their_own() {
    let with_circle = changed(|tables| tables.extend(circle()));
    assert_eq!(
        lines(&library(), &with_circle, &Hints::new()),
        r#"[operation.create_table]
name = "captain"
columns = [
  { name = "id", type = "i64", counted = true },
  { name = "ship_id", type = "i64", nullable = true },
]
primary_key = ["id"]
[operation.create_table]
name = "ship"
columns = [
  { name = "id", type = "i64", counted = true },
  { name = "captain_id", type = "i64", nullable = true },
]
primary_key = ["id"]
foreign_keys = [
  { columns = ["captain_id"], references = "captain", to = ["id"], on_delete = "set_null" },
]
[operation.add_foreign_key]
table = "captain"
columns = ["ship_id"]
references = "ship"
to = ["id"]
on_delete = "set_null"
"#
    );
    assert_eq!(
        lines(&with_circle, &library(), &Hints::new().allow_destructive(true)),
        r#"drop_foreign_key = { table = "captain", columns = ["ship_id"] }
drop_table = "ship"
drop_table = "captain"
"#
    );
}

#[test]
fn a_many_to_many_relation_is_a_table() {
    let without = changed(|tables| drop(tables.pop()));
    assert_eq!(
        lines(&without, &library(), &Hints::new()),
        r#"[operation.create_table]
name = "book_tag"
columns = [
  { name = "book_id", type = "i64" },
  { name = "tag_id", type = "i64" },
]
primary_key = ["book_id", "tag_id"]
foreign_keys = [
  { columns = ["book_id"], references = "book", to = ["id"], on_delete = "cascade" },
  { columns = ["tag_id"], references = "tag", to = ["id"], on_delete = "cascade" },
]
indexes = [{ keys = ["tag_id"] }]
"#
    );
    assert_eq!(
        refused(&library(), &without, &Hints::new()),
        "the table `book_tag` has no model any more, and its rows would go: drop(\"book_tag\") says \
         so; if it has another name now, rename(\"book_tag\", …) keeps them; if another program has \
         its model, make a partial migration"
    );
    let dropped = lines(&library(), &without, &Hints::new().drop("book_tag"));
    assert_eq!(dropped, "drop_table = \"book_tag\"\n");
    let partial = Hints::new().partial(true);
    assert_eq!(super::diff(&library(), &without, &partial).unwrap(), []);
}

#[test]
fn the_tables_between_follow_a_renamed_model() {
    let label = changed(|tables| {
        tables[2].name = named("label");
        tables[3].name = named("book_label");
        let between = &mut tables[3];
        between.columns[1].name = "label_id".into();
        between.primary_key[1] = "label_id".into();
        between.foreign_keys[1] = refers("label_id", "label", OnDelete::Cascade);
        between.indexes = vec![index(&["label_id"])];
    });
    assert_eq!(
        refused(&library(), &label, &Hints::new()),
        "2 questions:\n\
         - the table `tag` goes, and one with such columns comes: rename(\"tag\", \"label\") keeps \
         its rows, drop(\"tag\") lets them go\n\
         - the table `book_tag` goes, and one with such columns comes: rename(\"book_tag\", \
         \"book_label\") keeps its rows, drop(\"book_tag\") lets them go"
    );
    let renamed = Hints::new().rename("tag", "label").rename("book_tag", "book_label");
    assert_eq!(
        refused(&library(), &label, &renamed),
        "`book_tag.tag_id` goes, and a column of its kind comes: rename(\"book_tag.tag_id\", \
         \"label_id\") keeps its values, drop(\"book_tag.tag_id\") lets them go"
    );
    assert_eq!(
        lines(&library(), &label, &renamed.rename("book_tag.tag_id", "label_id")),
        r#"rename_table = { from = "tag", to = "label" }
rename_table = { from = "book_tag", to = "book_label" }
rename_column = { table = "book_label", from = "tag_id", to = "label_id" }
"#
    );
}

#[test]
fn names_are_passed_on_where_one_is_free() {
    let old = State { tables: vec![tag(), TableDefinition { name: named("label"), ..tag() }] };
    let name = |first: &str, second: &str| State {
        tables: vec![
            TableDefinition { name: named(first), ..tag() },
            TableDefinition { name: named(second), ..tag() },
        ],
    };
    let hints = Hints::new().rename("tag", "label").rename("label", "mark");
    // The name `label` stays in use, so that the hint contradicts the models.
    assert_eq!(
        refused(&old, &name("label", "mark"), &hints),
        "rename(\"label\", \"mark\"): a model is stored in `label` still"
    );
    let renamed = Hints::new().rename("tag", "shop.tag").drop("label");
    let shop =
        crate::schema::definition::TableName { schema: Some("shop".into()), name: "tag".into() };
    let new = State { tables: vec![TableDefinition { name: shop, ..tag() }] };
    assert_eq!(
        lines(&old, &new, &renamed),
        "rename_table = { from = \"tag\", to = \"shop.tag\" }\ndrop_table = \"label\"\n"
    );
}

#[test]
fn names_of_indexes_are_free_before_they_are_used() {
    let words = |table: &str| TableDefinition {
        indexes: vec![crate::schema::definition::IndexDefinition {
            name: Some("words".into()),
            ..index(&["name"])
        }],
        ..TableDefinition::new(named(table), vec![key("id"), text("name", 9)])
    };
    let old = State { tables: vec![words("one"), tag()] };
    let new = State { tables: vec![tag(), words("two")] };
    let dropped = lines(&old, &new, &Hints::new().drop("one"));
    assert!(dropped.starts_with("drop_table = \"one\"\n[operation.create_table]"), "{dropped}");
}

#[test]
fn comments_follow() {
    let comment = changed(|tables| {
        tables[1].comment = None;
        tables[2].comment = Some("What books are about.".into());
    });
    assert_eq!(
        lines(&library(), &comment, &Hints::new()),
        r#"comment_table = { table = "book" }
comment_table = { table = "tag", comment = "What books are about." }
"#
    );
}

#[test]
fn a_table_that_others_refer_to_may_go() {
    let alone = changed(|tables| {
        tables.truncate(2);
        tables.remove(0);
        tables[0].foreign_keys.clear();
        tables[0].uniques.push(unique(&["title"]));
    });
    assert_eq!(
        lines(&library(), &alone, &Hints::new().allow_destructive(true)),
        r#"drop_foreign_key = { table = "book", columns = ["author_id"] }
add_unique = { table = "book", columns = ["title"] }
drop_table = "book_tag"
drop_table = "tag"
drop_table = "author"
"#
    );
}

#[test]
fn the_only_table_may_be_renamed() {
    let old = State { tables: vec![tag()] };
    let new = State { tables: vec![TableDefinition { name: named("label"), ..tag() }] };
    assert_eq!(
        refused(&old, &new, &Hints::new()),
        "the table `tag` goes, and one with such columns comes: rename(\"tag\", \"label\") keeps \
         its rows, drop(\"tag\") lets them go"
    );
    let renamed = lines(&old, &new, &Hints::new().rename("tag", "label"));
    assert_eq!(renamed, "rename_table = { from = \"tag\", to = \"label\" }\n");
}

#[test]
fn the_tables_of_another_program_keep_their_foreign_keys() {
    let tags = |kind| {
        let mut table = tag();
        table.columns[0].kind = kind;
        table
    };
    let old = changed(|tables| tables[2] = tags(Type::I64));
    let new = State { tables: vec![tags(Type::I32)] };
    let operations = super::diff(&old, &new, &Hints::new().partial(true)).unwrap();
    assert_eq!(
        super::words(operations),
        r#"drop_foreign_key = { table = "book_tag", columns = ["tag_id"] }
alter_column = { table = "tag", name = "id", type = "i32", counted = true }
[operation.add_foreign_key]
table = "book_tag"
columns = ["tag_id"]
references = "tag"
to = ["id"]
on_delete = "cascade"
"#
    );
    let without = State { tables: vec![author()] };
    let error = super::diff(&library(), &without, &Hints::new().drop("tag").partial(true));
    assert_eq!(
        error.unwrap_err().to_string(),
        "drop_table tag: a foreign key of `book_tag` leads to `tag`; drop it before"
    );
}
