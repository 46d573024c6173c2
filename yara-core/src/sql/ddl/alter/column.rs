//! A column that becomes something else, where tables are changed in place.

use super::super::column::{choices_check, choices_name};
use super::super::{Subject, extension};
use super::aside::{Aside, Part, can_be_held};
use super::{Alter, column, update};
use crate::error::{Error, Result};
use crate::schema::definition::{ColumnDefinition, Sql, TableDefinition, TableName};
use crate::sql::ddl::quoted;
use crate::sql::{Dialect, Writer};
use crate::tree::{Expr, Raw, RawPart};

/// A column before and after.
struct Change<'c> {
    table: Subject<'c>,
    old: &'c ColumnDefinition,
    new: &'c ColumnDefinition,
    /// Whether the database's type is another one.
    retyped: bool,
}

impl Alter<'_> {
    pub(super) fn alter_column(
        &self,
        name: &TableName,
        new: &ColumnDefinition,
        fill: Option<&Sql>,
    ) -> Result<Vec<String>> {
        let table = self.checked(name)?;
        let old = column(self.before(name)?, &new.name)?;
        let retyped = self.dialect.column_type(old) != self.dialect.column_type(new);
        let change = Change { table, old, new, retyped };
        let mut statements: Vec<String> = extension(new.kind, self.dialect).into_iter().collect();
        let recomputed = new.computed.is_some()
            && (retyped || self.differ(old.computed.as_ref(), new.computed.as_ref()));
        statements.extend(match recomputed {
            true => self.replaced(&change)?,
            false => self.changed(&change, fill)?,
        });
        Ok(statements)
    }

    /// Whether two texts of this database differ.
    fn differ(&self, one: Option<&Sql>, two: Option<&Sql>) -> bool {
        let text =
            |sql: Option<&Sql>| sql.map(|sql| sql.text(self.dialect.name()).map(str::to_owned));
        text(one) != text(two)
    }

    /// A computed column cannot become another one: it goes and comes, and what is made of it.
    fn replaced(&self, change: &Change<'_>) -> Result<Vec<String>> {
        let table = change.table.table;
        let keys = self.keys_of(self.after, table, &change.new.name);
        let keys =
            self.keys_aside(keys.filter(|(owner, key)| can_be_held(self.after, &owner.name, key)));
        let own = self.computed_again(change.table, change.new)?;
        Ok(keys.around(own.around(Vec::new())))
    }

    /// A computed column, away and back with all that it is part of.
    fn computed_again(&self, table: Subject<'_>, column: &ColumnDefinition) -> Result<Aside> {
        let mut aside = self.made_of(table.table, &column.name, Part::Any)?;
        aside.away.push(self.column_away(&table.table.name, &column.name));
        let mut back = vec![self.new_column(table, column)?];
        back.extend(self.comment_column(&table.table.name, column)?);
        back.append(&mut aside.back);
        aside.back = back;
        Ok(aside)
    }

    fn changed(&self, change: &Change<'_>, fill: Option<&Sql>) -> Result<Vec<String>> {
        let &Change { table, old, new, retyped } = change;
        let name = &table.table.name;
        let fill = fill.map(|fill| self.fill(&table.path(&new.name), fill)).transpose()?;
        let of_nulls = only_nulls(old, new);
        let alter = |text: &str| self.change(name, &new.name, text);
        let redefault = retyped || self.differ(old.default.as_ref(), new.default.as_ref());
        let rechosen = retyped || old.choices != new.choices;
        let mut own = Vec::new();
        if old.default.is_some() && redefault {
            own.push(alter("DROP DEFAULT"));
        }
        if old.counted && !new.counted {
            own.push(alter("DROP IDENTITY"));
        }
        if old.computed.is_some() && new.computed.is_none() {
            own.push(alter("DROP EXPRESSION"));
        }
        if rechosen && choices_check(table, old, self.dialect)?.is_some() {
            let constraint = choices_name(table, old, self.dialect);
            own.push(self.drop_constraint(table.table, &constraint));
        }
        if old.nullable != new.nullable && new.nullable {
            own.push(alter("DROP NOT NULL"));
        }
        match &fill {
            Some(fill) if of_nulls => {
                let empty = format!(" WHERE {} IS NULL", quoted(&new.name, self.dialect));
                own.push(update(name, &new.name, fill, &empty, self.dialect));
            }
            Some(fill) if !retyped => own.push(update(name, &new.name, fill, "", self.dialect)),
            _ => {}
        }
        if retyped {
            let given = fill.filter(|_| !of_nulls);
            own.push(alter(&self.typed(change, given)?));
        }
        if old.nullable && !new.nullable {
            own.push(alter("SET NOT NULL"));
        }
        if redefault {
            own.extend(self.set_default(table, new)?);
        }
        if new.counted && !old.counted {
            own.extend(self.dialect.count_up(table, new)?);
        }
        if rechosen && let Some(check) = choices_check(table, new, self.dialect)? {
            own.push(self.add_constraint(table.table, &check));
        }
        if old.comment != new.comment && self.dialect.capabilities().comments {
            own.push(self.comment_on(name, &new.name, new.comment.as_deref())?);
        }
        if !retyped {
            return Ok(own);
        }
        let own = self.made_of(table.table, &new.name, Part::Expression)?.around(own);
        let own = self.computed_of(change)?.around(own);
        Ok(self.keys_between(self.before(name)?, change).around(own))
    }

    /// `TYPE … USING …`
    fn typed(&self, change: &Change<'_>, fill: Option<String>) -> Result<String> {
        let kind = self.dialect.column_type(change.new);
        let using = match fill {
            Some(fill) => Some(fill),
            // What is too long is refused by itself, and would be cut by a cast.
            None if change.old.kind == change.new.kind => None,
            None => Some(converted(change.table, change.old, change.new, self.dialect)?),
        };
        let using = using.map(|using| format!(" USING ({using})")).unwrap_or_default();
        Ok(format!("TYPE {kind}{using}"))
    }

    /// The computed columns that are made of a column.
    fn computed_of(&self, change: &Change<'_>) -> Result<Aside> {
        let mut all = Aside::default();
        for other in &change.table.table.columns {
            if other.computed.as_ref().is_some_and(|sql| self.names(sql, &change.new.name)) {
                let Aside { away, back } = self.computed_again(change.table, other)?;
                all.away.extend(away);
                all.back.extend(back);
            }
        }
        Ok(all)
    }

    /// The foreign keys that cannot be held with one of the two types. Others stay.
    fn keys_between(&self, before: &TableDefinition, change: &Change<'_>) -> Aside {
        let mut aside = Aside::default();
        for (owner, key) in self.keys_of(self.before, before, &change.old.name) {
            if can_be_held(self.before, &owner.name, key)
                && !can_be_held(self.after, &owner.name, key)
            {
                aside.away.push(self.drop_foreign_key(owner, key));
            }
        }
        for (owner, key) in self.keys_of(self.after, change.table.table, &change.new.name) {
            if can_be_held(self.after, &owner.name, key)
                && !can_be_held(self.before, &owner.name, key)
            {
                aside.back.push(self.add_foreign_key(owner, key));
            }
        }
        aside
    }
}

/// Whether what fills a column is for the rows that have NULL in it, and not for all of them: NULL
/// is not allowed any more, and nothing else changes of the values.
pub(super) fn only_nulls(old: &ColumnDefinition, new: &ColumnDefinition) -> bool {
    old.nullable
        && !new.nullable
        && (old.kind, old.max_length, old.precision) == (new.kind, new.max_length, new.precision)
}

/// The values of a column as another kind, with the same meaning in every database. Errs where the
/// database has no such conversion.
pub(super) fn converted(
    table: Subject<'_>,
    old: &ColumnDefinition,
    new: &ColumnDefinition,
    dialect: &dyn Dialect,
) -> Result<String> {
    let parts = vec![RawPart::Text(quoted(&old.name, dialect))];
    let column = Expr::Raw(Box::new(Raw { parts, kind: Some(old.kind) }));
    let mut writer = Writer::new(dialect);
    writer.constants = true;
    dialect.write_cast(&mut writer, &column, new.kind).map_err(|error| {
        Error::new(
            error.kind(),
            format!(
                "the values of {} cannot be made {} by themselves; say by `fill` what becomes of \
                 them ({error})",
                table.path(&new.name),
                new.kind.name()
            ),
        )
    })?;
    Ok(writer.into_text())
}
