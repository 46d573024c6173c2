//! Members that are one column.

use super::Errors;
use super::options::Options;
use super::types::option_of;
use proc_macro2::Span;
use syn::{Expr, LitStr, Path, Type};

/// A member that is one column.
pub(crate) struct Column {
    pub(crate) optional: bool,
    /// The type without its `Option`.
    pub(crate) inner: Type,
    pub(crate) primary_key: bool,
    pub(crate) default: DefaultValue,
    pub(crate) column: Option<LitStr>,
    pub(crate) max_length: Option<(Span, u32)>,
    pub(crate) precision: Option<(Span, u32, u32)>,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) auto_now: Option<Span>,
    pub(crate) version: Option<Span>,
    pub(crate) comment: Option<LitStr>,
    pub(crate) validate: Option<Path>,
    /// What the database computes it from.
    pub(crate) generated: Option<Expr>,
    /// `auto`, or with `false` the refusal of it.
    pub(super) auto: Option<(Span, bool)>,
}

/// What a column holds where no value is given.
pub(crate) enum DefaultValue {
    None,
    Auto(Span),
    Value(Expr),
    Sql(LitStr),
    Now(Span),
}

impl Column {
    /// Whether `create()` must be given a value.
    pub(crate) fn required(&self) -> bool {
        let filled = self.auto_now.is_some() || self.version.is_some() || self.generated.is_some();
        !self.optional && !filled && matches!(self.default, DefaultValue::None)
    }
}

/// Reads the options of a column of a model.
pub(super) fn column(ty: &Type, options: &mut Options, errors: &mut Errors) -> Column {
    let primary_key = options.is_set("primary_key", errors);
    let auto = options.flag("auto", errors);
    let default = default(options, errors);
    let version = options.is_set("version", errors);
    let auto_now = options.is_set("auto_now", errors);
    let generated = options.expression("generated", "Model::views * 2", errors);
    let filled = !matches!(default, DefaultValue::None) || version.is_some() || auto_now.is_some();
    if let (Some((span, _)), true) = (&generated, filled || primary_key.is_some()) {
        errors.add(*span, "the database computes the field; remove the other way to fill it");
    }
    let mut column = stored(ty, options, errors);
    if let (Some(span), true) = (primary_key, column.optional) {
        errors.add(span, "a primary key is never NULL; remove the `Option`");
    }
    column.primary_key = primary_key.is_some();
    column.auto = auto;
    column.default = default;
    column.version = version;
    column.auto_now = auto_now;
    column.generated = generated.map(|(_, expression)| expression);
    column
}

/// Reads the options that a column has in an embedded struct, too.
pub(super) fn stored(ty: &Type, options: &mut Options, errors: &mut Errors) -> Column {
    let inner = option_of(ty);
    Column {
        optional: inner.is_some(),
        inner: inner.unwrap_or(ty).clone(),
        primary_key: false,
        default: DefaultValue::None,
        column: options.text("column", errors),
        max_length: options.number("max_length", errors),
        precision: precision(options, errors),
        unique: options.is_set("unique", errors).is_some(),
        index: options.is_set("index", errors).is_some(),
        auto_now: None,
        version: None,
        comment: options.text("comment", errors),
        validate: options.path("validate", "path_of_a_function", errors),
        generated: None,
        auto: None,
    }
}

/// The one of the ways to fill a column that was chosen.
fn default(options: &mut Options, errors: &mut Errors) -> DefaultValue {
    let mut found: Vec<(Span, DefaultValue)> = Vec::new();
    if let Some((span, value)) = options.expression("default", "0", errors) {
        found.push((span, DefaultValue::Value(value)));
    }
    if let Some(sql) = options.text("default_sql", errors) {
        found.push((sql.span(), DefaultValue::Sql(sql)));
    }
    if let Some(span) = options.is_set("auto_now_add", errors) {
        found.push((span, DefaultValue::Now(span)));
    }
    let mut found = found.into_iter();
    let first = found.next();
    for (span, _) in found {
        errors.add(span, "the field has a default already; keep one of them");
    }
    first.map_or(DefaultValue::None, |(_, default)| default)
}

fn precision(options: &mut Options, errors: &mut Errors) -> Option<(Span, u32, u32)> {
    let precision = options.number("precision", errors);
    let scale = options.number("scale", errors);
    match (precision, scale) {
        (Some((span, digits)), scale) => {
            let scale = scale.map_or(0, |(_, scale)| scale);
            if digits == 0 || scale > digits {
                errors.add(span, "`precision` counts all digits, those of `scale` among them: `precision = 12, scale = 2`");
            }
            Some((span, digits, scale))
        }
        (None, Some((span, _))) => {
            errors.add(
                span,
                "`scale` needs `precision`, the number of all digits: `precision = 12, scale = 2`",
            );
            None
        }
        (None, None) => None,
    }
}
