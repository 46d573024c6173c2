//! What the derives make of declarations: descriptions, rows, columns. No database is needed.
#![warn(missing_docs, unreachable_pub, clippy::pedantic, missing_debug_implementations)]
#![deny(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;
use yara_orm::prelude::*;
use yara_orm::schema::{Default, Generated, Relation, RelationKind, Shape, Table};
use yara_orm::tree::{ColumnRef, Expr};
use yara_orm::value::{DecodeError, RowReader, Type, Value, ValueRef};

/// The state of an article.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Draft,
    InReview,
    #[db_enum(rename = "live")]
    Published,
}

/// How urgent something is.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(integer)]
#[repr(i16)]
enum Priority {
    Low = -1,
    Normal = 0,
    High = 10,
}

/// A number with the default width.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(integer)]
enum Level {
    One = 1,
    Two,
}

fn no_spaces(text: &str) -> Result<(), &'static str> {
    if text.contains(' ') { Err("it has a space") } else { Ok(()) }
}

/// Every attribute of a column.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "articles",
    schema = "press",
    comment = "what was written",
    unique(author, title),
    unique(name = "one_slug", slug),
    index(views, created),
    index(name = "by_state", state),
    check(views_positive, Article::views.ge(0)),
    check("title_not_empty", Article::title.ne("")),
    ordering(-created, title)
)]
struct Article {
    /// The key.
    #[field(primary_key, default = Uuid::nil())]
    key_of_it: Uuid,
    #[field(max_length = 200, column = "headline", unique, comment = "shown on top")]
    title: String,
    #[field(validate = no_spaces, index)]
    slug: Option<String>,
    #[field(default = 0)]
    views: i64,
    #[field(default = "none")]
    note: String,
    #[field(default = State::Draft)]
    state: State,
    #[field(default_sql = "7")]
    stars: i32,
    #[field(precision = 10, scale = 2)]
    price: Option<Decimal>,
    #[field(auto_now_add)]
    created: DateTime<Utc>,
    #[field(auto_now)]
    changed: DateTime<Utc>,
    #[field(version)]
    version: i32,
    #[relation(on_delete = Restrict, on_update = Cascade, column = "writer")]
    author: ForeignKey<Writer>,
    #[relation(on_delete = SetNull, db_constraint = false, related_name = "edited")]
    editor: Option<ForeignKey<Writer>>,
}

/// Who writes.
#[derive(Model, Debug, Clone, PartialEq)]
struct Writer {
    id: i64,
    name: String,
    mentor: Option<ForeignKey<Self>>,
    #[relation(reverse = mentor)]
    pupils: HasMany<Self>,
    #[relation(reverse = "author")]
    articles: HasMany<Article>,
    #[relation(reverse = "writer")]
    profile: HasOne<Profile>,
    friends: ManyToMany<Writer>,
    #[relation(through = Membership, source = member, target = club)]
    clubs: ManyToMany<Club>,
    labels: ManyToMany<labels::Label>,
}

/// What a writer says of themselves; its key is that of the writer.
#[derive(Model, Debug, Clone, PartialEq)]
struct Profile {
    #[field(primary_key)]
    writer: OneToOne<Writer>,
    #[field(embed)]
    address: Address,
    #[field(embed, column = "second")]
    holiday: Option<Address>,
    born: Option<NaiveDate>,
    priority: Priority,
    levels: Vec<Level>,
}

/// Where someone lives.
#[derive(Embed, Debug, Clone, PartialEq)]
struct Address {
    #[field(max_length = 80)]
    street: String,
    #[field(column = "zip")]
    postcode: Option<String>,
    #[field(embed)]
    place: Point,
}

/// A place on the globe.
#[derive(Embed, Debug, Clone, PartialEq)]
struct Point {
    lat: f64,
    lon: f64,
}

/// Where writers meet.
#[derive(Model, Debug, Clone, PartialEq)]
struct Club {
    #[field(primary_key, auto = false)]
    id: i32,
    #[field(max_length = 3, unique)]
    code: String,
    #[relation(through = Membership, source = club, target = member)]
    members: ManyToMany<Writer>,
    #[relation(reverse = "home", to = code)]
    guests: HasMany<Guest>,
}

/// Who is in which club.
#[derive(Model, Debug, Clone, PartialEq)]
struct Membership {
    #[field(primary_key)]
    member: ForeignKey<Writer>,
    #[field(primary_key)]
    club: ForeignKey<Club>,
    #[field(default = 1.5)]
    fee: f64,
    #[relation(reverse = "membership")]
    payments: HasMany<Payment>,
}

