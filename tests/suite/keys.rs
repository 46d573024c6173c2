//! Keys of every kind: composite, text, UUID, other than the primary key, in cycles.

use crate::models::{Booking, Department, Employee, Seat};
use crate::support::{Kind, World, scenarios};
use yara_orm::prelude::*;

scenarios! {
    composite_keys,
    foreign_keys_of_several_columns,
    cycles_and_keys_that_are_not_primary,
    keys_that_the_program_makes,
    a_counted_key_stays_in_its_range,
}

async fn seats(world: &World) -> Vec<Seat> {
    let rows =
        [("A", 1, true), ("A", 2, false), ("B", 1, true)].map(|(row, number, comfortable)| {
            Seat::create().row(row).number(number).comfortable(comfortable)
        });
    Seat::insert_many(rows).all(&world.db).await.unwrap()
}

async fn composite_keys(world: World) {
    let mut seats = seats(&world).await;
    let found = Seat::find(("A".to_owned(), 2)).one(&world.db).await.unwrap();
    assert_eq!(found, seats[1]);
    seats[1].comfortable = true;
    seats[1].save(&world.db).await.unwrap();
    assert_eq!(Seat::filter(Seat::comfortable.is_true()).count(&world.db).await.unwrap(), 3);
    let error =
        Seat::create().row("A").number(1).comfortable(true).insert(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation());
    seats[0].delete(&world.db).await.unwrap();
    let top = Seat::query()
        .order_by(Seat::number.desc())
        .limit(1)
        .delete()
        .exec(&world.db)
        .await
        .unwrap();
    assert_eq!(top, 1);
    assert_eq!(Seat::query().count(&world.db).await.unwrap(), 1);
}

async fn foreign_keys_of_several_columns(world: World) {
    let seats = seats(&world).await;
    let ann = Booking::create().guest("Ann").seat(&seats[1]).insert(&world.db).await.unwrap();
    let bea = Booking::create().guest("Bea").seat(&seats[2]).insert(&world.db).await.unwrap();
    let cem = Booking::create().guest("Cem").insert(&world.db).await.unwrap();
    assert_eq!(ann.seat.as_ref().unwrap().key(), &("A".to_owned(), 2));
    assert!(cem.seat.is_none());
    assert_eq!(Booking::filter(Booking::seat.row.eq("A")).one(&world.db).await.unwrap(), ann);
    assert_eq!(Booking::filter(Booking::seat.is(&seats[2])).one(&world.db).await.unwrap(), bea);
    assert_eq!(Booking::filter(Booking::seat.is_none()).one(&world.db).await.unwrap(), cem);
    assert_eq!(
        Booking::filter(!Booking::seat.comfortable.is_true()).count(&world.db).await.unwrap(),
        2
    );
    let loaded = world
        .counting(2, Booking::query().order_by(Booking::guest).load(Booking::seat).all(&world.db))
        .await
        .unwrap();
    assert!(loaded[1].seat.as_ref().unwrap().get().unwrap().comfortable);
    let seats = world
        .counting(
            2,
            Seat::query().order_by((Seat::row, Seat::number)).load(Seat::bookings).all(&world.db),
        )
        .await
        .unwrap();
    let guests: Vec<usize> = seats.iter().map(|seat| seat.bookings.get().unwrap().len()).collect();
    assert_eq!(guests, [0, 1, 1]);
    assert_eq!(Seat::filter(Seat::bookings.exists()).count(&world.db).await.unwrap(), 2);
    assert_eq!(Seat::bookings.of(&seats[1]).all(&world.db).await.unwrap(), [ann]);
    let missing = Booking::create().guest("Dee").seat(ForeignKey::to(("Z".to_owned(), 9)));
    assert!(missing.insert(&world.db).await.unwrap_err().is_foreign_key_violation());
}

/// Departments have heads, who belong to departments, by the department's code.
async fn cycles_and_keys_that_are_not_primary(world: World) {
    let mut research = Department::create().code("R").insert(&world.db).await.unwrap();
    let eve = Employee::create().name("Eve").department_id("R").insert(&world.db).await.unwrap();
    research.edit().set(Department::head_id, eve.id).save(&world.db).await.unwrap();
    assert_eq!(
        Employee::filter(Employee::department.head.name.eq("Eve")).one(&world.db).await.unwrap(),
        eve
    );
    let loaded = world
        .counting(
            3,
            Department::query().load(Department::head.load(Employee::department)).all(&world.db),
        )
        .await
        .unwrap();
    let head = loaded[0].head.as_ref().unwrap().get().unwrap();
    assert_eq!(head.department.get().unwrap().code, "R");
    assert_eq!(
        Department::filter(Department::staff.any(Employee::name.eq("Eve")))
            .count(&world.db)
            .await
            .unwrap(),
        1
    );
    let error =
        Employee::create().name("Flo").department_id("X").insert(&world.db).await.unwrap_err();
    assert!(error.is_foreign_key_violation());
}

async fn keys_that_the_program_makes(world: World) {
    let first = Booking::create().guest("Ann").insert(&world.db).await.unwrap();
    let second = Booking::create().guest("Bea").insert(&world.db).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(Booking::find(first.id).one(&world.db).await.unwrap(), first);
    let ids = [first.id, second.id];
    assert_eq!(Booking::filter(Booking::id.is_in(ids)).count(&world.db).await.unwrap(), 2);
}

#[derive(Model, Debug, Clone)]
pub struct Small {
    #[field(primary_key)]
    pub id: i16,
    pub note: Option<String>,
}

/// Counting ends where the type does, before a row is written that nobody can read.
async fn a_counted_key_stays_in_its_range(world: World) {
    world.db.create_tables::<Small>().await.unwrap();
    Small::create().id(i16::MAX).insert(&world.db).await.unwrap();
    if world.kind == Kind::Postgres {
        sql("select setval(pg_get_serial_sequence('small', 'id'), 32767)")
            .exec(&world.db)
            .await
            .unwrap();
    }
    assert!(Small::create().insert(&world.db).await.is_err());
    assert_eq!(Small::query().all(&world.db).await.unwrap().len(), 1);
}
