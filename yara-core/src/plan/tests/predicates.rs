//! Conditions: NULL, lists, and texts.

use super::models::{book, col, compare, in_list, int, list, not, number, text};
use super::{assert_filter, assert_filter_both};
use crate::tree::{Between, BinaryOperator, Expr, MatchKind, Raw, RawPart, TextMatch};
use crate::value::Type;

#[test]
fn a_negation_keeps_the_rows_where_the_condition_is_unknown() {
    assert_filter_both(
        not(col(book(), "pages").equal(int(3))),
        "(\"t0\".\"pages\" = $1) IS NOT TRUE",
    );
    assert_filter(
        col(book(), "pages").not_equal(int(3)),
        "\"t0\".\"pages\" IS DISTINCT FROM $1",
        "\"t0\".\"pages\" IS NOT ?1",
    );
    assert_filter_both(
        not(compare(col(book(), "views"), BinaryOperator::Less, col(book(), "id"))),
        "NOT \"t0\".\"views\" < \"t0\".\"id\"",
    );
    assert_filter_both(not(Expr::And(Vec::new())), "NOT TRUE");
    assert_filter_both(
        not(not(compare(col(book(), "pages"), BinaryOperator::Less, int(1)))),
        "(\"t0\".\"pages\" < $1) IS TRUE",
    );
}

#[test]
fn equality_with_null_is_a_question_of_its_own() {
    let null = || Expr::literal(crate::value::Value::Null(Type::I32));
    assert_filter_both(col(book(), "pages").equal(null()), "\"t0\".\"pages\" IS NULL");
    assert_filter_both(not(col(book(), "pages").equal(null())), "\"t0\".\"pages\" IS NOT NULL");
    let same = Expr::Same(Box::new(col(book(), "views")), Box::new(col(book(), "id")), true);
    assert_filter_both(same, "\"t0\".\"views\" <> \"t0\".\"id\"");
}

#[test]
fn the_length_of_a_list_is_no_part_of_the_statement() {
    let pages = |with_null| in_list(col(book(), "pages"), list(&Type::I32, vec![]), with_null);
    let (postgres, sqlite) =
        ("\"t0\".\"pages\" = ANY($1::integer[])", "\"t0\".\"pages\" IN rarray(?1)");
    assert_filter(pages(false), postgres, sqlite);
    assert_filter(
        not(pages(false)),
        &format!("({postgres}) IS NOT TRUE"),
        &format!("({sqlite}) IS NOT TRUE"),
    );
    let or_null = " OR \"t0\".\"pages\" IS NULL";
    assert_filter(pages(true), &format!("{postgres}{or_null}"), &format!("{sqlite}{or_null}"));
    assert_filter(
        not(pages(true)),
        &format!("NOT ({postgres}{or_null})"),
        &format!("NOT ({sqlite}{or_null})"),
    );
}

#[test]
fn parentheses_stand_where_operators_need_them() {
    let less = |limit| compare(col(book(), "views"), BinaryOperator::Less, int(limit));
    assert_filter_both(
        Expr::Or(vec![less(1), less(2).and(less(3))]).and(less(4)),
        "(\"t0\".\"views\" < $1 OR (\"t0\".\"views\" < $2 AND \"t0\".\"views\" < $3)) \
         AND \"t0\".\"views\" < $4",
    );
    assert_filter_both(Expr::Or(Vec::new()), "FALSE");
    let raw = Raw {
        parts: vec![
            RawPart::Text("abs(".into()),
            RawPart::Expr(col(book(), "views")),
            RawPart::Text(") > ".into()),
            RawPart::Expr(int(3)),
            RawPart::Text(" OR TRUE".into()),
        ],
        kind: None,
    };
    assert_filter_both(
        Expr::Raw(Box::new(raw)).and(less(1)),
        "(abs(\"t0\".\"views\") > $1 OR TRUE) AND \"t0\".\"views\" < $2",
    );
    assert_filter_both(less(1).equal(less(2)), "(\"t0\".\"views\" < $1) = (\"t0\".\"views\" < $2)");
}

