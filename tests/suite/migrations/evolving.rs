//! Models that change in many ways at once, on tables with rows in them.

use crate::support::{World, scenarios};
use yara_orm::migrate::{Hints, Migrations, NamedMigration, State, make};
use yara_orm::prelude::*;
use yara_orm::schema::Table;

scenarios! {
    rows_survive_what_models_become,
}

mod before {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Writer {
        pub id: i64,
        #[field(max_length = 100, unique)]
        pub name: String,
        pub boss: Option<ForeignKey<Writer>>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(unique(writer, title), check(work_views, Work::views.ge(0)))]
    pub struct Work {
        pub id: i64,
        #[field(max_length = 200)]
        pub title: String,
        #[field(index)]
        pub views: i64,
        pub score: Option<f64>,
        #[field(max_length = 20)]
        pub note: Option<String>,
        #[relation(on_delete = Cascade)]
        pub writer: ForeignKey<Writer>,
        pub topics: ManyToMany<Topic>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Topic {
        pub id: i64,
        #[field(max_length = 50, unique)]
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Scrap {
        pub id: i64,
        pub work: ForeignKey<Work>,
    }
}

mod after {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Human {
        pub id: i32,
        #[field(max_length = 100, unique)]
        pub name: String,
        pub boss: Option<ForeignKey<Human>>,
        pub favourite: Option<ForeignKey<Work>>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(index(human, name), check(work_views, Work::reads.ge(0)))]
    pub struct Work {
        pub id: i64,
        #[field(max_length = 300)]
        pub name: String,
        #[field(index)]
        pub reads: i32,
        pub score: f64,
        #[field(max_length = 40, unique)]
        pub slug: String,
        #[field(default = true)]
        pub published: bool,
        #[relation(on_delete = Cascade)]
        pub human: ForeignKey<Human>,
        pub labels: ManyToMany<Label>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Label {
        pub id: i64,
        #[field(max_length = 50, unique)]
        pub name: String,
        pub shelf: Option<ForeignKey<Shelf>>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Shelf {
        pub id: i64,
        pub room: i16,
    }
}

fn old_models() -> [&'static Table; 4] {
    use before::{Scrap, Topic, Work, Writer};
    [Writer::table(), Work::table(), Topic::table(), Scrap::table()]
}

fn new_models() -> [&'static Table; 4] {
    use after::{Human, Label, Shelf, Work};
    [Human::table(), Work::table(), Label::table(), Shelf::table()]
}

/// The table between works and what they are about.
fn between(models: &[&'static Table]) -> String {
    let state = State::of_models(models).unwrap();
    let table = state.tables.iter().find(|table| table.primary_key.len() == 2).unwrap();
    table.name.to_string()
}

fn hints() -> Hints {
    let (old, new) = (between(&old_models()), between(&new_models()));
    Hints::new()
        .rename("writer", "human")
        .rename("topic", "label")
        .rename(format!("{old}.topic_id"), "label_id")
        .rename(&old, new)
        .rename("work.title", "name")
        .rename("work.views", "reads")
        .rename("work.writer_id", "human_id")
        .drop("work.note")
        .drop("scrap")
        .fill("work.slug", "lower(\"name\")")
        .fill("work.score", "0.5")
        .constants_of(&new_models())
}

fn migrations() -> Vec<NamedMigration> {
    let old = State::of_models(&old_models()).unwrap();
    let first = make(&[], &old, None, &Hints::new()).unwrap().unwrap();
    let new = State::of_models(&new_models()).unwrap();
    let second = make(std::slice::from_ref(&first), &new, Some("more"), &hints());
    let both = vec![first, second.unwrap().unwrap()];
    assert_eq!(make(&both, &new, None, &Hints::new()).unwrap(), None);
    both
}

async fn rows_survive_what_models_become(world: World) {
    let db = &world.db;
    let migrations = Migrations::given(migrations());
    migrations.up_to(db, "1").await.unwrap();
    let ada = before::Writer::create().name("Ada").insert(db).await.unwrap();
    let bob = before::Writer::create().name("Bob").boss(&ada).insert(db).await.unwrap();
    let work = before::Work::create().title("Engine").views(7).writer(&bob).note("x");
    let work = work.insert(db).await.unwrap();
    let maths = before::Topic::create().name("maths").insert(db).await.unwrap();
    before::Work::topics.of(&work).add(db, [&maths]).await.unwrap();
    before::Scrap::create().work(&work).insert(db).await.unwrap();

    assert_eq!(migrations.up(db).await.unwrap(), ["0002_more"]);
    let row = after::Work::query().load(after::Work::labels).one(db).await.unwrap();
    assert_eq!((row.name.as_str(), row.reads, row.score), ("Engine", 7, 0.5));
    assert_eq!((row.slug.as_str(), row.published), ("engine", true));
    assert_eq!(row.labels.get().unwrap()[0].name, "maths");
    let bob = after::Human::filter(after::Human::boss.name.eq("Ada")).one(db).await.unwrap();
    assert_eq!((bob.name.as_str(), bob.favourite.is_none()), ("Bob", true));
    // What was counted goes on, and what refers to each other does.
    let shelf = after::Shelf::create().room(1).insert(db).await.unwrap();
    after::Label::create().name("poetry").shelf(&shelf).insert(db).await.unwrap();
    let cy = after::Human::create().name("Cy").favourite(&row).insert(db).await.unwrap();
    assert_eq!(cy.id, 3);
    let same = after::Work::create().name("N").reads(1).score(1.0).slug("engine").human(&cy);
    assert!(same.insert(db).await.unwrap_err().is_unique_violation());
    let less = after::Work::create().name("N").reads(-1).score(1.0).slug("n").human(&cy);
    assert_eq!(less.insert(db).await.unwrap_err().constraint(), Some("work_views"));
    let error = after::Work::query().delete().exec(db).await.unwrap_err();
    assert!(error.is_foreign_key_violation());

    assert_eq!(migrations.down(db, 1).await.unwrap(), ["0002_more"]);
    let work = before::Work::query().load(before::Work::topics).one(db).await.unwrap();
    assert_eq!((work.title.as_str(), work.views, work.note), ("Engine", 7, None));
    assert_eq!(work.topics.get().unwrap()[0].name, "maths");
    assert_eq!(before::Writer::query().count(db).await.unwrap(), 3);
    assert_eq!(before::Scrap::query().count(db).await.unwrap(), 0);
    let again = before::Work::create().title("Engine").views(1).writer(&bob_of(db).await);
    assert!(again.insert(db).await.unwrap_err().is_unique_violation());
    assert_eq!(migrations.down_to(db, "zero").await.unwrap(), ["0001_initial"]);
}

async fn bob_of(db: &Db) -> before::Writer {
    before::Writer::filter(before::Writer::name.eq("Bob")).one(db).await.unwrap()
}
