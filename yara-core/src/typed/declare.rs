//! What the output of the derives calls, beside the traits that it implements: small functions that
//! keep the output short, and checks whose failure is the message that a user reads.

use super::model::FieldError;
use super::relation::{ForeignRelation, ThroughRelation};
use super::{Column, Expr, Expression, Key, Model, Ordering, Projection, Root, ToMany, ToOne};
use crate::schema::{ForeignKeyOptions, Table, TableBuilder, Target};
use crate::tree;
use crate::value::{
    DecodeError, EncodeError, FieldType, Moment, Textual, Type, Value, ValueRef, Whole,
};
use std::fmt::Display;

/// Refuses a value that its field cannot hold, before anything is sent.
pub fn check_value(table: &Table, at: usize, value: &tree::Expr) -> crate::error::Result<()> {
    super::create::check(table, at, value)
}

/// Checks new values, and adds what every update sets: the times of the last change, the versions.
pub fn touch(
    table: &'static Table,
    set: &mut Vec<(usize, tree::Expr)>,
) -> crate::error::Result<()> {
    super::update::touch(table, set)
}

/// Refuses inserts whose conflict the database could not tell, or of which two rows would be the
/// same one, before anything is sent.
pub fn check_upsert(
    table: &'static Table,
    conflict: &tree::Conflict,
    statements: &[tree::Statement],
) -> crate::error::Result<()> {
    super::upsert::check_all(table, conflict, statements)
}

/// Appends the value of a field.
pub fn push(
    value: Result<Value, EncodeError>,
    field: &'static str,
    out: &mut Vec<Value>,
) -> Result<(), FieldError> {
    match value {
        Ok(value) => {
            out.push(value);
            Ok(())
        }
        Err(reason) => Err(FieldError { field: field.into(), reason }),
    }
}

/// What a column of type `T` of `M` is computed from: `#[field(generated = …)]`.
pub fn computed<M, T>(expression: impl super::Operand<M, T>) -> tree::Expr {
    expression.operand()
}

/// What an index of `M` can be of, beside its fields.
#[diagnostic::on_unimplemented(
    message = "an index of `{M}` cannot be of `{Self}`",
    label = "expected a column or an expression of `{M}`, which may say its order"
)]
pub trait Indexed<M> {
    /// The expression and its order.
    fn into_order(self) -> tree::Order;
}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Expression<Model = M>> Indexed<M> for E {
    fn into_order(self) -> tree::Order {
        let nulls = tree::Nulls::Greatest;
        tree::Order { expr: self.into_tree(), descending: false, nulls }
    }
}

#[diagnostic::do_not_recommend]
impl<M> Indexed<M> for Ordering<M> {
    fn into_order(self) -> tree::Order {
        self.into_tree()
    }
}

/// One of the expressions of an index of `M`.
pub fn indexed<M: Model>(expression: impl Indexed<M>) -> tree::Order {
    expression.into_order()
}

