//! Building a description from Python, member by member.

use super::kind::MONTHS;
use super::{Codec, Late, Slot, Table, kind, leak};
use crate::encode::encode;
use crate::query::configuration;
use crate::query::raise;
use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;
use yara_core::schema::{
    self, Check, Computed, Default, FieldOptions, ForeignKeyOptions, IndexMember, IndexOptions,
    ManyToManyOptions, OnDelete,
};
use yara_core::tree::{self, Nulls, Order};
use yara_core::value::Type;

/// Collects the members of a model.
#[pyclass(module = "yara_orm._engine")]
pub(crate) struct TableBuilder {
    model: &'static str,
    inner: Option<schema::TableBuilder>,
    codecs: Vec<Arc<Codec>>,
    late: Vec<Late>,
}

impl TableBuilder {
    fn change(
        &mut self,
        change: impl FnOnce(schema::TableBuilder) -> schema::TableBuilder,
    ) -> PyResult<()> {
        let inner = self.inner.take().ok_or_else(|| self.described())?;
        self.inner = Some(change(inner));
        Ok(())
    }

    fn described(&self) -> PyErr {
        configuration(format!("model {} has been described already", self.model))
    }

    /// An expression that is given later, by [`Table::set_expression`], and its number there.
    fn late(&mut self, what: &str) -> (usize, impl Fn() -> Order + Send + Sync + 'static) {
        let slot = Late::default();
        self.late.push(slot.clone());
        let missing = format!("{what} of {} was given no expression", self.model);
        let given = move || {
            slot.get().cloned().unwrap_or_else(|| Order {
                expr: tree::Expr::Invalid(missing.as_str().into()),
                descending: false,
                nulls: Nulls::Greatest,
            })
        };
        (self.late.len() - 1, given)
    }

    fn codec(
        &mut self,
        field: &'static str,
        kind: Type,
        encode: Option<Py<PyAny>>,
        decode: Option<Py<PyAny>>,
        months: bool,
    ) {
        let model = self.model;
        self.codecs.push(Arc::new(Codec { model, field, kind, months, encode, decode }));
    }
}

#[pymethods]
impl TableBuilder {
    #[new]
    #[pyo3(signature = (model, table, schema = None, comment = None))]
    fn new(
        model: String,
        table: String,
        schema: Option<String>,
        comment: Option<String>,
    ) -> TableBuilder {
        let model = leak(model);
        let mut inner = schema::TableBuilder::new(model, leak(table));
        if let Some(schema) = schema {
            inner = inner.schema(leak(schema));
        }
        if let Some(comment) = comment {
            inner = inner.comment(leak(comment));
        }
        TableBuilder { model, inner: Some(inner), codecs: Vec::new(), late: Vec::new() }
    }

