//! The columns of a query that another one joins or reads from.

use super::{Expr, Presence};
use crate::tree::{self, Name, Origin, Output};
use crate::value::FieldType;

/// What a query selects, as expressions of the query that joins it: see
/// [`Alias::columns`](super::Alias::columns). Of a struct with `#[derive(Row)]` they are the members
/// of its struct of columns.
#[diagnostic::on_unimplemented(
    message = "the columns of a query that gives `{Self}` have no positions to read them by",
    note = "select one column, a tuple of them, or a struct with `#[derive(Row)]`; of whole rows, read columns by `alias.col(Model::column)`"
)]
pub trait Cells {
    /// The expressions, in a query about `N`.
    type Of<N: 'static, P: Presence>;

    /// The expressions from a position on.
    fn cells<N: 'static, P: Presence>(name: &Name, at: usize) -> Self::Of<N, P>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> Cells for T {
    type Of<N: 'static, P: Presence> = Expr<N, P::Of<T>>;

    fn cells<N: 'static, P: Presence>(name: &Name, at: usize) -> Self::Of<N, P> {
        let origin = Origin::Named(name.clone());
        Expr::from_tree(tree::Expr::Output(Output { origin, ..Output::new(at) }))
    }
}

macro_rules! cells_of_tuples {
    ($(($($part:ident $at:literal),+))+) => {$(
        impl<$($part: FieldType),+> Cells for ($($part,)+) {
            type Of<N: 'static, P: Presence> = ($(Expr<N, P::Of<$part>>,)+);

            fn cells<N: 'static, P: Presence>(name: &Name, at: usize) -> Self::Of<N, P> {
                ($($part::cells::<N, P>(name, at + $at),)+)
            }
        }
    )+};
}

cells_of_tuples! {
    (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5) (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7) (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}
