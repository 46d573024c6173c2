//! A statement that is run again and again, each time with other values.

use super::{Executor, request};
use crate::backend::Request;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Compiled;
use crate::tree::Statement;
use crate::value::{Type, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// Of so many databases, the text is kept at hand.
const DATABASES: usize = 4;

/// The shape of a tree, and what it was written as. To ask it for a request costs neither a tree
/// nor a look for one: only the values are new.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::executor::Prepared;
/// use yara_orm::value::Value;
///
/// let statement = sql("select title from book where id = $1").bind(1_i64).into_statement()?;
/// let prepared = Prepared::new(&statement);
/// let request = prepared.request(&db, vec![Value::I64(2)])?;
/// assert_eq!(request.values, [Value::I64(2)]);
/// assert_eq!(prepared.statement(&request.values), statement); // of the same shape
/// assert!(prepared.request(&db, vec![Value::Bool(true)]).is_err());
/// # Ok(()) })
/// ```
#[derive(Debug)]
pub struct Prepared {
    shape: Statement,
    /// The kinds of its values, in the order of the tree.
    kinds: Vec<Type>,
    known: Mutex<Vec<(u64, Arc<Compiled>)>>,
}

impl Prepared {
    /// Keeps the shape of a tree; its values are forgotten.
    pub fn new(statement: &Statement) -> Prepared {
        let mut shape = statement.clone();
        let mut kinds = Vec::new();
        shape.for_each_literal(|literal| kinds.push(literal.value.kind()));
        shape.forget_values();
        Prepared { shape, kinds, known: Mutex::default() }
    }

    /// The kinds of the values that it takes, in the order of the tree.
    pub fn kinds(&self) -> &[Type] {
        &self.kinds
    }

    /// The tree with these values; of its own that are not among them, there are NULLs.
    pub fn statement(&self, values: &[Value]) -> Statement {
        let mut statement = self.shape.clone();
        statement.put_values(values);
        statement
    }

    /// The request of the tree with these values, on a database.
    ///
    /// Errs as [`request`] does, and where the values are not of the
    /// kinds that the shape has.
    pub fn request(&self, on: &dyn Executor, values: Vec<Value>) -> Result<Request> {
        self.check(&values)?;
        let compiled = self.compiled(on)?;
        match compiled.is_of_any_values() {
            true => compiled.request_of(values),
            false => request(on, &mut self.statement(&values)),
        }
    }

    fn compiled(&self, on: &dyn Executor) -> Result<Arc<Compiled>> {
        let shapes = on.db().shapes();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, compiled)) = known.iter().find(|(id, _)| *id == shapes.id()) {
            return Ok(compiled.clone());
        }
        let compiled = shapes.get_or_compile(&self.shape, on.dialect())?;
        known.truncate(DATABASES - 1);
        known.insert(0, (shapes.id(), compiled.clone()));
        Ok(compiled)
    }

    fn check(&self, values: &[Value]) -> Result<()> {
        let fits = values.len() == self.kinds.len()
            && values.iter().zip(&self.kinds).all(|(value, kind)| value.kind() == *kind);
        if fits {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Internal,
            format!(
                "a prepared statement takes values of the kinds {:?}, and was given others",
                self.kinds
            ),
        ))
    }
}
