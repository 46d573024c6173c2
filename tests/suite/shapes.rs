//! Models of every shape at once: embedded structs in each other, enums in lists, keys that are
//! foreign keys, a relation to a table between.

use crate::support::{World, scenarios};
use rust_decimal::Decimal;
use yara_orm::prelude::*;

scenarios! {
    all_shapes_together,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Draft,
    #[db_enum(rename = "live")]
    Published,
}
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(integer)]
enum Level {
    One = 1,
    Two,
}
#[derive(Embed, Debug, Clone, PartialEq)]
struct Address {
    #[field(max_length = 20)]
    street: String,
    zip: Option<String>,
    #[field(embed)]
    place: Point,
}
#[derive(Embed, Debug, Clone, PartialEq)]
struct Point {
    lat: f64,
    lon: f64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shape_person", check(age_positive, Person::age.ge(0)), ordering(-name))]
struct Person {
    id: i64,
    #[field(validate = short)]
    name: String,
    #[field(default = 1)]
    age: i32,
    #[field(embed)]
    home: Address,
    #[field(embed)]
    holiday: Option<Address>,
    #[field(default = State::Draft)]
    state: State,
    levels: Vec<Level>,
    #[relation(reverse = "person")]
    profile: HasOne<Profile>,
    #[relation(through = Membership, target = club)]
    clubs: ManyToMany<Club>,
    friends: ManyToMany<Person>,
    #[relation(reverse = "friends")]
    friend_of: ManyToMany<Person>,
    #[field(version)]
    version: i32,
}
fn short(t: &str) -> Result<(), &'static str> {
    if t.len() < 10 { Ok(()) } else { Err("too long a name") }
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shape_profile")]
struct Profile {
    #[field(primary_key)]
    #[relation(on_delete = Cascade)]
    person: OneToOne<Person>,
    bio: String,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shape_club")]
struct Club {
    id: i64,
    #[field(unique)]
    code: String,
    #[relation(reverse = home, to = code)]
    guests: HasMany<Guest>,
    #[relation(through = Membership, source = club, target = person)]
    people: ManyToMany<Person>,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shape_guest")]
struct Guest {
    #[field(primary_key)]
    name: String,
    #[relation(to = code)]
    home: Option<ForeignKey<Club, String>>,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shape_membership")]
struct Membership {
    #[field(primary_key)]
    person: ForeignKey<Person>,
    #[field(primary_key)]
    club: ForeignKey<Club>,
    #[field(default = Decimal::new(15, 1), precision = 6, scale = 2)]
    fee: Decimal,
    #[relation(reverse = "membership")]
    payments: HasMany<Payment>,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shape_payment")]
struct Payment {
    id: i64,
    #[relation(on_delete = Cascade)]
    membership: ForeignKey<Membership>,
    amount: Decimal,
}

#[derive(Row, Debug, PartialEq)]
struct Line {
    name: String,
    street: String,
    lat: Option<f64>,
}

async fn all_shapes_together(world: World) {
    let db = world.db.clone();
    db.create_tables::<(Person, Profile, Club, Guest, Membership, Payment)>().await.unwrap();
    let home = Address { street: "Main".into(), zip: None, place: Point { lat: 1.5, lon: 2.5 } };
    let ada = Person::create()
        .name("Ada")
        .home(home.clone())
        .levels([Level::Two, Level::One].to_vec())
        .insert(&db)
        .await
        .unwrap();
    let bo = Person::create()
        .name("Bo")
        .home(home.clone())
        .holiday(home.clone())
        .levels(vec![])
        .state(State::Published)
        .insert(&db)
        .await
        .unwrap();
    assert_eq!((ada.age, ada.state, ada.version, &ada.holiday), (1, State::Draft, 1, &None));
    assert_eq!(bo.holiday, Some(home));
    assert!(
        Person::create()
            .name("much too long")
            .home(bo.home.clone())
            .levels(vec![])
            .insert(&db)
            .await
            .unwrap_err()
            .to_string()
            .contains("too long a name")
    );
    let error = Person::create()
        .name("neg")
        .age(-1)
        .home(bo.home.clone())
        .levels(vec![])
        .insert(&db)
        .await
        .unwrap_err();
    assert_eq!((error.is_check_violation(), error.constraint()), (true, Some("age_positive")));
    let chess = Club::create().code("chess").insert(&db).await.unwrap();
    let go = Club::create().code("go").insert(&db).await.unwrap();
    Profile::create().person(&ada).bio("x").insert(&db).await.unwrap();
    Guest::create().name("G").home(&chess).insert(&db).await.unwrap();
    Guest::create().name("H").insert(&db).await.unwrap();
    let m = Membership::create().person(&ada).club(&chess).insert(&db).await.unwrap();
    Membership::create().person(&bo).club(&go).fee(Decimal::TWO).insert(&db).await.unwrap();
    Payment::create().membership(&m).amount(Decimal::ONE).insert(&db).await.unwrap();
    Person::friends.of(&ada).add(&db, [&bo]).await.unwrap();

    let people = Person::query()
        .load(Person::profile)
        .load(Person::clubs)
        .load(Person::friends)
        .load(Person::friend_of)
        .all(&db)
        .await
        .unwrap();
    assert_eq!(people[0].name, "Bo");
    assert_eq!(people[1].profile.get().unwrap().unwrap().bio, "x");
    assert_eq!(people[0].profile.get().unwrap(), None);
    assert_eq!(people[1].clubs.get().unwrap()[0].code, "chess");
    assert_eq!(people[1].friends.get().unwrap()[0].name, "Bo");
    assert_eq!(people[0].friend_of.get().unwrap()[0].name, "Ada");
    let clubs = Club::query()
        .load(Club::guests)
        .load(Club::people)
        .order_by(Club::id)
        .all(&db)
        .await
        .unwrap();
    assert_eq!(clubs[0].guests.get().unwrap()[0].name, "G");
    assert_eq!(clubs[1].people.get().unwrap()[0].name, "Bo");
    let guests = Guest::query().load(Guest::home).order_by(Guest::name).all(&db).await.unwrap();
    assert_eq!(guests[0].home.as_ref().unwrap().get().unwrap().id, chess.id);
    let names: Vec<Option<i64>> =
        Guest::query().order_by(Guest::name).select(Guest::home.id).all(&db).await.unwrap();
    assert_eq!(names, [Some(chess.id), None]);
    let ms = Membership::query()
        .load(Membership::payments.load(Payment::membership))
        .load(Membership::club)
        .order_by(Membership::fee)
        .all(&db)
        .await
        .unwrap();
    assert_eq!(ms[0].payments.get().unwrap().len(), 1);
    assert_eq!(ms[0].payments.get().unwrap()[0].membership.get().unwrap().fee, ms[0].fee);
    let pay: Vec<String> =
        Payment::query().select(Payment::membership.club.code).all(&db).await.unwrap();
    assert_eq!(pay, ["chess"]);
    assert_eq!(Payment::filter(Payment::membership.is(&m)).count(&db).await.unwrap(), 1);
    assert_eq!(
        Payment::filter(Payment::membership.is_key((bo.id, go.id))).count(&db).await.unwrap(),
        0
    );
    let lines = Person::query()
        .select(LineColumns {
            name: Person::name,
            street: Person::home.street,
            lat: Person::holiday.place.lat,
        })
        .all(&db)
        .await
        .unwrap();
    assert_eq!(
        lines,
        [
            Line { name: "Bo".into(), street: "Main".into(), lat: Some(1.5) },
            Line { name: "Ada".into(), street: "Main".into(), lat: None }
        ]
    );
    let lines: Vec<Line> = sql("select name, home_street as street, holiday_place_lat as lat from shape_person order by id").all(&db).await.unwrap();
    assert_eq!(lines[0].name, "Ada");
    let mut ada = Person::find(ada.id).one(&db).await.unwrap();
    ada.edit().set(Person::home.street, "Side").save(&db).await.unwrap();
    assert_eq!((ada.home.street.as_str(), ada.version), ("Side", 2));
    ada.holiday = Some(ada.home.clone());
    ada.save(&db).await.unwrap();
    let p = Profile::query()
        .filter(
            Profile::person.home.street.eq("Side")
                & Profile::person.levels.eq(vec![Level::Two, Level::One]),
        )
        .one(&db)
        .await
        .unwrap();
    assert_eq!(p.key(), ada.id);
    assert_eq!(
        Person::filter(Person::state.is_in([State::Published])).count(&db).await.unwrap(),
        1
    );
    assert_eq!(Person::filter(Person::profile.exists()).count(&db).await.unwrap(), 1);
    assert_eq!(Person::filter(Person::profile.bio.is_null()).count(&db).await.unwrap(), 1);
    let error = sql("update shape_person set state = 'live2'").exec(&db).await.unwrap_err();
    assert!(error.is_check_violation(), "{error:?}");
    let none =
        Membership::create().person_id(ada.id).club_id(go.id).insert_or_ignore(&db).await.unwrap();
    assert!(none.is_some());
    let again =
        Membership::create().person_id(ada.id).club_id(go.id).insert_or_ignore(&db).await.unwrap();
    assert!(again.is_none());
}
