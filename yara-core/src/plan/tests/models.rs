//! The models of the tests.

use crate::schema::{
    Default, FieldOptions, ForeignKeyOptions, ManyToManyOptions, OnDelete, Table, TableBuilder,
    TableRef, Target,
};
use crate::tree::{
    Aggregate, AggregateFunction, BinaryOperator, ColumnRef, Expr, InList, Literal, Origin,
    Quantifier, Related,
};
use crate::value::{Array, Type, Value};
use std::sync::OnceLock;

const REQUIRED: FieldOptions = FieldOptions::REQUIRED;
const NULLABLE: FieldOptions = FieldOptions { nullable: true, ..FieldOptions::REQUIRED };
const KEY: FieldOptions =
    FieldOptions { primary_key: true, default: Default::Auto, ..FieldOptions::REQUIRED };
const ID: &[(&str, Type)] = &[("id", Type::I64)];

macro_rules! model {
    ($name:ident, $builder:expr) => {
        pub(crate) fn $name() -> &'static Table {
            static TABLE: OnceLock<Table> = OnceLock::new();
            TABLE.get_or_init(|| $builder.build())
        }
    };
}

model!(
    author,
    TableBuilder::new("Author", "author")
        .field("id", Type::I64, KEY)
        .field("name", Type::Text, FieldOptions { max_length: Some(100), ..REQUIRED })
        .field("bio", Type::Text, NULLABLE)
        .foreign_key("mentor", Target::Known(author), ID, optional())
        .reverse("mentees", Target::Known(author), "mentor", false)
        .reverse("books", Target::Known(book), "author", false)
);

model!(
    book,
    TableBuilder::new("Book", "book")
        .field("id", Type::I64, KEY)
        .field("title", Type::Text, FieldOptions { max_length: Some(200), ..REQUIRED })
        .field("views", Type::I64, REQUIRED)
        .field("pages", Type::I32, NULLABLE)
        .field("price", Type::Numeric, FieldOptions { precision: Some((10, 2)), ..NULLABLE })
        .foreign_key("author", Target::Known(author), ID, cascade())
        .foreign_key("editor", Target::Known(author), ID, optional())
        .many_to_many(
            "tags",
            Target::Known(tag),
            ManyToManyOptions { table: Target::Known(book_tag), source: "book", target: "tag" }
        )
        .reverse("reviews", Target::Known(review), "book", false)
        .reverse("cover", Target::Known(cover), "book", true)
        .unique(None, &["author", "title"])
        .index(None, &["views"])
);

model!(
    tag,
    TableBuilder::new("Tag", "tag")
        .field("id", Type::I64, KEY)
        .field("name", Type::Text, FieldOptions { unique: true, ..REQUIRED })
        .reverse("books", Target::Known(book), "tags", false)
);

pub(crate) fn book_tag() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let book = ("book", Target::Known(book as fn() -> _), ID);
        let tag = ("tag", Target::Known(tag as fn() -> _), ID);
        TableBuilder::join_table("book_tag", book, tag).unwrap()
    })
}

model!(
    review,
    TableBuilder::new("Review", "review")
        .field("id", Type::I64, KEY)
        .foreign_key("book", Target::Known(book), ID, cascade())
        .field("stars", Type::I16, REQUIRED)
        .field("text", Type::Text, REQUIRED)
        // The log of a system that does not care whether its author is still there.
        .foreign_key(
            "reader",
            Target::Known(author),
            ID,
            ForeignKeyOptions { db_constraint: false, ..ForeignKeyOptions::REQUIRED }
        )
);

model!(
    cover,
    TableBuilder::new("Cover", "cover")
        .field("id", Type::I64, KEY)
        .field("color", Type::Text, REQUIRED)
        .foreign_key(
            "book",
            Target::Known(book),
            ID,
            ForeignKeyOptions { unique: true, ..ForeignKeyOptions::REQUIRED }
        )
);

model!(
    shelf,
    TableBuilder::new("Shelf", "shelf")
        .field("room", Type::Text, FieldOptions { primary_key: true, ..REQUIRED })
        .field("number", Type::I32, FieldOptions { primary_key: true, ..REQUIRED })
        .field("label", Type::Text, NULLABLE)
        .reverse("slots", Target::Known(place), "shelf", false)
);

model!(
    place,
    TableBuilder::new("Place", "place")
        .field("id", Type::I64, KEY)
        .foreign_key(
            "shelf",
            Target::Known(shelf),
            &[("room", Type::Text), ("number", Type::I32)],
            ForeignKeyOptions::REQUIRED
        )
        .field("words", Type::Array(&Type::Text), NULLABLE)
);

fn optional() -> ForeignKeyOptions {
    ForeignKeyOptions {
        optional: true,
        on_delete: OnDelete::SetNull,
        ..ForeignKeyOptions::REQUIRED
    }
}

fn cascade() -> ForeignKeyOptions {
    ForeignKeyOptions { on_delete: OnDelete::Cascade, ..ForeignKeyOptions::REQUIRED }
}

pub(crate) fn all() -> Vec<&'static Table> {
    vec![review(), book(), tag(), cover(), place(), shelf(), author()]
}

/// `Book.author.name`, as `col(book(), "author.name")`.
pub(crate) fn col(table: &'static Table, path: &'static str) -> Expr {
    let mut path: Vec<&'static str> = path.split('.').collect();
    let field = path.pop().unwrap();
    Expr::Column(ColumnRef { path, ..ColumnRef::own(table, field) })
}

pub(crate) fn int(value: i64) -> Expr {
    Expr::literal(Value::I64(value))
}

pub(crate) fn text(value: &str) -> Expr {
    Expr::literal(Value::Text(value.into()))
}

pub(crate) fn number(value: &str) -> Expr {
    Expr::literal(Value::Numeric(value.parse().unwrap()))
}

/// `left operator right`
pub(crate) fn compare(left: Expr, operator: BinaryOperator, right: Expr) -> Expr {
    left.binary(operator, right)
}

pub(crate) fn list(kind: &'static Type, items: Vec<Value>) -> Literal {
    Literal::new(Value::Array(Box::new(Array::new(Type::Array(kind), items))))
}

pub(crate) fn in_list(operand: Expr, list: Literal, with_null: bool) -> Expr {
    Expr::In(Box::new(InList { operand, list, with_null }))
}

pub(crate) fn not(condition: Expr) -> Expr {
    Expr::Not(Box::new(condition))
}

/// A question about the rows of `Book.tags`, as `related(book(), "tags", …)`.
pub(crate) fn related(
    table: &'static Table,
    path: &'static str,
    quantifier: Quantifier,
    condition: Option<Expr>,
) -> Expr {
    let path = path.split('.').collect();
    Expr::Related(Box::new(Related {
        table: TableRef(table),
        origin: Origin::Query,
        path,
        quantifier,
        condition,
    }))
}

pub(crate) fn aggregate(function: AggregateFunction, argument: Option<Expr>) -> Expr {
    Expr::Aggregate(Box::new(Aggregate::new(function, argument)))
}

/// Descriptions that tests make in place.
pub(crate) trait BuildIn {
    fn build_in(self, cell: &'static OnceLock<Table>) -> &'static Table;
}

impl BuildIn for TableBuilder {
    fn build_in(self, cell: &'static OnceLock<Table>) -> &'static Table {
        cell.get_or_init(|| self.build())
    }
}
