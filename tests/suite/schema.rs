//! Tables as the database has them.

use crate::models::{Author, Book, Department, Employee, Profile, Tag};
use crate::support::{Kind, World, scenarios};
use yara_orm::prelude::*;

scenarios! {
    tables_are_created_once_and_dropped_in_order,
    indexes_are_created,
    a_circle_of_tables_is_dropped,
    names_may_be_keywords,
    the_database_fills_in_its_defaults,
}

/// The names of indexes on a table.
async fn indexes(world: &World, table: &str) -> Vec<String> {
    let text = match world.kind {
        Kind::Sqlite => {
            "select name from sqlite_master where type = 'index' and tbl_name = $1 and sql is not null order by name"
        }
        Kind::Postgres => {
            "select indexname::text from pg_indexes where schemaname = current_schema() and tablename = $1 order by 1"
        }
    };
    let rows: Vec<(String,)> = sql(text).bind(table.to_owned()).all(&world.db).await.unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

async fn tables_are_created_once_and_dropped_in_order(world: World) {
    type Library = (Book, Tag, Profile, Author);
    world.db.create_tables::<Library>().await.unwrap();
    Author::create().name("Ada").insert(&world.db).await.unwrap();
    world.db.create_tables::<Library>().await.unwrap();
    assert_eq!(Author::query().count(&world.db).await.unwrap(), 1, "what is there stays");
    world.db.drop_tables::<Library>().await.unwrap();
    assert!(Author::query().count(&world.db).await.is_err());
    world.db.drop_tables::<Library>().await.unwrap();
    world.db.create_tables::<Library>().await.unwrap();
    assert_eq!(Author::query().count(&world.db).await.unwrap(), 0);
}

/// An index for each foreign key, and those that were asked for.
async fn indexes_are_created(world: World) {
    let book = indexes(&world, "book").await;
    assert!(book.iter().any(|name| name.contains("views")), "{book:?}");
    let author = indexes(&world, "author").await;
    assert!(author.iter().any(|name| name.contains("mentor")), "{author:?}");
    let between = indexes(&world, "book_tags").await;
    assert!(between.iter().any(|name| name.contains("tag_id")), "{between:?}");
}

/// Models that refer to each other in a circle go together, rows and all.
async fn a_circle_of_tables_is_dropped(world: World) {
    let mut research = Department::create().code("R").insert(&world.db).await.unwrap();
    let eve = Employee::create().name("Eve").department_id("R").insert(&world.db).await.unwrap();
    research.edit().set(Department::head_id, eve.id).save(&world.db).await.unwrap();
    world.db.drop_tables::<(Department, Employee)>().await.unwrap();
    world.db.create_tables::<(Department, Employee)>().await.unwrap();
    assert_eq!(Employee::query().count(&world.db).await.unwrap(), 0);
}

#[derive(Model, Debug, Clone)]
#[model(table = "select \"from\"")]
pub struct Awkward {
    #[field(primary_key, column = "group")]
    pub id: i64,
    #[field(column = "order \"by\"")]
    pub r#type: String,
}

/// Identifiers are always quoted, so any name will do.
async fn names_may_be_keywords(world: World) {
    world.db.create_tables::<Awkward>().await.unwrap();
    let row = Awkward::create().r#type("x").insert(&world.db).await.unwrap();
    assert_eq!(Awkward::filter(Awkward::r#type.eq("x")).one(&world.db).await.unwrap().id, row.id);
    let tables = Awkward::query().order_by(Awkward::r#type).select((Awkward::id, Awkward::r#type));
    assert_eq!(tables.all(&world.db).await.unwrap(), [(row.id, "x".to_owned())]);
    world.db.drop_tables::<Awkward>().await.unwrap();
}

#[derive(Model, Debug, Clone)]
pub struct Defaults {
    #[field(primary_key)]
    pub id: i64,
    #[field(default_sql = "40 + 2")]
    pub answer: i64,
    #[field(default = "none")]
    pub note: String,
}

async fn the_database_fills_in_its_defaults(world: World) {
    world.db.create_tables::<Defaults>().await.unwrap();
    let row = Defaults::create().insert(&world.db).await.unwrap();
    assert_eq!((row.answer, row.note.as_str()), (42, "none"));
    let rows = Defaults::insert_many([Defaults::create().note("a"), Defaults::create().answer(1)]);
    let rows: Vec<(i64, String)> =
        rows.all(&world.db).await.unwrap().into_iter().map(|row| (row.answer, row.note)).collect();
    assert_eq!(rows, [(42, "a".to_owned()), (1, "none".to_owned())]);
}
