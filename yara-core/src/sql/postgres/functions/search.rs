//! Full-text search. The texts are joined by [`document`], as an index of them joins them.

use super::super::super::ddl::CreateOptions;
use super::super::super::{Dialect, Level, Writer, constant};
use super::unsupported;
use crate::error::Result;
use crate::schema::{Fulltext, Table};
use crate::tree::{ColumnRef, Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match (function, arguments) {
        (Function::Search(language), [query, texts @ ..]) => {
            document(writer, language, texts)?;
            writer.push(" @@ ");
            websearch(writer, language, query)?;
            Ok(Level::Raw)
        }
        (Function::SearchRank(language), [query, texts @ ..]) => {
            writer.push("ts_rank(");
            document(writer, language, texts)?;
            writer.push(", ");
            websearch(writer, language, query)?;
            writer.push(")::double precision");
            Ok(Level::Atom)
        }
        (function, _) => Err(unsupported(function)),
    }
}

fn websearch(writer: &mut Writer<'_>, language: &str, query: &Expr) -> Result<()> {
    writer.push("websearch_to_tsquery(");
    writer.push(&constant::quoted(language)?);
    writer.push(", ");
    writer.expr(query)?;
    writer.push(")");
    Ok(())
}

/// `to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, ''))`
fn document(writer: &mut Writer<'_>, language: &str, texts: &[Expr]) -> Result<()> {
    writer.push("to_tsvector(");
    writer.push(&constant::quoted(language)?);
    writer.push(", ");
    for (at, text) in texts.iter().enumerate() {
        writer.push(if at > 0 { " || ' ' || coalesce(" } else { "coalesce(" });
        writer.expr(text)?;
        writer.push(", '')");
    }
    writer.push(")");
    Ok(())
}

/// `CREATE INDEX … USING gin (to_tsvector(…))`
pub(in crate::sql::postgres) fn create_fulltext(
    dialect: &dyn Dialect,
    table: &'static Table,
    index: &Fulltext,
    options: CreateOptions,
) -> Result<Vec<String>> {
    let mut writer = Writer::new(dialect);
    writer.constants = true;
    writer.push(match options.if_not_exists {
        true => "CREATE INDEX IF NOT EXISTS ",
        false => "CREATE INDEX ",
    });
    writer.name(index.name);
    writer.push(" ON ");
    writer.table(table);
    writer.push(" USING gin (");
    let text = |at: &usize| Expr::Column(ColumnRef::own(table, table.fields[*at].name));
    let texts: Vec<Expr> = index.fields.iter().map(text).collect();
    document(&mut writer, index.language, &texts)?;
    writer.push(")");
    Ok(vec![writer.into_text()])
}
