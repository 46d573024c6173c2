//! JSON documents.

use super::json_path::{IntoJsonPath, JsonOperand, JsonPath, invalid_or};
use crate::tree::{self, Function};
use crate::typed::{Expr, Expression, Operand, Pred};
use crate::value::{Document, FieldType, Type, Value};

/// What can be asked of a JSON column or expression, and what can be made of it.
///
/// ```
/// # use library::*;
/// use serde_json::json;
///
/// #[derive(Model, Debug, Clone)]
/// struct Page {
///     id: i64,
///     data: serde_json::Value,
/// }
///
/// # run(async |db| {
/// db.create_tables::<Page>().await?;
/// let data = json!({"title": "Notes", "tags": ["a", "b"], "size": {"w": 10}});
/// Page::create().data(data).insert(&db).await?;
///
/// let wide = Page::data.path(("size", "w")).ge(10);
/// let tagged = Page::data.path(("tags", -1)).eq("b") & Page::data.contains_json(json!({"tags": ["a"]}));
/// assert_eq!(Page::filter(wide & tagged).count(&db).await?, 1);
///
/// let next = Page::data.json_set(("size", "w"), 20).json_remove("tags");
/// assert_eq!(
///     Page::query().select(next).all(&db).await?,
///     [json!({"title": "Notes", "size": {"w": 20}})]
/// );
/// # Ok(()) })
/// ```
pub trait JsonFunctions: Expression<Type: Document> {
    /// What stands at a path: a key, an index (from the end where it is below zero), or a tuple or
    /// list of them.
    fn path(self, path: impl IntoJsonPath) -> JsonPath<Self::Model> {
        JsonPath::new(self.into_tree(), path)
    }

    /// Whether `part` is contained, as by PostgreSQL's `@>`: an object in which each key of the part
    /// has a value that contains the part's; an array with an item for each of the part's.
    fn contains_json(self, part: impl JsonOperand<Self::Model>) -> Pred<Self::Model> {
        ask(Function::JsonContains, self, part.json())
    }

    /// Whether the document has the same value: numbers as numbers, objects whatever the order of
    /// their keys. [`eq`](Expression::eq) compares what is written.
    fn same_json(self, other: impl JsonOperand<Self::Model>) -> Pred<Self::Model> {
        ask(Function::JsonEquals, self, other.json())
    }

    /// Whether the object has a key, or the array a string.
    ///
    /// ```
    /// # use library::*;
    /// # use serde_json::json;
    /// # #[derive(Model, Debug, Clone)]
    /// # struct Page { id: i64, data: serde_json::Value }
    /// # run(async |db| {
    /// # db.create_tables::<Page>().await?;
    /// Page::create().data(json!({"a": 1, "b": ["x"]})).insert(&db).await?;
    /// assert_eq!(Page::filter(Page::data.has_key("a")).count(&db).await?, 1);
    /// assert_eq!(Page::filter(Page::data.path("b").has_key("x")).count(&db).await?, 1);
    /// assert_eq!(Page::filter(Page::data.has_any_key(["b", "c"])).count(&db).await?, 1);
    /// assert_eq!(Page::filter(Page::data.has_all_keys(["b", "c"])).count(&db).await?, 0);
    /// # Ok(()) })
    /// ```
    fn has_key(self, key: impl Operand<Self::Model, String>) -> Pred<Self::Model> {
        ask(Function::JsonHasKey, self, key.operand())
    }

    /// Whether it has one of these keys.
    fn has_any_key<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Pred<Self::Model> {
        ask(Function::JsonHasAnyKey, self, texts(keys))
    }

    /// Whether it has all of these keys.
    fn has_all_keys<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Pred<Self::Model> {
        ask(Function::JsonHasAllKeys, self, texts(keys))
    }