/// What `#[field(default = …)]` can be for a field of type `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the default of a field of type `{T}`",
    label = "expected a `{T}`"
)]
pub trait DefaultFor<T> {
    /// The value to send.
    fn encode(self) -> Result<Value, EncodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> DefaultFor<T> for T {
    fn encode(self) -> Result<Value, EncodeError> {
        FieldType::encode(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> DefaultFor<Option<T>> for T {
    fn encode(self) -> Result<Value, EncodeError> {
        FieldType::encode(&self)
    }
}

#[diagnostic::do_not_recommend]
impl DefaultFor<String> for &str {
    fn encode(self) -> Result<Value, EncodeError> {
        FieldType::encode(&self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl DefaultFor<Option<String>> for &str {
    fn encode(self) -> Result<Value, EncodeError> {
        FieldType::encode(&self.to_owned())
    }
}

/// The value of a default. One that cannot be sent is NULL, which an insert then refuses.
pub fn default_value<T: FieldType>(value: impl DefaultFor<T>) -> Value {
    value.encode().unwrap_or(Value::Null(T::TYPE))
}

/// Runs a validator over a value of a field. NULL is not validated.
pub fn validate<T: FieldType, E: Display>(
    value: &Value,
    check: impl FnOnce(&T) -> Result<(), E>,
) -> Result<(), EncodeError> {
    if value.is_null() {
        return Ok(());
    }
    let value = value.decode::<T>().map_err(|error| EncodeError::new(error.to_string()))?;
    check(&value).map_err(|reason| EncodeError::new(reason.to_string()))
}

/// The names of a model's columns, in order.
#[allow(clippy::unnecessary_wraps, reason = "it is the body of `Row::columns`")]
pub fn columns_of<M: Model>() -> Option<Vec<&'static str>> {
    Some(M::table().fields.iter().map(|field| field.column).collect())
}

/// Adds the columns of a foreign key.
pub fn foreign_key<R: ForeignRelation>(
    table: TableBuilder,
    options: ForeignKeyOptions,
) -> TableBuilder {
    let target = Target::Known(<R::Target as Model>::table);
    let options = ForeignKeyOptions { to: R::TO, unique: R::UNIQUE, ..options };
    table.foreign_key(R::NAME, target, R::PARTS, options)
}

/// The table between two models that have no model for it.
///
/// # Panics
/// If its description contradicts itself: two columns of one name.
pub fn join_table<Source: Model, Far: Model>(
    schema: Option<&'static str>,
    name: &'static str,
    source: &'static str,
    target: &'static str,
) -> Table {
    let table = TableBuilder::join_table(
        name,
        (source, Target::Known(Source::table), Source::KEY),
        (target, Target::Known(Far::table), Far::KEY),
    );
    #[allow(clippy::panic, reason = "a wrong declaration, found by the first use of the model")]
    let mut table = table.unwrap_or_else(|error| panic!("{error}"));
    table.schema = schema;
    table
}

/// A constant of a model that is a foreign key.
#[diagnostic::on_unimplemented(
    message = "this is no foreign key",
    label = "expected the name of a `ForeignKey<…>` or `OneToOne<…>` of the other model"
)]
pub trait NamesForeignKey {
    /// The type that names it.
    type Relation: ForeignRelation;
}

#[diagnostic::do_not_recommend]
impl<R: ForeignRelation> NamesForeignKey for ToOne<Root<R::Owner>, R> {
    type Relation = R;
}

/// The type that names a foreign key to `Here`, whose key there is a `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no foreign key to the `{K}` of `{Here}`",
    label = "expected the name of a `ForeignKey<{Here}>` or `OneToOne<{Here}>` of the other model",
    note = "a foreign key with `to = field` is mirrored by `#[relation(reverse = …, to = field)]`"
)]
pub trait RefersTo<Here, K> {}

/// A constant of a model that is a relation through a table of its own.
#[diagnostic::on_unimplemented(
    message = "this is no `ManyToMany` that has its own table",
    label = "expected the name of a `ManyToMany<…>` of the other model",
    note = "where the other side says `through = Model`, say `through = Model` here too, in place of `reverse`"
)]
pub trait NamesManyToMany {
    /// The type that names it.
    type Relation: ThroughRelation;
}

#[diagnostic::do_not_recommend]
impl<R: ThroughRelation> NamesManyToMany for ToMany<Root<R::Owner>, R> {
    type Relation = R;
}

/// The type that names a `ManyToMany<Here>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation to `{Here}`",
    label = "expected the name of a `ManyToMany<{Here}>` of the other model"
)]
pub trait LeadsTo<Here> {}

/// Checks what `reverse` of a `HasMany` or `HasOne` names.
///
/// # Panics
/// At compile time, with what to write instead.
pub const fn check_reverse<Here, K, C>(_: &C, to: &[&str], one: bool)
where
    C: NamesForeignKey<Relation: RefersTo<Here, K>>,
{
    assert!(
        !one || <C::Relation as ForeignRelation>::UNIQUE,
        "`HasOne` mirrors a foreign key that no two rows share: write `OneToOne<…>` there, or `HasMany<…>` here"
    );
    assert!(
        to.len() == <C::Relation as ForeignRelation>::TO.len(),
        "one side says `to = field` and the other does not; write the same `to` on both"
    );
    if let ([here], [there]) = (to, <C::Relation as ForeignRelation>::TO) {
        assert!(
            same(here, there),
            "the foreign key refers to another field: `to` names another one there"
        );
    }
}

