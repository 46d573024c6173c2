//! Functions and operators that the engine does not know.

use super::super::Expr;
use super::case::CaseValue;
use crate::tree::{self, Custom, CustomCall};
use crate::value::FieldType;

/// A function of the database by its name, with its schema before a point where it has one. That
/// it gives a `T` is the program's word; what it means is the database's.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let hex = func::custom::<Book, String>("hex", (Book::title,));
/// assert_eq!(Book::query().order_by(Book::id).select(hex).first(&db).await?, Some("4E6F746573".into()));
/// # Ok(()) })
/// ```
pub fn custom<M: 'static, T: FieldType>(name: &str, arguments: impl Arguments<M>) -> Expr<M, T> {
    let name = name.split('.').map(|part| part.to_owned().into()).collect();
    node::<M, T>(CustomCall::Function(name), arguments.nodes())
}

/// Two operands with an operator of the database between them, made of the signs
/// `+ - * / < > = ~ ! @ # % ^ & | ?`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let odd = func::operator::<Book, i64>("&", Book::id, 1_i64);
/// assert_eq!(Book::filter(odd.eq(1)).count(&db).await?, 2);
/// # Ok(()) })
/// ```
pub fn operator<M: 'static, T: FieldType>(
    symbol: &str,
    left: impl CaseValue<M>,
    right: impl CaseValue<M>,
) -> Expr<M, T> {
    let symbol = symbol.to_owned().into();
    node::<M, T>(CustomCall::Operator(symbol), vec![left.node(), right.node()])
}

fn node<M, T: FieldType>(call: CustomCall, arguments: Vec<tree::Expr>) -> Expr<M, T> {
    let custom = Custom { call, arguments, kind: Some(T::TYPE) };
    Expr::from_tree(tree::Expr::Custom(Box::new(custom)))
}

/// The arguments of a function: a tuple of up to six values, columns and expressions.
pub trait Arguments<M> {
    /// The nodes of the query tree.
    fn nodes(self) -> Vec<tree::Expr>;
}

impl<M> Arguments<M> for () {
    fn nodes(self) -> Vec<tree::Expr> {
        Vec::new()
    }
}

macro_rules! arguments {
    ($(($($part:ident),+))+) => {$(
        impl<M, $($part: CaseValue<M>),+> Arguments<M> for ($($part,)+) {
            fn nodes(self) -> Vec<tree::Expr> {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                vec![$($part.node()),+]
            }
        }
    )+};
}

arguments! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }
