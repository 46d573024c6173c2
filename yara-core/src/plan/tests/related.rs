//! Questions about related rows become subqueries, never joins.

use super::models::{author, book, col, compare, int, related, review, tag, text};
use super::{assert_both, assert_filter, assert_filter_both, query, refusal};
use crate::tree::{Aggregate, AggregateFunction, BinaryOperator, Quantifier, Select};

#[test]
fn any_and_none() {
    assert_filter_both(
        related(book(), "reviews", Quantifier::Any, None),
        "EXISTS (SELECT 1 FROM \"review\" AS \"t1\" WHERE \"t1\".\"book_id\" = \"t0\".\"id\")",
    );
    let stars = compare(col(review(), "stars"), BinaryOperator::Less, int(2));
    assert_filter_both(
        related(book(), "reviews", Quantifier::None, Some(stars)),
        "NOT EXISTS (SELECT 1 FROM \"review\" AS \"t1\" \
         WHERE \"t1\".\"book_id\" = \"t0\".\"id\" AND \"t1\".\"stars\" < $1)",
    );
}

#[test]
fn all_holds_unless_a_row_fails_and_unknown_is_a_failure() {
    let bio = col(author(), "bio").equal(text("poet"));
    assert_both(
        query(author(), &["id"]).filtered(related(author(), "mentees", Quantifier::All, Some(bio))),
        "SELECT \"t0\".\"id\" FROM \"author\" AS \"t0\" WHERE NOT EXISTS (\
         SELECT 1 FROM \"author\" AS \"t1\" WHERE \"t1\".\"mentor_id\" = \"t0\".\"id\" \
         AND (\"t1\".\"bio\" = $1) IS NOT TRUE)",
    );
    assert_both(
        query(book(), &["id"]).filtered(related(book(), "reviews", Quantifier::All, None)),
        "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\"",
    );
}

#[test]
fn the_target_of_a_many_to_many_relation_is_joined_only_if_needed() {
    let tags = |condition| related(book(), "tags", Quantifier::Any, condition);
    let between = "EXISTS (SELECT 1 FROM \"book_tag\" AS \"t1\"";
    assert_filter_both(tags(None), &format!("{between} WHERE \"t1\".\"book_id\" = \"t0\".\"id\")"));
    assert_filter_both(
        tags(Some(col(tag(), "id").equal(int(3)))),
        &format!("{between} WHERE \"t1\".\"book_id\" = \"t0\".\"id\" AND \"t1\".\"tag_id\" = $1)"),
    );
    assert_filter_both(
        tags(Some(col(tag(), "name").equal(text("rust")))),
        &format!(
            "{between} JOIN \"tag\" AS \"t2\" ON \"t2\".\"id\" = \"t1\".\"tag_id\" \
             WHERE \"t1\".\"book_id\" = \"t0\".\"id\" AND \"t2\".\"name\" = $1)"
        ),
    );
}

#[test]
fn the_other_side_of_a_many_to_many_relation() {
    assert_both(
        Select::new(tag()).reading(related(tag(), "books", Quantifier::Count, None)),
        "SELECT (SELECT count(*) FROM \"book_tag\" AS \"t1\" \
         WHERE \"t1\".\"tag_id\" = \"t0\".\"id\") FROM \"tag\" AS \"t0\"",
    );
}

#[test]
fn aggregates_over_a_path() {
    let views = Quantifier::Aggregate(Box::new(Aggregate::new(
        AggregateFunction::Sum,
        Some(col(book(), "views")),
    )));
    let over = |sum: &str| {
        format!(
            "(SELECT {sum} FROM \"book\" AS \"t1\" \
             WHERE \"t1\".\"author_id\" = \"t0\".\"editor_id\") > "
        )
    };
    assert_filter(
        compare(related(book(), "editor.books", views, None), BinaryOperator::Greater, int(3)),
        &(over("sum(\"t1\".\"views\")::bigint") + "$1"),
        &(over("sum(\"t1\".\"views\")") + "?1"),
    );
}

#[test]
fn a_question_within_a_question_sees_every_query_around() {
    let same_name = col(tag(), "name").equal(col(author(), "name"));
    let tagged = related(book(), "tags", Quantifier::Any, Some(same_name));
    assert_both(
        query(author(), &["id"]).filtered(related(
            author(),
            "books",
            Quantifier::Any,
            Some(tagged),
        )),
        "SELECT \"t0\".\"id\" FROM \"author\" AS \"t0\" WHERE EXISTS (\
         SELECT 1 FROM \"book\" AS \"t1\" WHERE \"t1\".\"author_id\" = \"t0\".\"id\" AND EXISTS (\
         SELECT 1 FROM \"book_tag\" AS \"t2\" \
         JOIN \"tag\" AS \"t3\" ON \"t3\".\"id\" = \"t2\".\"tag_id\" \
         WHERE \"t2\".\"book_id\" = \"t1\".\"id\" AND \"t3\".\"name\" = \"t0\".\"name\"))",
    );
}

#[test]
fn a_path_through_many_rows_is_refused() {
    let deep = related(author(), "books.tags", Quantifier::Any, None);
    assert_eq!(
        refusal(query(author(), &["id"]).filtered(deep)),
        "Author.books leads to any number of rows, so a question about their `tags` is one within \
         another: Author.books.any(Book.tags.any(…))"
    );
}