    /// The number of items of an array; NULL of anything else.
    ///
    /// ```
    /// # use library::*;
    /// # use serde_json::json;
    /// # #[derive(Model, Debug, Clone)]
    /// # struct Page { id: i64, data: serde_json::Value }
    /// # run(async |db| {
    /// # db.create_tables::<Page>().await?;
    /// Page::create().data(json!({"z": [1, 2], "a": null})).insert(&db).await?;
    /// let length = Page::data.path("z").json_length();
    /// let (keys, kind) = (Page::data.json_keys(), Page::data.path("a").json_type());
    /// let row = Page::query().select((length, keys, kind)).one(&db).await?;
    /// assert_eq!(row, (Some(2), Some(vec!["z".into(), "a".into()]), Some("null".into())));
    /// # Ok(()) })
    /// ```
    fn json_length(self) -> Expr<Self::Model, Option<i32>> {
        of(Function::JsonLength, self)
    }

    /// The keys of an object, in the order in which they were written; NULL of anything else.
    fn json_keys(self) -> Expr<Self::Model, Option<Vec<String>>> {
        of(Function::JsonKeys, self)
    }

    /// `object`, `array`, `string`, `number`, `boolean` or `null`; NULL where there is no document.
    fn json_type(self) -> Expr<Self::Model, <Self::Type as Document>::About> {
        of(Function::JsonType, self)
    }

    /// With another value at a path. An object that lacks the last key gets it at its end, and an
    /// array the item that is past its end; where the way there is missing, nothing changes. NULL is
    /// the document `null`.
    ///
    /// ```
    /// # use library::*;
    /// # use serde_json::json;
    /// # #[derive(Model, Debug, Clone)]
    /// # struct Page { id: i64, data: serde_json::Value }
    /// # run(async |db| {
    /// # db.create_tables::<Page>().await?;
    /// Page::create().data(json!({"views": 1, "tags": []})).insert(&db).await?;
    /// let changed = Page::data.json_set(("tags", 0), "new").json_set("seen", Page::id);
    /// let merged = changed.json_merge(json!({"views": 2}));
    /// Page::query().update().set(Page::data, merged).exec(&db).await?;
    /// let page = Page::query().one(&db).await?;
    /// assert_eq!(page.data.to_string(), r#"{"views":2,"tags":["new"],"seen":1}"#);
    /// # Ok(()) })
    /// ```
    fn json_set(
        self,
        path: impl IntoJsonPath,
        value: impl JsonOperand<Self::Model>,
    ) -> Expr<Self::Model, Self::Type> {
        let mut arguments = vec![self.into_tree(), value.json()];
        Expr::from_tree(invalid_or(path, |steps| {
            arguments.extend(steps);
            tree::Expr::Call(Function::JsonSet, arguments)
        }))
    }

    /// Without what stands at a path.
    fn json_remove(self, path: impl IntoJsonPath) -> Expr<Self::Model, Self::Type> {
        let mut arguments = vec![self.into_tree()];
        Expr::from_tree(invalid_or(path, |steps| {
            arguments.extend(steps);
            tree::Expr::Call(Function::JsonRemove, arguments)
        }))
    }

    /// With the entries of another object, which win; NULL adds nothing. Unless both are objects, the
    /// other alone.
    fn json_merge(self, other: impl JsonOperand<Self::Model>) -> Expr<Self::Model, Self::Type> {
        let arguments = vec![self.into_tree(), other.json()];
        Expr::from_tree(tree::Expr::Call(Function::JsonMerge, arguments))
    }
}

impl<E: Expression<Type: Document>> JsonFunctions for E {}

fn ask<E: Expression>(function: Function, document: E, other: tree::Expr) -> Pred<E::Model> {
    Pred::from_tree(tree::Expr::Call(function, vec![document.into_tree(), other]))
}

fn of<E: Expression, T: FieldType>(function: Function, document: E) -> Expr<E::Model, T> {
    Expr::from_tree(tree::Expr::Call(function, vec![document.into_tree()]))
}

fn texts<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> tree::Expr {
    let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
    match keys.into_value() {
        Ok(Value::Array(array)) => tree::Expr::literal(Value::Array(array)),
        Ok(_) => tree::Expr::literal(Value::Null(Type::Text.list())),
        Err(error) => tree::Expr::Invalid(error.to_string().into()),
    }
}