/// Refers to a key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
struct Payment {
    id: i64,
    #[relation(on_delete = Cascade)]
    membership: ForeignKey<Membership>,
    amount: Decimal,
}

/// Refers to a unique field that is not the key.
#[derive(Model, Debug, Clone, PartialEq)]
struct Guest {
    #[field(primary_key)]
    name: String,
    #[relation(to = code)]
    home: Option<ForeignKey<Club, String>>,
}

mod labels {
    use super::{ManyToMany, Model, Writer};

    /// In another module.
    #[derive(Model, Debug, Clone, PartialEq)]
    pub(super) struct Label {
        pub(super) id: i64,
        pub(super) text: String,
        #[relation(reverse = "labels")]
        pub(super) writers: ManyToMany<Writer>,
    }
}

/// Part of a row, by name.
#[derive(Row, Debug, PartialEq)]
struct Line {
    title: String,
    author: String,
    #[field(column = "fan_count")]
    fans: Option<i64>,
}

fn relation<'a>(table: &'a Table, name: &str) -> &'a Relation {
    table.relation(name).unwrap()
}

fn columns(table: &Table) -> Vec<(&str, &str)> {
    table.fields.iter().map(|field| (field.name, field.column)).collect()
}

#[test]
fn a_table_is_named_after_its_model_unless_told_otherwise() {
    assert_eq!(Writer::table().name, "writer");
    assert_eq!(Writer::table().model, "Writer");
    assert_eq!(Writer::table().schema, None);
    let articles = Article::table();
    assert_eq!((articles.name, articles.schema), ("articles", Some("press")));
    assert_eq!(articles.comment, Some("what was written"));
    assert!(std::ptr::eq(articles, Article::table()), "described once");
}

#[test]
fn attributes_of_columns_are_in_the_description() {
    let table = Article::table();
    let key = table.field("key_of_it").unwrap();
    assert!(
        key.primary_key
            && matches!(key.default, Default::Value(nil) if nil() == Value::Uuid(Uuid::nil()))
    );
    let title = table.field("title").unwrap();
    assert_eq!((title.column, title.max_length, title.unique), ("headline", Some(200), true));
    assert_eq!((title.comment, title.nullable), (Some("shown on top"), false));
    let slug = table.field("slug").unwrap();
    assert!(slug.nullable && slug.index && slug.validate.is_some());
    let state = table.field("state").unwrap();
    assert_eq!(state.choices, ["draft", "in_review", "live"]);
    assert_eq!((state.kind, state.max_length), (Type::Text, Some(9)));
    let price = table.field("price").unwrap();
    assert_eq!((price.kind, price.precision), (Type::Numeric, Some((10, 2))));
    assert!(table.field("version").unwrap().version);
    assert!(table.field("changed").unwrap().auto_now);
}

#[test]
fn defaults_are_values_sql_or_the_time() {
    let default = |name: &str| Article::table().field(name).unwrap().default.clone();
    assert!(matches!(default("views"), Default::Value(zero) if zero() == Value::I64(0)));
    assert!(
        matches!(default("note"), Default::Value(none) if none() == Value::Text("none".into()))
    );
    assert!(
        matches!(default("state"), Default::Value(draft) if draft() == Value::Text("draft".into()))
    );
    assert!(matches!(default("stars"), Default::Sql("7")));
    assert!(matches!(default("created"), Default::Now));
    assert!(matches!(default("title"), Default::None));
}

#[test]
fn an_integer_key_is_counted_up_unless_told_otherwise() {
    let generated = |table: &Table| table.field("id").unwrap().generated();
    assert_eq!(generated(Writer::table()), Generated::ByDatabase);
    assert_eq!(generated(Club::table()), Generated::No);
    assert_eq!(Guest::table().field("name").unwrap().generated(), Generated::No);
}

#[test]
fn constraints_and_order_are_in_the_description() {
    let table = Article::table();
    let at = |name: &str| table.field_index(name).unwrap();
    assert_eq!(table.uniques[0].fields, [at("author_id"), at("title")]);
    assert_eq!(
        (table.uniques[1].name, &table.uniques[1].fields),
        (Some("one_slug"), &vec![at("slug")])
    );
    assert_eq!(table.indexes[0].plain().unwrap(), [at("views"), at("created")]);
    assert_eq!(table.indexes[1].name, Some("by_state"));
    assert_eq!(table.ordering, [(at("created"), true), (at("title"), false)]);
    assert_eq!(table.checks[0].name, "views_positive");
    assert_eq!((table.checks[0].condition)(), Article::views.ge(0).into_tree());
    assert_eq!(table.checks[1].name, "title_not_empty");
}

