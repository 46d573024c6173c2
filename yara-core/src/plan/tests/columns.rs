//! Paths of columns become joins.

use super::models::{author, book, col, place, review, tag, text};
use super::{assert_both, query, refusal};
use crate::tree::{ColumnRef, Expr, Select};

#[test]
fn each_path_is_joined_once_and_left_where_a_row_may_be_absent() {
    assert_both(
        query(book(), &["author.name", "author.bio", "editor.name", "editor.mentor.name"]),
        "SELECT \"t1\".\"name\", \"t1\".\"bio\", \"t2\".\"name\", \"t3\".\"name\" \
         FROM \"book\" AS \"t0\" \
         JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\" \
         LEFT JOIN \"author\" AS \"t2\" ON \"t2\".\"id\" = \"t0\".\"editor_id\" \
         LEFT JOIN \"author\" AS \"t3\" ON \"t3\".\"id\" = \"t2\".\"mentor_id\"",
    );
}

#[test]
fn the_key_that_a_foreign_key_holds_needs_no_join() {
    assert_both(
        query(book(), &["author.id", "author.mentor.id"]),
        "SELECT \"t0\".\"author_id\", \"t1\".\"mentor_id\" FROM \"book\" AS \"t0\" \
         JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\"",
    );
}

#[test]
fn a_key_of_several_columns_is_joined_by_all_of_them() {
    assert_both(
        query(place(), &["shelf.label", "shelf.room"]),
        "SELECT \"t1\".\"label\", \"t0\".\"shelf_room\" FROM \"place\" AS \"t0\" \
         JOIN \"shelf\" AS \"t1\" ON \"t1\".\"room\" = \"t0\".\"shelf_room\" \
         AND \"t1\".\"number\" = \"t0\".\"shelf_number\"",
    );
}

#[test]
fn a_key_that_the_database_does_not_check_drops_no_row() {
    assert_both(
        query(review(), &["reader.name"]),
        "SELECT \"t1\".\"name\" FROM \"review\" AS \"t0\" \
         LEFT JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"reader_id\"",
    );
}

#[test]
fn the_far_side_of_a_one_to_one_key_may_be_absent() {
    assert_both(
        query(book(), &["cover.color"]),
        "SELECT \"t1\".\"color\" FROM \"book\" AS \"t0\" \
         LEFT JOIN \"cover\" AS \"t1\" ON \"t1\".\"book_id\" = \"t0\".\"id\"",
    );
}

#[test]
fn a_column_of_another_model_belongs_to_the_query_around() {
    let editor = query(author(), &["name"])
        .filtered(col(author(), "id").equal(col(book(), "editor.mentor.id")));
    assert_both(
        Select::new(book()).reading(Expr::Scalar(Box::new(editor))),
        "SELECT (SELECT \"t1\".\"name\" FROM \"author\" AS \"t1\" \
         WHERE \"t1\".\"id\" = \"t2\".\"mentor_id\") FROM \"book\" AS \"t0\" \
         LEFT JOIN \"author\" AS \"t2\" ON \"t2\".\"id\" = \"t0\".\"editor_id\"",
    );
}

#[test]
fn a_column_that_no_query_around_has_is_refused() {
    assert_eq!(
        refusal(query(book(), &["id"]).filtered(col(author(), "name").equal(text("Ada")))),
        "Author.name is a column of Author, and this query is about Book; go through the relation \
         Book.author"
    );
    assert_eq!(
        refusal(query(book(), &["id"]).filtered(col(tag(), "name").equal(text("x")))),
        "Tag.name is a column of Tag, and this query is about Book; ask through the relation, as \
         in Book.tags.any(…)"
    );
}

#[test]
fn mistakes_name_what_would_work() {
    assert_eq!(
        refusal(query(book(), &["titel"])),
        "Book has no field `titel`; did you mean `title`?"
    );
    assert_eq!(
        refusal(query(book(), &["autor.name"])),
        "Book has no field `autor`; did you mean `author`?"
    );
    assert_eq!(
        refusal(query(author(), &["books.title"])),
        "Author.books leads to any number of rows, so it has no single `title`; ask \
         Author.books.any(…), .none(…), .all(…), .count(), or for an aggregate"
    );
    let invalid = Expr::Invalid("the filter got a negative age".into());
    let mut both = query(book(), &["titel"]).filtered(invalid);
    both.columns.push(Expr::Column(ColumnRef::own(author(), "id")));
    assert_eq!(refusal(both), "the filter got a negative age");
}
