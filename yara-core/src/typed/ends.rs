//! Rows at the end of a query, and rows by their keys.

use super::{Key, Model, Pred, Query};
use crate::error::Result;
use crate::executor::Executor;
use crate::plan;
use crate::tree;
use crate::value::{Array, Value};
use std::collections::HashMap;

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// The last row, if there is one: the first in the opposite order. Without an order, that of
    /// the greatest primary key. Of a slice, the last of its rows.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let last = Book::query().order_by(Book::views).last(&db).await?;
    /// assert_eq!(last.map(|book| book.title), Some("100% sure".into()));
    /// let third = Book::query().order_by(Book::views).limit(3).last(&db).await?;
    /// assert_eq!(third.map(|book| book.title), Some("Engine".into()));
    /// # Ok(()) })
    /// ```
    pub async fn last(mut self, db: &impl Executor) -> Result<Option<Row>> {
        plan::in_some_order(&mut self.select);
        self.select = plan::last(self.select)?;
        Ok(self.rows(db).await?.pop())
    }
}

impl<M: Model> Query<M> {
    /// The rows of these keys, by key; a key without a row that matches is not in the map.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let books = Book::query().by_keys([1, 3, 77], &db).await?;
    /// assert_eq!((books.len(), books[&3].title.as_str()), (2, "École"));
    /// # Ok(()) })
    /// ```
    pub async fn by_keys(
        self,
        keys: impl IntoIterator<Item = M::Key>,
        db: &impl Executor,
    ) -> Result<HashMap<M::Key, M>> {
        let condition = Pred::from_tree(key_in::<M>(keys));
        let rows = self.filter(condition).rows(db).await?;
        Ok(rows.into_iter().map(|row| (row.key(), row)).collect())
    }
}

/// The key is one of these.
fn key_in<M: Model>(keys: impl IntoIterator<Item = M::Key>) -> tree::Expr {
    let table = M::table();
    let mut lists: Vec<Vec<Value>> = vec![Vec::new(); table.primary_key.len()];
    for key in keys {
        let mut values = Vec::with_capacity(M::Key::WIDTH);
        if let Err(reason) = key.encode(&mut values) {
            let reason = format!("a key of {}: {reason}", table.model);
            return tree::Expr::Invalid(reason.into());
        }
        lists.iter_mut().zip(values).for_each(|(list, value)| list.push(value));
    }
    let lists = table.key_fields().zip(lists).map(|(field, items)| {
        tree::Literal::new(Value::Array(Box::new(Array::new(field.kind.list(), items))))
    });
    let column =
        |field: &crate::schema::Field| tree::Expr::Column(tree::ColumnRef::own(table, field.name));
    let mut operands: Vec<tree::Expr> = table.key_fields().map(column).collect();
    let mut lists: Vec<tree::Literal> = lists.collect();
    match (operands.len(), operands.pop(), lists.pop()) {
        (1, Some(operand), Some(list)) => {
            tree::Expr::In(Box::new(tree::InList { operand, list, with_null: false }))
        }
        (_, operand, list) => {
            operands.extend(operand);
            lists.extend(list);
            tree::Expr::InRows(Box::new(tree::InRows { operands, lists }))
        }
    }
}
