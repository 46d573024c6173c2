//! Names that a constant of a model cannot have, because the model's verbs have them.

use super::Errors;
use syn::Ident;
use syn::ext::IdentExt;

const RESERVED: &[&str] = &[
    "bulk_load",
    "columns",
    "create",
    "decode",
    "delete",
    "edit",
    "encode",
    "filter",
    "find",
    "insert",
    "insert_from",
    "insert_many",
    "insert_or_ignore",
    "into_new_row",
    "key",
    "new_row",
    "query",
    "refresh",
    "reload",
    "save",
    "table",
    "update_many",
    "KEY",
    "WIDTH",
];

/// Refuses a constant that would hide a verb; `renamed` where the name was chosen by attribute.
pub(super) fn check(name: &Ident, model: &Ident, renamed: bool, errors: &mut Errors) {
    let plain = name.unraw().to_string();
    if !RESERVED.contains(&plain.as_str()) {
        return;
    }
    let message = if renamed {
        format!("`{model}::{plain}` is a verb of the model, too; choose another name")
    } else {
        format!(
            "`{model}::{plain}` is a verb of the model, so the constant of this member needs another \
             name: `#[field(rename_const = \"{plain}_\")]`; member and column keep theirs"
        )
    };
    errors.fatal(name.span(), message);
}