#[test]
fn a_validator_sees_the_rust_value_and_no_null() {
    let validate = Article::table().field("slug").unwrap().validate.unwrap();
    assert_eq!(validate(&Value::Text("a-slug".into())), Ok(()));
    assert_eq!(validate(&Value::Text("a slug".into())).unwrap_err().to_string(), "it has a space");
    assert_eq!(validate(&Value::Null(Type::Text)), Ok(()));
}

#[test]
fn a_foreign_key_is_a_column_and_a_relation() {
    let table = Article::table();
    let author = relation(table, "author");
    assert_eq!((author.on_delete, author.on_update), (OnDelete::Restrict, OnDelete::Cascade));
    assert!(!author.optional && author.db_constraint);
    let column = table.field("author_id").unwrap();
    assert_eq!((column.column, column.kind, column.nullable), ("writer", Type::I64, false));
    let editor = relation(table, "editor");
    assert!(editor.optional && !editor.db_constraint);
    assert_eq!((author.related_name, editor.related_name), (None, Some("edited")));
    assert_eq!(editor.on_delete, OnDelete::SetNull);
    assert!(table.field("editor_id").unwrap().nullable);
}

#[test]
fn a_key_can_be_a_foreign_key_or_several_fields() {
    let keys =
        |table: &Table| table.key_fields().map(|field| field.name).collect::<Vec<_>>().join(",");
    assert_eq!(keys(Profile::table()), "writer_id");
    assert!(matches!(
        relation(Profile::table(), "writer").kind,
        RelationKind::ToOne { unique: true, .. }
    ));
    assert_eq!(keys(Membership::table()), "member_id,club_id");
    assert_eq!(Membership::KEY, [("member_id", Type::I64), ("club_id", Type::I32)]);
    let payment = Payment::table();
    assert_eq!(
        columns(payment),
        [
            ("id", "id"),
            ("membership_member_id", "membership_member_id"),
            ("membership_club_id", "membership_club_id"),
            ("amount", "amount"),
        ]
    );
    let shape = relation(payment, "membership").shape(payment).unwrap();
    assert!(matches!(shape, Shape::Direct(pairs) if pairs == [(1, 0), (2, 1)]));
}

#[test]
fn a_foreign_key_can_refer_to_another_field() {
    let guest = Guest::table();
    assert_eq!(guest.field("home_id").unwrap().kind, Type::Text);
    let shape = relation(guest, "home").shape(guest).unwrap();
    assert!(matches!(shape, Shape::Direct(pairs) if pairs == [(1, 1)]));
    let shape = relation(Club::table(), "guests").shape(Club::table()).unwrap();
    assert!(matches!(shape, Shape::Direct(pairs) if pairs == [(1, 1)]));
}

#[test]
fn relations_through_a_table_find_both_of_its_keys() {
    let writer = Writer::table();
    let through = |name: &str| match relation(writer, name).shape(writer).unwrap() {
        Shape::Through { table, near, far } => (table, near, far),
        Shape::Direct(_) => panic!("not through a table"),
    };
    let (friends, near, far) = through("friends");
    assert_eq!(friends.name, "writer_friends");
    assert_eq!(
        columns(friends),
        [("from_writer_id", "from_writer_id"), ("to_writer_id", "to_writer_id")]
    );
    assert_eq!((near, far), (vec![(0, 0)], vec![(1, 0)]));
    assert_eq!(through("clubs").0.name, "membership");
    let (labelled, ..) = through("labels");
    assert_eq!(columns(labelled)[1].1, "label_id");
    let label = labels::Label::table();
    let shape = relation(label, "writers").shape(label).unwrap();
    assert!(matches!(shape, Shape::Through { table, .. } if std::ptr::eq(table, labelled)));
}

#[test]
fn an_embedded_struct_is_flattened_into_columns() {
    assert_eq!(
        columns(Profile::table()),
        [
            ("writer_id", "writer_id"),
            ("address.street", "address_street"),
            ("address.postcode", "address_zip"),
            ("address.place.lat", "address_place_lat"),
            ("address.place.lon", "address_place_lon"),
            ("holiday.street", "second_street"),
            ("holiday.postcode", "second_zip"),
            ("holiday.place.lat", "second_place_lat"),
            ("holiday.place.lon", "second_place_lon"),
            ("born", "born"),
            ("priority", "priority"),
            ("levels", "levels"),
        ]
    );
    let field = |name: &str| Profile::table().field(name).unwrap();
    assert!(!field("address.street").nullable && field("address.postcode").nullable);
    assert!(field("holiday.street").nullable && field("holiday.place.lat").nullable);
    assert_eq!(field("holiday.street").max_length, Some(80));
}

