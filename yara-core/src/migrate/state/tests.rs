//! What operations make of a state, what they refuse, and what undoes them.

use super::State;
use crate::error::ErrorKind;
use crate::migrate::Operation;
use crate::migrate::samples::{
    author, book, book_tag, index, names, refers, sql, tag, text, unique,
};
use crate::schema::OnDelete;
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, FulltextDefinition, IndexDefinition, KeyDefinition,
    KeySource, TableDefinition, TableName, UniqueDefinition,
};
use crate::value::Type;

fn library() -> State {
    let mut state = State::default();
    for table in [author(), book(), tag(), book_tag()] {
        state.apply(&Operation::CreateTable(table)).unwrap();
    }
    state
}

fn table(name: &str) -> TableName {
    TableName::new(name)
}

/// What is said of an operation, and that it has changed nothing.
fn refused(operation: &Operation, what: &str) {
    let mut state = library();
    let error = state.apply(operation).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.to_string(), what);
    assert_eq!(state, library());
}

/// The book after an operation; undone, all is as it was but for the order of columns and parts.
fn changed(operation: &Operation) -> TableDefinition {
    let mut state = library();
    let undo = state.undo(operation).unwrap().unwrap();
    state.apply(operation).unwrap();
    let book = state.table(&table("book")).unwrap().clone();
    state.apply(&undo).unwrap();
    assert_eq!(sorted(state), sorted(library()));
    book
}

fn sorted(mut state: State) -> State {
    for table in &mut state.tables {
        table.columns.sort_by(|one, other| one.name.cmp(&other.name));
        table.uniques.sort_by(|one, other| one.columns.cmp(&other.columns));
        table.indexes.sort_by_key(|index| format!("{index:?}"));
        table.foreign_keys.sort_by(|one, other| one.columns.cmp(&other.columns));
    }
    state
}

#[test]
fn columns_come_and_go() {
    let column = ColumnDefinition { nullable: true, ..text("slug", 20) };
    let add = Operation::AddColumn { table: table("book"), column: column.clone(), fill: None };
    assert_eq!(changed(&add).columns.last(), Some(&column));
    let drop = Operation::DropColumn { table: table("book"), column: "rating".into() };
    assert_eq!(changed(&drop).column("rating"), None);
    let price = ColumnDefinition { nullable: true, ..ColumnDefinition::new("price", Type::F64) };
    let alter = Operation::AlterColumn { table: table("book"), column: price.clone(), fill: None };
    assert_eq!(changed(&alter).column("price"), Some(&price));
}

#[test]
fn a_renamed_column_is_renamed_wherever_it_stands() {
    let rename = |from: &str, to: &str| Operation::RenameColumn {
        table: table("book"),
        from: from.into(),
        to: to.into(),
    };
    let book = changed(&rename("title", "na\"me"));
    assert_eq!(book.columns[1].name, "na\"me");
    assert_eq!(book.uniques[0].columns, ["author_id", "na\"me"]);
    assert_eq!(book.fulltext[0].columns, ["na\"me"]);
    let KeySource::Expression(expression) = &book.indexes[1].keys[1].of else { panic!() };
    assert_eq!(*expression, sql("lower(\"na\"\"me\")"));
    let book = changed(&rename("views", "reads"));
    assert_eq!(book.checks[0].condition, sql("\"reads\" >= 0"));
    assert_eq!(book.indexes[0].keys, [KeyDefinition::column("reads")]);
    let book = changed(&rename("state", "phase"));
    assert_eq!(book.indexes[1].condition, Some(sql("\"phase\" = 'published'")));
    let book = changed(&rename("author_id", "writer_id"));
    assert_eq!(book.foreign_keys[0].columns, ["writer_id"]);
    let mut state = library();
    state.apply(&rename("id", "number")).unwrap();
    assert_eq!(state.tables[1].primary_key, ["number"]);
    assert_eq!(state.tables[3].foreign_keys[0].to, ["number"]);
    assert_eq!(state.tables[3].foreign_keys[1].to, ["id"]);
}

