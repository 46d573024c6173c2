//! Building the description of a model. The derive emits calls of this; so does the Python binding.

use super::index::{IndexMember, MemberPart};
use super::{
    Check, Computed, Default, Field, Fulltext, Index, IndexKey, IndexOptions, IndexPart, OnDelete,
    Relation, RelationKind, Table, Target, Unique, Validate,
};
use crate::error::{Error, ErrorKind, Result};
use crate::hash::FastMap;
use crate::names::nearest;
use crate::tree::Nulls;
use crate::value::{FieldType, Type};

/// What can be said of a column beyond its name and kind.
#[derive(Debug, Clone)]
pub struct FieldOptions {
    /// The column; the field's name where `None`.
    pub column: Option<&'static str>,
    /// See [`Field::nullable`].
    pub nullable: bool,
    /// See [`Field::primary_key`].
    pub primary_key: bool,
    /// See [`Field::default`].
    pub default: Default,
    /// See [`Field::max_length`].
    pub max_length: Option<u32>,
    /// See [`Field::precision`].
    pub precision: Option<(u32, u32)>,
    /// See [`Field::unique`].
    pub unique: bool,
    /// See [`Field::index`].
    pub index: bool,
    /// See [`Field::version`].
    pub version: bool,
    /// See [`Field::auto_now`].
    pub auto_now: bool,
    /// See [`Field::choices`].
    pub choices: &'static [&'static str],
    /// See [`Field::comment`].
    pub comment: Option<&'static str>,
    /// See [`Field::validate`].
    pub validate: Option<Validate>,
    /// See [`Field::computed`].
    pub computed: Option<Computed>,
}

impl FieldOptions {
    /// A column that must have a value, and nothing more.
    pub const REQUIRED: FieldOptions = FieldOptions {
        column: None,
        nullable: false,
        primary_key: false,
        default: Default::None,
        max_length: None,
        precision: None,
        unique: false,
        index: false,
        version: false,
        auto_now: false,
        choices: &[],
        comment: None,
        validate: None,
        computed: None,
    };
}

/// What can be said of a foreign key.
#[derive(Debug, Clone)]
pub struct ForeignKeyOptions {
    /// The columns, in the order of the key that they refer to; made of the relation's name and the
    /// key's where empty.
    pub columns: &'static [&'static str],
    /// NULL allowed.
    pub optional: bool,
    /// At most one row for each target: one-to-one.
    pub unique: bool,
    /// The fields referred to; empty: the target's primary key.
    pub to: &'static [&'static str],
    /// See [`Relation::on_delete`].
    pub on_delete: OnDelete,
    /// See [`Relation::on_update`].
    pub on_update: OnDelete,
    /// See [`Relation::db_constraint`].
    pub db_constraint: bool,
    /// See [`Relation::related_name`].
    pub related_name: Option<&'static str>,
    /// Part of this table's primary key.
    pub primary_key: bool,
    /// What the one column holds where nothing is given, and what `on delete set default` sets.
    pub default: Default,
    /// See [`Field::comment`].
    pub comment: Option<&'static str>,
}

impl ForeignKeyOptions {
    /// A key that must have a value, and nothing more.
    pub const REQUIRED: ForeignKeyOptions = ForeignKeyOptions {
        columns: &[],
        optional: false,
        unique: false,
        to: &[],
        on_delete: OnDelete::NoAction,
        on_update: OnDelete::NoAction,
        db_constraint: true,
        related_name: None,
        primary_key: false,
        default: Default::None,
        comment: None,
    };
}

/// The table between two models.
#[derive(Debug, Clone, Copy)]
pub struct ManyToManyOptions {
    /// The table between: a model, or one made by [`TableBuilder::join_table`].
    pub table: Target,
    /// Its relation to this model.
    pub source: &'static str,
    /// Its relation to the target.
    pub target: &'static str,
}