/// Decodes a row, and encodes it again.
fn round_trip<M: Model + PartialEq + std::fmt::Debug>(
    cells: &[ValueRef<'_>],
    values: &[Value],
) -> M {
    let mut reader = RowReader::new(cells);
    let row = M::decode(&mut reader).unwrap();
    assert_eq!(cells.len(), M::WIDTH);
    assert_eq!(M::table().fields.len(), M::WIDTH);
    let mut encoded = Vec::new();
    row.encode(&mut encoded).unwrap();
    assert_eq!(encoded, values);
    row
}

#[test]
fn rows_come_back_as_they_were_written() {
    let profile: Profile = round_trip(
        &[
            ValueRef::I64(7),
            ValueRef::Text("Main St"),
            ValueRef::Null,
            ValueRef::F64(1.5),
            ValueRef::F64(2.5),
            ValueRef::Null,
            ValueRef::Null,
            ValueRef::Null,
            ValueRef::Null,
            ValueRef::Date(0),
            ValueRef::I64(10),
            ValueRef::Text("[2,1]"),
        ],
        &[
            Value::I64(7),
            Value::Text("Main St".into()),
            Value::Null(Type::Text),
            Value::F64(1.5),
            Value::F64(2.5),
            Value::Null(Type::Text),
            Value::Null(Type::Text),
            Value::Null(Type::F64),
            Value::Null(Type::F64),
            Value::Date(0),
            Value::I16(10),
            Value::Array(Box::new(yara_orm::value::Array::new(
                Type::I32.list(),
                vec![Value::I32(2), Value::I32(1)],
            ))),
        ],
    );
    assert_eq!(profile.key(), 7);
    assert_eq!(profile.priority, Priority::High);
    assert_eq!(profile.levels, [Level::Two, Level::One]);
    assert_eq!(profile.holiday, None);
    let payment: Payment = round_trip(
        &[ValueRef::I64(1), ValueRef::I64(7), ValueRef::I64(8), ValueRef::Text("2.50")],
        &[Value::I64(1), Value::I64(7), Value::I32(8), Value::Numeric("2.50".parse().unwrap())],
    );
    assert_eq!(payment.membership.key(), &(7, 8));
    let guest: Guest = round_trip(
        &[ValueRef::Text("Bo"), ValueRef::Null],
        &[Value::Text("Bo".into()), Value::Null(Type::Text)],
    );
    assert_eq!(guest, Guest { name: "Bo".into(), home: None });
}

fn decode<M: Row>(cells: &[ValueRef<'_>]) -> Result<M, DecodeError> {
    M::decode(&mut RowReader::new(cells))
}

#[test]
fn a_stored_value_that_no_variant_has_is_an_error_that_names_it() {
    use yara_orm::value::FieldType;
    let error = State::decode(&ValueRef::Text("gone")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`gone` is no `State`; that is one of `draft`, `in_review`, `live`"
    );
    let error = Priority::decode(&ValueRef::I16(3)).unwrap_err();
    assert_eq!(error.to_string(), "3 is no `Priority`; that is one of -1, 0, 10");
    assert_eq!(Priority::decode(&ValueRef::I64(-1)), Ok(Priority::Low));
    assert_eq!(Priority::Normal.encode(), Ok(Value::I16(0)));
    assert_eq!(Level::TYPE, Type::I32);
    assert_eq!(State::Published.encode(), Ok(Value::Text("live".into())));
}

#[test]
fn a_fresh_row_keeps_what_is_loaded_where_the_key_is_the_same() {
    let writer = |id: i64, mentor: Option<i64>| Writer {
        id,
        name: format!("writer {id}"),
        mentor: mentor.map(ForeignKey::to),
        pupils: HasMany::default(),
        articles: HasMany::default(),
        profile: HasOne::default(),
        friends: ManyToMany::default(),
        clubs: ManyToMany::default(),
        labels: ManyToMany::default(),
    };
    let mut ada = writer(1, Some(2));
    if let Some(mentor) = &mut ada.mentor {
        mentor.attach(Some(std::sync::Arc::new(writer(2, None))));
    }
    ada.pupils.attach(vec![writer(3, Some(1))]);
    ada.refresh(Writer { name: "Ada".into(), ..writer(1, Some(2)) });
    assert_eq!(ada.name, "Ada");
    assert_eq!(ada.mentor.as_ref().unwrap().get().unwrap().id, 2);
    assert!(ada.pupils.is_loaded());
    ada.refresh(writer(1, Some(3)));
    assert!(!ada.mentor.as_ref().unwrap().is_loaded());
}

/// The path and field that an expression reads.
fn read(expression: impl Expression) -> (Vec<&'static str>, String) {
    match expression.into_tree() {
        Expr::Column(ColumnRef { path, field, .. }) => (path, field.into_owned()),
        other => panic!("{other:?} is no column"),
    }
}

/// The type of a column.
fn has_type<M, T: yara_orm::value::FieldType>(_: impl Expression<Model = M, Type = T>) {}

#[test]
fn paths_are_typed_all_the_way() {
    assert_eq!(read(Article::author.mentor.name), (vec!["author", "mentor"], "name".into()));
    assert_eq!(read(Article::author.mentor_id), (vec!["author"], "mentor_id".into()));
    assert_eq!(
        read(Writer::profile.address.place.lat),
        (vec!["profile"], "address.place.lat".into())
    );
    assert_eq!(read(Profile::address.street), (vec![], "address.street".into()));
    has_type::<Article, String>(Article::author.name);
    has_type::<Article, Option<String>>(Article::author.mentor.name);
    has_type::<Article, Option<String>>(Article::editor.mentor.mentor.name);
    has_type::<Profile, String>(Profile::address.street);
    has_type::<Profile, Option<String>>(Profile::holiday.street);
    has_type::<Profile, Option<f64>>(Profile::holiday.place.lat);
    has_type::<Writer, Option<f64>>(Writer::profile.address.place.lat);
    has_type::<Guest, Option<String>>(Guest::home_id);
    has_type::<Payment, i64>(Payment::membership.member_id);
    has_type::<Payment, String>(Payment::membership.club.code);
}

#[test]
fn a_selected_struct_names_what_each_member_is_read_from() {
    let query = Article::query().select(LineColumns {
        title: Article::title,
        author: Article::author.name,
        fans: Article::views,
    });
    assert_eq!(query.into_tree().columns.len(), 3);
    assert_eq!(Line::columns(), Some(vec!["title", "author", "fan_count"]));
    let line: Line =
        decode(&[ValueRef::Text("Notes"), ValueRef::Text("Ada"), ValueRef::Null]).unwrap();
    assert_eq!(line, Line { title: "Notes".into(), author: "Ada".into(), fans: None });
}

#[test]
fn a_builder_takes_rows_keys_and_structs() {
    let writer: Writer =
        decode(&[ValueRef::I64(4), ValueRef::Text("Ada"), ValueRef::Null]).unwrap();
    let by_row = Article::create().title("Notes").author(&writer).editor(None);
    let by_key = Article::create().title("Notes").author_id(4).editor(Some(&writer));
    let text = format!("{by_row:?}");
    assert!(text.contains("I64(4)"), "{text}");
    assert!(format!("{by_key:?}").contains("Text(\"Notes\")"));
    let rows = Article::insert_many([
        by_row.author_id(5),
        by_key.author(ForeignKey::to(6)).editor(&writer),
    ]);
    assert!(format!("{rows:?}").contains("I64(6)"));
    let point = Point { lat: 1.0, lon: 2.0 };
    let address = Address { street: "Main St".into(), postcode: None, place: point };
    let profile = Profile::create()
        .writer(&writer)
        .address(address.clone())
        .holiday(Some(address.clone()))
        .holiday(address)
        .priority(Priority::High)
        .levels(vec![Level::One]);
    let profile = format!("{profile:?}");
    assert!(profile.contains("Main St") && !profile.contains("error"), "{profile}");
    let membership = Membership {
        member: ForeignKey::to(1),
        club: ForeignKey::to(2),
        fee: 0.0,
        payments: HasMany::default(),
    };
    let payment = Payment::create().membership(&membership).amount(Decimal::ONE);
    let payment = format!("{payment:?}");
    assert!(payment.contains("I64(1)") && payment.contains("I32(2)"), "{payment}");
    let club: Club = decode(&[ValueRef::I64(1), ValueRef::Text("abc")]).unwrap();
    assert!(format!("{:?}", Guest::create().name("Bo").home(&club)).contains("abc"));
}
