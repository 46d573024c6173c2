//! Ranges, which PostgreSQL has; and addresses of the internet, which both databases have.

use crate::support::{World, postgres_scenarios, scenarios};
use chrono::NaiveDate;
use std::net::IpAddr;
use std::ops::Bound;
use yara_orm::prelude::*;
use yara_orm::value::{Inet, Numeric, Range};

scenarios! {
    addresses_come_back_and_have_an_order,
    ranges_are_had_or_refused_by_name,
}

postgres_scenarios! {
    ranges_come_back_and_are_asked,
}

#[derive(Model, Debug, Clone)]
struct Host {
    id: i64,
    #[field(unique)]
    address: Inet,
    gateway: Option<IpAddr>,
}

fn inet(text: &str) -> Inet {
    text.parse().unwrap()
}

async fn addresses_come_back_and_have_an_order(world: World) {
    world.db.create_tables::<Host>().await.unwrap();
    // Older addresses first, then by the bits of the network: as numbers, not as texts.
    let order =
        ["9.9.9.9", "10.0.0.0/8", "10.0.0.7/24", "10.0.0.1", "10.0.0.10", "::1", "fe80::/10"];
    let gateway: IpAddr = "10.0.0.1".parse().unwrap();
    let rows = order.iter().rev().map(|text| Host::create().address(inet(text)).gateway(gateway));
    Host::insert_many(rows).exec(&world.db).await.unwrap();
    let sorted = Host::query().order_by(Host::address).all(&world.db).await.unwrap();
    assert_eq!(sorted.iter().map(|row| row.address).collect::<Vec<_>>(), order.map(inet));
    assert!(sorted.iter().all(|row| row.gateway == Some(gateway)));
    let count = async |condition| Host::filter(condition).count(&world.db).await.unwrap();
    assert_eq!(count(Host::address.eq(inet("10.0.0.10"))).await, 1);
    assert_eq!(count(Host::address.gt(inet("10.0.0.1"))).await, 3);
    assert_eq!(count(Host::address.is_in([inet("::1"), inet("1.1.1.1")])).await, 1);
    assert_eq!(count(Host::gateway.eq(gateway)).await, 7);
    let again = Host::create().address(inet("::1")).insert(&world.db).await.unwrap_err();
    assert!(again.is_unique_violation());
}

#[derive(Model, Debug, Clone)]
struct Stay {
    id: i64,
    seats: Range<i32>,
    prices: Option<Range<Numeric>>,
    days: Option<Range<NaiveDate>>,
}

async fn ranges_are_had_or_refused_by_name(world: World) {
    let made = world.db.create_tables::<Stay>().await;
    let created = Stay::create().seats(Range::from(1..5)).insert(&world.db).await;
    let asked = Stay::filter(Stay::seats.includes(4)).count(&world.db).await;
    if world.db.dialect().capabilities().schemas {
        made.unwrap();
        created.unwrap();
        assert_eq!(asked.unwrap(), 1);
        return;
    }
    for error in [made.unwrap_err(), created.unwrap_err(), asked.unwrap_err()] {
        assert!(error.is_unsupported() && error.to_string().contains("no ranges"), "{error}");
    }
}

async fn ranges_come_back_and_are_asked(world: World) {
    world.db.create_tables::<Stay>().await.unwrap();
    let digits = |text: &str| text.parse::<Numeric>().unwrap();
    let day = |day| NaiveDate::from_ymd_opt(2024, 2, day).unwrap();
    let prices = Range::Between(Bound::Excluded(digits("1.50")), Bound::Included(digits("2.25")));
    let stay = Stay::create()
        .seats(Range::from(1..=4))
        .prices(prices.clone())
        .days(Range::from(day(28)..))
        .insert(&world.db)
        .await
        .unwrap();
    let found = Stay::find(stay.id).one(&world.db).await.unwrap();
    assert_eq!(found.seats, Range::from(1..5));
    assert_eq!((found.prices, found.days), (Some(prices), Some(Range::from(day(28)..))));
    let count = async |condition| Stay::filter(condition).count(&world.db).await.unwrap();
    assert_eq!(count(Stay::seats.includes(4) & !Stay::seats.includes(5)).await, 1);
    assert_eq!(count(Stay::seats.includes_all(Range::from(2..3))).await, 1);
    assert_eq!(count(Stay::seats.within(Range::from(0..3))).await, 0);
    assert_eq!(count(Stay::seats.intersects(Range::from(4..9))).await, 1);
    assert_eq!(count(Stay::prices.includes(digits("1.5"))).await, 0);
    assert_eq!(count(Stay::days.includes(day(29))).await, 1);
    let rows = (0..3).map(|at| Stay::create().seats(Range::from(at..at)));
    Stay::insert_many(rows).exec(&world.db).await.unwrap();
    assert_eq!(count(Stay::seats.eq(Range::Empty)).await, 3);
    let (low, high) = (1, 5);
    let inverted = Stay::create().seats(Range::from(high..low));
    let error = inverted.insert(&world.db).await.unwrap_err();
    assert!(error.is_invalid_value() && error.to_string().contains("seats"), "{error}");
}