/// Collects a model's description; [`TableBuilder::finish`] checks it.
#[derive(Debug)]
pub struct TableBuilder {
    table: Table,
    unique_members: Vec<(Option<&'static str>, Vec<&'static str>)>,
    index_options: Vec<IndexOptions>,
    order_members: Vec<(&'static str, bool)>,
    fulltext_members: Vec<FulltextMembers>,
}

/// Name, language and members of an index for full-text searches.
type FulltextMembers = (Option<&'static str>, &'static str, Vec<&'static str>);

impl TableBuilder {
    /// A model and the table that it is stored in.
    pub fn new(model: &'static str, table: &'static str) -> TableBuilder {
        TableBuilder {
            table: Table {
                model,
                schema: None,
                name: table,
                implicit: false,
                comment: None,
                fields: Vec::new(),
                relations: Vec::new(),
                primary_key: Vec::new(),
                uniques: Vec::new(),
                indexes: Vec::new(),
                fulltext: Vec::new(),
                checks: Vec::new(),
                ordering: Vec::new(),
                fields_by_name: FastMap::default(),
                relations_by_name: FastMap::default(),
                late: std::sync::RwLock::default(),
            },
            unique_members: Vec::new(),
            index_options: Vec::new(),
            order_members: Vec::new(),
            fulltext_members: Vec::new(),
        }
    }

    /// The schema that holds the table.
    #[must_use]
    pub fn schema(mut self, schema: &'static str) -> Self {
        self.table.schema = Some(schema);
        self
    }

    /// What the table is for.
    #[must_use]
    pub fn comment(mut self, comment: &'static str) -> Self {
        self.table.comment = Some(comment);
        self
    }

    /// A column.
    #[must_use]
    pub fn field(mut self, name: &'static str, kind: Type, options: FieldOptions) -> Self {
        if options.primary_key {
            self.table.primary_key.push(self.table.fields.len());
        }
        self.table.fields.push(Field {
            name,
            column: options.column.unwrap_or(name),
            kind,
            nullable: options.nullable,
            primary_key: options.primary_key,
            default: options.default,
            max_length: options.max_length,
            precision: options.precision,
            unique: options.unique,
            index: options.index,
            version: options.version,
            auto_now: options.auto_now,
            relation: None,
            choices: options.choices,
            comment: options.comment,
            validate: options.validate,
            computed: options.computed,
            fulltext: Vec::new(),
        });
        self
    }

    /// A column of a Rust type, which knows its kind, whether it may be NULL, and what it can be.
    #[must_use]
    pub fn column<T: FieldType>(self, name: &'static str, options: FieldOptions) -> Self {
        let options = FieldOptions {
            nullable: options.nullable || T::NULLABLE,
            max_length: options.max_length.or(T::MAX_LENGTH),
            choices: match T::NUMBERS {
                [] => T::CHOICES,
                numbers => {
                    let texts = numbers.iter().map(|number| leak(number.to_string()));
                    texts.collect::<Vec<_>>().leak()
                }
            },
            ..options
        };
        self.field(name, T::TYPE, options)
    }

    /// A foreign key: a relation, and a column for each part of the key that it refers to.
    ///
    /// `parts` are the names and kinds of that key's fields. A key of one part becomes the field
    /// `author_id`; each part of a longer one becomes a field such as `author_code`.
    #[must_use]
    pub fn foreign_key(
        mut self,
        name: &'static str,
        target: Target,
        parts: &[(&'static str, Type)],
        options: ForeignKeyOptions,
    ) -> Self {
        let relation = self.table.relations.len();
        let first = self.table.fields.len();
        for (at, (part, kind)) in parts.iter().enumerate() {
            let member: &'static str = match parts.len() {
                1 => leak(format!("{name}_id")),
                _ => leak(format!("{name}_{part}")),
            };
            let field_options = FieldOptions {
                column: options.columns.get(at).copied(),
                nullable: options.optional,
                primary_key: options.primary_key,
                unique: options.unique && parts.len() == 1,
                default: if parts.len() == 1 { options.default.clone() } else { Default::None },
                comment: options.comment,
                ..FieldOptions::REQUIRED
            };
            self = self.field(member, *kind, field_options);
            if let Some(field) = self.table.fields.last_mut() {
                field.relation = Some(relation);
            }
        }
        let fields: Vec<usize> = (first..self.table.fields.len()).collect();
        if options.unique && fields.len() > 1 {
            self.table.uniques.push(Unique { name: None, fields: fields.clone() });
        }
        self.table.relations.push(Relation {
            name,
            target,
            kind: RelationKind::ToOne { fields, to: options.to.to_vec(), unique: options.unique },
            optional: options.optional,
            on_delete: options.on_delete,
            on_update: options.on_update,
            db_constraint: options.db_constraint,
            related_name: options.related_name,
        });
        self
    }

    /// The other side of a relation that `target` declares as `inverse`.
    #[must_use]
    pub fn reverse(
        mut self,
        name: &'static str,
        target: Target,
        inverse: &'static str,
        unique: bool,
    ) -> Self {
        self.table.relations.push(reverse_relation(name, target, inverse, unique));
        self
    }

    /// A relation through a table between.
    #[must_use]
    pub fn many_to_many(
        mut self,
        name: &'static str,
        target: Target,
        options: ManyToManyOptions,
    ) -> Self {
        let ManyToManyOptions { table, source, target: far } = options;
        let kind = RelationKind::Through { table, source, target: far };
        self.table.relations.push(far_relation(name, target, kind));
        self
    }

    /// No two rows have the same values of these fields or foreign keys.
    #[must_use]
    pub fn unique(mut self, name: Option<&'static str>, members: &[&'static str]) -> Self {
        self.unique_members.push((name, members.to_vec()));
        self
    }

    /// An index over these fields or foreign keys.
    #[must_use]
    pub fn index(self, name: Option<&'static str>, members: &[&'static str]) -> Self {
        let member = |name: &&'static str| IndexMember::named(name, false, Nulls::Greatest);
        let keys = members.iter().map(member).collect();
        self.index_with(IndexOptions { name, keys, ..IndexOptions::default() })
    }

    /// An index of which more is to be said.
    #[must_use]
    pub fn index_with(mut self, options: IndexOptions) -> Self {
        self.index_options.push(options);
        self
    }

    /// An index for full-text searches in these texts. `simple` is the language that takes words as
    /// they are.
    #[must_use]
    pub fn fulltext(
        mut self,
        name: Option<&'static str>,
        language: &'static str,
        members: &[&'static str],
    ) -> Self {
        self.fulltext_members.push((name, language, members.to_vec()));
        self
    }

    /// A condition that holds for every row.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.table.checks.push(check);
        self
    }

    /// The order of queries that name none; `true` for descending.
    #[must_use]
    pub fn order_by(mut self, member: &'static str, descending: bool) -> Self {
        self.order_members.push((member, descending));
        self
    }

    /// The table between two models that have no model for it: a foreign key to each, which
    /// together are its primary key, and which vanish with the rows they refer to.
    pub fn join_table(
        name: &'static str,
        source: (&'static str, Target, &[(&'static str, Type)]),
        target: (&'static str, Target, &[(&'static str, Type)]),
    ) -> Result<Table> {
        let options = ForeignKeyOptions {
            on_delete: OnDelete::Cascade,
            primary_key: true,
            ..ForeignKeyOptions::REQUIRED
        };
        let mut between = TableBuilder::new(name, name);
        between.table.implicit = true;
        between
            .foreign_key(source.0, source.1, source.2, options.clone())
            .foreign_key(target.0, target.1, target.2, options)
            .finish()
    }

    /// The description of a model whose declaration the derive has checked.
    ///
    /// # Panics
    /// On a description that contradicts itself, which the derive should have refused.
    pub fn build(self) -> Table {
        #[allow(clippy::panic, reason = "a wrong declaration, found by the first use of the model")]
        self.finish().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The description; errs where it contradicts itself.
    pub fn finish(mut self) -> Result<Table> {
        for (at, field) in self.table.fields.iter().enumerate() {
            if self.table.fields_by_name.insert(field.name, at).is_some() {
                return Err(self.wrong(format!("two fields are called `{}`", field.name)));
            }
            if self.table.fields[..at].iter().any(|other| other.column == field.column) {
                return Err(
                    self.wrong(format!("two fields are stored in the column `{}`", field.column))
                );
            }
        }
        for (at, relation) in self.table.relations.iter().enumerate() {
            if self.table.relations_by_name.insert(relation.name, at).is_some() {
                return Err(self.wrong(format!("two relations are called `{}`", relation.name)));
            }
        }
        if self.table.primary_key.is_empty() {
            return Err(self.wrong("it has no primary key".into()));
        }
        for (name, members) in std::mem::take(&mut self.unique_members) {
            let fields = self.resolve(&members)?;
            self.table.uniques.push(Unique { name, fields });
        }
        for options in std::mem::take(&mut self.index_options) {
            let index = self.resolve_index(options)?;
            self.table.indexes.push(index);
        }
        for (name, language, members) in std::mem::take(&mut self.fulltext_members) {
            self.add_fulltext(name, language, &members)?;
        }
        for (member, descending) in std::mem::take(&mut self.order_members) {
            for field in self.resolve(&[member])? {
                self.table.ordering.push((field, descending));
            }
        }
        Ok(self.table)
    }

    fn add_fulltext(
        &mut self,
        name: Option<&'static str>,
        language: &'static str,
        members: &[&'static str],
    ) -> Result<()> {
        let fields = self.resolve(members)?;
        let column = |at: &usize| self.table.fields[*at].column;
        let columns: Vec<&'static str> = fields.iter().map(column).collect();
        if let Some(at) = fields.iter().find(|at| self.table.fields[**at].kind != Type::Text) {
            let field = &self.table.fields[*at];
            return Err(self.wrong(format!(
                "`{}` is a {}, and full-text searches are for texts",
                field.name,
                field.kind.name()
            )));
        }
        let made = || leak(format!("{}_{}_fts", self.table.name, columns.join("_")));
        let name = name.unwrap_or_else(made);
        let index: &'static Fulltext =
            Box::leak(Box::new(Fulltext { name, language, fields, columns }));
        self.table.fulltext.push(index);
        index.fields.iter().for_each(|at| self.table.fields[*at].fulltext.push(index));
        Ok(())
    }

    fn resolve_index(&self, options: IndexOptions) -> Result<Index> {
        let IndexOptions { name, unique, keys: members, method, include, condition } = options;
        if members.is_empty() {
            return Err(self.wrong("an index has no fields and no expressions".into()));
        }
        let mut keys = Vec::with_capacity(members.len());
        for IndexMember { part, class } in members {
            match part {
                MemberPart::Name { name, descending, nulls } => {
                    let key = |field| IndexKey {
                        part: IndexPart::Field { field, descending, nulls },
                        class,
                    };
                    keys.extend(self.resolve(&[name])?.into_iter().map(key));
                }
                MemberPart::Expression(_) if name.is_none() => {
                    return Err(self.wrong("an index of expressions needs a name".into()));
                }
                MemberPart::Expression(order) => {
                    keys.push(IndexKey { part: IndexPart::Expression(order), class });
                }
            }
        }
        let include = self.resolve(&include)?;
        Ok(Index { name, unique, keys, method, include, condition })
    }

    /// The fields behind names of fields and foreign keys.
    fn resolve(&self, members: &[&'static str]) -> Result<Vec<usize>> {
        let mut fields = Vec::with_capacity(members.len());
        for member in members {
            if let Some(at) = self.table.fields_by_name.get(member) {
                fields.push(*at);
                continue;
            }
            match self.table.relations_by_name.get(member).map(|at| &self.table.relations[*at].kind)
            {
                Some(RelationKind::ToOne { fields: key, .. }) => fields.extend(key),
                _ => {
                    let near = nearest(member, self.table.member_names());
                    return Err(self.wrong(format!("it has no field `{member}`{near}")));
                }
            }
        }
        Ok(fields)
    }

    fn wrong(&self, reason: String) -> Error {
        Error::new(ErrorKind::Configuration, format!("model {}: {reason}", self.table.model))
    }
}

/// The other side of a relation that `target` declares as `inverse`.
pub(super) fn reverse_relation(
    name: &'static str,
    target: Target,
    inverse: &'static str,
    unique: bool,
) -> Relation {
    far_relation(name, target, RelationKind::Reverse { inverse, unique })
}

/// A relation whose key stands elsewhere.
fn far_relation(name: &'static str, target: Target, kind: RelationKind) -> Relation {
    Relation {
        name,
        target,
        kind,
        optional: true,
        on_delete: OnDelete::NoAction,
        on_update: OnDelete::NoAction,
        db_constraint: true,
        related_name: None,
    }
}

/// A name that lives as long as the descriptions do.
fn leak(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}
