//! Which migrations a database has had: the table `orm_migrations`.
//!
//! It is the table that yara-orm 1.19 makes, so that its databases carry on.

use crate::db::Db;
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::schema::{Default, FieldOptions, Table, TableBuilder};
use crate::sql::ddl::{self, CreateOptions};
use crate::tree::{ColumnRef, Delete, Expr, Insert, InsertSource, Nulls, Order, Select, Statement};
use crate::typed::fetch;
use crate::value::{DecodeError, EncodeError, FieldType, RowReader, Type, ValueRef};
use chrono::{DateTime, NaiveDateTime, Utc};
use std::sync::OnceLock;

/// The greatest number of characters of a label.
pub(super) const APP_LENGTH: u32 = 100;
/// The greatest number of characters of a migration's name.
pub(super) const NAME_LENGTH: u32 = 255;

/// SQLSTATE of a table that is not there (source: PostgreSQL documentation, appendix A).
const NO_TABLE: &str = "42P01";

/// A migration that a database has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Applied {
    /// Its name: that of its file, without the ending.
    pub(super) name: String,
    /// When.
    pub(super) at: DateTime<Utc>,
}

fn table() -> Result<&'static Table> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    if let Some(table) = TABLE.get() {
        return Ok(table);
    }
    let id = FieldOptions { primary_key: true, default: Default::Auto, ..FieldOptions::REQUIRED };
    let text = |length| FieldOptions { max_length: Some(length), ..FieldOptions::REQUIRED };
    let built = TableBuilder::new("Migration", "orm_migrations")
        .field("id", Type::I32, id)
        .field("app", Type::Text, text(APP_LENGTH))
        .field("name", Type::Text, text(NAME_LENGTH))
        .field("applied_at", Type::TimestampTz, FieldOptions::REQUIRED)
        .finish()?;
    Ok(TABLE.get_or_init(|| built))
}

fn column(table: &'static Table, field: &'static str) -> Expr {
    Expr::Column(ColumnRef::own(table, field))
}

/// A value, which is of a kind that always can be stored.
fn value(value: impl FieldType) -> Result<Expr> {
    let wrong = |reason: EncodeError| Error::new(ErrorKind::InvalidValue, reason.to_string());
    value.into_value().map(Expr::literal).map_err(wrong)
}

/// The rows of a label.
fn rows_of(app: &str) -> Result<Select> {
    let table = table()?;
    let mut select = Select::new(table);
    select.filter.push(column(table, "app").equal(value(app.to_owned())?));
    Ok(select)
}

fn applied(reader: &mut RowReader<'_, '_>) -> Result<Applied, DecodeError> {
    let name = reader.read()?;
    let at = match reader.take()? {
        // A column without a zone, in which only UTC is written.
        cell @ ValueRef::Timestamp(_) => NaiveDateTime::decode(cell)?.and_utc(),
        cell => DateTime::<Utc>::decode(cell)?,
    };
    Ok(Applied { name, at })
}

fn nothing(_: &mut RowReader<'_, '_>) -> Result<(), DecodeError> {
    Ok(())
}

/// The migrations of a label, in the order in which they were applied.
pub(super) async fn read(db: &dyn Executor, app: &str) -> Result<Vec<Applied>> {
    let mut select = rows_of(app)?;
    let table = table()?;
    select.columns = vec![column(table, "name"), column(table, "applied_at")];
    let order = Order { expr: column(table, "id"), descending: false, nulls: Nulls::Greatest };
    select.order_by.push(order);
    fetch::fetch(db, Statement::Select(select), applied).await.map(|fetched| fetched.rows)
}

/// As [`read`]; `None` where there is no table yet. Outside of a transaction, which the question
/// would fail.
pub(super) async fn read_if_any(db: &Db, app: &str) -> Result<Option<Vec<Applied>>> {
    match read(db, app).await {
        Err(error) if error.sqlstate() == Some(NO_TABLE) => Ok(None),
        result => result.map(Some),
    }
}

/// The statements that create the table where it is not there.
pub(super) fn create(db: &dyn Executor) -> Result<Vec<String>> {
    let options = CreateOptions { if_not_exists: true };
    ddl::create_tables(&[table()?], options, db.dialect())
}

/// Notes that a migration is applied.
pub(super) async fn add(db: &dyn Executor, app: &str, name: &str) -> Result<()> {
    let table = table()?;
    let row = vec![value(app.to_owned())?, value(name.to_owned())?, value(Utc::now())?];
    let fields = ["app", "name", "applied_at"];
    let fields: Vec<usize> =
        fields.iter().map(|field| table.field_index(field)).collect::<Result<_>>()?;
    let insert = Insert::new(table, fields, InsertSource::Row(row));
    fetch::fetch(db, Statement::Insert(insert), nothing).await.map(drop)
}

/// Notes that a migration is not applied any more.
pub(super) async fn remove(db: &dyn Executor, app: &str, name: &str) -> Result<()> {
    let mut rows = rows_of(app)?;
    rows.filter.push(column(table()?, "name").equal(value(name.to_owned())?));
    let delete = Delete { rows, returning: Vec::new() };
    fetch::fetch(db, Statement::Delete(delete), nothing).await.map(drop)
}