#[test]
fn a_renamed_table_is_followed_by_those_that_refer_to_it() {
    let to = TableName { schema: Some("shop".into()), name: "writer".into() };
    let rename = Operation::RenameTable { from: table("author"), to: to.clone() };
    assert_eq!(changed(&rename).foreign_keys[0].table, to);
    let mut state = library();
    state.apply(&rename).unwrap();
    assert_eq!(state.tables[0].name, to);
    assert_eq!(state.tables[0].foreign_keys[0].table, to);
}

#[test]
fn parts_come_and_go() {
    let book = || table("book");
    let comment = Operation::CommentTable { table: book(), comment: Some("x".into()) };
    assert_eq!(changed(&comment).comment.as_deref(), Some("x"));
    let title = unique(&["title"]);
    let add = Operation::AddUnique { table: book(), unique: title.clone() };
    assert_eq!(changed(&add).uniques[1], title);
    let unique = unique(&["author_id", "title"]);
    let drop = Operation::DropUnique { table: book(), unique };
    assert_eq!(changed(&drop).uniques, []);
    let check = CheckDefinition { name: "c".into(), condition: sql("true") };
    let add = Operation::AddCheck { table: book(), check: check.clone() };
    assert_eq!(changed(&add).checks[1], check);
    let drop = Operation::DropCheck { table: book(), name: "views_not_negative".into() };
    assert_eq!(changed(&drop).checks, []);
    let drop = Operation::DropForeignKey { table: book(), columns: names(&["author_id"]) };
    assert_eq!(changed(&drop).foreign_keys, []);
    let foreign_key = refers("price", "book", OnDelete::Restrict);
    let add = Operation::AddForeignKey { table: book(), foreign_key: foreign_key.clone() };
    assert_eq!(changed(&add).foreign_keys[1], foreign_key);
    let one = index(&["title"]);
    let add = Operation::AddIndex { table: book(), index: one.clone(), concurrently: true };
    assert_eq!(changed(&add).indexes[2], one);
    let index = index(&["views"]);
    let drop = Operation::DropIndex { table: book(), index, concurrently: false };
    assert_eq!(changed(&drop).indexes.len(), 1);
    let words = FulltextDefinition {
        name: "w".into(),
        language: "simple".into(),
        columns: names(&["state"]),
    };
    let add = Operation::AddFulltext { table: book(), fulltext: words.clone() };
    assert_eq!(changed(&add).fulltext[1], words);
    let drop = Operation::DropFulltext { table: book(), name: "book_words".into() };
    assert_eq!(changed(&drop).fulltext, []);
    let mut state = library();
    state.apply(&Operation::DropTable(table("book_tag"))).unwrap();
    let columns = names(&["author_id", "title"]);
    let key = Operation::SetPrimaryKey { table: book(), columns: columns.clone() };
    let undo = state.undo(&key).unwrap().unwrap();
    state.apply(&key).unwrap();
    assert_eq!(state.tables[1].primary_key, columns);
    state.apply(&undo).unwrap();
    assert_eq!(state.tables[1].primary_key, ["id"]);
}

#[test]
fn what_has_a_name_goes_by_its_name_alone() {
    let popular = IndexDefinition { name: Some("book_popular".into()), ..index(&[]) };
    let drop = Operation::DropIndex { table: table("book"), index: popular, concurrently: false };
    assert_eq!(changed(&drop).indexes, [index(&["views"])]);
    let mut state = library();
    let named = UniqueDefinition { name: Some("u".into()), columns: names(&["state"]) };
    state.apply(&Operation::AddUnique { table: table("book"), unique: named.clone() }).unwrap();
    let unnamed = UniqueDefinition { name: None, ..named.clone() };
    let drop = |unique| Operation::DropUnique { table: table("book"), unique };
    let error = state.apply(&drop(unnamed)).unwrap_err().to_string();
    assert_eq!(
        error,
        "the table `book` has no unique constraint of `state`; it has of \
         `author_id`, `title`, `u`"
    );
    let by_name = drop(UniqueDefinition { columns: Vec::new(), ..named.clone() });
    let undo = state.undo(&by_name).unwrap();
    assert_eq!(undo, Some(Operation::AddUnique { table: table("book"), unique: named }));
    state.apply(&by_name).unwrap();
    assert_eq!(state, library());
}

