//! Functions of texts.

use super::sample::{Sample, check, fails, gives, refused, rows, text};
use crate::evaluator::Dice;
use crate::models::Tag;
use crate::support::{World, scenarios};
use yara_orm::prelude::*;
use yara_orm::typed::Expr;

scenarios! {
    random_texts,
    parts_of_texts_are_counted_in_characters,
    texts_that_cannot_be_are_refused,
}

fn t(text: &str) -> Expr<Tag, String> {
    func::value(text.to_owned())
}

fn substring(text: &str, start: i32, length: i32) -> String {
    let wanted = i64::from(start)..i64::from(start) + i64::from(length);
    let numbered = text.chars().zip(1_i64..);
    numbered.filter(|(_, at)| wanted.contains(at)).map(|(character, _)| character).collect()
}

fn padded(text: &str, length: i32, fill: &str, at_start: bool) -> String {
    let cut: String = text.chars().take(length.max(0) as usize).collect();
    let mut filling = String::new();
    while !fill.is_empty() && cut.chars().count() + filling.chars().count() < length.max(0) as usize
    {
        filling.push(fill.chars().nth(filling.chars().count() % fill.chars().count()).unwrap());
    }
    if at_start { filling + &cut } else { cut + &filling }
}

fn position(text: &str, part: &str) -> i32 {
    text.find(part).map_or(0, |at| text[..at].chars().count() as i32 + 1)
}

async fn random_texts(world: World) {
    let dice = &mut Dice(11);
    let all = rows(&world, dice).await;
    let (w, all) = (&world, &all);
    let (s, m) = (Sample::text, Sample::maybe);
    check(w, all, s.length(), |row| row.text.chars().count() as i32).await;
    check(w, all, m.length(), |row| row.maybe.as_ref().map(|it| it.chars().count() as i32)).await;
    check(w, all, s.upper(), |row| row.text.to_uppercase()).await;
    check(w, all, s.lower(), |row| row.text.to_lowercase()).await;
    check(w, all, s.reverse(), |row| row.text.chars().rev().collect()).await;
    check(w, all, s.trim(), |row| row.text.trim_matches(' ').to_owned()).await;
    check(w, all, s.trim_start(), |row| row.text.trim_start_matches(' ').to_owned()).await;
    check(w, all, s.trim_end(), |row| row.text.trim_end_matches(' ').to_owned()).await;
    check(w, all, s.concat("é'"), |row| format!("{}é'", row.text)).await;
    check(w, all, m.concat(s), |row| row.maybe.as_ref().map(|it| format!("{it}{}", row.text)))
        .await;
    for _ in 0..12 {
        let (one, two, three) = (text(dice), text(dice), text(dice));
        let (start, length) = (dice.below(8) as i32 - 3, dice.below(6) as i32);
        let set: Vec<char> = one.chars().collect();
        let cut = |row: &Sample| row.text.trim_matches(&set[..]).to_owned();
        check(w, all, s.trim_matches(&one), cut).await;
        let cut = |row: &Sample| row.text.trim_start_matches(&set[..]).to_owned();
        check(w, all, s.trim_start_matches(&one), cut).await;
        let cut = |row: &Sample| row.text.trim_end_matches(&set[..]).to_owned();
        check(w, all, s.trim_end_matches(&one), cut).await;
        check(w, all, s.substring(start, length), |row| substring(&row.text, start, length)).await;
        check(w, all, s.substring_from(start), |row| substring(&row.text, start, 100)).await;
        let replaced = |row: &Sample| match two.as_str() {
            "" => row.text.clone(),
            old => row.text.replace(old, &three),
        };
        check(w, all, s.replace(&two, &three), replaced).await;
        check(w, all, s.pad_start(start + length, &two), |row| {
            padded(&row.text, start + length, &two, true)
        })
        .await;
        check(w, all, s.pad_end(start + length, &two), |row| {
            padded(&row.text, start + length, &two, false)
        })
        .await;
        check(w, all, s.position(&two), |row| position(&row.text, &two)).await;
        check(w, all, s.repeat(start), |row| row.text.repeat(start.max(0) as usize)).await;
        let optional = |row: &Sample| row.maybe.as_deref().map(|it| substring(it, start, length));
        check(w, all, m.substring(start, length), optional).await;
    }
}

async fn parts_of_texts_are_counted_in_characters(world: World) {
    let w = &world;
    gives(w, t("École 🦀").substring(7, 1), "🦀".into()).await;
    gives(w, t("École").substring(0, 2), "É".into()).await;
    gives(w, t("École").substring(i32::MIN, i32::MAX), String::new()).await;
    gives(w, t("École").substring(2, i32::MAX), "cole".into()).await;
    gives(w, t("École").position("cole"), 2).await;
    gives(w, t("École").position(""), 1).await;
    gives(w, t("").position(""), 1).await;
    gives(w, t("École").pad_start(7, "日本"), "日本École".into()).await;
    gives(w, t("a%b").replace("%", "\\"), "a\\b".into()).await;
    gives(w, t("xx").replace("", "y"), "xx".into()).await;
    gives(w, t("\ta\n").trim(), "\ta\n".into()).await;
}

async fn texts_that_cannot_be_are_refused(world: World) {
    fails(&world, t("abc").substring(1, -1), "22011").await;
    refused(&world, t("abc").repeat(i32::MAX), ErrorKind::Database, "54000").await;
    refused(&world, t("abc").pad_end(i32::MAX, "x"), ErrorKind::Database, "54000").await;
}
