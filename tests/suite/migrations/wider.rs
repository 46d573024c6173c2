//! Columns that become wider, with rows in them: in one change with what else becomes of them, and
//! back.

use crate::support::{World, scenarios};
use rust_decimal::Decimal;
use uuid::Uuid;
use yara_orm::migrate::{Hints, Migrations, State, make};
use yara_orm::prelude::*;
use yara_orm::schema::Table;

scenarios! {
    a_wider_column_that_cannot_be_null_keeps_what_rows_have,
    what_has_no_way_back_is_refused_and_stays,
    a_wider_column_of_another_name_keeps_what_rows_have,
    a_wider_key_takes_along_what_refers_to_it,
}

mod narrow {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Reading {
        pub id: i64,
        pub number: Option<i32>,
        pub code: Option<i32>,
        pub price: Option<i32>,
        pub ratio: Option<i16>,
        pub weight: Option<f32>,
        pub token: Option<uuid::Uuid>,
        #[field(max_length = 5)]
        pub word: Option<String>,
        #[field(precision = 6, scale = 2)]
        pub amount: Option<rust_decimal::Decimal>,
        pub rank: Option<i16>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Depot {
        pub id: i32,
        pub number: i16,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Parcel {
        pub id: i64,
        pub depot: Option<ForeignKey<Depot>>,
    }
}

mod wide {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Reading {
        pub id: i64,
        #[field(index)]
        pub number: i64,
        pub code: String,
        pub price: rust_decimal::Decimal,
        pub ratio: f32,
        pub weight: f64,
        pub token: String,
        #[field(max_length = 9)]
        pub word: String,
        #[field(precision = 9, scale = 3)]
        pub amount: rust_decimal::Decimal,
        #[field(default = 70_000)]
        pub rank: i32,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Depot {
        pub id: i64,
        pub place: i64,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Parcel {
        pub id: i64,
        pub depot: ForeignKey<Depot>,
    }
}

/// The tables of some models, and what makes those of others of them.
fn from_to(old: &[&'static Table], new: &[&'static Table], hints: &Hints) -> Migrations {
    let (old, new) = (State::of_models(old).unwrap(), State::of_models(new).unwrap());
    let first = make(&[], &old, None, &Hints::new()).unwrap().unwrap();
    let second = make(std::slice::from_ref(&first), &new, Some("wider"), hints);
    let both = vec![first, second.unwrap().unwrap()];
    assert_eq!(make(&both, &new, None, &Hints::new()).unwrap(), None);
    Migrations::given(both)
}

fn readings(code: &str) -> Migrations {
    let new = [wide::Reading::table()];
    let nil = format!("'{}'", Uuid::nil());
    let hints = Hints::new()
        .fill("reading.number", "0")
        .fill("reading.code", code)
        .fill("reading.price", "3")
        .fill("reading.ratio", "4")
        .fill("reading.weight", "0.25e0")
        .fill("reading.token", nil.as_str())
        .fill("reading.word", "'none'")
        .fill("reading.amount", "1.5")
        .constants_of(&new);
    from_to(&[narrow::Reading::table()], &new, &hints)
}

type Narrow = (
    (Option<i32>, Option<i32>, Option<i32>, Option<i16>),
    (Option<f32>, Option<Uuid>, Option<String>, Option<Decimal>, Option<i16>),
);

async fn narrow_rows(db: &Db) -> Vec<Narrow> {
    let rows = narrow::Reading::query().order_by(narrow::Reading::id).all(db).await.unwrap();
    let of = |row: narrow::Reading| {
        let numbers = (row.number, row.code, row.price, row.ratio);
        (numbers, (row.weight, row.token, row.word, row.amount, row.rank))
    };
    rows.into_iter().map(of).collect()
}

/// What rows are made of: nothing, and something in every column.
fn empty_and_full() -> [Narrow; 2] {
    let texts = (Some(1.5), Some(Uuid::max()), Some("words".into()), Some(Decimal::new(-725, 2)));
    let full = (texts.0, texts.1, texts.2, texts.3, Some(-9));
    [Narrow::default(), ((Some(-1), Some(7), Some(i32::MAX), Some(-3)), full)]
}

async fn insert_empty_and_full(db: &Db) {
    let rows = empty_and_full().map(
        |((number, code, price, ratio), (weight, token, word, amount, rank))| {
            let row = narrow::Reading::create().number(number).code(code).price(price).ratio(ratio);
            row.weight(weight).token(token).word(word).amount(amount).rank(rank)
        },
    );
    narrow::Reading::insert_many(rows).exec(db).await.unwrap();
    assert_eq!(narrow_rows(db).await, empty_and_full());
}

async fn a_wider_column_that_cannot_be_null_keeps_what_rows_have(world: World) {
    let db = &world.db;
    let migrations = readings("'-8'");
    migrations.up_to(db, "1").await.unwrap();
    insert_empty_and_full(db).await;

    assert_eq!(migrations.up(db).await.unwrap(), ["0002_wider"]);
    let rows = wide::Reading::query().order_by(wide::Reading::id).all(db).await.unwrap();
    let [filled, kept] = &rows[..] else { panic!("{rows:#?}") };
    assert_eq!((filled.number, filled.code.as_str(), filled.ratio), (0, "-8", 4.0));
    assert_eq!((filled.price, filled.amount), (Decimal::from(3), Decimal::new(15, 1)));
    assert_eq!((filled.weight, filled.word.as_str(), filled.rank), (0.25, "none", 70_000));
    assert_eq!(filled.token, Uuid::nil().to_string());
    assert_eq!((kept.number, kept.code.as_str(), kept.ratio), (-1, "7", -3.0));
    assert_eq!((kept.price, kept.amount), (Decimal::from(i32::MAX), Decimal::new(-725, 2)));
    assert_eq!((kept.weight, kept.word.as_str(), kept.rank), (1.5, "words", -9));
    assert_eq!(kept.token, Uuid::max().to_string());
    // The values are ones of the new kinds, so that they are found, too.
    let (code, price) = (wide::Reading::code.eq("7"), wide::Reading::price.gt(Decimal::from(3)));
    let found = wide::Reading::filter(code & price).one(db).await.unwrap();
    assert_eq!(found.id, kept.id);

    // What fits there only does not go back, and nothing has happened then.
    assert!(migrations.down(db, 1).await.is_err());
    let too_much = wide::Reading::filter(wide::Reading::rank.eq(70_000));
    too_much.update().set(wide::Reading::rank, 5).exec(db).await.unwrap();
    assert_eq!(migrations.down(db, 1).await.unwrap(), ["0002_wider"]);
    let [_, full] = empty_and_full();
    let texts = (Some(0.25), Some(Uuid::nil()), Some("none".to_owned()), Some(Decimal::new(15, 1)));
    let filled = (texts.0, texts.1, texts.2, texts.3, Some(5));
    let filled = ((Some(0), Some(-8), Some(3), Some(4)), filled);
    assert_eq!(narrow_rows(db).await, [filled, full]);
    narrow::Reading::create().insert(db).await.unwrap();
}

async fn what_has_no_way_back_is_refused_and_stays(world: World) {
    let db = &world.db;
    let migrations = readings("'x'");
    migrations.up_to(db, "1").await.unwrap();
    insert_empty_and_full(db).await;
    migrations.up(db).await.unwrap();
    wide::Reading::query().update().set(wide::Reading::rank, 5).exec(db).await.unwrap();
    let codes = async || {
        let rows = wide::Reading::query().order_by(wide::Reading::id).all(db).await.unwrap();
        rows.into_iter().map(|row| row.code).collect::<Vec<_>>()
    };
    assert_eq!(codes().await, ["x", "7"]);
    let error = migrations.down(db, 1).await.unwrap_err();
    assert!(error.to_string().contains("0002_wider"), "{error}");
    assert_eq!(codes().await, ["x", "7"]);
    let no_number = wide::Reading::filter(wide::Reading::code.eq("x"));
    no_number.update().set(wide::Reading::code, "1").exec(db).await.unwrap();
    assert_eq!(migrations.down(db, 1).await.unwrap(), ["0002_wider"]);
    let codes: Vec<_> = narrow_rows(db).await.into_iter().map(|(numbers, _)| numbers.1).collect();
    assert_eq!(codes, [Some(1), Some(7)]);
}

async fn a_wider_column_of_another_name_keeps_what_rows_have(world: World) {
    let db = &world.db;
    let (old, new) = ([narrow::Depot::table()], [wide::Depot::table()]);
    let first = make(&[], &State::of_models(&old).unwrap(), None, &Hints::new()).unwrap();
    let wanted = State::of_models(&new).unwrap();
    let asked = make(first.as_slice(), &wanted, None, &Hints::new().fill("depot.place", "0"));
    let asked = asked.unwrap_err().to_string();
    assert!(asked.contains("rename(\"depot.number\", \"place\") keeps its values"), "{asked}");
    let migrations = from_to(&old, &new, &Hints::new().rename("depot.number", "place"));
    migrations.up_to(db, "1").await.unwrap();
    for number in [i16::MIN, 7] {
        narrow::Depot::create().number(number).insert(db).await.unwrap();
    }

    migrations.up(db).await.unwrap();
    let places = async || {
        let rows = wide::Depot::query().order_by(wide::Depot::id).all(db).await.unwrap();
        rows.into_iter().map(|row| (row.id, row.place)).collect::<Vec<_>>()
    };
    assert_eq!(places().await, [(1, i64::from(i16::MIN)), (2, 7)]);
    let depot = wide::Depot::create().place(i64::MAX).insert(db).await.unwrap();
    assert_eq!(depot.id, 3);
    assert!(migrations.down(db, 1).await.is_err());
    assert_eq!(places().await.len(), 3);

    wide::Depot::filter(wide::Depot::id.eq(3)).delete().exec(db).await.unwrap();
    migrations.down(db, 1).await.unwrap();
    let rows = narrow::Depot::query().order_by(narrow::Depot::id).all(db).await.unwrap();
    let rows: Vec<_> = rows.into_iter().map(|row| (row.id, row.number)).collect();
    assert_eq!(rows, [(1, i16::MIN), (2, 7)]);
}

async fn a_wider_key_takes_along_what_refers_to_it(world: World) {
    let db = &world.db;
    let old = [narrow::Depot::table(), narrow::Parcel::table()];
    let new = [wide::Depot::table(), wide::Parcel::table()];
    let hints = Hints::new().rename("depot.number", "place").fill("parcel.depot_id", "1");
    let migrations = from_to(&old, &new, &hints);
    migrations.up_to(db, "1").await.unwrap();
    for number in [5, 6] {
        narrow::Depot::create().number(number).insert(db).await.unwrap();
    }
    let parcels = [narrow::Parcel::create(), narrow::Parcel::create().depot_id(2)];
    narrow::Parcel::insert_many(parcels).exec(db).await.unwrap();

    migrations.up(db).await.unwrap();
    let places = wide::Parcel::query().load(wide::Parcel::depot).order_by(wide::Parcel::id);
    let places = places.all(db).await.unwrap();
    let places: Vec<_> = places.iter().map(|row| row.depot.get().unwrap().place).collect();
    assert_eq!(places, [5, 6]);
    let nowhere = wide::Parcel::create().depot_id(i64::MAX).insert(db).await.unwrap_err();
    assert!(nowhere.is_foreign_key_violation(), "{nowhere}");

    migrations.down(db, 1).await.unwrap();
    let parcels = narrow::Parcel::query().order_by(narrow::Parcel::id).all(db).await.unwrap();
    let keys: Vec<_> =
        parcels.iter().map(|row| row.depot.as_ref().map(|depot| depot.key())).collect();
    assert_eq!(keys, [Some(&1), Some(&2)]);
    narrow::Parcel::create().insert(db).await.unwrap();
}
