//! An order of tables in which each comes after those that it refers to.

use crate::schema::definition::{ForeignKeyDefinition, TableDefinition, TableName};

/// Tables in such an order, as far as there is one.
pub(super) struct Ordered {
    pub(super) tables: Vec<TableDefinition>,
    /// The columns of foreign keys that lead to a table which comes later: tables that refer to
    /// each other in a circle.
    pub(super) late: Vec<(TableName, ForeignKeyDefinition)>,
}

impl Ordered {
    pub(super) fn is_late(&self, table: &TableName, key: &ForeignKeyDefinition) -> bool {
        self.late.iter().any(|(owner, late)| owner == table && late.columns == key.columns)
    }
}

pub(super) fn in_order(tables: Vec<TableDefinition>) -> Ordered {
    let mut order = Vec::with_capacity(tables.len());
    let mut visiting = vec![false; tables.len()];
    for at in 0..tables.len() {
        visit(at, &tables, &mut visiting, &mut order);
    }
    let ordered: Vec<TableDefinition> = order.iter().map(|at| tables[*at].clone()).collect();
    let mut late = Vec::new();
    for (at, table) in ordered.iter().enumerate() {
        let leads_on = |key: &&ForeignKeyDefinition| {
            ordered[at + 1..].iter().any(|later| later.name == key.table)
        };
        let keys = table.foreign_keys.iter().filter(leads_on);
        late.extend(keys.map(|key| (table.name.clone(), key.clone())));
    }
    Ordered { tables: ordered, late }
}

fn visit(at: usize, tables: &[TableDefinition], visiting: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut visiting[at], true) {
        return;
    }
    for key in &tables[at].foreign_keys {
        if let Some(target) = tables.iter().position(|table| table.name == key.table) {
            visit(target, tables, visiting, order);
        }
    }
    order.push(at);
}