/// Checks what `reverse` of a `ManyToMany` names.
pub const fn check_many_reverse<Here, C>(_: &C)
where
    C: NamesManyToMany<Relation: LeadsTo<Here>>,
{
}

/// Checks what `source` and `target` of a `ManyToMany` name.
pub const fn check_through<Here: Model, C>(_: &C)
where
    C: NamesForeignKey<Relation: RefersTo<Here, Here::Key>>,
{
}

/// Checks what `to` of a foreign key names.
pub const fn check_to<M, K>(_: &Column<M, K>) {}

/// Checks that `max_length` stands at a text.
pub const fn check_text<T: Textual>() {}

/// Checks that `auto` and `version` stand at a whole number.
pub const fn check_whole<T: Whole>() {}

/// Checks that `auto_now` and `auto_now_add` stand at a time.
pub const fn check_moment<T: Moment>() {}

/// Checks that `precision` stands at a decimal number.
///
/// # Panics
/// At compile time, with what to write instead.
pub const fn check_numeric<T: FieldType>() {
    assert!(
        matches!(T::TYPE, Type::Numeric),
        "`precision` and `scale` are for `Decimal` and `Numeric`; remove them, or change the field's type"
    );
}

/// Checks that a foreign key in a primary key of several columns is one column.
///
/// # Panics
/// At compile time, with what to write instead.
pub const fn check_single<K: Key>() {
    assert!(
        K::WIDTH == 1,
        "a foreign key of several columns cannot be part of a primary key; give the model a key of its own"
    );
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A column or expression of `M` that a member of type `T` of a `#[derive(Row)]` struct can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give a `{T}` from `{M}`",
    label = "a member of type `{T}` needs a column or expression of `{M}` with that type"
)]
pub trait Selectable<M, T> {
    /// The node of the query tree.
    fn into_column(self) -> tree::Expr;
}

macro_rules! selectable {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> Selectable<M, T> for $shell<M, T> {
            fn into_column(self) -> tree::Expr {
                self.into_tree()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> Selectable<M, Option<T>> for $shell<M, T> {
            fn into_column(self) -> tree::Expr {
                self.into_tree()
            }
        }
    )+};
}

selectable!(Column, Expr);

/// What a member of type `T`, a row itself, of a `#[derive(Row)]` struct can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give a whole `{T}` from `{M}`",
    label = "a nested member of type `{T}` needs what gives such rows",
    note = "`whole::<Model>()`, `alias.whole()`, `Model::relation.whole()`, or the columns of a struct with `#[derive(Row)]`"
)]
pub trait SelectableRow<M, T> {
    /// Appends what is read.
    fn append_row(self, columns: &mut Vec<tree::Expr>);
}

#[diagnostic::do_not_recommend]
impl<M, T, P: Projection<M, Row = T>> SelectableRow<M, T> for P {
    fn append_row(self, columns: &mut Vec<tree::Expr>) {
        self.append(columns);
    }
}

/// The text in the cell of an enum.
pub fn variant_text<'a>(cell: &'a ValueRef<'_>, name: &str) -> Result<&'a str, DecodeError> {
    match cell {
        ValueRef::Text(text) => Ok(text),
        cell => Err(DecodeError::wrong_kind(cell, name)),
    }
}

/// The error of a stored text that no variant has.
pub fn unknown_variant(name: &str, found: &str, known: &[&str]) -> DecodeError {
    let known: Vec<String> = known.iter().map(|text| format!("`{text}`")).collect();
    DecodeError::bad_value(format!("`{found}` is no `{name}`; that is one of {}", known.join(", ")))
}

/// The error of a stored number that no variant has.
pub fn unknown_number(name: &str, found: i64, known: &[i64]) -> DecodeError {
    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
    DecodeError::bad_value(format!("{found} is no `{name}`; that is one of {}", known.join(", ")))
}
