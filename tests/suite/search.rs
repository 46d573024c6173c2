//! Full-text search.

use crate::models::Book;
use crate::support::{Kind, World, library, postgres_scenarios, scenarios};
use yara_orm::error::ErrorKind;
use yara_orm::func;
use yara_orm::prelude::*;

scenarios! {
    words_phrases_alternatives_and_exclusions,
    english_knows_endings,
    the_index_follows_the_rows,
    rows_that_were_there_are_found,
    better_matches_rank_higher,
    searches_go_through_relations,
    without_an_index_it_is_slow_or_refused,
    a_query_is_never_a_syntax_error,
    what_an_index_cannot_be_is_refused,
}

postgres_scenarios! {
    the_index_is_used,
    other_languages,
}

#[allow(clippy::duplicated_attributes, reason = "two indexes over the same columns")]
#[derive(Model, Debug, Clone)]
#[model(fulltext(title, body), fulltext(title, body, language = "english", name = "page_english"))]
struct Page {
    id: i64,
    #[field(max_length = 100)]
    title: String,
    body: Option<String>,
    #[field(default = 0)]
    views: i64,
}

#[derive(Model, Debug, Clone)]
struct Comment {
    id: i64,
    text: String,
    page: ForeignKey<Page>,
    about: Option<ForeignKey<Page>>,
}

async fn pages(world: &World) {
    world.db.create_tables::<(Page, Comment)>().await.unwrap();
    let rows = [
        ("Cats", Some("A fat cat sat on a mat")),
        ("Dogs", Some("The dog is running after the Cat")),
        ("Engines", None),
        ("École", Some("école et rat")),
    ];
    let rows = rows.map(|(title, body)| Page::create().title(title).body(body.map(str::to_owned)));
    Page::insert_many(rows).exec(&world.db).await.unwrap();
}

async fn found(world: &World, query: &str, language: &'static str) -> Vec<i64> {
    let search = func::fulltext((Page::title, Page::body), query).language(language);
    let query = Page::filter(search.matches()).order_by(Page::id).select(Page::id);
    world.counting(1, query.all(&world.db)).await.unwrap()
}

