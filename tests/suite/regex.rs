//! Regular expressions.

use crate::models::Book;
use crate::support::{World, library, scenarios};
use yara_orm::error::ErrorKind;
use yara_orm::prelude::*;

scenarios! {
    patterns_match,
    letters_are_those_of_unicode,
    matches_are_replaced,
    matches_are_as_long_as_they_can_be,
    patterns_that_differ_are_refused,
    a_check_can_match,
}

#[derive(Model, Debug, Clone)]
struct Line {
    id: i64,
    text: Option<String>,
}

async fn lines(world: &World, texts: &[&str]) {
    world.db.create_tables::<Line>().await.unwrap();
    let rows = texts.iter().map(|text| Line::create().text((*text).to_owned()));
    Line::insert_many(rows).exec(&world.db).await.unwrap();
}

async fn ids(world: &World, condition: Pred<Line>) -> Vec<i64> {
    Line::filter(condition).order_by(Line::id).select(Line::id).all(&world.db).await.unwrap()
}

async fn patterns_match(world: World) {
    lines(&world, &["abc", "a.c", "two\nlines", "x{2}", "", "aab-]", "A B"]).await;
    Line::create().insert(&world.db).await.unwrap();
    for (pattern, wanted) in [
        ("b", vec![1, 6]),
        (r"a\.c", vec![2]),
        ("a.c", vec![1, 2]),
        ("o.l", vec![3]),
        ("^lines", vec![]),
        ("two$", vec![]),
        ("^$", vec![5]),
        ("", vec![1, 2, 3, 4, 5, 6, 7]),
        (r"x\{2\}", vec![4]),
        ("^a{2}b", vec![6]),
        ("(?:x|a+b)", vec![1, 4, 6]),
        (r"[\]-]", vec![6]),
        (r"[^a-z]", vec![2, 3, 4, 6, 7]),
        (r"\bB\b", vec![7]),
        (r"\s", vec![3, 7]),
        (r"^[\w.]+$", vec![1, 2]),
        (r"\Bb", vec![1, 6]),
        ("a|", vec![1, 2, 3, 4, 5, 6, 7]),
        ("a*?c$", vec![1, 2]),
        (r"\&|\<|x\{", vec![4]),
    ] {
        let found = world.counting(1, ids(&world, Line::text.matches(pattern))).await;
        assert_eq!(found, wanted, "{pattern}");
        let others = ids(&world, !Line::text.matches(pattern)).await;
        assert_eq!(others.len(), 8 - wanted.len(), "not {pattern}");
    }
    assert_eq!(ids(&world, Line::text.imatches("^a B")).await, [7]);
}

async fn letters_are_those_of_unicode(world: World) {
    lines(&world, &["École", "straße", "Ωmega", "٣ apples", "a\u{a0}b", "日本"]).await;
    for (pattern, wanted) in [
        (r"^\w+$", vec![1, 2, 3, 6]),
        (r"^\d", vec![4]),
        (r"\s", vec![4, 5]),
        (r"^\W", vec![]),
        (r"^[É-Ω]", vec![1, 3]),
        ("^.{2}$", vec![6]),
    ] {
        assert_eq!(ids(&world, Line::text.matches(pattern)).await, wanted, "{pattern}");
    }
    assert_eq!(ids(&world, Line::text.matches("^é")).await, [0; 0]);
    assert_eq!(ids(&world, Line::text.imatches("^é")).await, [1]);
    assert_eq!(ids(&world, Line::text.imatches("^[ω]M")).await, [3]);
    let subjects =
        ["ς", "σ", "Σ", "K", "\u{212a}", "ſ", "s", "S", "ß", "ẞ", "İ", "i", "ı", "ǅ", "µ"];
    Line::query().delete().exec(&world.db).await.unwrap();
    let rows = subjects.map(|text| Line::create().text(text.to_owned()));
    let rows = Line::insert_many(rows).all(&world.db).await.unwrap();
    let mut matched = String::new();
    for pattern in
        ["σ", "ς", "k", "\u{212a}", "s", "[ſ]", "[a-z]", "ß", "ẞ", "i", "İ", "ǅ", "[Ͱ-Ͽ]"]
    {
        let found = ids(&world, Line::text.imatches(pattern)).await;
        let texts = rows.iter().filter(|row| found.contains(&row.id));
        let texts: Vec<&str> = texts.filter_map(|row| row.text.as_deref()).collect();
        matched += &format!("{pattern}:{} ", texts.join(","));
    }
    assert_eq!(
        matched,
        "σ:σ,Σ ς:ς,Σ k:K \u{212a}:\u{212a} s:s,S [ſ]:ſ,S [a-z]:K,s,S,i ß:ß ẞ:ß,ẞ i:i İ:İ,i ǅ: [Ͱ-Ͽ]:ς,σ,Σ "
    );
}

