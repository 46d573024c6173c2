//! Which of several values.

use super::sample::{Sample, check, number, rows};
use crate::evaluator::Dice;
use crate::support::{World, scenarios};
use rust_decimal::Decimal;
use yara_orm::prelude::*;

scenarios! {
    random_choices,
}

async fn random_choices(world: World) {
    let dice = &mut Dice(13);
    let all = rows(&world, dice).await;
    let (w, all) = (&world, &all);
    let (p, l, u) = (Sample::perhaps, Sample::long, Sample::unsure);
    check(w, all, p.or(7), |row| row.perhaps.or(Some(7))).await;
    check(w, all, p.unwrap_or(7), |row| row.perhaps.unwrap_or(7)).await;
    check(w, all, p.unwrap_or(l), |row| row.perhaps.unwrap_or(row.long)).await;
    check(w, all, Sample::maybe.unwrap_or("é"), |row| row.maybe.clone().unwrap_or("é".into()))
        .await;
    check(w, all, func::coalesce((p, p * 2, l)), |row| row.perhaps.unwrap_or(row.long)).await;
    check(w, all, u.unwrap_or(Sample::decimal), |row| row.unsure.unwrap_or(row.decimal)).await;
    check(w, all, p.null_if(l), |row| row.perhaps.filter(|it| *it != row.long)).await;
    check(w, all, Sample::truth.null_if(true), |row| Some(row.truth).filter(|it| !it)).await;
    let zero = Decimal::new(0, 2);
    check(w, all, u.null_if(zero), |row| row.unsure.filter(|it| *it != zero)).await;
    let same = (Sample::decimal * Decimal::ONE).null_if(Sample::decimal);
    check(w, all, same, |_| None).await;
    check(w, all, func::greatest((l, p)), |row| row.long.max(row.perhaps.unwrap_or(i64::MIN)))
        .await;
    check(w, all, func::least((p, p)), |row| row.perhaps).await;
    check(w, all, func::greatest((u, p.cast::<Decimal>())), |row| {
        row.unsure.max(row.perhaps.map(Decimal::from))
    })
    .await;
    check(w, all, func::least((Sample::decimal, u)), |row| {
        row.unsure.map_or(row.decimal, |it| it.min(row.decimal))
    })
    .await;
    check(w, all, func::greatest((Sample::ended, Sample::instant)), |row| {
        row.ended.max(Some(row.instant))
    })
    .await;
    check(w, all, func::least((Sample::span, Sample::span + Sample::span)), |row| {
        row.span.min(row.span * 2)
    })
    .await;
    for _ in 0..6 {
        let (low, high) = (number(dice), number(dice));
        let size =
            func::case().when(l.lt(low), "low").when(l.gt(high), "high").otherwise(Sample::text);
        check(w, all, size, |row| match row.long {
            long if long < low => "low".into(),
            long if long > high => "high".into(),
            _ => row.text.clone(),
        })
        .await;
        let known = func::case().when(p.ge(low), l).when(p.lt(low), -1).end();
        check(w, all, known, |row| row.perhaps.map(|it| if it >= low { row.long } else { -1 }))
            .await;
        let price = func::case()
            .when(Sample::truth.is_true(), Sample::decimal)
            .otherwise(Decimal::new(low, 3));
        let found = Sample::filter((price + Decimal::ONE).gt(Decimal::new(high, 1)));
        let held = all.iter().filter(|row| {
            let price = if row.truth { row.decimal } else { Decimal::new(low, 3) };
            price + Decimal::ONE > Decimal::new(high, 1)
        });
        assert_eq!(found.count(&w.db).await.unwrap() as usize, held.count());
    }
}
