//! Random aggregates and windows, as what they are made of.

use super::cell::Kind;
use crate::evaluator::shelf::Dice;
use crate::models::Book;
use yara_orm::prelude::*;
use yara_orm::tree::{
    Aggregate, AggregateFunction, BinaryOperator, Expr, Frame, FrameBound, FrameUnit, Literal,
    Nulls, Order, Window, WindowFunction,
};
use yara_orm::value::Value;

/// A column of a book, of its author, or of that one's mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Id,
    Views,
    Rating,
    Title,
    Author,
    Born,
    Guide,
}

impl Field {
    pub fn tree(self) -> Expr {
        match self {
            Field::Id => Book::id.into_tree(),
            Field::Views => Book::views.into_tree(),
            Field::Rating => Book::rating.into_tree(),
            Field::Title => Book::title.into_tree(),
            Field::Author => Book::author_id.into_tree(),
            Field::Born => Book::author.born.into_tree(),
            Field::Guide => Book::author.mentor.name.into_tree(),
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            Field::Id | Field::Views | Field::Author => Kind::Int,
            Field::Rating => Kind::Float,
            Field::Title | Field::Guide => Kind::Text,
            Field::Born => Kind::Day,
        }
    }
}

/// `field <= number / 2`
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    pub field: Field,
    pub number: i64,
}

impl Condition {
    pub fn tree(self) -> Expr {
        let value = match self.field {
            Field::Rating => Value::F64(self.number as f64 / 2.0),
            _ => Value::I64(self.number / 2),
        };
        self.field.tree().binary(BinaryOperator::LessOrEqual, Expr::literal(value))
    }
}

/// Fields, and whether each is descending.
#[derive(Debug, Clone, Default)]
pub struct Orders(pub Vec<(Field, bool)>);

impl Orders {
    pub fn trees(&self) -> Vec<Order> {
        let tree = |(field, descending): &(Field, bool)| Order {
            descending: *descending,
            ..ascending(field.tree())
        };
        self.0.iter().map(tree).collect()
    }
}

pub fn ascending(expr: Expr) -> Order {
    Order { expr, descending: false, nulls: Nulls::Greatest }
}

#[derive(Debug, Clone)]
pub struct AggregateSpec {
    pub function: AggregateFunction,
    pub field: Option<Field>,
    /// What [`AggregateFunction::All`] and its like ask.
    pub asked: Option<Condition>,
    pub distinct: bool,
    pub filter: Option<Condition>,
    pub order: Orders,
}

impl AggregateSpec {
    fn node(&self) -> Aggregate {
        let argument = match (self.asked, self.field) {
            (Some(asked), _) => Some(asked.tree()),
            (None, field) => field.map(Field::tree),
        };
        let text = self.function == AggregateFunction::Text;
        Aggregate {
            separator: text.then(|| Expr::literal(Value::Text("/".into()))),
            distinct: self.distinct,
            filter: self.filter.map(Condition::tree),
            order: self.order.trees(),
            ..Aggregate::new(self.function, argument)
        }
    }

    pub fn tree(&self) -> Expr {
        Expr::Aggregate(Box::new(self.node()))
    }

    pub fn kind(&self) -> Kind {
        use AggregateFunction::*;
        let of = self.field.map_or(Kind::Int, Field::kind);
        match self.function {
            Count => Kind::Int,
            Sum | Min | Max => of,
            Text => Kind::Text,
            Array => of.list(),
            All | Any => Kind::Bool,
            _ => Kind::Float,
        }
    }
}

#[derive(Debug, Clone)]
pub enum WindowCall {
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    Ntile(i32),
    Lag(Field, i32),
    Lead(Field, i32),
    First(Field),
    Last(Field),
    Nth(Field, i32),
    Aggregate(AggregateSpec),
}

/// A bound, counted from the row: `None` is that of the partition.
#[derive(Debug, Clone, Copy)]
pub struct FrameSpec {
    pub unit: FrameUnit,
    pub start: Option<i64>,
    pub end: Option<i64>,
}

impl FrameSpec {
    fn tree(self) -> Frame {
        let bound = |by: i64| match by {
            0 => FrameBound::CurrentRow,
            by if by < 0 => FrameBound::Preceding(Literal::new(Value::I64(-by))),
            by => FrameBound::Following(Literal::new(Value::I64(by))),
        };
        Frame {
            unit: self.unit,
            start: self.start.map_or(FrameBound::UnboundedPreceding, bound),
            end: self.end.map_or(FrameBound::UnboundedFollowing, bound),
        }
    }
}

#[derive(Debug, Clone)]
pub struct WindowSpec {
    pub call: WindowCall,
    pub partition: Vec<Field>,
    pub order: Orders,
    pub frame: Option<FrameSpec>,
}

impl WindowSpec {
    pub fn tree(&self) -> Expr {
        let number = |number: &i32| Expr::literal(Value::I32(*number));
        Expr::Window(Box::new(Window {
            function: match &self.call {
                WindowCall::RowNumber => WindowFunction::RowNumber,
                WindowCall::Rank => WindowFunction::Rank,
                WindowCall::DenseRank => WindowFunction::DenseRank,
                WindowCall::PercentRank => WindowFunction::PercentRank,
                WindowCall::CumeDist => WindowFunction::CumeDist,
                WindowCall::Ntile(parts) => WindowFunction::Ntile(number(parts)),
                WindowCall::Lag(field, by) => WindowFunction::Lag(field.tree(), number(by), None),
                WindowCall::Lead(field, by) => WindowFunction::Lead(field.tree(), number(by), None),
                WindowCall::First(field) => WindowFunction::FirstValue(field.tree()),
                WindowCall::Last(field) => WindowFunction::LastValue(field.tree()),
                WindowCall::Nth(field, at) => WindowFunction::NthValue(field.tree(), number(at)),
                WindowCall::Aggregate(spec) => WindowFunction::Aggregate(spec.node()),
            },
            partition: self.partition.iter().map(|field| field.tree()).collect(),
            order: self.order.trees(),
            frame: self.frame.map(FrameSpec::tree),
        }))
    }