#[test]
fn what_nothing_undoes_is_told() {
    let state = library();
    let undo = |operation: &Operation| state.undo(operation).unwrap();
    let (up, down) = (sql("a"), sql("b"));
    assert_eq!(undo(&Operation::Sql { up: up.clone(), down: None }), None);
    let both = Operation::Sql { up: up.clone(), down: Some(down.clone()) };
    assert_eq!(undo(&both), Some(Operation::Sql { up: down, down: Some(up) }));
    let step = Operation::Step { name: "s".into() };
    assert_eq!(undo(&step), Some(step.clone()));
    let create = Operation::CreateTable(tag());
    assert_eq!(undo(&create), Some(Operation::DropTable(table("tag"))));
    assert_eq!(undo(&Operation::DropTable(table("tag"))), Some(create));
    let error = state.undo(&Operation::DropTable(table("tags"))).unwrap_err().to_string();
    assert_eq!(error, "there is no table `tags`; did you mean `tag`?");
}

#[test]
fn what_is_not_there_is_refused() {
    refused(
        &Operation::DropTable(table("zzzzzzzz")),
        "there is no table `zzzzzzzz`; there are `author`, `book_tag`, `book`, `tag`",
    );
    refused(
        &Operation::DropColumn { table: table("book"), column: "titel".into() },
        "the table `book` has no column `titel`; did you mean `title`?",
    );
    refused(
        &Operation::DropCheck { table: table("book"), name: "views_not_negativ".into() },
        "the table `book` has no check `views_not_negativ`; did you mean `views_not_negative`?",
    );
    refused(
        &Operation::DropFulltext { table: table("book"), name: "words".into() },
        "the table `book` has no full-text index `words`; it has `book_words`",
    );
    refused(
        &Operation::DropForeignKey { table: table("book"), columns: names(&["title"]) },
        "the table `book` has no foreign key of `title`; it has of `author_id`",
    );
    refused(
        &Operation::DropUnique { table: table("book_tag"), unique: unique(&["tag_id"]) },
        "the table `book_tag` has no unique constraint of `tag_id`; it has none",
    );
    refused(
        &Operation::DropIndex {
            table: table("book"),
            index: index(&["title"]),
            concurrently: false,
        },
        "the table `book` has no index of `title`; it has of `views`, `book_popular`",
    );
    refused(
        &Operation::AddIndex { table: table("tag"), index: index(&["nam"]), concurrently: false },
        "the table `tag` has no column `nam`; did you mean `name`?",
    );
    refused(
        &Operation::AddForeignKey {
            table: table("tag"),
            foreign_key: refers("id", "books", OnDelete::Cascade),
        },
        "there is no table `books`; did you mean `book`?",
    );
}

#[test]
fn what_is_there_is_refused() {
    let book = || table("book");
    refused(&Operation::CreateTable(self::book()), "there is a table `book` already");
    refused(
        &Operation::RenameTable { from: table("tag"), to: book() },
        "there is a table `book` already",
    );
    refused(
        &Operation::AddColumn { table: book(), column: text("title", 1), fill: None },
        "the table `book` has a column `title` already",
    );
    refused(
        &Operation::RenameColumn { table: book(), from: "title".into(), to: "state".into() },
        "the table `book` has a column `state` already",
    );
    refused(
        &Operation::AddUnique { table: table("tag"), unique: unique(&["name"]) },
        "the table `tag` has a unique constraint of `name` already",
    );
    refused(
        &Operation::AddIndex { table: book(), index: index(&["views"]), concurrently: false },
        "the table `book` has an index of `views` already",
    );
    refused(
        &Operation::AddForeignKey {
            table: book(),
            foreign_key: refers("author_id", "tag", OnDelete::Cascade),
        },
        "the table `book` has a foreign key of `author_id` already",
    );
    let check = self::book().checks.remove(0);
    refused(
        &Operation::AddCheck { table: book(), check },
        "the table `book` has a check `views_not_negative` already",
    );
    let fulltext = self::book().fulltext.remove(0);
    refused(
        &Operation::AddFulltext { table: book(), fulltext },
        "the table `book` has a full-text index `book_words` already",
    );
}

