//! Full-text search, by the FTS5 table of an index.

use super::super::super::{Level, Place, Transform, Writer, fulltext};
use super::unsupported;
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let (language, rank) = match function {
        Function::Search(language) => (language, false),
        Function::SearchRank(language) => (language, true),
        function => return Err(unsupported(function)),
    };
    let [query, texts @ ..] = arguments else { return Err(unsupported(function)) };
    fulltext::tokenizer(language)?;
    let Expr::Literal(query) = query else {
        return Err(refused("the query of it is a text of the program, and no computed one"));
    };
    let (alias, index, places) =
        fulltext::index_of(texts, language).map_err(|reason| refused(&reason))?;
    let row = |writer: &mut Writer<'_>| {
        if let Some(alias) = alias {
            writer.alias(alias)?;
            writer.push(".");
        }
        writer.push("rowid");
        Ok(())
    };
    let columns: Vec<String> = places.iter().map(|place| format!("c{place}")).collect();
    let matches = |writer: &mut Writer<'_>| {
        writer.name(index.name);
        writer.push(&format!(" MATCH '{{{}}} : (' || ", columns.join(" ")));
        let transform = Transform::Search(language == "english");
        writer.value(query, transform, Place::Free)?;
        writer.push(" || ')'");
        Ok(())
    };
    if rank {
        writer.push("coalesce((SELECT -bm25(");
        writer.name(index.name);
        writer.push(") FROM ");
        writer.name(index.name);
        writer.push(" WHERE ");
        writer.name(index.name);
        writer.push(".rowid = ");
        row(writer)?;
        writer.push(" AND ");
        matches(writer)?;
        writer.push("), 0.0)");
        return Ok(Level::Atom);
    }
    row(writer)?;
    writer.push(" IN (SELECT rowid FROM ");
    writer.name(index.name);
    writer.push(" WHERE ");
    matches(writer)?;
    writer.push(")");
    Ok(Level::Predicate)
}

fn refused(reason: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("SQLite has full-text search by FTS5, and {reason}"))
}