    pub fn kind(&self) -> Kind {
        use WindowCall::*;
        match &self.call {
            RowNumber | Rank | DenseRank | Ntile(_) => Kind::Int,
            PercentRank | CumeDist => Kind::Float,
            Lag(field, _) | Lead(field, _) | First(field) | Last(field) | Nth(field, _) => {
                field.kind()
            }
            Aggregate(spec) => spec.kind(),
        }
    }
}

/// Draws specifications.
pub struct Draw<'d>(pub &'d mut Dice);

impl Draw<'_> {
    pub fn field(&mut self) -> Field {
        use Field::*;
        [Views, Rating, Title, Author, Born, Guide][self.0.below(6)]
    }

    pub fn condition(&mut self) -> Option<Condition> {
        let field = [Field::Views, Field::Rating, Field::Author][self.0.below(3)];
        let number = self.0.below(9) as i64;
        (self.0.below(3) > 0).then_some(Condition { field, number })
    }

    /// An order in which no two rows are equal.
    pub fn order(&mut self) -> Orders {
        let mut fields = vec![(self.field(), self.0.below(2) == 0)];
        if self.0.below(2) == 0 {
            fields.push((self.field(), self.0.below(2) == 0));
        }
        fields.push((Field::Id, self.0.below(2) == 0));
        Orders(fields)
    }

    /// An aggregate; `alone` of rows, not of a window.
    pub fn aggregate(&mut self, alone: bool) -> AggregateSpec {
        use AggregateFunction::*;
        let functions = [
            Count,
            Count,
            Sum,
            Sum,
            Avg,
            Min,
            Max,
            Text,
            Array,
            All,
            Any,
            StdDev,
            StdDevAll,
            Variance,
            VarianceAll,
        ];
        let function = functions[self.0.below(functions.len())];
        let field = match function {
            Count if self.0.below(2) == 0 => None,
            Count | Min | Max | Array => Some(self.field()),
            Text => Some([Field::Title, Field::Guide][self.0.below(2)]),
            All | Any => None,
            _ => Some([Field::Views, Field::Rating][self.0.below(2)]),
        };
        let asked = loop {
            if !matches!(function, All | Any) {
                break None;
            }
            if let Some(condition) = self.condition() {
                break Some(condition);
            }
        };
        let distinct = alone && field.is_some() && self.0.below(3) == 0;
        let ordered = alone && !distinct && matches!(function, Text | Array);
        AggregateSpec {
            function,
            field,
            asked,
            distinct,
            filter: self.condition(),
            order: if ordered { self.order() } else { Orders::default() },
        }
    }

    pub fn window(&mut self) -> WindowSpec {
        let (field, by) = (self.field(), self.0.below(4) as i32);
        let call = match self.0.below(18) {
            0 => WindowCall::RowNumber,
            1 => WindowCall::Rank,
            2 => WindowCall::DenseRank,
            3 => WindowCall::PercentRank,
            4 => WindowCall::CumeDist,
            5 => WindowCall::Ntile(by + 1),
            6 => WindowCall::Lag(field, by),
            7 => WindowCall::Lead(field, by),
            8 => WindowCall::First(field),
            9 => WindowCall::Last(field),
            10 => WindowCall::Nth(field, by + 1),
            _ => WindowCall::Aggregate(self.aggregate(false)),
        };
        let partition = (0..self.0.below(3)).map(|_| self.field()).collect();
        let by_value = self.0.below(5) == 0;
        let ties_tell = match &call {
            WindowCall::Aggregate(spec) => {
                matches!(spec.function, AggregateFunction::Text | AggregateFunction::Array)
            }
            WindowCall::Rank | WindowCall::DenseRank => false,
            WindowCall::PercentRank | WindowCall::CumeDist => false,
            _ => true,
        };
        let mut order = self.order();
        if !ties_tell && by_value {
            order = Orders(vec![(Field::Views, self.0.below(2) == 0)]);
        } else if !ties_tell && self.0.below(2) == 0 {
            order.0.pop();
        }
        WindowSpec { frame: self.frame(&order), call, partition, order }
    }

    fn frame(&mut self, order: &Orders) -> Option<FrameSpec> {
        let total = order.0.iter().any(|(field, _)| *field == Field::Id);
        let mut units = vec![FrameUnit::Groups];
        if total {
            units.push(FrameUnit::Rows);
        }
        if let [(Field::Views, _)] = order.0.as_slice() {
            units.push(FrameUnit::Range);
        }
        let unit = units[self.0.below(units.len())];
        let (one, two) = (self.0.below(5) as i64 - 2, self.0.below(5) as i64 - 2);
        let start = (self.0.below(3) > 0).then_some(one.min(two));
        let end = (self.0.below(3) > 0).then_some(one.max(two));
        (self.0.below(4) > 0).then_some(FrameSpec { unit, start, end })
    }
}