    /// A column: its name, its kind, and whatever of the options it has. Of one that is `computed`,
    /// gives the number of the expression.
    fn field(
        &mut self,
        name: String,
        kind_name: &str,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Option<usize>> {
        let name = leak(name);
        let value_kind = kind(kind_name)?;
        let mut field_options = field_options(options, value_kind)?;
        let mut computed = None;
        if option::<bool>(options, "computed")?.unwrap_or(false) {
            let (at, expression) = self.late(&format!("the generated field `{name}`"));
            field_options.computed = Some(Computed::new(move || expression().expr));
            computed = Some(at);
        }
        let hook = |key: &str| -> PyResult<Option<Py<PyAny>>> {
            Ok(options.get_item(key)?.filter(|hook| !hook.is_none()).map(Bound::unbind))
        };
        let (encode, decode) = (hook("encode")?, hook("decode")?);
        self.codec(name, value_kind, encode, decode, kind_name == MONTHS);
        self.change(|inner| inner.field(name, value_kind, field_options))?;
        Ok(computed)
    }

    /// A foreign key; `parts` are the names and kinds of the key that it refers to.
    fn foreign_key(
        &mut self,
        name: String,
        target: &Slot,
        parts: Vec<(String, String)>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<()> {
        let name = leak(name);
        let mut known = Vec::with_capacity(parts.len());
        for (part, part_kind) in parts {
            known.push((leak(part), kind(&part_kind)?));
        }
        let mut key_options = foreign_key_options(options)?;
        if let (Some(value), [(_, part_kind)]) = (options.get_item("constant")?, known.as_slice()) {
            key_options.default = Default::Constant(encode(&value, *part_kind)?);
        }
        for (part, part_kind) in &known {
            let member = match known.len() {
                1 => leak(format!("{name}_id")),
                _ => leak(format!("{name}_{part}")),
            };
            self.codec(member, *part_kind, None, None, false);
        }
        let target = target.target();
        self.change(|inner| inner.foreign_key(name, target, &known, key_options))
    }

    /// A relation through a model or table between.
    fn many_to_many(
        &mut self,
        name: String,
        target: &Slot,
        through: &Slot,
        source_relation: String,
        target_relation: String,
    ) -> PyResult<()> {
        let options = ManyToManyOptions {
            table: through.target(),
            source: leak(source_relation),
            target: leak(target_relation),
        };
        let target = target.target();
        self.change(|inner| inner.many_to_many(leak(name), target, options))
    }

    /// No two rows have the same values of these members.
    fn unique(&mut self, name: Option<String>, members: Vec<String>) -> PyResult<()> {
        let members: Vec<&'static str> = members.into_iter().map(leak).collect();
        self.change(|inner| inner.unique(name.map(leak), &members))
    }

    /// An index for full-text searches in these texts.
    fn fulltext(
        &mut self,
        name: Option<String>,
        language: String,
        members: Vec<String>,
    ) -> PyResult<()> {
        let members: Vec<&'static str> = members.into_iter().map(leak).collect();
        self.change(|inner| inner.fulltext(name.map(leak), leak(language), &members))
    }

    /// An index; gives the numbers of its expressions, and that of its condition last.
    fn index(&mut self, options: &Bound<'_, PyDict>) -> PyResult<Vec<usize>> {
        let text = |key: &str| Ok::<_, PyErr>(option::<String>(options, key)?.map(leak));
        let name = text("name")?;
        let what = format!("the index `{}`", name.unwrap_or("without a name"));
        let mut late = Vec::new();
        let mut keys = Vec::new();
        let given: Vec<IndexedKey> = option(options, "keys")?.unwrap_or_default();
        for (member, descending, class) in given {
            let key = match member {
                Some(member) => IndexMember::named(leak(member), descending, Nulls::Greatest),
                None => {
                    let (at, expression) = self.late(&what);
                    late.push(at);
                    IndexMember::expression(expression)
                }
            };
            keys.push(key.class(class.map(leak)));
        }
        let mut condition = None;
        if option::<bool>(options, "conditional")?.unwrap_or(false) {
            let (at, expression) = self.late(&what);
            late.push(at);
            condition = Some(Computed::new(move || expression().expr));
        }
        let include: Vec<String> = option(options, "include")?.unwrap_or_default();
        let index = IndexOptions {
            name,
            unique: option(options, "unique")?.unwrap_or(false),
            keys,
            method: text("using")?,
            include: include.into_iter().map(leak).collect(),
            condition,
        };
        self.change(|inner| inner.index_with(index))?;
        Ok(late)
    }

    /// A condition that holds for every row; gives its number.
    fn check(&mut self, name: String) -> PyResult<usize> {
        let name = leak(name);
        let (at, condition) = self.late(&format!("the check `{name}`"));
        self.change(|inner| {
            inner.check(Check { name, condition: Box::new(move || condition().expr) })
        })?;
        Ok(at)
    }

    /// The order of queries that name none.
    fn order_by(&mut self, member: String, descending: bool) -> PyResult<()> {
        self.change(|inner| inner.order_by(leak(member), descending))
    }

    /// The description; refuses one that contradicts itself. An `implicit` one is of a table that
    /// no model stands for: it is created with the models that it is between.
    fn finish(&mut self, implicit: bool) -> PyResult<Table> {
        let inner = self.inner.take().ok_or_else(|| self.described())?;
        let mut table = inner.finish().map_err(raise)?;
        table.implicit = implicit;
        let (codecs, late) = (std::mem::take(&mut self.codecs), std::mem::take(&mut self.late));
        Ok(Table::describe(Box::leak(Box::new(table)), codecs, late))
    }
}

/// Where NULL stands.
pub(super) fn nulls(name: Option<&str>) -> PyResult<Nulls> {
    match name {
        None => Ok(Nulls::Greatest),
        Some("first") => Ok(Nulls::First),
        Some("last") => Ok(Nulls::Last),
        Some(other) => Err(configuration(format!("NULL stands `first` or `last`, not `{other}`"))),
    }
}

/// A part of an index: a member, or none for an expression; whether descending; and the operator
/// class.
type IndexedKey = (Option<String>, bool, Option<String>);

/// An option, if it is given.
fn option<'py, T: FromPyObjectOwned<'py>>(
    options: &Bound<'py, PyDict>,
    key: &str,
) -> PyResult<Option<T>> {
    match options.get_item(key)? {
        Some(value) if !value.is_none() => value.extract().map(Some).map_err(Into::into),
        _ => Ok(None),
    }
}

fn field_options(options: &Bound<'_, PyDict>, kind: Type) -> PyResult<FieldOptions> {
    let flag = |key: &str| Ok::<bool, PyErr>(option::<bool>(options, key)?.unwrap_or(false));
    let text = |key: &str| Ok::<_, PyErr>(option::<String>(options, key)?.map(leak));
    let default = if let Some(sql) = text("sql_default")? {
        Default::Sql(sql)
    } else if let Some(bytes) = option::<u32>(options, "random_hex")? {
        Default::RandomHex(bytes)
    } else if flag("clock")? {
        Default::Clock
    } else if let Some(value) = options.get_item("constant")? {
        Default::Constant(encode(&value, kind)?)
    } else if flag("auto")? {
        Default::Auto
    } else {
        Default::None
    };
    let choices: Vec<&'static str> = option::<Vec<String>>(options, "choices")?
        .unwrap_or_default()
        .into_iter()
        .map(leak)
        .collect();
    Ok(FieldOptions {
        column: text("column")?,
        nullable: flag("null")?,
        primary_key: flag("pk")?,
        default,
        max_length: option(options, "max_length")?,
        precision: option(options, "precision")?,
        unique: flag("unique")?,
        index: flag("index")?,
        version: flag("version")?,
        auto_now: flag("auto_now")?,
        choices: choices.leak(),
        comment: text("comment")?,
        validate: None,
        computed: None,
    })
}

fn foreign_key_options(options: &Bound<'_, PyDict>) -> PyResult<ForeignKeyOptions> {
    let flag = |key: &str| Ok::<bool, PyErr>(option::<bool>(options, key)?.unwrap_or(false));
    let list = |key: &str| -> PyResult<&'static [&'static str]> {
        let names: Vec<String> = option(options, key)?.unwrap_or_default();
        let names: Vec<&'static str> = names.into_iter().map(leak).collect();
        Ok(names.leak())
    };
    Ok(ForeignKeyOptions {
        columns: list("columns")?,
        optional: flag("null")?,
        unique: flag("unique")?,
        to: list("to")?,
        on_delete: on_delete(option::<String>(options, "on_delete")?.as_deref())?,
        on_update: OnDelete::NoAction,
        db_constraint: option::<bool>(options, "db_constraint")?.unwrap_or(true),
        related_name: option::<String>(options, "related_name")?.map(leak),
        primary_key: flag("pk")?,
        default: Default::None,
        comment: option::<String>(options, "comment")?.map(leak),
    })
}

pub(crate) fn on_delete(name: Option<&str>) -> PyResult<OnDelete> {
    Ok(match name {
        None | Some("NO ACTION") => OnDelete::NoAction,
        Some("CASCADE") => OnDelete::Cascade,
        Some("RESTRICT") => OnDelete::Restrict,
        Some("SET NULL") => OnDelete::SetNull,
        Some("SET DEFAULT") => OnDelete::SetDefault,
        Some(other) => return Err(configuration(format!("there is no on_delete `{other}`"))),
    })
}
