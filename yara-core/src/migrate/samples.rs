//! Tables and changes for tests.

use super::Operation;
use crate::schema::OnDelete;
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, FulltextDefinition, IndexDefinition,
    KeyDefinition, KeySource, Sql, TableDefinition, TableName, UniqueDefinition,
};
use crate::tree::Nulls;
use crate::value::Type;

pub(super) fn key(name: &str) -> ColumnDefinition {
    ColumnDefinition { counted: true, ..ColumnDefinition::new(name, Type::I64) }
}

pub(super) fn text(name: &str, max_length: u32) -> ColumnDefinition {
    ColumnDefinition { max_length: Some(max_length), ..ColumnDefinition::new(name, Type::Text) }
}

pub(super) fn sql(text: &str) -> Sql {
    Sql::Same(text.to_owned())
}

pub(super) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub(super) fn unique(columns: &[&str]) -> UniqueDefinition {
    UniqueDefinition { name: None, columns: names(columns) }
}

pub(super) fn index(columns: &[&str]) -> IndexDefinition {
    IndexDefinition {
        name: None,
        unique: false,
        keys: columns.iter().map(|name| KeyDefinition::column(*name)).collect(),
        method: None,
        include: Vec::new(),
        condition: None,
    }
}

pub(super) fn refers(column: &str, table: &str, on_delete: OnDelete) -> ForeignKeyDefinition {
    ForeignKeyDefinition {
        columns: names(&[column]),
        table: TableName::new(table),
        to: names(&["id"]),
        on_delete,
        on_update: OnDelete::NoAction,
    }
}

pub(super) fn author() -> TableDefinition {
    let mentor =
        ColumnDefinition { nullable: true, ..ColumnDefinition::new("mentor_id", Type::I64) };
    TableDefinition {
        uniques: vec![unique(&["name"])],
        foreign_keys: vec![refers("mentor_id", "author", OnDelete::SetNull)],
        indexes: vec![index(&["mentor_id"])],
        ..TableDefinition::new(TableName::new("author"), vec![key("id"), text("name", 100), mentor])
    }
}

pub(super) fn book() -> TableDefinition {
    let views = ColumnDefinition {
        default: Some(sql("0")),
        comment: Some("How often it was read.".into()),
        ..ColumnDefinition::new("views", Type::I64)
    };
    let rating = ColumnDefinition { nullable: true, ..ColumnDefinition::new("rating", Type::F64) };
    let price = ColumnDefinition {
        precision: Some((10, 2)),
        ..ColumnDefinition::new("price", Type::Numeric)
    };
    let state = ColumnDefinition { choices: names(&["draft", "published"]), ..text("state", 9) };
    let author = ColumnDefinition::new("author_id", Type::I64);
    let columns = vec![key("id"), text("title", 200), views, rating, price, state, author];
    let popular = IndexDefinition {
        name: Some("book_popular".into()),
        keys: vec![
            KeyDefinition { descending: true, ..KeyDefinition::column("views") },
            KeyDefinition {
                of: KeySource::Expression(sql("lower(\"title\")")),
                descending: false,
                nulls: Nulls::Last,
                class: None,
            },
        ],
        condition: Some(sql("\"state\" = 'published'")),
        ..index(&[])
    };
    TableDefinition {
        comment: Some("What people read.".into()),
        uniques: vec![unique(&["author_id", "title"])],
        checks: vec![CheckDefinition {
            name: "views_not_negative".into(),
            condition: sql("\"views\" >= 0"),
        }],
        foreign_keys: vec![refers("author_id", "author", OnDelete::Cascade)],
        indexes: vec![index(&["views"]), popular],
        fulltext: vec![FulltextDefinition {
            name: "book_words".into(),
            language: "english".into(),
            columns: names(&["title"]),
        }],
        ..TableDefinition::new(TableName::new("book"), columns)
    }
}

pub(super) fn tag() -> TableDefinition {
    TableDefinition {
        uniques: vec![unique(&["name"])],
        ..TableDefinition::new(TableName::new("tag"), vec![key("id"), text("name", 50)])
    }
}

/// The table between books and tags.
pub(super) fn book_tag() -> TableDefinition {
    let columns = ["book_id", "tag_id"].map(|name| ColumnDefinition::new(name, Type::I64));
    TableDefinition {
        primary_key: names(&["book_id", "tag_id"]),
        foreign_keys: vec![
            refers("book_id", "book", OnDelete::Cascade),
            refers("tag_id", "tag", OnDelete::Cascade),
        ],
        indexes: vec![index(&["tag_id"])],
        ..TableDefinition::new(TableName::new("book_tag"), columns.to_vec())
    }
}

/// All of these, and one of each other operation.
pub(super) fn library() -> Vec<Operation> {
    let table = TableName::new("book");
    let archive = TableName { schema: Some("archive".into()), name: "book".into() };
    let mut operations: Vec<Operation> =
        [author(), book(), tag(), book_tag()].into_iter().map(Operation::CreateTable).collect();
    let slug = text("slug", 200);
    operations.extend([
        Operation::AddColumn {
            table: table.clone(),
            column: slug.clone(),
            fill: Some(sql("lower(\"title\")")),
        },
        Operation::AlterColumn {
            table: table.clone(),
            column: ColumnDefinition {
                max_length: Some(120),
                comment: Some("What stands in the address of the page about it.".into()),
                ..slug
            },
            fill: Some(Sql::Each(
                [
                    ("postgresql".into(), "left(\"slug\", 120)".into()),
                    ("sqlite".into(), "substr(\"slug\", 1, 120)".into()),
                ]
                .into(),
            )),
        },
        Operation::RenameColumn { table: table.clone(), from: "views".into(), to: "reads".into() },
        Operation::DropColumn { table: table.clone(), column: "rating".into() },
        Operation::AddUnique { table: table.clone(), unique: unique(&["slug"]) },
        Operation::DropCheck { table: table.clone(), name: "views_not_negative".into() },
        Operation::AddForeignKey {
            table: table.clone(),
            foreign_key: refers("editor_id", "author", OnDelete::NoAction),
        },
        Operation::AddIndex { table: table.clone(), index: index(&["slug"]), concurrently: true },
        Operation::DropIndex { table: table.clone(), index: index(&["views"]), concurrently: false },
        Operation::SetPrimaryKey { table: table.clone(), columns: names(&["slug"]) },
        Operation::CommentTable { table: table.clone(), comment: None },
        Operation::RenameTable { from: table, to: archive.clone() },
        Operation::DropTable(archive),
        Operation::Sql {
            up: sql("UPDATE \"book\" SET \"reads\" = 0"),
            down: None,
        },
        Operation::Sql {
            up: sql("UPDATE \"tag\"\nSET \"name\" = lower(\"name\")\nWHERE \"name\" <> lower(\"name\")\n"),
            down: Some(sql("SELECT 1")),
        },
        Operation::Step { name: "fill_slugs".into() },
    ]);
    operations
}
