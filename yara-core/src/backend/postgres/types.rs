//! How the binary form of each column type is read.
//!
//! Built-in types are known by their number. Others — enums, domains in arrays, types of
//! extensions — are asked for once per connection, and then known by the function that wrote them:
//! what `enum_send` wrote is text, whatever the type is called.

use super::channel::Channel;
use super::run;
use super::statements::Prepared;
use super::wire::Reader;
use crate::backend::{Access, ColumnInfo, Command, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use crate::value::ValueRef;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A binary form.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Bool,
    I16,
    I32,
    I64,
    F32,
    F64,
    Numeric,
    Text,
    Bytes,
    Uuid,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Interval,
    Json,
    /// A version byte, then JSON.
    Jsonb,
    /// 32 bits without sign.
    Oid,
    Inet,
    Range(Arc<Kind>),
    Array(Arc<Kind>),
    /// Known by name only.
    Other(Arc<str>),
}

/// The form of a built-in type
/// (source: `src/include/catalog/pg_type.dat`; these numbers never change).
pub(super) fn builtin(oid: u32) -> Option<Kind> {
    Some(match oid {
        16 => Kind::Bool,
        17 => Kind::Bytes,
        20 => Kind::I64,
        21 => Kind::I16,
        23 => Kind::I32,
        26 => Kind::Oid,
        // "char", name, text, xml, unknown, bpchar, varchar, cstring, and void, which is empty.
        18 | 19 | 25 | 142 | 705 | 1042 | 1043 | 2275 | 2278 => Kind::Text,
        114 => Kind::Json,
        700 => Kind::F32,
        701 => Kind::F64,
        1082 => Kind::Date,
        1083 => Kind::Time,
        1114 => Kind::Timestamp,
        1184 => Kind::TimestampTz,
        1186 => Kind::Interval,
        1700 => Kind::Numeric,
        2950 => Kind::Uuid,
        3802 => Kind::Jsonb,
        // inet and cidr.
        869 | 650 => Kind::Inet,
        3904 => Kind::Range(Arc::new(Kind::I32)),
        3906 => Kind::Range(Arc::new(Kind::Numeric)),
        3908 => Kind::Range(Arc::new(Kind::Timestamp)),
        3910 => Kind::Range(Arc::new(Kind::TimestampTz)),
        3912 => Kind::Range(Arc::new(Kind::Date)),
        3926 => Kind::Range(Arc::new(Kind::I64)),
        array => Kind::Array(Arc::new(builtin(element_of(array)?)?)),
    })
}

/// The element type of a built-in array type.
fn element_of(array: u32) -> Option<u32> {
    Some(match array {
        143 => 142,
        199 => 114,
        1000 => 16,
        1001 => 17,
        1002 => 18,
        1003 => 19,
        1005 => 21,
        1007 => 23,
        1009 => 25,
        1014 => 1042,
        1015 => 1043,
        1016 => 20,
        1021 => 700,
        1022 => 701,
        1028 => 26,
        1115 => 1114,
        1182 => 1082,
        1183 => 1083,
        1185 => 1184,
        1187 => 1186,
        1231 => 1700,
        2951 => 2950,
        3807 => 3802,
        1041 => 869,
        651 => 650,
        3905 => 3904,
        3907 => 3906,
        3909 => 3908,
        3911 => 3910,
        3913 => 3912,
        3927 => 3926,
        _ => return None,
    })
}

/// The form that a function of the server writes.
fn written_by(function: &str) -> Option<Kind> {
    Some(match function {
        "boolsend" => Kind::Bool,
        "byteasend" => Kind::Bytes,
        "int2send" => Kind::I16,
        "int4send" => Kind::I32,
        "int8send" => Kind::I64,
        "oidsend" => Kind::Oid,
        "float4send" => Kind::F32,
        "float8send" => Kind::F64,
        "numeric_send" => Kind::Numeric,
        "textsend" | "varcharsend" | "bpcharsend" | "namesend" | "charsend" | "unknownsend"
        | "enum_send" | "xml_send" | "cstring_send" => Kind::Text,
        "uuid_send" => Kind::Uuid,
        "date_send" => Kind::Date,
        "time_send" => Kind::Time,
        "timestamp_send" => Kind::Timestamp,
        "timestamptz_send" => Kind::TimestampTz,
        "interval_send" => Kind::Interval,
        "json_send" => Kind::Json,
        "jsonb_send" => Kind::Jsonb,
        _ => return None,
    })
}

