//! Small changes of SQL that is written already, such as that of a condition in a migration.

use super::mention;
use crate::schema::definition::Sql;

/// SQL in which a column has another name, wherever it [is named](mention::places).
pub(crate) fn renamed(sql: &Sql, from: &str, to: &str) -> Sql {
    let text = |text: &String| {
        let mut renamed = String::with_capacity(text.len());
        let mut copied = 0;
        for place in mention::places(text, from) {
            renamed.push_str(&text[copied..place.start]);
            renamed.push_str(&quoted(to));
            copied = place.end;
        }
        renamed + &text[copied..]
    };
    match sql {
        Sql::Same(same) => Sql::Same(text(same)),
        Sql::Each(each) => {
            Sql::Each(each.iter().map(|(name, sql)| (name.clone(), text(sql))).collect())
        }
    }
}

/// Whether SQL of any database [names](mention::places) a column.
pub(crate) fn mentions(sql: &Sql, column: &str) -> bool {
    match sql {
        Sql::Same(text) => mention::mentions(text, column),
        Sql::Each(each) => each.values().any(|text| mention::mentions(text, column)),
    }
}

/// A column, as a text if it is to be one, and where it is NULL the value of other SQL.
pub(crate) fn instead_of_null(column: &str, as_text: bool, other: &Sql) -> Sql {
    let column = quoted(column);
    let column = if as_text { format!("CAST({column} AS text)") } else { column };
    let text = |other: &String| format!("coalesce({column}, {other})");
    match other {
        Sql::Same(other) => Sql::Same(text(other)),
        Sql::Each(each) => {
            Sql::Each(each.iter().map(|(name, other)| (name.clone(), text(other))).collect())
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(sql: &str, from: &str, to: &str) -> String {
        match renamed(&Sql::Same(sql.into()), from, to) {
            Sql::Same(text) => text,
            Sql::Each(_) => panic!("one text"),
        }
    }

    #[test]
    fn a_column_gets_its_new_name() {
        assert_eq!(one(r#""a" > 0 AND "b" < a"#, "a", "c"), r#""c" > 0 AND "b" < "c""#);
        let text = r#""a" = 'a "a" it''s "a"' || "a" || a('a')"#;
        assert_eq!(one(text, "a", "c"), r#""c" = 'a "a" it''s "a"' || "c" || a('a')"#);
        assert_eq!(one(r#""a""b" + "ab""#, "a\"b", "q\"q"), r#""q""q" + "ab""#);
        assert_eq!(one("é + éa", "é", "e"), "\"e\" + éa");
        assert_eq!(one("\"b\"", "a", "c"), "\"b\"");
    }

    #[test]
    fn null_gives_way() {
        let other = Sql::Each([("sqlite".into(), "1".into())].into());
        let both = Sql::Each([("sqlite".into(), "coalesce(\"a\"\"b\", 1)".into())].into());
        assert_eq!(instead_of_null("a\"b", false, &other), both);
    }

    #[test]
    fn each_database_has_it() {
        let each = |name: &str| {
            Sql::Each([("sqlite".into(), format!("\"{name}\"")), ("x".into(), "'a'".into())].into())
        };
        assert_eq!(renamed(&each("a"), "a", "b"), each("b"));
        assert!(mentions(&each("a"), "a") && !mentions(&each("a"), "b"));
    }
}
