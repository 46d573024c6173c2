//! Indexes for full-text searches find what there is, whatever becomes of the table.

use super::build::*;
use super::change::Tables;
use crate::support::{Kind, World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::schema::definition::FulltextDefinition;
use yara_orm::value::Type;

scenarios! {
    an_index_of_words_comes_and_goes,
    words_are_found_after_the_table_was_made_anew,
    words_are_looked_up_anew_in_other_texts,
    a_table_goes_with_its_index_of_words,
}

fn words() -> Operation {
    let fulltext = FulltextDefinition {
        name: "page_words".into(),
        language: "simple".into(),
        columns: names(&["title", "body"]),
    };
    Operation::AddFulltext { table: name("page"), fulltext }
}

async fn pages(world: &World) -> Tables {
    let columns = vec![id(), column("title", Type::Text), optional("body", Type::Text)];
    let tables = Tables::new(world, vec![table("page", columns)]).await;
    tables.exec(&["INSERT INTO page (title, body) VALUES ('Cat', NULL), ('Dog', 'no cat')"]).await;
    tables
}

/// The keys of the rows in whose texts a word stands.
async fn found(tables: &Tables, word: &str) -> Vec<String> {
    let [own, key, title, body] = {
        let table = &tables.state.tables[0];
        let fulltext = &table.fulltext[0].columns;
        [&table.name.name, &table.columns[0].name, &fulltext[0], &fulltext[1]]
    };
    let query = match tables.kind {
        Kind::Sqlite => format!(
            "SELECT CAST(rowid AS text) FROM page_words WHERE page_words MATCH '{word}' ORDER BY 1"
        ),
        Kind::Postgres => format!(
            "SELECT {key}::text FROM {own} WHERE to_tsvector('simple', coalesce({title}, '') || ' ' \
             || coalesce({body}, '')) @@ websearch_to_tsquery('simple', '{word}') ORDER BY 1"
        ),
    };
    tables.rows(&query).await
}

async fn an_index_of_words_comes_and_goes(world: World) {
    let mut tables = pages(&world).await;
    tables.there_and_back(vec![words()]).await;
    tables.changed(vec![words()]).await;
    assert_eq!(found(&tables, "cat").await, ["1", "2"]);
    let error = tables.change(vec![drop_column("page", "body")]).await.unwrap_err();
    assert!(error.to_string().contains("page_words"), "{error}");
}

async fn words_are_found_after_the_table_was_made_anew(world: World) {
    let mut tables = pages(&world).await;
    tables.changed(vec![words()]).await;
    tables.exec(&["DELETE FROM page WHERE id = 1"]).await;
    tables
        .changed(vec![
            Operation::AddUnique { table: name("page"), unique: unique(&["title"]) },
            rename_column("page", "body", "text"),
            rename_table("page", "sheet"),
            rename_column("sheet", "id", "number"),
        ])
        .await;
    tables
        .exec(&[
            "INSERT INTO sheet (title, text) VALUES ('Bird', 'a cat')",
            "UPDATE sheet SET text = 'nothing' WHERE number = 2",
        ])
        .await;
    assert_eq!(found(&tables, "cat").await, ["3"]);
    assert_eq!(found(&tables, "nothing").await, ["2"]);
    tables.exec(&["DELETE FROM sheet WHERE number = 3"]).await;
    assert_eq!(found(&tables, "cat").await, [""; 0]);
}

async fn words_are_looked_up_anew_in_other_texts(world: World) {
    let mut tables = pages(&world).await;
    tables.changed(vec![words()]).await;
    let other = alter_column("page", column("title", Type::Text), Some(same("'bird'")));
    tables.changed(vec![other]).await;
    assert_eq!(found(&tables, "bird").await, ["1", "2"]);
    assert_eq!(found(&tables, "dog").await, [""; 0]);
    let filled = alter_column("page", column("body", Type::Text), Some(same("'fish'")));
    tables.changed(vec![filled]).await;
    assert_eq!(found(&tables, "fish").await, ["1"]);
}

async fn a_table_goes_with_its_index_of_words(world: World) {
    let mut tables = pages(&world).await;
    tables.changed(vec![words()]).await;
    tables.there_and_back(vec![Operation::DropTable(name("page"))]).await;
    assert_eq!(found(&tables, "cat").await, [""; 0]);
}