async fn replaced(world: &World, value: yara_orm::typed::Expr<Line, Option<String>>) -> String {
    Line::query().limit(1).select(value).one(&world.db).await.unwrap().unwrap()
}

async fn matches_are_replaced(world: World) {
    lines(&world, &["Ada, ada, Bob\\"]).await;
    let text = || Line::text;
    for (value, wanted) in [
        (text().replace_match("[Aa]da", "X"), "X, ada, Bob\\"),
        (text().replace_all_matches("[Aa]da", "X"), "X, X, Bob\\"),
        (text().ireplace_all_matches("ADA", ""), ", , Bob\\"),
        (text().ireplace_match("BOB", r"\&\&"), "Ada, ada, BobBob\\"),
        (text().replace_match(r"(\w+), (\w+)", r"\2 \1 \3."), "ada Ada ., Bob\\"),
        (text().replace_all_matches(r"\\", r"\\\x"), "Ada, ada, Bob\\\\x"),
        (text().replace_all_matches("x*", "-"), "-A-d-a-,- -a-d-a-,- -B-o-b-\\-"),
        (text().replace_all_matches("d*", "-"), "-A--a-,- -a--a-,- -B-o-b-\\-"),
        (text().replace_match("zzz", "y"), "Ada, ada, Bob\\"),
        (text().replace_match("^", Line::text), "Ada, ada, Bob\\Ada, ada, Bob\\"),
    ] {
        assert_eq!(replaced(&world, value.clone()).await, wanted, "{value:?}");
    }
    // The result is a text as others are.
    let sorted = Line::query().order_by(text().replace_match("A", "B")).first(&world.db).await;
    assert!(sorted.unwrap().is_some());
    let equal = text().replace_all_matches("[^a]", "").eq("aaa");
    assert_eq!(ids(&world, equal).await, [1]);
}

async fn matches_are_as_long_as_they_can_be(world: World) {
    lines(&world, &["foobar <a><b>"]).await;
    for (pattern, wanted) in [
        ("foo|foobar", "X <a><b>"),
        ("<.*>", "foobar X"),
        ("<.*?>", "foobar X<b>"),
        ("(?:fo?)(?:ob|obar)?", "X <a><b>"),
        ("o+?", "fXobar <a><b>"),
        ("[a-z]{2,3}", "Xbar <a><b>"),
        ("[a-z]{2,3}?", "Xobar <a><b>"),
    ] {
        assert_eq!(
            replaced(&world, Line::text.replace_match(pattern, "X")).await,
            wanted,
            "{pattern}"
        );
    }
}

async fn patterns_that_differ_are_refused(world: World) {
    library(&world.db).await;
    for pattern in
        ["(?=a)", "(?i)a", r"(a)\1", r"\p{L}", "a**", "[[:alpha:]]", "a{300}", "(", r"\m"]
    {
        let error = world.counting(0, Book::filter(Book::title.matches(pattern)).count(&world.db));
        let error = error.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidQuery);
        assert!(error.to_string().contains(pattern), "{error}");
    }
    let mixed = Book::query().select(Book::title.replace_match("a*b+?", ""));
    let error = world.counting(0, mixed.all(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("mixes"), "{error}");
    assert_eq!(Book::filter(Book::title.matches("a*b+?")).count(&world.db).await.unwrap(), 0);
    let computed = yara_orm::tree::Expr::Call(
        yara_orm::tree::Function::RegexMatches { ignore_case: false },
        vec![Book::title.into_tree(), Book::title.into_tree()],
    );
    let error = world.counting(0, Book::filter(Pred::from_tree(computed)).count(&world.db)).await;
    assert!(error.unwrap_err().to_string().contains("must be a text of the program"));
}

async fn a_check_can_match(world: World) {
    #[derive(Model, Debug, Clone)]
    #[model(check(code_is_well_formed, Part::code.matches("^[A-Z]{2}-\\d+$")))]
    struct Part {
        id: i64,
        code: String,
    }
    world.db.create_tables::<Part>().await.unwrap();
    Part::create().code("AB-12").insert(&world.db).await.unwrap();
    let error = Part::create().code("AB-").insert(&world.db).await.unwrap_err();
    assert!(error.is_check_violation(), "{error}");
}
