//! Full-text search. The texts are joined by [`document`], as an index of them joins them.

use super::super::super::ddl::{CreateOptions, Subject, if_not_exists, quoted};
use super::super::super::{Dialect, Level, Writer, constant};
use super::unsupported;
use crate::error::Result;
use crate::schema::definition::FulltextDefinition;
use crate::tree::{Expr, Function, Raw, RawPart};
use crate::value::Type;

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
    table: Subject<'_>,
    index: &FulltextDefinition,
    options: CreateOptions,
) -> Result<Vec<String>> {
    let mut writer = Writer::new(dialect);
    writer.push("CREATE INDEX ");
    writer.push(if_not_exists(options));
    writer.name(&index.name);
    writer.push(" ON ");
    writer.table_name(&table.table.name);
    writer.push(" USING gin (");
    let text = |column: &String| {
        let parts = vec![RawPart::Text(quoted(column, dialect))];
        Expr::Raw(Box::new(Raw { parts, kind: Some(Type::Text) }))
    };
    let texts: Vec<Expr> = index.columns.iter().map(text).collect();
    document(&mut writer, &index.language, &texts)?;
    writer.push(")");
    Ok(vec![writer.into_text()])
}