/// The columns of a statement.
#[derive(Debug)]
pub(super) struct Description {
    /// Their names.
    pub(super) columns: Vec<ColumnInfo>,
    oids: Vec<u32>,
    kinds: OnceLock<Vec<Kind>>,
}

impl Description {
    /// Of a statement that gives no rows.
    pub(super) fn none() -> Description {
        Description::new(Vec::new(), Vec::new())
    }

    fn new(columns: Vec<ColumnInfo>, oids: Vec<u32>) -> Description {
        let kinds = OnceLock::new();
        if let Some(known) = oids.iter().map(|oid| builtin(*oid)).collect() {
            let _ = kinds.set(known);
        }
        Description { columns, oids, kinds }
    }

    /// Reads the body of `RowDescription`.
    pub(super) fn parse(body: &[u8]) -> Option<Description> {
        let mut reader = Reader::new(body);
        let count = usize::from(reader.u16()?);
        let (mut columns, mut oids) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let name = String::from_utf8_lossy(reader.terminated()?).into_owned();
            // The number of the table and of the column in it come before the type; its size,
            // modifier and format after.
            reader.bytes(6)?;
            oids.push(reader.u32()?);
            reader.bytes(8)?;
            columns.push(ColumnInfo { name });
        }
        Some(Description::new(columns, oids))
    }

    /// How the cells are read; `None` until types that are not built in have been asked for.
    pub(super) fn kinds(&self) -> Option<&[Kind]> {
        self.kinds.get().map(Vec::as_slice)
    }

    /// Finds out about the types that are not known yet. A type that the catalogue does not tell
    /// about — the transaction may have failed by now — is known by its number only.
    async fn resolve(&self, channel: &Arc<Channel>) -> bool {
        if self.kinds.get().is_some() {
            return true;
        }
        let mut wanted = self.oids.clone();
        // A type, then the element of an array, then the base of a domain in it.
        for _ in 0..4 {
            wanted.retain(|oid| builtin(*oid).is_none() && channel.type_of(*oid).is_none());
            if wanted.is_empty() {
                break;
            }
            match ask(channel, &wanted).await {
                Ok(found) => wanted = channel.learn_types(found),
                Err(_) => break,
            }
        }
        let mut known = true;
        let kinds = self.oids.iter().map(|oid| {
            builtin(*oid).or_else(|| channel.type_of(*oid)).unwrap_or_else(|| {
                known = false;
                Kind::Other(format!("type {oid}").into())
            })
        });
        let _ = self.kinds.set(kinds.collect());
        known
    }
}

/// Finds out about the types of a statement's columns. The statement is not kept where that fails.
pub(super) async fn resolve(channel: &Arc<Channel>, prepared: &Arc<Prepared>) {
    if let Some(description) = prepared.description.get()
        && !description.resolve(channel).await
    {
        channel.forget([prepared].into_iter());
    }
}

/// What the catalogue says about a type.
#[derive(Debug, Clone)]
pub(super) struct Found {
    oid: u32,
    name: Arc<str>,
    /// The function that writes its binary form.
    function: String,
    /// The type of the elements, where it is an array.
    element: u32,
    /// The type that it is a domain over.
    base: u32,
}

/// The types of a connection that are not built in.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    kinds: HashMap<u32, Kind>,
    /// Types whose elements are still to be asked for.
    open: Vec<Found>,
}

impl Catalogue {
    pub(super) fn get(&self, oid: u32) -> Option<Kind> {
        self.kinds.get(&oid).cloned()
    }

