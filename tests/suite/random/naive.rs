//! What a query means, computed from its tree and rows in memory as plainly as can be.

mod summary;
mod value;

use super::cell::{Cell, compare};
use super::model::{Memory, Way};
use std::cmp::Ordering;
use yara_orm::schema::Table;
use yara_orm::tree::{Distinct, Expr, Literal, Nulls, Order, Origin, Select};
use yara_orm::value::Value;

/// Evaluates trees.
pub struct Naive<'m> {
    memory: &'m Memory,
}

/// A row of a model: the model's position and the row's.
type Place = (usize, usize);

/// What an expression is about: a row of a query, or a group of them.
#[derive(Clone, Copy)]
struct Here<'h> {
    /// The model that the query is about.
    model: usize,
    about: About<'h>,
    /// The rows that windows see: those that the query's other conditions leave.
    rows: &'h [Place],
    /// The same of the query around.
    around: Option<&'h Here<'h>>,
}

#[derive(Clone, Copy)]
enum About<'g> {
    Row(Place),
    Group(&'g [Place]),
}

/// A row of a result: what it is sorted by, what tells alike rows, and what is selected.
struct Given {
    order: Vec<Cell>,
    alike: Vec<Cell>,
    cells: Vec<Cell>,
}

impl<'m> Naive<'m> {
    pub fn new(memory: &'m Memory) -> Naive<'m> {
        Naive { memory }
    }

    /// The rows that a query gives.
    pub fn rows(&self, select: &Select) -> Vec<Vec<Cell>> {
        self.rows_within(select, None)
    }

    /// The positions of the rows of its model that a query of whole rows gives, in order.
    pub fn places(&self, select: &Select) -> Vec<usize> {
        let (at, model) = self.memory.model(select.table.0);
        let field = |field: &usize| {
            let name = model.fields[*field].name;
            Expr::Column(yara_orm::tree::ColumnRef::own(model.table, name))
        };
        let select = Select { columns: model.key.iter().map(field).collect(), ..select.clone() };
        let place = |key: Vec<Cell>| {
            let rows = &self.memory.models[at].rows;
            rows.iter().position(|row| row[..key.len()] == key).unwrap()
        };
        self.rows(&select).into_iter().map(place).collect()
    }

    /// What an expression is of a row.
    pub fn of_row(&self, expr: &Expr, model: usize, row: usize) -> Cell {
        let about = About::Row((model, row));
        self.value(expr, &Here { model, about, rows: &[], around: None })
    }

    /// Aggregates over exactly the rows that a query gives.
    pub fn totals(&self, select: &Select, totals: &[Expr]) -> Vec<Cell> {
        let (at, _) = self.memory.model(select.table.0);
        let places: Vec<Place> = self.places(select).into_iter().map(|row| (at, row)).collect();
        let here = Here { model: at, about: About::Group(&places), rows: &[], around: None };
        totals.iter().map(|total| self.value(total, &here)).collect()
    }

    fn rows_within(&self, select: &Select, around: Option<&Here<'_>>) -> Vec<Vec<Cell>> {
        let (at, model) = self.memory.model(select.table.0);
        let here = Here { model: at, about: About::Group(&[]), rows: &[], around };
        let at_row = |row: usize| Here { about: About::Row((at, row)), ..here };
        let (numbered, plain): (Vec<&Expr>, Vec<&Expr>) =
            select.filter.iter().partition(|condition| condition.holds_window());
        let mut kept: Vec<Place> = (0..model.rows.len())
            .filter(|row| self.all(&plain, &at_row(*row)))
            .map(|row| (at, row))
            .collect();
        let seen = kept.clone();
        kept.retain(|(_, row)| self.all(&numbered, &Here { rows: &seen, ..at_row(*row) }));
        let grouped = !select.group_by.is_empty()
            || select.columns.iter().any(|column| column.holds_aggregate());
        let mut given = match grouped {
            true => self.groups(select, &kept, here),
            false => {
                let row = |place: &Place| Here { rows: &seen, ..at_row(place.1) };
                kept.iter().map(|place| self.given(select, &row(place))).collect()
            }
        };
        if select.distinct == Distinct::Rows {
            given = first_of_each(given, |row| &row.cells);
        }
        given.sort_by(|one, two| in_order(&select.order_by, &one.order, &two.order));
        if let Distinct::On(keys) = &select.distinct {
            // Rows that are equal in order stand in the order of their keys.
            given.sort_by(|one, two| {
                let keys = one.alike[keys.len()..].iter().zip(&two.alike[keys.len()..]);
                let by_key = keys.map(|(one, two)| compare(one, two));
                in_order(&select.order_by, &one.order, &two.order)
                    .then_with(|| by_key.fold(Ordering::Equal, Ordering::then))
            });
            given = first_of_each(given, |row| &row.alike[..keys.len()]);
        }
        given
            .into_iter()
            .map(|row| row.cells)
            .skip(number(&select.offset).unwrap_or(0))
            .take(number(&select.limit).unwrap_or(usize::MAX))
            .collect()
    }

    fn given(&self, select: &Select, here: &Here<'_>) -> Given {
        let mut alike = Vec::new();
        if let Distinct::On(keys) = &select.distinct {
            alike.extend(keys.iter().map(|key| self.value(key, here)));
            let (model, row) = here.one();
            let model = &self.memory.models[model];
            alike.extend(model.key.iter().map(|field| model.rows[row][*field].clone()));
        }
        let order = select.order_by.iter().map(|order| self.value(&order.expr, here)).collect();
        let cells = select.columns.iter().map(|column| self.value(column, here)).collect();
        Given { order, alike, cells }
    }

    fn groups(&self, select: &Select, places: &[Place], here: Here<'_>) -> Vec<Given> {
        let mut groups: Vec<(Vec<Cell>, Vec<Place>)> = Vec::new();
        if select.group_by.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for place in places {
            let row = Here { about: About::Row(*place), ..here };
            let key: Vec<Cell> =
                select.group_by.iter().map(|group| self.value(group, &row)).collect();
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, places)) => places.push(*place),
                None => groups.push((key, vec![*place])),
            }
        }
        let having: Vec<&Expr> = select.having.iter().collect();
        groups
            .retain(|(_, places)| self.all(&having, &Here { about: About::Group(places), ..here }));
        let given = |(_, places): &(Vec<Cell>, Vec<Place>)| {
            self.given(select, &Here { about: About::Group(places), ..here })
        };
        groups.iter().map(given).collect()
    }

    fn all(&self, conditions: &[&Expr], here: &Here<'_>) -> bool {
        conditions.iter().all(|condition| self.value(condition, here).is_true())
    }

    /// The row at the end of a path to one row.
    fn follow(&self, from: Place, path: &[&'static str]) -> Option<Place> {
        path.iter().try_fold(from, |place, step| {
            let partners = self.partners(place, step);
            assert!(partners.len() < 2, "{step} leads to one row");
            partners.first().copied()
        })
    }

    /// The rows that a relation leads to.
    fn partners(&self, (at, row): Place, relation: &str) -> Vec<Place> {
        let model = &self.memory.models[at];
        let link = model.link(relation);
        let others = &self.memory.models[link.target].rows;
        let own = &model.rows[row];
        let equal = |one: &[Cell], fields: &[usize], two: &[Cell], to: &[usize]| {
            let mut pairs = fields.iter().zip(to);
            pairs.all(|(field, to)| !one[*field].is_null() && one[*field] == two[*to])
        };
        let is_partner = |other: &usize| match &link.way {
            Way::Own(fields, to) => equal(own, fields, &others[*other], to),
            Way::Back(fields, to, _) => equal(&others[*other], fields, own, to),
            Way::Pairs(number, flipped) => {
                let pair = if *flipped { (*other, row) } else { (row, *other) };
                self.memory.between[*number].pairs.contains(&pair)
            }
        };
        (0..others.len()).filter(is_partner).map(|other| (link.target, other)).collect()
    }
}

