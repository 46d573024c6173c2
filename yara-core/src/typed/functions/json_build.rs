//! Documents made of columns and values.

use super::json_path::JsonOperand;
use crate::tree::{self, Function};
use crate::typed::{Expression, Projection};
use crate::value::{DecodeError, FieldType, RowReader};
use std::marker::PhantomData;

/// A JSON object that is built from values, columns and expressions, see [`json_object`].
pub struct JsonObject<M> {
    arguments: Vec<tree::Expr>,
    of: PhantomData<fn() -> M>,
}

/// A JSON array that is built from values, columns and expressions, see [`json_array`].
pub struct JsonArray<M> {
    arguments: Vec<tree::Expr>,
    of: PhantomData<fn() -> M>,
}

/// An object: `func::json_object().entry("title", Book::title)`.
///
/// Times are written as ISO 8601 has them, NULL as `null`; bytes and intervals are refused.
///
/// ```
/// # use library::*;
/// use yara_orm::func;
/// # run(async |db| {
/// let rating = func::json_array().item(Book::rating).item(5);
/// let card = func::json_object().entry("title", Book::title).entry("rating", rating);
/// let cards = Book::query().order_by(Book::id).select(card).all(&db).await?;
/// assert_eq!(cards[0], serde_json::json!({"title": "Notes", "rating": [4.5, 5]}));
/// assert_eq!(cards[2], serde_json::json!({"title": "École", "rating": [null, 5]}));
/// # Ok(()) })
/// ```
pub fn json_object<M>() -> JsonObject<M> {
    JsonObject { arguments: Vec::new(), of: PhantomData }
}

/// An array: `func::json_array().item(Book::id).item("text")`.
///
/// ```
/// # use library::*;
/// use yara_orm::func;
/// # run(async |db| {
/// let pairs = Book::query().order_by(Book::id).select(func::json_array().item(Book::id).item("a"));
/// assert_eq!(pairs.first(&db).await?, Some(serde_json::json!([1, "a"])));
/// # Ok(()) })
/// ```
pub fn json_array<M>() -> JsonArray<M> {
    JsonArray { arguments: Vec::new(), of: PhantomData }
}

impl<M> JsonObject<M> {
    /// An entry more.
    #[must_use]
    pub fn entry(mut self, key: impl Into<String>, value: impl JsonOperand<M>) -> Self {
        let key = match key.into().into_value() {
            Ok(key) => tree::Expr::literal(key),
            Err(error) => tree::Expr::Invalid(error.to_string().into()),
        };
        self.arguments.extend([key, value.json()]);
        self
    }
}

impl<M> JsonArray<M> {
    /// An item more.
    #[must_use]
    pub fn item(mut self, value: impl JsonOperand<M>) -> Self {
        self.arguments.push(value.json());
        self
    }
}

macro_rules! builders {
    ($($shell:ident),+) => {$(
        impl<M> Clone for $shell<M> {
            fn clone(&self) -> Self {
                $shell { arguments: self.arguments.clone(), of: PhantomData }
            }
        }

        impl<M> std::fmt::Debug for $shell<M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($shell)).field(&self.arguments).finish()
            }
        }

        impl<M: 'static> Expression for $shell<M> {
            type Model = M;
            type Type = serde_json::Value;

            fn into_tree(self) -> tree::Expr {
                tree::Expr::Call(Function::$shell, self.arguments)
            }
        }

        impl<M: 'static> Projection<M> for $shell<M> {
            type Row = serde_json::Value;

            fn append(self, columns: &mut Vec<tree::Expr>) {
                columns.push(self.into_tree());
            }

            fn decode(row: &mut RowReader<'_, '_>) -> Result<Self::Row, DecodeError> {
                row.read()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static> JsonOperand<M> for $shell<M> {
            fn json(self) -> tree::Expr {
                self.into_tree()
            }
        }
    )+};
}

builders!(JsonObject, JsonArray);
