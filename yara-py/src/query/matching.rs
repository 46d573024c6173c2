//! Queries that go on with lookups: what most programs ask, by the shortest way.

use super::finder::{Finder, How, Input, Remembered};
use super::lookup::{named, parse, plain_codec, value_for};
use super::{Select, raise};
use crate::rows::objects::known;
use crate::schema::Table;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyString};
use std::sync::Arc;
use yara_core::lookup::{self, Lookup, LookupValue};
use yara_core::plan;
use yara_core::tree;
use yara_core::value::Value;

#[pymethods]
impl Select {
    /// Only rows that match all of these lookups; `None` where the query is a slice, or a value is
    /// none of those that need no second look. This is the short way of what most programs ask.
    fn matching(&self, table: &Table, lookups: &Bound<'_, PyDict>) -> PyResult<Option<Select>> {
        self.going_on(How::All, table, lookups)
    }

    /// The same, for one row: another one is read too, so that it can be told that there are
    /// several.
    fn one_matching(&self, table: &Table, lookups: &Bound<'_, PyDict>) -> PyResult<Option<Select>> {
        self.going_on(How::One, table, lookups)
    }
}

impl Select {
    fn going_on(
        &self,
        how: How,
        table: &Table,
        lookups: &Bound<'_, PyDict>,
    ) -> PyResult<Option<Select>> {
        if !lookups.iter().all(|(_, value)| is_plain(&value)) {
            return Ok(None);
        }
        let known = self.finders.find(how, lookups);
        if let Remembered::Prepared(finder) = &known
            && let Some(values) = read(table, lookups, finder.inputs())?
        {
            let values = finder.complete(values);
            return Ok(Some(self.found(finder.clone(), values)));
        }
        let Some(parts) = self.plain_parts(table, lookups)? else { return Ok(None) };
        let select = self.narrowed_by(how, &parts)?;
        match known {
            Remembered::No => self.finders.note(how, lookups, Remembered::Once)?,
            Remembered::Once => {
                let found = self.finder(how, table, lookups, parts, select.tree())?;
                self.finders.note(
                    how,
                    lookups,
                    found.map_or(Remembered::Never, Remembered::Prepared),
                )?;
            }
            Remembered::Never | Remembered::Prepared(_) => {}
        }
        Ok(Some(select))
    }

    /// The lookups and their values; `None` where the query is a slice.
    fn plain_parts(
        &self,
        table: &Table,
        lookups: &Bound<'_, PyDict>,
    ) -> PyResult<Option<Vec<(Lookup, LookupValue)>>> {
        let tree = self.tree();
        if tree.limit.is_some() || tree.offset.is_some() {
            return Ok(None);
        }
        let mut parts = Vec::with_capacity(lookups.len());
        for (name, value) in lookups {
            let name = name.cast::<PyString>()?.to_str()?;
            let lookup = parse(table, &Vec::new(), name)?;
            let value = value_for(&lookup, &value)
                .map_err(|error| named(value.py(), table, name, error))?;
            parts.push((lookup, value));
        }
        Ok(Some(parts))
    }

    /// The rows of this that match all of these lookups.
    fn narrowed_by(&self, how: How, parts: &[(Lookup, LookupValue)]) -> PyResult<Select> {
        let condition = |(lookup, value): &(Lookup, LookupValue)| {
            lookup::Condition::lookup(lookup.clone(), value.clone())
        };
        let condition = match parts {
            [only] => condition(only),
            parts => lookup::Condition::And(parts.iter().map(condition).collect()),
        };
        let condition = condition.build().map_err(raise)?;
        Ok(self.changed(|select| {
            select.filter.push(condition);
            if how == How::One {
                plan::narrow(select, 2);
                plan::in_own_order(select);
            }
        }))
    }
}

impl Select {
    /// A finder for queries by these lookups, of one that was made by them.
    fn finder(
        &self,
        how: How,
        table: &Table,
        lookups: &Bound<'_, PyDict>,
        parts: Vec<(Lookup, LookupValue)>,
        select: &tree::Select,
    ) -> PyResult<Option<Arc<Finder>>> {
        let input = |(lookup, _): &(Lookup, LookupValue)| Input::of(lookup, plain_codec(lookup));
        let Some(inputs) = parts.iter().map(input).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let Some(given) = read(table, lookups, &inputs)? else { return Ok(None) };
        let mut base = self.tree().clone();
        base.forget_values();
        let outline = Select::new_of(base, self.columns.clone()).narrowed_by(how, &parts)?;
        Ok(Finder::new(select, outline.tree(), inputs, &given).map(Arc::new))
    }
}

/// The values of lookups; `None` where one is NULL, which is looked for in another way.
fn read(
    table: &Table,
    lookups: &Bound<'_, PyDict>,
    inputs: &[Input],
) -> PyResult<Option<Vec<Value>>> {
    let mut values = Vec::with_capacity(inputs.len() + 1);
    for ((name, value), input) in lookups.iter().zip(inputs) {
        if value.is_none() {
            return Ok(None);
        }
        values.push(input.read(&value).map_err(|error| {
            let name = name.to_string();
            named(value.py(), table, &name, error)
        })?);
    }
    Ok(Some(values))
}

/// Whether a value is one of Python's own that mean themselves.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_none()
        || value.is_exact_instance_of::<PyDateTime>()
        || value.is_exact_instance_of::<PyDate>()
        || known(value.py()).is_ok_and(|known| {
            let class = value.get_type();
            class.is(known.uuid_type(value.py())) || class.is(known.decimal_type(value.py()))
        })
}