impl<'h> Here<'h> {
    /// The row, or one of those of a group, which are alike in what may be asked of them.
    fn one(&self) -> Place {
        match self.about {
            About::Row(place) => place,
            About::Group(places) => places[0],
        }
    }

    /// Where a path of a table begins: the nearest query that is about it, from here or from the
    /// query around.
    fn start(&self, memory: &Memory, table: &'static Table, origin: &Origin) -> Place {
        let (at, _) = memory.model(table);
        let mut here = match origin {
            Origin::Query => Some(self),
            Origin::Outer => self.around,
            Origin::Named(name) => panic!("{name} is never drawn"),
        };
        while let Some(near) = here {
            if near.model == at {
                return near.one();
            }
            here = near.around;
        }
        panic!("no query is about {}", table.model)
    }
}

/// The first of rows that are alike.
fn first_of_each(rows: Vec<Given>, alike: impl Fn(&Given) -> &[Cell]) -> Vec<Given> {
    let mut seen: Vec<Vec<Cell>> = Vec::new();
    let is_new = |row: &Given| {
        let new = !seen.iter().any(|known| known == alike(row));
        seen.push(alike(row).to_vec());
        new
    };
    rows.into_iter().filter(is_new).collect()
}

fn number(literal: &Option<Literal>) -> Option<usize> {
    match literal.as_ref()?.value {
        Value::I64(number) => Some(number as usize),
        _ => unreachable!(),
    }
}

/// The order of two rows by what they are sorted by.
fn in_order(orders: &[Order], one: &[Cell], two: &[Cell]) -> Ordering {
    let keys = one.iter().zip(two);
    orders.iter().zip(keys).fold(Ordering::Equal, |decided, (order, (one, two))| {
        decided.then_with(|| {
            let nulls = |first: bool| match (one.is_null(), two.is_null(), first) {
                (true, false, true) | (false, true, false) => Some(Ordering::Less),
                (true, false, false) | (false, true, true) => Some(Ordering::Greater),
                _ => None,
            };
            let placed = match order.nulls {
                Nulls::Greatest => None,
                Nulls::First => nulls(true),
                Nulls::Last => nulls(false),
            };
            let natural = compare(one, two);
            placed.unwrap_or(if order.descending { natural.reverse() } else { natural })
        })
    })
}
