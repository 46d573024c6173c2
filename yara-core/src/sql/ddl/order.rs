//! Which tables there are, and in which order they can be created.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Relation, RelationKind, Table};

/// The tables, those between the two models of a relation included, in an order in which each comes
/// after those that it refers to, as far as there is one. Errs where a foreign key leads to a table
/// that is not among them, unless `complete` is false.
pub fn in_order(tables: &[&'static Table], complete: bool) -> Result<Vec<&'static Table>> {
    let all = with_implicit(tables, complete)?;
    if complete {
        for table in &all {
            for relation in owning(table) {
                let target = relation.target.table()?;
                if relation.db_constraint && !contains(&all, target) {
                    return Err(missing(table, relation, "leads to", target));
                }
            }
        }
    }
    let mut ordered = Vec::with_capacity(all.len());
    let mut visiting = Vec::new();
    for table in &all {
        visit(table, &all, &mut visiting, &mut ordered)?;
    }
    Ok(ordered)
}

fn contains(tables: &[&'static Table], table: &'static Table) -> bool {
    tables.iter().any(|known| std::ptr::eq(*known, table))
}

fn owning(table: &'static Table) -> impl Iterator<Item = &'static Relation> {
    table.relations.iter().filter(|relation| relation.is_owning())
}

/// The given tables, each once, and the tables between that no model stands for.
fn with_implicit(tables: &[&'static Table], complete: bool) -> Result<Vec<&'static Table>> {
    let mut all: Vec<&'static Table> = Vec::with_capacity(tables.len());
    for table in tables {
        add(&mut all, table)?;
    }
    for table in tables {
        for relation in &table.relations {
            let RelationKind::Through { table: between, .. } = &relation.kind else { continue };
            let between = between.table()?;
            if between.implicit {
                add(&mut all, between)?;
            } else if complete && !contains(&all, between) {
                return Err(missing(table, relation, "goes through", between));
            }
        }
    }
    Ok(all)
}

/// Adds a table. Two models in one table are a mistake; two descriptions of a table between, made
/// by the models at its ends, are one table.
fn add(all: &mut Vec<&'static Table>, table: &'static Table) -> Result<()> {
    let same_name =
        |known: &&&'static Table| known.name == table.name && known.schema == table.schema;
    match all.iter().find(same_name) {
        None => all.push(table),
        Some(known) if std::ptr::eq(*known, table) || (known.implicit && table.implicit) => {}
        Some(known) => {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "{} and {} are both stored in the table `{}`",
                    known.model, table.model, table.name
                ),
            ));
        }
    }
    Ok(())
}

fn visit(
    table: &'static Table,
    all: &[&'static Table],
    visiting: &mut Vec<&'static Table>,
    done: &mut Vec<&'static Table>,
) -> Result<()> {
    if contains(done, table) || contains(visiting, table) {
        return Ok(());
    }
    visiting.push(table);
    for relation in owning(table) {
        let target = relation.target.table()?;
        if contains(all, target) {
            visit(target, all, visiting, done)?;
        }
    }
    visiting.pop();
    done.push(table);
    Ok(())
}

fn missing(table: &Table, relation: &Relation, verb: &str, other: &Table) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!(
            "{}.{} {verb} {other}, which is not among the tables to create; add it, as in \
             `create_tables::<({}, {other})>()`",
            table.model,
            relation.name,
            table.model,
            other = other.model
        ),
    )
}
