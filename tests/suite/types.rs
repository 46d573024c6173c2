//! Every type of field: what is written comes back, extremes included.

use crate::support::{World, postgres_scenarios, scenarios};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use uuid::Uuid;
use yara_orm::prelude::*;
use yara_orm::value::{Interval, Numeric};

scenarios! {
    numbers,
    decimals,
    texts_bytes_and_uuids,
    dates_and_times,
    documents,
    lists,
    decimals_compare_and_sort_as_numbers,
    times_compare_as_times,
    least_and_greatest_of_every_order,
    sums_are_wider_than_their_numbers,
    values_past_the_edge_are_refused,
    cells_that_cannot_be_read_are_errors,
}

postgres_scenarios! {
    intervals_with_months_are_no_duration,
}

/// A model with a field of one type, NULL allowed.
macro_rules! typed_models {
    ($($model:ident: $rust:ty),+ $(,)?) => {$(
        #[derive(Model, Debug, Clone)]
        pub struct $model {
            #[field(primary_key)]
            pub id: i64,
            pub value: Option<$rust>,
        }

        impl Keeps<$rust> for $model {
            async fn keep(db: &Db, values: &[$rust]) -> Vec<$rust> {
                let rows = values.iter().map(|value| $model::create().value(value.clone()));
                let inserted = $model::insert_many(rows).all(db).await.unwrap();
                let one = $model::create().value(values[0].clone()).insert(db).await.unwrap();
                let found = $model::find(one.id).one(db).await.unwrap();
                assert_eq!(shown(&[found.value]), shown(std::slice::from_ref(&one.value)));
                one.delete(db).await.unwrap();
                let read = $model::query().order_by($model::id).all(db).await.unwrap();
                let given: Vec<_> = inserted.into_iter().map(|row| row.value.unwrap()).collect();
                let read: Vec<_> = read.into_iter().map(|row| row.value.unwrap()).collect();
                assert_eq!(shown(&given), shown(&read));
                $model::query().update().set($model::value, values[0].clone()).exec(db).await.unwrap();
                let updated = $model::query().first(db).await.unwrap().unwrap();
                assert_eq!(shown(&[updated.value.unwrap()]), shown(&values[..1]));
                $model::query().update().set($model::value, None).exec(db).await.unwrap();
                assert_eq!($model::filter($model::value.is_null()).count(db).await.unwrap(), values.len() as u64);
                $model::query().delete().exec(db).await.unwrap();
                read
            }
        }
    )+};
}

/// A model that keeps values of one type.
trait Keeps<T>: Model {
    /// Writes the values in every way there is, and reads them back.
    async fn keep(db: &Db, values: &[T]) -> Vec<T>;
}

/// A text in which equal values are equal and NaN equals NaN.
fn shown<T: Debug>(values: &[T]) -> String {
    format!("{values:?}")
}

typed_models! {
    Bools: bool, I16s: i16, I32s: i32, I64s: i64, U32s: u32, U64s: u64, F32s: f32, F64s: f64,
    Texts: String, Blobs: Vec<u8>, Uuids: Uuid, Dates: NaiveDate, Times: NaiveTime,
    Timestamps: NaiveDateTime, Instants: DateTime<Utc>, Deltas: TimeDelta, Durations: std::time::Duration,
    Decimals: Decimal, Numerics: Numeric, Documents: serde_json::Value, Settings: Json<Theme>,
    IntLists: Vec<i64>, TextLists: Vec<String>, OptionLists: Vec<Option<i32>>, UuidLists: Vec<Uuid>,
    FloatLists: Vec<f64>, DateLists: Vec<NaiveDate>, InstantLists: Vec<DateTime<Utc>>,
    NumericLists: Vec<Numeric>, NestedLists: Vec<Vec<i32>>,
    DocumentLists: Vec<Option<serde_json::Value>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    pub dark: bool,
    pub sizes: Vec<u8>,
}

/// The extremes, then many values drawn at random.
fn drawn<T: Debug>(mut values: Vec<T>, any: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    values.extend((0..200).map(|_| any.new_tree(&mut runner).unwrap().current()));
    values
}

/// Each value must come back as it was.
async fn round_trip<M: Keeps<T>, T: Clone + Debug>(world: &World, values: Vec<T>) {
    world.db.create_tables::<M>().await.unwrap();
    let read = M::keep(&world.db, &values).await;
    for (written, read) in values.iter().zip(&read) {
        assert_eq!(shown(std::slice::from_ref(written)), shown(std::slice::from_ref(read)));
    }
    assert_eq!(values.len(), read.len());
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (-719_162i32..2_932_896)
        .prop_map(|days| NaiveDate::from_num_days_from_ce_opt(days + 719_163).unwrap())
}