    /// Remembers what was found, and says which types must be asked for next.
    pub(super) fn learn(&mut self, found: Vec<Found>) -> Vec<u32> {
        let mut open = std::mem::take(&mut self.open);
        open.extend(found);
        let mut wanted = Vec::new();
        // Elements may come after their arrays: go over them until nothing changes.
        loop {
            let before = open.len();
            open.retain(|found| match self.kind_of(found) {
                Ok(kind) => {
                    self.kinds.insert(found.oid, kind);
                    false
                }
                Err(missing) => {
                    wanted.push(missing);
                    true
                }
            });
            if open.len() == before {
                break;
            }
            wanted.clear();
        }
        self.open = open;
        wanted
    }

    /// The form of a type, or the type that must be known before.
    fn kind_of(&self, found: &Found) -> Result<Kind, u32> {
        let known = |oid: u32| builtin(oid).or_else(|| self.get(oid)).ok_or(oid);
        match found.function.as_str() {
            "array_send" if found.element != 0 => Ok(Kind::Array(Arc::new(known(found.element)?))),
            "domain_send" if found.base != 0 => known(found.base),
            function => Ok(written_by(function).unwrap_or_else(|| Kind::Other(found.name.clone()))),
        }
    }
}

/// Asks the catalogue, behind whatever else is under way.
fn ask<'a>(channel: &'a Arc<Channel>, oids: &'a [u32]) -> BoxFuture<'a, Result<Vec<Found>>> {
    let list: Vec<String> = oids.iter().map(u32::to_string).collect();
    let sql = format!(
        "SELECT t.oid, t.typname, p.prosrc, t.typelem, t.typbasetype \
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_proc p ON p.oid = t.typsend \
         WHERE t.oid IN ({})",
        list.join(", ")
    );
    let request = Request::new(Arc::new(Command::once(sql, Access::Read)), Vec::new());
    Box::pin(async move {
        let sink = run::run(channel, vec![request], Box::new(Answers::default())).await?;
        let answers = sink.into_any().downcast::<Answers>();
        answers.map(|answers| answers.0).map_err(|_| unexpected())
    })
}

fn unexpected() -> Error {
    Error::new(ErrorKind::Internal, "the catalogue of types gave an unexpected answer")
}

#[derive(Default)]
struct Answers(Vec<Found>);

impl RowSink for Answers {
    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let [
            ValueRef::I64(oid),
            ValueRef::Text(name),
            ValueRef::Text(function),
            ValueRef::I64(element),
            ValueRef::I64(base),
        ] = cells
        else {
            return Err(unexpected());
        };
        let number = |oid: &i64| u32::try_from(*oid).map_err(|_| unexpected());
        self.0.push(Found {
            oid: number(oid)?,
            name: (*name).into(),
            function: (*function).into(),
            element: number(element)?,
            base: number(base)?,
        });
        Ok(())
    }

    fn restart(&mut self) {
        self.0.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(oid: u32, name: &str, function: &str, element: u32) -> Found {
        Found { oid, name: name.into(), function: function.into(), element, base: 0 }
    }

    #[test]
    fn types_are_known_by_the_function_that_writes_them() {
        let mut catalogue = Catalogue::default();
        let wanted = catalogue.learn(vec![
            found(20_001, "_mood", "array_send", 20_000),
            found(600, "point", "point_send", 0),
            found(20_002, "positive", "int4send", 0),
        ]);
        assert_eq!(wanted, [20_000]);
        assert_eq!(catalogue.get(600), Some(Kind::Other("point".into())));
        assert_eq!(catalogue.get(20_002), Some(Kind::I32));
        assert_eq!(catalogue.get(20_001), None);
        assert!(catalogue.learn(vec![found(20_000, "mood", "enum_send", 0)]).is_empty());
        assert_eq!(catalogue.get(20_001), Some(Kind::Array(Arc::new(Kind::Text))));
    }

    #[test]
    fn built_in_arrays_have_built_in_elements() {
        assert_eq!(builtin(1016), Some(Kind::Array(Arc::new(Kind::I64))));
        assert_eq!(builtin(600), None);
    }
}