async fn words_phrases_alternatives_and_exclusions(world: World) {
    pages(&world).await;
    for (query, wanted) in [
        ("cat", vec![1, 2]),
        ("CAT", vec![1, 2]),
        ("cat fat", vec![1]),
        ("cats fat", vec![1]), // each in another column
        ("\"fat cat\"", vec![1]),
        ("\"cat fat\"", vec![]),
        ("fat or dog", vec![1, 2]),
        ("cat -fat", vec![2]),
        ("-cat", vec![3, 4]),
        ("-cat -engines", vec![4]),
        ("engines or -\"fat cat\"", vec![2, 3, 4]),
        ("cat -\"fat cat\" or engines", vec![2, 3]),
        ("école", vec![4]),
        ("ecole", vec![]),
        ("ca", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(found(&world, query, "simple").await, wanted, "{query}");
    }
    let all = Page::query().count(&world.db).await.unwrap();
    let search = func::fulltext((Page::title, Page::body), "cat");
    assert_eq!(Page::filter(!search.matches()).count(&world.db).await.unwrap(), all - 2);
    // One column of those that are indexed.
    assert_eq!(Page::filter(Page::title.search("cat")).count(&world.db).await.unwrap(), 0);
    assert_eq!(Page::filter(Page::title.search("cats -mat")).count(&world.db).await.unwrap(), 1);
    assert_eq!(Page::filter(Page::body.search("-cat")).count(&world.db).await.unwrap(), 2);
}

async fn english_knows_endings(world: World) {
    pages(&world).await;
    for (query, wanted) in [
        ("cats", vec![1, 2]),
        ("run", vec![2]),
        ("engine", vec![3]),
        ("the runs", vec![2]),
        ("the", vec![]),
        ("\"cat sat on a mat\" of the", vec![1]),
        ("dog -cats", vec![]),
    ] {
        assert_eq!(found(&world, query, "english").await, wanted, "{query}");
    }
}

async fn the_index_follows_the_rows(world: World) {
    pages(&world).await;
    let db = &world.db;
    let renamed = Page::filter(Page::id.eq(3)).update().set(Page::body, "a new word".to_owned());
    assert_eq!(renamed.exec(db).await.unwrap(), 1);
    assert_eq!(found(&world, "new", "simple").await, [3]);
    Page::filter(Page::id.eq(1)).update().set(Page::body, None).exec(db).await.unwrap();
    assert_eq!(found(&world, "fat", "simple").await, [0; 0]);
    assert_eq!(found(&world, "cats", "simple").await, [1]);
    Page::query().update().set(Page::views, 5).exec(db).await.unwrap();
    assert_eq!(found(&world, "cat", "english").await, [1, 2]);
    let deleted = Page::filter(Page::title.search("dogs")).delete().exec(db).await.unwrap();
    assert_eq!(deleted, 1);
    assert_eq!(found(&world, "cat", "simple").await, [0; 0]);
    let page = Page::create().title("Fresh cat").insert(db).await.unwrap();
    assert_eq!(found(&world, "cat", "simple").await, [page.id]);
    db.transaction(async |tx| {
        Page::query().delete().exec(&tx).await?;
        assert_eq!(Page::filter(Page::title.search("cat")).count(&tx).await?, 0);
        Err::<(), _>(yara_orm::Error::new(ErrorKind::Data, "stop"))
    })
    .await
    .unwrap_err();
    assert_eq!(found(&world, "cat", "simple").await, [page.id]);
    let set = Page::filter(Page::title.search("cat")).update().set(Page::title, "Cat");
    assert_eq!(set.all(db).await.unwrap()[0].title, "Cat");
}

async fn rows_that_were_there_are_found(world: World) {
    mod before {
        use super::*;

        #[derive(Model, Debug, Clone)]
        pub struct Page {
            pub id: i64,
            #[field(max_length = 100)]
            pub title: String,
            pub body: Option<String>,
            #[field(default = 0)]
            pub views: i64,
        }
    }
    world.db.create_tables::<before::Page>().await.unwrap();
    before::Page::create().title("Old cat").insert(&world.db).await.unwrap();
    world.db.create_tables::<Page>().await.unwrap();
    assert_eq!(found(&world, "old", "simple").await, [1]);
    world.db.create_tables::<Page>().await.unwrap();
    assert_eq!(found(&world, "cats", "english").await, [1]);
    // Dropped with the table, and made anew.
    world.db.drop_tables::<Page>().await.unwrap();
    world.db.create_tables::<Page>().await.unwrap();
    assert_eq!(found(&world, "old", "simple").await, [0; 0]);
}

async fn better_matches_rank_higher(world: World) {
    pages(&world).await;
    Page::create().title("Cat cat cat").body("cat".to_owned()).insert(&world.db).await.unwrap();
    let search = func::fulltext((Page::title, Page::body), "cat");
    let best = Page::filter(search.matches()).order_by(search.rank().desc()).select(Page::id);
    assert_eq!(best.first(&world.db).await.unwrap(), Some(5));
    let ranks =
        Page::query().order_by(Page::id).select(search.rank()).all(&world.db).await.unwrap();
    assert!(ranks[0] > 0.0 && ranks[2] == 0.0 && ranks[4] > ranks[0], "{ranks:?}");
}

async fn searches_go_through_relations(world: World) {
    pages(&world).await;
    let rows = [(1, None), (3, Some(2))]
        .map(|(page, about)| Comment::create().text("fine").page_id(page).about_id(about));
    Comment::insert_many(rows).exec(&world.db).await.unwrap();
    let ids = async |condition| {
        let query = Comment::filter(condition).order_by(Comment::id).select(Comment::id);
        query.all(&world.db).await.unwrap()
    };
    assert_eq!(ids(Comment::page.body.search("cat")).await, [1]);
    let about = func::fulltext((Comment::about.title, Comment::about.body), "cat");
    assert_eq!(ids(about.matches()).await, [2]);
    assert_eq!(ids(!about.matches()).await, [1]);
}

async fn without_an_index_it_is_slow_or_refused(world: World) {
    library(&world.db).await;
    pages(&world).await;
    let search = Book::filter(Book::title.search("notes"));
    let refused = async |error: yara_orm::Error, words: &str| {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(words), "{error}");
    };
    if world.kind == Kind::Postgres {
        assert_eq!(search.count(&world.db).await.unwrap(), 1);
        return;
    }
    let error = world.counting(0, search.count(&world.db)).await.unwrap_err();
    refused(error, "add `#[model(fulltext(title, language = \"simple\"))]`").await;
    let french = func::fulltext(Page::title, "chat").language("french");
    let error = world.counting(0, Page::filter(french.matches()).count(&world.db)).await;
    refused(error.unwrap_err(), "no full-text search in the language `french`").await;
    let computed = func::fulltext(Page::title.lower(), "cat");
    let error = world.counting(0, Page::filter(computed.matches()).count(&world.db)).await;
    refused(error.unwrap_err(), "no computed texts").await;
}

async fn a_query_is_never_a_syntax_error(world: World) {
    pages(&world).await;
    for query in [
        "\"",
        "-",
        "- -",
        "or",
        "cat or",
        "NEAR(a b)",
        "cat*",
        "^cat",
        "c0:cat",
        "(",
        "a AND",
        "'",
        "\\",
        "or or -or",
        "\"\" cat",
    ] {
        found(&world, query, "simple").await;
        found(&world, query, "english").await;
    }
    assert_eq!(found(&world, "\"\" cat", "simple").await, [1, 2]);
}

async fn what_an_index_cannot_be_is_refused(world: World) {
    #[derive(Model, Debug, Clone)]
    #[model(fulltext(text))]
    struct Named {
        #[field(primary_key)]
        name: String,
        text: String,
    }
    if world.kind == Kind::Postgres {
        world.db.create_tables::<Named>().await.unwrap();
        return;
    }
    let error = world.counting(0, world.db.create_tables::<Named>()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("Named has another one; add `id: i64`"), "{error}");
}

async fn the_index_is_used(world: World) {
    pages(&world).await;
    found(&world, "cat", "english").await;
    let sent = world.probe.statements().pop().unwrap();
    let plan = world.db.transaction(async |tx| {
        sql("set local enable_seqscan = off").exec(&tx).await?;
        sql("set local enable_indexscan = off").exec(&tx).await?;
        let explained = format!("explain {}", sent.replace("$1::text", "'cat'::text"));
        sql(explained).all::<(String,)>(&tx).await
    });
    let plan: String = plan.await.unwrap().into_iter().map(|row| row.0 + "\n").collect();
    assert!(plan.contains("page_english"), "{plan}");
}

async fn other_languages(world: World) {
    pages(&world).await;
    assert_eq!(found(&world, "rats", "french").await, [4]);
    let error = Page::filter(func::fulltext(Page::title, "x").language("klingon").matches());
    assert!(error.count(&world.db).await.is_err());
}