fn time() -> impl Strategy<Value = NaiveTime> {
    (0u32..86_400, 0u32..1_000_000).prop_map(|(seconds, micros)| {
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, micros * 1000).unwrap()
    })
}

fn timestamp() -> impl Strategy<Value = NaiveDateTime> {
    (date(), time()).prop_map(|(date, time)| date.and_time(time))
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).unwrap()
}

fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap()
}

fn last_time() -> NaiveTime {
    NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()
}

/// Text of any characters but NUL.
fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', "␀"))
}

fn numeric() -> impl Strategy<Value = Numeric> {
    "-?(0|[1-9][0-9]{0,60})(\\.[0-9]{1,40})?".prop_map(|digits| digits.parse::<Numeric>().unwrap())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value as Item;
    let leaf = prop_oneof![
        Just(Item::Null),
        any::<bool>().prop_map(Item::from),
        any::<i64>().prop_map(Item::from),
        any::<u64>().prop_map(Item::from),
        any::<f64>()
            .prop_filter("JSON has no NaN", |number| number.is_finite())
            .prop_map(Item::from),
        text().prop_map(Item::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Item::from),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|pairs| Item::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Negative zero is left out: it equals zero, and SQLite stores the two alike.
async fn numbers(world: World) {
    round_trip::<Bools, _>(&world, drawn(vec![true, false], any::<bool>())).await;
    round_trip::<I16s, _>(&world, drawn(vec![i16::MIN, -1, 0, 1, i16::MAX], any::<i16>())).await;
    round_trip::<I32s, _>(&world, drawn(vec![i32::MIN, -1, 0, 1, i32::MAX], any::<i32>())).await;
    round_trip::<I64s, _>(&world, drawn(vec![i64::MIN, -1, 0, 1, i64::MAX], any::<i64>())).await;
    round_trip::<U32s, _>(&world, drawn(vec![0, 1, u32::MAX], any::<u32>())).await;
    round_trip::<U64s, _>(&world, drawn(vec![0, 1, i64::MAX as u64], 0..=i64::MAX as u64)).await;
    let floats = vec![
        f64::MIN,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        0.1,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    round_trip::<F64s, _>(&world, drawn(floats, any::<f64>().prop_map(|number| number + 0.0)))
        .await;
    let floats = vec![
        f32::MIN,
        f32::MAX,
        f32::MIN_POSITIVE,
        1e-45,
        0.1,
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ];
    round_trip::<F32s, _>(&world, drawn(floats, any::<f32>().prop_map(|number| number + 0.0)))
        .await;
}

async fn decimals(world: World) {
    let decimals = vec![
        Decimal::MAX,
        Decimal::MIN,
        Decimal::ZERO,
        "0.0000000000000000000000000001".parse().unwrap(),
        "1.50".parse().unwrap(),
    ];
    let any = (any::<i64>(), 0u32..28).prop_map(|(digits, scale)| Decimal::new(digits, scale));
    round_trip::<Decimals, _>(&world, drawn(decimals, any)).await;
    let long = format!("-{}.{}", "123456789".repeat(100), "987654321".repeat(100));
    let numerics =
        ["0", "0.00", "-1", "1.50", "NaN", "10000", "0.0001", "0.00000001", "99999999", &long];
    let numerics = numerics.iter().map(|digits| digits.parse::<Numeric>().unwrap()).collect();
    round_trip::<Numerics, _>(&world, drawn(numerics, numeric())).await;
}

async fn texts_bytes_and_uuids(world: World) {
    let texts = [
        "",
        " ",
        "'",
        "\"",
        "\\",
        "%_",
        "É",
        "🦀",
        "\u{1}",
        "\r\n\t",
        "a\u{301}",
        &"x".repeat(100_000),
    ];
    round_trip::<Texts, _>(&world, drawn(texts.map(String::from).to_vec(), text())).await;
    let bytes = vec![vec![], vec![0], vec![0, 255], (0..=255).collect(), vec![7; 100_000]];
    round_trip::<Blobs, _>(&world, drawn(bytes, any::<Vec<u8>>())).await;
    round_trip::<Uuids, _>(
        &world,
        drawn(vec![Uuid::nil(), Uuid::max()], any::<u128>().prop_map(Uuid::from_u128)),
    )
    .await;
}

async fn dates_and_times(world: World) {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    let before = NaiveDate::from_ymd_opt(1999, 12, 31).unwrap();
    round_trip::<Dates, _>(&world, drawn(vec![first_day(), last_day(), epoch, before], date()))
        .await;
    round_trip::<Times, _>(&world, drawn(vec![NaiveTime::MIN, last_time()], time())).await;
    let moments = vec![
        first_day().and_time(NaiveTime::MIN),
        last_day().and_time(last_time()),
        epoch.and_time(last_time()),
        before.and_time(last_time()),
    ];
    round_trip::<Timestamps, _>(&world, drawn(moments.clone(), timestamp())).await;
    let instants = moments.into_iter().map(|moment| moment.and_utc()).collect();
    round_trip::<Instants, _>(
        &world,
        drawn(instants, timestamp().prop_map(|moment| moment.and_utc())),
    )
    .await;
    let deltas = vec![
        TimeDelta::microseconds(i64::MAX),
        TimeDelta::microseconds(i64::MIN),
        TimeDelta::zero(),
        TimeDelta::days(-1),
    ];
    round_trip::<Deltas, _>(&world, drawn(deltas, any::<i64>().prop_map(TimeDelta::microseconds)))
        .await;
    let durations =
        vec![std::time::Duration::ZERO, std::time::Duration::from_micros(i64::MAX as u64)];
    round_trip::<Durations, _>(
        &world,
        drawn(durations, (0..=i64::MAX as u64).prop_map(std::time::Duration::from_micros)),
    )
    .await;
}

async fn documents(world: World) {
    let documents = [
        r#"{"z":1,"a":[1,[2,[3]],{}],"m":null}"#,
        "[]",
        "null",
        r#""text""#,
        "18446744073709551615",
        "-9223372036854775808",
        "0.1",
        r#"{"":"\"\\/\b\f\n\r\t\u0001"}"#,
    ];
    let documents = documents.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    round_trip::<Documents, _>(&world, drawn(documents, json())).await;
    let themes =
        (any::<bool>(), any::<Vec<u8>>()).prop_map(|(dark, sizes)| Json(Theme { dark, sizes }));
    round_trip::<Settings, _>(
        &world,
        drawn(vec![Json(Theme { dark: true, sizes: vec![] })], themes),
    )
    .await;
}

async fn lists(world: World) {
    use prop::collection::vec as list;
    round_trip::<IntLists, _>(
        &world,
        drawn(vec![vec![], vec![i64::MIN, i64::MAX]], list(any::<i64>(), 0..9)),
    )
    .await;
    let texts = vec![
        vec![],
        vec![String::new()],
        ["NULL", "null", "{}", "\"", "\\", ",", "É"].map(String::from).to_vec(),
    ];
    round_trip::<TextLists, _>(&world, drawn(texts, list(text(), 0..9))).await;
    round_trip::<OptionLists, _>(
        &world,
        drawn(vec![vec![None], vec![Some(1), None]], list(any::<Option<i32>>(), 0..9)),
    )
    .await;
    round_trip::<UuidLists, _>(
        &world,
        drawn(vec![vec![Uuid::max()]], list(any::<u128>().prop_map(Uuid::from_u128), 0..9)),
    )
    .await;
    round_trip::<FloatLists, _>(
        &world,
        drawn(
            vec![vec![0.1, f64::NAN, f64::INFINITY, f64::MIN]],
            list(any::<f64>().prop_map(|number| number + 0.0), 0..9),
        ),
    )
    .await;
    round_trip::<DateLists, _>(
        &world,
        drawn(vec![vec![first_day(), last_day()]], list(date(), 0..9)),
    )
    .await;
    round_trip::<InstantLists, _>(
        &world,
        drawn(vec![vec![]], list(timestamp().prop_map(|moment| moment.and_utc()), 0..9)),
    )
    .await;
    round_trip::<NumericLists, _>(
        &world,
        drawn(vec![vec!["1.50".parse().unwrap()]], list(numeric(), 0..9)),
    )
    .await;
    let documents =
        vec![vec![None, Some(serde_json::Value::Null), Some(serde_json::json!({"z": [1, {}]}))]];
    let any_document = list(prop::option::of(json()), 0..5);
    round_trip::<DocumentLists, _>(&world, drawn(documents, any_document)).await;
    round_trip::<NestedLists, _>(
        &world,
        drawn(vec![vec![], vec![vec![1, 2], vec![3, 4]]], list(list(any::<i32>(), 2..=2), 0..5)),
    )
    .await;
}

/// Decimals are numbers on every backend: `9` is less than `10`, and `1.5` equals `1.50`.
async fn decimals_compare_and_sort_as_numbers(world: World) {
    world.db.create_tables::<Numerics>().await.unwrap();
    let digits = [
        "10",
        "9",
        "-2",
        "-10",
        "1.50",
        "0.001",
        "100000000000000000000000000001",
        "100000000000000000000000000000",
    ];
    let number = |digits: &str| digits.parse::<Numeric>().unwrap();
    Numerics::insert_many(digits.map(|digits| Numerics::create().value(number(digits))))
        .exec(&world.db)
        .await
        .unwrap();
    let sorted: Vec<String> = Numerics::query()
        .order_by(Numerics::value)
        .all(&world.db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.value.unwrap().to_string())
        .collect();
    assert_eq!(
        sorted,
        [
            "-10",
            "-2",
            "0.001",
            "1.50",
            "9",
            "10",
            "100000000000000000000000000000",
            "100000000000000000000000000001"
        ]
    );
    let count = async |condition| Numerics::filter(condition).count(&world.db).await.unwrap();
    assert_eq!(count(Numerics::value.eq(number("1.5"))).await, 1);
    assert_eq!(count(Numerics::value.gt(number("9"))).await, 3);
    assert_eq!(count(Numerics::value.between(number("-2.0"), number("9.00"))).await, 4);
    assert_eq!(count(Numerics::value.is_in([number("1.500"), number("10.0")])).await, 2);
    assert_eq!(count(Numerics::value.ne(number("1.5"))).await, 7);
    let sum = Numerics::filter(Numerics::value.gt(number("100")))
        .order_by(Numerics::value)
        .select(Numerics::value + number("0.5"))
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(sum[1], Some(number("100000000000000000000000000001.5")));
}

async fn times_compare_as_times(world: World) {
    world.db.create_tables::<(Instants, Deltas)>().await.unwrap();
    let moment = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let early = moment("1999-12-31T23:59:59.999999Z");
    let late = moment("2000-01-01T01:00:00+01:00");
    let rows = [late, early].map(|moment| Instants::create().value(moment));
    Instants::insert_many(rows).exec(&world.db).await.unwrap();
    assert_eq!(Instants::filter(Instants::value.lt(late)).count(&world.db).await.unwrap(), 1);
    let first =
        Instants::query().order_by(Instants::value).first(&world.db).await.unwrap().unwrap();
    assert_eq!(first.value, Some(early));
    let rows =
        [TimeDelta::days(3), TimeDelta::hours(-5)].map(|delta| Deltas::create().value(delta));
    Deltas::insert_many(rows).exec(&world.db).await.unwrap();
    assert_eq!(
        Deltas::filter(Deltas::value.lt(TimeDelta::zero())).count(&world.db).await.unwrap(),
        1
    );
    let first =
        Deltas::query().order_by(Deltas::value.desc()).first(&world.db).await.unwrap().unwrap();
    assert_eq!(first.value, Some(TimeDelta::days(3)));
}

/// A row that all the others belong to.
#[derive(Model, Debug, Clone)]
pub struct Owner {
    #[field(primary_key)]
    pub id: i64,
    #[relation(reverse = "owner")]
    pub things: HasMany<Thing>,
}

/// Types that PostgreSQL compares and, before 18, has no `min` and `max` for.
#[derive(Model, Debug, Clone)]
pub struct Thing {
    #[field(primary_key)]
    pub id: i64,
    pub owner: ForeignKey<Owner>,
    pub uuid: Option<Uuid>,
    pub bytes: Option<Vec<u8>>,
    pub flag: Option<bool>,
    pub small: Option<i16>,
    pub float: Option<f32>,
}

/// Whatever can be compared has a least and a greatest value.
async fn least_and_greatest_of_every_order(world: World) {
    world.db.create_tables::<(Owner, Thing)>().await.unwrap();
    let uuid = |number: u128| Uuid::from_u128(number << 120);
    let owner = Owner::create().insert(&world.db).await.unwrap();
    let thing = || Thing::create().owner(&owner);
    let rows = [
        thing().uuid(uuid(0x0f)).bytes(vec![0, 1]).flag(true),
        thing().uuid(uuid(0xf0)).bytes(vec![255]).flag(true),
        thing().uuid(uuid(0x9a)).bytes(vec![0]).flag(false),
    ];
    let empty = Owner::create().insert(&world.db).await.unwrap();
    Thing::insert_many(rows).exec(&world.db).await.unwrap();
    thing().insert(&world.db).await.unwrap();
    let rows = Owner::query().order_by(Owner::id).select((
        (Owner::things.min(Thing::uuid), Owner::things.max(Thing::uuid)),
        (Owner::things.min(Thing::bytes), Owner::things.max(Thing::bytes)),
        (Owner::things.min(Thing::flag), Owner::things.max(Thing::flag)),
    ));
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(rows[0].0, (Some(uuid(0x0f)), Some(uuid(0xf0))));
    assert_eq!(rows[0].1, (Some(vec![0]), Some(vec![255])));
    assert_eq!(rows[0].2, (Some(false), Some(true)));
    assert_eq!(rows[1], ((None, None), (None, None), (None, None)));
    let found =
        Owner::filter(Owner::things.max(Thing::uuid).is_null()).one(&world.db).await.unwrap();
    assert_eq!(found.id, empty.id);
}

/// A sum holds what its numbers add up to, though none of them could.
async fn sums_are_wider_than_their_numbers(world: World) {
    world.db.create_tables::<(Owner, Thing)>().await.unwrap();
    let owner = Owner::create().insert(&world.db).await.unwrap();
    let thing = || Thing::create().owner(&owner).small(i16::MAX);
    Thing::insert_many([thing().float(0.1), thing().float(0.2)]).exec(&world.db).await.unwrap();
    let sums =
        Owner::query().select((Owner::things.sum(Thing::small), Owner::things.sum(Thing::float)));
    let (whole, float) = sums.one(&world.db).await.unwrap();
    assert_eq!(whole, Some(65_534));
    assert_eq!(float, Some(f64::from(0.1f32) + f64::from(0.2f32)));
    let past = Owner::filter(Owner::things.sum(Thing::small).gt(i64::from(i16::MAX)))
        .count(&world.db)
        .await
        .unwrap();
    assert_eq!(past, 1);
}

/// Refused before anything is sent, with what was given and what would work.
async fn values_past_the_edge_are_refused(world: World) {
    world.db.create_tables::<(U64s, Instants, Dates, Durations)>().await.unwrap();
    let error =
        world.counting(0, U64s::create().value(u64::MAX).insert(&world.db)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "U64s.value: 18446744073709551615 is past the largest 64-bit integer (9223372036854775807)"
    );
    let error = world
        .counting(0, Dates::create().value(NaiveDate::MAX).insert(&world.db))
        .await
        .unwrap_err();
    assert!(error.is_invalid_value());
    assert!(error.to_string().ends_with("is outside 0001 to 9999"), "{error}");
    let error = world
        .counting(0, Durations::create().value(std::time::Duration::MAX).insert(&world.db))
        .await
        .unwrap_err();
    assert!(error.is_invalid_value());
    let error =
        world.counting(0, U64s::filter(U64s::value.eq(u64::MAX)).all(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("past the largest"), "{error}");
}

/// What a field cannot hold exactly is an error that names it, and the connection goes on.
async fn cells_that_cannot_be_read_are_errors(world: World) {
    world.db.create_tables::<(Decimals, I64s)>().await.unwrap();
    let digits = "1".repeat(50);
    sql("insert into decimals (value) values ($1)")
        .bind(digits.parse::<Numeric>().unwrap())
        .exec(&world.db)
        .await
        .unwrap();
    for _ in 0..3 {
        let error = Decimals::query().all(&world.db).await.unwrap_err();
        assert!(error.is_decode_error());
        assert!(error.to_string().starts_with("Decimals.value (column `value`): 1111"), "{error}");
        assert_eq!(I64s::query().count(&world.db).await.unwrap(), 0);
    }
}

async fn intervals_with_months_are_no_duration(world: World) {
    let month: (Interval,) =
        sql("select interval '1 month 2 days 3 seconds'").one(&world.db).await.unwrap();
    assert_eq!(month.0, Interval { months: 1, days: 2, micros: 3_000_000 });
    let error = sql("select interval '1 month'").one::<(TimeDelta,)>(&world.db).await.unwrap_err();
    assert!(error.to_string().contains("1 months and 0 days"), "{error}");
}
