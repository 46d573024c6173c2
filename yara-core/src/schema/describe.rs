//! A description as text, part by part: two languages that declare the same model give the same.
//!
//! It says what the engine makes of a declaration. What a language does by itself, such as a default
//! that it computes or a validator that it calls, is not in it.

use super::{Default, Field, Index, IndexPart, Relation, RelationKind, Table};
use crate::error::Result;
use crate::tree::Nulls;
use std::fmt::Write;

impl Table {
    /// Every part of the description that the engine acts upon, one to a line; relations by name,
    /// those that were added by other models among them. Errs where one leads nowhere.
    ///
    /// The conditions of checks and what expression indexes are of are not in it: they are SQL, in
    /// the statements that create the table.
    pub fn describe(&self) -> Result<Vec<String>> {
        let mut lines = vec![self.heading()];
        lines.extend(self.fields.iter().map(|field| self.describe_field(field)));
        let mut relations: Vec<&Relation> = self.all_relations();
        relations.sort_by_key(|relation| relation.name);
        for relation in relations {
            lines.push(self.describe_relation(relation)?);
        }
        let names = |fields: &[usize]| self.names(fields);
        let named = |name: Option<&str>| name.map_or(String::new(), |name| format!(" {name}"));
        for unique in &self.uniques {
            lines.push(format!("unique{} ({})", named(unique.name), names(&unique.fields)));
        }
        lines.extend(self.indexes.iter().map(|index| self.describe_index(index)));
        for index in &self.fulltext {
            let (name, language) = (index.name, index.language);
            lines.push(format!("fulltext {name} ({}) in {language}", names(&index.fields)));
        }
        lines.extend(self.checks.iter().map(|check| format!("check {}", check.name)));
        for (at, descending) in &self.ordering {
            let sign = if *descending { "-" } else { "" };
            lines.push(format!("ordered by {sign}{}", self.fields[*at].name));
        }
        Ok(lines)
    }

    fn heading(&self) -> String {
        let mut text = format!("table {}", self.name);
        if let Some(schema) = self.schema {
            let _ = write!(text, " in {schema}");
        }
        let _ = write!(text, ", key ({})", self.names(&self.primary_key));
        if self.implicit {
            text.push_str(", implicit");
        }
        if let Some(comment) = self.comment {
            let _ = write!(text, ", comment {comment:?}");
        }
        text
    }

    fn describe_field(&self, field: &Field) -> String {
        let mut text = format!("field {}: {:?}", field.name, field.kind);
        if field.column != field.name {
            let _ = write!(text, ", column {}", field.column);
        }
        for (is, what) in [
            (field.nullable, "null"),
            (field.unique, "unique"),
            (field.index, "index"),
            (field.version, "version"),
            (field.auto_now, "auto_now"),
            (field.computed.is_some(), "generated"),
        ] {
            if is {
                let _ = write!(text, ", {what}");
            }
        }
        match field.default {
            Default::Auto => text.push_str(", counted up"),
            Default::Sql(sql) => {
                let _ = write!(text, ", default {sql}");
            }
            Default::Constant(ref value) => {
                let _ = write!(text, ", default {value:?}");
            }
            Default::Clock => text.push_str(", default of the clock"),
            Default::RandomHex(bytes) => {
                let _ = write!(text, ", default of {bytes} random bytes");
            }
            // Of the program.
            Default::None | Default::Value(_) | Default::Now => {}
        }
        if let Some(characters) = field.max_length {
            let _ = write!(text, ", at most {characters} characters");
        }
        if let Some((digits, scale)) = field.precision {
            let _ = write!(text, ", precision {digits}, scale {scale}");
        }
        if !field.choices.is_empty() {
            let _ = write!(text, ", one of {}", field.choices.join(" "));
        }
        if let Some(relation) = field.relation {
            let _ = write!(text, ", of {}", self.relations[relation].name);
        }
        if let Some(comment) = field.comment {
            let _ = write!(text, ", comment {comment:?}");
        }
        text
    }

    fn describe_index(&self, index: &Index) -> String {
        let mut text = String::from(if index.unique { "unique index" } else { "index" });
        if let Some(name) = index.name {
            let _ = write!(text, " {name}");
        }
        let keys = index.keys.iter().map(|key| {
            let mut part = match &key.part {
                IndexPart::Field { field, descending, nulls } => {
                    let sign = if *descending { "-" } else { "" };
                    let nulls = match nulls {
                        Nulls::Greatest => "",
                        Nulls::First => " nulls first",
                        Nulls::Last => " nulls last",
                    };
                    format!("{sign}{}{nulls}", self.fields[*field].name)
                }
                IndexPart::Expression(_) => "expression".to_owned(),
            };
            if let Some(class) = key.class {
                let _ = write!(part, " by {class}");
            }
            part
        });
        let _ = write!(text, " ({})", keys.collect::<Vec<_>>().join(", "));
        if let Some(method) = index.method {
            let _ = write!(text, ", {method}");
        }
        if !index.include.is_empty() {
            let _ = write!(text, ", with ({})", self.names(&index.include));
        }
        if index.condition.is_some() {
            text.push_str(", of some rows");
        }
        text
    }

    fn describe_relation(&self, relation: &Relation) -> Result<String> {
        let target = relation.target.table()?;
        let mut text = format!("relation {}: ", relation.name);
        match &relation.kind {
            RelationKind::ToOne { fields, to, unique } => {
                let to =
                    if to.is_empty() { target.names(&target.primary_key) } else { to.join(", ") };
                let what = if *unique { "one to one" } else { "foreign key" };
                let of = self.names(fields);
                let _ = write!(text, "{what} ({of}) to {} ({to})", target.model);
                let (on_delete, on_update) = (relation.on_delete, relation.on_update);
                let _ = write!(text, ", on delete {on_delete:?}, on update {on_update:?}");
                if relation.optional {
                    text.push_str(", optional");
                }
                if !relation.db_constraint {
                    text.push_str(", not checked");
                }
            }
            RelationKind::Reverse { inverse, unique } => {
                let what = if *unique { "the one" } else { "all" };
                let _ = write!(text, "{what} {} whose {inverse} is this", target.model);
            }
            RelationKind::Through { table, source, target: far } => {
                let between = table.table()?;
                let _ =
                    write!(text, "{} through {}.{source} and {far}", target.model, between.name);
                if between.implicit {
                    let _ = write!(text, " [{}]", between.describe()?.join("; "));
                }
            }
        }
        Ok(text)
    }

    fn names(&self, fields: &[usize]) -> String {
        let names: Vec<&str> = fields.iter().map(|at| self.fields[*at].name).collect();
        names.join(", ")
    }
}