#[test]
fn between_has_both_bounds() {
    let between = Between { operand: col(book(), "price"), low: number("1"), high: number("2.50") };
    assert_filter_both(Expr::Between(Box::new(between)), "\"t0\".\"price\" BETWEEN $1 AND $2");
}

fn title(kind: MatchKind, ignore_case: bool, pattern: Expr) -> Expr {
    let operand = col(book(), "title");
    Expr::Match(Box::new(TextMatch { kind, ignore_case, operand, pattern }))
}

#[test]
fn a_text_is_matched_by_like_where_the_pattern_is_a_value() {
    let like = "\"t0\".\"title\" LIKE $1::text";
    assert_filter(
        title(MatchKind::Contains, false, text("x")),
        like,
        "yara_contains(\"t0\".\"title\", ?1, 0)",
    );
    assert_filter(
        title(MatchKind::StartsWith, false, text("x")),
        like,
        "yara_starts_with(\"t0\".\"title\", ?1, 0)",
    );
    assert_filter(
        title(MatchKind::Like, false, text("x%")),
        like,
        "yara_like(\"t0\".\"title\", ?1, 0)",
    );
}

#[test]
fn case_is_folded_for_all_of_unicode() {
    let folded = "translate(lower(\"t0\".\"title\" COLLATE \"und-x-icu\"), 'ς', 'σ')";
    let pattern = "translate(lower($1::text COLLATE \"und-x-icu\"), 'ς', 'σ')";
    assert_filter(
        title(MatchKind::EndsWith, true, text("É")),
        &format!("{folded} LIKE {pattern}"),
        "yara_ends_with(\"t0\".\"title\", ?1, 1)",
    );
    assert_filter(
        title(MatchKind::Exact, true, text("É")),
        &format!("{folded} = {pattern}"),
        "yara_fold(\"t0\".\"title\") = yara_fold(?1)",
    );
}

#[test]
fn a_pattern_that_is_computed_is_plain_text_too() {
    let upper = |text| Expr::Call(crate::tree::Function::Upper, vec![text]);
    let pattern = || upper(text("x"));
    let spelled = "upper($1::text COLLATE \"und-x-icu\") COLLATE \"default\"";
    assert_filter(
        title(MatchKind::StartsWith, false, pattern()),
        &format!("starts_with(\"t0\".\"title\", {spelled})"),
        "yara_starts_with(\"t0\".\"title\", yara_upper(?1), 0)",
    );
    assert_filter(
        title(MatchKind::EndsWith, false, pattern()),
        &format!("right(\"t0\".\"title\", length({spelled})) = {spelled}"),
        "yara_ends_with(\"t0\".\"title\", yara_upper(?1), 0)",
    );
}

#[test]
fn a_text_beside_a_column_is_of_the_column_s_type() {
    let title = || col(book(), "title");
    assert_filter_both(text("x").equal(title()), "$1 = \"t0\".\"title\"");
    assert_filter(
        title().not_equal(text("x")),
        "\"t0\".\"title\" IS DISTINCT FROM $1",
        "\"t0\".\"title\" IS NOT ?1",
    );
    let between = Between { operand: title(), low: text("a"), high: text("b") };
    assert_filter_both(Expr::Between(Box::new(between)), "\"t0\".\"title\" BETWEEN $1 AND $2");
    assert_filter(text("a").equal(text("a")), "$1::text = $2::text", "?1 = ?2");
    assert_filter(
        in_list(title(), list(&Type::Text, vec![]), false),
        "\"t0\".\"title\" = ANY($1::text[])",
        "\"t0\".\"title\" IN rarray(?1)",
    );
}

#[test]
fn not_in_a_query_that_gives_no_null_needs_no_care() {
    use super::models::review;
    let reviewed = || super::query(review(), &["book_id"]);
    let inner = "SELECT \"t1\".\"book_id\" FROM \"review\" AS \"t1\"";
    let within = |field| Expr::InSelect(Box::new(col(book(), field)), Box::new(reviewed()));
    assert_filter_both(not(within("id")), &format!("NOT \"t0\".\"id\" IN ({inner})"));
    assert_filter_both(
        not(within("pages")),
        &format!("(\"t0\".\"pages\" IN ({inner})) IS NOT TRUE"),
    );
}