#[test]
fn what_others_stand_on_stays() {
    let drop = |name: &str, column: &str| Operation::DropColumn {
        table: table(name),
        column: column.into(),
    };
    refused(
        &Operation::DropTable(table("tag")),
        "a foreign key of `book_tag` leads to `tag`; drop it before",
    );
    refused(&drop("book", "id"), "`book.id` is part of the primary key; change that before");
    refused(
        &drop("book", "title"),
        "`book.title` is part of the unique constraint of `author_id`, `title`; change that before",
    );
    refused(
        &drop("book", "views"),
        "`book.views` is part of the index of `views`; change that before",
    );
    refused(
        &drop("author", "mentor_id"),
        "`author.mentor_id` is part of the index of `mentor_id`; change that before",
    );
    refused(
        &Operation::SetPrimaryKey { table: table("tag"), columns: names(&["name"]) },
        "the foreign key of `tag_id` of `book_tag` leads to `id` of `tag`; drop it before",
    );
    let mut state = library();
    let drop_index = Operation::DropIndex {
        table: table("author"),
        index: index(&["mentor_id"]),
        concurrently: false,
    };
    state.apply(&drop_index).unwrap();
    let error = state.apply(&drop("author", "mentor_id")).unwrap_err().to_string();
    assert_eq!(error, "`author.mentor_id` is part of a foreign key; change that before");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let create = |change: &dyn Fn(&mut TableDefinition), what: &str| {
        let mut table = TableDefinition { name: table("more"), ..tag() };
        change(&mut table);
        refused(&Operation::CreateTable(table), what);
    };
    create(&|table| table.columns.clear(), "the table `more` has no columns");
    create(&|table| table.columns.push(text("name", 1)), "the table `more` has two columns `name`");
    create(
        &|table| table.uniques.push(unique(&["name"])),
        "the table `more` has two unique constraints of `name`",
    );
    create(
        &|table| table.primary_key = names(&["ID"]),
        "the table `more` has no column `ID`; it has `id`, `name`",
    );
    create(
        &|table| table.columns[0].nullable = true,
        "`more.id` is in the primary key, and so it cannot be `nullable`",
    );
    create(
        &|table| table.indexes = vec![index(&["id"]), index(&["id"])],
        "the table `more` has two indexes of `id`",
    );
    create(&|table| table.indexes = vec![index(&[])], "an index of `more` has no keys");
    create(
        &|table| table.uniques[0].columns.clear(),
        "a unique constraint of `more` has no columns",
    );
    create(
        &|table| table.uniques[0].columns.push("name".into()),
        "a unique constraint of `more` has `name` twice",
    );
    create(
        &|table| table.columns[1].counted = true,
        "`more.name` is `counted`, and databases count up `i16`, `i32` and `i64` only",
    );
    create(
        &|table| table.columns[0].default = Some(sql("1")),
        "`more.id` is `counted` and has a `default`; it can be one of them",
    );
    create(
        &|table| table.columns[0].computed = Some(sql("1")),
        "`more.id` is `computed`, and so it cannot be `counted` or have a `default`",
    );
    let foreign_key = |columns: &[&str], to: &[&str]| {
        let key = refers("id", "book", OnDelete::Cascade);
        vec![crate::schema::definition::ForeignKeyDefinition {
            columns: names(columns),
            to: names(to),
            ..key
        }]
    };
    create(
        &|table| table.foreign_keys = foreign_key(&["id"], &["author_id", "title"]),
        "a foreign key of `more` has 1 columns, and leads to 2",
    );
    create(
        &|table| table.foreign_keys = foreign_key(&["id"], &["views"]),
        "a foreign key of `more` leads to `views` of `book`, by which its rows are not told \
         apart; make them unique before",
    );
    let mut state = library();
    let two = TableDefinition {
        foreign_keys: foreign_key(&["id", "name"], &["title", "author_id"]),
        name: table("more"),
        ..tag()
    };
    state.apply(&Operation::CreateTable(two)).unwrap();
    let last = state.tables.remove(4);
    state.tables.push(TableDefinition {
        columns: vec![text("a", 1)],
        primary_key: vec![],
        uniques: vec![],
        foreign_keys: vec![],
        ..last
    });
    let drop = Operation::DropColumn { table: table("more"), column: "a".into() };
    let error = state.apply(&drop).unwrap_err().to_string();
    assert_eq!(error, "`a` is the only column of `more`; drop the table");
}
