//! Functions over the rows around a row.

use super::{Aggregate, Expr, Literal, Order};

/// `function(…) over (partition by … order by … frame)`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Window {
    /// What is computed.
    pub function: WindowFunction,
    /// Rows with the same values of these are one partition; all rows are, if there are none.
    pub partition: Vec<Expr>,
    /// The order of the rows of a partition.
    pub order: Vec<Order>,
    /// Which rows of the partition count; SQL's own choice where it is `None`: up to the row and
    /// its peers where there is an order, all of them where there is none.
    pub frame: Option<Frame>,
}

/// What a window computes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WindowFunction {
    /// The number of the row, from 1.
    RowNumber,
    /// The number of the first of its peers, with gaps.
    Rank,
    /// The number of its group of peers, without gaps.
    DenseRank,
    /// `(rank - 1) / (rows - 1)`
    PercentRank,
    /// The share of the rows that do not come after it.
    CumeDist,
    /// Which of so many parts of nearly equal size.
    Ntile(Expr),
    /// A value of the row so many rows before, or what stands for a missing one.
    Lag(Expr, Expr, Option<Expr>),
    /// A value of the row so many rows after, or what stands for a missing one.
    Lead(Expr, Expr, Option<Expr>),
    /// A value of the first row of the frame.
    FirstValue(Expr),
    /// A value of the last row of the frame.
    LastValue(Expr),
    /// A value of the row of this number in the frame, from 1.
    NthValue(Expr, Expr),
    /// An aggregate of the rows of the frame.
    Aggregate(Aggregate),
}

/// Which rows of a partition count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Frame {
    /// What the bounds count.
    pub unit: FrameUnit,
    /// The first.
    pub start: FrameBound,
    /// The last.
    pub end: FrameBound,
}

/// What the bounds of a frame count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Groups of rows that are equal in order.
    Groups,
    /// Differences of the value by which the rows are in order.
    Range,
}

/// A bound of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FrameBound {
    /// The start of the partition.
    UnboundedPreceding,
    /// So much before the row.
    Preceding(Literal),
    /// The row, or its peers.
    CurrentRow,
    /// So much after the row.
    Following(Literal),
    /// The end of the partition.
    UnboundedFollowing,
}

impl WindowFunction {
    /// The expressions in it, in order; those of an aggregate not among them.
    pub fn arguments(&self) -> Vec<&Expr> {
        use WindowFunction::*;
        match self {
            RowNumber | Rank | DenseRank | PercentRank | CumeDist | Aggregate(_) => Vec::new(),
            Ntile(argument) | FirstValue(argument) | LastValue(argument) => vec![argument],
            NthValue(value, number) => vec![value, number],
            Lag(value, by, missing) | Lead(value, by, missing) => {
                [value, by].into_iter().chain(missing).collect()
            }
        }
    }

    /// [`WindowFunction::arguments`], to be changed.
    pub fn arguments_mut(&mut self) -> Vec<&mut Expr> {
        use WindowFunction::*;
        match self {
            RowNumber | Rank | DenseRank | PercentRank | CumeDist | Aggregate(_) => Vec::new(),
            Ntile(argument) | FirstValue(argument) | LastValue(argument) => vec![argument],
            NthValue(value, number) => vec![value, number],
            Lag(value, by, missing) | Lead(value, by, missing) => {
                [value, by].into_iter().chain(missing).collect()
            }
        }
    }
}
