//! What a database says that it holds, in a form in which two of them can be compared: the order of
//! columns is left out.

use crate::support::Kind;
use yara_orm::prelude::*;

/// Everything in the connection's own schema, a line for each thing, in order. Of schemas named in
/// `more` as well.
pub async fn read(db: &Db, kind: Kind, more: &[&str]) -> Vec<String> {
    let mut lines = match kind {
        Kind::Sqlite => sqlite(db).await,
        Kind::Postgres => {
            let (own,): (String,) = sql("SELECT current_schema()::text").one(db).await.unwrap();
            let mut lines = postgres(db, &own, true).await;
            for schema in more {
                lines.extend(postgres(db, schema, false).await);
            }
            // The name of the own schema is another one in each database that is compared.
            let (prefix, quoted) = (format!("{own}."), format!("\"{own}\"."));
            lines.iter().map(|line| line.replace(&prefix, "").replace(&quoted, "")).collect()
        }
    };
    lines.sort();
    lines
}

const COLUMNS: &str = "
    SELECT concat_ws(' ', 'column', c.relname || '.' || a.attname,
        format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        nullif('identity ' || a.attidentity::text, 'identity '),
        nullif('computed ' || a.attgenerated::text, 'computed '),
        'as ' || pg_get_expr(d.adbin, d.adrelid), 'counts ' || s.seqtypid::regtype::text,
        '-- ' || col_description(c.oid, a.attnum))
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_depend o ON o.refobjid = c.oid AND o.refobjsubid = a.attnum
        AND o.deptype = 'i' AND o.classid = 'pg_class'::regclass
    LEFT JOIN pg_sequence s ON s.seqrelid = o.objid
    WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped";

const CONSTRAINTS: &str = "
    SELECT concat_ws(' ', 'constraint', conrelid::regclass::text, conname,
        pg_get_constraintdef(oid), CASE WHEN NOT convalidated THEN 'not valid' END)
    FROM pg_constraint
    WHERE connamespace = $1::text::regnamespace AND conrelid <> 0 AND contype <> 'n'";

const INDEXES: &str = "
    SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid),
        CASE WHEN NOT i.indisvalid THEN 'not valid' END)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = $1::text::regnamespace";

const TABLES: &str = "
    SELECT concat_ws(' ', 'table', relname, '-- ' || obj_description(oid, 'pg_class'))
    FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relkind IN ('r', 'v')";

async fn postgres(db: &Db, schema: &str, own: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for query in [COLUMNS, CONSTRAINTS, INDEXES, TABLES] {
        let rows: Vec<(String,)> = sql(query).bind(schema.to_owned()).all(db).await.unwrap();
        let of = |line: String| if own { line } else { format!("{schema}: {line}") };
        lines.extend(rows.into_iter().map(|(line,)| of(line)));
    }
    lines
}

/// The statements that SQLite keeps; the parts of a table one by one.
async fn sqlite(db: &Db) -> Vec<String> {
    let made = sql("SELECT type, name, sql FROM sqlite_master
        WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' AND sql IS NOT NULL");
    let rows: Vec<(String, String, String)> = made.all(db).await.unwrap();
    let mut lines = Vec::new();
    for (kind, name, sql) in rows {
        match (kind.as_str(), sql.starts_with("CREATE TABLE")) {
            // What FTS5 makes for itself says nothing that the virtual table does not.
            ("table", true) if sql.starts_with("CREATE TABLE '") => {}
            ("table", true) => {
                let body = sql.split_once('(').unwrap().1.trim_end().strip_suffix(')').unwrap();
                let parts = parts(body);
                lines.extend(parts.iter().map(|part| format!("table {name}: {part}")));
            }
            (kind, _) => lines.push(format!("{kind} {}", spaced(&sql))),
        }
    }
    lines
}

/// What stands between commas, those within parentheses and quotes left out.
fn parts(body: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
    for char in body.chars() {
        match (char, quote) {
            (char, Some(open)) if char == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(char),
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            (',', None) if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(char);
    }
    parts.iter().map(|part| spaced(part)).collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
