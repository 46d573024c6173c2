//! Paths from a model through its relations, as zero-sized types.
//!
//! `Book::author.mentor.name` costs nothing and recurses into nothing: each step is a type, and the
//! path is a constant made from it. Whether a column at its end can be NULL is decided by the
//! steps, never guessed.

use super::{Embed, Model, Relation};
use crate::schema::{PathNode, Step};
use crate::value::FieldType;
use std::marker::PhantomData;

/// A path that begins at a model.
pub trait Path: Send + Sync + 'static {
    /// Where it begins.
    type Root: Model;
    /// What a column of type `T` is at its end: `T`, or `Option<T>` where there may be no row.
    type Of<T: FieldType>: FieldType;
    /// The path as data.
    const NODE: &'static PathNode;
}

/// The empty path of a model.
#[derive(Debug, Clone, Copy)]
pub struct Root<M>(PhantomData<fn() -> M>);

/// `P`, and on through the relation `R`.
#[derive(Debug, Clone, Copy)]
pub struct Via<P, R>(PhantomData<fn() -> (P, R)>);

/// `P`, and on into the embedded struct that `S` names.
#[derive(Debug, Clone, Copy)]
pub struct Within<P, S>(PhantomData<fn() -> (P, S)>);

/// A member that is an embedded struct.
pub trait EmbedStep: Send + Sync + 'static {
    /// The struct.
    type Embed: Embed;
    /// What a column of it is: `T`, or `Option<T>` where the whole struct may be absent.
    type Of<T: FieldType>: FieldType;
    /// The member.
    const NAME: &'static str;
}

impl<M: Model> Path for Root<M> {
    type Root = M;
    type Of<T: FieldType> = T;
    const NODE: &'static PathNode = &PathNode { parent: None, step: Step::Root, root: M::table };
}

impl<P: Path, R: Relation> Path for Via<P, R> {
    type Root = P::Root;
    type Of<T: FieldType> = P::Of<R::Of<T>>;
    const NODE: &'static PathNode = &PathNode {
        parent: Some(P::NODE),
        step: Step::Relation(R::NAME),
        root: <P::Root as Model>::table,
    };
}

impl<P: Path, S: EmbedStep> Path for Within<P, S> {
    type Root = P::Root;
    type Of<T: FieldType> = P::Of<S::Of<T>>;
    const NODE: &'static PathNode = &PathNode {
        parent: Some(P::NODE),
        step: Step::Embed(S::NAME),
        root: <P::Root as Model>::table,
    };
}
